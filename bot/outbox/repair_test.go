package outbox_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cresset/bot/chat"
	"cresset/bot/workflow"
	"cresset/store"
)

// A seer is a stage that can look at its rooms.
type seer struct {
	capable
	state *chat.RoomState // what it sees
}

func (s seer) Inspect(ctx context.Context, room chat.Place, card chat.Ref) (seen chat.RoomState, err error) {
	err = s.does(ctx, "inspect", room.Channel+" "+card.ID, func() error { seen = *s.state; return nil })
	return seen, err
}

// inRoom runs a test in a world that has a room, on a platform that sees it as
// the test says.
func inRoom(t *testing.T, test func(w *world, room chat.Place, seen *chat.RoomState)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newStage("chat")
		seen := &chat.RoomState{}
		w := newWorld(t, s, seer{capable{s}, seen})
		defer w.close()
		name := w.opened()
		*seen = chat.RoomState{Name: name, Topic: "INC-1 checkout is down", Purpose: "War room of INC-1 g1", Members: []string{ada.ID}, CardThere: true, CardPinned: true}
		s.mu.Lock()
		s.calls = nil
		s.mu.Unlock()
		test(w, place("C-"+name), seen)
	})
}

func (w *world) repair(another bool) {
	w.t.Helper()
	w.step(func(s *workflow.Step) error {
		inc, err := s.Incident("INC-1")
		if err == nil {
			_, err = s.Repair(inc, another)
		}
		return err
	})
}

// hears lists what was said in a place and is no card.
func (w *world) hears(in chat.Place) (all []string) {
	w.stage.mu.Lock()
	defer w.stage.mu.Unlock()
	for _, m := range w.stage.messages {
		if m.ref.Place == in && m.text != "" && !m.gone {
			all = append(all, m.text)
		}
	}
	return all
}

func TestARoomIsLookedAtAndMended(t *testing.T) {
	inRoom(t, func(w *world, room chat.Place, seen *chat.RoomState) {
		seen.Members, seen.CardPinned, seen.Topic = nil, false, ""
		w.repair(false)
		w.pass(time.Minute)
		card := w.stage.did("pin")
		same(t, "looked at", w.stage.did("inspect"), room.Channel+" "+card[0])
		same(t, "brought in", w.stage.did("invite"), room.Channel+" "+ada.ID)
		same(t, "described", w.stage.did("describe"), "INC-1 checkout is down")
		same(t, "said in the room", w.hears(room), "I am repairing this room: the topic is set, 1 person is brought in, the card is pinned.")
	})
}

// A look that fails is taken again for a while; then everything is done again,
// and nothing is parked.
func TestALookThatFails(t *testing.T) {
	for name, c := range map[string]struct {
		script func(call) fate
		looks  int
		want   string
	}{
		"once":   {times(1, "inspect", fate{err: down()}), 2, "Nothing is missing in this room."},
		"slowly": {times(2, "inspect", fate{err: busy(20 * time.Second)}), 3, "Nothing is missing in this room."},
		"for good": {times(1, "inspect", fate{err: refused("the app lacks a scope")}), 1,
			"I could not check this room (the app lacks a scope), so I am doing everything again: the topic is set, the purpose is set, 1 person is brought in, the card is said again."},
	} {
		t.Run(name, func(t *testing.T) {
			inRoom(t, func(w *world, room chat.Place, seen *chat.RoomState) {
				w.stage.goes(c.script)
				w.repair(false)
				w.pass(5 * time.Minute)
				same(t, "said in the room", w.hears(room), c.want)
				if n := len(w.stage.did("inspect")); n != c.looks {
					t.Errorf("%d looks, want %d", n, c.looks)
				}
				if left := w.left(); len(left) > 0 {
					t.Errorf("left over: %+v", left)
				}
			})
		})
	}
}

// The platform stays away: nobody waits for the look longer than some minutes.
func TestALookThatNeverWorks(t *testing.T) {
	inRoom(t, func(w *world, room chat.Place, seen *chat.RoomState) {
		w.stage.goes(func(c call) fate {
			if c.op == "inspect" {
				return fate{err: down()}
			}
			return fate{}
		})
		w.repair(true)
		w.pass(10 * time.Minute)
		same(t, "said where it was asked", w.hears(place("C-general")), "I could not check the room of INC-1, so I am not opening another: cannot dial")
		if n := len(w.stage.rooms); n != 1 {
			t.Errorf("%d rooms", n)
		}
	})
}

// A platform without the ability.
func TestARoomThatNobodyCanLookAt(t *testing.T) {
	inWorld(t, func(w *world) {
		room := place("C-" + w.opened())
		w.repair(false)
		w.pass(time.Minute)
		same(t, "said in the room", w.hears(room), "Chat does not tell me what a room lacks, so I am doing everything again: the topic is set, the purpose is set, 1 person is brought in, the card is said again.")
		cards := 0
		for _, m := range w.stage.messages {
			if m.ref.Place == room && m.text == "" {
				cards++
			}
		}
		if cards != 1 || len(w.stage.rooms) != 1 {
			t.Errorf("%d cards in %d rooms", cards, len(w.stage.rooms))
		}
	})
}

// The room is lost and another wanted: the next name is asked for, and the answer
// of that may be lost too.
func TestAnotherRoomIsOpenedOnce(t *testing.T) {
	inRoom(t, func(w *world, room chat.Place, seen *chat.RoomState) {
		*seen = chat.RoomState{Archived: true}
		w.stage.goes(times(1, "open", fate{effect: true, err: lost()}))
		w.repair(true)
		w.repair(true)
		w.pass(time.Minute)
		same(t, "opened", w.stage.did("open"), roomName+"-b", roomName+"-b")
		inc := w.incident("INC-1")
		if inc.Room == nil || inc.Room.Name != roomName+"-b" || len(w.stage.rooms) != 2 {
			t.Errorf("the room is %+v of %d", inc.Room, len(w.stage.rooms))
		}
		same(t, "brought in", w.stage.did("invite"), "C-"+roomName+"-b "+ada.ID)
	})
}

// The outbox tells the workflow that it was the place that is gone.
func TestAnErrandToALostRoomIsParked(t *testing.T) {
	inRoom(t, func(w *world, room chat.Place, seen *chat.RoomState) {
		w.stage.goes(func(c call) fate {
			if c.op == "post" && c.what == "a word" {
				return fate{err: &chat.SendError{Err: chat.ErrGone, Advice: "the channel is archived"}}
			}
			return fate{}
		})
		id := w.say(room.Channel, "a word")
		w.pass(time.Minute)
		w.state(id, store.Parked)
		if e := w.errand(id); e.Offer.Line != "incident repair INC-1 --new-room" {
			t.Errorf("it offers %+v", e.Offer)
		}
		if got := w.incident("INC-1").RoomTrouble; !strings.Contains(got, "archived or gone") {
			t.Errorf("trouble: %q", got)
		}
	})
}

// What was given up is forgotten in a week, like what was done.
func TestWhatWasDroppedIsForgotten(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stage.goes(times(1, "post", fate{err: refused("not here")}))
		id := w.say("C-general", "a word")
		w.run()
		w.pass(time.Minute)
		w.step(func(s *workflow.Step) error { _, err := s.Drop(id); return err })
		w.pass(6 * 24 * time.Hour)
		w.state(id, store.Dropped)
		w.pass(2 * 24 * time.Hour)
		if e := w.errand(id); e != nil {
			t.Errorf("still there: %+v", e)
		}
		same(t, "said", w.stage.texts())
	})
}
