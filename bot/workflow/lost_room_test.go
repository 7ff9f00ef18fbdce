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

var (
	archived = workflow.Outcome{Seen: &chat.RoomState{Archived: true}}
	deleted  = workflow.Outcome{Seen: &chat.RoomState{Gone: true}}
)

const anotherRoom = "incident repair INC-1 --new-room"

// offers reports whether one of the messages has the button for another room.
func offers(said []store.Errand, in chat.Place) bool {
	return slices.ContainsFunc(said, func(e store.Errand) bool {
		return e.Kind == store.Say && e.Place == in && slices.ContainsFunc(e.Message.Buttons, func(b chat.Button) bool { return b.Line == anotherRoom })
	})
}

// A room that people ended is not opened again unasked: whoever asked and the
// announcement say so, and offer another.
func TestALostRoomIsOffered(t *testing.T) {
	for why, o := range map[string]workflow.Outcome{"is archived": archived, "is gone, or the bot was removed from it": deleted} {
		h := newHouse(t)
		inc, _ := h.furnished()
		h.closes(h.looks(bob, triage, inc.ID, false), o)
		if n := h.left(store.OpenRoom); n != 0 {
			t.Errorf("%d rooms are being opened unasked", n)
		}
		trouble := "#" + inc.Room.Name + " " + why
		now := h.incident(inc.ID)
		if now.RoomTrouble != trouble || now.Room == nil {
			t.Errorf("trouble %q, want %q; room %v", now.RoomTrouble, trouble, now.Room)
		}
		said := h.does()
		if told := texts(said, triage); !slices.Equal(told, []string{"INC-1 has no war room: " + trouble + ". The record is still kept."}) || !offers(said, triage) {
			t.Errorf("where bob asked: %q, offered: %v", told, offers(said, triage))
		}
		if told := texts(said, incidents); len(told) != 1 || !strings.Contains(told[0], "no war room: "+trouble) || !offers(said, incidents) {
			t.Errorf("announced: %q, offered: %v", told, offers(said, incidents))
		}
		if told := texts(said, inc.Room.Place); len(told) != 0 {
			t.Errorf("said in a room that nobody can use: %q", told)
		}
	}
}

// Who asks in the room itself, from which the bot was removed, hears it alone.
func TestALostRoomIsNotToldInItself(t *testing.T) {
	h := newHouse(t)
	inc, _ := h.furnished()
	h.closes(h.looks(bob, inc.Room.Place, inc.ID, false), deleted)
	if said := h.does(); !offers(said, chat.Place{Platform: "chat", Direct: bob.ID}) {
		t.Errorf("said: %+v", said)
	}
}

// When the incident is over its room is not missed.
func TestALostRoomOfWhatIsOver(t *testing.T) {
	h := newHouse(t)
	inc, _ := h.furnished()
	h.as(ada, func(s *workflow.Step) error { return s.Move(h.sameIncident(s, inc.ID), cre.Resolved, "") })
	h.does()
	h.closes(h.looks(bob, triage, inc.ID, true), archived)
	said := h.does()
	if told := texts(said, triage); !slices.Equal(told, []string{"The room of INC-1 is archived. The incident is resolved, so it needs none."}) || offers(said, triage) {
		t.Errorf("told: %q", told)
	}
	if n := h.left(store.OpenRoom); n != 0 || h.incident(inc.ID).RoomTrouble != "" {
		t.Errorf("%d rooms are being opened", n)
	}
}

// Of a private incident nobody else hears that it has no room.
func TestALostPrivateRoomStaysPrivate(t *testing.T) {
	adas := chat.Place{Platform: "chat", Direct: ada.ID}
	word := func(h *house, inc *cre.Incident) {
		h.as(ada, func(s *workflow.Step) error {
			_, err := s.Say(inc.Room.Place, chat.Message{Text: "a word"}, store.ForRoom)
			return err
		})
		h.closes(h.of(store.Say), workflow.Outcome{Trouble: "gone", Gone: true})
	}
	for what, finds := range map[string]func(*house, *cre.Incident){
		"a look":    func(h *house, inc *cre.Incident) { h.closes(h.looks(ada, triage, inc.ID, false), deleted) },
		"an errand": word,
	} {
		h := newHouse(t)
		inc := h.declare(breach)
		finds(h, inc)
		said := h.does()
		for _, e := range said {
			if e.Place != adas {
				t.Errorf("%s: said in %+v: %s", what, e.Place, e.Message.Text)
			}
		}
		if !offers(said, adas) {
			t.Errorf("%s: ada is not told: %+v", what, said)
		}
		word(h, inc)
		if said := h.does(); len(said) != 0 {
			t.Errorf("%s: told again: %+v", what, said)
		}
	}
}

// Another room takes the next name, for the first stays taken; what was to be
// done in the old one is over.
func TestAnotherRoom(t *testing.T) {
	h := newHouse(t)
	inc, _ := h.furnished()
	h.as(ada, func(s *workflow.Step) error {
		_, err := s.Say(inc.Room.Place, chat.Message{Text: "still to be said"}, store.ForRoom)
		return err
	})
	word := h.of(store.Say)
	h.as(ada, func(s *workflow.Step) error { return s.Assign(h.sameIncident(s, inc.ID), cre.Comms, eve) })
	invitation := h.parks(store.Invite, "the channel is archived")
	h.closes(h.looks(bob, triage, inc.ID, true), archived)
	open := h.of(store.OpenRoom)
	if open.Suffix != 1 || open.Room.Name != inc.Slug() || !open.Room.Since.Equal(h.now) {
		t.Errorf("opened: %+v, after %d names", open.Room, open.Suffix)
	}
	for _, id := range []uint64{word.ID, invitation.ID} {
		if e := h.errand(id); e.State != store.Dropped || e.Subject != inc.ID {
			t.Errorf("in the old room: %s of %q", e.State, e.Subject)
		}
	}
	said := h.does()
	if told := texts(said, triage); !slices.Equal(told, []string{"The room of INC-1 is archived. A new one is on its way."}) {
		t.Errorf("bob hears %q", told)
	}
	now := h.incident(inc.ID)
	if now.Room == nil || now.RoomTrouble != "" || len(keyed(said, "card")) != 1 {
		t.Errorf("the new room: %+v, %q, %d cards", now.Room, now.RoomTrouble, len(keyed(said, "card")))
	}
	var moved bool
	for _, e := range h.entries(inc.ID, cre.Happened) {
		moved = moved || e.Text == "war room #"+inc.Room.Name+" is archived; a new one is opened"
	}
	if !moved {
		t.Error("the timeline does not know")
	}
}

// However many press the button, there is one new room; and none beside a room
// that can be used.
func TestASecondRoomIsOpenedOnce(t *testing.T) {
	h := newHouse(t)
	inc, seen := h.furnished()
	h.closes(h.looks(bob, triage, inc.ID, true), workflow.Outcome{Seen: &seen})
	if told := texts(h.does(), triage); h.left(store.OpenRoom) != 0 || len(told) != 1 || !strings.HasPrefix(told[0], "The room of INC-1 works, so I am not opening another:") {
		t.Errorf("beside a room that can be used: %q", told)
	}
	first, second := h.looks(bob, triage, inc.ID, true), h.looks(ada, triage, inc.ID, false)
	h.closes(first, deleted)
	if n := h.left(store.OpenRoom); n != 1 {
		t.Fatalf("%d rooms are being opened", n)
	}
	h.as(bob, func(s *workflow.Step) error {
		said, err := s.Repair(h.sameIncident(s, inc.ID), true)
		if err == nil && said.String() != "The war room of INC-1 is on its way." {
			t.Errorf("bob is told %q", said)
		}
		return err
	})
	if n := h.left(store.OpenRoom); n != 1 {
		t.Errorf("%d rooms are being opened", n)
	}
	open := h.of(store.OpenRoom)
	h.closes(open, workflow.Outcome{Room: &chat.Room{Place: chat.Place{Platform: "chat", Channel: "C9"}, Name: inc.RoomName + "-b"}})
	h.closes(second, deleted) // old news, of the room before
	if now := h.incident(inc.ID); now.Room == nil || now.RoomTrouble != "" {
		t.Errorf("the new room is taken for the old: %+v, %q", now.Room, now.RoomTrouble)
	}
}

// Where the look failed, no room is given up for it.
func TestNoOtherRoomWithoutALook(t *testing.T) {
	h := newHouse(t)
	inc, _ := h.furnished()
	h.closes(h.looks(bob, triage, inc.ID, true), workflow.Outcome{Trouble: "not now"})
	if told := texts(h.does(), triage); h.left(store.OpenRoom) != 0 || !slices.Equal(told, []string{"I could not check the room of INC-1, so I am not opening another: not now"}) {
		t.Errorf("told %q", told)
	}
	h.closes(h.looks(bob, triage, inc.ID, true), workflow.Outcome{}) // the platform cannot look: the person did
	if n := h.left(store.OpenRoom); n != 1 {
		t.Errorf("%d rooms are being opened", n)
	}
}

// The third room follows the second.
func TestNamesAreNotTakenTwice(t *testing.T) {
	for name, want := range map[string]int{"inc-1-checkout-returns-500": 1, "inc-1-checkout-returns-500-b": 2, "inc-1-checkout-returns-500-y": 25, "bridge": 0, "inc-1-checkout-returns-500-2": 0} {
		h := newHouse(t)
		inc, _ := h.furnished()
		h.as(ada, func(s *workflow.Step) error { inc.Room.Name = name; return store.Incidents.Put(s.Tx, inc) })
		h.closes(h.looks(bob, triage, inc.ID, true), archived)
		if got := h.of(store.OpenRoom).Suffix; got != want {
			t.Errorf("after #%s %d names are taken, want %d", name, got, want)
		}
	}
}

// An incident whose room could not be opened gets another try, and never two.
func TestARepairOpensTheRoom(t *testing.T) {
	h := newHouse(t)
	inc := h.declared(outage)
	asked := h.now
	repair := func(want string) {
		t.Helper()
		h.as(bob, func(s *workflow.Step) error {
			said, err := s.Repair(h.sameIncident(s, inc.ID), false)
			if err == nil && said.String() != want {
				t.Errorf("bob is told %q, want %q", said, want)
			}
			return err
		})
		if n := h.left(store.OpenRoom); n != 1 {
			t.Errorf("%d rooms are being opened", n)
		}
	}
	repair("The war room of INC-1 is on its way.")
	open := h.parks(store.OpenRoom, "ask a workspace admin")
	repair("INC-1 has no war room. Opening one …")
	if !h.errand(open.ID).Open() {
		t.Error("the first errand does not go on")
	}
	h.parks(store.OpenRoom, "ask a workspace admin")
	h.later(time.Hour)
	if err := h.drop(ada, open.ID); err != nil {
		t.Fatal(err)
	}
	repair("INC-1 has no war room. Opening one …")
	if again := h.of(store.OpenRoom); again.ID == open.ID || !again.Room.Since.Equal(asked) {
		t.Errorf("after it was given up: %+v; a room since %v may be its", again.Room, asked)
	}
	h.does()
	if now := h.incident(inc.ID); now.Room == nil || now.RoomTrouble != "" {
		t.Errorf("at the end: %+v %q", now.Room, now.RoomTrouble)
	}
}

func TestWhatIsOverGetsNoRoom(t *testing.T) {
	h := newHouse(t)
	past := h.declared(workflow.Declaration{Title: "yesterday", Past: true})
	inc := h.declared(outage)
	h.parks(store.OpenRoom, "not today")
	h.as(ada, func(s *workflow.Step) error { return s.Move(h.sameIncident(s, inc.ID), cre.Resolved, "") })
	for _, id := range []string{past.ID, inc.ID} {
		err := h.try(ada, func(s *workflow.Step) error { _, err := s.Repair(h.sameIncident(s, id), false); return err })
		if !cre.Is(err, cre.Conflict) {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// An errand that finds the room gone says so with a way out, in the incident's
// announcement and on itself; and somebody may bring the room back.
func TestAnErrandFindsTheRoomGone(t *testing.T) {
	h := newHouse(t)
	inc, _ := h.furnished()
	say := func() store.Errand {
		h.as(ada, func(s *workflow.Step) error {
			_, err := s.Say(inc.Room.Place, chat.Message{Text: "a word"}, store.ForRoom)
			return err
		})
		return h.of(store.Say)
	}
	word := say()
	h.closes(word, workflow.Outcome{Trouble: "the channel is archived", Gone: true})
	if e := h.errand(word.ID); e.Offer.Line != anotherRoom || e.Trouble != `the channel is archived; "`+anotherRoom+`" opens another room` {
		t.Errorf("parked: %q, offer %+v", e.Trouble, e.Offer)
	}
	if n := h.left(store.OpenRoom); n != 0 {
		t.Error("a room is opened unasked")
	}
	if said := h.does(); !offers(said, incidents) || len(texts(said, inc.Room.Place)) != 0 {
		t.Errorf("said: %+v", said)
	}
	h.as(ada, func(s *workflow.Step) error {
		_, err := s.AddTask(h.sameIncident(s, inc.ID), cre.Task{Text: "look"})
		return err
	})
	if cards := keyed(h.due(), "card"); len(cards) != 0 {
		t.Errorf("the card is said in a room that is gone: %+v", cards)
	}
	for _, e := range keyed(h.due(), "incident "+inc.ID) {
		h.closes(e, workflow.Outcome{Trouble: "not today"})
	}
	if told := texts(h.does(), inc.Room.Place); len(told) != 0 {
		t.Errorf("said in a room that is gone: %q", told)
	}
	h.closes(say(), workflow.Outcome{}) // somebody brought it back
	if now := h.incident(inc.ID); now.RoomTrouble != "" || len(keyed(h.due(), "card")) != 1 {
		t.Errorf("brought back: trouble %q, %d cards", now.RoomTrouble, len(keyed(h.due(), "card")))
	}
}

// That a message is gone does not mean that its room is.
func TestAMessageThatIsGone(t *testing.T) {
	h := newHouse(t)
	inc, _ := h.furnished()
	h.as(ada, func(s *workflow.Step) error {
		if _, err := s.Leave(store.Errand{Kind: store.Pin, Place: inc.Room.Place, Subject: inc.ID}); err != nil {
			return err
		}
		_, err := s.Say(inc.Room.Place.In("m1"), chat.Message{Text: "a word"}, store.ForRoom)
		return err
	})
	for _, kind := range []store.ErrandKind{store.Say, store.Pin} {
		h.closes(h.of(kind), workflow.Outcome{Trouble: "the message was deleted", Gone: true})
		if got := h.incident(inc.ID).RoomTrouble; got != "" {
			t.Errorf("%s: %q", kind, got)
		}
	}
}

// An errand of a request in the lost room keeps the request: its step asks for it.
func TestALostRoomKeepsTheSubjectsOfSteps(t *testing.T) {
	h := newHouse(t)
	inc, _ := h.furnished()
	r := h.file(workflow.Filing{Title: "rotate keys"})
	var id uint64
	h.as(ada, func(s *workflow.Step) error {
		e, err := s.Leave(store.Errand{Kind: store.Say, Place: inc.Room.Place, Subject: r.ID, Then: "request anchored", Message: &chat.Message{Key: "asked " + r.ID, Text: "x"}})
		if err != nil {
			return err
		}
		id = e.ID
		e.State = store.Sending
		return store.Errands.Put(s.Tx, e)
	})
	look := h.looks(bob, triage, inc.ID, true)
	h.closes(look, workflow.Outcome{Seen: &chat.RoomState{Gone: true}})
	var kept *store.Errand
	h.as(ada, func(s *workflow.Step) (err error) { kept, err = store.Errands.Get(s.Tx, store.Key(id)); return err })
	if kept.Subject != r.ID {
		t.Errorf("the step %q of %s now runs for %s", kept.Then, r.ID, kept.Subject)
	}
}
