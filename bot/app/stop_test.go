package app_test

import (
	"sync"
	"syscall"
	"testing"
	"time"
)

// stopped bounds a stop. What waits for the bot to stop, Docker for example,
// kills it after ten seconds; the rest is for a slow machine.
const stopped = 20 * time.Second

// A stop while a call is under way lets it end, and no work is begun twice.
func TestStopInTheMiddleOfACall(t *testing.T) {
	t.Parallel()
	s := newSweep(t)
	calls := s.undisturbed()
	s.all("stopped at call", len(calls), func(t *testing.T, n int) {
		c := s.crash(t)
		reached, goOn := c.holdAt(n)
		c.declare()
		<-reached
		c.signal(syscall.SIGTERM)
		time.AfterFunc(300*time.Millisecond, func() { close(goOn) })
		if err := c.ended(stopped); err != nil {
			t.Errorf("the bot ended with %v", err)
		}
		s.hit.Add(1)
		c.restarted()
		made := map[string]int{}
		for _, call := range c.ws.Calls() {
			made[call.Method]++
		}
		for _, method := range calls {
			if want := count(calls, method); made[method] != want {
				t.Errorf("%s was called %d times, want %d", method, made[method], want)
			}
		}
	})
}

func count(all []string, s string) (n int) {
	for _, other := range all {
		if other == s {
			n++
		}
	}
	return n
}

// A stop does not wait for a platform that never answers, however often it is
// asked to hurry; it hears nobody meanwhile; and what may have happened is
// looked up at the next start.
func TestStopWhereACallNeverEnds(t *testing.T) {
	t.Parallel()
	s := newSweep(t)
	calls := s.undisturbed()
	s.all("hung at call", len(calls), func(t *testing.T, n int) {
		c := s.crash(t)
		c.ws.HonourClientMsgID(false)
		reached, goOn := c.holdAt(n)
		defer close(goOn)
		c.declare()
		<-reached
		c.signal(syscall.SIGTERM)
		time.Sleep(300 * time.Millisecond)
		c.signal(syscall.SIGTERM)
		if said := c.ws.As("ada").Slash("#general", "/incident", "declare sev3 another matter"); said.Failed == "" {
			t.Errorf("a bot that stops answers %q", said.Text)
		}
		began := time.Now()
		if err := c.ended(stopped); err != nil {
			t.Errorf("the bot ended with %v", err)
		}
		t.Logf("it took %v more", time.Since(began))
		s.hit.Add(1)
		c.restarted()
	})
}

// holdAt starts the bot and has the answer of its call number n held back until
// goOn is closed.
func (c *crash) holdAt(n int) (reached, goOn chan struct{}) {
	reached, goOn = make(chan struct{}), make(chan struct{})
	var mu sync.Mutex
	seen := 0
	c.ws.AfterCall(func(method string) {
		if upkeep(method) {
			return
		}
		mu.Lock()
		seen++
		now := seen == n
		mu.Unlock()
		if now {
			close(reached)
			<-goOn
		}
	})
	c.start()
	return reached, goOn
}

func (c *crash) signal(s syscall.Signal) {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.child.Process.Signal(s); err != nil {
		c.t.Error(err)
	}
}
