package app

import (
	"strings"
	"testing"
	"time"

	"cresset/integrations/slack/slacktest"
)

// Commands work where the bot is no member: what it would say there for all, it
// says to who asked, in private.
func TestSlackWhereTheBotIsNoMember(t *testing.T) {
	for name, open := range map[string]func(testing.TB) home{"socket": newSlackSocketHome, "http": newSlackHTTPHome} {
		for _, private := range []bool{true, false} {
			t.Run(name+map[bool]string{true: "/private", false: "/public"}[private], func(t *testing.T) {
				t.Parallel()
				h := open(t).(*slackHome)
				if private {
					h.ws.AddPrivateChannel("elsewhere", "eve")
				} else {
					h.ws.AddChannel("elsewhere", "eve")
					h.ws.DropScope("chat:write.public")
				}
				h.start(&clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)})
				defer h.stop()
				fileElsewhere(t, h)
				declareElsewhere(t, h)
			})
		}
	}
}

// A request that is made of what one person told another is heard of in private, by
// who made it: the bot is in no conversation of two but its own.
func TestSlackRequestFromAConversationOfOthers(t *testing.T) {
	h := newSlackSocketHome(t).(*slackHome)
	h.ws.AddPrivateChannel("directmessage", "eve", "sam") // as Slack calls all of them
	h.start(&clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)})
	defer h.stop()
	h.say("sam", "directmessage", "the export is slow")
	h.shortcut("eve", "directmessage", "file_request")
	h.fill("eve", map[string]string{"Customer": "Acme GmbH"})
	h.settle()
	h.does("ada", "#cre", "/cre take R-1")
	said := words(h.ws.Messages("@eve"))
	for i, want := range []string{"R-1 is filed, 1st in the queue", "R-1 the export is slow", "is working on R-1"} {
		if i >= len(said) || !strings.Contains(said[i].Text, want) {
			t.Fatalf("in private eve reads %+v, want %q", said, want)
		}
	}
	if n := len(h.headed("cre", "R-1", "")); n != 1 {
		t.Errorf("%d cards of R-1", n)
	}
}

func fileElsewhere(t *testing.T, h *slackHome) {
	t.Helper()
	h.does("eve", "#elsewhere", "/cre request customer:acme the export is slow")
	h.does("ada", "#cre", "/cre take R-1")
	h.does("ada", "#cre", "/cre done R-1 --told the index was missing")
	if told := h.ws.Ephemerals("eve"); len(told) != 1 || !strings.Contains(told[0].Text, "R-1 is filed, 1st in the queue") {
		t.Errorf("eve alone was told %+v", told)
	}
	said := words(h.ws.Messages("@eve"))
	for i, want := range []string{"R-1 the export is slow", "is working on R-1", "R-1 is done, 0s after you asked"} {
		if i >= len(said) || !strings.Contains(said[i].Text, want) {
			t.Fatalf("in private eve reads %+v, want %q", said, want)
		}
		if i > 0 && said[i].ThreadTS != said[0].TS {
			t.Errorf("%q is not in the thread of the request", said[i].Text)
		}
	}
	if n := len(h.headed("cre", "R-1", "")); n != 1 {
		t.Errorf("%d cards of R-1", n)
	}
}

func declareElsewhere(t *testing.T, h *slackHome) {
	t.Helper()
	h.does("eve", "#elsewhere", "/incident declare sev2 checkout returns 500")
	h.does("eve", "#elsewhere", "/incident list")
	room := h.ws.Channel("inc-1-checkout-returns-500")
	if strings.Join(room.Members, " ") != "cresset eve" {
		t.Errorf("members %v", room.Members)
	}
	told := h.ws.Ephemerals("eve")
	if len(told) != 3 || !strings.Contains(told[1].Text, "INC-1 checkout returns 500 (sev2) is declared") || !strings.Contains(told[2].Text, "investigating") {
		t.Errorf("eve alone was told %+v", told)
	}
	if said := words(h.ws.Messages("elsewhere")); len(said) > 0 {
		t.Errorf("the bot speaks where it is no member: %+v", said)
	}
}

// The bot is thrown out of a room, and brought back by /invite: that is all it takes.
func TestSlackBringsTheBotBack(t *testing.T) {
	h := newSlackSocketHome(t).(*slackHome)
	h.start(&clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)})
	defer h.stop()
	h.does("ada", "#cre", "/incident declare sev2 checkout returns 500")
	const room = "inc-1-checkout-returns-500"
	announced := func() string { return h.ws.Messages("incidents")[0].Text }
	h.ws.As("ada").Remove(room, "cresset")
	h.settle()
	if text := announced(); !strings.Contains(text, "no war room: #"+room) {
		t.Errorf("after it was thrown out: %q", text)
	}
	h.ws.As("ada").Invite(room, "cresset")
	h.settle()
	if text := announced(); strings.Contains(text, "no war room") {
		t.Errorf("after it was brought back: %q", text)
	}
}

// does is one act, with everything that follows from it.
func (h *slackHome) does(who, channel, line string) {
	h.say(who, channel, line)
	h.settle()
}

// words are the bot's messages, without the files that it shared.
func words(all []slacktest.Message) (said []slacktest.Message) {
	for _, m := range all {
		if m.BotID != "" && len(m.Files) == 0 {
			said = append(said, m)
		}
	}
	return said
}
