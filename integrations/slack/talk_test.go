package slack

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cresset/bot/chat"
)

func always(r chat.Reply) func(chat.Event) (chat.Reply, error) {
	return func(chat.Event) (chat.Reply, error) { return r, nil }
}

func TestSlashCommandIsAnsweredWithTheAcknowledgement(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.with(always(chat.Replyf("**INC-1** %s is declared.", "a <b> & *c*")))
		answer := s.As("ada").Slash("ops", "/incident", "declare sev2 tell @bob in #ops: a < b & https://x.test/?a=1&b=2 @nobody")

		if !answer.Ephemeral || answer.Text != "INC-1 a &lt;b&gt; &amp; *c* is declared." || answer.Failed != "" {
			t.Errorf("answer %+v", answer)
		}
		e := s.last(t)
		if e.Line != "incident declare sev2 tell @bob in #ops: a < b & https://x.test/?a=1&b=2 @nobody" {
			t.Errorf("line %q", e.Line)
		}
		if who := e.People["bob"]; len(e.People) != 1 || who != (chat.Person{Platform: "slack", ID: s.bob.ID, Name: "bob"}) {
			t.Errorf("people %+v", e.People)
		}
		if e.By != (chat.Person{Platform: "slack", ID: s.ada.ID, Name: "ada"}) || e.Place != (chat.Place{Platform: "slack", Channel: s.ops.ID}) {
			t.Errorf("by %+v in %+v", e.By, e.Place)
		}
		if !strings.HasPrefix(e.Key, "slack:"+s.TeamID+":") || time.Since(e.At) > time.Minute || e.Quiet {
			t.Errorf("event %+v", e)
		}
	})
}

// Slack tells a person after three seconds that the command failed. What it
// brought is said to them all the same.
func TestAnAnswerThatComesTooLateIsSaidInPrivate(t *testing.T) {
	s := workspace(t)
	var waited atomic.Int64
	s.platform = open(t, settingsOf(s.Workspace, false, true), Options{Log: logTo(t),
		Now: func() time.Time { return time.Now().Add(time.Duration(waited.Load())) }})
	s.run(t)
	s.serve(t)
	s.with(func(chat.Event) (chat.Reply, error) {
		waited.Add(int64(4 * time.Second))
		return chat.Replyf("**INC-1** is declared."), nil
	})
	if a := s.As("ada").Slash("ops", "/incident", "declare sev2 checkout returns 500"); a.Text != "" {
		t.Errorf("the acknowledgement, which nobody reads, carries %q", a.Text)
	}
	eventually(t, "what came of it", func() bool {
		said := s.Ephemerals("ada")
		return len(said) == 1 && said[0].Text == "INC-1 is declared."
	})
}

func TestNothingToSayIsSaidByNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		if answer := s.As("ada").Slash("ops", "/incident", "update x"); answer.Text != "" || answer.Failed != "" {
			t.Errorf("answer %+v", answer)
		}
		s.with(always(chat.Reply{Public: true, Message: chat.Message{Text: "for all"}}))
		if answer := s.As("ada").Slash("ops", "/incident", "update x"); answer.Text != "" {
			t.Errorf("a public reply is the router's to say: %+v", answer)
		}
	})
}

func TestFailedHandlerIsSaidWhereSlackDoesNotTryAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.with(func(chat.Event) (chat.Reply, error) { return chat.Reply{}, errors.New("disk full") })
		answer := s.As("ada").Slash("ops", "/incident", "declare x")
		if !strings.Contains(answer.Text, "not known whether this worked") || strings.Contains(answer.Text, "disk") {
			t.Errorf("answer %+v", answer)
		}
	})
}

func TestEventThatFailedIsDeliveredAgainWithTheSameKey(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.RetryEventsAfter(0)
		failures := 1
		s.with(func(chat.Event) (chat.Reply, error) {
			if failures--; failures >= 0 {
				return chat.Reply{}, errors.New("no commit")
			}
			return chat.Replyf("done"), nil
		})
		s.As("ada").Mention("ops", "incident list")
		eventually(t, "the answer", func() bool { return len(s.Ephemerals("ada")) == 1 })
		heard := s.events()
		if len(heard) != 2 || heard[0].Key != heard[1].Key {
			t.Errorf("heard %+v", heard)
		}
	})
}

func TestMention(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.with(always(chat.Replyf("here")))
		said := s.As("ada").Say("ops", "hey @cresset, incident lead @bob")
		eventually(t, "the answer", func() bool { return len(s.Ephemerals("ada")) == 1 })
		e := s.last(t)
		if e.Line != "incident lead @Bob" && e.Line != "incident lead @bob" {
			t.Errorf("line %q", e.Line)
		}
		name := strings.TrimPrefix(e.Line, "incident lead @")
		if e.People[name].ID != s.bob.ID || e.By.ID != s.ada.ID || e.By.Name == "" {
			t.Errorf("people %+v by %+v", e.People, e.By)
		}
		if e.Place.Thread != "" || e.Place.Channel != s.ops.ID {
			t.Errorf("place %+v", e.Place)
		}
		s.As("ada").Reply("ops", said.TS, "@cresset incident list")
		eventually(t, "the second answer", func() bool { return len(s.Ephemerals("ada")) == 2 })
		if at := s.last(t).Place; at.Thread != said.TS || s.Ephemerals("ada")[1].ThreadTS != said.TS {
			t.Errorf("place %+v", at)
		}
	})
}

func TestButtonCarriesItsLine(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		place := chat.Place{Platform: "slack", Channel: s.ops.ID}
		ref, err := s.platform.Post(t.Context(), place, chat.Message{Title: "R-1", Buttons: []chat.Button{
			{Label: "Take", Line: "cre take R-1", Style: chat.Good}, {Label: "Open", URL: "https://x.test/"}}}, "1")
		if err != nil {
			t.Fatal(err)
		}
		s.with(always(chat.Replyf("Yours.")))
		s.As("bob").Click("ops", ref.ID, "Take")
		eventually(t, "the answer", func() bool { return len(s.Ephemerals("bob")) == 1 })
		e := s.last(t)
		if e.Line != "cre take R-1" || e.About == nil || e.About.Ref != ref || e.By.ID != s.bob.ID || e.Place != place {
			t.Errorf("event %+v about %+v", e, e.About)
		}
		if s.Ephemerals("bob")[0].Text != "Yours." {
			t.Errorf("said %+v", s.Ephemerals("bob"))
		}
		s.As("bob").Click("ops", ref.ID, "Open")
		if n := len(s.events()); n != 1 {
			t.Errorf("a link is no command: %d events", n)
		}
	})
}

func TestButtonInAThreadIsAnsweredThere(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		said := s.As("ada").Say("ops", "help")
		place := chat.Place{Platform: "slack", Channel: s.ops.ID, Thread: said.TS}
		ref, err := s.platform.Post(t.Context(), place, chat.Message{Buttons: []chat.Button{{Label: "Go", Line: "go"}}}, "1")
		if err != nil {
			t.Fatal(err)
		}
		s.with(always(chat.Replyf("Gone.")))
		s.As("bob").Click("ops", ref.ID, "Go")
		eventually(t, "the answer", func() bool { return len(s.Ephemerals("bob")) == 1 })
		if e := s.last(t); e.Place != place || s.Ephemerals("bob")[0].ThreadTS != said.TS {
			t.Errorf("event %+v", e)
		}
	})
}

func TestMessageShortcut(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		said := s.As("bob").Say("ops", "API keys & <secrets> expire")
		s.As("ada").Shortcut("ops", said.TS, "request")
		e := s.last(t)
		if e.Line != "cre request" || e.About == nil {
			t.Fatalf("event %+v", e)
		}
		a := e.About
		if a.Text != "API keys & <secrets> expire" || a.By.ID != s.bob.ID || a.ID != said.TS || !strings.Contains(a.Link, "/archives/"+s.ops.ID) {
			t.Errorf("about %+v", a)
		}
		if d := time.Since(a.At); d < 0 || d > time.Minute {
			t.Errorf("at %v", a.At)
		}
	})
}

func TestReaction(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.with(always(chat.Reply{}))
		said := s.As("bob").Say("ops", "cache hit rate is 3 %")
		reply := s.As("bob").Reply("ops", said.TS, "and *falling*")
		s.As("ada").React("ops", reply.TS, "pushpin::skin-tone-3")
		s.As("ada").React("ops", said.TS, "tada")
		e := s.last(t)
		if len(s.events()) != 1 || e.Line != "incident pin" || !e.Quiet || e.By.ID != s.ada.ID {
			t.Fatalf("events %+v", s.events())
		}
		if a := e.About; a.Text != "and *falling*" || a.Ref.ID != reply.TS || a.Place.Thread != said.TS || a.By.ID != s.bob.ID || a.Link == "" {
			t.Errorf("about %+v", a)
		}
		if len(s.Ephemerals("ada")) != 0 {
			t.Error("a quiet act was answered with nothing to say")
		}
		s.As("ada").React("ops", said.TS, "ticket")
		if a := s.last(t).About; a.Text != "cache hit rate is 3 %" || a.Place.Thread != "" {
			t.Errorf("about %+v", a)
		}
	})
}

func TestReactionOnAMessageThatCannotBeRead(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		said := s.As("bob").Say("ops", "x")
		s.Refuse("conversations.history", "not_in_channel", 1)
		s.As("ada").React("ops", said.TS, "pushpin")
		if a := s.last(t).About; a == nil || a.ID != said.TS || a.Place.Channel != s.ops.ID || a.Text != "" {
			t.Errorf("about %+v", a)
		}
	})
}

func TestReactionWaitsForAMessageThatCannotBeReadYet(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.RetryEventsAfter(0)
		said := s.As("bob").Say("ops", "x")
		s.RateLimit("conversations.history", 1, 1)
		s.As("ada").React("ops", said.TS, "pushpin")
		eventually(t, "the event", func() bool { return len(s.events()) == 1 })
		if a := s.last(t).About; a.Text != "x" {
			t.Errorf("about %+v", a)
		}
	})
}

func TestBotsAreNotHeard(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		robot := s.AddUserLike(userLike("robot", true, ""))
		s.As("ada").Invite("ops", robot.Name)
		said := s.As("bob").Say("ops", "x")
		s.As("robot").React("ops", said.TS, "pushpin")
		if n := len(s.events()); n != 0 {
			t.Errorf("%d events of a bot's", n)
		}
	})
}

func TestPeopleFromOutsideAreExternal(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.AddUserLike(userLike("guest", false, "T0OTHER"))
		s.As("ada").Invite("ops", "guest")
		s.As("guest").Mention("ops", "incident list")
		if by := s.last(t).By; !by.External {
			t.Errorf("by %+v", by)
		}
		s.As("ada").Mention("ops", "incident list")
		if by := s.last(t).By; by.External {
			t.Errorf("by %+v", by)
		}
	})
}

func TestNamesAreAskedForOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		for range 3 {
			s.As("ada").Mention("ops", "incident list")
		}
		if n := len(s.CallsOf("users.info")); n != 1 {
			t.Errorf("%d calls of users.info", n)
		}
	})
}

func TestNamesAreNoCondition(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.DropScope("users:read")
		s.AddUserLike(userLike("guest", false, "T0OTHER"))
		s.As("ada").Invite("ops", "guest")
		said := s.As("guest").Mention("ops", "tell @bob")
		if e := s.last(t); e.Line != "tell @"+s.bob.ID || e.People[s.bob.ID].ID != s.bob.ID || !e.By.External {
			t.Errorf("event %+v", e)
		}
		s.As("ada").React("ops", said.TS, "pushpin")
		if e := s.last(t); e.By.ID != s.ada.ID || e.About == nil {
			t.Errorf("event %+v", e)
		}
	})
}

func TestPrivateAnswerWhereTheBotCannotSpeak(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.AddPrivateChannel("secret", "ada")
		s.with(always(chat.Reply{Message: chat.Message{Text: chat.Text(strings.Repeat("long line of text\n", 900)),
			Table: &chat.Table{Columns: []string{"a"}}, Chart: picture()}}))
		answer := s.As("ada").Slash("secret", "/incident", "recap")
		if answer.Failed != "" || answer.Text != "" {
			t.Errorf("answer %+v", answer)
		}
		eventually(t, "a direct message", func() bool { return len(s.Messages("@ada")) == 1 })
	})
}
