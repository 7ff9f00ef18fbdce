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

// A declare asks for the room and for nothing else; the announcement gives it
// five seconds.
func TestADeclareLeavesTheRoomFirst(t *testing.T) {
	h := newHouse(t)
	inc := h.declared(outage)
	if got := h.kinds(); !slices.Equal(got, []store.ErrandKind{store.OpenRoom}) {
		t.Errorf("due at once: %v", got)
	}
	h.later(5*time.Second - time.Nanosecond)
	if n := len(h.due()); n != 1 {
		t.Errorf("%d errands are due before five seconds are over", n)
	}
	h.later(time.Nanosecond)
	due := h.due()
	if len(due) != 2 || due[1].Kind != store.Say || due[1].Place != incidents || due[1].Message.Key != "incident "+inc.ID {
		t.Errorf("due after five seconds: %+v", due)
	}
}

// The room brings its declarer in with the second call, and the rest follows.
func TestARoomIsFurnishedInOrder(t *testing.T) {
	h := newHouse(t)
	inc := h.declared(outage)
	room := chat.Room{Place: chat.Place{Platform: "chat", Channel: "C9"}, Name: inc.RoomName}
	h.closes(h.due()[0], workflow.Outcome{Room: &room})
	due := h.due()
	if len(due) != 1 || due[0].Kind != store.Invite || due[0].Place != room.Place || !slices.Equal(due[0].People, []chat.Person{ada}) {
		t.Fatalf("after the room: %+v", due)
	}
	h.closes(due[0], workflow.Outcome{})
	due = h.due() // in the order in which they were left: the announcement was there first
	if got := h.kinds(); !slices.Equal(got, []store.ErrandKind{store.Say, store.Say, store.Describe}) {
		t.Fatalf("after the invitation: %v", got)
	}
	announcement, card := due[0], due[1]
	if announcement.Place != incidents || card.Place != room.Place || card.Message.Key != "card" {
		t.Errorf("said: %+v, %+v", announcement, card)
	}
	h.closes(card, workflow.Outcome{Ref: chat.Ref{Place: room.Place, ID: "m1"}})
	pins := slices.DeleteFunc(h.due(), func(e store.Errand) bool { return e.Kind != store.Pin })
	if len(pins) != 1 || pins[0].Ref.ID != "m1" {
		t.Errorf("pinned: %+v", pins)
	}
}

// What fails on the way is told in the room, and holds up nothing.
func TestAFailureOnTheWayIsTold(t *testing.T) {
	h := newHouse(t)
	inc := h.declared(outage)
	room := chat.Room{Place: chat.Place{Platform: "chat", Channel: "C9"}, Name: inc.RoomName}
	h.closes(h.due()[0], workflow.Outcome{Room: &room})
	invite := h.due()[0]
	h.closes(invite, workflow.Outcome{Trouble: "ask a workspace admin"})
	said := h.does()
	told := texts(said, room.Place)
	if !slices.Contains(told, "I could not do this for INC-1 (invitation): ask a workspace admin") {
		t.Errorf("told: %q", told)
	}
	if len(texts(said, incidents)) != 1 {
		t.Error("the announcement did not follow")
	}
}

// An announcement that cannot be made is told in the room, in one message however
// often it is tried.
func TestAnAnnouncementThatCannotBeMade(t *testing.T) {
	h := newHouse(t)
	inc := h.declared(outage)
	h.closes(h.due()[0], workflow.Outcome{Room: &chat.Room{Place: chat.Place{Platform: "chat", Channel: "C9"}, Name: inc.RoomName}})
	h.closes(h.due()[0], workflow.Outcome{})
	var troubles []store.Errand
	for range 2 {
		for _, e := range h.due() {
			if e.Place == incidents {
				h.closes(e, workflow.Outcome{Trouble: "the channel is archived"})
			}
		}
		for _, e := range h.does() {
			if e.Message.Tone == chat.Warning {
				troubles = append(troubles, e)
			}
		}
		h.as(ada, func(s *workflow.Step) error { // brings the announcement up to date
			_, err := s.AddTask(h.sameIncident(s, inc.ID), cre.Task{Text: "look"})
			return err
		})
	}
	if len(troubles) != 2 || troubles[0].Message.Key != troubles[1].Message.Key || troubles[0].Message.Key == "" {
		t.Fatalf("told: %+v", troubles)
	}
	if got := troubles[0].Message.Text.String(); got != "I could not do this for INC-1 (announcement in #incidents): the channel is archived" {
		t.Errorf("told: %q", got)
	}
}

// Who could not be brought in is named.
func TestWhoCannotComeIsNamed(t *testing.T) {
	h := newHouse(t)
	inc := h.declare(outage)
	h.as(ada, func(s *workflow.Step) error {
		inc, err := s.Incident(inc.ID)
		if err != nil {
			return err
		}
		return s.Assign(inc, cre.Ops, bob)
	})
	for _, e := range h.due() {
		if e.Kind == store.Invite {
			h.closes(e, workflow.Outcome{Refused: []chat.Refusal{{Who: bob, Reason: "is deactivated"}}})
		}
	}
	if told := texts(h.does(), inc.Room.Place); !slices.Contains(told, "@bob could not be brought in: is deactivated") {
		t.Errorf("told: %q", told)
	}
}

// A room that cannot be had is said in the announcement, and a retry takes it
// back.
func TestARoomThatCannotBeHad(t *testing.T) {
	h := newHouse(t)
	inc := h.declared(outage)
	open := h.due()[0]
	h.closes(open, workflow.Outcome{Trouble: "ask a workspace admin"})
	if got := h.incident(inc.ID).RoomTrouble; got != "ask a workspace admin" {
		t.Errorf("trouble: %q", got)
	}
	h.does()
	h.as(ada, func(s *workflow.Step) error { _, err := s.Retry(open.ID); return err })
	h.does()
	if inc := h.incident(inc.ID); inc.Room == nil || inc.RoomTrouble != "" {
		t.Errorf("after the retry: %+v", inc)
	}
	if err := h.try(ada, func(s *workflow.Step) error { _, err := s.Retry(open.ID); return err }); !cre.Is(err, cre.NotFound) {
		t.Errorf("a second retry: %v", err)
	}
}

// A message that is pinned twice stands once on the timeline, with the time and
// the author it had.
func TestAPinIsTakenOnce(t *testing.T) {
	h := newHouse(t)
	inc := h.declare(outage)
	at := h.now.Add(time.Minute)
	h.later(10 * time.Minute)
	post := &chat.Post{Ref: chat.Ref{Place: inc.Room.Place, ID: "m77"}, By: bob, Text: "the cache is cold", At: at}
	var fresh []bool
	for range 2 {
		h.as(ada, func(s *workflow.Step) error {
			inc, err := s.Incident(inc.ID)
			if err != nil {
				return err
			}
			was, err := s.PinPost(inc, post)
			fresh = append(fresh, was)
			return err
		})
	}
	if !slices.Equal(fresh, []bool{true, false}) {
		t.Errorf("new: %v", fresh)
	}
	var pins []cre.Entry
	h.as(ada, func(s *workflow.Step) error {
		all, err := s.Entries(h.sameIncident(s, inc.ID))
		pins = slices.DeleteFunc(all, func(e cre.Entry) bool { return e.Kind != cre.Pinned })
		return err
	})
	if len(pins) != 1 || !pins[0].At.Equal(at) || pins[0].By.Key() != bob.Key() || pins[0].Text != "the cache is cold" {
		t.Errorf("on the timeline: %+v", pins)
	}
}

// sameIncident is the incident as the step sees it.
func (h *house) sameIncident(s *workflow.Step, id string) *cre.Incident {
	h.t.Helper()
	inc, err := s.Incident(id)
	if err != nil {
		h.t.Fatal(err)
	}
	return inc
}

// resting closes an incident and waits until its room is to be archived.
func (h *house) resting() (inc *cre.Incident, archive store.Errand) {
	h.t.Helper()
	inc = h.declare(outage)
	for _, to := range []cre.Status{cre.Resolved, cre.Closed} {
		h.as(ada, func(s *workflow.Step) error { return s.Move(h.sameIncident(s, inc.ID), to, "") })
	}
	h.does()
	h.later(25 * time.Hour)
	for _, e := range h.due() {
		if e.Kind == store.Timer {
			h.closes(e, workflow.Outcome{})
		}
	}
	for _, e := range h.due() {
		if e.Kind == store.CloseRoom {
			return inc, e
		}
	}
	h.t.Fatal("the room is not archived")
	return nil, archive
}

func (h *house) reopen(id string) {
	h.t.Helper()
	h.as(ada, func(s *workflow.Step) error { return s.Reopen(h.sameIncident(s, id)) })
}

// An incident that is reopened before its room was archived keeps it.
func TestAReopenedIncidentKeepsItsRoom(t *testing.T) {
	h := newHouse(t)
	inc, _ := h.resting()
	h.reopen(inc.ID)
	h.does()
	if n := h.left(store.CloseRoom); n != 0 || h.incident(inc.ID).Room.Place != inc.Room.Place {
		t.Errorf("%d errands would archive the room %+v", n, h.incident(inc.ID).Room)
	}
}

// One whose room was being archived just then gets a new one.
func TestAReopenedIncidentHasARoom(t *testing.T) {
	h := newHouse(t)
	inc, archive := h.resting()
	h.as(chat.Person{}, func(s *workflow.Step) error {
		archive.State = store.Sending
		return store.Errands.Put(s.Tx, &archive)
	})
	h.reopen(inc.ID)
	h.closes(archive, workflow.Outcome{})
	if n := h.left(store.OpenRoom); n != 1 {
		t.Errorf("%d rooms are being opened, want 1", n)
	}
}

// A room that comes only after the incident was closed, as after an outage, is archived
// like any other.
func TestARoomThatComesAfterTheEndIsArchived(t *testing.T) {
	h := newHouse(t)
	inc := h.declared(outage)
	for _, to := range []cre.Status{cre.Resolved, cre.Closed} {
		h.as(ada, func(s *workflow.Step) error { return s.Move(h.sameIncident(s, inc.ID), to, "") })
	}
	h.later(30 * time.Hour)
	h.does()
	if h.incident(inc.ID).Room == nil {
		t.Fatal("no room was opened")
	}
	h.later(25 * time.Hour)
	h.does()
	if room := h.incident(inc.ID).Room; room != nil {
		t.Errorf("the room #%s stays", room.Name)
	}
}
