package discord

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"cresset/bot/chat"
	"cresset/integrations/discord/discordtest"
)

// lines are what was heard, by how often.
func (s *stage) lines() map[string]int {
	all := map[string]int{}
	for _, e := range s.events() {
		all[e.Line]++
	}
	return all
}

// TestWhatALostSessionMissedIsLookedFor: lines and reactions in war rooms, in their
// threads and in the channels of the configuration come once, however often they are
// looked for, and are answered once.
func TestWhatALostSessionMissedIsLookedFor(t *testing.T) {
	s, _ := hurried(t)
	s.platform.options.Channels = []string{"ops"}
	s.AddChannel("elsewhere")
	s.run(t)
	s.says(chat.Replyf("noted"))
	room, err := s.platform.OpenRoom(t.Context(), chat.RoomSpec{Name: "inc-1-room", Mark: "m"})
	if err != nil {
		t.Fatal(err)
	}
	m := s.As("bob").Message("#inc-1-room", "the cause")
	s.As("bob").StartThread("#inc-1-room", m.ID, "cause")
	s.heardAfter(t, "before the gap")
	eventually(t, "its answer", func() bool { return len(s.As("ada").DMs()) == 1 })

	s.Outage(true)
	eventually(t, "the bot to notice", func() bool { return s.platform.Ready() != nil })
	s.KeepEvents(0) // no session is taken up any more
	s.As("ada").Mention("#inc-1-room", "incident note in the room")
	inThread := s.As("ada").Mention(m.ID, "incident note in the thread")
	s.As("ada").Mention("#ops", "incident note in ops")
	s.As("ada").Mention("#elsewhere", "incident note elsewhere")
	s.As("ada").Message("@cresset", "incident note in private")
	s.As("ada").React("#inc-1-room", m.ID, "📌")
	s.As("bob").React(m.ID, inThread.ID, "🎫")
	s.As("bob").React("#inc-1-room", m.ID, "🎉")
	s.Outage(false)

	want := map[string]int{"before the gap": 1, "incident note in the room": 1, "incident note in the thread": 1, "incident note in ops": 1, "incident note in private": 1, "incident pin": 1, "cre ticket-this": 1}
	eventually(t, "what was missed", func() bool { return len(s.events()) >= 7 })
	before := len(s.As("ada").DMs())
	eventually(t, "answers", func() bool { before = len(s.As("ada").DMs()); return before >= 5 })
	for range 2 {
		began := s.Identifies()
		s.Invalidate(false)
		eventually(t, "another session", func() bool { return s.Identifies() > began && s.platform.Ready() == nil })
	}
	s.heardAfter(t, "after the gap")
	want["after the gap"] = 1
	got := s.lines()
	for line, n := range want {
		if got[line] != n {
			t.Errorf("%q was heard %d times, want %d", line, got[line], n)
		}
	}
	if len(got) != len(want) {
		t.Errorf("heard %v", got)
	}
	for _, e := range s.events() {
		if e.Line == "incident note in the thread" && (e.Place.Channel != room.Place.Channel || e.Place.Thread != m.ID) {
			t.Errorf("in the thread is %+v", e.Place)
		}
		if e.Line == "incident pin" && (e.About.Text != "the cause" || !e.Quiet) {
			t.Errorf("the reaction is about %+v", e.About)
		}
	}
}

// TestARestartAnswersNobodyAgain: a new process looks for what was missed, and finds
// acts that were answered long ago: nobody is told again.
func TestARestartAnswersNobodyAgain(t *testing.T) {
	s, n := hurried(t)
	s.HonourNonce(false) // it was long ago
	s.platform.options.Channels = []string{"ops"}
	s.says(chat.Replyf("**R-1** is filed."))
	m := s.As("bob").Message("#ops", "please")
	s.As("ada").React("#ops", m.ID, "🎫")
	for range 2 {
		stop := s.start(t)
		eventually(t, "the reaction to be found", func() bool { return len(s.events()) > 0 })
		eventually(t, "the answer", func() bool { return len(s.As("ada").DMs()) > 0 })
		time.Sleep(300 * time.Millisecond)
		stop()
		s.platform = open(t, settingsOf(s.Server, false), Options{Log: logTo(t), Channels: []string{"ops"}})
		s.platform.rest = n.rest
	}
	if n := len(s.As("ada").DMs()); n != 1 || len(s.events()) != 2 {
		t.Errorf("heard %d times, told %d times", len(s.events()), n)
	}
}

// start runs the platform until stop.
func (s *stage) start(t *testing.T) (stop func()) {
	t.Helper()
	ctx, cancel := testContext(t)
	done := make(chan error, 1)
	p := s.platform
	go func() { done <- p.Run(ctx, s.handle) }()
	eventually(t, "the platform to be ready", func() bool { return p.Ready() == nil })
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
}

// TestWhatIsMissedDuringALookIsLookedFor: a session that is lost while the bot looks
// through a channel for what an earlier one missed gets a look of its own.
func TestWhatIsMissedDuringALookIsLookedFor(t *testing.T) {
	s, _ := hurried(t)
	s.platform.options.Channels = []string{"ops"}
	var once sync.Once
	s.AfterCall(func(route string) {
		if route != "GET /channels/{channel}/messages" {
			return
		}
		once.Do(func() { // what the channel has is read, and on its way
			s.Invalidate(false)
			eventually(t, "the bot to notice", func() bool { return s.platform.Ready() != nil })
			s.As("ada").Mention("#ops", "incident list")
			eventually(t, "a new session", func() bool { return s.platform.Ready() == nil })
			time.Sleep(100 * time.Millisecond)
		})
	})
	s.run(t)
	eventually(t, "what was said between the sessions", func() bool { return s.lines()["incident list"] == 1 })
}

// TestAServerThatWasUnavailableIsLookedThrough: Discord tells nothing of it meanwhile,
// and the session goes on.
func TestAServerThatWasUnavailableIsLookedThrough(t *testing.T) {
	s, _ := hurried(t)
	s.platform.options.Channels = []string{"ops"}
	if _, err := s.platform.whoami(t.Context()); err != nil {
		t.Fatal(err)
	}
	h := s.platform.hear(t.Context(), s.handle)
	defer h.stop()
	h.event("GUILD_DELETE", []byte(`{"id":"999999999999999999"}`)) // another one
	if h.began != nil {
		t.Error("the bot is deaf because of another server")
	}
	h.event("GUILD_DELETE", []byte(`{"id":"`+s.GuildID+`","unavailable":true}`))
	s.As("ada").Mention("#ops", "incident list")
	if _, live := s.platform.guild.known(); live || len(s.events()) > 0 {
		t.Errorf("the channels are known: %v, heard %v", live, s.events())
	}
	h.event("GUILD_CREATE", []byte(`{"id":"`+s.GuildID+`","channels":[{"id":"`+s.ops.ID+`","name":"ops"}]}`))
	eventually(t, "what was said meanwhile", func() bool { return s.lines()["incident list"] == 1 })
}

// TestALookThatIsNotAnsweredIsTakenAgain: for half an hour the gateway tells of
// reactions and nothing can be read. They are heard in the end.
func TestALookThatIsNotAnsweredIsTakenAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))) // identifiers begin in 2015
		d := discordtest.New(t)
		d.URL = "http://localhost" // where a gateway may be in the clear
		d.AddUser("ada")
		d.AddChannel("ops")
		var away atomic.Bool
		calls := transport(func(r *http.Request) (*http.Response, error) {
			if away.Load() {
				return nil, errors.New("connection reset by peer")
			}
			return d.Transport().RoundTrip(r)
		})
		s := &stage{Server: d, answers: &answers{}}
		s.platform = open(t, settingsOf(d, false), Options{Log: logTo(t), Transport: calls, Dial: d.Dial, Channels: []string{"ops"}})
		s.run(t)
		time.Sleep(time.Minute)
		away.Store(true)
		d.As("ada").React("#ops", d.As("ada").Message("#ops", "look").ID, "📌")
		time.Sleep(30 * time.Minute)
		if n := len(s.events()); n != 0 {
			t.Errorf("%d events were heard while nothing could be read", n)
		}
		away.Store(false)
		time.Sleep(15 * time.Minute)
		if got := s.lines(); got["incident pin"] != 1 {
			t.Errorf("heard %v", got)
		}
	})
}

// transport is what carries calls.
type transport func(*http.Request) (*http.Response, error)

// RoundTrip carries one.
func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestOldLinesSurpriseNobody: what was typed long before is not done now.
func TestOldLinesSurpriseNobody(t *testing.T) {
	s, _ := hurried(t)
	now := time.Now()
	s.SetClock(func() time.Time { return now.Add(-2 * time.Hour) })
	s.platform.options.Channels = []string{"ops"}
	s.As("ada").Mention("#ops", "incident declare long ago")
	s.SetClock(time.Now)
	s.As("ada").Mention("#ops", "incident declare just now")
	s.run(t)
	eventually(t, "the new line", func() bool { return len(s.events()) > 0 })
	time.Sleep(200 * time.Millisecond)
	if got := s.lines(); len(got) != 1 || got["incident declare just now"] != 1 {
		t.Errorf("heard %v", got)
	}
}

// TestAFailedActIsTriedAgain, since nobody delivers it again, looked for once more, and
// given up in the end so that it may be found after the next lost session.
func TestAFailedActIsTriedAgain(t *testing.T) {
	s, _ := hurried(t)
	s.platform.options.Channels = []string{"ops"}
	s.run(t)
	var failures atomic.Int64
	failures.Store(2)
	s.with(func(e chat.Event) (chat.Reply, error) {
		if failures.Add(-1) >= 0 {
			return chat.Reply{}, errNoCommit
		}
		return chat.Replyf("done"), nil
	})
	s.As("ada").Mention("#ops", "incident list")
	eventually(t, "the answer", func() bool { return len(s.As("ada").DMs()) == 1 })
	failures.Store(1000)
	s.As("ada").Mention("#ops", "incident show")
	eventually(t, "it to be given up", func() bool {
		return s.lines()["incident show"] == 2*tries && !s.platform.taken(s.last(t).Key)
	})
	failures.Store(0)
	s.Invalidate(false)
	eventually(t, "the answer", func() bool { return len(s.As("ada").DMs()) == 2 })
	if said := shownIn(s.As("ada").DMs()[1]); !strings.Contains(said, "done") {
		t.Errorf("said %q", said)
	}
}

// taken says whether an act counts as taken.
func (p *Platform) taken(key string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.answered.young[key] || p.answered.old[key]
}
