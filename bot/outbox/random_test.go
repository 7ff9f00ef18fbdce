package outbox_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cresset/bot/workflow"
	"cresset/store"
)

// Whatever goes wrong, and however often the bot is restarted meanwhile: in the
// end everything is done or parked, nothing was said twice, and every place
// heard what it heard in order.
func TestAnyFaults(t *testing.T) {
	for group := range 6 {
		t.Run(fmt.Sprint(group), func(t *testing.T) {
			t.Parallel()
			for seed := group * 50; seed < (group+1)*50 && !t.Failed(); seed++ {
				t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { anyFaults(t, uint64(seed)) })
			}
		})
	}
}

func anyFaults(t *testing.T, seed uint64) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage("chat")
		w := newWorld(t, s, paced{capable{s}})
		defer w.close()
		r := rand.New(rand.NewPCG(seed, 1))
		s.goes(faults(rand.New(rand.NewPCG(seed, 2))))
		w.run()
		for round := range 6 {
			w.anything(r, round)
			w.pass(time.Duration(r.IntN(40_000)) * time.Millisecond)
			if r.IntN(3) == 0 {
				w.restart()
			}
		}
		s.goes(nil)
		w.pass(time.Hour)
		w.holds()
	})
}

// anything leaves a few errands of several kinds.
func (w *world) anything(r *rand.Rand, round int) {
	w.t.Helper()
	for i := range 1 + r.IntN(5) {
		lane := fmt.Sprintf("C%d", r.IntN(3))
		switch r.IntN(6) {
		case 0:
			w.say(lane, fmt.Sprintf("card %d.%d", round, i), "card")
		case 1:
			if round < 2 {
				w.declare(fmt.Sprintf("trouble %d.%d", round, i))
			}
		default:
			w.say(lane, fmt.Sprintf("%d.%02d.%s", round, i, lane))
		}
	}
}

// faults is a script in which two calls of five go wrong, in every shape.
func faults(r *rand.Rand) func(call) fate {
	return func(call) fate {
		f := fate{takes: time.Duration(r.IntN(3000)) * time.Millisecond, effect: true}
		switch r.IntN(20) {
		case 0, 1:
			f.err = lost()
		case 2, 3:
			f.err, f.effect = lost(), false
		case 4:
			f.err, f.effect = busy(time.Duration(r.IntN(20))*time.Second), false
		case 5:
			f.err, f.effect = down(), false
		case 6:
			if r.IntN(4) == 0 {
				f.err, f.effect = refused("no"), false
			}
		case 7:
			if r.IntN(4) == 0 {
				f.takes = 2 * time.Minute // longer than an attempt may take
			}
		}
		return f
	}
}

// holds checks what must be true when the outside works again.
func (w *world) holds() {
	w.t.Helper()
	for _, e := range w.left() {
		if e.State != store.Parked {
			w.t.Errorf("still open: %s in lane %q, %d attempts, %s", e.Kind, e.Lane, e.Attempts, e.Trouble)
		}
	}
	ids, last := map[string]int{}, map[string]string{}
	for _, m := range w.stage.messages {
		if ids[m.id]++; ids[m.id] > 1 {
			w.t.Errorf("said twice: %q", m.text)
		}
		if lane := m.ref.Place.Channel; strings.HasSuffix(m.text, lane) {
			if m.text < last[lane] {
				w.t.Errorf("%q was said after %q", m.text, last[lane])
			}
			last[lane] = m.text
		}
	}
	w.roomsHold()
	w.stage.inTime(w.t)
}

// roomsHold checks that each incident has at most one room, and that it is its
// own.
func (w *world) roomsHold() {
	w.t.Helper()
	var rooms []string
	w.step(func(s *workflow.Step) error {
		all, err := s.Incidents(false, 100)
		for _, inc := range all {
			if inc.Room != nil {
				rooms = append(rooms, inc.Room.Name)
			} else if inc.RoomTrouble == "" {
				w.t.Errorf("%s has neither a room nor a reason", inc.ID)
			}
		}
		return err
	})
	for name := range w.stage.rooms {
		if strings.HasSuffix(name, "-b") {
			w.t.Errorf("a second room was opened: %s", name)
		}
	}
	slices.Sort(rooms)
	if len(slices.Compact(rooms)) != len(rooms) {
		w.t.Errorf("two incidents share a room: %v", rooms)
	}
}
