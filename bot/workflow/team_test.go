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

func member(p chat.Person, limit int, skills ...string) cre.Member {
	return cre.Member{Duty: cre.Duty{Name: p.Name, Accounts: []chat.Person{p}}, Skills: skills, Limit: limit}
}

// team is ada, who knows checkout, and bob, whose acme is.
func team(h *house) {
	h.rules.Team = []cre.Member{member(ada, 2, "checkout"), member(bob, 0)}
	h.rules.Limit = 3
	h.rules.Customers[0].Owner = "@bob"
	h.rules.Customers = append(h.rules.Customers, cre.Customer{Key: "globex", Owner: "@bob"}) // so what bob files is not for his only one
	h.as(chat.Person{}, (*workflow.Step).SyncCustomers)
}

// give has ada give a request to who suits best.
func (h *house) give(id string) (who chat.Person, why string, err error) {
	h.t.Helper()
	err = h.try(ada, func(s *workflow.Step) error {
		r, err := s.Request(id)
		if err != nil {
			return err
		}
		if who, why, err = s.Choose(r); err != nil {
			return err
		}
		return s.Give(r, who, false)
	})
	h.later(time.Minute)
	return who, why, err
}

func TestChoose(t *testing.T) {
	h := newHouse(t)
	team(h)
	for _, c := range []struct {
		of   workflow.Filing
		who  string
		does string
	}{
		{workflow.Filing{Title: "carts are lost", Customer: "acme", Component: "checkout"}, "ada", "knows checkout"},
		{workflow.Filing{Title: "a question", Customer: "acme"}, "bob", "owns the customer"},
		{workflow.Filing{Title: "carts again", Component: "checkout"}, "ada", "knows checkout"}, // her second, and all she may have
		{workflow.Filing{Title: "carts for ever", Component: "checkout"}, "bob", "is the only one with room"},
		{workflow.Filing{Title: "anything"}, "bob", "is the only one with room"},
		{workflow.Filing{Title: "one too many"}, "", ""},
	} {
		who, why, err := h.give(h.file(c.of).ID)
		if who.Name != c.who || why != c.does || (err != nil) != (c.who == "") {
			t.Errorf("%s: %s, who %q (%v); want %s, who %q", c.of.Title, who.Name, why, err, c.who, c.does)
		}
	}
}

func TestWhoLeftARequestIsNotGivenIt(t *testing.T) {
	h := newHouse(t)
	team(h)
	r := h.file(workflow.Filing{Title: "a question", Customer: "acme"})
	h.as(bob, func(s *workflow.Step) error { return s.Skip(r, "no access") })
	if who, why, err := h.give(r.ID); who.Name != "ada" || why != "is the only one with room" {
		t.Errorf("%s, who %q (%v)", who.Name, why, err)
	}
}

// Who has as many may take no more, unless it must be. What waits for others does
// not count.
func TestLimit(t *testing.T) {
	h := newHouse(t)
	h.rules.Limit = 2
	var ids []string
	for range 4 {
		ids = append(ids, h.file(workflow.Filing{Title: "a question"}).ID)
	}
	take := func(id string, anyway bool) error {
		return h.try(ada, func(s *workflow.Step) error {
			r, err := s.Request(id)
			if err != nil {
				return err
			}
			return s.Give(r, ada, anyway)
		})
	}
	for i, want := range []bool{true, true, false} {
		if err := take(ids[i], false); (err == nil) != want || err != nil && !cre.Is(err, cre.Conflict) {
			t.Errorf("the %s: %v", cre.Ordinal(i+1), err)
		}
	}
	if err := take(ids[2], true); err != nil {
		t.Errorf("anyway: %v", err)
	}
	if err := h.try(ada, func(s *workflow.Step) error { _, err := s.Next(); return err }); !cre.Is(err, cre.Conflict) {
		t.Errorf("with three of two in work, next is %v", err)
	}
	for _, id := range ids[:2] {
		h.change(id, func(s *workflow.Step, r *cre.Request) error { return s.Wait(r, "customer", "") })
	}
	if err := take(ids[3], false); err != nil {
		t.Errorf("two of three wait for others: %v", err)
	}
}

// next is what somebody is offered, and why.
func (h *house) next(who chat.Person) (id, why string) {
	h.t.Helper()
	h.as(who, func(s *workflow.Step) error {
		n, err := s.Next()
		if n != nil {
			id, why = n.ID, n.Why.String()
		}
		return err
	})
	return id, why
}

func TestNext(t *testing.T) {
	h := newHouse(t)
	team(h)
	if id, _ := h.next(ada); id != "" {
		t.Errorf("of nothing, next is %s", id)
	}
	h.file(workflow.Filing{Title: "a question", Customer: "acme"})
	h.file(workflow.Filing{Title: "carts are lost", Component: "checkout"})
	h.file(workflow.Filing{Title: "anything"})
	for _, c := range []struct {
		who     chat.Person
		id, why string
	}{
		{ada, "R-2", "You know checkout."},
		{bob, "R-1", "The customer is yours."},
		{eve, "R-3", ""}, // the others are for those
	} {
		if id, why := h.next(c.who); id != c.id || why != c.why {
			t.Errorf("%s: %s, %q; want %s, %q", c.who.Name, id, why, c.id, c.why)
		}
	}
	h.as(eve, func(s *workflow.Step) error {
		r, err := s.Request("R-3")
		if err != nil {
			return err
		}
		return s.Skip(r, "no access")
	})
	if id, why := h.next(eve); id != "R-1" || why != "It suits bob better, who owns the customer. Nothing else is waiting for you." {
		t.Errorf("what was left to others comes again: %s, %q", id, why)
	}
	if id, _ := h.next(bob); id != "R-1" {
		t.Errorf("bob: %s", id)
	}
	for _, id := range []string{"R-1", "R-3"} {
		h.change(id, func(s *workflow.Step, r *cre.Request) error { return s.Take(r, eve) })
	}
	if id, why := h.next(bob); id != "R-2" || why != "It suits ada better, who knows checkout. Nothing else is waiting for you." {
		t.Errorf("bob: %s, %q", id, why)
	}
}

// What somebody may not see they are neither given nor offered, and their place in the
// queue counts it all the same.
func TestNextOfWhatIsNotSeen(t *testing.T) {
	h := newHouse(t)
	h.rules.Team = []cre.Member{member(bob, 0)}
	h.rules.Customers[0].SeenBy = []string{ada.Key()}
	h.as(chat.Person{}, (*workflow.Step).SyncCustomers)
	h.as(ada, func(s *workflow.Step) error {
		_, err := s.File(workflow.Filing{Title: "a secret", Customer: "acme"})
		return err
	})
	if id, _ := h.next(bob); id != "" {
		t.Errorf("bob is offered %s", id)
	}
	if _, _, err := h.give("R-1"); !cre.Is(err, cre.Conflict) {
		t.Errorf("bob is given it: %v", err)
	}
	r := h.file(workflow.Filing{Title: "a question"})
	h.as(bob, func(s *workflow.Step) error {
		place, err := s.Position(r)
		if place != 2 {
			t.Errorf("bob's is %s of what there is", cre.Ordinal(place))
		}
		page, all, err2 := s.QueuePage(workflow.Wanted{}, 0, 10)
		if err2 != nil || all != 1 || page[0].ID != r.ID || page[0].Place != 2 {
			t.Errorf("bob sees %+v of %d (%v)", page, all, err2)
		}
		return err
	})
}

// Each person may bump so often a week, with all accounts together; the manager on
// duty hears of it, or else the requests channel.
func TestBump(t *testing.T) {
	h := newHouse(t)
	h.rules.Bumps = 2
	h.rules.Weights = cre.Weights{Bumps: 9}
	h.file(workflow.Filing{Title: "a question"})
	r := h.file(workflow.Filing{Title: "payments are late"})
	other := chat.Person{Platform: "chat", ID: "U22", Name: "bob2"}
	h.as(bob, func(s *workflow.Step) error {
		return store.People.Put(s.Tx, &cre.Human{N: 1, Accounts: []cre.Account{{Who: bob}, {Who: other}}})
	})
	h.does()
	bump := func(who chat.Person) (b *workflow.Bumped, err error) {
		err = h.try(who, func(s *workflow.Step) error {
			r, err := s.Request(r.ID)
			if err != nil {
				return err
			}
			b, err = s.Bump(r, cre.Blocked, "nobody is paid")
			return err
		})
		return b, err
	}
	monday := time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)
	b, err := bump(bob)
	if err != nil || b.Left != 1 || !b.Until.Equal(monday) || b.Place != 1 || b.Told.String() != "#cre" {
		t.Fatalf("the first: %+v, %v", b, err)
	}
	said := texts(h.does(), triage)
	if len(said) != 2 || !slices.ContainsFunc(said, func(s string) bool { return strings.HasPrefix(s, "@bob bumped R-2: the customer cannot continue.") }) {
		t.Errorf("the channel hears %q", said)
	}
	h.rules.Manager, h.rules.OnCall = "leads", []cre.Rota{{Team: "leads", Every: 24 * time.Hour, Since: h.now, People: []cre.Duty{{Name: "eve", Accounts: []chat.Person{eve}}}}}
	if b, err = bump(other); err != nil || b.Left != 0 || b.Told.String() != "@eve" {
		t.Fatalf("the second: %+v, %v", b, err)
	}
	if said := h.does(); len(texts(said, chat.Place{Platform: "chat", Direct: eve.ID})) != 1 || len(texts(said, triage)) != 1 {
		t.Errorf("said %+v", said)
	}
	h.now = monday.Add(-time.Second)
	if b, err = bump(bob); !cre.Is(err, cre.Conflict) || !strings.Contains(err.Error(), "starts on Monday, 9 Mar") {
		t.Errorf("the third: %+v, %v", b, err)
	}
	h.now = monday
	if b, err = bump(bob); err != nil || b.Left != 1 || !b.Until.Equal(monday.AddDate(0, 0, 7)) {
		t.Errorf("the first of the next week: %+v, %v", b, err)
	}
	if got := h.request(r.ID).Bumps; len(got) != 3 {
		t.Errorf("the request has %+v", got)
	}
}

// The queue hears how much of a budget is spent, with a measurement.
func TestTheBudgetCounts(t *testing.T) {
	h := newHouse(t)
	h.rules.Weights = cre.Weights{Budget: 10}
	slo := cre.SLO{Name: "checkout", Customers: []string{"acme"}, Budget: 0.01, Window: cre.Window{Length: time.Hour}, SLI: cre.SLI{Every: time.Minute}}
	h.rules.SLOs = []cre.SLO{slo}
	r := h.file(workflow.Filing{Title: "a question", Customer: "acme"})
	h.as(chat.Person{}, func(s *workflow.Step) error { return s.Schedule() })
	for _, e := range h.errands() {
		if e.Kind == store.Measure {
			h.closes(e, workflow.Outcome{Buckets: []cre.Bucket{{From: h.now.Add(-time.Hour), To: h.now, Good: 995, Bad: 5}}})
		}
	}
	h.as(ada, func(s *workflow.Step) error { // 5 of the 10 that may be bad
		points, reasons, err := s.Score(r)
		if points != 5 || len(reasons) != 1 || reasons[0].Words != "50 % of the error budget spent" {
			t.Errorf("%d points: %+v", points, reasons)
		}
		return err
	})
}
