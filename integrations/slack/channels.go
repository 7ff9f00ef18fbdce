package slack

import (
	"context"
	"net/url"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"cresset/bot/chat"
)

// channel is the id of the channel behind a place, or what chat.postMessage
// takes in its stead: "#name" or a person's id.
func (p *Platform) channel(where chat.Place) string {
	called := where.Channel
	if called == "" {
		called = "@" + where.Direct
	}
	p.mu.Lock()
	id := p.channels[called]
	p.mu.Unlock()
	switch {
	case id != "":
		return id
	case where.Channel != "":
		return where.Channel
	default:
		return where.Direct
	}
}

// learn keeps the id that Slack answered for a place.
func (p *Platform) learn(where chat.Place, id string) {
	called := where.Channel
	if called == "" {
		called = "@" + where.Direct
	}
	if id == "" || called[0] != '#' && called[0] != '@' {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.channels[called] = id
}

// forget drops the id of a channel by its name, and says whether there was one.
func (p *Platform) forget(where chat.Place) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, known := p.channels[where.Channel]
	delete(p.channels, where.Channel)
	return known
}

// channelID is the id of the channel behind a place, looked up if need be: only
// methods that post take names.
func (p *Platform) channelID(ctx context.Context, where chat.Place) (string, error) {
	id := p.channel(where)
	switch {
	case where.Channel == "" && id == where.Direct:
		ch, _, _, err := p.api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{where.Direct}})
		if err != nil {
			return "", refusal("conversations.open", err)
		}
		p.learn(where, ch.ID)
		return ch.ID, nil
	case len(id) > 0 && id[0] == '#':
		room, found, err := p.FindRoom(ctx, id[1:])
		if err != nil {
			return "", err
		}
		if !found {
			return "", gone("conversations.list", "there is no channel "+id+" that the bot can see: make it, or invite the bot to it")
		}
		p.learn(where, room.Place.Channel)
		return room.Place.Channel, nil
	}
	return id, nil
}

// postable is the channel behind a place, as the methods take it that post: also
// by its name, unless each workspace of an organisation can have one of that name.
func (p *Platform) postable(ctx context.Context, where chat.Place) (string, error) {
	id := p.channel(where)
	if id == "" || id[0] != '#' {
		return id, nil
	}
	self, err := p.whoami(ctx)
	switch {
	case err != nil:
		return "", seen(refusal("auth.test", err))
	case self.wide:
		return p.channelID(ctx, where)
	}
	return id, nil
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
