package slacktest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"time"
)

// Answer is what a person gets back at once for a command, a button or a shortcut.
type Answer struct {
	Text      string
	Blocks    json.RawMessage // null when there are none
	Ephemeral bool            // only this person sees it; false also when there is no reply
	TS        string          // of the reply; empty when there is none
	Failed    string          // why Slack shows an error instead, such as operation_timeout
	Again     *Answer         // the answer to the second delivery, under DeliverTwice; nobody sees it
}

const (
	responseUses = 5
	responseLife = 30 * time.Minute
)

// responseURL is the right to answer a command or an interaction later.
type responseURL struct {
	channel  *channel
	user     string
	original *message // the message acted on, nil for commands
	at       time.Time
	uses     int
}

func (ws *Workspace) newResponse(ch *channel, user string, original *message) string {
	id := ws.id("response-")
	ws.responses[id] = &responseURL{channel: ch, user: user, original: original, at: ws.clock()}
	return ws.URL + "/response/" + id
}

// receive reads what came with an acknowledgement, and shows it where it belongs.
func (ws *Workspace) receive(ch *channel, u *User, got reply, visible bool) *Answer {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if got.err != nil {
		return &Answer{Failed: got.err.Error()}
	}
	given := replyArgs(got.body)
	if len(given) == 0 {
		return &Answer{}
	}
	c := &call{Workspace: ws, args: given, name: "acknowledgement"}
	m, err := c.compose(ch)
	if err != nil {
		return &Answer{Failed: err.Error()}
	}
	if m.ts = ws.ts(); visible {
		c.showTo(m, u.ID)
	}
	return &Answer{Text: m.text, Blocks: encode(m.blocks), TS: m.ts, Ephemeral: !c.inChannel()}
}

// replyArgs reads an answer: a JSON object, a JSON string, or bare text.
func replyArgs(body []byte) args {
	body = bytes.TrimSpace(body)
	var v any
	if json.Unmarshal(body, &v) != nil {
		v = string(body)
	}
	switch v := v.(type) {
	case obj:
		return v
	case string:
		if v != "" {
			return args{"text": v}
		}
	}
	return nil
}

func (c *call) inChannel() bool { return c.str("response_type") == "in_channel" }

// showTo shows a reply to everybody in the channel, or to one person.
func (c *call) showTo(m *message, user string) {
	if c.inChannel() {
		c.post(m)
		return
	}
	m.to = user
	c.ephemerals = append(c.ephemerals, m)
}

func (ws *Workspace) serveResponseURL(w http.ResponseWriter, r *http.Request) {
	a, err := readArgs(r)
	ws.perform(w, "response_url", a, func() (obj, error) {
		to := ws.responses[r.PathValue("id")]
		switch {
		case err != nil:
			return nil, refuse("invalid_payload")
		case to == nil || ws.clock().Sub(to.at) > responseLife:
			return nil, refuse("expired_url")
		case to.uses >= responseUses:
			ws.problem("a response_url is good for %d answers, this is one more", responseUses)
			return nil, refuse("used_url")
		}
		to.uses++
		return nil, (&call{Workspace: ws, args: a, name: "response_url"}).respond(to)
	})
}

func (c *call) respond(to *responseURL) error {
	if c.bool("delete_original") && to.original != nil {
		to.original.channel.remove(to.original)
		c.ephemerals = slices.DeleteFunc(c.ephemerals, func(m *message) bool { return m == to.original })
		return nil
	}
	m, err := c.compose(to.channel)
	if err != nil {
		return err
	}
	if c.bool("replace_original") && to.original != nil {
		to.original.text, to.original.blocks = m.text, m.blocks
		to.original.edits++
		to.original.editedAt = c.ts()
		return nil
	}
	if err := c.reply(m); err != nil {
		return err
	}
	m.ts = c.ts()
	c.showTo(m, to.user)
	return nil
}
