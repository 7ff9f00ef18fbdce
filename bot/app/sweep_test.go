package app_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A sweep runs the same declare again and again, disturbed at another place
// each time.
type sweep struct {
	t   *testing.T
	bot string
	hit atomic.Int64 // how many runs were disturbed
}

// newSweep builds the bot as people run it.
func newSweep(t *testing.T) *sweep {
	t.Helper()
	s := &sweep{t: t, bot: filepath.Join(t.TempDir(), "cresset")}
	if out, err := exec.Command("go", "build", "-o", s.bot, "cresset/bot").CombinedOutput(); err != nil {
		t.Fatalf("build the bot: %v\n%s", err, out)
	}
	return s
}

// crash is a workspace with the bot of the sweep.
func (s *sweep) crash(t *testing.T) *crash {
	t.Helper()
	c := newCrash(t)
	c.bot = s.bot
	return c
}

// atOnce is how many bots run at the same time. They mostly wait.
const atOnce = 16

// all runs test for 1 to n and fails if hardly any was disturbed: then the
// watch is broken. A few may complete before their turn comes, since commits for
// several are as few as they happen to be.
func (s *sweep) all(name string, n int, test func(t *testing.T, n int)) {
	s.t.Helper()
	s.hit.Store(0)
	turns := make(chan int)
	var workers sync.WaitGroup
	for range atOnce {
		workers.Go(func() {
			for i := range turns {
				s.t.Run(fmt.Sprintf("%s %d", name, i), func(t *testing.T) { test(t, i) })
			}
		})
	}
	for i := range n {
		turns <- i + 1
	}
	close(turns)
	workers.Wait()
	if hit := int(s.hit.Load()); hit < n*8/10 {
		s.t.Errorf("%s: only %d of %d runs were disturbed", name, hit, n)
	}
}

// restarted starts the bot again, undisturbed, lets ada ask again if nothing was
// confirmed to her, and expects everything once.
func (c *crash) restarted() {
	c.t.Helper()
	c.start()
	c.insist()
	c.completed()
	c.takesToken()
	c.drained()
}

// insist has ada say it again until it is confirmed: it is done now, or she hears
// that it was done before, which cannot be if she was told that nothing was
// saved. It gives up when nobody answers.
func (c *crash) insist() {
	c.t.Helper()
	for range 20 {
		before := c.answer
		if before != nil && strings.Contains(before.Text, "eclared") {
			return
		}
		c.answer = c.ask()
		switch said := c.answer.Text; {
		case c.answer.Failed != "":
			return
		case strings.Contains(said, "You declared") && before != nil && strings.Contains(before.Text, "Nothing was saved"):
			c.t.Errorf("ada hears %q, and then %q", before.Text, said)
		}
	}
	c.t.Errorf("ada hears %q (%s)", c.answer.Text, c.answer.Failed)
}

// drained stops the bot when it has noted all that it did. What it could not
// note, and what a stop cut short, it tries again after some seconds.
func (c *crash) drained() {
	c.t.Helper()
	c.stop()
	for wait := 100 * time.Millisecond; len(c.left()) > 0; wait *= 2 {
		if wait > 20*time.Second {
			c.t.Fatalf("left over: %+v", c.left()[0])
		}
		c.start()
		time.Sleep(wait)
		c.stop()
	}
	for _, m := range c.missing() {
		c.t.Error(m)
	}
}

// ended waits until the child has ended by itself.
func (c *crash) ended(within time.Duration) error {
	c.t.Helper()
	c.mu.Lock()
	child := c.child
	c.child = nil
	c.mu.Unlock()
	end := make(chan error, 1)
	go func() { end <- child.Wait() }()
	select {
	case err := <-end:
		return err
	case <-time.After(within):
		_ = child.Process.Kill() // it may just have ended
		return fmt.Errorf("not at all within %v (%w)", within, <-end)
	}
}
