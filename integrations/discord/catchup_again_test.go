package discord

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cresset/bot/chat"
)

// TestAGapWhileItCatchesUp: a session that is lost while the bot still looks for what
// the one before missed is looked for, too.
func TestAGapWhileItCatchesUp(t *testing.T) {
	s, _ := hurried(t)
	s.platform.options.Channels = []string{"ops"}
	s.run(t)
	s.heardAfter(t, "before the gaps")
	s.KeepEvents(0) // no session is taken up any more

	looked, goOn := make(chan bool), make(chan bool)
	release := sync.OnceFunc(func() { close(goOn) })
	t.Cleanup(release)
	var first atomic.Bool
	s.AfterCall(func(route string) {
		if route == "GET /channels/{channel}/messages" && first.CompareAndSwap(false, true) {
			close(looked)
			<-goOn
		}
	})
	lose := func(meanwhile func()) {
		s.Outage(true)
		eventually(t, "the bot to notice", func() bool { return s.platform.Ready() != nil })
		meanwhile()
		s.Outage(false)
		eventually(t, "another session", func() bool { return s.platform.Ready() == nil })
	}
	lose(func() { s.As("ada").Mention("#ops", "incident note in the first gap") })
	<-looked // #ops, and the answer is on its way
	lose(func() { s.As("ada").Mention("#ops", "incident note in the second gap") })
	s.heardAfter(t, "after the gaps") // the second session knows the server
	release()
	eventually(t, "what the second gap missed", func() bool { return s.lines()["incident note in the second gap"] == 1 })
}

// TestWhatTheBotWasTooBusyFor: an act that the bot has no place for, for longer than it
// is tried, and an answer that Discord does not take are looked for once more.
func TestWhatTheBotWasTooBusyFor(t *testing.T) {
	for what, trouble := range map[string]func(*stage){
		"a busy bot": func(s *stage) {
			var turns atomic.Int64
			s.with(func(chat.Event) (chat.Reply, error) {
				if turns.Add(1) <= tries {
					return chat.Reply{}, errNoCommit
				}
				return chat.Replyf("done"), nil
			})
		},
		"a Discord that breaks down": func(s *stage) {
			s.says(chat.Replyf("done"))
			s.BreakDown("POST /channels/{channel}/messages", 503, 1)
		},
	} {
		t.Run(what, func(t *testing.T) {
			s, _ := hurried(t)
			s.platform.options.Channels = []string{"ops"}
			s.run(t)
			trouble(s)
			s.As("ada").Mention("#ops", "incident list")
			eventually(t, "the answer", func() bool { return len(s.As("ada").DMs()) == 1 })
		})
	}
}

// TestALookThatDiscordRefusesAtFirst: right after an outage Discord may have more of it.
func TestALookThatDiscordRefusesAtFirst(t *testing.T) {
	s, _ := hurried(t)
	s.platform.options.Channels = []string{"ops"}
	s.As("ada").Mention("#ops", "incident list")
	s.run(t)
	eventually(t, "the line", func() bool { return s.lines()["incident list"] == 1 })
	s.platform.again(s.last(t).Key)
	s.platform.guild.deaf()
	s.BreakDown("GET /guilds/{guild}/channels", 503, 2)
	h := s.platform.hear(t.Context(), s.handle)
	defer h.stop()
	h.catchUp(time.Now().Add(-time.Minute))
	if n := s.lines()["incident list"]; n != 2 {
		t.Errorf("found %d times, want a second time", n-1)
	}
}

// TestAnActOfSomebodyUnknownWaits: a line of a member that is found later is not refused
// because Discord does not say at once that they are one.
func TestAnActOfSomebodyUnknownWaits(t *testing.T) {
	s, _ := hurried(t)
	s.platform.options.Channels = []string{"ops"}
	s.As("ada").Mention("#ops", "incident list")
	s.BreakDown("GET /guilds/{guild}/members/{user}", 503, 2)
	s.run(t)
	eventually(t, "the line", func() bool { return len(s.events()) > 0 })
	if e := s.last(t); e.By.External || e.Unsure || len(s.events()) != 1 {
		t.Errorf("%d times, last %+v", len(s.events()), e)
	}
}
