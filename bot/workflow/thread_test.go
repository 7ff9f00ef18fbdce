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

// roomless is a house on a platform that can open no room.
func roomless(t *testing.T) *house {
	h := newHouse(t)
	h.rules.Platforms, h.rules.Roomless = []string{"chat"}, []string{"chat"}
	return h
}

// thread is where a message of the house has its thread.
func thread(inc *cre.Incident) chat.Place { return inc.RoomOn("chat").Room.Place }

// An incident without a room is announced, and worked on under that: nothing is left
// that nobody could do.
func TestWithoutRoomsTheThreadIsTheRoom(t *testing.T) {
	h := roomless(t)
	inc := h.declared(outage)
	if got := h.kinds(); !slices.Equal(got, []store.ErrandKind{store.Say}) {
		t.Fatalf("left: %v", got)
	}
	said := h.does()
	inc = h.incident(inc.ID)
	if place := thread(inc); place.Thread == "" || place.Key() != incidents.Key() || len(texts(said, place)) != 1 {
		t.Fatalf("it is worked on in %+v, where was said %q", place, texts(said, place))
	}
	if announced := texts(said, incidents)[0]; strings.Contains(announced, "room") || strings.Contains(announced, "#") {
		t.Errorf("announced: %q", announced)
	}
	found := func(at chat.Place) (id string) {
		_ = h.try(ada, func(s *workflow.Step) error {
			s.At = at
			inc, err := s.Incident("")
			if inc != nil {
				id = inc.ID
			}
			return err
		})
		return id
	}
	if in, beside, other := found(thread(inc)), found(incidents), found(incidents.In("m9")); in != "INC-1" || beside != "" || other != "" {
		t.Errorf("found %q in the thread, %q beside it, %q in another", in, beside, other)
	}
	h.as(ada, func(s *workflow.Step) error { return s.Assign(h.sameIncident(s, inc.ID), cre.Ops, bob) })
	for _, e := range h.does() {
		if e.Kind != store.Say {
			t.Errorf("left to bring somebody in: %+v", e)
		}
	}
}

// Two threads of one channel are two rooms: what is parked in one is not the other's.
func TestThreadsOfOneChannelAreKeptApart(t *testing.T) {
	h := roomless(t)
	one, two := h.declare(outage), h.declare(workflow.Declaration{Title: "the search is slow"})
	if thread(one) == thread(two) {
		t.Fatalf("both are worked on in %+v", thread(one))
	}
	for _, inc := range []*cre.Incident{one, two} {
		h.as(ada, func(s *workflow.Step) error {
			_, err := s.Say(thread(inc), chat.Message{Text: chat.Plain("a word on " + inc.ID)}, store.ForRoom)
			return err
		})
		h.closes(h.of(store.Say), workflow.Outcome{Trouble: "not today"})
	}
	h.as(ada, func(s *workflow.Step) error { _, err := s.Repair(h.sameIncident(s, one.ID), false); return err })
	if said := h.does(); !slices.Contains(texts(said, thread(one)), "a word on INC-1") || len(texts(said, thread(two))) != 0 {
		t.Errorf("said again: %q and %q", texts(said, thread(one)), texts(said, thread(two)))
	}
}

// What is not announced has no thread: the lead hears why, and a repair announces it.
func TestAnAnnouncementThatIsRefused(t *testing.T) {
	h := roomless(t)
	inc := h.declared(outage)
	h.closes(h.of(store.Say), workflow.Outcome{Trouble: "the bot is not in #incidents"})
	said := h.does()
	if told := texts(said, chat.Place{Platform: "chat", Direct: ada.ID}); len(told) != 1 || !strings.Contains(told[0], "the bot is not in #incidents") {
		t.Fatalf("the lead hears %q", told)
	}
	h.as(ada, func(s *workflow.Step) error {
		next, err := s.Repair(h.sameIncident(s, inc.ID), false)
		if !strings.Contains(next.String(), "is announced again") {
			t.Errorf("the repair says %q", next)
		}
		return err
	})
	h.does()
	if now := h.incident(inc.ID); now.Room == nil || now.RoomTrouble != "" {
		t.Errorf("at the end: %+v", now.RoomRecord)
	}
}

// A thread is archived with nothing and opened for nothing.
func TestAThreadOutlivesItsIncident(t *testing.T) {
	h := roomless(t)
	inc := h.declare(outage)
	for _, to := range []cre.Status{cre.Resolved, cre.Closed} {
		h.as(ada, func(s *workflow.Step) error { return s.Move(h.sameIncident(s, inc.ID), to, "") })
	}
	h.does()
	h.later(25 * time.Hour)
	h.does()
	h.as(ada, func(s *workflow.Step) error { return s.Reopen(h.sameIncident(s, inc.ID)) })
	for _, e := range h.due() {
		if e.Kind != store.Say {
			t.Errorf("left: %+v", e)
		}
	}
	if now := h.incident(inc.ID); thread(now) != thread(inc) {
		t.Errorf("it goes on in %+v, was in %+v", thread(now), thread(inc))
	}
}

// Where nobody can be kept out, nothing is declared that must be kept private.
func TestNoPrivateIncidentWithoutRooms(t *testing.T) {
	h := roomless(t)
	h.rules.Platforms = append(h.rules.Platforms, "annex")
	declare := func(d workflow.Declaration) error {
		return h.try(ada, func(s *workflow.Step) error { _, err := s.Declare(d); return err })
	}
	if err := declare(breach); !cre.Is(err, cre.Conflict) || !strings.Contains(err.Error(), "Declare it on Annex.") {
		t.Errorf("declared: %v", err)
	}
	over := breach
	over.Past = true
	if err := declare(over); err != nil {
		t.Errorf("one that is over: %v", err)
	}
	if left := h.due(); len(left) != 0 {
		t.Errorf("left: %+v", left)
	}
}
