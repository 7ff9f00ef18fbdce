package slack

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"cresset/bot/chat"
)

// roomEvents are what people do to a channel as a whole, in the order in which the
// manifest has them. Who comes and goes is not among them: a war room has nothing
// to do about it, and there are many.
var roomEvents = []string{"channel_rename", "channel_archive", "channel_unarchive", "channel_deleted", "channel_left",
	"group_rename", "group_archive", "group_unarchive", "group_deleted", "group_left",
	"channel_shared", "channel_unshared", "channel_id_changed"}

func isRoomEvent(kind string) bool { return slices.Contains(roomEvents, kind) }

// roomEvent has the bot look at a channel, unless it changed it itself.
func (p *Platform) roomEvent(ctx context.Context, d delivered) (*act, error) {
	self, err := p.whoami(ctx)
	if err != nil {
		return nil, refusal("auth.test", err)
	}
	e := d.Event
	p.unname(string(e.Channel))
	a := &act{via: byMessage, Event: chat.Event{
		Key:   d.key(d.EventID),
		By:    p.person(self.user, ""),
		Place: chat.Place{Platform: name, Channel: firstOf(e.OldChannel, string(e.Channel))},
		Line:  p.vocabulary.RoomChanged,
		Quiet: true,
		At:    timeOf(e.EventTS, p.options.Now()),
	}}
	if e.NewChannel != "" {
		a.Line = p.vocabulary.RoomMoved + " " + e.NewChannel
		p.renumber(e.OldChannel, e.NewChannel)
	}
	if e.User == self.user || a.Place.Channel == "" || strings.TrimSpace(a.Line) == "" || d.EventID == "" || e.NewChannel != "" && !isID(e.NewChannel) {
		return nil, nil
	}
	return a, nil
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
