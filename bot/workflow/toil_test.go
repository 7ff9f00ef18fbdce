package workflow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
)

// newToilHouse is a house with a limit, a kind, and a customer that only ada sees.
func newToilHouse(t *testing.T) *house {
	h := newHouse(t)
	h.rules.ToilLimit = 0.5
	h.rules.Kinds = []cre.RequestKind{{Name: "access"}}
	h.rules.Customers = append(h.rules.Customers, cre.Customer{Key: "hooli", Name: "Hooli", SeenBy: []string{ada.Key()}})
	h.as(chat.Person{}, func(s *workflow.Step) error { return s.SyncCustomers() })
	return h
}

// worked files a request and ends it as done after so many minutes of a class.
func (h *house) worked(f workflow.Filing, minutes int, class cre.ToilClass) (id string) {
	h.t.Helper()
	h.as(ada, func(s *workflow.Step) error {
		r, err := s.File(f)
		if err != nil {
			return err
		}
		id, r.Class = r.ID, class
		return s.Finish(r, workflow.Finish{Minutes: cre.Minutes(minutes), Told: true})
	})
	h.does()
	return id
}

func (h *house) toil(who chat.Person, v workflow.View) (m chat.Message) {
	h.t.Helper()
	h.as(who, func(s *workflow.Step) (err error) { m, err = s.Toil(v); return err })
	return m
}

// Each sum can be read, and adds up by hand: 20 + 30 + 40 + 30 = 120 minutes, of
// which 20 + 30 + 40 = 90 are toil, 75 %.
func TestTheSumsOfTheLedgerAreShown(t *testing.T) {
	h := newToilHouse(t)
	h.worked(workflow.Filing{Title: "let bea in", Customer: "acme", Kind: "access", Component: "portal"}, 20, cre.ToilWork)
	h.worked(workflow.Filing{Title: "let cid in", Customer: "acme", Kind: "access", Component: "portal"}, 30, cre.ToilWork)
	h.worked(workflow.Filing{Title: "a secret", Customer: "hooli", Kind: "access", Component: "portal"}, 40, cre.ToilWork)
	h.worked(workflow.Filing{Title: "nobody looked at the clock", Customer: "acme"}, 0, "")
	h.as(bob, func(s *workflow.Step) error {
		return s.Log(cre.Spent{Minutes: 30, Customer: "acme", What: "read the runbook"})
	})
	for who, want := range map[chat.Person]struct{ sums, first string }{
		ada: {"all work: 1h30m of 2h, 75 %\nacme (customer): 50m of 1h20m, 62 %\nhooli (customer): 40m of 40m, 100 %\n" +
			"portal (component): 1h30m of 1h30m, 100 %\nno component: 0m of 30m, 0 %\naccess (kind): 1h30m of 1h30m, 100 %\nno kind: 0m of 30m, 0 %",
			"1. access, portal: 3 × 30m = 1h30m (R-1, R-2, R-3)"},
		bob: {"all work: 1h30m of 2h, 75 %\nprivate (department): 40m of 40m, 100 %\nno department: 50m of 1h20m, 62 %\n" +
			"acme (customer): 50m of 1h20m, 62 %\nprivate (customer): 40m of 40m, 100 %\n" +
			"portal (component): 50m of 50m, 100 %\nprivate (component): 40m of 40m, 100 %\nno component: 0m of 30m, 0 %\n" +
			"access (kind): 50m of 50m, 100 %\nprivate (kind): 40m of 40m, 100 %\nno kind: 0m of 30m, 0 %",
			"1. access, portal: 2 × 25m = 50m (R-1, R-2)"},
	} {
		m := h.toil(who, workflow.View{Period: cre.ThisMonth})
		var sums []string
		for _, row := range m.Table.Rows {
			sums = append(sums, fmt.Sprintf("%s: %s, %s", row[0], row[1], row[2]))
		}
		if got := strings.Join(sums, "\n"); sorted(got) != sorted(want.sums) {
			t.Errorf("%s sees\n%s\nwant\n%s", who.Name, got, want.sums)
		}
		text := "75 % of the work is toil: 1h30m of 2h. The limit is 50 %.\nTime is logged for 3 of 4 done requests. 30m of it has no class.\nAutomate first\n" + want.first
		if m.Text.String() != text || m.Tone != chat.Warning || m.Chart == nil || len(m.Chart.Bars) != 1+strings.Count(want.sums, "\n") {
			t.Errorf("%s reads %q, want %q; %+v", who.Name, m.Text.String(), text, m.Chart)
		}
	}
	if m := h.toil(bob, workflow.View{Period: cre.ThisMonth, Customer: "hooli"}); m.Chart != nil {
		t.Errorf("bob learns of hooli: %+v", m)
	}
	if m := h.toil(ada, workflow.View{Period: cre.LastMonth}); m.Chart != nil || !strings.HasPrefix(m.Text.String(), "No time is logged. No request was done.") {
		t.Errorf("last month: %q", m.Text)
	}
}

// sorted makes the order of equals of no matter.
func sorted(lines string) string {
	all := strings.Split(lines, "\n")
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// What is usual is offered in one tap; what was said already stands.
func TestTapsAreFilledInFromLikeRequests(t *testing.T) {
	h := newToilHouse(t)
	h.worked(workflow.Filing{Title: "let bea in", Customer: "acme", Kind: "access"}, 20, cre.ToilWork)
	h.worked(workflow.Filing{Title: "a secret", Customer: "hooli", Kind: "access"}, 400, cre.EngineeringWork)
	h.worked(workflow.Filing{Title: "of no kind"}, 300, cre.EngineeringWork)
	ask := func(id string) (m chat.Message) {
		h.as(bob, func(s *workflow.Step) error {
			r, err := s.Request(id)
			if err != nil {
				return err
			}
			return s.AskSpent(r, &m)
		})
		return m
	}
	for _, tt := range []struct {
		filing  workflow.Filing
		minutes int
		class   cre.ToilClass
		menus   int
		line    string
	}{
		{workflow.Filing{Title: "let cid in", Kind: "access"}, 0, "", 2, "20 toil"},
		{workflow.Filing{Title: "let dan in", Kind: "access"}, 5, "", 1, "5 toil"},
		{workflow.Filing{Title: "let fay in", Kind: "access"}, 0, cre.QuestionWork, 1, "20 question"},
		{workflow.Filing{Title: "let gil in", Kind: "access"}, 5, cre.ToilWork, 0, ""},
		{workflow.Filing{Title: "of no kind either"}, 0, "", 2, ""},
		{workflow.Filing{Title: "of a component", Kind: "access", Component: "portal"}, 0, "", 2, ""},
	} {
		id := h.worked(tt.filing, tt.minutes, tt.class)
		m := ask(id)
		line := ""
		if len(m.Buttons) == 1 {
			line = strings.TrimPrefix(m.Buttons[0].Line, "cre spent "+id+" ")
		}
		if len(m.Menus) != tt.menus || line != tt.line {
			t.Errorf("%s: %d menus, %q; want %d, %q", tt.filing.Title, len(m.Menus), line, tt.menus, tt.line)
		}
		h.as(ada, func(s *workflow.Step) error { // no example for the next
			r, err := s.Request(id)
			if err != nil {
				return err
			}
			r.Minutes = 0
			return store.Requests.Put(s.Tx, r)
		})
	}
}

// On Monday at nine the week that is over is looked at: the first one over the
// limit is spoken of, once.
func TestTheFirstWeekOverTheLimitOpensAConversation(t *testing.T) {
	h := newToilHouse(t)
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	h.rules.Zone = paris
	schedule := func() { h.as(chat.Person{}, func(s *workflow.Step) error { return s.Schedule() }) }
	monday := func(day int) { h.now = time.Date(2026, 3, day, 9, 0, 0, 0, paris) }
	schedule()
	schedule() // as a restart does
	opened := func(day int) string {
		t.Helper()
		monday(day)
		h.now = h.now.Add(-time.Second)
		if early := h.does(); len(early) > 0 {
			t.Errorf("said before nine on the %dth: %+v", day, early)
		}
		monday(day)
		said := texts(h.does(), triage)
		if len(said) > 1 {
			t.Errorf("said on the %dth: %q", day, said)
		}
		return strings.Join(said, "")
	}
	toil := workflow.Filing{Title: "let bea in", Kind: "access"}
	h.worked(toil, 0, "") // nobody said how long: nothing is known
	if said := opened(9); said != "" {
		t.Errorf("nothing is logged, and yet: %q", said)
	}
	h.worked(toil, 30, cre.ToilWork)
	h.worked(toil, 30, cre.EngineeringWork)
	if said := opened(16); said != "" {
		t.Errorf("half is not over the limit, and yet: %q", said)
	}
	h.worked(toil, 20, cre.ToilWork)
	h.worked(toil, 40, cre.ToilWork)
	h.worked(toil, 40, cre.EngineeringWork)
	h.worked(toil, 0, cre.ToilWork)
	want := "60 % of the work is toil: 1h of 1h40m. The limit is 50 %. The week before, it was 50 %.\nTime is logged for 3 of 4 done requests.\n" +
		"You have three ways out:\n- Send work back to the product teams with cre handoff.\n- Automate access first: 2 × 30m = 1h.\n" +
		"- Agree with your lead to accept it, and note here until when."
	if said := opened(23); said != want {
		t.Errorf("said %q, want %q", said, want)
	}
	h.worked(toil, 60, cre.ToilWork)
	if said := opened(30); said != "" { // the clocks went forward the day before
		t.Errorf("the second week over the limit: %q", said)
	}
	h.worked(toil, 30, cre.EngineeringWork)
	opened(37)
	h.worked(toil, 60, cre.ToilWork)
	if said := opened(44); !strings.HasPrefix(said, "100 % of the work is toil") {
		t.Errorf("the first week over the limit after a good one: %q", said)
	}
}
