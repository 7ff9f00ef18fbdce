package workflow_test

import (
	"slices"
	"strings"
	"testing"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
)

var (
	zoe      = chat.Person{Platform: "annex", ID: "Z1", Name: "zoe"}
	corridor = chat.Place{Platform: "annex", Channel: "C1"}
)

// mirrored is an incident with a room on each of two platforms; zoe asked for the
// second.
func (h *house) mirrored(d workflow.Declaration) *cre.Incident {
	h.t.Helper()
	h.rules.Platforms = []string{"chat", "annex"}
	inc := h.declare(d)
	h.as(zoe, func(s *workflow.Step) error {
		s.At = corridor
		_, err := s.Mirror(h.sameIncident(s, inc.ID), "")
		return err
	})
	h.does()
	return h.incident(inc.ID)
}

// Nothing that one platform holds up may hold up the other.
func TestRoomsOfOneIncidentShareNoLane(t *testing.T) {
	h := newHouse(t)
	inc := h.mirrored(outage)
	h.as(ada, func(s *workflow.Step) error {
		inc := h.sameIncident(s, inc.ID)
		if err := s.Assign(inc, cre.Ops, bob); err != nil {
			return err
		}
		return s.Assign(inc, cre.Comms, chat.Person{Platform: "annex", ID: "Z2"})
	})
	on := map[string]string{}
	for _, e := range h.due() {
		if other, taken := on[e.Lane]; taken && other != e.Platform() {
			t.Errorf("the lane %q is of %s and of %s", e.Lane, other, e.Platform())
		}
		on[e.Lane] = e.Platform()
	}
	if len(on) < 6 { // an invitation, a card and an announcement on each
		t.Errorf("lanes: %v", on)
	}
}

// Each is brought into the room on their platform, whoever asked.
func TestPeopleAreBroughtInWhereTheyAre(t *testing.T) {
	h := newHouse(t)
	inc := h.mirrored(outage)
	h.as(ada, func(s *workflow.Step) error { return s.Assign(h.sameIncident(s, inc.ID), cre.Ops, zoe) })
	var invited []chat.Person
	for _, e := range h.due() {
		if e.Kind == store.Invite {
			invited = append(invited, e.People...)
			if e.Place != inc.RoomOn("annex").Room.Place {
				t.Errorf("zoe is invited to %+v", e.Place)
			}
		}
	}
	if !slices.Equal(invited, []chat.Person{zoe}) {
		t.Errorf("invited: %v", invited)
	}
}

// What was said is heard once in every other room, with where it is from.
func TestACrossingIsHeardOnce(t *testing.T) {
	h := newHouse(t)
	inc := h.mirrored(outage)
	far := inc.RoomOn("annex").Room.Place
	for _, c := range []struct {
		at          chat.Place
		near, there string
	}{
		{inc.Room.Place, "", "From ada on Chat."},
		{far, "From ada on Annex.", ""},
		{general, "none", "From ada on Chat."},
	} {
		h.as(ada, func(s *workflow.Step) error {
			s.At = c.at
			return s.Cross(h.sameIncident(s, inc.ID), chat.Message{Text: "it is **over**"})
		})
		heard := map[string]string{}
		for _, e := range h.does() {
			if _, twice := heard[e.Platform()]; twice {
				t.Errorf("from %+v: said twice on %s", c.at, e.Platform())
			}
			if heard[e.Platform()] = e.Message.Footer.String(); heard[e.Platform()] == "" {
				heard[e.Platform()] = "none"
			}
		}
		if heard["chat"] != c.near || heard["annex"] != c.there {
			t.Errorf("from %+v: %v", c.at, heard)
		}
	}
}

// A mirror that is lost is missed there and told in the other room, and nothing
// else is.
func TestALostMirror(t *testing.T) {
	h := newHouse(t)
	inc := h.mirrored(outage)
	far := inc.RoomOn("annex").Room
	h.as(ada, func(s *workflow.Step) error {
		_, err := s.Say(far.Place, chat.Message{Text: "a word"}, store.ForRoom)
		return err
	})
	h.closes(h.of(store.Say), workflow.Outcome{Trouble: "gone", Gone: true})
	now := h.incident(inc.ID)
	if now.RoomTrouble != "" || now.RoomOn("annex").RoomTrouble == "" {
		t.Fatalf("at home %q, in the mirror %q", now.RoomTrouble, now.RoomOn("annex").RoomTrouble)
	}
	said := h.does()
	if told := texts(said, inc.Room.Place); len(told) != 2 || !strings.HasPrefix(told[1], "INC-1 has no war room on Annex: #"+far.Name) || !offers(said, inc.Room.Place) {
		t.Errorf("the other room hears %q", told)
	}
	if card := said[0].Message; card.Key != "card" || slices.ContainsFunc(card.Fields, func(f chat.Field) bool { return f.Label == "Rooms" }) {
		t.Errorf("its card leads to a room that is lost: %+v", card)
	}
	if told := texts(said, chat.Place{Platform: "annex", Channel: "#incidents"}); len(told) != 1 || !strings.Contains(told[0], "no war room") {
		t.Errorf("announced on its platform: %q", told)
	}
	if told := texts(said, incidents); len(told) != 0 {
		t.Errorf("announced at home: %q", told)
	}
	h.as(zoe, func(s *workflow.Step) error {
		s.At = corridor
		_, err := s.Repair(h.sameIncident(s, inc.ID), true)
		return err
	})
	look := h.of(store.Inspect)
	if look.Place != far.Place {
		t.Fatalf("looked at: %+v", look.Place)
	}
	h.closes(look, deleted)
	if open := h.of(store.OpenRoom); open.Platform() != "annex" || open.Suffix != 1 {
		t.Errorf("opened: %+v", open)
	}
	said = h.does()
	if now := h.incident(inc.ID); !now.RoomOn("annex").Usable() || now.Room.Place != inc.Room.Place {
		t.Errorf("at the end: %+v, %+v", now.Room, now.RoomOn("annex"))
	}
	if told := texts(said, inc.Room.Place); !slices.ContainsFunc(told, func(s string) bool { return strings.HasPrefix(s, "INC-1 has its war room on Annex again: #") }) {
		t.Errorf("in the end the other room hears %q", told)
	}
}

// Of two rooms that are lost the third hears of each, and that one is back.
func TestTwoLostRooms(t *testing.T) {
	h := newHouse(t)
	h.rules.Platforms = []string{"chat", "annex", "barn"}
	inc := h.declare(outage)
	for _, platform := range []string{"annex", "barn"} {
		h.as(ada, func(s *workflow.Step) error { _, err := s.Mirror(h.sameIncident(s, inc.ID), platform); return err })
		h.does()
	}
	inc = h.incident(inc.ID)
	changed := func(platform string, seen chat.RoomState) {
		h.as(ada, func(s *workflow.Step) error { s.At = inc.RoomOn(platform).Room.Place; return s.RoomChanged() })
		h.closes(h.of(store.Inspect), workflow.Outcome{Seen: &seen})
	}
	heard := map[string]string{}
	for _, platform := range []string{"chat", "annex"} {
		changed(platform, chat.RoomState{Archived: true})
		for _, e := range h.does() {
			if e.Place == inc.RoomOn("barn").Room.Place {
				heard[e.Message.Key] = e.Message.Text.String()
			}
		}
	}
	if len(heard) != 3 || !strings.Contains(heard["room INC-1 chat"], "no war room on Chat") || !strings.Contains(heard["room INC-1 annex"], "no war room on Annex") {
		t.Errorf("heard %q", heard)
	}
	changed("annex", chat.RoomState{})
	said := h.does()
	if told := texts(said, inc.RoomOn("barn").Room.Place); !slices.Contains(told, "INC-1 has its war room on Annex again: #inc-1-checkout-returns-500") {
		t.Errorf("heard that it is back: %q", told)
	}
}

// What cannot be done in one room is told in it; if it is what cannot be said
// there, the other hears of it.
func TestTroubleIsToldWhereItIsHeard(t *testing.T) {
	h := newHouse(t)
	inc := h.mirrored(outage)
	far := inc.RoomOn("annex").Room.Place
	fails := func(e store.Errand) []store.Errand {
		h.as(ada, func(s *workflow.Step) error { e.Place, e.Subject = far, inc.ID; _, err := s.Leave(e); return err })
		h.closes(h.of(e.Kind), workflow.Outcome{Trouble: "not today"})
		return h.does()
	}
	if said := fails(store.Errand{Kind: store.Pin}); len(texts(said, far)) != 1 || len(texts(said, inc.Room.Place)) != 0 {
		t.Errorf("of a pin: %+v", said)
	}
	if said := fails(store.Errand{Kind: store.Say, Message: &chat.Message{Text: "x"}}); len(texts(said, far)) != 0 || len(texts(said, inc.Room.Place)) != 1 {
		t.Errorf("of a word: %+v", said)
	}
}

// A private incident gets no room that nobody could be brought into.
func TestAPrivateMirrorNeedsSomebody(t *testing.T) {
	h := newHouse(t)
	h.rules.Platforms = []string{"chat", "annex"}
	inc := h.declare(breach)
	mirror := func() error {
		return h.try(ada, func(s *workflow.Step) error { _, err := s.Mirror(h.sameIncident(s, inc.ID), "annex"); return err })
	}
	if err := mirror(); !cre.Is(err, cre.Conflict) {
		t.Errorf("with nobody there: %v", err)
	}
	h.as(ada, func(s *workflow.Step) error { return s.Assign(h.sameIncident(s, inc.ID), cre.Comms, zoe) })
	h.does()
	if err := mirror(); err != nil {
		t.Fatal(err)
	}
	if open := h.of(store.OpenRoom); !open.Room.Private || open.Platform() != "annex" {
		t.Errorf("opened: %+v", open)
	}
	for _, e := range h.does() {
		if e.Place.Channel == "#incidents" {
			t.Errorf("announced: %+v", e)
		}
	}
}
