package discord

import (
	"errors"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/integrations/discord/discordtest"
)

// shownIn is what a message shows as text.
func shownIn(m discordtest.Message) string {
	var all []string
	var walk func([]discordtest.Component)
	walk = func(cs []discordtest.Component) {
		for _, c := range cs {
			if c.Content != "" {
				all = append(all, c.Content)
			}
			walk(c.Components)
		}
	}
	walk(m.Components)
	return strings.Join(all, "\n")
}

// alone is the last that a person alone was shown.
func (s *stage) alone(t *testing.T, who string) string {
	t.Helper()
	var last string
	eventually(t, "an answer to "+who, func() bool {
		all := s.Ephemerals(who)
		if len(all) == 0 || all[len(all)-1].Flags&128 != 0 {
			return false
		}
		last = shownIn(all[len(all)-1])
		return true
	})
	return last
}

func TestSlashCommands(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.says(chat.Replyf("**INC-1** is declared."))
		a := s.As("ada").Slash("#ops", "/incident declare severity:sev2 customer:acme,globex drill:true title:checkout returns 500")
		if a.Failed != "" || a.Message == nil || a.Message.To != "ada" || shownIn(*a.Message) != "**INC-1** is declared." {
			t.Fatalf("answered %+v", a)
		}
		e := s.last(t)
		if e.Line != "incident declare" || e.Named["title"] != "checkout returns 500" || e.Named["severity"] != "sev2" || e.Named["customer"] != "acme,globex" || e.Named["drill"] != "true" {
			t.Errorf("heard %q %v", e.Line, e.Named)
		}
		if e.By.ID != s.ada.ID || e.By.Name != "ada" || e.By.External || e.Place.Channel != s.ops.ID || !strings.HasPrefix(e.Key, "discord:") || time.Since(e.At).Abs() > time.Minute {
			t.Errorf("heard %+v", e)
		}
		s.As("ada").Slash("#ops", "/incident say line:task watch it @bob")
		if e := s.last(t); e.Line != "incident task watch it @bob" || e.People["bob"].ID != s.bob.ID {
			t.Errorf("heard %q with %v", e.Line, e.People)
		}
		s.As("ada").Slash("#ops", "/incident ops who:bob")
		if e := s.last(t); e.Named["who"] != "@bob" || e.People["bob"].ID != s.bob.ID {
			t.Errorf("heard %v with %v", e.Named, e.People)
		}
		s.As("ada").Slash("#ops", "/cre customer show customer:acme")
		if e := s.last(t); e.Line != "cre customer" || e.Named["customer"] != "acme" {
			t.Errorf("heard %q %v", e.Line, e.Named)
		}
	})
}

// TestNothingIsSaidTwice: an interaction that is delivered again is neither handled
// nor answered again, and one whose answer stands in the channel leaves no trace.
func TestNothingIsSaidTwice(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.DeliverTwice(true)
		s.says(chat.Replyf("once"))
		s.As("ada").Slash("#ops", "/incident ops who:bob")
		s.As("ada").Slash("#ops", "/incident ops who:bob")
		if n := len(s.events()); n != 2 {
			t.Errorf("%d acts were handled, want 2", n)
		}
		s.says(chat.Reply{Public: true, Message: chat.Message{Text: "for all"}})
		s.As("ada").Slash("#ops", "/incident ops who:bob")
		eventually(t, "the sign to be taken back", func() bool { return len(s.Ephemerals("ada")) == 2 })
		if n := len(s.Messages("#ops")); n != 0 {
			t.Errorf("%d messages in the channel, which are the outbox's to say", n)
		}
	})
}

// TestASlowHandlerIsWaitedFor: after two seconds the person sees that the bot
// thinks, and then the answer in its place.
func TestASlowHandlerIsWaitedFor(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *stage) {
		s.with(func(chat.Event) (chat.Reply, error) {
			time.Sleep(deferAfter + 500*time.Millisecond)
			return chat.Replyf("at last"), nil
		})
		a := s.As("ada").Slash("#ops", "/incident ops")
		if a.Failed != "" || !a.Deferred {
			t.Fatalf("answered %+v, want a deferral", a)
		}
		if m := a.Await(); m == nil || shownIn(*m) != "at last" || m.To != "ada" {
			t.Errorf("then %+v", m)
		}
		s.with(func(chat.Event) (chat.Reply, error) {
			time.Sleep(deferAfter + 500*time.Millisecond)
			return chat.Reply{Form: &chat.Form{Line: "incident ops", Title: "Ops", Fields: vocabulary.Verbs[1].Fields}}, nil
		})
		if a := s.As("ada").Slash("#ops", "/incident ops"); a.Await() == nil {
			t.Fatal("no answer")
		}
		m := s.Ephemerals("ada")[1]
		if a := s.As("ada").Click("#ops", m.ID, "Open the form"); a.Modal == nil || a.Modal.Title != "Ops" {
			t.Errorf("the form came as %+v", a)
		}
	})
}

func TestAFailureIsTold(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		for what, fail := range map[string]func(chat.Event) (chat.Reply, error){
			"an error": func(chat.Event) (chat.Reply, error) { return chat.Reply{}, errors.New("no commit") },
			"a panic":  func(chat.Event) (chat.Reply, error) { panic("of a handler") },
		} {
			s.with(fail)
			if a := s.As("ada").Slash("#ops", "/incident ops"); a.Failed != "" || !strings.Contains(s.alone(t, "ada"), "not known whether this worked") {
				t.Errorf("%s: answered %+v", what, a)
			}
		}
	})
}

func TestButtonsAndMenus(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		ref, err := s.platform.Post(t.Context(), chat.Place{Platform: name, Channel: "#ops"}, chat.Message{Title: "INC-1", Text: "**text**",
			Buttons: []chat.Button{{Label: "Recap", Line: "incident recap INC-1"}, {Label: "Drop", Line: "cre drop 1", Confirm: "Give it up?"}},
			Menus: []chat.Menu{{Label: "Severity", Line: "incident severity INC-1", Kind: chat.Choice, Options: []chat.Option{{Value: "sev1", Label: "Severity 1"}}},
				{Label: "Lead", Line: "incident lead INC-1", Kind: chat.Somebody}}}, "card")
		if err != nil {
			t.Fatal(err)
		}
		s.says(chat.Replyf("so far so good"))
		if a := s.As("bob").Click("#ops", ref.ID, "Recap"); a.Message == nil || a.Message.To != "bob" {
			t.Fatalf("answered %+v", a)
		}
		e := s.last(t)
		if e.Line != "incident recap INC-1" || e.Place.Channel != s.ops.ID || e.About == nil || e.About.ID != ref.ID || e.About.Text != "INC-1\ntext" {
			t.Errorf("heard %+v about %+v", e, e.About)
		}
		s.As("bob").Select("#ops", ref.ID, "Severity", "Severity 1")
		if e := s.last(t); e.Line != "incident severity INC-1 sev1" {
			t.Errorf("heard %q", e.Line)
		}
		s.As("bob").Select("#ops", ref.ID, "Lead", "ada")
		if e := s.last(t); e.Line != "incident lead INC-1 @ada" || e.People["ada"].ID != s.ada.ID {
			t.Errorf("heard %q %v", e.Line, e.People)
		}
		before := len(s.events())
		a := s.As("bob").Click("#ops", ref.ID, "Drop")
		if a.Message == nil || !strings.Contains(shownIn(*a.Message), "Give it up?") || len(s.events()) != before {
			t.Fatalf("before a question is answered: %+v, %d acts", a, len(s.events())-before)
		}
		if a = s.As("bob").Click("#ops", a.Message.ID, "Drop"); a.Edited == nil || shownIn(*a.Edited) != "so far so good" || s.last(t).Line != "cre drop 1" {
			t.Errorf("after yes: %+v, heard %q", a, s.last(t).Line)
		}
		told := len(s.Ephemerals("bob"))
		s.says(chat.Reply{Message: chat.Message{Text: "the whole of it", Files: []chat.File{{Name: "recap.md", Content: []byte("x")}}}})
		s.As("bob").Click("#ops", ref.ID, "Recap")
		eventually(t, "a document for bob", func() bool { return len(s.Ephemerals("bob")) == told+1 })
		if all := s.Messages("#ops"); len(all) != 1 {
			t.Errorf("what is for bob alone is said to all: %+v", all[1:])
		}
		s.says(chat.Reply{})
		if a := s.As("bob").Click("#ops", ref.ID, "Recap"); a.Failed != "" || len(a.Replies()) > 0 {
			t.Errorf("with nothing to say: %+v", a)
		}
	})
}

// TestTypedLines: a mention, or a line in private, is a command, answered in
// private; talk is not.
func TestTypedLines(t *testing.T) {
	s := server(t)
	s.run(t)
	s.says(chat.Replyf("**done**"))
	s.As("ada").Message("#ops", "good morning")
	s.As("ada").Mention("#ops", "incident task watch it @bob")
	eventually(t, "an answer", func() bool { return len(s.As("ada").DMs()) == 1 })
	e := s.last(t)
	if len(s.events()) != 1 || e.Line != "incident task watch it @bob" || e.People["bob"].ID != s.bob.ID || e.By.ID != s.ada.ID || e.Place.Channel != s.ops.ID {
		t.Errorf("heard %+v", s.events())
	}
	s.As("ada").Message("@cresset", "incident list")
	eventually(t, "an answer", func() bool { return len(s.events()) == 2 })
	if e := s.last(t); e.Line != "incident list" || e.By.External {
		t.Errorf("heard %+v", e)
	}
	s.says(chat.Reply{Form: &chat.Form{Line: "incident ops", Title: "Ops", Place: e.Place, Fields: vocabulary.Verbs[1].Fields}})
	s.As("ada").Mention("#ops", "incident ops")
	eventually(t, "an invitation", func() bool { return len(s.As("ada").DMs()) >= 4 })
	all := s.As("ada").DMs()
	if a := s.As("ada").Click("@cresset", all[len(all)-1].ID, "Open the form"); a.Modal == nil {
		t.Fatalf("no form: %+v", a)
	}
	s.says(chat.Replyf("done"))
	s.As("ada").Submit(s.As("ada").Modal(), map[string]string{"Who": "bob"})
	if e := s.last(t); e.Place.Channel != s.ops.ID || e.Values["who"] != "@bob" {
		t.Errorf("the form of a line in #ops was sent at %+v with %v", e.Place, e.Values)
	}
}

// Who takes no direct messages is told so where they spoke, and no more.
func TestClosedDirectMessages(t *testing.T) {
	s := server(t)
	s.run(t)
	s.RefuseDirects("ada")
	s.says(chat.Replyf("the secret"))
	s.As("ada").Mention("#ops", "incident list")
	eventually(t, "a word in the channel", func() bool { return len(s.Messages("#ops")) == 2 })
	if said := shownIn(s.Messages("#ops")[1]); strings.Contains(said, "secret") || !strings.Contains(said, "no direct messages") {
		t.Errorf("said %q", said)
	}
}
