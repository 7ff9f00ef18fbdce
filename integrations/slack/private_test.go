package slack

import (
	"errors"
	"strings"
	"testing"

	"cresset/bot/chat"
)

// What people write to the bot in private needs no mention and no slash, and is
// answered there.
func TestLinesInPrivate(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.with(func(e chat.Event) (chat.Reply, error) { return chat.Replyf("Heard %s.", e.Line), nil })
		for i, c := range []struct{ typed, line string }{
			{"cre queue", "cre queue"},
			{"/cre queue", "cre queue"},
			{"@cresset incident list", "incident list"},
			{"/incident lead @bob", "incident lead @bob"},
			{"thanks", "thanks"},
		} {
			s.As("ada").Say("@cresset", c.typed)
			e := s.last(t)
			if e.Line != c.line && e.Line != strings.Replace(c.line, "@bob", "@Bob", 1) {
				t.Errorf("%q is heard as %q", c.typed, e.Line)
			}
			if e.Place != (chat.Place{Platform: "slack", Direct: s.ada.ID}) || e.By.ID != s.ada.ID || e.By.External || e.Quiet {
				t.Errorf("%q: event %+v", c.typed, e)
			}
			eventually(t, "the answer", func() bool { return len(s.Messages("@ada")) == 2*(i+1) })
			if said := s.Messages("@ada")[2*i+1]; said.BotID == "" || !strings.HasPrefix(said.Text, "Heard ") {
				t.Errorf("answered %+v", said)
			}
		}
	})
}

func TestALineInAPrivateThreadIsAnsweredThere(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.with(always(chat.Replyf("Heard.")))
		first := s.As("ada").Say("@cresset", "cre queue")
		eventually(t, "the answer", func() bool { return len(s.Messages("@ada")) == 2 })
		s.As("ada").Reply("@cresset", first.TS, "cre next")
		eventually(t, "the second answer", func() bool { return len(s.Messages("@ada")) == 4 })
		if e := s.last(t); e.Place.Thread != first.TS || s.Messages("@ada")[3].ThreadTS != first.TS {
			t.Errorf("event %+v, said %+v", e, s.Messages("@ada")[3])
		}
	})
}

// A form cannot be opened by a message: its answer has a button that can.
func TestAFormIsOpenedFromPrivate(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.with(formFor("incident declare"))
		s.As("ada").Say("@cresset", "incident declare")
		eventually(t, "the answer", func() bool { return len(s.Messages("@ada")) == 2 })
		s.As("ada").Click("@cresset", s.Messages("@ada")[1].TS, "Open the form")
		eventually(t, "the form", func() bool { return s.As("ada").View() != nil })
		sent := s.As("ada").Submit(s.As("ada").View(), map[string]string{"What is wrong?": "checkout returns 500"})
		if !sent.Closed {
			t.Errorf("sent %+v", sent)
		}
		eventually(t, "what came of it", func() bool { return len(s.Messages("@ada")) == 3 })
		if e := s.last(t); e.Place != (chat.Place{Platform: "slack", Direct: s.ada.ID}) {
			t.Errorf("place %+v", e.Place)
		}
	})
}

func TestASlashCommandInPrivate(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.with(always(chat.Replyf("Heard.")))
		if a := s.As("ada").Slash("@cresset", "/cre", "queue"); a.Text != "Heard." {
			t.Errorf("answer %+v", a)
		}
		if e := s.last(t); e.Line != "cre queue" || e.Place != (chat.Place{Platform: "slack", Direct: s.ada.ID}) {
			t.Errorf("event %+v", e)
		}
	})
}

// The message of a shortcut may stand in a conversation of two in which the bot is
// not: nothing is said in its thread, and who used the shortcut is answered by the bot.
func TestAShortcutInAConversationOfOthers(t *testing.T) {
	s := workspace(t)
	a, err := s.platform.decode(t.Context(), kindInteractive, []byte(`{"type":"message_action","callback_id":"request","trigger_id":"1.2","team":{"id":"T0TEAM"},
		"user":{"id":"`+s.ada.ID+`","team_id":"T0TEAM"},"channel":{"id":"D0OTHERS","name":"directmessage"},
		"message":{"type":"message","user":"`+s.bob.ID+`","ts":"1.5","text":"the export is slow"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if a.Place != (chat.Place{Platform: "slack", Direct: s.ada.ID}) || a.About.Text != "the export is slow" || a.About.By.ID != s.bob.ID {
		t.Errorf("%+v about %+v", a, a.About)
	}
	_, err = s.platform.Post(t.Context(), a.About.Place.In(a.About.ID), chat.Message{Text: "R-1"}, "1")
	if e := sendError(t, err); e.Retry || !errors.Is(err, chat.ErrGone) || code(err) != "channel_not_found" {
		t.Errorf("said there: %v", err)
	}
}

func TestWhatIsNoLineInPrivate(t *testing.T) {
	p := open(t, "bot_token: xoxb-1\napp_token: xapp-1\napi_url: http://127.0.0.1:1/api/\n", Options{})
	p.self = identity{team: "T1", user: "U0BOT"}
	for what, event := range map[string]string{
		"the bot's own":  `"user":"U0BOT","text":"x"`,
		"of another bot": `"user":"U9","bot_id":"B1","text":"x"`,
		"edited":         `"user":"U9","text":"x","subtype":"message_changed"`,
		"without words":  `"user":"U9","text":" "`,
		"in a channel":   `"user":"U9","text":"x","channel_type":"channel"`,
	} {
		payload := `{"type":"event_callback","team_id":"T1","event_id":"Ev1","event":{"type":"message","channel_type":"im","team":"T1","channel":"D1","ts":"1.2",` + event + `}}`
		if a, err := p.decode(t.Context(), kindEvents, []byte(payload)); a != nil || err != nil {
			t.Errorf("%s: %+v, %v", what, a, err)
		}
	}
}
