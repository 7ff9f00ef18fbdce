package workflow_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
	"cresset/store/bolt"
)

// house is steps on a real file, and an outbox played by hand.
type house struct {
	t     *testing.T
	db    store.DB
	now   time.Time
	rules *cre.Settings
	said  int
}

var (
	ada = chat.Person{Platform: "chat", ID: "U1", Name: "ada"}
	bob = chat.Person{Platform: "chat", ID: "U2", Name: "bob"}
	eve = chat.Person{Platform: "chat", ID: "U3", Name: "eve"}

	general   = chat.Place{Platform: "chat", Channel: "C1"}
	incidents = chat.Place{Platform: "chat", Channel: "#incidents"}
	triage    = chat.Place{Platform: "chat", Channel: "#cre"}
)

func newHouse(t *testing.T) *house {
	t.Helper()
	db, err := bolt.Open(filepath.Join(t.TempDir(), "cresset.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	h := &house{t: t, db: db, now: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)}
	h.rules = &cre.Settings{Zone: time.UTC, Home: "chat", Promised: map[cre.Group]cre.Targets{{}: {FirstResponse: 4 * time.Hour}},
		Severities: map[cre.Severity]cre.SeverityRule{cre.Sev2: {UpdateEvery: time.Hour}, cre.Sev1: {UpdateEvery: 30 * time.Minute}},
		Channels:   cre.Channels{Incidents: "incidents", Requests: "cre", Digests: "reliability"},
		Customers:  []cre.Customer{{Key: "acme", Name: "Acme"}}}
	h.as(chat.Person{}, func(s *workflow.Step) error { return s.SyncCustomers() })
	return h
}

// as takes a step as a person, in #general.
func (h *house) as(who chat.Person, f func(*workflow.Step) error) {
	h.t.Helper()
	if err := h.try(who, f); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) try(who chat.Person, f func(*workflow.Step) error) error {
	return h.db.Update(context.Background(), func(tx store.Tx) error {
		return f(&workflow.Step{Tx: tx, Now: h.now, By: who, At: general, Rules: h.rules})
	})
}

// later lets time go by.
func (h *house) later(d time.Duration) { h.now = h.now.Add(d) }

// errands are those that are open, in the order in which they were left.
func (h *house) errands() (all []store.Errand) {
	h.t.Helper()
	h.as(ada, func(s *workflow.Step) error {
		for e, err := range store.Errands.All(s.Tx, store.Page{}) {
			if err != nil {
				return err
			}
			if e.Open() {
				all = append(all, *e)
			}
		}
		return nil
	})
	return all
}

// due are the errands that can begin now.
func (h *house) due() (all []store.Errand) {
	h.t.Helper()
	for _, e := range h.errands() {
		if !e.Due.After(h.now) {
			all = append(all, e)
		}
	}
	return all
}

// kinds names what is open and due.
func (h *house) kinds() (all []store.ErrandKind) {
	h.t.Helper()
	for _, e := range h.due() {
		all = append(all, e.Kind)
	}
	return all
}

// closes ends one errand as the outbox does, and takes the step that follows.
func (h *house) closes(e store.Errand, o workflow.Outcome) {
	h.t.Helper()
	h.as(chat.Person{}, func(s *workflow.Step) error {
		kept, err := store.Errands.Get(s.Tx, store.Key(e.ID))
		if err != nil {
			return err
		}
		kept.State, kept.Ended, kept.Trouble = store.Done, h.now, o.Trouble
		if !o.Ref.IsZero() {
			kept.Ref = o.Ref
		}
		if o.Trouble != "" {
			kept.State = store.Parked
		}
		if kept.Kind == store.Inspect {
			kept.State = store.Done // a question is never parked
		}
		if kept.Kind == store.Say && kept.State == store.Done && kept.Message.Key != "" {
			if err := store.SaidMessages.Put(s.Tx, &store.Said{Place: kept.Place, Key: kept.Message.Key, Ref: o.Ref}); err != nil {
				return err
			}
		}
		if err := store.Errands.Put(s.Tx, kept); err != nil {
			return err
		}
		return s.Close(kept, o)
	})
}

// does does everything that is due, and what follows from it, and gives what was
// said.
func (h *house) does() (said []store.Errand) {
	h.t.Helper()
	for {
		due := h.due()
		if len(due) == 0 {
			return said
		}
		e := due[0]
		o := workflow.Outcome{}
		switch e.Kind {
		case store.OpenRoom:
			o.Room = &chat.Room{Place: chat.Place{Platform: e.Platform(), Channel: "C-" + e.Room.Name}, Name: e.Room.Name, Own: true, Created: h.now}
		case store.Say:
			h.said++
			o.Ref = chat.Ref{Place: e.Place, ID: time.Unix(int64(h.said), 0).UTC().Format("m150405")}
			said = append(said, e)
		}
		h.closes(e, o)
	}
}

// declare declares an incident and has its room furnished.
func (h *house) declare(d workflow.Declaration) *cre.Incident {
	h.t.Helper()
	inc := h.declared(d)
	h.does()
	return h.incident(inc.ID)
}

// declared declares an incident and does no errand.
func (h *house) declared(d workflow.Declaration) (inc *cre.Incident) {
	h.t.Helper()
	h.as(ada, func(s *workflow.Step) (err error) { inc, err = s.Declare(d); return err })
	return inc
}

func (h *house) incident(id string) (inc *cre.Incident) {
	h.t.Helper()
	h.as(ada, func(s *workflow.Step) (err error) { inc, err = s.Incident(id); return err })
	return inc
}

func (h *house) request(id string) (r *cre.Request) {
	h.t.Helper()
	h.as(ada, func(s *workflow.Step) (err error) { r, err = s.Request(id); return err })
	return r
}

func (h *house) file(f workflow.Filing) (r *cre.Request) {
	h.t.Helper()
	h.as(bob, func(s *workflow.Step) (err error) { r, err = s.File(f); return err })
	return r
}

// texts are what errands say in a place, its threads included.
func texts(said []store.Errand, in chat.Place) (all []string) {
	for _, e := range said {
		if e.Place.Key() == in.Key() && (in.Thread == "" || e.Place.Thread == in.Thread) {
			all = append(all, e.Message.Text.String())
		}
	}
	return all
}

var outage = workflow.Declaration{Title: "checkout returns 500", Severity: cre.Sev2}
