package slack

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"cresset/bot/chat"
)

// botJoined tells of everybody who enters a channel. It is heard for the bot.
const botJoined = "member_joined_channel"

// roomEvents are what people do to a channel as a whole, in the order in which the
// manifest has them. Who comes and goes is not among them, but for the bot: a war
// room has nothing to do about it.
var roomEvents = []string{"channel_rename", "channel_archive", "channel_unarchive", "channel_deleted", "channel_left",
	"group_rename", "group_archive", "group_unarchive", "group_deleted", "group_left",
	"channel_shared", "channel_unshared", "channel_id_changed", botJoined}

func isRoomEvent(kind string) bool { return slices.Contains(roomEvents, kind) }

// roomEvent has the bot look at a channel, unless it changed it itself.
func (p *Platform) roomEvent(ctx context.Context, d delivered) (*act, error) {
	self, err := p.whoami(ctx)
	if err != nil {
		return nil, refusal("auth.test", err)
	}
	if !d.byPeople(self.user) || d.EventID == "" {
		return nil, nil
	}
	e := d.Event
	where, line := cmp.Or(e.OldChannel, string(e.Channel)), p.vocabulary.RoomChanged
	p.unname(where)
	if isID(e.NewChannel) {
		p.renumber(where, e.NewChannel)
		line = p.vocabulary.RoomMoved + " " + e.NewChannel
	}
	if where == "" || line == "" {
		return nil, nil
	}
	return &act{via: byMessage, Event: chat.Event{
		Key:   d.key(d.EventID),
		By:    p.person(self.user, ""),
		Place: chat.Place{Platform: name, Channel: where},
		Line:  line,
		Quiet: true,
		At:    timeOf(e.EventTS, p.options.Now()),
	}}, nil
}

// byPeople says whether people changed a channel, not the bot, nor only who is in it.
// The bot enters a channel that it makes by itself.
func (d delivered) byPeople(bot string) bool {
	if d.Event.Type == botJoined {
		return d.Event.User == bot && d.Event.Inviter != ""
	}
	return d.Event.User != bot
}

// renumber takes over the new id of a channel for the names that led to the old.
func (p *Platform) renumber(from, to string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for called, id := range p.channels {
		if id == from {
			p.channels[called] = to
		}
	}
}

// A channelID is a channel as an event names it: by its id alone, or as an object
// that has it.
type channelID string

// UnmarshalJSON implements [json.Unmarshaler].
func (c *channelID) UnmarshalJSON(js []byte) error {
	var id string
	if json.Unmarshal(js, &id) == nil {
		*c = channelID(id)
		return nil
	}
	var object struct {
		ID string `json:"id"`
	}
	err := json.Unmarshal(js, &object)
	*c = channelID(object.ID)
	return err
}
