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

// hears is what the platform says of a room, and the look that was left, if any.
func (h *house) hears(at chat.Place, say func(*workflow.Step) error) (looks []store.Errand) {
	h.t.Helper()
	h.as(chat.Person{Platform: "chat", ID: "cresset"}, func(s *workflow.Step) error { s.At = at; return say(s) })
	for _, e := range h.due() {
		if e.Kind == store.Inspect {
			looks = append(looks, e)
		}
	}
	return looks
}

func (h *house) changes(inc *cre.Incident, seen chat.RoomState) {
	h.t.Helper()
	looks := h.hears(inc.Room.Place, (*workflow.Step).RoomChanged)
	if len(looks) != 1 {
		h.t.Fatalf("%d looks", len(looks))
	}
	h.closes(looks[0], workflow.Outcome{Seen: &seen})
}

func (h *house) timeline(id string) string {
	var all []string
	for _, e := range h.entries(id, cre.Happened) {
		all = append(all, e.Text)
	}
	return strings.Join(all, "\n")
}

func TestARoomThatIsRenamedKeepsItsIncident(t *testing.T) {
	h := newHouse(t)
	inc, seen := h.furnished()
	seen.Name = "war-checkout"
	h.changes(inc, seen)
	now := h.incident(inc.ID)
	if now.Room.Name != "war-checkout" || now.RoomName != "war-checkout" || now.Room.Place != inc.Room.Place {
		t.Errorf("room %+v", now.Room)
	}
	if !strings.Contains(h.timeline(inc.ID), "war room #"+inc.Room.Name+" is called #war-checkout now") {
		t.Errorf("timeline:\n%s", h.timeline(inc.ID))
	}
	h.does()
	h.changes(inc, seen)
	if said := h.does(); len(said) != 0 {
		t.Errorf("the same name again says %+v", said)
	}
}

// A room that people end is known to be lost at once, and offered anew; one that
// they bring back is used again.
func TestARoomThatPeopleEnd(t *testing.T) {
	for how, gone := range map[string]chat.RoomState{"is archived": {Archived: true}, "is gone, or the bot was removed from it": {Gone: true}} {
		h := newHouse(t)
		inc, seen := h.furnished()
		h.changes(inc, gone)
		trouble := "#" + inc.Room.Name + " " + how
		if now := h.incident(inc.ID); now.RoomTrouble != trouble {
			t.Errorf("trouble %q, want %q", now.RoomTrouble, trouble)
		}
		said := h.does()
		if told := texts(said, incidents); len(told) != 1 || !strings.Contains(told[0], trouble) || !offers(said, incidents) {
			t.Errorf("announced: %q", told)
		}
		h.changes(inc, gone)
		if said := h.does(); len(said) != 0 {
			t.Errorf("said twice: %+v", said)
		}
		h.changes(inc, seen)
		if now := h.incident(inc.ID); now.RoomTrouble != "" || !strings.Contains(h.timeline(inc.ID), "can be used again") {
			t.Errorf("trouble %q after it came back; timeline:\n%s", now.RoomTrouble, h.timeline(inc.ID))
		}
		if told := texts(h.does(), incidents); len(told) != 1 || strings.Contains(told[0], "no war room") {
			t.Errorf("announced: %q", told)
		}
	}
}

func TestARoomOfAnIncidentThatIsOverIsLetGo(t *testing.T) {
	h := newHouse(t)
	inc, _ := h.furnished()
	h.as(ada, func(s *workflow.Step) error { return s.Move(h.sameIncident(s, inc.ID), cre.Resolved, "") })
	h.does()
	h.changes(inc, chat.RoomState{Archived: true})
	if now := h.incident(inc.ID); now.RoomTrouble != "" {
		t.Errorf("trouble %q", now.RoomTrouble)
	}
}

// Who writes in a room that another organisation begins to read is warned, once.
func TestARoomThatIsShared(t *testing.T) {
	h := newHouse(t)
	inc, seen := h.furnished()
	seen.Shared = true
	for range 2 {
		h.changes(inc, seen)
	}
	if told := texts(h.does(), inc.Room.Place); len(told) != 1 || !strings.HasPrefix(told[0], "This room is now shared with another organisation.") {
		t.Errorf("the room is told %q", told)
	}
	seen.Shared = false
	h.changes(inc, seen)
	if told := texts(h.does(), inc.Room.Place); len(told) != 1 || !strings.Contains(told[0], "no longer shared") {
		t.Errorf("the room is told %q", told)
	}
}

func TestNoLookElsewhere(t *testing.T) {
	h := newHouse(t)
	inc, _ := h.furnished()
	if looks := h.hears(general, (*workflow.Step).RoomChanged); len(looks) != 0 {
		t.Errorf("looks %+v", looks)
	}
	for range 3 {
		h.hears(inc.Room.Place, (*workflow.Step).RoomChanged)
	}
	if n := h.left(store.Inspect); n != 1 {
		t.Errorf("%d looks at one room", n)
	}
}

// A room under another id is the same room if it carries the mark: its card is
// replaced as before, and what waits is said there. Nobody can lead an incident
// into a room of their own.
func TestARoomWithAnotherId(t *testing.T) {
	for _, c := range []struct {
		what  string
		seen  chat.RoomState
		moved bool
	}{
		{"the room", chat.RoomState{Purpose: "War room of INC-1 "}, true},
		{"a room of somebody's", chat.RoomState{Purpose: "War room of INC-2 "}, false},
		{"a room that the bot is not in", chat.RoomState{Purpose: "War room of INC-1 ", Gone: true}, false},
	} {
		h := newHouse(t)
		inc, _ := h.furnished()
		h.as(ada, func(s *workflow.Step) error {
			_, err := s.Say(inc.Room.Place, chat.Message{Text: "waits"}, store.ForRoom)
			return err
		})
		looks := h.hears(inc.Room.Place, func(s *workflow.Step) error { return s.RoomMoved("C9") })
		h.closes(looks[0], workflow.Outcome{Seen: &c.seen})
		want := inc.Room.Place
		if c.moved {
			want.Channel = "C9"
		}
		now := h.incident(inc.ID)
		if now.Room.Place != want {
			t.Errorf("%s: the room is at %+v", c.what, now.Room.Place)
		}
		if told := saidIn(h.due(), want); !slices.Contains(told, "waits") {
			t.Errorf("%s: there is told %q", c.what, told)
		}
		h.as(ada, func(s *workflow.Step) error { return s.Grade(h.sameIncident(s, inc.ID), cre.Sev1) })
		for _, e := range h.due() {
			if e.Kind == store.Say && e.Message.Key == "card" && e.Place != want {
				t.Errorf("%s: the card goes to %+v", c.what, e.Place)
			}
		}
	}
}

// saidIn is what is still to be said in a place.
func saidIn(left []store.Errand, in chat.Place) []string {
	return texts(slices.DeleteFunc(slices.Clone(left), func(e store.Errand) bool { return e.Kind != store.Say }), in)
}
