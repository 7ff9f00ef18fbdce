package web

import (
	"context"
	"regexp"
	"slices"
	"time"

	"cresset/bot/chat"
	"cresset/store"
)

// A channel is a conversation: a channel that everybody sees, a room, or what
// one person and the bot say to each other.
type channel struct {
	ID        string     `json:"id"` // its name; "@ada" for what is said with ada alone
	Topic     string     `json:"topic,omitempty"`
	Purpose   string     `json:"purpose,omitempty"`
	Private   bool       `json:"private,omitempty"`
	Members   []string   `json:"members,omitempty"`
	Own       bool       `json:"own,omitempty"` // a room that the bot opened
	Archived  bool       `json:"archived,omitempty"`
	Created   time.Time  `json:"created"`
	Pinned    []string   `json:"pinned,omitempty"` // ids of messages
	Bookmarks []bookmark `json:"bookmarks,omitempty"`
	Last      uint64     `json:"last,omitempty"` // the last message that all of it see
}

type bookmark struct {
	Title string `json:"title"`
	Link  string `json:"link"`
}

// A message is what a person or the bot said.
type message struct {
	ID      string        `json:"id"`
	Seq     uint64        `json:"seq"` // in the order of arrival, over all channels
	Channel string        `json:"channel"`
	Thread  string        `json:"thread,omitempty"` // id of the message it answers
	By      string        `json:"by,omitempty"`     // a person; "" is the bot
	Only    string        `json:"only,omitempty"`   // the one person who sees it
	At      time.Time     `json:"at"`
	Edited  time.Time     `json:"edited,omitzero"`
	Text    string        `json:"text,omitempty"` // what a person wrote
	Said    *chat.Message `json:"said,omitempty"` // what the bot said
	Picture picture       `json:"picture,omitzero"`
	// Reactions are the people who gave one, by its name.
	Reactions map[string][]string `json:"reactions,omitempty"`
}

// A picture is the size of a message's chart, so that a page keeps room for it.
type picture struct {
	Wide int `json:"wide"`
	High int `json:"high"`
}

// A person is somebody who was here.
type person struct {
	Name  string    `json:"name"`
	Since time.Time `json:"since"`
}

var (
	channels = &store.Collection[channel]{
		Name: "console.channels",
		Key:  func(c *channel) []byte { return store.Key(c.ID) },
	}
	messages = &store.Collection[message]{
		Name: "console.messages",
		Key:  func(m *message) []byte { return store.Key(m.ID) },
		Indexes: []store.Index[message]{
			{Name: "seq", Unique: true, Keys: func(m *message) [][]byte { return [][]byte{store.Key(m.Seq)} }},
			{Name: "thread", Unique: true, Keys: func(m *message) [][]byte {
				return [][]byte{store.Key(m.Channel, m.Thread, m.Seq)}
			}},
			{Name: "fleeting", Keys: func(m *message) [][]byte {
				if m.Only == "" {
					return nil
				}
				return [][]byte{store.Key(m.At)}
			}},
		},
	}
	persons = &store.Collection[person]{
		Name: "console.people",
		Key:  func(p *person) []byte { return store.Key(p.Name) },
	}
)

// Collections lists what the console keeps, to be checked with the rest of the
// database.
func Collections() []store.Checker { return []store.Checker{channels, messages, persons, sessions} }

var (
	channelName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,79}$`)
	personName  = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)
)

// isPersonName reports whether somebody may be called s. Nobody may be called
// like the bot.
func isPersonName(s string) bool { return personName.MatchString(s) && s != botName }

// openTo reports whether a person may see the channel.
func (ch *channel) openTo(name string) bool {
	if other, direct := ch.direct(); direct {
		return other == name
	}
	return !ch.Private || slices.Contains(ch.Members, name)
}

// direct is the person of a conversation with the bot alone.
func (ch *channel) direct() (string, bool) {
	if len(ch.ID) > 1 && ch.ID[0] == '@' {
		return ch.ID[1:], true
	}
	return "", false
}

// place is the channel in everybody's words.
func (ch *channel) place() chat.Place { return placeOf(ch.ID) }

func placeOf(id string) chat.Place {
	if len(id) > 1 && id[0] == '@' {
		return chat.Place{Platform: Name, Direct: id[1:]}
	}
	return chat.Place{Platform: Name, Channel: id}
}

func (m *message) ref() chat.Ref {
	return chat.Ref{Place: placeOf(m.Channel).In(m.Thread), ID: m.ID}
}

// shownTo reports whether a person who may see the channel sees the message.
func (m *message) shownTo(name string) bool { return m.Only == "" || m.Only == name }

// bySeq finds a message by its place in the order of arrival.
func bySeq(tx store.Tx, seq uint64) (*message, error) {
	return messages.First(tx, "seq", store.Key(seq))
}

// add writes a new message into its channel, which must be there.
func add(tx store.Tx, ch *channel, m *message) error {
	seq, err := store.Sequence(tx, messages.Name)
	if err != nil {
		return err
	}
	m.Seq, m.Channel = seq, ch.ID
	if m.Only == "" {
		ch.Last = seq
	}
	if err := channels.Put(tx, ch); err != nil {
		return err
	}
	return messages.Put(tx, m)
}

// fleeting is how long what only one person sees is kept.
const fleeting = 24 * time.Hour

// prune forgets what only one person saw, a day later. What somebody answered
// stays, so that the answer keeps its place.
func (c *Console) prune(ctx context.Context) error {
	before := c.Now().Add(-fleeting)
	return c.DB.Update(ctx, func(tx store.Tx) error {
		for m, err := range messages.By(tx, "fleeting", nil, store.Page{Limit: 500}) {
			if err != nil {
				return err
			}
			if m.At.After(before) {
				return nil
			}
			answers, err := messages.Count(tx, "thread", store.Key(m.Channel, m.ID))
			if err != nil {
				return err
			}
			if answers > 0 {
				continue
			}
			if err := messages.Delete(tx, store.Key(m.ID)); err != nil {
				return err
			}
		}
		return nil
	})
}
