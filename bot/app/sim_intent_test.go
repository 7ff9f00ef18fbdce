package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/store"
)

// ledger is what the simulation keeps beside the bot, to hold it to its word.
type ledger struct {
	acts     map[string]simAct // what people did, by its key
	tokens   map[string]string // keys of acts by what they are answered with
	held     map[string]string // lines by key: acknowledged and durable
	complete map[string]bool   // accounts whose line now under way has all that it needs
	answers  []answered
	calls    []*simCall
	unasked  []*simCall // no errand asked for them
	foreign  []string   // keys of channels that people made
	before   []string   // keys of rooms of the time before a restore
	restored bool
	secrets  map[string][]string // words that only some may read, by the accounts that typed them
}

func newLedger() ledger {
	return ledger{acts: map[string]simAct{}, tokens: map[string]string{}, held: map[string]string{}, complete: map[string]bool{}, secrets: map[string][]string{}}
}

// An answered is an act that was acknowledged, and whether it was durable then.
type answered struct {
	key, told string
	held      bool
}

// acted notes what somebody did.
func (s *sim) acted(a simAct) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acts[a.key] = a
}

// holds notes with what an act is answered.
func (s *sim) holds(token, key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens[token] = key
}

func (s *sim) holder(token string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens[token]
}

// expect says that what an account does now has all it needs.
func (s *sim) expect(account string, complete bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.complete[account] = complete
}

func (s *sim) isComplete(account string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.complete[account]
}

// acknowledged keeps what a service was told is done: from now on it must stay.
func (s *sim) acknowledged(l *life, key, told string) {
	held := false
	err := l.app.db.View(context.Background(), func(tx store.Tx) error {
		r, err := store.Inbox.Get(tx, store.Key(key))
		held = r != nil
		return err
	})
	if err != nil {
		return // the life is over; nothing is promised
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = append(s.answers, answered{key, told, held})
	if held {
		s.held[key] = s.acts[key].line
	}
}

// calledBack acknowledges what is answered by a call.
func (s *sim) calledBack(l *life, c *simCall) {
	if key, told, done := c.on.callback(c); key != "" && done {
		s.acknowledged(l, key, told)
	}
}

// sent notes a call as it leaves, with the errand that asks for it.
func (s *sim) sent(l *life, c *simCall) *simCall {
	c.life, c.at = l.n, time.Now()
	asked, err := l.asked(c)
	if asked != nil {
		c.errand = asked.ID
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, c)
	if err == nil && asked == nil {
		s.unasked = append(s.unasked, c)
	}
	return c
}

// asked finds the errand under way that asks for a call.
func (l *life) asked(c *simCall) (found *store.Errand, err error) {
	if c.on.quiet(c) {
		return nil, nil
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
			if e.State == store.Sending && e.Platform() == c.on.name() && c.on.asks(intent{tx, e, generation}, c) {
				found = e
			}
		}
		return nil
	})
	return found, err
}

// intent is an errand under way, and the store that it is in.
type intent struct {
	tx store.Tx
	*store.Errand
	generation string
}

// replaces reports whether the errand is to replace a message.
func (e intent) replaces(message string) bool {
	if e.Kind != store.Say || e.Message.Key == "" {
		return false
	}
	said, err := store.SaidMessages.Get(e.tx, store.MessageKey(e.Errand))
	return err == nil && said != nil && said.Ref.ID == message
}

// nth is the name after n names were taken.
func nth(name string, n int) string {
	if n == 0 {
		return name
	}
	return fmt.Sprintf("%s-%c", name, 'a'+n)
}

// told is a call in one line.
func (c *simCall) told() string {
	words := []string{c.method}
	for _, name := range []string{"name", "channel", "message", "user", "users", "ts", "timestamp", "thread_ts"} {
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
