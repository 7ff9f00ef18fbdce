package outbox_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"cresset/bot/cre"
	"cresset/bot/outbox"
	"cresset/bot/workflow"
	"cresset/store"
)

// hourly schedules a digest at each full hour.
func (w *world) hourly() {
	w.t.Helper()
	w.rules.Digests = []cre.Digest{{Name: "hourly", To: "reliability", Zone: time.UTC,
		Next: func(after time.Time) time.Time { return after.Truncate(time.Hour).Add(time.Hour) }}}
	w.step(func(s *workflow.Step) error { return s.Schedule() })
}

func TestTimersFireOnceWhenTheyAreDue(t *testing.T) {
	inWorld(t, func(w *world) {
		w.pass(10 * time.Minute)
		w.hourly()
		w.run()
		w.pass(3 * time.Hour)
		h, m := time.Hour, time.Minute
		same(t, "digests", w.stage.at("post", w.began), h, 2*h, 3*h)
		w.pass(10*m - time.Nanosecond)
		if n := len(w.stage.texts()); n != 3 {
			t.Errorf("%d digests, want 3", n)
		}
	})
}

// After a downtime the latest slot is posted, once, and then the next in time.
func TestTimersFireAfterADowntime(t *testing.T) {
	inWorld(t, func(w *world) {
		w.hourly()
		w.pass(150 * time.Minute)
		w.restart()
		w.pass(time.Second)
		w.restart()
		w.pass(time.Hour)
		same(t, "digests", w.stage.at("post", w.began), 150*time.Minute, 3*time.Hour)
	})
}

// failing is a source and a drafter that know nothing.
type failing struct{ asked int }

func (f *failing) Counts(context.Context, cre.SLO, time.Time, time.Time) ([]cre.Bucket, error) {
	f.asked++
	return nil, errors.New("no Prometheus there")
}

func (f *failing) Draft(context.Context, cre.Evidence) (*cre.Prose, error) {
	f.asked++
	return nil, errors.New("no model there")
}

// Who asks and gets no answer goes on: the measurement comes round again, and
// the draft stands without prose.
func TestQuestionsAreNeverParked(t *testing.T) {
	inWorld(t, func(w *world) {
		f := &failing{}
		w.rules.Model = true
		w.rules.SLOs = []cre.SLO{{Name: "checkout", Window: cre.Window{Length: 24 * time.Hour}, SLI: cre.SLI{Source: "main", Every: time.Minute}}}
		w.with.Sources, w.with.Drafter = map[string]outbox.Source{"main": f}, f
		w.step(func(s *workflow.Step) error { return s.Schedule() })
		w.run()
		w.pass(10*time.Minute + time.Second)
		if f.asked != 11 {
			t.Errorf("measured %d times in ten minutes", f.asked)
		}
		id := w.declare("checkout is down")
		w.pass(time.Minute)
		w.step(func(s *workflow.Step) error {
			inc, err := s.Incident(id)
			if err == nil {
				_, err = s.DraftPostmortem(inc)
			}
			return err
		})
		w.pass(10 * time.Second)
		w.view(func(tx store.Tx) error {
			pm, err := store.Postmortems.Get(tx, store.Key(id))
			if err == nil && pm.Trouble != "no model there" {
				t.Errorf("trouble of the draft: got %q", pm.Trouble)
			}
			return err
		})
		for _, e := range w.left() {
			if e.Kind != store.Measure {
				t.Errorf("left over: %+v", e)
			}
		}
	})
}

// A stop lets the call that is under way end, and waits for none for ever.
func TestAStopWaitsForWhatIsUnderWay(t *testing.T) {
	for takes, most := range map[time.Duration]time.Duration{6 * time.Second: 6 * time.Second, time.Hour: 8 * time.Second} {
		inWorld(t, func(w *world) {
			w.stage.goes(times(1, "post", fate{takes: takes}))
			id := w.say("C1", "hello")
			w.say("C1", "behind")
			w.run()
			w.pass(time.Second)
			w.halt()
			if took := time.Since(w.began); took != most {
				t.Errorf("a call of %v: stopped after %v, want %v", takes, took, most)
			}
			want := store.Done
			if takes > most {
				want = store.Sending // it may have been said
			}
			w.state(id, want)
			if n := len(w.stage.did("")); n != 1 {
				t.Errorf("%d calls, none may begin after the stop", n)
			}
		})
	}
}

// What is done is forgotten after a week, what a person has to decide is not.
func TestPruning(t *testing.T) {
	inWorld(t, func(w *world) {
		done := w.say("C1", "hello")
		w.run()
		w.pass(time.Minute)
		w.stage.goes(times(1, "post", fate{err: refused("no")}))
		parked := w.say("C1", "never")
		w.step(func(s *workflow.Step) error {
			return errors.Join(store.Inbox.Put(s.Tx, &store.Received{Key: "chat:1", At: s.Now}),
				store.KeepUnreadable(s.Tx, &store.Unreadable{Platform: "chat", Raw: []byte("odd"), At: s.Now}))
		})
		w.pass(7*24*time.Hour - 2*time.Hour)
		w.state(done, store.Done)
		w.pass(4 * time.Hour)
		if e := w.errand(done); e != nil {
			t.Errorf("kept: %+v", e)
		}
		w.state(parked, store.Parked)
		w.view(func(tx store.Tx) error {
			r, err := store.Inbox.Get(tx, store.Key("chat:1"))
			if r != nil {
				t.Error("the event is kept")
			}
			n, failed := store.Unreadables.Count(tx, "", nil)
			if n != 0 {
				t.Error("what nobody could read is kept")
			}
			return errors.Join(err, failed)
		})
	})
}

// Settle does what is due, and what follows from it, without Run.
func TestSettle(t *testing.T) {
	inWorld(t, func(w *world) {
		id := w.declare("checkout is down")
		if err := outbox.New(w.with).Settle(context.Background()); err != nil {
			t.Fatal(err)
		}
		if e := w.left(); len(e) > 0 || w.incident(id).Room == nil || len(w.stage.pins) != 1 {
			t.Errorf("left over: %+v", e)
		}
		w.leave(store.Errand{Kind: store.Describe, Place: place("C1"), Then: "a step of tomorrow's"})
		if err := outbox.New(w.with).Settle(context.Background()); err == nil {
			t.Error("Settle hides that an errand cannot be closed")
		}
	})
}

// When the platform comes back after hours, it is not flooded with what nobody
// wants any more: of the digests the latest is said, and no old reminder.
func TestAfterAnOutageNothingStaleIsSaid(t *testing.T) {
	inWorld(t, func(w *world) {
		w.hourly()
		w.rules.Severities[cre.Sev2] = cre.SeverityRule{UpdateEvery: 30 * time.Minute}
		w.opened()
		began := len(w.stage.texts())
		w.stage.goes(func(call) fate { return fate{err: down()} })
		w.pass(10 * time.Hour)
		w.stage.goes(nil)
		w.pass(20 * time.Minute)
		said := w.stage.texts()[began:]
		if len(said) != 1 || !strings.Contains(w.stage.messages[began].ref.Place.Channel, "reliability") {
			t.Errorf("said after the outage: %q", said)
		}
		for _, e := range w.left() {
			if e.State == store.Parked {
				t.Errorf("parked: %+v", e)
			}
		}
	})
}
