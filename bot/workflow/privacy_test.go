package workflow_test

import (
	"strings"
	"testing"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
)

var breach = workflow.Declaration{Title: "a leak", Severity: cre.Sev1, Private: true, Customers: []string{"acme"}}

// A private incident is announced nowhere, and no model reads it.
func TestAPrivateIncidentStaysInItsRoom(t *testing.T) {
	h := newHouse(t)
	h.rules.Model = true
	inc := h.declared(breach)
	for _, e := range h.does() {
		if e.Place.Key() != "chat:C-"+inc.RoomName {
			t.Errorf("said in %s: %+v", e.Place.Key(), e.Message)
		}
	}
	draft := func(id string) {
		h.as(ada, func(s *workflow.Step) error {
			_, err := s.DraftPostmortem(h.sameIncident(s, id))
			return err
		})
	}
	draft(inc.ID)
	if n := h.left(store.Draft); n != 0 {
		t.Error("a model was asked")
	}
	draft(h.declare(outage).ID)
	if n := h.left(store.Draft); n != 1 {
		t.Error("no model was asked about an incident that is not private")
	}
}

func TestAPrivateIncidentIsNotThereForOthers(t *testing.T) {
	h := newHouse(t)
	inc := h.declare(breach)
	for who, sees := range map[chat.Person]bool{ada: true, eve: false, {}: false} {
		h.as(who, func(s *workflow.Step) error {
			all, err := s.Incidents(false, 10)
			if err != nil {
				return err
			}
			card, err := s.CustomerCard("acme")
			if err != nil {
				return err
			}
			if _, err := s.Incident(inc.ID); (err == nil) != sees || len(all) == 1 != sees || len(card.Incidents) == 1 != sees {
				t.Errorf("%q: list %d, card %d, show: %v", who.Name, len(all), len(card.Incidents), err)
			}
			return nil
		})
	}
	h.as(ada, func(s *workflow.Step) error { return s.Assign(h.sameIncident(s, inc.ID), cre.Comms, eve) })
	h.as(eve, func(s *workflow.Step) error { _, err := s.Incident(inc.ID); return err })
}

// Who may not see a private incident learns of its parked errands that they are
// there, and no more.
func TestParkedErrandsOfAPrivateIncident(t *testing.T) {
	h := newHouse(t)
	inc := h.declared(breach)
	h.closes(h.due()[0], workflow.Outcome{Room: &chat.Room{Place: chat.Place{Platform: "chat", Channel: "C9"}, Name: inc.RoomName}})
	h.closes(h.due()[0], workflow.Outcome{Trouble: "ada was seen in #inc-1-a-leak"}) // the invitation, which names the incident
	h.as(ada, func(s *workflow.Step) error {
		_, err := s.Say(chat.Place{Platform: "chat", Channel: "C9"}, chat.Message{Text: "a word"}, store.ForRoom)
		return err
	})
	for _, e := range h.due() {
		if e.Kind == store.Say && e.Subject == "" { // a word in the room, which only the place betrays
			h.closes(e, workflow.Outcome{Trouble: "#inc-1-a-leak is archived"})
		}
	}
	parked := func(who chat.Person) (all []store.Errand) {
		h.as(who, func(s *workflow.Step) error {
			o, err := s.Outbox()
			if err == nil {
				all = o.Parked
			}
			return err
		})
		return all
	}
	mine, others := parked(ada), parked(eve)
	if len(mine) != 2 || len(others) != 2 {
		t.Fatalf("ada sees %d parked errands, eve %d, want 2", len(mine), len(others))
	}
	for i, e := range others {
		want := store.Errand{ID: mine[i].ID, Kind: mine[i].Kind, State: store.Parked, Subject: "private", Trouble: "only who is in the incident can see why"}
		if e.Place != want.Place || e.Subject != want.Subject || e.Trouble != want.Trouble || e.Message != nil || len(e.People) > 0 {
			t.Errorf("eve sees %+v", e)
		}
		if mine[i].Trouble == want.Trouble || mine[i].Place.Channel == "" {
			t.Errorf("ada sees %+v", mine[i])
		}
	}
}

// Merging a private incident into one that everybody sees would tell of it.
func TestAPrivateIncidentIsNotMergedIntoAPublicOne(t *testing.T) {
	h := newHouse(t)
	open, secret := h.declare(outage), h.declare(breach)
	h.as(ada, func(s *workflow.Step) error {
		if err := s.Merge(h.sameIncident(s, secret.ID), h.sameIncident(s, open.ID)); !cre.Is(err, cre.Conflict) {
			t.Errorf("merging gave %v, want a refusal", err)
		}
		return nil
	})
}

// A request that becomes private before it was shown where it was asked is not
// shown there any more.
func TestNothingIsSaidOfARequestThatBecamePrivate(t *testing.T) {
	h := newHouse(t)
	r := h.file(workflow.Filing{Title: "our keys are on a public page"})
	h.change(r.ID, func(s *workflow.Step, r *cre.Request) error {
		_, err := s.Escalate(r, cre.Sev1, true)
		return err
	})
	for _, e := range h.errands() {
		if e.Message != nil && strings.Contains(e.Message.Title+e.Message.Text.String(), "public page") {
			t.Errorf("still to be said in %+v: %s %s", e.Place, e.Message.Title, e.Message.Text)
		}
	}
}
