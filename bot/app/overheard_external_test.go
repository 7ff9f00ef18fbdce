package app

import (
	"strings"
	"testing"
	"time"

	"cresset/integrations/slack/slacktest"
)

// TestACustomerInASharedChannel: what somebody of another organisation says in a
// channel that the bot listens in is offered to the team, who may file it in their
// name. The customer sees nothing of it, and cannot press anything.
func TestACustomerInASharedChannel(t *testing.T) {
	for name, open := range map[string]func(testing.TB) home{"socket": newSlackSocketHome, "http": newSlackHTTPHome} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t).(*slackHome)
			h.start(&clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)})
			defer h.stop()
			h.ws.AddUserLike(slacktest.User{Name: "guest", TeamID: "T0OTHER"})
			h.ws.As("ada").Share("support-acme", "T0OTHER")
			h.ws.As("ada").Invite("support-acme", "guest")
			h.ws.As("guest").Say("support-acme", "@ada why is our export of invoices so slow?")
			h.settle()
			h.press("bob", "#cre", "File as a request")
			h.settle()
			h.does("bob", "#cre", "/cre take R-1")
			if said := words(h.ws.Messages("support-acme")); len(said) > 0 {
				t.Errorf("the customer reads %+v", said)
			}
			if told := toldTo(h, "guest"); len(told) > 0 {
				t.Errorf("the customer alone is told %q", told)
			}
			var thread []string
			for _, m := range words(h.ws.Messages("cre")) {
				if m.ThreadTS != "" && m.ThreadTS != m.TS {
					thread = append(thread, strings.Join(h.entry(m).lines, "\n"))
				}
			}
			if all := strings.Join(thread, "\n"); !strings.Contains(all, "Asked by @bob, for acme") || !strings.Contains(all, "@bob is working on **R-1**.") {
				t.Errorf("in the thread of the offer stands %q", thread)
			}
		})
	}
}
