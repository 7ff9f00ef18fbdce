package discord

import (
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
)

// listening is a vocabulary with which the bot listens in #support.
func listening() chat.Vocabulary {
	v := vocabulary
	v.Overhear = &chat.Overhear{Channels: []string{"support"}, Line: "cre overheard",
		Worth: func(said string) bool { return said != "" && said != "thanks" }}
	return v
}

// listens is a server whose platform listens in #support, and has begun.
func listens(t *testing.T) *stage {
	t.Helper()
	s, _ := hurried(t)
	s.platform.vocabulary = listening()
	s.AddChannel("support")
	s.run(t)
	return s
}

// What people say in a channel that the bot listens in, and in its threads, is heard,
// with who wrote it and whom they called. What was said elsewhere is not, nor what is
// not worth it, and what calls the bot is a command.
func TestTalkIsHeard(t *testing.T) {
	s := listens(t)
	m := s.As("bob").Message("#support", "@ada why is the **export** slow?")
	eventually(t, "what bob said", func() bool { return len(s.events()) == 1 })
	e := s.last(t)
	if e.Line != "cre overheard" || e.Named["channel"] != "support" || !e.Quiet || e.By.ID != s.bob.ID || e.By.External || e.Alone {
		t.Errorf("heard %+v", e)
	}
	if a := e.About; a.Text != "@ada why is the **export** slow?" || a.By.ID != s.bob.ID || a.ID != m.ID || a.Link == "" || a.Place != (chat.Place{Platform: "discord", Channel: m.ChannelID}) {
		t.Errorf("about %+v", a)
	}
	if len(e.People) != 1 || e.People["ada"].ID != s.ada.ID {
		t.Errorf("called are %+v", e.People)
	}
	s.As("bob").StartThread("#support", m.ID, "export")
	s.As("ada").Message(m.ID, "since when?")
	eventually(t, "the answer", func() bool { return len(s.events()) == 2 })
	if a := s.last(t).About; a.Place.Thread != m.ID || a.Text != "since when?" {
		t.Errorf("the answer is %+v", a)
	}
	calls := len(s.Calls())
	s.As("bob").Message("#ops", "why is the export slow?")
	s.As("bob").Message("#support", "thanks")
	s.As("bob").Message("@cresset", "the export is slow")
	eventually(t, "what bob wrote in private", func() bool { return s.last(t).Alone })
	if all := s.events(); len(all) != 3 {
		t.Errorf("heard %+v", all)
	}
	for _, c := range s.Calls()[calls:] {
		if !strings.Contains(c.Path, "/members/") { // of who wrote in private
			t.Errorf("asked %+v", c)
		}
	}
	s.heardAfter(t, "cre queue")
}

// What was said while no session was there is looked for, and a session that was taken
// up again hears as before.
func TestTalkThatWasMissed(t *testing.T) {
	s := listens(t)
	s.Drop()
	eventually(t, "the bot to notice", func() bool { return s.platform.Ready() != nil || s.Connections() > 0 })
	s.As("bob").Message("#support", "why is the export slow?")
	eventually(t, "what bob said", func() bool { return len(s.events()) == 1 })

	s.Outage(true)
	eventually(t, "the bot to notice", func() bool { return s.platform.Ready() != nil })
	s.KeepEvents(0) // no session is taken up any more
	s.As("bob").Message("#support", "why is it slow again?")
	s.Outage(false)
	eventually(t, "what was missed", func() bool {
		all := s.events()
		return len(all) > 1 && all[len(all)-1].About.Text == "why is it slow again?"
	})
}

// The bot asks for the words of others only where it listens. Where the app may not
// have them, it is told what to do, and the check knows before.
func TestListeningIsAskedFor(t *testing.T) {
	s, _ := hurried(t)
	s.AllowIntents(0)
	s.run(t) // without listening it needs none

	s, _ = hurried(t)
	s.platform.vocabulary = listening()
	s.AllowIntents(0)
	found := failed(s.platform.Check(t.Context()))
	if !strings.Contains(found["message content"], "Message Content Intent") || !strings.Contains(found["channel #support"], "make it") {
		t.Errorf("the check finds %v", found)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.platform.Run(t.Context(), s.handle) }()
	select {
	case err := <-ended:
		if got := sendError(t, err); got.Retry || !strings.Contains(got.Advice, "requests.listen") {
			t.Errorf("ended with %+v", got)
		}
	case <-time.After(30 * time.Second):
		t.Error("it goes on without what it needs")
	}
	golden(t, "manifest_listening.txt", Manifest(listening(), ManifestOptions{}))
}
