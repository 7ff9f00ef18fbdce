package outbox_test

import (
	"context"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/outbox"
	"cresset/bot/workflow"
	"cresset/store"
)

// replica runs one more outbox on the world's store, and gives what ends it: at
// once, as a crash does, or in order.
func (w *world) replica(holder string) (o *outbox.Outbox, end func()) {
	with := w.with
	with.Holder, with.Alone = holder, false
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	o = outbox.New(with)
	go func() { done <- o.Run(ctx) }()
	return o, func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Error(err)
		}
	}
}

func (w *world) lease() store.Lease {
	var l *store.Lease
	w.step(func(s *workflow.Step) (err error) {
		l, err = store.Leases.Get(s.Tx, store.Key("outbox"))
		return err
	})
	if l == nil {
		return store.Lease{}
	}
	return *l
}

func TestOneOfTwoDoesTheErrands(t *testing.T) {
	inWorld(t, func(w *world) {
		_, endOne := w.replica("one")
		time.Sleep(time.Second)
		_, endTwo := w.replica("two")
		defer endTwo()
		for range 5 {
			w.step(func(s *workflow.Step) error {
				_, err := s.Say(chat.Place{Platform: "chat", Channel: "C1"}, chat.Message{Text: "hello"}, store.ForReply)
				return err
			})
			time.Sleep(7 * time.Second)
		}
		if l := w.lease(); l.Holder != "one" || l.Epoch != 1 {
			t.Errorf("the lease is %+v, want it with the first all the time", l)
		}
		if n := len(w.stage.texts()); n != 5 {
			t.Errorf("5 messages were said %d times", n)
		}
		endOne()
		began := time.Now()
		w.step(func(s *workflow.Step) error {
			_, err := s.Say(chat.Place{Platform: "chat", Channel: "C1"}, chat.Message{Text: "hello"}, store.ForReply)
			return err
		})
		for len(w.stage.texts()) < 6 && time.Since(began) < time.Minute {
			time.Sleep(100 * time.Millisecond)
		}
		if l := w.lease(); l.Holder != "two" || l.Epoch != 2 {
			t.Errorf("the lease is %+v after the first stopped, want it with the second", l)
		}
		if took := time.Since(began); took > 4*time.Second {
			t.Errorf("the second took over after %v, although the first yielded", took)
		}
	})
}

func TestALostLeaseEndsItsErrands(t *testing.T) {
	inWorld(t, func(w *world) {
		_, end := w.replica("one")
		defer end()
		time.Sleep(time.Second)
		// Another takes over while this one is paused, as far as it can tell.
		w.step(func(s *workflow.Step) error {
			return store.Leases.Put(s.Tx, &store.Lease{Name: "outbox", Holder: "two", Epoch: 2, Until: time.Now().Add(time.Hour)})
		})
		w.step(func(s *workflow.Step) error {
			_, err := s.Say(chat.Place{Platform: "chat", Channel: "C1"}, chat.Message{Text: "hello"}, store.ForReply)
			return err
		})
		time.Sleep(30 * time.Second)
		if n := len(w.stage.texts()); n != 0 {
			t.Errorf("who lost the lease said %d messages", n)
		}
	})
}

func TestClaim(t *testing.T) {
	inWorld(t, func(w *world) {
		claim := func(holder string, alone bool) (l store.Lease) {
			w.step(func(s *workflow.Step) (err error) {
				l, err = store.Claim(s.Tx, "outbox", holder, 10*time.Second, alone)
				return err
			})
			return l
		}
		for _, step := range []struct {
			wait   time.Duration
			who    string
			alone  bool
			holder string
			epoch  uint64
		}{
			{0, "one", false, "one", 1},
			{9 * time.Second, "one", false, "one", 1}, // renewed
			{9 * time.Second, "two", false, "one", 1},
			{2 * time.Second, "two", false, "two", 2}, // it had ended
			{0, "one", false, "two", 2},
			{0, "one", true, "one", 3}, // alone, after a crash
			{11 * time.Second, "one", false, "one", 4},
		} {
			time.Sleep(step.wait)
			if l := claim(step.who, step.alone); l.Holder != step.holder || l.Epoch != step.epoch {
				t.Errorf("%s claims after %v: %s has epoch %d, want %s with %d", step.who, step.wait, l.Holder, l.Epoch, step.holder, step.epoch)
			}
		}
	})
}
