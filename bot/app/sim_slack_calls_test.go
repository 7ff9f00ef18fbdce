package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/outbox"
	"cresset/integrations/slack/slacktest"
	"cresset/store"
)

func (w *simSlack) host() string { return "slack.test" }

func (w *simSlack) does(r *http.Request) (*http.Response, error) {
	return w.ws.Transport().RoundTrip(r)
}

func (w *simSlack) read(r *http.Request, body []byte) *simCall {
	c := &simCall{on: w, method: path.Base(r.URL.Path)}
	if c.method == "upload" || len(body) > 0 && body[0] != '{' {
		c.args, _ = url.ParseQuery(string(body)) // a picture gives no arguments
	}
	if !strings.HasPrefix(c.method, "F") {
		c.raw = string(body)
	}
	c.says = c.method == "chat.postMessage"
	if c.method == "conversations.create" {
		c.room = c.args.Get("name")
	}
	return c
}

func (w *simSlack) outcome(_ int, body []byte) string {
	if !bytes.Contains(body[:min(len(body), 4096)], []byte(`"ok":false`)) {
		return "ok"
	}
	_, rest, _ := strings.Cut(string(body), `"error":"`)
	word, _, _ := strings.Cut(rest, `"`)
	return word
}

var slackTroubles = []trouble{
	{"done, but internal_error", func(f *fate, _ *rand.Rand) { f.answer = refusing("internal_error") }},
	{"done, but fatal_error", func(f *fate, _ *rand.Rand) { f.answer = refusing("fatal_error") }},
	{"internal_error", func(f *fate, _ *rand.Rand) { f.answer, f.effect = refusing("internal_error"), false }},
	{"429 with Retry-After", func(f *fate, r *rand.Rand) { f.answer, f.effect = slack429(fmt.Sprint(1+r.IntN(40))), false }},
	{"429", func(f *fate, _ *rand.Rand) { f.answer, f.effect = slack429(""), false }},
	{"200 with rate_limited", func(f *fate, _ *rand.Rand) { f.answer, f.effect = refusing("rate_limited"), false }},
}

func (w *simSlack) troubles(*simCall) []trouble { return slackTroubles }

func refusing(code string) func() *http.Response {
	return func() *http.Response { return answering(http.StatusOK, fmt.Sprintf(`{"ok":false,"error":%q}`, code)) }
}

func slack429(after string) func() *http.Response {
	return func() *http.Response {
		r := answering(http.StatusTooManyRequests, `{"ok":false,"error":"ratelimited"}`)
		if after != "" {
			r.Header.Set("Retry-After", after)
		}
		return r
	}
}

// slackAskings say for each method with an effect whether an errand asks for a call.
var slackAskings = map[string]func(intent, *simCall) bool{
	"chat.postMessage": func(e intent, c *simCall) bool {
		return e.Kind == store.Say && outbox.Identity(e.generation, e.ID) == slackMark(c.args.Get("metadata"))
	},
	"chat.update": func(e intent, c *simCall) bool { return e.replaces(c.args.Get("ts")) },
	"conversations.create": func(e intent, c *simCall) bool {
		return e.Kind == store.OpenRoom && c.room == nth(e.Room.Name, e.Suffix)
	},
	"conversations.invite": func(e intent, c *simCall) bool {
		return e.Kind == store.Invite && e.Place.Channel == c.args.Get("channel") &&
			slices.ContainsFunc(e.People, func(p chat.Person) bool { return strings.Contains(c.args.Get("users"), p.ID) })
	},
	"conversations.setTopic":   slackDescribing,
	"conversations.setPurpose": slackDescribing,
	"conversations.archive": func(e intent, c *simCall) bool {
		return e.Kind == store.CloseRoom && e.Place.Channel == c.args.Get("channel")
	},
	"pins.add":       func(e intent, c *simCall) bool { return e.Kind == store.Pin && e.Ref.ID == c.args.Get("timestamp") },
	"bookmarks.add":  func(e intent, c *simCall) bool { return e.Kind == store.Bookmark },
	"bookmarks.edit": func(e intent, c *simCall) bool { return e.Kind == store.Bookmark },
}

func slackDescribing(e intent, c *simCall) bool {
	return e.Kind == store.Describe && e.Place.Channel == c.args.Get("channel")
}

func (w *simSlack) asks(e intent, c *simCall) bool {
	asks := slackAskings[c.method]
	return asks != nil && asks(e, c)
}

// slackMark is the id that a message of the bot's carries.
func slackMark(metadata string) string {
	var m struct {
		Payload struct{ O string } `json:"event_payload"`
	}
	_ = json.Unmarshal([]byte(metadata), &m) // none has no mark
	return m.Payload.O
}

// answers reports whether a call asks for nothing but an answer to a person, or is
// about a file that did not come. Errands have no spaces in their marks.
func (w *simSlack) answers(c *simCall) bool {
	mark := slackMark(c.args.Get("metadata"))
	return slackAskings[c.method] == nil || strings.Contains(mark, " ") ||
		strings.HasPrefix(mark, "slack:") && strings.HasPrefix(c.args.Get("channel"), "U")
}

func (w *simSlack) quiet(c *simCall) bool {
	return slices.Contains([]string{"auth.test", "users.info", "conversations.history", "conversations.replies", "conversations.list", "users.conversations",
		"chat.getPermalink", "bookmarks.list", "conversations.open"}, c.method)
}

func (w *simSlack) arrived(path string, body []byte) simAct {
	var p struct {
		TeamID    string `json:"team_id"`
		EventID   string `json:"event_id"`
		TriggerID string `json:"trigger_id"`
		Team      struct{ ID string }
		User      struct{ ID string }
		Event     struct{ User, Type, Reaction string }
	}
	if path == "/slack/events" {
		_ = json.Unmarshal(body, &p) // the fake's own JSON
		return simAct{key: "slack:" + p.TeamID + ":" + p.EventID, user: "slack:" + p.Event.User, line: p.Event.Type + " " + p.Event.Reaction,
			must: p.Event.Reaction == "ticket" && p.Event.Type == "reaction_added", again: true}
	}
	form, _ := url.ParseQuery(string(body)) // the fake's own form
	if path == "/slack/commands" {
		user := "slack:" + form.Get("user_id")
		return simAct{key: "slack:" + form.Get("team_id") + ":" + form.Get("trigger_id"), user: user,
			line: form.Get("command") + " " + form.Get("text"), must: w.isComplete(user)}
	}
	_ = json.Unmarshal([]byte(form.Get("payload")), &p)
	return simAct{key: "slack:" + p.Team.ID + ":" + p.TriggerID, user: "slack:" + p.User.ID, line: "a click or a form"}
}

func (w *simSlack) settled(_ string, answer []byte) (string, bool) { return string(answer), true }

func (w *simSlack) callback(*simCall) (key, told string, done bool) { return "", "", false }

// again is an event once more, which Slack had been told is known.
func (w *simSlack) again(path string, body []byte) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "https://app.test"+path, bytes.NewReader(body))
	r.Header = slacktest.Sign(w.ws.SigningSecret, time.Now(), body)
	r.Header.Set("Content-Type", "application/json")
	return r
}

func (w *simSlack) carries(c *simCall) bearing {
	to := c.args.Get("channel") + c.args.Get("channel_id")
	switch who := c.args.Get("user"); {
	case c.room != "":
		return bearing{hush: c.args.Get("is_private") == "true"}
	case c.method == "views.open":
		return bearing{to: w.openedFor(c)}
	case who != "":
		return bearing{to: w.keyOf(who)}
	case strings.HasPrefix(to, "U"):
		return bearing{to: w.keyOf(to)}
	case strings.HasPrefix(to, "D"):
		for _, who := range people {
			if w.ws.Channel("@"+who).ID == to {
				return bearing{to: w.keyOf(who)}
			}
		}
	}
	return bearing{into: "slack:" + to}
}

// openedFor is whose form it is.
func (w *simSlack) openedFor(c *simCall) string {
	var view struct {
		Trigger string `json:"trigger_id"`
	}
	_ = json.Unmarshal([]byte(c.raw), &view) // the adapter's own JSON
	for key, a := range w.acts {
		if strings.HasSuffix(key, ":"+view.Trigger) {
			return a.user
		}
	}
	return ""
}
