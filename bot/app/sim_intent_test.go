package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/outbox"
	"cresset/store"
)

// ledger is what the simulation keeps beside the bot, to hold it to its word.
type ledger struct {
	held     map[string]string // lines by the key of their event: acknowledged and durable
	complete map[string]bool   // people whose line now under way has all that it needs
	answers  []arrived
	calls    []*simCall
	broken   []string // promises, seen at the moment
	foreign  []string // names of channels that people made
	before   []string // rooms of the time before a restore
	restored bool
	secrets  map[string][]string // words that only some people may read, by who typed them first
	titles   map[string]time.Time
}

func newLedger() ledger {
	return ledger{held: map[string]string{}, complete: map[string]bool{}, secrets: map[string][]string{}, titles: map[string]time.Time{}}
}

// simCall is one call of the bot's.
type simCall struct {
	life    int
	method  string
	args    url.Values
	raw     string
	at      time.Time
	outcome string
	errand  uint64 // that asked for it
}

// sent notes a call as it leaves, and holds the bot to the promise that nothing
// is done without a durable intent to do it.
func (s *sim) sent(l *life, method string, body []byte) *simCall {
	c := &simCall{life: l.n, method: method, at: time.Now()}
	if method == "upload" || len(body) > 0 && body[0] != '{' {
		c.args, _ = url.ParseQuery(string(body)) // a picture gives no arguments
	}
	if !strings.HasPrefix(method, "F") {
		c.raw = string(body)
	}
	asked, ok, err := l.asked(c)
	if asked != nil {
		c.errand = asked.ID
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, c)
	if err == nil && !ok {
		s.broken = append(s.broken, fmt.Sprintf("no durable intent for %s %v", method, c.raw))
	}
	return c
}

// asked finds the errand under way that asks for a call. ok is true as well for
// calls that ask for nothing but an answer to a person.
func (l *life) asked(c *simCall) (found *store.Errand, ok bool, err error) {
	asks := askings[c.method]
	if asks == nil || answersPerson(c) {
		return nil, true, nil
	}
	err = l.app.db.View(context.Background(), func(tx store.Tx) error {
		generation, err := store.Fact(tx, store.Generation)
		if err != nil {
			return err
		}
		for e, err := range store.Errands.By(tx, "lane", nil, store.Page{}) {
			if err != nil {
				return err
			}
			if e.State == store.Sending && asks(intent{tx, e, generation}, c) {
				found = e
			}
		}
		return nil
	})
	return found, found != nil, err
}

// intent is an errand under way, and the store that it is in.
type intent struct {
	tx store.Tx
	*store.Errand
	generation string
}

// askings say for each method with an effect whether an errand asks for a call.
var askings = map[string]func(intent, *simCall) bool{
	"chat.postMessage": func(e intent, c *simCall) bool {
		return e.Kind == store.Say && outbox.Identity(e.generation, e.ID) == markOf(c.args.Get("metadata"))
	},
	"chat.update": func(e intent, c *simCall) bool {
		if e.Kind != store.Say || e.Message.Key == "" {
			return false
		}
		said, err := store.SaidMessages.Get(e.tx, store.MessageKey(e.Errand))
		return err == nil && said != nil && said.Ref.ID == c.args.Get("ts")
	},
	"conversations.create": func(e intent, c *simCall) bool {
		return e.Kind == store.OpenRoom && c.args.Get("name") == nth(e.Room.Name, e.Suffix)
	},
	"conversations.invite": func(e intent, c *simCall) bool {
		return e.Kind == store.Invite && e.Place.Channel == c.args.Get("channel") &&
			slices.ContainsFunc(e.People, func(p chat.Person) bool { return strings.Contains(c.args.Get("users"), p.ID) })
	},
	"conversations.setTopic":   describing,
	"conversations.setPurpose": describing,
	"conversations.archive": func(e intent, c *simCall) bool {
		return e.Kind == store.CloseRoom && e.Place.Channel == c.args.Get("channel")
	},
	"pins.add":       func(e intent, c *simCall) bool { return e.Kind == store.Pin && e.Ref.ID == c.args.Get("timestamp") },
	"bookmarks.add":  func(e intent, c *simCall) bool { return e.Kind == store.Bookmark },
	"bookmarks.edit": func(e intent, c *simCall) bool { return e.Kind == store.Bookmark },
}

func describing(e intent, c *simCall) bool {
	return e.Kind == store.Describe && e.Place.Channel == c.args.Get("channel")
}

// nth is the name after n names were taken.
func nth(name string, n int) string {
	if n == 0 {
		return name
	}
	return fmt.Sprintf("%s-%c", name, 'a'+n)
}

// markOf is the id that a message of the bot's carries.
func markOf(metadata string) string {
	var m struct {
		Payload struct{ O string } `json:"event_payload"`
	}
	_ = json.Unmarshal([]byte(metadata), &m) // none has no mark
	return m.Payload.O
}

// answersPerson reports whether a call is a word to one person about what they
// just did, or about a file that did not come. Nobody promises it.
func answersPerson(c *simCall) bool {
	mark := markOf(c.args.Get("metadata"))
	return strings.HasPrefix(mark, "slack:") && strings.HasPrefix(c.args.Get("channel"), "U") || strings.Contains(mark, " ") // errands have no spaces in their marks
}

// told is a call in one line.
func (c *simCall) told(s *sim) string {
	words := []string{c.method}
	for _, name := range []string{"name", "channel", "user", "users", "ts", "timestamp", "thread_ts"} {
		if v := c.args.Get(name); v != "" {
			words = append(words, v)
		}
	}
	if text := c.args.Get("text"); text != "" {
		words = append(words, fmt.Sprintf("%q", chat.Cut(text, 60)))
	}
	if c.errand != 0 {
		words = append(words, fmt.Sprintf("[errand %d]", c.errand))
	}
	return strings.Join(words, " ")
}
