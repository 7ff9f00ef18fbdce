package slack

import (
	"context"
	"strings"

	"cresset/bot/chat"
)

// talk are the events in which the app hears what people say to each other.
var talk = []string{"message.channels", "message.groups"}

// eventsOf are what the app subscribes to. It hears talk only where somebody has
// configured that it listens.
func eventsOf(v chat.Vocabulary) []string {
	if v.Overhear == nil {
		return events
	}
	return append(events[:len(events):len(events)], talk...)
}

// overheard is what somebody said in a channel that the bot listens in. Nothing is
// looked up for what was said elsewhere, or is not worth it. What calls the bot comes
// as a mention, too.
func (p *Platform) overheard(ctx context.Context, d delivered) (*act, error) {
	e, hear := d.Event, p.vocabulary.Overhear
	self := p.known().user
	byHand := e.Subtype == "" || e.Subtype == "file_share" || e.Subtype == "thread_broadcast"
	if hear == nil || !byHand || e.BotID != "" || e.User == "" || e.User == self || d.EventID == "" ||
		self != "" && strings.Contains(e.Text, "<@"+self) || !hear.Worth(plain(e.Text)) {
		return nil, nil
	}
	called, err := p.channelName(ctx, string(e.Channel))
	if err != nil || !hear.In(called) {
		return nil, err
	}
	by, unsure, err := p.actor(ctx, e.User, "", origin{team: e.homeTeam(), inside: d.inside()})
	if err != nil || p.isBot(e.User) {
		return nil, err
	}
	text, people := p.read(ctx, e.Text)
	post := chat.Post{Ref: chat.Ref{Place: place(string(e.Channel), e.ThreadTS, e.TS), ID: e.TS}, By: by, Text: text,
		At: timeOf(e.TS, p.options.Now()), Link: p.link(ctx, string(e.Channel), e.TS)}
	a := &act{via: byMessage, Event: hear.Event(d.key(d.EventID), called, post, people, post.At)}
	a.Unsure = unsure
	return a, nil
}
