package outbox_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/outbox"
	"cresset/bot/workflow"
	"cresset/store"
	"cresset/store/bolt"
)

// world is an outbox on a real file and a platform that goes wrong by script.
// It lives in a bubble of testing/synctest, so hours pass in no time.
type world struct {
	t     *testing.T
	path  string
	db    store.DB
	rules *cre.Settings
	with  outbox.With
	stage *stage
	began time.Time
	stop  func() // ends Run and waits for it
}

// inWorld runs a test in a world whose platform has every ability.
func inWorld(t *testing.T, test func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newStage("chat")
		w := newWorld(t, s, capable{s})
		defer w.close()
		test(w)
	})
}

func newWorld(t *testing.T, s *stage, p chat.Platform) *world {
	t.Helper()
	w := &world{t: t, path: filepath.Join(t.TempDir(), "cresset.db"), stage: s, began: time.Now()}
	w.rules = &cre.Settings{Zone: time.UTC, Home: "chat", Severities: map[cre.Severity]cre.SeverityRule{},
		Channels: cre.Channels{Incidents: "incidents", Requests: "cre", Digests: "reliability"}}
	w.with = outbox.With{Rules: w.rules, Platforms: map[string]chat.Platform{s.name: p}, Now: time.Now, Holder: "one", Alone: true,
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Count: func(string, string) {}}
	w.open()
	w.step(func(s *workflow.Step) error { return store.SetFact(s.Tx, store.Generation, "g1") })
	return w
}

func (w *world) open() {
	w.t.Helper()
	db, err := bolt.Open(w.path, bolt.Options{Clock: time.Now, Log: w.with.Log})
	if err != nil {
		w.t.Fatal(err)
	}
	w.db, w.with.DB = db, db
}

func (w *world) close() {
	w.t.Helper()
	w.halt()
	if err := w.db.Close(); err != nil {
		w.t.Error(err)
	}
}

// run starts the outbox; halt stops it.
func (w *world) run() *outbox.Outbox {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	o := outbox.New(w.with)
	go func() { done <- o.Run(ctx) }()
	w.stop = func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Errorf("Run: %v", err)
		}
	}
	return o
}

func (w *world) halt() {
	if w.stop != nil {
		w.stop()
		w.stop = nil
	}
}

// restart ends the outbox and its database, and begins both anew.
func (w *world) restart() {
	w.t.Helper()
	w.close()
	w.open()
	w.run()
}

// pass lets time go by.
func (w *world) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// step is one transaction of the bot's own.
func (w *world) step(f func(*workflow.Step) error) {
	w.t.Helper()
	err := w.db.Update(context.Background(), func(tx store.Tx) error {
		return f(&workflow.Step{Tx: tx, Now: time.Now(), Rules: w.rules, By: ada, At: chat.Place{Platform: "chat", Channel: "C-general"}})
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

var ada = chat.Person{Platform: "chat", ID: "U-ada", Name: "ada"}

func place(channel string) chat.Place { return chat.Place{Platform: "chat", Channel: channel} }

// leave leaves an errand and gives its number.
func (w *world) leave(e store.Errand) (id uint64) {
	w.t.Helper()
	w.step(func(s *workflow.Step) error {
		left, err := s.Leave(e)
		if err == nil {
			id = left.ID
		}
		return err
	})
	return id
}

// say leaves a message, with a key if one is given.
func (w *world) say(channel, text string, key ...string) (id uint64) {
	w.t.Helper()
	w.step(func(s *workflow.Step) error {
		m := chat.Message{Text: chat.Plain(text)}
		if len(key) > 0 {
			m.Key = key[0]
		}
		e, err := s.Say(place(channel), m, store.ForReply)
		if err == nil {
			id = e.ID
		}
		return err
	})
	return id
}

// declare declares an incident and gives its identifier.
func (w *world) declare(title string) (id string) {
	w.t.Helper()
	w.step(func(s *workflow.Step) error {
		inc, err := s.Declare(workflow.Declaration{Title: title, Severity: cre.Sev2, Again: true})
		if err == nil {
			id = inc.ID
		}
		return err
	})
	return id
}

// errand is how an errand stands, nil when it is forgotten.
func (w *world) errand(id uint64) (e *store.Errand) {
	w.t.Helper()
	w.view(func(tx store.Tx) (err error) { e, err = store.Errands.Get(tx, store.Key(id)); return err })
	return e
}

func (w *world) incident(id string) (inc *cre.Incident) {
	w.t.Helper()
	w.step(func(s *workflow.Step) (err error) { inc, err = s.Incident(id); return err })
	return inc
}

func (w *world) view(f func(store.Tx) error) {
	w.t.Helper()
	if err := w.db.View(context.Background(), f); err != nil {
		w.t.Fatal(err)
	}
}

// state checks where an errand stands.
func (w *world) state(id uint64, want store.ErrandState) {
	w.t.Helper()
	if e := w.errand(id); e == nil || e.State != want {
		w.t.Errorf("errand %d: got %+v, want %s", id, e, want)
	}
}

func same[T comparable](t *testing.T, what string, got []T, want ...T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
