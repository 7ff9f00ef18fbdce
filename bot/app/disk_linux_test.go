package app_test

import (
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"cresset/bot/app"
)

// A disk that fails may have kept what it was given, or not: the bot says so and
// ends, confirms nothing that is not safe, and completes what is when it is
// started again. The disk fails once, or from then on, at every call of a declare
// that a disk can fail.
func TestDiskFailsAtAnyWriteOfADeclare(t *testing.T) {
	becomeWatched(t)
	t.Parallel()
	s := newSweep(t)
	n, step := s.count(whenHeard, touch.changes), 4
	if *app.Torture {
		step = 1
	}
	s.all("once", n/step, func(t *testing.T, i int) { s.broken(t, failing(i*step, false)) })
	s.all("from then on", n/step, func(t *testing.T, i int) { s.broken(t, failing(i*step, true)) })
}

// failing is a disk that fails at the change number n.
func failing(n int, forever bool) func(touch) verdict {
	return func(c touch) verdict {
		if !c.changes() {
			return verdict{}
		}
		if n--; n == 0 || n < 0 && forever {
			return verdict{fail: syscall.EIO}
		}
		return verdict{}
	}
}

// broken runs the declare on a disk that fails where decide says.
func (s *sweep) broken(t *testing.T, decide func(touch) verdict) {
	var failed atomic.Bool
	c, w := s.begin(t, whenHeard, func(call touch) verdict {
		v := decide(call)
		if v.fail != 0 && !failed.Swap(true) {
			t.Logf("%v at %s", v.fail, call)
			s.hit.Add(1)
		}
		return v
	})
	c.declare()
	c.endsOrCompletes(w)
	if failed.Load() {
		c.stopsBecauseOfTheDisk()
	} else {
		c.kill()
	}
	c.restarted()
}

// stopsBecauseOfTheDisk waits for the end of the bot and for its last words.
func (c *crash) stopsBecauseOfTheDisk() {
	c.t.Helper()
	var exit *exec.ExitError
	if err := c.ended(30 * time.Second); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		c.t.Errorf("the bot ended with %v, want exit status 1", err)
	}
	if want := "the disk failed, so the bot stops; what was acknowledged is safe"; !strings.Contains(c.said.String(), want) {
		c.t.Errorf("the bot did not say that %s", want)
	}
}

// On a full disk nothing is lost and nothing ends: people hear that what they
// say is not saved, the load balancer hears it too, and when there is space
// again all goes on by itself.
func TestFullDisk(t *testing.T) {
	becomeWatched(t)
	t.Parallel()
	s := newSweep(t)
	var full atomic.Bool
	refuse := func(call touch) verdict {
		if full.Load() && call.changes() {
			return verdict{fail: syscall.ENOSPC}
		}
		return verdict{}
	}
	c, w := s.begin(t, fromTheStart, refuse)
	c.readyz(http.StatusOK, `"ok":true`)
	full.Store(true)
	for range 3 {
		if said := c.ask(); !strings.Contains(said.Text, "Nothing was saved: the bot's disk is full") {
			t.Errorf("ada hears %q (%s)", said.Text, said.Failed)
		}
	}
	c.readyz(http.StatusServiceUnavailable, "disk is full")
	full.Store(false)
	c.readyz(http.StatusOK, `"ok":true`)
	c.declare()
	c.completed()
	if w.over() {
		t.Error("the bot is not the one that was started")
	}
	c.terminate()

	full.Store(true) // somebody restarts it all the same
	w = c.live(fromTheStart, refuse)
	if w.over() {
		t.Fatal("it does not start on a full disk")
	}
	c.asked++
	if said := c.ws.As("ada").Slash("#general", "/incident", "note INC-1 it is the disk"); !strings.Contains(said.Text, "Nothing was saved: the bot's disk is full") {
		t.Errorf("ada hears %q (%s)", said.Text, said.Failed)
	}
	full.Store(false)
	c.readyz(http.StatusOK, `"ok":true`)
	c.terminate()
}

// TestFullAtAnyWriteOfADeclare has space run out in the middle, and come back.
func TestFullAtAnyWriteOfADeclare(t *testing.T) {
	becomeWatched(t)
	t.Parallel()
	s := newSweep(t)
	n, step := s.count(whenHeard, touch.changes), 5
	if *app.Torture {
		step = 1
	}
	s.all("full at", n/step, func(t *testing.T, i int) { s.fullFor(t, i*step, 2) })
}

// fullFor runs the declare on a disk that is full from the change number n on,
// for some changes. The bot outlives that, unless space ran out between the
// header and its sync, where nobody knows what was saved.
func (s *sweep) fullFor(t *testing.T, n, changes int) {
	c, w := s.begin(t, whenHeard, func(call touch) verdict {
		if !call.changes() {
			return verdict{}
		}
		if n--; n > 0 || n <= -changes {
			return verdict{}
		}
		if n == 0 {
			t.Logf("full at %s", call)
			s.hit.Add(1)
		}
		return verdict{fail: syscall.ENOSPC}
	})
	c.declare()
	if !w.over() {
		c.insist()
	}
	c.endsOrCompletes(w)
	if !w.over() {
		c.completed()
	}
	if w.over() {
		c.stopsBecauseOfTheDisk()
		c.restarted()
		return
	}
	w.obey(nil)
	c.drained()
}

// readyz waits until the bot says about itself what it should.
func (c *crash) readyz(code int, part string) {
	c.t.Helper()
	var said string
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		status, text, err := c.get("/readyz", "")
		if said = fmt.Sprint(status, " ", text, err); err == nil && status == code && strings.Contains(text, part) {
			return
		}
		if time.Now().After(end) {
			c.t.Fatalf("/readyz answers %s, want %d and %q", said, code, part)
		}
	}
}
