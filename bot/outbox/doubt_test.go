package outbox_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"cresset/bot/workflow"
	"cresset/store"
)

// A leader that lost its lease during a slow call does not go on to the next name:
// the one that took over may have made the room.
func TestADeposedLeaderTriesNoOtherName(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stage.lag = time.Minute
		n := 0
		w.stage.goes(func(c call) fate {
			if c.op == "open" {
				if n++; n == 1 {
					return fate{takes: 20 * time.Second}
				}
			}
			return fate{}
		})
		_, endOne := w.replica("one")
		defer endOne()
		w.pass(time.Second)
		w.declare("checkout")
		w.pass(2 * time.Second) // one is in its call
		w.step(func(s *workflow.Step) error {
			return store.Leases.Put(s.Tx, &store.Lease{Name: "outbox", Holder: "two", Epoch: 99, Until: time.Now().Add(10 * time.Second)})
		})
		_, endTwo := w.replica("two")
		defer endTwo()
		w.pass(10 * time.Minute)
		if n := len(w.stage.rooms); n != 1 {
			t.Errorf("%d rooms", n)
		}
	})
}

// What replaces a deleted message is said anew, and waits its turn like any
// other message.
func TestAnEditThatBecomesAMessageWaitsItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage("chat")
		w := newWorld(t, s, paced{capable{s}})
		defer w.close()
		w.run()
		w.say("C1", "x", "k")
		w.pass(10 * time.Second)
		w.stage.loses(0)
		w.say("C1", "y", "k")
		w.say("C1", "z")
		w.pass(time.Minute)
		w.stage.inTime(t)
	})
}

// An opening that may have made the room and was given up: who repairs the
// incident does not get a second one.
func TestADroppedOpeningIsLookedFor(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stage.lag = 50 * time.Second
		n := 0
		w.stage.goes(func(c call) fate {
			if c.op == "open" {
				switch n++; n {
				case 1:
					return fate{effect: true, err: lost()}
				case 2:
					return fate{err: refused("restricted_action")}
				}
			}
			return fate{}
		})
		w.run()
		id := w.declare("checkout")
		w.pass(5 * time.Second)
		w.step(func(s *workflow.Step) error {
			for e, err := range store.Errands.By(s.Tx, "parked", nil, store.Page{}) {
				if err != nil {
					return err
				}
				if e.Kind == store.OpenRoom {
					if _, err := s.Drop(e.ID); err != nil {
						return err
					}
				}
			}
			inc, err := s.Incident(id)
			if err != nil {
				return err
			}
			_, err = s.Repair(inc, false)
			return err
		})
		w.pass(10 * time.Minute)
		if n := len(w.stage.rooms); n != 1 {
			t.Errorf("%d rooms", n)
		}
	})
}

// A clock that is set back an hour holds nothing back.
func TestAClockSetBackHoldsNothingBack(t *testing.T) {
	inWorld(t, func(w *world) {
		back := time.Duration(0)
		w.with.Now = func() time.Time { return time.Now().Add(-back) }
		o := w.run()
		w.pass(time.Minute)
		back = time.Hour
		w.say("C1", "hello") // left with the clock before, done with the one after
		o.Wake()
		w.pass(time.Minute)
		if len(w.stage.texts()) == 0 {
			t.Error("not said within a minute")
		}
	})
}

// In a storm of messages to more channels than are looked at in one go, a war
// room is opened as if there were none, and in the end each channel has heard its
// message.
func TestARoomInAStorm(t *testing.T) {
	inPacedWorld(t, func(w *world) {
		const channels = 400
		w.step(func(s *workflow.Step) error {
			for i := range channels {
				e := store.Errand{Kind: store.Say, Place: place(fmt.Sprint("A", i)), Priority: store.ForDigest, Message: text("news")}
				if _, err := s.Leave(e); err != nil {
					return err
				}
			}
			return nil
		})
		o := w.run()
		w.pass(20 * time.Second)
		for i := range 5 {
			began := time.Now()
			w.declare(fmt.Sprint("checkout is down ", i))
			o.Wake()
			w.pass(3 * time.Second)
			if opened := w.stage.at("open", began); opened[i] > 50*time.Millisecond {
				t.Errorf("the call that opens room %d began after %v", i, opened[i])
			}
		}
		w.pass(10 * time.Minute)
		if n := len(w.stage.did("post")); n < channels {
			t.Errorf("%d of %d channels heard their message", n, channels)
		}
	})
}
