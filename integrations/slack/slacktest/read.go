package slacktest

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Channel is how a channel looks at one moment.
type Channel struct {
	ID, Name, Topic, Purpose string
	Creator                  string   // handle
	Members                  []string // handles, in the order in which they joined
	Pins                     []string // timestamps of pinned messages, oldest pin first
	Bookmarks                []Bookmark
	Archived, Private        bool
}

// Bookmark is a link at the top of a channel.
type Bookmark struct{ ID, Title, Link, Emoji string }

// Message is how a message looks at one moment, edits applied.
type Message struct {
	TS, ThreadTS string // ThreadTS is empty outside threads
	Channel      string // name, without the #
	User         string // handle of the author
	BotID        string // set when an app wrote it
	Text         string // as Slack stores it: & < > escaped, mentions as <@U…>
	ClientMsgID  string
	Blocks       json.RawMessage // null when there are none; with the block_ids that Slack adds
	Metadata     json.RawMessage // null when there is none
	Files        []string        // IDs
	Reactions    map[string][]string
	EditCount    int
}

// File is an upload.
type File struct {
	ID, Name, Title string
	Content         []byte
	Channels        []string // names of where it was shared
	Complete        bool
}

// Channel shows a channel by name or ID; it ends the test when there is none.
func (ws *Workspace) Channel(ref string) Channel {
	ws.t.Helper()
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return ws.snapshot(ws.mustChannel(ref))
}

// Channels shows every channel, archived ones included, without direct messages.
func (ws *Workspace) Channels() []Channel {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	all := []Channel{}
	for _, ch := range ws.channels {
		if ch.with == "" {
			all = append(all, ws.snapshot(ch))
		}
	}
	return all
}

// Messages shows what people and apps said in a channel, oldest first, threads
// included. For a direct message with the app the channel is "@ada".
// Slack's own lines (who joined, a new topic) are left out.
func (ws *Workspace) Messages(ref string) []Message {
	ws.t.Helper()
	ws.mu.Lock()
	defer ws.mu.Unlock()
	shown := []Message{}
	for _, m := range ws.mustChannel(ref).messages {
		if !strings.HasPrefix(m.subtype, "channel_") {
			shown = append(shown, ws.show(m))
		}
	}
	return shown
}

// Ephemerals shows what only this person saw, oldest first, in any channel.
func (ws *Workspace) Ephemerals(person string) []Message {
	ws.t.Helper()
	ws.mu.Lock()
	defer ws.mu.Unlock()
	u := ws.mustUser(person)
	shown := []Message{}
	for _, m := range ws.ephemerals {
		if m.to == u.ID {
			shown = append(shown, ws.show(m))
		}
	}
	return shown
}

// Files shows every upload, also those never completed.
func (ws *Workspace) Files() []File {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	all := []File{}
	for _, f := range ws.files {
		shown := File{ID: f.id, Name: f.name, Title: f.title, Content: f.content, Complete: f.complete}
		for _, share := range f.shares {
			shown.Channels = append(shown.Channels, share.channel.name)
		}
		all = append(all, shown)
	}
	return all
}

// Call is one request to the Web API, or to an upload address ("upload") or a
// response address ("response_url").
type Call struct {
	Method  string
	Args    map[string]string // without the token; JSON values as JSON
	Outcome string            // "ok", or the error code
	Dropped bool              // the answer never left
	At      time.Time
}

// Calls lists every call, in the order in which the work was done.
func (ws *Workspace) Calls() []Call {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return slices.Clone(ws.calls)
}

// CallsOf lists the calls of one method.
func (ws *Workspace) CallsOf(method string) []Call {
	return slices.DeleteFunc(ws.Calls(), func(c Call) bool { return c.Method != method })
}

func (ws *Workspace) snapshot(ch *channel) Channel {
	c := Channel{
		ID: ch.id, Name: ch.name, Topic: ch.topic, Purpose: ch.purpose,
		Creator: ws.nameOf(ch.creator), Archived: ch.archived, Private: ch.private,
		Members: ws.namesOf(ch.members),
	}
	for _, p := range ch.pins {
		c.Pins = append(c.Pins, p.message.ts)
	}
	for _, b := range ch.bookmarks {
		c.Bookmarks = append(c.Bookmarks, b.Bookmark)
	}
	return c
}

func (ws *Workspace) show(m *message) Message {
	shown := Message{
		TS: m.ts, ThreadTS: m.threadTS, Channel: m.channel.name, User: ws.nameOf(m.user), BotID: m.botID,
		Text: m.text, ClientMsgID: m.clientMsgID, Blocks: encode(m.blocks), Metadata: encode(m.metadata),
		EditCount: m.edits, Reactions: map[string][]string{},
	}
	for _, f := range m.files {
		shown.Files = append(shown.Files, f.id)
	}
	for _, r := range m.reactions {
		shown.Reactions[r.name] = ws.namesOf(r.users)
	}
	return shown
}

func (ws *Workspace) namesOf(ids []string) []string {
	names := []string{}
	for _, id := range ids {
		names = append(names, ws.nameOf(id))
	}
	return names
}
