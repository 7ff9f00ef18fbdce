package outbox_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"cresset/bot/chat"
	"cresset/bot/workflow"
	"cresset/store"
)

func TestOnePlaceHearsInOrder(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stage.goes(func(c call) fate {
			if c.what == "m0" { // the first is slow, the others must not overtake it
				return fate{takes: 20 * time.Second}
			}
			return fate{}
		})
		var want []string
		for i := range 12 {
			want = append(want, fmt.Sprintf("m%d", i))
			w.say("C1", want[i])
		}
		w.run()
		w.pass(time.Minute)
		same(t, "said", w.stage.texts(), want...)
	})
}

// A failure in the middle holds up what follows it in its lane, and only there.
func TestLanesDoNotWaitForEachOther(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stage.goes(func(c call) fate {
			if c.what == "stuck" && time.Since(w.began) < time.Minute {
				return fate{err: down()}
			}
			return fate{}
		})
		w.say("C1", "stuck")
		w.say("C1", "behind")
		w.say("C2", "elsewhere")
		w.run()
		w.pass(time.Second)
		same(t, "said at once", w.stage.texts(), "elsewhere")
		w.pass(10 * time.Minute)
		same(t, "said in the end", w.stage.texts(), "elsewhere", "stuck", "behind")
	})
}

// With more to do than fits at once, the urgent goes first.
func TestTheUrgentGoesFirst(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stage.goes(func(call) fate { return fate{takes: time.Second} })
		for i := range 30 {
			w.leave(store.Errand{Kind: store.Say, Place: place(fmt.Sprintf("D%02d", i)), Priority: store.ForDigest, Message: text("digest")})
		}
		for i := range 3 {
			w.leave(store.Errand{Kind: store.Say, Place: place(fmt.Sprintf("R%02d", i)), Priority: store.ForReply, Message: text("reply")})
		}
		w.leave(store.Errand{Kind: store.Say, Place: place("Z"), Priority: store.ForRoom, Message: text("room")})
		w.run()
		w.pass(time.Hour)
		posted := w.stage.did("post")
		if len(posted) != 34 {
			t.Fatalf("said %d messages, want 34", len(posted))
		}
		seen := map[string]int{}
		for i, what := range posted {
			if what != "digest" && i >= 8 {
				t.Errorf("%s was begun as number %d, after digests", what, i+1)
			}
			seen[what]++
		}
	})
}

// A room that is opened while slow, unimportant calls are under way does not
// wait for them.
func TestARoomFindsAPlaceFree(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stage.goes(func(c call) fate {
			if c.what == "digest" {
				return fate{takes: time.Minute}
			}
			return fate{}
		})
		for i := range 30 {
			w.leave(store.Errand{Kind: store.Say, Place: place(fmt.Sprintf("D%02d", i)), Priority: store.ForDigest, Message: text("digest")})
		}
		o := w.run()
		w.pass(10 * time.Second)
		id := w.declare("checkout is down")
		o.Wake()
		w.pass(time.Second)
		if w.incident(id).Room == nil {
			t.Error("the room waits for digests")
		}
	})
}

func text(s string) *chat.Message { return &chat.Message{Text: chat.Plain(s)} }

// lateView is a database whose readers dawdle: what they decide on is old by
// the time they decide.
type lateView struct {
	store.DB
	dawdle func()
}

func (l *lateView) View(ctx context.Context, f func(store.Tx) error) error {
	return l.DB.View(ctx, func(tx store.Tx) error { l.dawdle(); return f(tx) })
}

// What the outbox decided on may be old: by the time it begins, the errand may
// have been tried and its answer lost. Then it has to be looked up, and not
// before its time.
func TestNothingIsBegunOnOldNews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage("chat")
		w := newWorld(t, s, capable{s})
		defer w.close()
		s.goes(times(1, "post", fate{effect: true, err: lost()}))
		w.say("C1", "once")

		// One outbox reads and falls asleep; meanwhile another does the errand, as
		// a pass of the same outbox that was quicker would.
		slow := &world{t: t, with: w.with}
		first := true
		slow.with.DB = &lateView{w.db, func() {
			if first {
				first = false
				time.Sleep(500 * time.Millisecond)
			}
		}}
		slow.run()
		w.run()
		w.pass(700 * time.Millisecond)
		same(t, "calls before the errand was due again", w.stage.did(""), "post once")
		w.pass(time.Hour)
		slow.halt()
		same(t, "said", s.texts(), "once")
	})
}

// A lane whose first errand was parked goes on, and the workflow is told why.
func TestParkedErrandsLetTheLaneGoOn(t *testing.T) {
	inWorld(t, func(w *world) {
		id := w.declare("checkout is down")
		w.stage.goes(func(c call) fate {
			if c.op == "open" {
				return fate{err: refused("ask a workspace admin")}
			}
			return fate{}
		})
		w.run()
		w.pass(time.Minute)
		if got := w.incident(id).RoomTrouble; got != "ask a workspace admin" {
			t.Errorf("trouble of the room: got %q", got)
		}
		said := slices.Sorted(slices.Values(w.stage.texts())) // in lanes of their own, so in either order
		same(t, "said, to everybody and to the lead, who waits for the room", said,
			"I could not do this for INC-1 (war room): ask a workspace admin", "investigating · sev2 · lead ada · no war room: ask a workspace admin")
		if n := len(w.stage.did("open")); n != 1 {
			t.Errorf("the room was asked for %d times", n)
		}
		w.say("C1", "no way")
		w.say("C1", "behind")
		w.stage.goes(times(1, "post", fate{err: refused("no")}))
		w.pass(time.Minute)
		same(t, "said in the lane", w.stage.texts()[2:], "behind")
	})
}

func TestAPersonRetriesWhatIsParked(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stage.goes(times(1, "post", fate{err: refused("not now")}))
		id := w.say("C1", "hello")
		w.run()
		w.pass(time.Minute)
		w.state(id, store.Parked)
		if e := w.errand(id); e.Trouble != "not now" {
			t.Errorf("trouble: got %q", e.Trouble)
		}
		w.step(func(s *workflow.Step) error { _, err := s.Retry(id); return err })
		w.pass(time.Minute)
		w.state(id, store.Done)
		same(t, "said", w.stage.texts(), "hello")
	})
}
