package workflow_test

import (
	"fmt"
	"strings"
	"testing"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
)

// Every card has one row of buttons, the first of which is what is missing most.
func TestCardsHaveOneRowOfButtons(t *testing.T) {
	h := newHouse(t)
	inc := h.declare(outage)
	for _, status := range []cre.Status{cre.Triage, cre.Investigating, cre.Mitigated, cre.Resolved, cre.Closed, cre.Cancelled} {
		for _, led := range []bool{true, false} {
			it := *inc
			it.Status, it.Roles = status, map[cre.Role]chat.Person{}
			if led {
				it.Roles[cre.Lead] = ada
			}
			card := h.card(&it)
			var labels []string
			for _, b := range card.Buttons {
				labels = append(labels, b.Label)
				if b.Label == "Resolved" && b.Confirm == "" {
					t.Errorf("%s: one slip resolves it", status)
				}
			}
			first := map[bool]string{true: "Update…", false: "Take the lead"}[led]
			if len(labels) == 0 || len(labels) > 5 || status.Open() && labels[0] != first {
				t.Errorf("%s, led %v: %q", status, led, labels)
			}
			if led && strings.Contains(strings.Join(labels, ","), "Take the lead") {
				t.Errorf("%s: one slip takes the lead away: %q", status, labels)
			}
		}
	}
}

// A card is read at a glance, however much is to be done.
func TestCardShowsTheFirstTasks(t *testing.T) {
	h := newHouse(t)
	inc := h.declare(outage)
	for n := range 9 {
		inc.Tasks = append(inc.Tasks, cre.Task{N: n + 1, Text: fmt.Sprintf("do %d", n+1)})
	}
	lines := strings.Split(h.card(inc).Text.String(), "\n")
	if len(lines) != 7 || !strings.Contains(lines[5], "do 6") || !strings.Contains(lines[6], "3 more") {
		t.Errorf("%q", lines)
	}
}

func (h *house) card(inc *cre.Incident) (m chat.Message) {
	h.t.Helper()
	h.as(ada, func(s *workflow.Step) error { m = s.Card(inc); return nil })
	return m
}
