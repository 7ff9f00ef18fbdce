package discord

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"cresset/bot/chat"
)

// A reaction is an emoji that somebody put on a message.
type reaction struct {
	UserID    string  `json:"user_id"`
	ChannelID string  `json:"channel_id"`
	MessageID string  `json:"message_id"`
	GuildID   string  `json:"guild_id"`
	Member    *member `json:"member"`
	Emoji     emoji   `json:"emoji"`
}

// called is what the vocabulary calls the emojis of everybody.
var called = map[string]string{"📌": "pushpin", "📍": "round_pushpin", "🎫": "ticket", "🎟": "admission_tickets", "🎟️": "admission_tickets"}

// line is what an emoji says, or nothing.
func (p *Platform) line(e emoji) string {
	return p.vocabulary.Reactions[cmp.Or(called[e.Name], e.Name)]
}

// means is the line that a reaction of a person says.
func (p *Platform) means(r reaction) string {
	if r.GuildID != p.settings.Guild || r.UserID == p.known() || r.Member != nil && r.Member.User.Bot {
		return ""
	}
	return p.line(r.Emoji)
}

func (p *Platform) reacted(ctx context.Context, r reaction) (*act, error) {
	by, unsure := chat.Person{}, false
	if r.Member != nil {
		by = p.met(r.Member.User, r.Member)
	} else {
		by, unsure = p.acting(ctx, user{ID: r.UserID})
	}
	where := p.place(ctx, r.ChannelID, r.GuildID)
	m, err := p.readMessage(ctx, r.ChannelID, r.MessageID)
	if passing(err) {
		return nil, err
	}
	about := &chat.Post{Ref: chat.Ref{Place: where, ID: r.MessageID}, At: timeOf(r.MessageID, time.Time{})}
	if err == nil {
		about = p.postOf(ctx, where, m)
	}
	return &act{via: byMessage, Event: chat.Event{
		Key: key(fmt.Sprintf("%s:%s:%s", r.MessageID, r.UserID, cmp.Or(r.Emoji.ID, r.Emoji.Name))),
		By:  by, Unsure: unsure, Place: where, Line: p.line(r.Emoji), About: about, Quiet: true, At: p.options.Now().UTC(),
	}}, nil
}
