package chattest

import (
	"context"
	"slices"

	"cresset/bot/chat"
)

// Inspect implements [chat.Inspector].
func (m *Memory) Inspect(_ context.Context, room chat.Place, card chat.Ref) (chat.RoomState, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.refused("Inspect"); err != nil {
		return chat.RoomState{}, err
	}
	c := m.lookup(room.Channel)
	switch {
	case c == nil:
		return chat.RoomState{Gone: true}, nil
	case c.Archived:
		return chat.RoomState{Archived: true, Name: c.Name}, nil
	}
	return chat.RoomState{Name: c.Name, Topic: c.Topic, Purpose: c.Purpose, Members: slices.Clone(c.Members),
		CardThere: card.ID != "" && c.by(card.ID) != nil, CardPinned: slices.Contains(c.Pins, card.ID), Links: slices.Clone(c.addresses)}, nil
}

// Archive is what a person does to a channel that they think nobody needs.
func (m *Memory) Archive(channel string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.channel(channel).Archived = true
}

// Delete is what a person does to the message of a key: the newest that is there.
func (m *Memory) Delete(channel, key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, msg := range slices.Backward(m.channel(channel).Messages) {
		if msg.Said.Key == key && !msg.Deleted {
			msg.Deleted = true
			return
		}
	}
}

// Unpin takes every pin off a channel.
func (m *Memory) Unpin(channel string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.channel(channel).Pins = nil
}

// Leave takes a person out of a channel.
func (m *Memory) Leave(p chat.Person, channel string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.channel(channel)
	c.Members = slices.DeleteFunc(c.Members, func(id string) bool { return id == p.ID })
}
