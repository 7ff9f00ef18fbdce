package slack

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"cresset/bot/chat"
	"cresset/integrations/slack/slacktest"
)

// atHome answers with what is somebody's, and how often that was asked.
func atHome(s *stage) *atomic.Int32 {
	asked := new(atomic.Int32)
	s.with(func(e chat.Event) (chat.Reply, error) {
		switch {
		case e.Line == "cre home":
			return chat.Reply{Message: chat.Message{Title: "Your work", Text: chat.Textf("Look %d. `cre queue` lists all.", asked.Add(1)),
				Buttons: []chat.Button{{Label: "Take R-1", Line: "cre take R-1"}, {Label: "File…", Line: "cre request"}}}}, nil
		case e.Line == "cre request" && e.Values == nil:
			return chat.Reply{Form: &chat.Form{Line: "cre request", Place: e.Place, Fields: []chat.FormField{{Name: "text", Label: "Text"}}}}, nil
		}
		return chat.Replyf("Done %s.", e.Line), nil
	})
	return asked
}

func shows(v *slacktest.View, words string) bool {
	return v != nil && strings.Contains(string(v.Blocks), words)
}

func TestHomeIsDrawnWhenItIsOpened(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		atHome(s)
		for i := range 2 {
			s.As("ada").OpenHome()
			s.Settle()
			eventually(t, "her home", func() bool { return shows(s.As("ada").Home(), fmt.Sprintf("Look %d", i+1)) })
		}
		if e := s.last(t); !e.Quiet || e.By.ID != s.ada.ID || e.By.External || e.Place != (chat.Place{Platform: "slack", Direct: s.ada.ID}) {
			t.Errorf("event %+v", e)
		}
		if !shows(s.As("ada").Home(), `"/cre queue"`) {
			t.Errorf("lines are not as they are typed here: %s", s.As("ada").Home().Blocks)
		}
		if v := s.As("bob").Home(); v != nil {
			t.Errorf("bob has a home before he opens it: %s", v.Blocks)
		}
		if n := len(s.Messages("@ada")) + len(s.Ephemerals("ada")); n != 0 {
			t.Errorf("%d messages besides", n)
		}
	})
}

// A press on the home tab is answered in private, and the tab says what is so now.
func TestHomeIsDrawnAnewAfterAPress(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		asked := atHome(s)
		s.As("ada").OpenHome()
		eventually(t, "her home", func() bool { return s.As("ada").Home() != nil })
		if a := s.As("ada").ClickIn(s.As("ada").Home(), "Take R-1"); a.Failed != "" {
			t.Fatalf("pressed: %+v", a)
		}
		eventually(t, "the answer", func() bool { return len(s.Messages("@ada")) == 1 })
		eventually(t, "the home as it is now", func() bool { return shows(s.As("ada").Home(), "Look 2") })
		if said := s.Messages("@ada")[0].Text; said != "Done cre take R-1." {
			t.Errorf("said %q", said)
		}

		s.As("ada").ClickIn(s.As("ada").Home(), "File…")
		eventually(t, "a form", func() bool { return s.As("ada").View() != nil })
		before := asked.Load()
		if sent := s.As("ada").Submit(s.As("ada").View(), map[string]string{"Text": "slow"}); !sent.Closed {
			t.Errorf("sent %+v", sent)
		}
		eventually(t, "the home after the form", func() bool {
			last := asked.Load()
			return last > before && shows(s.As("ada").Home(), fmt.Sprintf("Look %d.", last))
		})
	})
}

// Two tabs that are drawn at the same time: the later word stands.
func TestHomeThatWasDrawnMeanwhileIsAskedAnew(t *testing.T) {
	s := workspace(t)
	s.run(t)
	s.AwaitConnections(connections)
	asked := atHome(s)
	s.As("ada").OpenHome()
	eventually(t, "her home", func() bool { return s.As("ada").Home() != nil })
	s.Refuse("views.publish", "hash_conflict", 1)
	s.As("ada").OpenHome()
	eventually(t, "her home anew", func() bool { return shows(s.As("ada").Home(), "Look 3") })
	if n := asked.Load(); n != 3 {
		t.Errorf("asked %d times", n)
	}
	if c := s.CallsOf("views.publish"); len(c) != 3 || c[1].Args["hash"] == "" || c[2].Args["hash"] != "" {
		t.Errorf("published %+v", c)
	}
}

func TestHomeThatSlackDoesNotShowIsLogged(t *testing.T) {
	s := workspace(t)
	s.run(t)
	s.AwaitConnections(connections)
	atHome(s)
	s.Refuse("views.publish", "not_enabled", 1)
	s.As("ada").OpenHome()
	eventually(t, "the call", func() bool { return len(s.CallsOf("views.publish")) == 1 })
	s.As("ada").OpenHome()
	eventually(t, "her home", func() bool { return s.As("ada").Home() != nil })
}

// The home tab is in no channel: that none is shared says nothing of who opens it.
func TestHomeOfStrangers(t *testing.T) {
	s := workspace(t)
	s.shared(t)
	payload := `{"type":"event_callback","team_id":"T0TEAM","event_id":"Ev1","is_ext_shared_channel":false,"event":{"type":"app_home_opened","user":"%s","channel":"D1","tab":"%s"}}`
	for _, who := range []string{"guest", "ada"} {
		a, err := s.platform.decode(t.Context(), kindEvents, fmt.Appendf(nil, payload, s.As(who).User().ID, "home"))
		if err != nil || a == nil || a.By.External != (who == "guest") {
			t.Errorf("%s: %+v, %v", who, a, err)
		}
	}
	if a, err := s.platform.decode(t.Context(), kindEvents, fmt.Appendf(nil, payload, s.ada.ID, "messages")); err != nil || a != nil {
		t.Errorf("the tab of messages: %+v, %v", a, err)
	}
	s.platform.vocabulary.Home = ""
	if a, err := s.platform.decode(t.Context(), kindEvents, fmt.Appendf(nil, payload, s.ada.ID, "home")); err != nil || a != nil {
		t.Errorf("without a line: %+v, %v", a, err)
	}
}

func TestHomeThatCannotBeAskedIsDeliveredAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.RetryEventsAfter(0)
		failures := 1
		atHome(s)
		drawn := s.reply
		s.with(func(e chat.Event) (chat.Reply, error) {
			if failures--; failures >= 0 {
				return chat.Reply{}, errNoCommit
			}
			return drawn(e)
		})
		s.As("ada").OpenHome()
		eventually(t, "her home", func() bool { return s.As("ada").Home() != nil })
	})
}
