package app

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
)

// TestLinkedByEmail: who has one address on Slack and on the console is one person,
// and hears of it.
func TestLinkedByEmail(t *testing.T) {
	h := newSlackHTTPHome(t).(*slackHome)
	clock := &clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	h.meet(clock)
	console := "console: {login: [{name: ada, secret: obviously-fake-secret, email: Ada@example.com}]}"
	h.live(openApp(t, fmt.Sprintf(scriptConfig, h.path, h.probed, "integrations: {"+h.section()+", "+console+"}"), clock.Now))
	defer h.stop()
	h.ws.As("ada").Mention("#general", "cre whoami")
	h.settle()
	ada := chat.Person{Platform: "console", ID: "ada", Name: "ada"}
	reply, err := h.app.Handle(t.Context(), chat.Event{Key: "console:1", By: ada, Place: chat.Place{Platform: "console", Channel: "general"},
		Line: "cre whoami", Email: "Ada@example.com", At: clock.Now()})
	if err != nil {
		t.Fatal(err)
	}
	if said := reply.Message.Markdown(); !strings.Contains(said, "**Slack**") || !strings.Contains(said, "**Console**") || !strings.Contains(said, "linked by e-mail") {
		t.Errorf("she is\n%s", said)
	}
	h.settle()
	if told := h.look().private["ada"]; len(told) != 2 || !strings.Contains(strings.Join(told[1].lines, "\n"), "is now linked with ada on **Console**, by e-mail") {
		t.Errorf("on Slack she hears %v", told)
	}
}
