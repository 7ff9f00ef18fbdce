package workflow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
)

// newReportHouse is a house with two departments and a customer that only ada sees.
func newReportHouse(t *testing.T) *house {
	h := newHouse(t)
	h.rules.Limit = 1
	h.rules.Roles = cre.Access{Responder: []string{ada.Key(), bob.Key()}}
	h.rules.Departments = []cre.Department{{Name: "sales", Members: []string{eve.Key()}}, {Name: "consulting", Members: []string{"chat:U4"}}}
	h.rules.Customers = append(h.rules.Customers, cre.Customer{Key: "hooli", Name: "Hooli", SeenBy: []string{ada.Key()}})
	h.as(chat.Person{}, func(s *workflow.Step) error { return s.SyncCustomers() })
	return h
}

// keep changes a request as no command does.
func (h *house) keep(r *cre.Request, change func(*cre.Request)) {
	h.t.Helper()
	h.as(ada, func(s *workflow.Step) error {
		r, err := store.Requests.Get(s.Tx, store.Key(r.Number))
		if err != nil {
			return err
		}
		change(r)
		return store.Requests.Put(s.Tx, r)
	})
}

func (h *house) report(who chat.Person, about cre.DigestAbout, department string) (m chat.Message) {
	h.t.Helper()
	h.as(who, func(s *workflow.Step) (err error) { m, err = s.Report(about, department); return err })
	return m
}

// What a channel must not read is counted and not named, whoever asks.
func TestTheQueueDigestNamesNothingThatIsSecret(t *testing.T) {
	h := newReportHouse(t)
	open := h.file(workflow.Filing{Title: "the open one", Customer: "acme", Due: h.now})
	for _, title := range []string{"the secret one", "the secret that is done", "the secret that waits"} {
		h.as(ada, func(s *workflow.Step) error {
			r, err := s.File(workflow.Filing{Title: title, Customer: "hooli", Due: h.now})
			switch {
			case err != nil:
				return err
			case strings.HasSuffix(title, "done"):
				return s.Finish(r, workflow.Finish{Told: true})
			case strings.HasSuffix(title, "waits"):
				return s.Wait(r, "customer", "")
			}
			return nil
		})
	}
	private := h.file(workflow.Filing{Title: "the private one", Customer: "acme", Due: h.now})
	h.keep(private, func(r *cre.Request) { r.Private = true })
	h.later(6 * time.Hour) // the first response is due after 4
	want := "**4 open requests**: 3 not started, 1 waiting for others. 3 of them are not named here.\n" +
		"**Due today or overdue**: 4\n- **R-1** the open one, for acme, due Mon 2 Mar\n" +
		"**At risk**: 3\n- **R-1** the open one, for acme, first response late since 14:00\n" +
		"**Waiting**: 1\n- for the customer: 1\n" +
		"**Unassigned**: 4\n- **R-1** the open one, for acme\n" +
		"**New**: 4\n- **R-1** the open one, for acme\n" +
		"**Done**: 1"
	for _, who := range []chat.Person{ada, bob} {
		if got := string(h.report(who, cre.AboutQueue, "").Text); got != want {
			t.Errorf("%s reads\n%s\nwant\n%s", who.Name, got, want)
		}
	}
	if open.ID != "R-1" {
		t.Errorf("the open one is %s", open.ID)
	}
}

func TestTheQueueDigestNamesWhoHasTooMuch(t *testing.T) {
	h := newReportHouse(t)
	for _, who := range []chat.Person{ada, bob, bob, bob} {
		r := h.file(workflow.Filing{Title: "one for " + who.Name})
		h.as(who, func(s *workflow.Step) error { return s.Give(r, who, true) })
	}
	text := string(h.report(ada, cre.AboutQueue, "").Text)
	if want := "**More in work than the limit**: 1\n- bob has 3 in work, the limit is 1\n"; !strings.Contains(text, want) {
		t.Errorf("%s\nwants %s", text, want)
	}
}

// New and done are since the last slot, and what is asked for between two slots
// changes nothing of that.
func TestTheQueueDigestGoesOnFromTheLast(t *testing.T) {
	h := newReportHouse(t)
	h.rules.Digests = daily(time.UTC, 9)
	h.rules.Digests[0].About = cre.AboutQueue
	h.schedule()
	reliability := chat.Place{Platform: "chat", Channel: "#reliability"}
	digest := func() string {
		h.t.Helper()
		said := texts(h.does(), reliability)
		if len(said) != 1 {
			t.Fatalf("%d digests", len(said))
		}
		return said[0]
	}
	h.file(workflow.Filing{Title: "before the weekend"})
	h.later(23 * time.Hour)
	if got := digest(); !strings.Contains(got, "New: 1\n") {
		t.Errorf("the first: %s", got)
	}
	h.later(time.Hour)
	late := h.file(workflow.Filing{Title: "while nobody was there"})
	h.as(ada, func(s *workflow.Step) error { return s.Finish(late, workflow.Finish{Told: true}) })
	h.report(ada, cre.AboutQueue, "")
	h.does()
	h.later(3 * 24 * time.Hour) // three slots were missed
	if got := digest(); !strings.Contains(got, "Done: 1\n- R-2") || strings.Contains(got, "New:") {
		t.Errorf("the second: %s", got)
	}
	h.later(23 * time.Hour)
	if got := digest(); strings.Contains(got, "Done:") || strings.Contains(got, "New:") {
		t.Errorf("the third: %s", got)
	}
}

// Who works on requests sees all; others see the week of their department.
func TestWhoSeesWhichReport(t *testing.T) {
	h := newReportHouse(t)
	h.as(eve, func(s *workflow.Step) error {
		_, err := s.File(workflow.Filing{Title: "one of sales", Customer: "acme"})
		return err
	})
	nobody := chat.Person{Platform: "chat", ID: "U9", Name: "nobody"}
	for _, tt := range []struct {
		who        chat.Person
		about      cre.DigestAbout
		department string
		title      string // "": refused
	}{
		{ada, "week", "", "The week until Mon 2 Mar"}, {ada, "week", "consulting", "The week until Mon 2 Mar: consulting"}, {ada, "queue", "", "Queue digest"},
		{ada, "queue", "sales", ""},
		{eve, "week", "", "The week until Mon 2 Mar: sales"}, {eve, "week", "sales", "The week until Mon 2 Mar: sales"},
		{eve, "week", "consulting", ""}, {eve, "queue", "", ""}, {nobody, "week", "", ""}, {nobody, "week", "sales", ""}, {nobody, "queue", "", ""},
	} {
		got := ""
		err := h.try(tt.who, func(s *workflow.Step) error {
			m, err := s.Report(tt.about, tt.department)
			got = m.Title
			return err
		})
		if got != tt.title || (err != nil) != (tt.title == "") {
			t.Errorf("%s, %s of %q: %q, %v", tt.who.Name, tt.about, tt.department, got, err)
		}
	}
}

// What was filed within the week counts wherever it is now; what was before it, was
// imported, or is of another department does not.
func TestTheWeekOfADepartment(t *testing.T) {
	h := newReportHouse(t)
	sam := chat.Person{Platform: "chat", ID: "U4", Name: "sam"}
	filed := func(who chat.Person, title, customer string) (r *cre.Request) {
		h.as(who, func(s *workflow.Step) (err error) {
			r, err = s.File(workflow.Filing{Title: title, Customer: customer})
			return err
		})
		return r
	}
	done := func(r *cre.Request) {
		h.as(ada, func(s *workflow.Step) error { return s.Finish(r, workflow.Finish{Minutes: 10, Told: true}) })
	}
	old := filed(eve, "the dashboards show nothing", "acme")
	older := filed(eve, "who may change the plan", "acme")
	h.later(24 * time.Hour)
	done(older) // eight days before the end
	h.later(2 * 24 * time.Hour)
	first := filed(eve, "the export to Paris fails", "acme")
	filed(eve, "export to Paris fails again", "acme")
	h.as(ada, func(s *workflow.Step) error {
		_, err := s.File(workflow.Filing{Title: "export to Paris fails in secret", Customer: "hooli", For: eve})
		return err
	})
	filed(sam, "the export to Paris fails too", "acme")
	h.keep(filed(eve, "from the old tool", "acme"), func(r *cre.Request) { r.Source = "sheet 1" })
	h.later(2 * time.Hour)
	done(first)
	h.later(5*24*time.Hour + 21*time.Hour)
	done(old)
	h.later(time.Hour)
	m := h.report(eve, cre.AboutWeek, "")
	want := "3 requests filed, 2 done.\n**Asked for again and again**\n1. the export to Paris fails: 2 × (R-3, R-4)"
	if got := string(m.Text); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	var facts []string
	for _, f := range m.Fields {
		facts = append(facts, f.Label+" "+f.Value.String())
	}
	if want := []string{"Filed 3", "Done 2", "First response 2h (of 1)", "Until done 2h (of 2)", "Promises kept 1 of 1", "Complete 3 of 3 at filing", "Satisfied –", "Toil 0m of 20m"}; !slices.Equal(facts, want) {
		t.Errorf("got %q, want %q", facts, want)
	}
	if m.Chart != nil {
		t.Error("two pieces of work are no picture of shares")
	}
	all := h.report(ada, cre.AboutWeek, "")
	if len(all.Table.Rows) != 2 || all.Table.Rows[0][0] != "consulting" || all.Table.Rows[1][1] != "3" {
		t.Errorf("of all departments: %q", all.Table.Rows)
	}
}
