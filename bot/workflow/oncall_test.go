package workflow_test

import (
	"slices"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
)

// onCall has bob and sam take turns, of whom only bob's account is known.
func (h *house) onCall() {
	h.rules.OnCall = []cre.Rota{{Team: "cre", Every: 24 * time.Hour, Since: h.now,
		People: []cre.Duty{{Name: "bob", Accounts: []chat.Person{bob}}, {Name: "sam"}}}}
}

// invited are those who are to be brought in.
func invited(due []store.Errand) (keys []string) {
	for _, e := range due {
		if e.Kind == store.Invite {
			for _, who := range e.People {
				keys = append(keys, who.Key())
			}
		}
	}
	return keys
}

// opens declares an incident and gives what is left once the declarer is in.
func (h *house) opens(d workflow.Declaration) (inc *cre.Incident, due []store.Errand) {
	h.t.Helper()
	inc = h.declared(d)
	for range 2 {
		for _, e := range h.due() {
			if e.Kind == store.OpenRoom {
				h.closes(e, workflow.Outcome{Room: &chat.Room{Place: chat.Place{Platform: "chat", Channel: "C9"}, Name: e.Room.Name}})
			} else if e.Kind == store.Invite {
				h.closes(e, workflow.Outcome{})
			}
		}
	}
	return h.incident(inc.ID), h.due()
}

// Who is on call is brought into a new room, if the bot knows them there, and
// named in it.
func TestWhoIsOnCallIsBroughtIn(t *testing.T) {
	for what, c := range map[string]struct {
		wait    time.Duration
		invited []string
		said    string
	}{
		"with an account":    {0, []string{bob.Key()}, "On call: @bob (cre)."},
		"without an account": {24 * time.Hour, nil, "On call: sam (cre)."},
	} {
		h := newHouse(t)
		h.onCall()
		h.later(c.wait)
		inc, due := h.opens(outage)
		if got := invited(due); !slices.Equal(got, c.invited) {
			t.Errorf("%s: invited %v", what, got)
		}
		if said := texts(h.does(), inc.Room.Place); !slices.Contains(said, c.said) {
			t.Errorf("%s: said %q", what, said)
		}
	}
}

// Before the first turn, of a private incident, and in a house without a rota,
// nobody is brought in or named.
func TestWhoIsNotBroughtIn(t *testing.T) {
	for what, c := range map[string]func(*house) workflow.Declaration{
		"a private incident":    func(h *house) workflow.Declaration { h.onCall(); return breach },
		"before the first turn": func(h *house) workflow.Declaration { h.onCall(); h.later(-time.Hour); return outage },
		"no rota":               func(*house) workflow.Declaration { return outage },
	} {
		h := newHouse(t)
		inc, due := h.opens(c(h))
		if got := invited(due); len(got) > 0 {
			t.Errorf("%s: invited %v", what, got)
		}
		if said := texts(h.does(), inc.Room.Place); slices.ContainsFunc(said, func(s string) bool { return len(s) > 7 && s[:7] == "On call" }) {
			t.Errorf("%s: said %q", what, said)
		}
	}
}

// Somebody who declared it is not invited twice because they are on call.
func TestWhoIsOnCallAndDeclaredIt(t *testing.T) {
	h := newHouse(t)
	h.rules.OnCall = []cre.Rota{{Team: "cre", Every: time.Hour, Since: h.now, People: []cre.Duty{{Name: "ada", Accounts: []chat.Person{ada}}}}}
	if _, due := h.opens(outage); len(invited(due)) > 0 {
		t.Errorf("invited %v", invited(due))
	}
}

func TestOnCallOfATeam(t *testing.T) {
	h := newHouse(t)
	h.as(ada, func(s *workflow.Step) error {
		if _, err := s.OnCall(""); !cre.Is(err, cre.NotFound) {
			t.Errorf("without a rota: %v", err)
		}
		return nil
	})
	h.onCall()
	h.as(ada, func(s *workflow.Step) error {
		for team, want := range map[string]int{"": 1, "cre": 1, "sales": 0} {
			shifts, err := s.OnCall(team)
			if len(shifts) != want || (want == 0) != cre.Is(err, cre.NotFound) {
				t.Errorf("%q: %+v, %v", team, shifts, err)
			}
		}
		return nil
	})
}

// What is somebody's is so with any of their accounts, and nobody else's.
func TestHomeCountsAllAccounts(t *testing.T) {
	h := newHouse(t)
	h.meets(ada, "ada@example.com")
	h.meets(zoe, "ada@example.com")
	h.declare(outage)
	h.declare(workflow.Declaration{Title: "a leak", Severity: cre.Sev1, Private: true})
	passed := h.declare(workflow.Declaration{Title: "the disk is full", Severity: cre.Sev2})
	h.as(ada, func(s *workflow.Step) error { return s.Assign(h.sameIncident(s, passed.ID), cre.Lead, bob) })
	r := h.file(workflow.Filing{Title: "rotate keys"})
	h.change(r.ID, func(s *workflow.Step, r *cre.Request) error { return s.Take(r, ada) })
	for who, want := range map[chat.Person][4]int{zoe: {3, 2, 1, 0}, bob: {1, 1, 0, 1}, eve: {}} {
		h.as(who, func(s *workflow.Step) error {
			home, err := s.Home()
			if err != nil {
				return err
			}
			owes := 0
			for _, p := range home.Incidents {
				if p.Owes {
					owes++
				}
			}
			if got := [4]int{len(home.Incidents), owes, len(home.Owned), len(home.Asked)}; got != want {
				t.Errorf("%s: %v, want %v", who.Name, got, want)
			}
			return nil
		})
	}
}
