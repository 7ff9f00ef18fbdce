package discordtest

import (
	"encoding/json"
	"slices"
	"time"
)

// Channel is a channel or a thread, as it was when it was asked for.
type Channel struct {
	ID         string
	Name       string
	Topic      string
	Type       int    // 0 text, 1 direct message, 4 category, 11 and 12 thread
	Parent     string // ID of the category, or of a thread's channel
	Position   int
	Overwrites []Overwrite
	Members    []string // names of those who see it; the guild's owner is left out
	Writers    []string // those of them who may write
	Pins       []string // message IDs, the last pinned first
	Archived   bool     // a thread may be
	Locked     bool
	Joined     []string // names of a thread's members
	Raw        json.RawMessage
}

// Message is a message, as it was when it was asked for.
type Message struct {
	ID          string
	ChannelID   string
	Type        int // 0, 6 for "pinned a message", 19 for a reply, 20 for an answer to a command
	Author      string
	To          string // name of the one person who sees it
	Content     string
	Flags       int64 // 1<<7 while the app is thinking, and the message is empty
	Embeds      []Embed
	Components  []Component
	Attachments []Attachment
	Pings       []string // names of whom it pinged: people, "@role", "@everyone"
	Reactions   map[string][]string
	Pinned      bool
	EditCount   int
	Nonce       string
	ReplyTo     string // message ID
	Thread      string // ID of the thread that began with it
	Time        time.Time
	Raw         json.RawMessage // as the REST API shows it
}

// Embed is a rich part of a message.
type Embed struct {
	Title       string       `json:"title"`
	Description string       `json:"description"`
	URL         string       `json:"url"`
	Color       int          `json:"color"`
	Timestamp   string       `json:"timestamp"`
	Fields      []EmbedField `json:"fields"`
	Footer      EmbedText    `json:"footer"`
	Author      EmbedText    `json:"author"`
	Image       Media        `json:"image"`
	Thumbnail   Media        `json:"thumbnail"`
}

// EmbedField is a name and a value in an embed.
type EmbedField struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Inline bool   `json:"inline"`
}

// EmbedText is the footer, which has a text, or the author, who has a name.
type EmbedText struct {
	Text string `json:"text"`
	Name string `json:"name"`
	URL  string `json:"url"`
}

// Media is a picture or a file. Its URL is where it can be had.
type Media struct {
	URL string `json:"url"`
}

// Component is a part of a message or of a form. Which fields it has depends on its Type.
type Component struct {
	Type        int         `json:"type"`
	ID          int         `json:"id"`
	CustomID    string      `json:"custom_id"`
	Style       int         `json:"style"`
	Label       string      `json:"label"`
	URL         string      `json:"url"`
	Disabled    bool        `json:"disabled"`
	Placeholder string      `json:"placeholder"`
	Content     string      `json:"content"`
	Description string      `json:"description"`
	Value       string      `json:"value"`
	Required    *bool       `json:"required"`
	MinLength   int         `json:"min_length"`
	MaxLength   int         `json:"max_length"`
	MinValues   *int        `json:"min_values"`
	MaxValues   *int        `json:"max_values"`
	Options     []Option    `json:"options"`
	Defaults    []Default   `json:"default_values"`
	Components  []Component `json:"components"`
	Accessory   *Component  `json:"accessory"`
	Component   *Component  `json:"component"`
	Items       []Item      `json:"items"`
	Media       Media       `json:"media"`
	File        Media       `json:"file"`
	AccentColor int         `json:"accent_color"`
	Spoiler     bool        `json:"spoiler"`
	Divider     *bool       `json:"divider"`
	Spacing     int         `json:"spacing"`
}

// Option is a choice of a select menu.
type Option struct {
	Label       string `json:"label"`
	Value       string `json:"value"`
	Description string `json:"description"`
	Default     bool   `json:"default"`
}

// Default is a person, role or channel that a menu has chosen at first.
type Default struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

// Item is a picture of a gallery.
type Item struct {
	Media       Media  `json:"media"`
	Description string `json:"description"`
	Spoiler     bool   `json:"spoiler"`
}

// Attachment is a file of a message.
type Attachment struct {
	ID          string
	Filename    string
	Description string
	ContentType string
	URL         string
	Content     []byte
}

// Channels lists the guild's channels and categories.
func (s *Server) Channels() []Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.snapshots(s.inGuild())
}

// Threads lists the threads of a channel, the archived ones too.
func (s *Server) Threads(channel string) []Channel {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.snapshots(s.threadsOf(s.mustChannel(channel).id))
}

// Channel finds a channel or thread by ID or name, or the direct message of
// "@name"; it ends the test when there is none.
func (s *Server) Channel(ref string) Channel {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.snapshot(s.mustChannel(ref))
}

// HasChannel says whether there is a channel with this ID or name.
func (s *Server) HasChannel(ref string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.channelBy(ref) != nil
}

// Messages lists what everybody sees in a channel, the oldest first. "@ada" is the
// direct message with ada.
func (s *Server) Messages(channel string) []Message {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shown(s.mustChannel(channel).messages)
}

// Message finds one message; it ends the test when there is none.
func (s *Server) Message(channel, id string) Message {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.mustChannel(channel)
	m := ch.message(id)
	if m == nil {
		s.t.Fatalf("discordtest: there is no message %s in #%s", id, ch.name)
	}
	return s.show(m)
}

// Ephemerals lists what this person alone was shown, the oldest first.
func (s *Server) Ephemerals(name string) []Message {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.mustUser(name)
	var theirs []*message
	for _, m := range s.ephemerals {
		if m.to == u.ID && !m.deleted {
			theirs = append(theirs, m)
		}
	}
	return s.shown(theirs)
}

func (s *Server) snapshots(channels []*channel) []Channel {
	found := []Channel{}
	for _, ch := range channels {
		found = append(found, s.snapshot(ch))
	}
	return found
}

func (s *Server) snapshot(ch *channel) Channel {
	c := Channel{ID: ch.id, Name: ch.name, Topic: ch.topic, Type: ch.kind, Parent: ch.parent, Position: ch.position,
		Overwrites: slices.Clone(ch.overwrites), Raw: encode(s.channelJSON(ch))}
	for _, u := range s.viewers(ch) {
		c.Members = append(c.Members, u.Name)
		if s.permissions(u, ch).has(SendMessages) {
			c.Writers = append(c.Writers, u.Name)
		}
	}
	for _, m := range ch.pins() {
		c.Pins = append(c.Pins, m.id)
	}
	if ch.thread != nil {
		c.Archived, c.Locked = ch.thread.archived, ch.thread.locked
		for _, id := range ch.thread.members {
			c.Joined = append(c.Joined, s.nameOf(id))
		}
	}
	return c
}

func (s *Server) shown(messages []*message) []Message {
	found := []Message{}
	for _, m := range messages {
		found = append(found, s.show(m))
	}
	return found
}

func (s *Server) show(m *message) Message {
	shown := Message{ID: m.id, ChannelID: m.channel.id, Type: m.kind, Author: s.nameOf(m.author), Content: m.content,
		Flags: m.flags, Pinned: !m.pinned.IsZero(), EditCount: m.edits, Nonce: text(m.nonce), Time: m.at,
		Reactions: map[string][]string{}, Raw: encode(s.messageJSON(m))}
	decode(encode(m.embeds), &shown.Embeds)
	decode(encode(m.components), &shown.Components)
	for _, a := range m.attachments {
		shown.Attachments = append(shown.Attachments, Attachment{ID: a.id, Filename: a.name, Description: a.description,
			ContentType: a.kind, URL: s.attachmentURL(a), Content: slices.Clone(a.content)})
	}
	for _, id := range m.pings {
		shown.Pings = append(shown.Pings, s.nameOf(id))
	}
	for _, r := range m.reactions {
		for _, id := range r.users {
			shown.Reactions[r.emoji] = append(shown.Reactions[r.emoji], s.nameOf(id))
		}
	}
	if m.to != "" {
		shown.To = s.nameOf(m.to)
	}
	if m.reference != nil {
		shown.ReplyTo = m.reference.id
	}
	if m.thread != nil {
		shown.Thread = m.thread.id
	}
	return shown
}

// decode reads what encode wrote.
func decode(data json.RawMessage, into any) {
	if err := json.Unmarshal(data, into); err != nil {
		panic("discordtest: cannot read what was checked: " + err.Error())
	}
}
