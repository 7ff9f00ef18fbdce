package app

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"cresset/integrations/slack/slacktest"
)

var buttonLabel = regexp.MustCompile(`"type":"button"[^{}]*"text":\{[^{}]*"text":"([^"]+)"|"text":\{[^{}]*"text":"([^"]+)"[^{}]*\},"type":"button"`)

// TestPeopleFromOutsideChangeNothing: in channels that are shared with another
// organisation its people press every button there is, react, mention the bot and
// use the shortcut. Nothing comes of it but a refusal that only they see.
func TestPeopleFromOutsideChangeNothing(t *testing.T) {
	for name, open := range map[string]func(testing.TB) home{"socket": newSlackSocketHome, "http": newSlackHTTPHome} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t).(*slackHome)
			h.start(&clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)})
			defer h.stop()
			h.ws.AddUserLike(slacktest.User{Name: "guest", TeamID: "T0OTHER"})
			h.does("ada", "#cre", "/incident declare sev2 customer:acme checkout returns 500")
			h.does("ada", "#cre", "/cre request customer:acme the export is slow")
			room := h.ws.Channel("inc-1-checkout-returns-500").Name
			for _, channel := range []string{"cre", "incidents", room} {
				h.ws.As("ada").Share(channel, "T0OTHER")
				h.ws.As("ada").Invite(channel, "guest")
			}
			h.settle()
			before := h.look()
			pressed := 0
			for _, channel := range []string{"cre", "incidents", room} {
				for _, m := range words(h.ws.Messages(channel)) {
					for _, label := range buttonLabel.FindAllStringSubmatch(string(m.Blocks), -1) {
						h.ws.As("guest").Click(channel, m.TS, label[1]+label[2])
						pressed++
					}
					h.ws.As("guest").React(channel, m.TS, "pushpin")
					h.ws.As("guest").React(channel, m.TS, "ticket")
					h.ws.As("guest").Shortcut(channel, m.TS, "file_request")
				}
				for _, line := range []string{"incident list", "cre customer acme", "what is this", "help", "incident resolve INC-1"} {
					h.ws.As("guest").Mention(channel, line)
				}
				h.settle()
			}
			if pressed < 5 {
				t.Errorf("only %d buttons were pressed", pressed)
			}
			if v := h.ws.As("guest").View(); v != nil {
				t.Errorf("a form was opened: %s", v.Title)
			}
			if n := strings.Count(strings.Join(toldTo(h, "guest"), "\n"), "organisation"); n < pressed {
				t.Errorf("%d refusals for %d buttons", n, pressed)
			}
			for _, told := range toldTo(h, "guest") {
				if !strings.Contains(told, "people of this organisation") {
					t.Errorf("guest is told %q", told)
				}
			}
			after := h.look()
			for i, p := range before.places {
				if len(after.places[i].said) != len(p.said) {
					t.Errorf("in #%s there are %d messages, there were %d", p.name, len(after.places[i].said), len(p.said))
				}
				for k, m := range p.said {
					if after.places[i].said[k].edits != m.edits {
						t.Errorf("in #%s this was changed: %q", p.name, m.lines)
					}
				}
			}
		})
	}
}

// toldTo is what a person alone was told.
func toldTo(h *slackHome, who string) (all []string) {
	for _, m := range h.ws.Ephemerals(who) {
		all = append(all, m.Text)
	}
	return all
}
