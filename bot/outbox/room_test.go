package outbox_test

import (
	"context"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
)

const roomName = "inc-1-checkout-is-down"

// stands puts a room on the stage that was there before.
func (w *world) stands(r chat.Room) {
	if r.Name == "" {
		r.Name = roomName
	}
	r.Place = chat.Place{Platform: "chat", Channel: "C-" + r.Name}
	w.stage.rooms[r.Name] = &r
}

// opened declares an incident, waits, and gives the name of the room it got.
func (w *world) opened() string {
	w.t.Helper()
	id := w.declare("checkout is down")
	w.run()
	w.pass(time.Minute)
	inc := w.incident(id)
	if inc.Room == nil {
		w.t.Fatalf("no room: %q", inc.RoomTrouble)
	}
	return inc.Room.Name
}

func TestWhoseRoomItIs(t *testing.T) {
	now := func() time.Time { return time.Now() }
	for name, c := range map[string]struct {
		there func(w *world) chat.Room
		want  string
	}{
		"a stranger's":        {func(w *world) chat.Room { return chat.Room{Created: now()} }, roomName + "-b"},
		"ours":                {func(w *world) chat.Room { return chat.Room{Own: true, Created: now()} }, roomName},
		"ours, marked":        {func(w *world) chat.Room { return chat.Room{Own: true, Created: now(), Purpose: "War room of INC-1 g1"} }, roomName},
		"ours, clock behind":  {func(w *world) chat.Room { return chat.Room{Own: true, Created: now().Add(-time.Minute)} }, roomName},
		"ours, older":         {func(w *world) chat.Room { return chat.Room{Own: true, Created: now().Add(-3 * time.Hour)} }, roomName + "-b"},
		"of another database": {func(w *world) chat.Room { return chat.Room{Own: true, Created: now(), Purpose: "War room of INC-1 g0"} }, roomName + "-b"},
		"another incident's": {func(w *world) chat.Room {
			r := chat.Room{Own: true, Created: now(), Name: roomName, Place: place("C-" + roomName)}
			w.step(func(s *workflow.Step) error {
				return store.Incidents.Put(s.Tx, &cre.Incident{ID: "INC-9", Number: 9, Status: cre.Closed, RoomRecord: cre.RoomRecord{Room: &r}})
			})
			return r
		}, roomName + "-b"},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.stands(c.there(w))
				if got := w.opened(); got != c.want {
					t.Errorf("got %s, want %s", got, c.want)
				}
			})
		})
	}
}

// A name that nobody can look at belongs to somebody else.
func TestAHiddenRoomIsSomebodyElses(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stage.hidden[roomName], w.stage.hidden[roomName+"-b"] = true, true
		if got := w.opened(); got != roomName+"-c" {
			t.Errorf("got %s", got)
		}
	})
}

func TestAllNamesAreTaken(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stage.hidden[roomName] = true
		for c := 'b'; c <= 'z'; c++ {
			w.stage.hidden[roomName+"-"+string(c)] = true
		}
		id := w.declare("checkout is down")
		w.run()
		w.pass(time.Minute)
		if got := w.incident(id).RoomTrouble; got != "every name like #"+roomName+" is taken" {
			t.Errorf("trouble: got %q", got)
		}
	})
}

// The answer of the opening is lost, after it was done or before.
func TestALostRoomIsAdopted(t *testing.T) {
	for _, effect := range []bool{true, false} {
		inWorld(t, func(w *world) {
			w.stage.goes(times(1, "open", fate{effect: effect, err: lost()}))
			if got := w.opened(); got != roomName || len(w.stage.rooms) != 1 {
				t.Errorf("got %s of %d rooms", got, len(w.stage.rooms))
			}
			same(t, "brought in", w.stage.invited, "C-"+roomName+" U-ada")
		})
	}
}

// The answer of an opening under the second name is lost: it is not forgotten
// which name it was.
func TestALostRoomWithASuffixIsAdopted(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stands(chat.Room{Created: time.Now()})
		n := 0
		w.stage.goes(func(c call) fate {
			if c.op == "open" && c.what == roomName+"-b" {
				if n++; n == 1 {
					return fate{effect: true, err: lost()}
				}
			}
			return fate{}
		})
		if got := w.opened(); got != roomName+"-b" || len(w.stage.rooms) != 2 {
			t.Errorf("got %s of %d rooms", got, len(w.stage.rooms))
		}
	})
}

// The name is on the disk before it is asked for.
func TestTheSuffixIsDurableBeforeTheCall(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stands(chat.Room{Created: time.Now()})
		kept := -1
		w.stage.goes(func(c call) fate {
			if c.op == "open" && c.what == roomName+"-b" {
				err := w.db.View(context.Background(), func(tx store.Tx) error {
					e, err := store.Errands.First(tx, "subject", store.Key("INC-1"))
					if err == nil {
						kept = e.Suffix
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
			return fate{}
		})
		w.opened()
		if kept != 1 {
			t.Errorf("the errand said suffix %d while the room was opened", kept)
		}
	})
}

// Two calls bring the declarer in, whatever else is to be done.
func TestTwoCallsUntilTheDeclarerIsIn(t *testing.T) {
	inWorld(t, func(w *world) {
		w.opened()
		same(t, "first calls", w.stage.did("")[:2], "open "+roomName, "invite C-"+roomName+" U-ada")
		for _, m := range w.stage.messages {
			if m.ref.Place.Channel == "C-"+roomName {
				same(t, "pinned", w.stage.pins, m.ref.ID)
			}
		}
		if e := w.left(); len(e) > 0 {
			t.Errorf("left over: %+v", e)
		}
	})
}

// left are the errands that are not over, timers left out.
func (w *world) left() (all []store.Errand) {
	w.t.Helper()
	w.view(func(tx store.Tx) error {
		for e, err := range store.Errands.All(tx, store.Page{}) {
			if err != nil {
				return err
			}
			if e.Open() && e.Kind != store.Timer || e.State == store.Parked {
				all = append(all, *e)
			}
		}
		return nil
	})
	return all
}

// A room that was made a moment ago may not be listed yet: its name is taken by
// itself.
func TestARoomThatIsNotListedYetIsNoStrangers(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stage.lag = 40 * time.Second
		w.stage.goes(times(1, "open", fate{effect: true, err: lost()}))
		id := w.declare("checkout is down")
		w.run()
		w.pass(2 * time.Minute)
		if inc := w.incident(id); inc.Room == nil || len(w.stage.rooms) != 1 {
			t.Errorf("the room of the incident is %+v, and there are %d", inc.Room, len(w.stage.rooms))
		}
	})
}
