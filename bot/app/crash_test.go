package app_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cresset/integrations/slack/slacktest"
)

// The promise: whenever the process dies, a restart completes what was
// acknowledged, and nothing happens twice. The whole bot runs in a child process
// and is killed, with kill -9, at each call that a declare makes.
func TestKilledAtAnyCallOfADeclare(t *testing.T) {
	t.Parallel()
	s := newSweep(t)
	calls := s.undisturbed()
	s.all("killed at", 2*len(calls)+1, func(t *testing.T, i int) {
		n, when := (i+1)/2, []killing{afterWork, beforeWork}[i%2]
		if n > len(calls) {
			t.Log("perhaps before the answer")
			s.killedAtCall(t, 1, beforeWork, false)
			return
		}
		t.Logf("%s call %d, %s", when, n, calls[n-1])
		s.killedAtCall(t, n, when, true)
	})
}

// undisturbed lists the calls of a declare that nothing disturbs.
func (s *sweep) undisturbed() []string {
	s.t.Helper()
	c := s.crash(s.t)
	c.start()
	c.declare()
	c.completed()
	c.terminate()
	var calls []string
	for _, call := range c.ws.Calls() {
		if !upkeep(call.Method) {
			calls = append(calls, call.Method)
		}
	}
	if len(calls) < 2 || calls[0] != "conversations.create" || calls[1] != "conversations.invite" {
		s.t.Fatalf("the declarer is in after other calls than two: %v", calls)
	}
	s.t.Logf("calls of a declare: %v", calls)
	return calls
}

// upkeep are the calls that only keep the connection.
func upkeep(method string) bool {
	return method == "auth.test" || method == "apps.connections.open"
}

// killing is when the child dies.
type killing string

const (
	beforeWork killing = "before the work of"
	afterWork  killing = "before the answer of"
)

// killedAtCall kills the child at the call number n, restarts it, and sees that
// the declare is completed all the same. If answered, the child lives at least
// until the person has the reply.
func (s *sweep) killedAtCall(t *testing.T, n int, when killing, answered bool) {
	c := s.crash(t)
	c.ws.HonourClientMsgID(false) // the bot must not lean on it
	killed := c.killAt(n, when, answered)
	c.start()
	c.declare()
	select {
	case <-killed:
	case <-time.After(20 * time.Second):
		t.Fatalf("call %d never came: %v", n, c.ws.Calls())
	}
	s.hit.Add(1)
	c.start()
	c.completed()
	c.drained()
	if answered && c.answer.Failed != "" {
		t.Errorf("no reply: %s", c.answer.Failed)
	}
}

// killAt has the child killed at the call number n.
func (c *crash) killAt(n int, when killing, answered bool) (killed chan struct{}) {
	killed = make(chan struct{})
	var mu sync.Mutex
	seen := 0
	at := func(method string, abort func()) {
		if upkeep(method) {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if seen++; seen != n {
			return
		}
		if answered {
			<-c.answered
		}
		c.kill()
		close(killed)
		abort()
	}
	if when == beforeWork {
		c.ws.BeforeCall(func(method string) { at(method, abortCall) })
	} else {
		c.ws.AfterCall(func(method string) { at(method, func() {}) })
	}
	return killed
}

func (c *crash) missingOnSlack() (all []string) {
	wrong := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	var rooms []slacktest.Channel
	for _, ch := range c.ws.Channels() {
		if strings.HasPrefix(ch.Name, "inc-") {
			rooms = append(rooms, ch)
		}
	}
	if len(rooms) != 1 || rooms[0].Name != "inc-1-checkout-returns-500" {
		return []string{fmt.Sprintf("the rooms are %+v", rooms)}
	}
	room := rooms[0]
	if !slices.Contains(room.Members, "ada") {
		wrong("ada is not in the room")
	}
	if !strings.Contains(room.Topic, "INC-1 checkout returns 500") || !strings.Contains(room.Purpose, "INC-1") {
		wrong("topic %q, purpose %q", room.Topic, room.Purpose)
	}
	cards := c.ws.Messages("#" + room.Name)
	if len(cards) != 1 || len(room.Pins) != 1 || room.Pins[0] != cards[0].TS {
		wrong("%d messages in the room, pinned %v", len(cards), room.Pins)
	}
	if lines := c.ws.Messages("#incidents"); len(lines) != 1 || !strings.Contains(string(lines[0].Blocks), room.ID) {
		wrong("announcements: %+v", lines)
	}
	if replies := c.ws.Ephemerals("ada"); len(replies) > c.asked {
		wrong("%d replies", len(replies))
	}
	return all
}
