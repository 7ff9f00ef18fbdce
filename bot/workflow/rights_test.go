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

var dan = chat.Person{Platform: "chat", ID: "U4", Name: "dan"}

// rightsHouse is a house where ada and bob work on requests, eve is of sales and dan of
// consulting. Only ada and eve see hush.
func rightsHouse(t *testing.T) *house {
	h := newHouse(t)
	h.rules.Platforms = []string{"chat"}
	h.rules.Roles = cre.Access{Responder: []string{ada.Key(), bob.Key()}}
	h.rules.Departments = []cre.Department{{Name: "sales", Members: []string{eve.Key()}}, {Name: "consulting", Members: []string{dan.Key()}}}
	h.rules.Customers = []cre.Customer{{Key: "acme", Name: "Acme"},
		{Key: "hush", Name: "Hush Ltd", Services: []string{"vault"}, Environments: []string{"bunker"}, SeenBy: []string{ada.Key(), eve.Key()}, Domains: []string{"hush.example"}}}
	h.as(chat.Person{}, (*workflow.Step).SyncCustomers)
	return h
}

// asks files a request as somebody, and does what follows.
func (h *house) asks(who chat.Person, f workflow.Filing) (r *cre.Request, said []store.Errand) {
	h.t.Helper()
	h.as(who, func(s *workflow.Step) (err error) { r, err = s.File(f); return err })
	return r, h.does()
}

// act changes a request as somebody, and does what follows.
func (h *house) act(who chat.Person, id string, f func(*workflow.Step, *cre.Request) error) []store.Errand {
	h.t.Helper()
	h.as(who, func(s *workflow.Step) error {
		r, err := s.Request(id)
		if err != nil {
			return err
		}
		return f(s, r)
	})
	return h.does()
}

// refused is the error of a change of a request.
func (h *house) refused(who chat.Person, id string, f func(*workflow.Step, *cre.Request) error) error {
	return h.try(who, func(s *workflow.Step) error {
		r, err := s.Request(id)
		if err != nil {
			return err
		}
		return f(s, r)
	})
}

// read is all that is read in a place, its threads included.
func read(said []store.Errand, in chat.Place) string {
	var all []string
	for _, e := range said {
		if e.Message != nil && e.Place.Key() == in.Key() {
			all = append(all, fmt.Sprintf("%+v", *e.Message))
		}
	}
	return strings.Join(all, "\n")
}

func private(p chat.Person) chat.Place { return chat.Place{Platform: p.Platform, Direct: p.ID} }

// Who does not see a customer is told what they are told of one that is not there.
func TestACustomerWhoIsNotSeenIsNotThere(t *testing.T) {
	h := rightsHouse(t)
	_, _ = h.asks(bob, workflow.Filing{Title: "a question"})
	ways := map[string]func(s *workflow.Step, customer string) error{
		"card": func(s *workflow.Step, c string) error { _, err := s.CustomerCard(c); return err },
		"filing": func(s *workflow.Step, c string) error {
			_, err := s.File(workflow.Filing{Title: "the vault", Customer: c})
			return err
		},
		"fill": func(s *workflow.Step, c string) error {
			_, err := s.Fill(&workflow.Filing{Title: "the vault", Customer: c})
			return err
		},
		"day": func(s *workflow.Step, c string) error {
			_, err := s.AddDay(c, h.now.Add(48*time.Hour), "an audit")
			return err
		},
		"detail": func(s *workflow.Step, c string) error {
			r, err := s.Request("R-1")
			if err != nil {
				return err
			}
			return s.Add(r, workflow.Filing{Customer: c})
		},
		"name": func(s *workflow.Step, c string) error { _, err := s.Customer(strings.ToUpper(c)); return err },
	}
	for name, way := range ways {
		hidden := h.try(bob, func(s *workflow.Step) error { return way(s, "hush") })
		absent := h.try(bob, func(s *workflow.Step) error { return way(s, "none") })
		if hidden == nil || absent == nil || strings.NewReplacer("hush", "none", "HUSH", "NONE").Replace(hidden.Error()) != absent.Error() {
			t.Errorf("%s: %v, but of one that is not there: %v", name, hidden, absent)
		}
	}
	h.as(eve, func(s *workflow.Step) error { _, err := s.Customer("Hush Ltd"); return err })
	err := h.try(bob, func(s *workflow.Step) error { _, err := s.AddCustomer(cre.Customer{Key: "hush"}); return err })
	if !cre.Is(err, cre.Conflict) || strings.Contains(err.Error(), "Hush Ltd") {
		t.Errorf("adding it gives %v", err)
	}
}

// A letter from a customer whom few people see is filed for them all the same.
func TestALetterOfACustomerWhoIsNotSeen(t *testing.T) {
	h := rightsHouse(t)
	for address, files := range map[string]bool{"kim@hush.example": true, "kim@else.example": false} {
		writer := chat.Person{Platform: "mail", ID: address, Name: address, External: true}
		err := h.try(writer, func(s *workflow.Step) error {
			s.Event, s.At = &chat.Event{By: writer, Role: "viewer"}, chat.Place{}
			_, err := s.File(workflow.Filing{Title: "the vault is shut", Customer: "hush"})
			return err
		})
		if (err == nil) != files {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, e := range h.does() {
		if e.Place.Platform == "mail" {
			t.Errorf("said to somebody outside: %+v", e.Message)
		}
	}
}

// Of a request for a customer whom only named people see, others read its number.
func TestARequestForNamedPeopleIsReadByThem(t *testing.T) {
	h := rightsHouse(t)
	h.rules.Converge = cre.Converge{Requests: 2, Customers: 2, Within: time.Hour}
	h.rules.Bumps = 3
	_, said := h.asks(dan, workflow.Filing{Title: "vault door sticks again", Customer: "acme", Component: "vault"})
	r, more := h.asks(eve, workflow.Filing{Title: "vault door sticks again", Customer: "hush"})
	said = append(said, more...)
	said = append(said, h.act(eve, r.ID, func(s *workflow.Step, r *cre.Request) error {
		_, err := s.Bump(r, "deadline", "the thieves come on Monday")
		return err
	})...)
	said = append(said, h.act(ada, r.ID, func(s *workflow.Step, r *cre.Request) error { return s.Give(r, ada, false) })...)
	for _, place := range []chat.Place{triage, general, private(bob), private(dan)} {
		for _, secret := range []string{"hush", "bunker", "thieves"} {
			if text := read(said, place); strings.Contains(text, secret) {
				t.Errorf("%s is read in %s:\n%s", secret, place.Key(), text)
			}
		}
	}
	if text := read(said, triage); strings.Count(text, "R-2") == 0 || strings.Contains(text, "one incident") {
		t.Errorf("the channel reads\n%s", text)
	}
	for who, hears := range map[chat.Person][]string{ada: {"vault door sticks", "bunker", "cre take R-2", "thieves"}, eve: {"vault door sticks", "thieves", "is working on"}} {
		for _, word := range hears {
			if text := read(said, private(who)); !strings.Contains(text, word) {
				t.Errorf("%s does not hear %q:\n%s", who.Name, word, text)
			}
		}
	}
}

// A request that turns out to be for such a customer leaves the channel it was asked in.
func TestARequestBecomesOneForNamedPeople(t *testing.T) {
	for name, done := range map[string]bool{"its thread is there": true, "its thread is not there yet": false} {
		t.Run(name, func(t *testing.T) {
			h := rightsHouse(t)
			var r *cre.Request
			h.as(eve, func(s *workflow.Step) (err error) {
				r, err = s.File(workflow.Filing{Title: "the door sticks"})
				return err
			})
			if done {
				h.does()
			}
			said := h.act(ada, r.ID, func(s *workflow.Step, r *cre.Request) error { return s.Add(r, workflow.Filing{Customer: "hush"}) })
			said = append(said, h.act(ada, r.ID, func(s *workflow.Step, r *cre.Request) error { return s.Reply(r, "a locksmith comes", false) })...)
			for _, place := range []chat.Place{triage, general} {
				if text := read(said, place); strings.Contains(text, "hush") || strings.Contains(text, "door sticks") || strings.Contains(text, "locksmith") {
					t.Errorf("in %s:\n%s", place.Key(), text)
				}
			}
			if text := read(said, general); !strings.Contains(text, "is now private") {
				t.Errorf("in #general:\n%s", text)
			}
			if text := read(said, private(eve)); !strings.Contains(text, "locksmith") {
				t.Errorf("eve hears\n%s", text)
			}
		})
	}
}

// Whoever may not see a request is not given it, and it becomes no incident for all.
func TestARequestForNamedPeopleStaysWithThem(t *testing.T) {
	h := rightsHouse(t)
	h.asks(eve, workflow.Filing{Title: "the vault", Customer: "hush"})
	h.asks(ada, workflow.Filing{Title: "the vault, too", Customer: "acme"})
	for name, try := range map[string]func(s *workflow.Step, r *cre.Request) error{
		"give":     func(s *workflow.Step, r *cre.Request) error { return s.Give(r, bob, true) },
		"escalate": func(s *workflow.Step, r *cre.Request) error { _, err := s.Escalate(r, cre.Sev2, false); return err },
		"converge": func(s *workflow.Step, r *cre.Request) error {
			other, err := s.Request("R-2")
			if err != nil {
				return err
			}
			_, err = s.Converge([]*cre.Request{r, other}, cre.Sev2)
			return err
		},
	} {
		if err := h.refused(ada, "R-1", try); !cre.Is(err, cre.Conflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
	h.act(ada, "R-1", func(s *workflow.Step, r *cre.Request) error { _, err := s.Escalate(r, cre.Sev2, true); return err })
}

// no word of it.
func TestADuplicateTellsNothingOfAnotherDepartment(t *testing.T) {
	h := rightsHouse(t)
	h.asks(eve, workflow.Filing{Title: "the price list of Monday", Customer: "acme"})
	h.asks(dan, workflow.Filing{Title: "prices are old", Customer: "acme", Asked: private(dan)})
	h.asks(eve, workflow.Filing{Title: "where is the list", Customer: "acme", Asked: private(eve)})
	var said []store.Errand
	for _, id := range []string{"R-2", "R-3"} {
		said = append(said, h.act(ada, id, func(s *workflow.Step, r *cre.Request) error {
			of, err := s.Request("R-1")
			if err != nil {
				return err
			}
			return s.Duplicate(r, of)
		})...)
	}
	said = append(said, h.act(eve, "R-1", func(s *workflow.Step, r *cre.Request) error {
		return s.Add(r, workflow.Filing{Detail: "they pay too little"})
	})...)
	said = append(said, h.act(ada, "R-1", func(s *workflow.Step, r *cre.Request) error {
		return s.Finish(r, workflow.Finish{Minutes: 5, What: "margins are in the list", Told: true})
	})...)
	text := read(said, private(dan))
	for _, secret := range []string{"R-1", "price list of Monday", "too little", "margins"} {
		if strings.Contains(text, secret) {
			t.Errorf("dan hears %q:\n%s", secret, text)
		}
	}
	if !strings.Contains(text, "is done") {
		t.Errorf("dan does not hear that it is done:\n%s", text)
	}
	if text := read(said, private(eve)); !strings.Contains(text, "price list of Monday") || !strings.Contains(text, "margins") {
		t.Errorf("eve hears\n%s", text)
	}
	h.as(dan, func(s *workflow.Step) error {
		r, err := s.Request("R-2")
		if err != nil {
			return err
		}
		if card, err := s.RequestCard(r); err != nil || strings.Contains(fmt.Sprint(card.Fields), "R-1") {
			t.Errorf("dan's card: %v, %v", card.Fields, err)
		}
		return nil
	})
}

// Who asked for a request that became a private incident does not learn which.
func TestTheNumberOfAPrivateIncidentIsNotSaid(t *testing.T) {
	h := rightsHouse(t)
	r, _ := h.asks(eve, workflow.Filing{Title: "a leak"})
	h.act(ada, r.ID, func(s *workflow.Step, r *cre.Request) error { _, err := s.Escalate(r, cre.Sev1, true); return err })
	err := h.refused(eve, r.ID, func(s *workflow.Step, r *cre.Request) error { return s.Add(r, workflow.Filing{Detail: "more"}) })
	if !cre.Is(err, cre.Conflict) || strings.Contains(err.Error(), "INC-") {
		t.Errorf("eve is told %v", err)
	}
}

// customer.
func TestSatisfactionQuotesOnlyWhatIsSeen(t *testing.T) {
	h := rightsHouse(t)
	h.asks(eve, workflow.Filing{Title: "the export", Customer: "acme"})
	h.act(ada, "R-1", func(s *workflow.Step, r *cre.Request) error {
		return s.Finish(r, workflow.Finish{Minutes: 5, Told: true})
	})
	h.act(eve, "R-1", func(s *workflow.Step, r *cre.Request) error { return s.Rate(r, cre.BadVerdict, "bob was rude") })
	for who, want := range map[chat.Person]string{ada: "bob was rude", eve: "bob was rude", dan: ""} {
		h.as(who, func(s *workflow.Step) error {
			card, err := s.CustomerCard("acme")
			if err == nil && (card.Satisfied.All != 1 || card.Satisfied.Last != want) {
				t.Errorf("%s reads %+v", who.Name, card.Satisfied)
			}
			return err
		})
	}
}

// A request for named people that joined an open incident is no evidence that all read.
func TestEvidenceForAllHasNothingForNamedPeople(t *testing.T) {
	h := rightsHouse(t)
	inc := h.declare(workflow.Declaration{Title: "outage", Severity: cre.Sev2, Customers: []string{"hush", "acme"}})
	for _, customer := range []string{"acme", "hush"} {
		r, _ := h.asks(eve, workflow.Filing{Title: "the door of " + customer, Customer: customer})
		h.act(ada, r.ID, func(s *workflow.Step, r *cre.Request) error { return s.Join(r, h.sameIncident(s, inc.ID)) })
	}
	h.as(ada, func(s *workflow.Step) error {
		pm, err := s.DraftPostmortem(h.sameIncident(s, inc.ID))
		if err == nil && (len(pm.Evidence.Requests) != 1 || pm.Evidence.Requests[0].Customer != "acme") {
			t.Errorf("evidence: %+v", pm.Evidence.Requests)
		}
		return err
	})
}

// Whoever is outside has nothing of the people they were linked with.
func TestAnAccountOutsideHasNoEyesOfOthers(t *testing.T) {
	h := rightsHouse(t)
	out := eve
	out.ID, out.External = "U9", true
	h.as(chat.Person{}, func(s *workflow.Step) error {
		if err := store.People.Put(s.Tx, &cre.Human{N: 1, Accounts: []cre.Account{{Who: eve}, {Who: out}}}); err != nil {
			return err
		}
		eyes, err := store.EyesOf(s.Tx, h.rules, out, "viewer")
		if len(eyes.Accounts) != 1 || eyes.Department != "" || eyes.CRE {
			t.Errorf("eyes: %+v", eyes)
		}
		return err
	})
}

// The clocks of a request for named people speak to them.
func TestTheClocksOfARequestForNamedPeople(t *testing.T) {
	h := clockHouse(t)
	h.rules.Platforms = []string{"chat"}
	h.rules.Customers[0].SeenBy = []string{ada.Key(), bob.Key()}
	h.as(chat.Person{}, (*workflow.Step).SyncCustomers)
	h.asks(bob, workflow.Filing{Title: "the vault", Customer: "acme"})
	h.now = h.now.Add(67*time.Hour + 15*time.Minute) // after three quarters
	said := h.does()
	h.now = h.now.Add(time.Hour)
	said = append(said, h.does()...)
	for _, place := range []chat.Place{triage, private(eve)} {
		for _, secret := range []string{"vault", "bob", "due"} {
			if text := read(said, place); strings.Contains(text, secret) {
				t.Errorf("%s is read in %s:\n%s", secret, place.Key(), text)
			}
		}
	}
	if text := read(said, private(ada)); !strings.Contains(text, "needs its first response") || !strings.Contains(text, "It was due at") {
		t.Errorf("ada hears\n%s", text)
	}
}

// What the team is to tell a customer of named people, for somebody who hears nothing
// themself, is told to those people alone.
func TestWhatTheTeamTellsIsForNamedPeople(t *testing.T) {
	h := rightsHouse(t)
	h.asks(eve, workflow.Filing{Title: "the vault is locked", Customer: "hush"})
	h.act(ada, "R-1", func(s *workflow.Step, r *cre.Request) error {
		r.Asked = chat.Place{} // as of a mail
		return store.Requests.Put(s.Tx, r)
	})
	said := h.act(ada, "R-1", func(s *workflow.Step, r *cre.Request) error { return s.Finish(r, workflow.Finish{What: "it is open"}) })
	told := 0
	for _, e := range said {
		switch {
		case e.Message == nil || !strings.Contains(e.Message.Text.String(), "the vault is locked"):
		case e.Place.Direct == ada.ID:
			told++
		default:
			t.Errorf("%+v hears %q", e.Place, e.Message.Text)
		}
	}
	if told == 0 {
		t.Error("ada hears nothing")
	}
}

// TestSLOsOfACustomerAreForWhoeverSeesIt: in a channel nobody is known to.
func TestSLOsOfACustomerAreForWhoeverSeesIt(t *testing.T) {
	h := rightsHouse(t)
	day := cre.Window{Length: 24 * time.Hour}
	h.rules.SLOs = []cre.SLO{{Name: "vault", Customers: []string{"hush"}, Window: day}, {Name: "api", Customers: []string{"hush", "acme"}, Window: day}, {Name: "site", Window: day}}
	for who, want := range map[chat.Person]string{ada: "api[hush acme] site[] vault[hush]", bob: "api[acme] site[]"} {
		h.as(who, func(s *workflow.Step) error {
			eyes, err := s.Eyes()
			if err != nil {
				return err
			}
			all, err := s.Standings("", eyes)
			var got []string
			for _, st := range all {
				got = append(got, fmt.Sprint(st.SLO.Name, st.SLO.Customers))
			}
			slices.Sort(got)
			if got := strings.Join(got, " "); got != want {
				t.Errorf("%s sees %s, want %s", who.Name, got, want)
			}
			return err
		})
	}
	if err := h.try(bob, func(s *workflow.Step) error { _, err := s.Standing("vault"); return err }); err == nil || strings.Contains(err.Error(), "Choose one of vault") || !strings.Contains(err.Error(), "api, site") {
		t.Errorf("bob asks for one that is not for him: %v", err)
	}
	h.as(ada, func(s *workflow.Step) error {
		for customer, sees := range map[string]bool{"": false, "hush": true} {
			m, err := s.Digest("", customer, time.Time{})
			if err != nil {
				return err
			}
			if got := fmt.Sprintf("%+v", m); strings.Contains(got, "vault") != sees {
				t.Errorf("the digest of %q: %s", customer, got)
			}
		}
		return nil
	})
}
