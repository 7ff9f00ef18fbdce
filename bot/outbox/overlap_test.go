package outbox_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"cresset/bot/chat"
	"cresset/bot/outbox"
	"cresset/bot/workflow"
	"cresset/store"
)

// keyed is a stage that knows the identity of a message: the second of the same
// is the first.
type keyed struct{ capable }

func (s keyed) Post(ctx context.Context, place chat.Place, m chat.Message, id string) (ref chat.Ref, err error) {
	err = s.does(ctx, "post", m.Text.String(), func() error {
		for _, old := range s.messages {
			if old.id == id {
				ref = old.ref
				return nil
			}
		}
		ref = chat.Ref{Place: place, ID: fmt.Sprintf("m%d", len(s.messages)+1)}
		s.messages = append(s.messages, &message{ref: ref, id: id, text: m.Text.String()})
		return nil
	})
	return ref, err
}

// Two outboxes that both believe to lead, whatever the lease says, do the same
// errands at the same time. What they do has the same identity outside, so each
// thing happens once.
func TestTwoLeadersDoNoHarm(t *testing.T) {
	met := 0
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			s := newStage("chat")
			w := newWorld(t, s, keyed{capable{s}})
			defer w.close()
			r := rand.New(rand.NewPCG(seed, 1))
			s.goes(func(call) fate { return fate{takes: time.Duration(r.IntN(3000)) * time.Millisecond} })
			endOne, endTwo := w.believer("one"), w.believer("two")
			w.declare("trouble one")
			w.declare("trouble two")
			for i := range 5 {
				w.say(fmt.Sprint("C", i%2), fmt.Sprintf("message %d", i))
			}
			w.pass(10 * time.Minute)
			endOne()
			endTwo()
			w.holds()
			said := len(s.texts())
			if len(s.rooms) != 2 || said != 5+2*2 { // a card and an announcement for each room
				t.Errorf("seed %d: %d rooms, and %q", seed, len(s.rooms), s.texts())
			}
			met += len(s.did("find")) + len(s.did("find room")) // what the other may have done
		})
	}
	if met == 0 {
		t.Error("the two were never at the same errand")
	}
}

// believer runs one more outbox that the store never tells that it does not lead.
func (w *world) believer(holder string) (end func()) {
	with := w.with
	with.Holder, with.Alone = holder, true
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- outbox.New(with).Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Error(err)
		}
	}
}

// A leader that dies without a word is followed within eleven seconds, whenever
// it dies.
func TestTakenOverInTime(t *testing.T) {
	for step := range 10 {
		inWorld(t, func(w *world) {
			claim := func() { // of a process that then dies
				w.step(func(s *workflow.Step) error {
					_, err := store.Claim(s.Tx, "outbox", "dead", 10*time.Second, false)
					return err
				})
			}
			claim()
			time.Sleep(time.Duration(step) * 330 * time.Millisecond)
			_, end := w.replica("two")
			defer end()
			time.Sleep(time.Duration(step) * 100 * time.Millisecond)
			claim() // its last
			died := time.Now()
			w.say("C1", "hello")
			for len(w.stage.texts()) == 0 && time.Since(died) < time.Minute {
				time.Sleep(50 * time.Millisecond)
			}
			if took := time.Since(died); took > 11*time.Second || took < 10*time.Second {
				t.Errorf("the next one did the first errand after %v", took)
			}
		})
	}
}
