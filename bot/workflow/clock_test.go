package workflow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cresset/bot/cre"
	"cresset/bot/workflow"
)

const (
	warning = "@ada, INC-1 needs an update by"
	late    = "@ada, the update on INC-1 is late."
)

// heard is what the room hears of the clock until then, minute by minute.
func (h *house) heard(inc *cre.Incident, until time.Duration) (all []string) {
	h.t.Helper()
	for end := h.now.Add(until); h.now.Before(end); {
		h.later(time.Minute)
		for _, text := range texts(h.does(), inc.Room.Place) {
			if strings.HasPrefix(text, warning) || strings.HasPrefix(text, late) {
				all = append(all, h.now.Format("15:04 ")+strings.Join(strings.Fields(text)[:3], " "))
			}
		}
	}
	return all
}

const (
	warned = " @ada, INC-1 needs"
	missed = " @ada, the update"
)

// The room is warned once and told once, and then left in peace.
func TestTheClockSpeaksOnce(t *testing.T) {
	h := newHouse(t)
	inc := h.declare(outage)
	if got, want := h.heard(inc, 5*time.Hour), []string{"10:50" + warned, "11:00" + missed}; !slices.Equal(got, want) {
		t.Errorf("heard %q, want %q", got, want)
	}
	if c := h.incident(inc.ID).Clock; !c.Late {
		t.Errorf("the clock: %+v", c)
	}
}

// What the room was to be told of a promise, and could not be for a while, is not
// told once that promise is over.
func TestNobodyHearsOfAPromiseThatIsOver(t *testing.T) {
	for what, ends := range map[string]func(*workflow.Step, *cre.Incident) error{
		"an update": func(s *workflow.Step, inc *cre.Incident) error {
			_, err := s.Tell(inc, "it is the cache", 0)
			return err
		},
		"an end":  func(s *workflow.Step, inc *cre.Incident) error { return s.Move(inc, cre.Resolved, "") },
		"nothing": nil,
	} {
		h := newHouse(t)
		inc := h.declare(outage)
		h.later(61 * time.Minute)
		for _, e := range h.due() { // the clock strikes, and the room is not reached
			h.closes(e, workflow.Outcome{})
		}
		want := []string{late}
		if ends != nil {
			h.as(ada, func(s *workflow.Step) error { return ends(s, h.sameIncident(s, inc.ID)) })
			want = nil
		}
		var got []string
		for _, text := range texts(h.does(), inc.Room.Place) {
			if strings.HasPrefix(text, late) || strings.HasPrefix(text, warning) {
				got = append(got, text[:len(late)])
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("after %s: heard %q, want %q", what, got, want)
		}
	}
}

// An update in time silences the old promise and makes a new one.
func TestAnUpdateWindsTheClock(t *testing.T) {
	h := newHouse(t)
	inc := h.declare(outage)
	h.later(45 * time.Minute)
	h.as(ada, func(s *workflow.Step) error {
		_, err := s.Tell(h.sameIncident(s, inc.ID), "we look at the cache", 0)
		return err
	})
	if got, want := h.heard(inc, 2*time.Hour), []string{"11:35" + warned, "11:45" + missed}; !slices.Equal(got, want) {
		t.Errorf("heard %q, want %q", got, want)
	}
	h.as(ada, func(s *workflow.Step) error {
		_, err := s.Tell(h.sameIncident(s, inc.ID), "it was the cache", 10*time.Minute)
		return err
	})
	if c := h.incident(inc.ID).Clock; c.Kept != 1 || c.Broken != 1 || c.Late || c.Every != 10*time.Minute {
		t.Errorf("the clock: %+v", c)
	}
}

// When it is over nobody waits for an update.
func TestTheClockStopsWithTheIncident(t *testing.T) {
	h := newHouse(t)
	inc := h.declare(outage)
	h.later(45 * time.Minute)
	h.as(ada, func(s *workflow.Step) error { return s.Move(h.sameIncident(s, inc.ID), cre.Resolved, "") })
	if got := h.heard(inc, 3*time.Hour); len(got) > 0 {
		t.Errorf("heard %q", got)
	}
}

// A bot that was away when the warning was due does not warn of what is late.
func TestNoWarningAfterTheFact(t *testing.T) {
	h := newHouse(t)
	inc := h.declare(outage)
	h.later(2 * time.Hour)
	said := texts(h.does(), inc.Room.Place)
	if len(said) != 2 || !strings.HasPrefix(said[0], late) { // the second is the card
		t.Errorf("heard %q", said)
	}
}

// A worse severity has the room hear sooner.
func TestAWorseSeverityHurriesTheClock(t *testing.T) {
	h := newHouse(t)
	inc := h.declare(outage)
	h.later(10 * time.Minute)
	h.as(ada, func(s *workflow.Step) error { return s.Grade(h.sameIncident(s, inc.ID), cre.Sev1) })
	if got, want := h.heard(inc, 3*time.Hour), []string{"10:35" + warned, "10:40" + missed}; !slices.Equal(got, want) {
		t.Errorf("heard %q, want %q", got, want)
	}
}
