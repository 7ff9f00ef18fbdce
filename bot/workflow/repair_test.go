package workflow_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
)

// furnished declares an incident whose room has everything, and gives its state.
func (h *house) furnished() (*cre.Incident, chat.RoomState) {
	h.t.Helper()
	h.rules.Site = "https://cresset.example"
	inc := h.declare(outage)
	h.as(ada, func(s *workflow.Step) error { return s.Assign(h.sameIncident(s, inc.ID), cre.Ops, bob) })
	h.does()
	inc = h.incident(inc.ID)
	return inc, chat.RoomState{Name: inc.Room.Name, Topic: "INC-1 checkout returns 500", Purpose: "War room of INC-1 ",
		Members: []string{"Ucresset", ada.ID, bob.ID}, CardThere: true, CardPinned: true, Links: []string{"https://cresset.example/incidents/INC-1"}}
}

// looks asks for a repair, as somebody in a place, and gives the look that was
// left.
func (h *house) looks(who chat.Person, at chat.Place, id string, another bool) store.Errand {
	h.t.Helper()
	h.as(who, func(s *workflow.Step) error {
		s.At = at
		inc, err := s.Incident(id)
		if err != nil {
			return err
		}
		said, err := s.Repair(inc, another)
		if want := "Checking the room of " + id + " …"; err == nil && said.String() != want {
			h.t.Errorf("the asker is told %q, want %q", said, want)
		}
		return err
	})
	return h.of(store.Inspect)
}

// repairs has the room looked at, and gives what is then left to be done, and
// what the room hears.
func (h *house) repairs(inc *cre.Incident, o workflow.Outcome) (left []store.Errand, heard string) {
	h.t.Helper()
	h.closes(h.looks(ada, inc.Room.Place, inc.ID, false), o)
	left = h.due()
	words := slices.DeleteFunc(slices.Clone(left), func(e store.Errand) bool {
		return e.Kind != store.Say || e.State != store.Todo || e.Message.Key != "" || e.Place != inc.Room.Place
	})
	if len(words) != 1 {
		h.t.Fatalf("the room hears %d times of its repair: %+v", len(words), words)
	}
	return left, words[0].Message.Text.String()
}

// kindsOf names what is left, messages aside.
func kindsOf(left []store.Errand) (all []string) {
	for _, e := range left {
		if e.Kind != store.Say {
			all = append(all, string(e.Kind))
		}
	}
	return all
}

func TestARepairMendsWhatIsMissing(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*chat.RoomState)
		heard  string
		left   []string
	}{
		"nothing":             {func(*chat.RoomState) {}, "Nothing is missing in this room.", nil},
		"the topic":           {func(r *chat.RoomState) { r.Topic = "lunch" }, "I am repairing this room: the topic is set.", []string{"describe"}},
		"a topic of people's": {func(r *chat.RoomState) { r.Topic = "Bridge for INC-1: room 7" }, "Nothing is missing in this room.", nil},
		"another's topic":     {func(r *chat.RoomState) { r.Topic = "INC-12 checkout" }, "I am repairing this room: the topic is set.", []string{"describe"}},
		"the purpose":         {func(r *chat.RoomState) { r.Purpose = "" }, "I am repairing this room: the purpose is set.", []string{"describe"}},
		"one of its people":   {func(r *chat.RoomState) { r.Members = []string{ada.ID} }, "I am repairing this room: 1 person is brought in.", []string{"invite"}},
		"all of its people":   {func(r *chat.RoomState) { r.Members = nil }, "I am repairing this room: 2 people are brought in.", []string{"invite"}},
		"the card":            {func(r *chat.RoomState) { r.CardThere, r.CardPinned = false, false }, "I am repairing this room: the card is said again.", nil},
		"the pin":             {func(r *chat.RoomState) { r.CardPinned = false }, "I am repairing this room: the card is pinned.", []string{"pin"}},
		"the link":            {func(r *chat.RoomState) { r.Links = nil }, "I am repairing this room: the link to the timeline is added.", []string{"bookmark"}},
		"its name":            {func(r *chat.RoomState) { r.Name = "bridge" }, "I am repairing this room: the name #bridge is taken over.", nil},
		"much": {func(r *chat.RoomState) { *r = chat.RoomState{Name: r.Name, CardThere: true} },
			"I am repairing this room: the topic is set, the purpose is set, 2 people are brought in, the card is pinned, the link to the timeline is added.", []string{"describe", "invite", "pin", "bookmark"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			inc, seen := h.furnished()
			c.change(&seen)
			left, heard := h.repairs(inc, workflow.Outcome{Seen: &seen})
			if heard != c.heard || !slices.Equal(kindsOf(left), c.left) {
				t.Errorf("heard %q, left %v; want %q, %v", heard, kindsOf(left), c.heard, c.left)
			}
			entries := h.entries(inc.ID, cre.Happened)
			if mended := strings.HasPrefix(entries[len(entries)-1].Text, "repair of the war room begun: "); mended != (c.heard != "Nothing is missing in this room.") {
				t.Errorf("the timeline ends with %q", entries[len(entries)-1].Text)
			}
			if got := h.incident(inc.ID).Room.Name; got != seen.Name {
				t.Errorf("the room is called %q, want %q", got, seen.Name)
			}
		})
	}
}

func (h *house) entries(id string, kind cre.EntryKind) (all []cre.Entry) {
	h.t.Helper()
	h.as(ada, func(s *workflow.Step) (err error) { all, err = s.Entries(h.sameIncident(s, id)); return err })
	return slices.DeleteFunc(all, func(e cre.Entry) bool { return e.Kind != kind })
}

// A card that is gone is said anew and pinned; one that is there is brought up to
// date in its place.
func TestARepairSaysTheCard(t *testing.T) {
	h := newHouse(t)
	inc, seen := h.furnished()
	left, _ := h.repairs(inc, workflow.Outcome{Seen: &seen})
	if cards := keyed(left, "card"); len(cards) != 1 || cards[0].Then != "" {
		t.Errorf("a card that is there: %+v", cards)
	}
	h.does()
	seen.CardThere, seen.CardPinned = false, false
	left, _ = h.repairs(inc, workflow.Outcome{Seen: &seen})
	cards := keyed(left, "card")
	if len(cards) != 1 {
		t.Fatalf("a card that is gone: %+v", cards)
	}
	h.closes(cards[0], workflow.Outcome{Ref: chat.Ref{Place: inc.Room.Place, ID: "m99"}})
	if pin := h.of(store.Pin); pin.Ref.ID != "m99" {
		t.Errorf("pinned is %+v", pin.Ref)
	}
}

func keyed(all []store.Errand, key string) []store.Errand {
	return slices.DeleteFunc(slices.Clone(all), func(e store.Errand) bool { return e.Kind != store.Say || e.Message.Key != key })
}

// Where nobody can look, everything is done again, and the room is told why.
func TestARepairWithoutALook(t *testing.T) {
	for _, c := range []struct {
		o     workflow.Outcome
		heard string
	}{
		{workflow.Outcome{}, "Chat does not tell me what a room lacks, so I am doing everything again: the topic is set, the purpose is set, 2 people are brought in, the card is said again, the link to the timeline is added."},
		{workflow.Outcome{Trouble: "the app lacks a scope"}, "I could not check this room (the app lacks a scope), so I am doing everything again: the topic is set, the purpose is set, 2 people are brought in, the card is said again, the link to the timeline is added."},
	} {
		h := newHouse(t)
		inc, _ := h.furnished()
		left, heard := h.repairs(inc, c.o)
		if heard != c.heard || !slices.Equal(kindsOf(left), []string{"describe", "invite", "bookmark"}) || len(keyed(left, "card")) != 1 {
			t.Errorf("heard %q, left %v", heard, kindsOf(left))
		}
	}
}

// What is on its way is not left twice, and nobody looks twice at once.
func TestARepairLeavesNothingTwice(t *testing.T) {
	h := newHouse(t)
	inc, _ := h.furnished()
	empty := workflow.Outcome{Seen: &chat.RoomState{Name: inc.Room.Name, CardThere: true}}
	first, _ := h.repairs(inc, empty)
	h.closes(h.looks(bob, general, inc.ID, false), empty)
	if now := h.due(); !slices.Equal(kindsOf(now), kindsOf(first)) {
		t.Errorf("after the second repair %v are left, after the first %v", kindsOf(now), kindsOf(first))
	}
	h.looks(ada, general, inc.ID, false)
	h.looks(bob, general, inc.ID, false)
	if n := h.left(store.Inspect); n != 1 {
		t.Errorf("%d looks at the room, want 1", n)
	}
}

// What was parked is settled: done by the repair, or tried again.
func TestARepairSettlesWhatIsParked(t *testing.T) {
	h := newHouse(t)
	inc, seen := h.furnished()
	parked := map[string]uint64{}
	h.as(ada, func(s *workflow.Step) error {
		for name, e := range map[string]store.Errand{
			"invite":       {Kind: store.Invite, Place: inc.Room.Place, Subject: inc.ID, People: []chat.Person{eve}},
			"pin":          {Kind: store.Pin, Place: inc.Room.Place, Subject: inc.ID},
			"card":         {Kind: store.Say, Place: inc.Room.Place, Message: &chat.Message{Key: "card"}},
			"update":       {Kind: store.Say, Place: inc.Room.Place, Message: &chat.Message{Text: "an update"}},
			"trouble":      {Kind: store.Say, Place: inc.Room.Place, Message: &chat.Message{Text: "x", Buttons: []chat.Button{{Line: "cre retry 7"}}}},
			"announcement": {Kind: store.Say, Place: incidents, Subject: inc.ID, Message: &chat.Message{Key: "incident " + inc.ID}},
			"elsewhere":    {Kind: store.Say, Place: general, Message: &chat.Message{Text: "not of this"}},
		} {
			left, err := s.Leave(e)
			if err != nil {
				return err
			}
			left.State, left.Trouble, left.Began = store.Parked, "not today", h.now
			parked[name] = left.ID
			if err := store.Errands.Put(s.Tx, left); err != nil {
				return err
			}
		}
		return nil
	})
	left, heard := h.repairs(inc, workflow.Outcome{Seen: &seen})
	if heard != "I am repairing this room: 1 person is brought in, 1 message is tried again, the announcement is said again." || len(keyed(left, "incident "+inc.ID)) != 1 {
		t.Errorf("heard %q", heard)
	}
	want := map[string]store.ErrandState{"invite": store.Dropped, "pin": store.Dropped, "card": store.Dropped, "trouble": store.Dropped,
		"announcement": store.Dropped, "update": store.Sending, "elsewhere": store.Parked}
	got := map[string]store.ErrandState{}
	for name, id := range parked {
		got[name] = h.errand(id).State
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
