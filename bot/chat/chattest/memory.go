// Package chattest is a chat platform in memory, and the suite that every
// platform passes.
//
// The platform keeps what a real one keeps (channels, people in them, messages
// with their edits, pins, links) and can be told to refuse. It promises what the
// suite asks of every platform, and nothing more.
package chattest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"cresset/bot/chat"
)

// A Memory is a chat platform in memory. Make it with [NewMemory].
type Memory struct {
	name string
	now  func() time.Time

	mu       sync.Mutex
	channels []*Channel
	refusals map[string][]error
	lost     map[string]int
	down     bool
}

// A Channel is how a channel looks.
type Channel struct {
	ID, Name       string
	Topic, Purpose string
	Members        []string // ids
	Messages       []*Message
	Pins           []string // ids of messages
	Links          []string // titles
	addresses      []string // of the links
	Private, Own   bool
	Archived       bool
	Created        time.Time
}

// A Message is what was said, with its edits applied.
type Message struct {
	ID, Thread string
	By         chat.Person // zero: the bot
	Text       string      // of a person
	Said       chat.Message
	Edits      int
	Deleted    bool // by a person
	At         time.Time
	key        string
}

// NewMemory makes a platform with one channel, general.
func NewMemory(name string, now func() time.Time) *Memory {
	m := &Memory{name: name, now: now, refusals: map[string][]error{}, lost: map[string]int{}}
	m.channel("general")
	return m
}

// Refuse answers the next calls of a method ("Post", "OpenRoom", …) with errors.
func (m *Memory) Refuse(method string, errs ...error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refusals[method] = append(m.refusals[method], errs...)
}

// Takes says whether the platform takes anything; when it does not, every call
// fails and may be tried again.
func (m *Memory) Takes(calls bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.down = !calls
}

// LoseAnswer does the work of the next n calls of a method, and says that the
// outcome is unknown.
func (m *Memory) LoseAnswer(method string, n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lost[method] += n
}

// refused takes the next refusal of a method; m.mu is held.
func (m *Memory) refused(method string) error {
	if m.down {
		return &chat.SendError{Retry: true, Err: errors.New(m.name + " is down")}
	}
	if all := m.refusals[method]; len(all) > 0 {
		m.refusals[method] = all[1:]
		return all[0]
	}
	return nil
}

// answered is nil, or what a lost answer looks like; m.mu is held.
func (m *Memory) answered(method string) error {
	if m.lost[method] == 0 {
		return nil
	}
	m.lost[method]--
	return &chat.SendError{Retry: true, Unknown: true, Err: errors.New("the answer was lost")}
}

// Channels shows every channel, in the order in which they were made.
func (m *Memory) Channels() []Channel {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []Channel
	for _, c := range m.channels {
		shown := *c
		shown.Members, shown.Pins, shown.Links = slices.Clone(c.Members), slices.Clone(c.Pins), slices.Clone(c.Links)
		shown.Messages = nil
		for _, msg := range c.Messages {
			one := *msg
			shown.Messages = append(shown.Messages, &one)
		}
		all = append(all, shown)
	}
	return all
}

// SayAs adds a message of a person, as if they had typed it, and gives it as an
// event refers to it.
func (m *Memory) SayAs(p chat.Person, channel, text string) chat.Post {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.channel(channel)
	msg := m.add(c, &Message{By: p, Text: text})
	place := chat.Place{Platform: m.name, Channel: c.ID}
	return chat.Post{Ref: chat.Ref{Place: place, ID: msg.ID}, By: p, Text: text, At: msg.At, Link: fmt.Sprintf("https://chat.example/%s/%s", c.ID, msg.ID)}
}

// Join brings a person into a channel.
func (m *Memory) Join(p chat.Person, channel string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.channel(channel)
	if !slices.Contains(c.Members, p.ID) {
		c.Members = append(c.Members, p.ID)
	}
}

// channel finds a channel by name or id, and makes it if there is none; m.mu is
// held.
func (m *Memory) channel(ref string) *Channel {
	name := strings.TrimPrefix(ref, "#")
	if c := m.lookup(ref); c != nil {
		return c
	}
	c := &Channel{ID: fmt.Sprintf("C%d", len(m.channels)+1), Name: name, Created: m.now()}
	m.channels = append(m.channels, c)
	return c
}

func (m *Memory) lookup(ref string) *Channel {
	i := slices.IndexFunc(m.channels, func(c *Channel) bool { return c.ID == ref || c.Name == strings.TrimPrefix(ref, "#") })
	if i < 0 {
		return nil
	}
	return m.channels[i]
}

func (m *Memory) add(c *Channel, msg *Message) *Message {
	msg.ID, msg.At = fmt.Sprintf("%s-%d", c.ID, len(c.Messages)+1), m.now()
	c.Messages = append(c.Messages, msg)
	return msg
}

// Name implements [chat.Platform].
func (m *Memory) Name() string { return m.name }

// Run implements [chat.Platform]. Tests hand events to the bot themselves.
func (m *Memory) Run(ctx context.Context, _ chat.Handler) error {
	<-ctx.Done()
	return nil
}

// Post implements [chat.Platform].
func (m *Memory) Post(_ context.Context, place chat.Place, said chat.Message, id string) (chat.Ref, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.refused("Post"); err != nil {
		return chat.Ref{}, err
	}
	c := m.place(place)
	if c == nil || c.Archived || place.Thread != "" && c.by(place.Thread) == nil {
		return chat.Ref{}, gone()
	}
	msg := c.by(id)
	if msg == nil {
		msg = m.add(c, &Message{Thread: place.Thread, Said: said, key: id})
	}
	return m.ref(c, msg, place.Thread), m.answered("Post")
}

func gone() error {
	return &chat.SendError{Err: chat.ErrGone, Advice: "the channel is not there any more"}
}

// place is the channel of a place; one that is only named is made.
func (m *Memory) place(p chat.Place) *Channel {
	if p.Channel == "" {
		return m.channel("@" + p.Direct)
	}
	if strings.HasPrefix(p.Channel, "#") {
		return m.channel(p.Channel)
	}
	return m.lookup(p.Channel)
}

func (m *Memory) ref(c *Channel, msg *Message, thread string) chat.Ref {
	return chat.Ref{Place: chat.Place{Platform: m.name, Channel: c.ID, Thread: thread}, ID: msg.ID}
}

func (c *Channel) by(id string) *Message {
	i := slices.IndexFunc(c.Messages, func(msg *Message) bool { return !msg.Deleted && (msg.key == id || msg.ID == id) })
	if i < 0 {
		return nil
	}
	return c.Messages[i]
}

// Find implements [chat.Finder].
func (m *Memory) Find(_ context.Context, place chat.Place, id string, _ time.Time) (chat.Ref, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.refused("Find"); err != nil {
		return chat.Ref{}, false, err
	}
	c := m.place(place)
	if c == nil {
		return chat.Ref{}, false, gone()
	}
	if msg := c.by(id); msg != nil {
		return m.ref(c, msg, place.Thread), true, nil
	}
	return chat.Ref{}, false, nil
}

// Edit implements [chat.Editor].
func (m *Memory) Edit(_ context.Context, ref chat.Ref, said chat.Message) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.refused("Edit"); err != nil {
		return err
	}
	c := m.lookup(ref.Place.Channel)
	if c == nil || c.Archived || c.by(ref.ID) == nil {
		return gone()
	}
	msg := c.by(ref.ID)
	msg.Said, msg.Edits = said, msg.Edits+1
	return m.answered("Edit")
}

// OpenRoom implements [chat.Rooms].
func (m *Memory) OpenRoom(_ context.Context, spec chat.RoomSpec) (chat.Room, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.refused("OpenRoom"); err != nil {
		return chat.Room{}, err
	}
	if m.lookup("#"+spec.Name) != nil {
		return chat.Room{}, &chat.SendError{Err: chat.ErrNameTaken}
	}
	c := m.channel(spec.Name)
	c.Private, c.Own = spec.Private, true
	return m.room(c), m.answered("OpenRoom")
}

func (m *Memory) room(c *Channel) chat.Room {
	return chat.Room{Place: chat.Place{Platform: m.name, Channel: c.ID}, Name: c.Name, Link: "https://chat.example/" + c.ID,
		Purpose: c.Purpose, Own: c.Own, Created: c.Created}
}

// FindRoom implements [chat.Rooms].
func (m *Memory) FindRoom(_ context.Context, name string) (chat.Room, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.refused("FindRoom"); err != nil {
		return chat.Room{}, false, err
	}
	if c := m.lookup("#" + name); c != nil {
		return m.room(c), true, nil
	}
	return chat.Room{}, false, nil
}

// Invite implements [chat.Rooms].
func (m *Memory) Invite(_ context.Context, room chat.Place, who []chat.Person) ([]chat.Refusal, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.refused("Invite"); err != nil {
		return nil, err
	}
	c := m.lookup(room.Channel)
	if c == nil || c.Archived {
		return nil, gone()
	}
	for _, p := range who {
		if !slices.Contains(c.Members, p.ID) {
			c.Members = append(c.Members, p.ID)
		}
	}
	return nil, m.answered("Invite")
}

// Describe implements [chat.Rooms].
func (m *Memory) Describe(_ context.Context, room chat.Place, topic, purpose string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.refused("Describe"); err != nil {
		return err
	}
	c := m.lookup(room.Channel)
	if c == nil || c.Archived {
		return gone()
	}
	c.Topic, c.Purpose = topic, purpose
	return m.answered("Describe")
}

// CloseRoom implements [chat.Rooms].
func (m *Memory) CloseRoom(_ context.Context, room chat.Place) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.refused("CloseRoom"); err != nil {
		return err
	}
	c := m.lookup(room.Channel)
	if c == nil {
		return gone()
	}
	c.Archived = true
	return m.answered("CloseRoom")
}

// Pin implements [chat.Pinner].
func (m *Memory) Pin(_ context.Context, ref chat.Ref) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.refused("Pin"); err != nil {
		return err
	}
	c := m.lookup(ref.Place.Channel)
	if c == nil || c.by(ref.ID) == nil {
		return &chat.SendError{Err: chat.ErrGone}
	}
	if !slices.Contains(c.Pins, ref.ID) {
		c.Pins = append(c.Pins, ref.ID)
	}
	return m.answered("Pin")
}

// Bookmark implements [chat.Bookmarker].
func (m *Memory) Bookmark(_ context.Context, room chat.Place, title, link string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.refused("Bookmark"); err != nil {
		return err
	}
	c := m.lookup(room.Channel)
	if c == nil || c.Archived {
		return gone()
	}
	if !slices.Contains(c.Links, title) {
		c.Links, c.addresses = append(c.Links, title), append(c.addresses, link)
	}
	return m.answered("Bookmark")
}
