package slack

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

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

// unnamed are what payloads call a channel whose name they do not tell.
var unnamed = []string{"", "privategroup", "directmessage"}

// locate says what the channel of an act is called, which its payload may tell. An
// act whose channel cannot be named in a moment is done all the same.
func (p *Platform) locate(ctx context.Context, a *act) {
	switch {
	case a.Place.Channel == "":
		a.Channel = ""
	case slices.Contains(unnamed, a.Channel):
		ctx, cancel := context.WithTimeout(ctx, lookUpTime)
		defer cancel()
		a.Channel, _ = p.channelName(ctx, a.Place.Channel)
	default:
		p.nameChannel(a.Place.Channel, a.Channel)
	}
}

// A namedChannel is what a channel is called. Names change, which an event tells, and
// may be missed.
type namedChannel struct {
	name  string
	until time.Time
}

const mostChannels = 20_000

// channelName is what a channel is called, asked once in a while. A channel that
// Slack does not know, or not for the bot, has no name.
func (p *Platform) channelName(ctx context.Context, id string) (string, error) {
	now := p.options.Now()
	p.mu.Lock()
	known := p.named[id]
	p.mu.Unlock()
	if now.Before(known.until) {
		return known.name, nil
	}
	var answer struct {
		Channel struct {
			Name string `json:"name"`
		} `json:"channel"`
	}
	err := p.look(ctx, "conversations.info", url.Values{"channel": {id}}, &answer)
	if passing(err) {
		return "", err
	}
	if err != nil {
		p.options.Log.Debug("channel not found", "platform", name, "channel", id, "err", err)
	}
	p.nameChannel(id, answer.Channel.Name)
	return answer.Channel.Name, nil
}

// nameChannel remembers what a channel is called.
func (p *Platform) nameChannel(id, called string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.named) >= mostChannels {
		clear(p.named)
	}
	p.named[id] = namedChannel{called, p.options.Now().Add(namesKept)}
}

// unname forgets what a channel was called: it is called otherwise now.
func (p *Platform) unname(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.named, id)
}
