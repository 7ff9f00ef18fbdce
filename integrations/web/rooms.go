package web

import (
	"context"
	"fmt"
	"slices"

	"cresset/bot/chat"
	"cresset/store"
)

// OpenRoom implements [chat.Rooms].
func (c *Console) OpenRoom(ctx context.Context, spec chat.RoomSpec) (chat.Room, error) {
	var room chat.Room
	place := chat.Place{Platform: Name, Channel: spec.Name}
	err := c.change(ctx, &place, func(tx store.Tx) error {
		old, err := channels.Get(tx, store.Key(spec.Name))
		if err != nil {
			return err
		}
		if old != nil || slices.Contains(c.standingChannels(), spec.Name) {
			return &chat.SendError{Err: fmt.Errorf("open room %q: %w", spec.Name, chat.ErrNameTaken)}
		}
		ch, err := c.ensure(tx, spec.Name)
		if err != nil {
			return err
		}
		ch.Own, ch.Private, ch.Purpose = true, spec.Private, spec.Mark
		room = c.room(ch)
		return channels.Put(tx, ch)
	})
	return room, err
}

// FindRoom implements [chat.Rooms].
func (c *Console) FindRoom(ctx context.Context, name string) (room chat.Room, found bool, err error) {
	err = c.DB.View(ctx, func(tx store.Tx) error {
		ch, err := channels.Get(tx, store.Key(name))
		if ch != nil {
			room, found = c.room(ch), true
		}
		return err
	})
	return room, found, refusal(err)
}

func (c *Console) room(ch *channel) chat.Room {
	return chat.Room{Place: ch.place(), Name: ch.ID, Link: c.site() + "/c/" + ch.ID, Purpose: ch.Purpose, Own: ch.Own, Created: ch.Created}
}

// Invite implements [chat.Rooms].
func (c *Console) Invite(ctx context.Context, room chat.Place, who []chat.Person) ([]chat.Refusal, error) {
	var refused []chat.Refusal
	err := c.changeRoom(ctx, room, func(ch *channel) {
		refused = nil
		for _, p := range who {
			switch {
			case p.Platform != Name:
				refused = append(refused, chat.Refusal{Who: p, Reason: "is on " + p.Platform + ", not in the console"})
			case !isPersonName(p.ID):
				refused = append(refused, chat.Refusal{Who: p, Reason: "has no name that the console knows"})
			case !slices.Contains(ch.Members, p.ID):
				ch.Members = append(ch.Members, p.ID)
			}
		}
	})
	return refused, err
}

// Describe implements [chat.Rooms].
func (c *Console) Describe(ctx context.Context, room chat.Place, topic, purpose string) error {
	return c.changeRoom(ctx, room, func(ch *channel) { ch.Topic, ch.Purpose = topic, purpose })
}

// CloseRoom implements [chat.Rooms].
func (c *Console) CloseRoom(ctx context.Context, room chat.Place) error {
	return c.changeChannel(ctx, room, func(ch *channel) error {
		ch.Archived = true
		return nil
	})
}

// Bookmark implements [chat.Bookmarker].
func (c *Console) Bookmark(ctx context.Context, room chat.Place, title, link string) error {
	return c.changeRoom(ctx, room, func(ch *channel) {
		if b := (bookmark{Title: title, Link: link}); !slices.Contains(ch.Bookmarks, b) {
			ch.Bookmarks = append(ch.Bookmarks, b)
		}
	})
}

// Pin implements [chat.Pinner].
func (c *Console) Pin(ctx context.Context, ref chat.Ref) error {
	return c.change(ctx, &ref.Place, func(tx store.Tx) error {
		m, err := messages.Get(tx, store.Key(ref.ID))
		if err != nil {
			return err
		}
		if m == nil {
			return gone("there is no message " + ref.ID)
		}
		ch, err := channels.Get(tx, store.Key(m.Channel))
		if err != nil || ch == nil || slices.Contains(ch.Pinned, m.ID) {
			return err
		}
		ch.Pinned = append(ch.Pinned, m.ID)
		return channels.Put(tx, ch)
	})
}

// changeRoom changes a channel that is there and open.
func (c *Console) changeRoom(ctx context.Context, room chat.Place, change func(*channel)) error {
	return c.changeChannel(ctx, room, func(ch *channel) error {
		if ch.Archived {
			return gone("#" + ch.ID + " is archived")
		}
		change(ch)
		return nil
	})
}

// changeChannel changes a channel that is there.
func (c *Console) changeChannel(ctx context.Context, room chat.Place, change func(*channel) error) error {
	return c.change(ctx, &room, func(tx store.Tx) error {
		ch, err := channels.Get(tx, store.Key(channelID(room)))
		if err != nil {
			return err
		}
		if ch == nil {
			return gone("there is no channel #" + channelID(room))
		}
		if err := change(ch); err != nil {
			return err
		}
		return channels.Put(tx, ch)
	})
}

// general is the channel that people see first.
const general = "general"

// standing are the channels that are listed even before anything was said.
func (c *Console) standingChannels() []string {
	names := []string{general}
	s := c.Settings.Channels
	for _, name := range append([]string{s.Incidents, s.Requests, s.Digests}, c.Vocabulary.Overhear.Names()...) {
		name = channelID(chat.Place{Channel: name})
		if channelName.MatchString(name) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
