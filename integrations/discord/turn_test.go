package discord

import (
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
)

// TestTooManyAtOnce: for whom there is no place reads so in time, and nothing was
// done; who only types is proposed nothing.
func TestTooManyAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		for range cap(s.platform.slots) {
			s.platform.slots <- struct{}{}
		}
		a := s.As("ada").Slash("#ops", "/incident ops")
		if a.Message == nil || a.Message.To != "ada" || !strings.Contains(shownIn(*a.Message), "Nothing was done") || len(s.events()) > 0 {
			t.Errorf("answered %+v, handled %v", a, s.events())
		}
		if a := s.As("ada").Autocomplete("#ops", "/incident declare customer:a"); a.Failed != "" || len(a.Choices) > 0 {
			t.Errorf("proposed %+v", a)
		}
		for range cap(s.platform.slots) {
			<-s.platform.slots
		}
		s.says(chat.Replyf("here"))
		if a := s.As("ada").Slash("#ops", "/incident ops"); a.Message == nil || shownIn(*a.Message) != "here" {
			t.Errorf("then answered %+v", a)
		}
	})
}

// TestAnAnswerThatComesTooLate is said in a direct message: the act was done.
func TestAnAnswerThatComesTooLate(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.As("ada").Autocomplete("#ops", "/incident declare customer:a") // Discord tries the address once, and is patient with it
		s.Patience(100 * time.Millisecond)
		s.with(func(chat.Event) (chat.Reply, error) {
			time.Sleep(400 * time.Millisecond)
			return chat.Replyf("**INC-1** is declared."), nil
		})
		if a := s.As("ada").Slash("#ops", "/incident ops"); a.Failed == "" {
			t.Fatalf("answered %+v", a)
		}
		eventually(t, "a direct message", func() bool { return len(s.As("ada").DMs()) == 1 })
		if said := shownIn(s.As("ada").DMs()[0]); said != "**INC-1** is declared." {
			t.Errorf("said %q", said)
		}
	})
}

// TestCommandsThatCannotBeRegistered keep nobody from being heard.
func TestCommandsThatCannotBeRegistered(t *testing.T) {
	for what, breaks := range map[string]func(*stage){
		"for good": func(s *stage) {
			s.Refuse("PUT /applications/{application}/guilds/{guild}/commands", 403, missingAccess, 100)
		},
		"for a time": func(s *stage) { s.BreakDown("GET /applications/{application}/guilds/{guild}/commands", 503, 100) },
	} {
		t.Run(what, func(t *testing.T) {
			s, _ := hurried(t)
			breaks(s)
			s.run(t)
			s.heardAfter(t, "incident list")
			if err := s.platform.register(t.Context()); what == "for good" && !strings.Contains(sendError(t, err).Advice, "invite link") {
				t.Errorf("refused with %+v", err)
			}
		})
	}
}
