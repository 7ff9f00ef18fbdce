package slack

import (
	"cmp"
	"context"
	"net/url"
	"time"

	"github.com/slack-go/slack"

	"cresset/bot/chat"
)

// fetch reads a message that somebody reacted to. Where the bot may not read,
// the post has no text.
func (p *Platform) fetch(ctx context.Context, channel, ts, author string) (*chat.Post, error) {
	where := place(channel, "", "")
	post := &chat.Post{Ref: chat.Ref{Place: where, ID: ts}, At: timeOf(ts, time.Time{})}
	m, err := p.readMessage(ctx, channel, ts)
	switch {
	case passing(err):
		return nil, err
	case err != nil:
		p.options.Log.Warn("message not read", "platform", name, "channel", channel, "err", err)
	case m.TS != "":
		post = p.postOf(place(channel, m.ThreadTS, m.TS), m)
	}
	if who := cmp.Or(m.User, author, m.BotID); who != "" {
		post.By = p.lookUp(ctx, who, m.homeTeam())
	}
	post.Link = p.link(ctx, channel, ts)
	return post, nil
}

// readMessage finds one message, first outside threads, then in one. No message
// is no error.
func (p *Platform) readMessage(ctx context.Context, channel, ts string) (message, error) {
	for _, ask := range []struct {
		method string
		args   url.Values
	}{
		{"conversations.history", url.Values{"limit": {"1"}}},
		{"conversations.replies", url.Values{"limit": {"10"}, "ts": {ts}, "oldest": {ts}}},
	} {
		ask.args.Set("channel", channel)
		ask.args.Set("latest", ts)
		ask.args.Set("inclusive", "true")
		var page struct {
			Messages []message `json:"messages"`
		}
		if err := p.call(ctx, ask.method, ask.args, &page); err != nil {
			return message{}, refusal(ask.method, err)
		}
		for _, m := range page.Messages {
			if m.TS == ts {
				return m, nil
			}
		}
	}
	return message{}, nil
}

// link is the address of a message, or nothing.
func (p *Platform) link(ctx context.Context, channel, ts string) string {
	ctx, cancel := context.WithTimeout(ctx, lookUpTime)
	defer cancel()
	link, err := p.api.GetPermalinkContext(ctx, &slack.PermalinkParameters{Channel: channel, Ts: ts})
	if err != nil {
		p.options.Log.Debug("link not found", "platform", name, "channel", channel, "err", err)
		return ""
	}
	return link
}
