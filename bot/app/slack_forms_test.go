package app

import (
	"fmt"
	"testing"
	"time"

	"cresset/commands"
)

// TestSlackTakesEveryForm: whoever leaves the words out of a command is shown a form,
// or answered. Slack takes each of them.
func TestSlackTakesEveryForm(t *testing.T) {
	h := newSlackHTTPHome(t).(*slackHome)
	h.more = fmt.Sprintf("roles: {admin: [%q]}\n", "slack:"+h.ws.As("ada").User().ID)
	h.start(&clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)})
	defer h.stop()
	h.does("ada", "#cre", "/incident declare sev2 customer:acme checkout returns 500")
	h.does("ada", "#cre", "/cre request customer:acme the export is slow")
	answers := func() int { return len(h.toldAlone("ada")) + len(words(h.ws.Messages("cre"))) }
	forms := 0
	for _, c := range commands.All() {
		before := answers()
		h.does("ada", "#cre", "/"+c.Name)
		if v := h.forms["ada"]; v != nil {
			forms++
			h.ws.As("ada").Dismiss(v)
			continue
		}
		await(t, func() bool { return answers() > before })
	}
	if forms < 50 {
		t.Errorf("only %d forms were opened", forms)
	}
}
