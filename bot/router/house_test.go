package router_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
	"cresset/commands"
	"cresset/store"
	"cresset/store/bolt"
)

var (
	ada   = chat.Person{Platform: "slack", ID: "U1", Name: "ada"} // commander
	bob   = chat.Person{Platform: "slack", ID: "U2", Name: "bob"} // responder
	eve   = chat.Person{Platform: "slack", ID: "U3", Name: "eve"} // may only look
	guest = chat.Person{Platform: "slack", ID: "U1", Name: "ada", External: true}
	lobby = chat.Place{Platform: "slack", Channel: "C1"}
	start = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
)

// A house is a router with every command on a store of its own.
type house struct {
	*testing.T
	db     store.DB
	rules  *cre.Settings
	router *router.Router
	now    time.Time
	events int

	mu     sync.Mutex // over what the router tells, from any goroutine
	woken  int
	counts map[string]int
	log    bytes.Buffer
}

// opened is a house with some more commands. Its customers are acme and globex.
func opened(t *testing.T, more ...router.Command) *house {
	h := &house{T: t, now: start, counts: map[string]int{}}
	db, err := bolt.Open(filepath.Join(t.TempDir(), "cresset.db"), bolt.Options{Clock: func() time.Time { return h.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	rules := &cre.Settings{Zone: time.UTC, Home: "slack", Channels: cre.Channels{Incidents: "incidents", Requests: "cre"},
		Roles:      cre.Access{Commander: []string{ada.Key()}, Responder: []string{bob.Key()}},
		Severities: map[cre.Severity]cre.SeverityRule{cre.Sev2: {Means: "some customers cannot buy", UpdateEvery: 30 * time.Minute}},
		Customers:  []cre.Customer{{Key: "acme", Name: "Acme GmbH", Services: []string{"payments", "checkout"}}, {Key: "globex", Name: "Globex", Services: []string{"export"}}},
		Kinds: []cre.RequestKind{
			{Name: "bug", Means: "something does not work", Facts: []cre.Fact{{Name: "customer", Required: true}, {Name: "component", Required: true},
				{Name: "version", Help: "as the footer shows it", Required: true}, {Name: "plan", Help: "what they pay for", Choices: []string{"small", "large"}}}},
			{Name: "access", Means: "somebody is to get in", Facts: []cre.Fact{{Name: "who", Help: "whose access it is", Required: true}}}}}
	h.db, h.rules = db, rules
	h.router = router.New(append(commands.All(), more...), router.With{DB: db, Rules: rules, Now: func() time.Time { return h.now },
		Log: slog.New(slog.NewTextHandler(&h.log, nil)), After: h.wake, Count: h.count})
	h.update(func(tx store.Tx) error { return (&workflow.Step{Tx: tx, Now: h.now, Rules: rules}).SyncCustomers() })
	return h
}

func (h *house) wake() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.woken++
}

func (h *house) count(_, outcome string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.counts[outcome]++
}

// event is a new act of somebody in the lobby.
func (h *house) event(who chat.Person, line string) chat.Event {
	h.events++
	return chat.Event{Key: fmt.Sprintf("slack:%d", h.events), By: who, Place: lobby, Line: line, At: h.now,
		People: map[string]chat.Person{"ada": ada, "bob": bob}}
}

func (h *house) handle(ev chat.Event) chat.Reply {
	h.Helper()
	reply, err := h.router.Handle(h.Context(), ev)
	if err != nil {
		h.Fatalf("%q: %v", ev.Line, err)
	}
	return reply
}

func (h *house) say(who chat.Person, line string) chat.Reply {
	h.Helper()
	return h.handle(h.event(who, line))
}

// must says what has to work.
func (h *house) must(who chat.Person, line string) chat.Reply {
	h.Helper()
	reply := h.say(who, line)
	if reply.Failed {
		h.Fatalf("%q: %s", line, reply.Message.Text)
	}
	return reply
}

func (h *house) view(fn func(store.Tx) error) {
	h.Helper()
	if err := h.db.View(h.Context(), fn); err != nil {
		h.Fatal(err)
	}
}

func (h *house) update(fn func(store.Tx) error) {
	h.Helper()
	if err := h.db.Update(h.Context(), fn); err != nil {
		h.Fatal(err)
	}
}

// records is all that is kept, but for the notes about events themselves.
func (h *house) records() map[string]string {
	h.Helper()
	all := map[string]string{}
	h.view(func(tx store.Tx) error {
		for _, coll := range []string{"incidents", "timeline", "requests", "customers", "errands", "postmortems", "said", "seq"} {
			err := tx.Scan(coll, store.Range{}, func(key, val []byte) error {
				if coll != "seq" || !bytes.Equal(key, store.Key("audit")) {
					all[coll+" "+string(key)] = string(val)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return all
}

// unchanged checks that nothing but the notes was written since.
func (h *house) unchanged(what string, since map[string]string) {
	h.Helper()
	if now := h.records(); !maps.Equal(now, since) {
		h.Errorf("%s: %d records, %d before, or they differ", what, len(now), len(since))
	}
}

// audit is the audit, its chain checked.
func (h *house) audit() []store.Act {
	h.Helper()
	var all []store.Act
	h.view(func(tx store.Tx) error {
		for a, err := range store.Audit.All(tx, store.Page{}) {
			if err != nil {
				return err
			}
			all = append(all, *a)
		}
		return workflow.CheckAudit(tx)
	})
	return all
}

// last is the last line of the audit.
func (h *house) last() store.Act {
	h.Helper()
	all := h.audit()
	if len(all) == 0 {
		h.Fatal("the audit is empty")
	}
	return all[len(all)-1]
}
