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

// filingHouse is a house with a team, two customers, one of whom few people see, and a
// kind that must know something.
func filingHouse(t *testing.T) *house {
	h := newHouse(t)
	h.rules.Roles = cre.Access{Responder: []string{ada.Key()}}
	h.rules.Kinds = []cre.RequestKind{{Name: "bug", Facts: []cre.Fact{{Name: "customer", Required: true}, {Name: "component", Required: true},
		{Name: "version", Required: true}, {Name: "plan", Choices: []string{"small", "large"}}}}}
	h.rules.Customers = []cre.Customer{
		{Key: "acme", Name: "Acme GmbH", Owner: "@ada", Channel: "acct-acme", Services: []string{"checkout", "export"}, Environments: []string{"production"}},
		{Key: "globex", Name: "Globex", Contacts: []string{"chat:U3"}, SharedChannel: "#ext-globex", Environments: []string{"eu", "us"}},
		{Key: "hush", Name: "Hush", Channel: "acct-hush", SeenBy: []string{ada.Key()}, Contacts: []string{"@bob"}},
	}
	h.as(chat.Person{}, func(s *workflow.Step) error { return s.SyncCustomers() })
	return h
}

// in takes a step as a person in a channel of that name.
func (h *house) in(channel string, who chat.Person, f func(*workflow.Step) error) {
	h.t.Helper()
	h.as(who, func(s *workflow.Step) error {
		s.Event = &chat.Event{By: who, Place: general, Channel: channel}
		return f(s)
	})
}

// The customer is told by the channel before the person, and by the person before
// the words; what may be two is none, and what nobody may see is not said.
func TestFill(t *testing.T) {
	h := filingHouse(t)
	for _, c := range []struct {
		channel  string
		who      chat.Person
		title    string
		customer string
		why      string // how the first sentence ends
	}{
		{"acct-acme", eve, "globex and the export", "acme", "because this is #acct-acme."},
		{"ext-globex", bob, "it is slow", "globex", "because this is #ext-globex."},
		{"general", eve, "acme is slow", "globex", "because you are listed with it."},
		{"general", ada, "it is slow", "acme", "because you are listed with it."},
		{"general", bob, "ACME GmbH: export is slow", "acme", "because the text names it."},
		{"general", bob, "acme and globex", "", ""},
		{"acct-hush", bob, "hush is slow", "", ""},
		{"", bob, "it is slow", "", ""},
	} {
		h.in(c.channel, c.who, func(s *workflow.Step) error {
			f := workflow.Filing{Title: c.title}
			filled, err := s.Fill(&f)
			if f.Customer != c.customer {
				t.Errorf("%q by %s in #%s is for %q", c.title, c.who.Name, c.channel, f.Customer)
			}
			if c.why != "" && (len(filled) == 0 || !strings.HasSuffix(filled[0].String(), c.why)) {
				t.Errorf("%q by %s in #%s is filled with %q", c.title, c.who.Name, c.channel, filled)
			}
			return err
		})
	}
	h.in("acct-acme", bob, func(s *workflow.Step) error {
		f := workflow.Filing{Title: "slow", Detail: "the Export, since Monday"}
		_, err := s.Fill(&f)
		if f.Component != "export" || f.Environment != "production" {
			t.Errorf("filled %+v", f)
		}
		both := workflow.Filing{Title: "checkout, or export"}
		if _, err := s.Fill(&both); err != nil || both.Component != "" {
			t.Errorf("filled %+v, %v", both, err)
		}
		return err
	})
}

// A request is filed whatever it lacks, and what that was is kept.
func TestWhatARequestLackedIsKept(t *testing.T) {
	h := filingHouse(t)
	r := h.file(workflow.Filing{Title: "acme has no export", Kind: "Bug"})
	if !slices.Equal(r.Lacked, []string{"version"}) || r.Kind != "bug" {
		t.Errorf("filed %+v", r)
	}
	h.as(bob, func(s *workflow.Step) error {
		r, err := s.Request(r.ID)
		if err != nil {
			return err
		}
		return s.Add(r, workflow.Filing{Facts: map[string]string{"version": "2.4", "plan": "LARGE"}})
	})
	if r = h.request(r.ID); r.Facts["version"] != "2.4" || r.Facts["plan"] != "large" || !slices.Equal(r.Lacked, []string{"version"}) {
		t.Errorf("then %+v", r)
	}
	if err := h.try(bob, func(s *workflow.Step) error {
		_, err := s.File(workflow.Filing{Title: "again", Kind: "bug", Facts: map[string]string{"plan": "medium"}})
		return err
	}); !cre.Is(err, cre.Invalid) {
		t.Errorf("no choice of the plan: %v", err)
	}
}

// Where customers read, what becomes of a request is said in private, whoever may see
// the customer.
func TestWhereCustomersReadTheAskerHearsInPrivate(t *testing.T) {
	h := filingHouse(t)
	h.rules.Customers[2].SharedChannel = "ext-hush"
	h.as(chat.Person{}, func(s *workflow.Step) error { return s.SyncCustomers() })
	for channel, want := range map[string]chat.Place{"ext-globex": {Platform: "chat", Direct: bob.ID}, "ext-hush": {Platform: "chat", Direct: bob.ID}, "acct-acme": general} {
		h.in(channel, bob, func(s *workflow.Step) error {
			r, err := s.File(workflow.Filing{Title: "it is slow", Customer: "acme"})
			if err == nil && r.Asked != want {
				t.Errorf("asked in #%s, it hears in %+v", channel, r.Asked)
			}
			return err
		})
	}
}

// A customer that is said later is promised their own time.
func TestTheCustomerSaidLaterIsPromisedTheirTime(t *testing.T) {
	h := filingHouse(t)
	h.rules.Customers[1].Tier, h.rules.Promised[cre.Group{Tier: "gold"}] = "gold", cre.Targets{FirstResponse: time.Hour}
	h.as(chat.Person{}, func(s *workflow.Step) error { return s.SyncCustomers() })
	r := h.file(workflow.Filing{Title: "the export is slow"})
	filed := h.now
	h.later(10 * time.Minute)
	h.as(bob, func(s *workflow.Step) error {
		return of(s, r.ID, func(r *cre.Request) error { return s.Add(r, workflow.Filing{Customer: "Globex"}) })
	})
	if r = h.request(r.ID); r.Customer != "globex" || !r.NextLook.Equal(filed.Add(time.Hour)) {
		t.Errorf("then %+v", r)
	}
}

// What the asking side adds gives the ball back, and somebody waits for an answer
// then; what the team adds does not.
func TestWhatIsAddedGivesTheBallBack(t *testing.T) {
	h := filingHouse(t)
	r := h.file(workflow.Filing{Title: "acme has no export"})
	add := func(who chat.Person) {
		h.as(who, func(s *workflow.Step) error {
			r, err := s.Request(r.ID)
			if err != nil {
				return err
			}
			return s.Add(r, workflow.Filing{Detail: "since Monday"})
		})
	}
	h.change(r.ID, func(s *workflow.Step, r *cre.Request) error { return s.Reply(r, "since when?", true) })
	if r = h.request(r.ID); r.Status != cre.OnRequester || !r.Answered.Equal(h.now) || r.Reason != "since when?" {
		t.Fatalf("answered: %+v", r)
	}
	add(ada)
	if r = h.request(r.ID); r.Status != cre.OnRequester || !r.Asking.IsZero() {
		t.Errorf("after the team's own words: %s, %v", r.Status, r.Asking)
	}
	first := h.now
	h.later(time.Second)
	add(bob)
	if r = h.request(r.ID); r.Status != cre.Triaged || !r.Asking.Equal(h.now) || r.Reason != "" {
		t.Errorf("after the requester's: %+v", r)
	}
	if want := "ada, 2 Mar 10:00: since Monday\n\nbob, 2 Mar 10:00: since Monday"; r.Detail != want {
		t.Errorf("the detail is %q", r.Detail)
	}
	h.change(r.ID, func(s *workflow.Step, r *cre.Request) error { return s.Take(r, ada) })
	if r = h.request(r.ID); !r.Asking.IsZero() || !r.Answered.Equal(first) {
		t.Errorf("taken: asking since %v, answered %v", r.Asking, r.Answered)
	}
	h.change(r.ID, func(s *workflow.Step, r *cre.Request) error { return s.Wait(r, "customer", "") })
	add(bob)
	if r = h.request(r.ID); r.Status != cre.OnUs {
		t.Errorf("with an owner it is %s", r.Status)
	}
}

// Whoever answers a request learns where that is read, and when.
func TestWhereAnAnswerIsRead(t *testing.T) {
	h := filingHouse(t)
	r := h.file(workflow.Filing{Title: "acme has no export"})
	reads := func(want string) {
		t.Helper()
		h.change(r.ID, func(s *workflow.Step, r *cre.Request) error {
			got, err := s.Reads(r)
			if got.String() != want {
				t.Errorf("%q, want %q", got.String(), want)
			}
			return err
		})
	}
	reads("bob will see it in the thread of R-1.")
	h.as(ada, func(s *workflow.Step) error { return s.PlatformDown("chat", h.now) })
	reads("bob will see it in the thread of R-1 when Chat answers again. It has not since 10:00.")
	h.change(r.ID, func(s *workflow.Step, r *cre.Request) error {
		r.Asked = chat.Place{Platform: "chat"} // as by mail
		return store.Requests.Put(s.Tx, r)
	})
	reads("I cannot reach bob. Write to them where they asked for R-1.")
}

// Who asked and the team withdraw; somebody of the department may add only.
func TestWithdraw(t *testing.T) {
	h := filingHouse(t)
	h.rules.Departments = []cre.Department{{Name: "sales", Members: []string{bob.Key(), eve.Key()}}}
	withdraw := func(id string, who chat.Person) error {
		return h.try(who, func(s *workflow.Step) error {
			r, err := s.Request(id)
			if err != nil {
				return err
			}
			return s.Withdraw(r, "not needed")
		})
	}
	one, two := h.file(workflow.Filing{Title: "one"}), h.file(workflow.Filing{Title: "two"})
	if err := withdraw(one.ID, eve); !cre.Is(err, cre.Forbidden) {
		t.Errorf("by eve: %v", err)
	}
	if err := withdraw(one.ID, bob); err != nil {
		t.Errorf("by who asked: %v", err)
	}
	if err := withdraw(two.ID, ada); err != nil {
		t.Errorf("by the team: %v", err)
	}
	if r := h.request(one.ID); r.Status != cre.Withdrawn || r.Reason != "not needed" || !r.Answered.IsZero() {
		t.Errorf("withdrawn: %+v", r)
	}
}

// Followers hear in private of what others do, for as long as they may see it.
func TestFollowersHear(t *testing.T) {
	h := filingHouse(t)
	h.rules.Departments = []cre.Department{{Name: "sales", Members: []string{bob.Key(), eve.Key()}}}
	r := h.file(workflow.Filing{Title: "acme has no export"})
	follow := func(s *workflow.Step) error {
		r, err := s.Request(r.ID)
		if err != nil {
			return err
		}
		return s.Follow(r)
	}
	h.as(eve, follow)
	h.as(ada, follow)
	if err := h.try(eve, follow); !cre.Is(err, cre.Conflict) {
		t.Errorf("following twice: %v", err)
	}
	h.does()
	private := func(said []store.Errand, who chat.Person) []string {
		return texts(said, chat.Place{Platform: "chat", Direct: who.ID})
	}
	h.change(r.ID, func(s *workflow.Step, r *cre.Request) error { return s.Take(r, ada) })
	if said := h.does(); !slices.Equal(private(said, eve), []string{"@ada is working on R-1."}) || len(private(said, ada)) != 0 {
		t.Errorf("eve hears %q, ada %q", private(said, eve), private(said, ada))
	}
	h.as(eve, func(s *workflow.Step) error {
		r, err := s.Request(r.ID)
		if err != nil {
			return err
		}
		return s.Add(r, workflow.Filing{Detail: "they wait"})
	})
	if said := h.does(); len(private(said, ada)) != 1 || len(private(said, eve)) != 0 {
		t.Errorf("eve hears %q, ada %q", private(said, eve), private(said, ada))
	}
	h.change(r.ID, func(s *workflow.Step, r *cre.Request) error { _, err := s.Escalate(r, cre.Sev1, true); return err })
	if said := h.does(); len(private(said, eve)) != 0 {
		t.Errorf("of what became private eve hears %q", private(said, eve))
	}
	h.as(ada, func(s *workflow.Step) error {
		r, err := s.Request(r.ID)
		if err != nil {
			return err
		}
		return s.Unfollow(r)
	})
	if r = h.request(r.ID); len(r.Followers) != 1 || r.Followers[0].Key() != eve.Key() {
		t.Errorf("followed by %v", r.Followers)
	}
}
