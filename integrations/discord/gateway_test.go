package discord

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"cresset/bot/chat"
	"cresset/integrations/discord/discordtest"
)

// naps are the waits of a platform, which the test does not sit out.
type naps struct {
	mu  sync.Mutex
	all []time.Duration
}

func (n *naps) rest(ctx context.Context, d time.Duration) {
	n.mu.Lock()
	n.all = append(n.all, d)
	n.mu.Unlock()
	sleep(ctx, min(d, 20*time.Millisecond))
}

func (n *naps) since(from int) []time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]time.Duration(nil), n.all[from:]...)
}

// hurried is a server whose platform does not wait long between connections.
func hurried(t *testing.T) (*stage, *naps) {
	t.Helper()
	s, n := server(t), &naps{}
	s.IdentifyEvery(0)
	s.platform.rest = n.rest
	return s, n
}

// heardAfter is a mention that has to arrive, whatever happened to the gateway.
func (s *stage) heardAfter(t *testing.T, said string) {
	t.Helper()
	s.As("ada").Mention("#ops", said)
	eventually(t, said, func() bool {
		all := s.events()
		return len(all) > 0 && all[len(all)-1].Line == said
	})
}

// TestSessionsAreResumed: a connection that breaks, in whatever way, is taken up
// again at the address that Discord gave for it, and what happened meanwhile comes.
func TestSessionsAreResumed(t *testing.T) {
	for what, breaks := range map[string]func(*discordtest.Server){
		"closed":                     (*discordtest.Server).Drop,
		"cut off":                    (*discordtest.Server).DropWithoutClose,
		"op 7":                       (*discordtest.Server).Reconnect,
		"op 9, d true":               func(d *discordtest.Server) { d.Invalidate(true) },
		"4000":                       func(d *discordtest.Server) { d.Close(4000) },
		"4008, too many frames":      func(d *discordtest.Server) { d.Close(4008) },
		"a frame that is not for us": func(d *discordtest.Server) { d.RequestHeartbeat(); d.Reconnect() },
	} {
		t.Run(what, func(t *testing.T) {
			s, _ := hurried(t)
			s.run(t)
			for n := range 3 {
				breaks(s.Server)
				s.heardAfter(t, strings.Repeat("again ", n+1)+"and again")
			}
			if s.Identifies() != 1 || s.Resumes() != 3 {
				t.Errorf("%d sessions begun, %d taken up; want 1 and 3", s.Identifies(), s.Resumes())
			}
		})
	}
}

// TestEachDropIsTheFirst: a connection that worked makes the failures before it forgotten,
// or a bot that runs for months would wait a minute each time.
func TestEachDropIsTheFirst(t *testing.T) {
	s, n := hurried(t)
	s.run(t)
	from := len(n.since(0))
	for i := range 4 {
		s.Drop()
		s.heardAfter(t, strings.Repeat("again ", i+1)+"and again")
	}
	for _, wait := range n.since(from) {
		if wait > backoff(0) {
			t.Errorf("it waits %v", wait)
		}
	}
}

// TestASessionWhoseAddressIsGone is taken up where Discord takes up all of them.
func TestASessionWhoseAddressIsGone(t *testing.T) {
	s, _ := hurried(t)
	h := s.platform.hear(t.Context(), s.handle)
	defer h.stop()
	where, _ := s.platform.gatewayAddress(t.Context())
	one := session{id: "kept", address: "ws://127.0.0.1:1"}
	if end := s.platform.connect(t.Context(), &one, h); end.err == nil || one.id != "kept" || one.address != where {
		t.Errorf("after %v it is taken up at %q, want %q", end.err, one.address, where)
	}
}

// TestADeadConnectionIsNoticed: one heartbeat without an answer is enough, and the
// session is kept by the code that the bot closes with.
func TestADeadConnectionIsNoticed(t *testing.T) {
	s, _ := hurried(t)
	s.HeartbeatEvery(100 * time.Millisecond)
	s.run(t)
	s.Mute()
	began := time.Now()
	s.As("ada").Mention("#ops", "incident list")
	eventually(t, "what was said to a dead connection", func() bool { return len(s.events()) == 1 })
	if took := time.Since(began); took > 5*time.Second || s.Resumes() != 1 || s.Identifies() != 1 {
		t.Errorf("after %v, %d sessions begun, %d taken up", took, s.Identifies(), s.Resumes())
	}
}

func TestHeartbeatsAreAskedFor(t *testing.T) {
	s, _ := hurried(t)
	s.HeartbeatEvery(time.Hour) // none comes by itself
	s.run(t)
	before := s.Heartbeats()
	s.RequestHeartbeat()
	eventually(t, "a heartbeat", func() bool { return s.Heartbeats() > before })
}

// TestInvalidSessionsAreWaitedFor: op 9 is followed by a wait of one to five
// seconds, longer each time, so that no loop uses up the sessions of a day.
func TestInvalidSessionsAreWaitedFor(t *testing.T) {
	s, n := hurried(t)
	s.run(t)
	s.IdentifyEvery(time.Hour) // each IDENTIFY is answered with op 9 now
	from := len(n.since(0))
	s.Invalidate(false)
	eventually(t, "five attempts", func() bool { return s.Identifies() >= 6 })
	waits := n.since(from)
	for i := range 4 {
		if least, most := time.Second<<i, 5*time.Second<<i; waits[i] < least || waits[i] > most {
			t.Errorf("wait %d is %v, want %v to %v", i, waits[i], least, most)
		}
	}
	s.IdentifyEvery(0)
	eventually(t, "a session", func() bool { return s.platform.Ready() == nil })
	s.heardAfter(t, "incident list")
}

// TestSessionsOfADayAreSharedOut: with few left, or none, the next one waits, and
// Discord never sees one too many.
func TestSessionsOfADayAreSharedOut(t *testing.T) {
	s, n := hurried(t)
	s.run(t)
	s.IdentifyBudget(0)
	from := len(n.since(0))
	s.Close(4009)
	eventually(t, "a long wait", func() bool {
		for _, d := range n.since(from) {
			if d == 24*time.Hour {
				s.IdentifyBudget(10)
				return true
			}
		}
		return false
	})
	eventually(t, "a session", func() bool { return s.platform.Ready() == nil })
}

// TestSomeEndsAreForGood: what no other connection mends ends the platform, with
// what to do about it.
func TestSomeEndsAreForGood(t *testing.T) {
	for code, advice := range map[int]string{4004: "reset it", 4010: "shard", 4011: "an app of its own", 4012: "newer cresset", 4013: "newer cresset", 4014: "switch its intents on"} {
		s, _ := hurried(t)
		ended := make(chan error, 1)
		go func() { ended <- s.platform.Run(t.Context(), s.handle) }()
		eventually(t, "a session", func() bool { return s.platform.Ready() == nil })
		s.Close(code)
		select {
		case err := <-ended:
			if got := sendError(t, err); got.Retry || !strings.Contains(got.Advice, advice) {
				t.Errorf("%d: %+v, want advice on %q", code, got, advice)
			}
		case <-time.After(10 * time.Second):
			t.Errorf("%d: the platform goes on", code)
		}
		if err := s.platform.Ready(); err == nil {
			t.Errorf("%d: it says that it is ready", code)
		}
	}
}

// TestSomeEndsEndTheSession: what Discord does not take up is not tried.
func TestSomeEndsEndTheSession(t *testing.T) {
	p := open(t, minimal, Options{Log: logTo(t)})
	for code, ends := range map[int]bool{4000: false, 4001: false, 4002: false, 4003: false, 4005: false, 4007: true, 4008: false, 4009: true, websocket.CloseAbnormalClosure: false} {
		s := session{id: "kept", address: "wss://gateway.example"}
		s.seq.Store(7)
		end := p.ended(&wire{}, &s, &websocket.CloseError{Code: code})
		if gone := s.id == "" && s.seq.Load() == 0; gone != ends || end.invalid != ends || end.forever {
			t.Errorf("%d: the session %+v, %+v", code, s.id, end)
		}
	}
}

func TestATokenThatIsRefusedEndsIt(t *testing.T) {
	s, _ := hurried(t)
	s.Refuse("*", 401, 0, 100)
	if err := s.platform.Run(t.Context(), s.handle); !strings.Contains(sendError(t, err).Advice, "does not accept the token") {
		t.Errorf("ended with %v", err)
	}
}

// TestAPanicKillsNobody: not in a handler, not in what reads events, not in the
// connection itself.
func TestAPanicKillsNobody(t *testing.T) {
	s, _ := hurried(t)
	s.run(t)
	s.with(func(chat.Event) (chat.Reply, error) { panic("in a handler") })
	s.As("ada").Mention("#ops", "incident boom")
	s.As("ada").Slash("#ops", "/incident ops")
	s.with(nil)
	s.heardAfter(t, "incident list")
	s.platform.vocabulary.Suggest = func(chat.Person, string, string) []chat.Option { panic("while somebody types") }
	s.As("ada").Autocomplete("#ops", "/incident declare customer:a")
	s.platform.options.OnUnreadable = func(string, []byte, error) { panic("over an event") }
	h := s.platform.hear(t.Context(), s.handle)
	defer h.stop()
	h.event("INTERACTION_CREATE", []byte(`{}`))
	if end := s.platform.supervised(t.Context(), nil, nil); !errors.Is(end.err, errPanicked) || end.forever {
		t.Errorf("a panic in the connection is %+v", end)
	}
}

// TestCommandsWaitBehindNoReactions: while every place for reactions is taken by
// slow ones, a command is answered at once, and heartbeats go on.
func TestCommandsWaitBehindNoReactions(t *testing.T) {
	s, _ := hurried(t)
	s.HeartbeatEvery(time.Second)
	s.Limit("*", 10_000, time.Second)
	s.GlobalLimit(0)
	s.run(t)
	release := make(chan struct{})
	s.with(func(e chat.Event) (chat.Reply, error) {
		if e.Quiet {
			<-release
		}
		return chat.Replyf("here"), nil
	})
	m := s.As("bob").Message("#ops", "look")
	for i := range 40 {
		who := s.AddUser("p" + strings.Repeat("x", i+1)).Name
		s.As(who).React("#ops", m.ID, "📌")
	}
	eventually(t, "all places to be taken", func() bool { return len(s.events()) >= eventsAtOnce })
	if a := s.As("ada").Slash("#ops", "/incident ops"); a.Message == nil || shownIn(*a.Message) != "here" {
		t.Errorf("answered %+v", a)
	}
	time.Sleep(2500 * time.Millisecond)
	close(release)
	if s.Identifies() != 1 || s.Resumes() != 0 {
		t.Errorf("the connection was lost in the storm: %d begun, %d taken up", s.Identifies(), s.Resumes())
	}
	eventually(t, "every reaction", func() bool { return len(s.events()) == 41 })
}

// TestReactionsWaitForLimits: more reactions than Discord lets the bot read at once
// are read one after the other, and none is lost.
func TestReactionsWaitForLimits(t *testing.T) {
	s := server(t)
	s.Limit("GET /channels/{channel}/messages/{message}", 5, time.Second)
	s.run(t)
	m := s.As("bob").Message("#ops", "look")
	for i := range 12 {
		s.As(s.AddUser("p"+strings.Repeat("x", i+1)).Name).React("#ops", m.ID, "📌")
	}
	eventually(t, "every reaction", func() bool { return len(s.events()) == 12 })
}

// TestAFrameThatNobodyCanRead is kept, and the connection goes on.
func TestAFrameThatNobodyCanRead(t *testing.T) {
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer ws.Close()
		for _, said := range []string{`{"op":10,"d":{"heartbeat_interval":45000}}`, `{"op":`, `{"op":0,"s":1,"t":"READY","d":{"session_id":"s","user":{"id":"111111111111111111"},"odd":[}}`,
			`{"op":0,"s":"odd","t":"SOMETHING","d":{}}`, `{"op":0,"s":2,"t":"READY","d":{"session_id":"s","resume_gateway_url":"ws://127.0.0.1/","user":{"id":"111111111111111111"},"guilds":"odd"}}`} {
			_ = ws.WriteMessage(websocket.TextMessage, []byte(said)) // the test reads what arrives
		}
		_, _, _ = ws.ReadMessage() // the greeting
		_, _, _ = ws.ReadMessage() // until the bot hangs up
	}))
	defer gateway.Close()
	var kept atomic.Int64
	p := open(t, minimal, Options{Log: logTo(t), OnUnreadable: func(string, []byte, error) { kept.Add(1) }})
	ctx, cancel := context.WithCancel(t.Context())
	s := &session{id: "s", address: strings.Replace(gateway.URL, "http", "ws", 1)}
	done := make(chan ending, 1)
	go func() { done <- p.connect(ctx, s, p.hear(ctx, nil)) }()
	eventually(t, "the session", func() bool { return p.Ready() == nil })
	cancel()
	<-done
	if kept.Load() != 2 || s.seq.Load() != 2 {
		t.Errorf("%d frames were kept, the last number is %d", kept.Load(), s.seq.Load())
	}
}
