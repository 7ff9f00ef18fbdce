package discordtest

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Kinds of channels.
const (
	textChannel   = 0
	directChannel = 1
	category      = 4
	publicThread  = 11
	privateThread = 12
)

// channel is a channel of the guild, a thread, or a direct message between
// somebody and the app.
type channel struct {
	id, name, topic string
	kind            int
	parent          string // of a thread, its channel; of a channel, its category
	position        int
	overwrites      []Overwrite
	created         time.Time
	with            string // user ID of a direct message
	messages        []*message
	lastPin         time.Time
	retitled        []time.Time // new names and topics, for the write limit
	thread          *thread     // nil unless it is one
}

type thread struct {
	owner            string
	archived, locked bool
	autoArchive      int // minutes
	changed          time.Time
	members          []string
	invitable        bool
}

type message struct {
	channel     *channel
	id          string
	at          time.Time
	kind        int
	author      string // user ID
	to          string // user ID that alone sees it
	content     string
	embeds      []any
	components  []any
	attachments []*attachment
	flags       int64
	nonce       any
	pings       []string // user and role IDs, "everyone"
	mentions    []string // user IDs that it names, pinged or not
	reference   *message
	reactions   []*reaction
	pinned      time.Time // zero when it is not
	edited      time.Time
	edits       int
	interaction *interaction // that it answers
	thread      *channel
	deleted     bool
}

type reaction struct {
	emoji string
	users []string
}

type attachment struct {
	id, name, description, kind string
	content                     []byte
	channel                     string
}

type role struct {
	id, name    string
	permissions Permissions
	position    int
	managed     bool
	mentionable bool
}

type user struct {
	User
	roles  []string // without @everyone
	joined time.Time
	closed bool // takes no direct messages
	gone   bool // left the guild
}

func (ch *channel) message(id string) *message {
	i := slices.IndexFunc(ch.messages, func(m *message) bool { return m.id == id })
	if i < 0 {
		return nil
	}
	return ch.messages[i]
}

func (ch *channel) remove(m *message) {
	m.deleted = true
	ch.messages = slices.DeleteFunc(ch.messages, func(other *message) bool { return other == m })
}

// pins are the pinned messages, the last pinned first.
func (ch *channel) pins() []*message {
	var found []*message
	for _, m := range ch.messages {
		if !m.pinned.IsZero() {
			found = append(found, m)
		}
	}
	slices.SortStableFunc(found, func(a, b *message) int { return b.pinned.Compare(a.pinned) })
	return found
}

func (m *message) reactionOf(emoji string) *reaction {
	i := slices.IndexFunc(m.reactions, func(r *reaction) bool { return r.emoji == emoji })
	if i < 0 {
		return nil
	}
	return m.reactions[i]
}

// channelBy finds a channel by ID or name, the oldest of that name, or the
// direct message of "@name". Names of channels are not unique.
func (s *Server) channelBy(ref string) *channel {
	if name, ok := strings.CutPrefix(ref, "@"); ok {
		return s.direct(s.userBy(name))
	}
	ref = strings.TrimPrefix(ref, "#")
	for _, same := range []func(*channel) bool{
		func(ch *channel) bool { return ch.id == ref },
		func(ch *channel) bool { return ch.with == "" && ch.name == ref },
	} {
		if i := slices.IndexFunc(s.channels, same); i >= 0 {
			return s.channels[i]
		}
	}
	return nil
}

func (s *Server) mustChannel(ref string) *channel {
	s.t.Helper()
	ch := s.channelBy(ref)
	if ch == nil {
		s.t.Fatalf("discordtest: there is no channel %q", ref)
	}
	return ch
}

// direct finds the direct message between u and the app, and makes it when there is none.
func (s *Server) direct(u *user) *channel {
	if u == nil {
		return nil
	}
	for _, ch := range s.channels {
		if ch.with == u.ID {
			return ch
		}
	}
	ch := &channel{id: s.id(), kind: directChannel, with: u.ID, created: s.clock()}
	s.channels = append(s.channels, ch)
	return ch
}

// inGuild are the channels of the guild; threads are not among them.
func (s *Server) inGuild() []*channel {
	var found []*channel
	for _, ch := range s.channels {
		if ch.thread == nil && ch.with == "" {
			found = append(found, ch)
		}
	}
	return found
}

func (s *Server) threadsOf(parent string) []*channel {
	var found []*channel
	for _, ch := range s.channels {
		if ch.thread != nil && (parent == "" || ch.parent == parent) {
			found = append(found, ch)
		}
	}
	return found
}

// encode writes JSON as Discord does, with & < > as they are.
func encode(v any) json.RawMessage {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("discordtest: cannot encode what was decoded: " + err.Error())
	}
	return json.RawMessage(strings.TrimSuffix(b.String(), "\n"))
}

// stamp is a moment as Discord writes it, nil for none.
func stamp(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at.UTC().Format("2006-01-02T15:04:05.000000-07:00")
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}
