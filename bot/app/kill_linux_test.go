package app_test

import (
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"cresset/bot/app"
)

// The promise of the crash test, at the other side of the bot: the whole bot
// dies at a call that touches its files, and a restart completes what was
// acknowledged, once.
//
// In `make test` it dies at every call from when it is heard until the declare
// is complete; with -torture also at every call of a first start, which makes the
// files, and then once more at calls of its second life.
func TestKilledAtAnyWriteOfADeclare(t *testing.T) {
	becomeWatched(t)
	t.Parallel()
	from := whenHeard
	if *app.Torture {
		from = fromTheStart
	}
	s := newSweep(t)
	calls := s.count(from, every)
	s.all("killed", calls, func(t *testing.T, n int) { s.killed(t, from, nth(n, every)) })
	if *app.Torture {
		calls -= calls / 5 // the second life is shorter: it need not make the files
		for m := 1; m < calls; m += 5 {
			s.all(fmt.Sprint("killed in the second life at ", m, ", in the first at"), calls, func(t *testing.T, n int) {
				s.killed(t, from, nth(n, every), nth(m, every))
			})
		}
	}
}

// What a kill cannot show, a power cut would: that the disk has the pages before
// the header that leads to them, a header before the next, and a new file
// before its name. See TestPowerLossInACommit of the store for what that is worth.
func TestNothingCountsBeforeItIsSynced(t *testing.T) {
	becomeWatched(t)
	t.Parallel()
	s := newSweep(t)
	unsynced := map[string]int{} // files, by what was written to them since
	headers, names := 0, 0
	c, w := s.begin(t, fromTheStart, func(call touch) verdict {
		dir := filepath.Dir(call.path)
		switch {
		case call.header():
			if n := unsynced[call.path] + unsynced[dir]; n > 0 {
				t.Errorf("header %d is written while %d writes before it are not synced", headers, n)
			}
			headers++
			unsynced[call.path]++
		case call.name == "pwrite64" || call.name == "write":
			unsynced[call.path]++
		case call.name == "fdatasync" || call.name == "fsync":
			unsynced[call.path] = 0
		case call.name == "linkat" || call.name == "renameat":
			for file, n := range unsynced {
				if n > 0 {
					t.Errorf("%s gets its name while %d writes to %s are not synced", call.path, n, file)
				}
			}
			names++
			if call.name == "linkat" { // the token may be made anew
				unsynced[dir]++
			}
		}
		return verdict{}
	})
	c.declare()
	c.completed()
	w.obey(nil)
	c.terminate()
	if headers < 5 || names != 2 {
		t.Errorf("%d headers and %d names were seen, which cannot be all", headers, names)
	}
}

func every(touch) bool { return true }

// since is from when on calls count.
type since string

const (
	fromTheStart since = "from the start"
	whenHeard    since = "when people are heard"
)

// count runs the declare undisturbed and counts the calls of a kind.
func (s *sweep) count(from since, kind func(touch) bool) int {
	s.t.Helper()
	var n atomic.Int64
	c, w := s.begin(s.t, from, func(t touch) verdict {
		if kind(t) {
			n.Add(1)
		}
		return verdict{}
	})
	c.declare()
	c.completed()
	w.obey(nil)
	c.terminate()
	if n.Load() < 10 {
		s.t.Fatalf("%d calls of a declare were seen, which cannot be all", n.Load())
	}
	s.t.Logf("%d calls %s", n.Load(), from)
	return int(n.Load())
}

// begin starts a bot on an empty folder, under a watch.
func (s *sweep) begin(t *testing.T, from since, decide func(touch) verdict) (*crash, *watch) {
	t.Helper()
	c := s.crash(t)
	c.ws.HonourClientMsgID(false)
	return c, c.live(from, decide)
}

// live starts the bot under a watch and waits until it is heard or gone.
func (c *crash) live(from since, decide func(touch) verdict) *watch {
	c.t.Helper()
	early := decide
	if from != fromTheStart {
		early = nil
	}
	child := c.command()
	w, err := startWatched(c.t, child, filepath.Dir(c.path), early)
	if err != nil {
		c.t.Fatal(err)
	}
	c.runs(child)
	for end := time.Now().Add(30 * time.Second); c.ws.Connections() == 0 && !w.over(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			c.t.Fatal("the bot neither connects nor ends")
		}
	}
	w.obey(decide)
	return w
}

// over reports whether the process is gone.
func (w *watch) over() bool {
	select {
	case <-w.ended:
		return true
	default:
		return false
	}
}

// nth kills at the call number n of a kind, counted from 1.
func nth(n int, kind func(touch) bool) func(touch) verdict {
	return func(c touch) verdict {
		if kind(c) {
			n--
		}
		return verdict{kill: n == 0}
	}
}

// killed runs the declare, has the bot killed where decide says, and perhaps
// again in its second life, restarts it, and sees that all is there once.
func (s *sweep) killed(t *testing.T, from since, decide func(touch) verdict, again ...func(touch) verdict) {
	var killed atomic.Bool
	c, w := s.begin(t, from, func(call touch) verdict {
		v := decide(call)
		if v.kill && !killed.Swap(true) {
			t.Logf("killed at %s", call)
			s.hit.Add(1)
		}
		return v
	})
	if !w.over() {
		c.declare()
	}
	c.endsOrCompletes(w)
	c.kill()
	for _, decide := range again {
		c.unheard()
		w := c.live(fromTheStart, decide)
		if !w.over() {
			c.insist()
		}
		c.endsOrCompletes(w)
		c.kill()
	}
	c.restarted()
}

// endsOrCompletes waits until the bot is gone, or has done everything because
// its turn never came.
func (c *crash) endsOrCompletes(w *watch) {
	c.t.Helper()
	for end := time.Now().Add(30 * time.Second); !w.over() && len(c.missing()) > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			c.t.Fatalf("the bot lives and does not complete: %v", c.missing())
		}
	}
}
