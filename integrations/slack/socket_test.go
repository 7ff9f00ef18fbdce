package slack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"cresset/bot/chat"
	"cresset/integrations/slack/slacktest"
)

// onSockets runs a test on a workspace without a port, with two sockets open, in
// a bubble in which hours pass at once. stop ends the platform and gives what Run
// returned.
func onSockets(t *testing.T, test func(t *testing.T, s *stage, stop func() error)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ws := slacktest.New(t)
		s := &stage{Workspace: ws, answers: &answers{}, ada: ws.AddUser("ada"), bob: ws.AddUser("bob")}
		s.ops = ws.AddChannel("ops", "ada", "bob", "cresset")
		s.RetryEventsAfter() // what is not acknowledged does not come again
		s.with(always(chat.Replyf("Done.")))
		s.platform = open(t, settingsOf(ws, true, false), Options{Log: logTo(t), Transport: ws.Transport(), Dial: ws.Dial, OnUnreadable: s.keep})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- s.platform.Run(ctx, s.handle) }()
		stop := sync.OnceValue(func() error { cancel(); return <-done })
		s.AwaitConnections(connections)
		test(t, s, stop)
		if err := stop(); err != nil && !fatal(err) {
			t.Errorf("Run: %v", err)
		}
	})
}

// heardOnce fails unless each of n lines was heard, and once.
func (s *stage) heardOnce(t *testing.T, n int) {
	t.Helper()
	lines := map[string]int{}
	for _, e := range s.events() {
		lines[e.Line]++
	}
	for line, times := range lines {
		if times != 1 {
			t.Errorf("%q was heard %d times", line, times)
		}
	}
	if len(lines) != n {
		t.Errorf("%d of %d were heard", len(lines), n)
	}
}

// TestNothingIsLostWhileSocketsAreRefreshed: ten minutes of commands and events,
// while Slack replaces one socket every few seconds, and both of them at times.
func TestNothingIsLostWhileSocketsAreRefreshed(t *testing.T) {
	onSockets(t, func(t *testing.T, s *stage, _ func() error) {
		const each = 300
		var people, refreshes sync.WaitGroup
		over := make(chan struct{})
		refreshes.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-over:
					return
				case <-time.After(7 * time.Second):
				}
				reason := []string{"warning", "refresh_requested"}[i%2]
				if i%5 == 4 {
					s.Disconnect(reason)
				} else {
					s.DisconnectOne(reason)
				}
			}
		})
		for i := range each {
			people.Go(func() {
				time.Sleep(time.Duration(i) * 2 * time.Second)
				if a := s.As("ada").Slash("ops", "/incident", fmt.Sprintf("note %d", i)); a.Text != "Done." {
					t.Errorf("command %d: %+v", i, a)
				}
			})
			people.Go(func() {
				time.Sleep(time.Duration(i) * 2 * time.Second)
				s.As("bob").Mention("ops", fmt.Sprintf("mention %d", i))
			})
		}
		people.Wait()
		close(over)
		refreshes.Wait()
		s.Settle()
		s.heardOnce(t, 2*each)
		if n := len(s.CallsOf("apps.connections.open")); n < 80 {
			t.Errorf("only %d sockets were opened", n)
		}
	})
}

func TestOldSocketIsHeardUntilItsEnd(t *testing.T) {
	onSockets(t, func(t *testing.T, s *stage, _ func() error) {
		s.Disconnect("warning")
		synctest.Wait()
		s.AwaitConnections(2 * connections) // the old ones and their successors
		for i := range 2 * connections {
			if a := s.As("ada").Slash("ops", "/incident", fmt.Sprintf("note %d", i)); a.Text != "Done." {
				t.Errorf("on socket %d: %+v", i, a)
			}
		}
		time.Sleep(11 * time.Second)
		if n := s.Connections(); n != connections {
			t.Errorf("%d connections after Slack has closed the old ones", n)
		}
	})
}

func TestOldSocketThatSlackDoesNotCloseIsLeft(t *testing.T) {
	onSockets(t, func(t *testing.T, s *stage, _ func() error) {
		s.Linger("warning", time.Hour)
		s.Disconnect("warning")
		time.Sleep(lingering - 5*time.Second)
		if n := s.Connections(); n != 2*connections {
			t.Errorf("%d connections, want the old ones and their successors", n)
		}
		time.Sleep(10 * time.Second)
		if n := s.Connections(); n != connections {
			t.Errorf("%d connections after the old ones were left", n)
		}
		if got := s.Goodbyes(); !slices.Equal(got, []int{1000, 1000}) {
			t.Errorf("they were closed with %v", got)
		}
	})
}

func TestOldSocketStaysWhileThereIsNoOther(t *testing.T) {
	onSockets(t, func(t *testing.T, s *stage, _ func() error) {
		s.Linger("warning", time.Hour)
		s.BreakDown("apps.connections.open", 503, 8)
		s.Disconnect("warning")
		time.Sleep(time.Minute)
		if a := s.As("ada").Slash("ops", "/incident", "list"); a.Text != "Done." || s.platform.Ready() != nil {
			t.Errorf("answer %+v, ready: %v", a, s.platform.Ready())
		}
		time.Sleep(10 * time.Minute)
		if n := s.Connections(); n != connections {
			t.Errorf("%d connections", n)
		}
	})
}

func TestAnActIsAcknowledgedWhereItCame(t *testing.T) {
	onSockets(t, func(t *testing.T, s *stage, _ func() error) {
		s.with(func(chat.Event) (chat.Reply, error) {
			time.Sleep(2 * time.Second)
			return chat.Replyf("Done."), nil
		})
		var all sync.WaitGroup
		for i := range 2 {
			all.Go(func() {
				if a := s.As("ada").Slash("ops", "/incident", fmt.Sprintf("note %d", i)); a.Text != "Done." {
					t.Errorf("answer %+v", a)
				}
			})
		}
		synctest.Wait()
		s.Disconnect("warning") // the successors are there before the answers
		all.Wait()
	})
}

// What could not be acknowledged is said in private: Slack has told the person
// that it failed, and it did not.
func TestAnswerWhoseSocketEndedIsSaidInPrivate(t *testing.T) {
	onSockets(t, func(t *testing.T, s *stage, _ func() error) {
		s.with(func(chat.Event) (chat.Reply, error) {
			s.Cut()
			return chat.Replyf("**INC-1** is declared."), nil
		})
		s.As("ada").Slash("ops", "/incident", "declare sev2 checkout returns 500")
		synctest.Wait()
		if said := s.Ephemerals("ada"); len(said) != 1 || said[0].Text != "INC-1 is declared." {
			t.Errorf("said %+v", said)
		}
	})
}

func TestSocketWithoutPingsIsReplaced(t *testing.T) {
	onSockets(t, func(t *testing.T, s *stage, _ func() error) {
		opened := len(s.CallsOf("apps.connections.open"))
		time.Sleep(10 * time.Minute)
		if n := len(s.CallsOf("apps.connections.open")); n != opened {
			t.Fatalf("%d sockets were replaced while Slack pinged", n-opened)
		}
		s.StopPinging(true)
		time.Sleep(silence + 10*time.Second)
		s.StopPinging(false)
		if n := len(s.CallsOf("apps.connections.open")); n < opened+connections {
			t.Errorf("%d sockets were replaced", n-opened)
		}
		time.Sleep(time.Minute)
		if a := s.As("ada").Slash("ops", "/incident", "list"); a.Text != "Done." {
			t.Errorf("answer %+v", a)
		}
	})
}

// An hour without the setting, or without a place, is some twenty calls a line,
// said to whoever asks why the bot is not ready.
func TestSocketThatSlackRefusesIsNotAskedForInALoop(t *testing.T) {
	for what, c := range map[string]struct {
		refuse, allow func(*stage)
		why           string
	}{
		"link_disabled": {func(s *stage) { s.SwitchSocketMode(false) }, func(s *stage) { s.SwitchSocketMode(true) }, "Socket Mode switched off"},
		"too_many_websockets": {func(s *stage) { s.LimitConnections(0); s.Cut() }, func(s *stage) { s.LimitConnections(10) },
			"ten sockets already"},
	} {
		t.Run(what, func(t *testing.T) {
			onSockets(t, func(t *testing.T, s *stage, _ func() error) {
				opened := len(s.CallsOf("apps.connections.open"))
				c.refuse(s)
				time.Sleep(time.Hour)
				if n := len(s.CallsOf("apps.connections.open")) - opened; n < 2*connections || n > 40*connections {
					t.Errorf("%d calls in an hour", n)
				}
				if err := s.platform.Ready(); err == nil || !strings.Contains(err.Error(), c.why) {
					t.Errorf("ready: %v", err)
				}
				c.allow(s)
				time.Sleep(10 * time.Minute)
				if err := s.platform.Ready(); err != nil {
					t.Errorf("ready: %v", err)
				}
			})
		})
	}
}

// Slack replaces sockets as soon as they are open: after a burst, one a minute
// while another hears, and not many more while none does.
func TestSocketsAreOpenedNoFasterThanSlackGivesThem(t *testing.T) {
	onSockets(t, func(t *testing.T, s *stage, stop func() error) {
		began := time.Now()
		for time.Since(began) < 30*time.Minute {
			s.DisconnectOne("refresh_requested")
			time.Sleep(500 * time.Millisecond)
		}
		if n := len(s.CallsOf("apps.connections.open")); n > openAtOnce+int(30*time.Minute/openApart)+connections {
			t.Errorf("%d sockets were asked for in half an hour", n)
		}
	})
}

func TestRetryAfterIsWaitedFor(t *testing.T) {
	onSockets(t, func(t *testing.T, s *stage, _ func() error) {
		s.RateLimit("apps.connections.open", 1, 50)
		opened := len(s.CallsOf("apps.connections.open"))
		s.Cut()
		time.Sleep(45 * time.Second)
		if n := len(s.CallsOf("apps.connections.open")) - opened; n > connections {
			t.Errorf("%d calls before Slack wanted one", n)
		}
		time.Sleep(time.Minute)
		if n := s.Connections(); n != connections {
			t.Errorf("%d connections", n)
		}
	})
}

func TestTokenThatIsRevokedEndsRun(t *testing.T) {
	onSockets(t, func(t *testing.T, s *stage, stop func() error) {
		s.Refuse("apps.connections.open", "token_revoked", connections)
		s.Cut()
		time.Sleep(time.Minute)
		if e := sendError(t, stop()); e.Retry || e.Advice == "" {
			t.Errorf("Run ended with %+v", e)
		}
		if n := s.Connections(); n != 0 {
			t.Errorf("%d connections are left", n)
		}
	})
}

// TestAStopLosesNoCommand: commands go on while the bot stops. Each was handled
// and answered, or neither.
func TestAStopLosesNoCommand(t *testing.T) {
	onSockets(t, func(t *testing.T, s *stage, stop func() error) {
		s.with(func(e chat.Event) (chat.Reply, error) {
			time.Sleep(300 * time.Millisecond)
			return chat.Replyf("Done %s.", e.Line), nil
		})
		var people sync.WaitGroup
		var mu sync.Mutex
		answered := map[string]bool{}
		for i := range 200 {
			people.Go(func() {
				time.Sleep(time.Duration(i)*20*time.Millisecond + time.Duration(i/50)*time.Second/2) // 50, then a moment without any
				line := fmt.Sprintf("note %d", i)
				a := s.As("ada").Slash("ops", "/incident", line)
				mu.Lock()
				defer mu.Unlock()
				answered["incident "+line] = a.Text == "Done incident "+line+"."
			})
		}
		time.Sleep(900 * time.Millisecond)
		began := time.Now()
		if err := stop(); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took > leaveTime+goodbyeTime {
			t.Errorf("the stop took %s", took)
		}
		people.Wait()
		handled := map[string]bool{}
		for _, e := range s.events() {
			handled[e.Line] = true
		}
		for line, yes := range answered {
			if yes != handled[line] {
				t.Errorf("%s: answered %v, handled %v", line, yes, handled[line])
			}
		}
		if len(handled) != 50 {
			t.Errorf("%d commands were handled, want those before the moment in which nothing was under way", len(handled))
		}
		if got := s.Goodbyes(); !slices.Equal(got, []int{1000, 1000}) {
			t.Errorf("the sockets were closed with %v", got)
		}
	})
}

func TestFramesOfNoUse(t *testing.T) {
	onSockets(t, func(t *testing.T, s *stage, _ func() error) {
		for _, frame := range []string{"", "{", "null", "7", `{"type":"news","reason":"warning"}`, `{"type":"disconnect"`, `{"envelope_id":7,"type":"slash_commands"}`, `{"type":["hello"]}`} {
			s.Send(frame)
		}
		synctest.Wait()
		if a := s.As("ada").Slash("ops", "/incident", "list"); a.Text != "Done." || s.Connections() != connections {
			t.Errorf("answer %+v on %d connections", a, s.Connections())
		}
	})
}

// Slack joins no fragments and drops what has 20 KB: the largest acknowledgement
// leaves in one frame, a larger one not at all.
func TestAcknowledgementIsOneFrame(t *testing.T) {
	first := make(chan []byte, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		header := make([]byte, 4)
		if _, err := io.ReadFull(conn.NetConn(), header); err != nil {
			t.Error(err)
		}
		first <- header
	}))
	defer server.Close()
	p := open(t, "bot_token: xoxb-1\napp_token: xapp-1\n", Options{})
	conn, _, err := p.dialer().DialContext(t.Context(), strings.Replace(server.URL, "http", "ws", 1), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	s := newSocket(conn)
	if err := s.ack("e", []byte(`"`+strings.Repeat("x", droppedAck)+`"`)); err == nil {
		t.Error("an acknowledgement that Slack drops was sent")
	}
	if err := s.ack("e", []byte(`"`+strings.Repeat("x", droppedAck-40)+`"`)); err != nil {
		t.Fatal(err)
	}
	header := <-first
	if size := int(header[2])<<8 | int(header[3]); header[0] != 0x81 || size < droppedAck-40 {
		t.Errorf("the first frame begins %x: final is the highest bit, and its size was %d", header, size)
	}
}

func TestAnAddressIsNotInTheLog(t *testing.T) {
	p := open(t, "bot_token: xoxb-1\napp_token: xapp-1\n", Options{Dial: func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no route") }})
	_, resp, err := p.dialer().DialContext(t.Context(), "wss://slack.test/link?ticket=secret", nil)
	if err := dialed(resp, err); err == nil || strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
}
