package slacktest

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// channel is a channel or, with somebody, a direct message between them and the app.
type channel struct {
	id, name          string
	with              string // user ID of a direct message
	private, archived bool
	creator           string
	created           time.Time
	topic, purpose    string
	members           []string // user IDs
	messages          []*message
	pins              []pin
	bookmarks         []*bookmark
	previousNames     []string
	connected         []string // workspaces that it is shared with
}

type message struct {
	channel      *channel
	ts, threadTS string
	user, botID  string
	to           string // user ID that alone sees it
	subtype      string
	text         string
	blocks       []any // nil when there are none
	attachments  any
	metadata     any
	clientMsgID  string
	files        []*file
	reactions    []*reaction
	edits        int
	editedAt     string
	broadcast    bool
}

type reaction struct {
	name  string
	users []string
}

type pin struct {
	message *message
	by      string
	at      time.Time
}

type bookmark struct {
	Bookmark
	created, updated time.Time
}

func (ch *channel) has(user string) bool { return slices.Contains(ch.members, user) }

func (ch *channel) join(user string) {
	if !ch.has(user) {
		ch.members = append(ch.members, user)
	}
}

func (ch *channel) message(ts string) *message {
	i := slices.IndexFunc(ch.messages, func(m *message) bool { return m.ts == ts })
	if i < 0 {
		return nil
	}
	return ch.messages[i]
}

func (ch *channel) remove(m *message) {
	same := func(other *message) bool { return other == m }
	ch.messages = slices.DeleteFunc(ch.messages, same)
	ch.pins = slices.DeleteFunc(ch.pins, func(p pin) bool { return p.message == m })
}

func (ch *channel) replies(parent string) []*message {
	var found []*message
	for _, m := range ch.messages {
		if m.threadTS == parent && m.ts != parent {
			found = append(found, m)
		}
	}
	return found
}

// channelBy finds a channel by ID or name, or the direct message of "@name".
func (ws *Workspace) channelBy(ref string) *channel {
	if name, ok := strings.CutPrefix(ref, "@"); ok {
		return ws.direct(ws.userBy(name))
	}
	ref = strings.TrimPrefix(ref, "#")
	i := slices.IndexFunc(ws.channels, func(ch *channel) bool {
		return ch.id == ref || ch.with == "" && ch.name == ref
	})
	if i < 0 {
		return nil
	}
	return ws.channels[i]
}

func (ws *Workspace) mustChannel(ref string) *channel {
	ws.t.Helper()
	ch := ws.channelBy(ref)
	if ch == nil {
		ws.t.Fatalf("slacktest: there is no channel %q", ref)
	}
	return ch
}

// direct finds the direct message between u and the app, and makes it when there is none.
func (ws *Workspace) direct(u *User) *channel {
	if u == nil {
		return nil
	}
	for _, ch := range ws.channels {
		if ch.with == u.ID {
			return ch
		}
	}
	ch := &channel{id: ws.id("D"), name: "directmessage", with: u.ID, private: true,
		created: ws.clock(), members: []string{u.ID, ws.BotUser.ID}}
	ws.channels = append(ws.channels, ch)
	return ch
}

// badName is Slack's error code for a channel name, or nothing.
func badName(name string) string {
	switch {
	case name == "":
		return "invalid_name_required"
	case utf8.RuneCountInString(name) > 80:
		return "invalid_name_maxlength"
	case strings.Trim(name, "-_") == "":
		return "invalid_name_punctuation"
	case strings.ContainsFunc(name, notInName):
		return "invalid_name_specials"
	}
	return ""
}

func notInName(r rune) bool {
	return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789-_", r)
}

// encode writes JSON without escaping & < >, as Slack's text is already escaped.
func encode(v any) json.RawMessage {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("slacktest: cannot encode what was decoded: " + err.Error())
	}
	return json.RawMessage(strings.TrimSuffix(b.String(), "\n"))
}
