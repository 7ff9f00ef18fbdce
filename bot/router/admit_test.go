package router_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"cresset/bot/chat"
	"cresset/bot/router"
	"cresset/commands"
	"cresset/store"
)

// slow is a store that holds the updates of a context until it is released, and
// knows how many it holds.
type slow struct {
	store.DB
	holding atomic.Int32
	release chan struct{}
}

type held struct{}

func (s *slow) Update(ctx context.Context, fn func(store.Tx) error) error {
	if ctx.Value(held{}) != nil {
		s.holding.Add(1)
		<-s.release
		s.holding.Add(-1)
	}
	return s.DB.Update(ctx, fn)
}

// stormy is a house on such a store.
func stormy(t *testing.T) (*house, *slow) {
	h := opened(t)
	s := &slow{DB: h.db, release: make(chan struct{})}
	h.router = router.New(commands.All(), router.With{DB: s, Rules: h.rules, Now: func() time.Time { return h.now },
		Log: slog.New(slog.NewTextHandler(&h.log, nil)), After: h.wake, Count: h.count})
	return h, s
}

// TestStorm: thousands of quiet acts while the store stands still. As many as
// there are places are under way, a bounded number waits, the others are refused
// at once, and a command is as fast as ever. Nothing is lost: what was refused
// counts once when it is delivered again.
func TestStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const storm, places, waiting = 2000, 64, 1024
		h, db := stormy(t)
		h.must(ada, declare)
		var all sync.WaitGroup
		var refused, handled atomic.Int32
		again := make(chan chat.Event, storm)
		deliver := func(ctx context.Context, ev chat.Event) {
			all.Go(func() {
				reply, err := h.router.Handle(ctx, ev)
				switch {
				case errors.Is(err, router.ErrBusy):
					refused.Add(1)
					again <- ev
				case err != nil || reply.Failed:
					t.Errorf("%s: %+v, %v", ev.Key, reply, err)
				default:
					handled.Add(1)
				}
			})
		}
		stuck := context.WithValue(t.Context(), held{}, true)
		for i := range storm {
			ev := h.event(bob, fmt.Sprintf("incident note INC-1 seen %d", i))
			ev.Quiet = true
			deliver(stuck, ev)
		}
		synctest.Wait()
		if got := db.holding.Load(); got != places {
			t.Errorf("%d reactions are under way, want %d", got, places)
		}
		if got := refused.Load(); got != storm-places-waiting {
			t.Errorf("%d are refused at once, want %d", got, storm-places-waiting)
		}
		before := time.Now()
		h.must(ada, "incident note INC-1 a command in the storm")
		if took := time.Since(before); took != 0 {
			t.Errorf("the command waited %s", took)
		}
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if got := refused.Load(); got != storm-places {
			t.Errorf("%d are refused after three seconds, want all %d that had no place", got, storm-places)
		}
		close(db.release)
		all.Wait()
		for len(again) > 0 {
			for range min(len(again), 500) {
				deliver(t.Context(), <-again)
			}
			all.Wait()
		}
		if got := handled.Load(); got != storm {
			t.Errorf("%d were handled, want %d", got, storm)
		}
		if got := len(h.audit()); got != storm+2 {
			t.Errorf("%d lines of audit, want %d", got, storm+2)
		}
		if h.counts["busy"] != int(refused.Load()) {
			t.Errorf("counted %v, %d were refused", h.counts, refused.Load())
		}
	})
}

// TestCommandsAreBoundedToo: a storm of commands waits and is refused alike, and
// who goes away gives the place back.
func TestCommandsAreBoundedToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const places = 192
		h, db := stormy(t)
		stuck, cancel := context.WithCancel(context.WithValue(t.Context(), held{}, true))
		var all sync.WaitGroup
		var gone atomic.Int32
		for range places + 100 {
			ev := h.event(ada, "incident list")
			all.Go(func() {
				if _, err := h.router.Handle(stuck, ev); errors.Is(err, context.Canceled) {
					gone.Add(1)
				}
			})
		}
		synctest.Wait()
		if got := db.holding.Load(); got != places {
			t.Errorf("%d commands are under way, want %d", got, places)
		}
		cancel()
		synctest.Wait()
		if got := gone.Load(); got != 100 {
			t.Errorf("%d of those that waited are gone, want 100", got)
		}
		close(db.release)
		all.Wait()
		if r := h.must(ada, declare); r.Incident != "INC-1" {
			t.Errorf("after the storm: %+v", r)
		}
	})
}
