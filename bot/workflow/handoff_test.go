package workflow_test

import (
	"strings"
	"testing"

	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
)

// What others must not read stays in the house, and what has no way out is told one.
func TestWhatIsNotHandedOff(t *testing.T) {
	for name, c := range map[string]struct {
		house func(*house)
		to    string
		want  string
	}{
		"a private request": {func(h *house) {
			h.change("R-1", func(s *workflow.Step, r *cre.Request) error { r.Private = true; return store.Requests.Put(s.Tx, r) })
		}, "", "R-1 is private, but other people read an issue. Open an issue by hand that reveals nothing of it"},
		"a customer that named people see": {func(h *house) {
			h.as(ada, func(s *workflow.Step) error {
				return store.Customers.Put(s.Tx, &cre.Customer{Key: "acme", SeenBy: []string{ada.Key()}})
			})
		}, "", "Only named people see acme"},
		"a part of an incident": {func(h *house) {
			h.change("R-1", func(s *workflow.Step, r *cre.Request) error { r.Incident = "INC-1"; return store.Requests.Put(s.Tx, r) })
		}, "", "R-1 is part of INC-1, and waits for that."},
		"no tracker":         {func(h *house) { h.rules.Trackers = nil }, "", "No tracker is configured."},
		"several trackers":   {func(*house) {}, "", "Say where it goes: to:api or to:shop."},
		"an unknown tracker": {func(*house) {}, "mobile", "There is no tracker mobile. Say to:api or to:shop."},
		"one that is done": {func(h *house) {
			h.change("R-1", func(s *workflow.Step, r *cre.Request) error { return s.Finish(r, workflow.Finish{Told: true}) })
		}, "api", "R-1 ended on"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.rules.Trackers = []string{"api", "shop"}
			h.file(workflow.Filing{Title: "dark mode", Customer: "acme"})
			h.does()
			c.house(h)
			h.does()
			err := h.try(ada, func(s *workflow.Step) error {
				r, err := store.Requests.Get(s.Tx, store.Key(uint64(1)))
				if err != nil {
					return err
				}
				_, err = s.HandOff(r, c.to, "dark mode")
				return err
			})
			if !cre.Is(err, cre.Conflict) && !cre.Is(err, cre.Invalid) || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if left := h.errands(); len(left) > 0 && left[len(left)-1].Kind == store.HandOff {
				t.Error("it is handed off all the same")
			}
		})
	}
}

// An issue that was on the way when its request ended is not forgotten.
func TestAnIssueThatComesTooLate(t *testing.T) {
	h := newHouse(t)
	h.rules.Trackers = []string{"api"}
	h.file(workflow.Filing{Title: "dark mode", Customer: "acme"})
	h.does()
	h.change("R-1", func(s *workflow.Step, r *cre.Request) error { _, err := s.HandOff(r, "", "dark mode"); return err })
	h.change("R-1", func(s *workflow.Step, r *cre.Request) error { return s.Withdraw(r, "") })
	for _, e := range h.due() {
		if e.Kind == store.HandOff {
			h.closes(e, workflow.Outcome{Issue: cre.IssueRef{Tracker: "api", ID: "7", URL: "https://tracker.example/7"}})
		}
	}
	said := texts(h.does(), triage)
	if last := said[len(said)-1]; !strings.HasPrefix(last, "R-1 is withdrawn, but its issue was on the way: api 7") {
		t.Errorf("the team hears %q", said)
	}
	if r := h.request("R-1"); r.Status != cre.Withdrawn || r.Issue.ID != "7" {
		t.Errorf("it is %+v", r)
	}
}
