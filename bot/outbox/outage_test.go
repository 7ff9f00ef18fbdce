package outbox_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"cresset/bot/chat"
	"cresset/bot/workflow"
	"cresset/store"
)

// twoStages is a world with a second platform, on which an outage of the first
// is told; an incident lives on the first.
func twoStages(t *testing.T, test func(w *world, annex *stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s, annex := newStage("chat"), newStage("annex")
		w := newWorld(t, s, capable{s})
		defer w.close()
		w.with.Platforms["annex"] = capable{annex}
		w.rules.Platforms = []string{"chat", "annex"}
		w.declare("checkout returns 500")
		w.run()
		w.pass(time.Minute)
		w.halt()
		test(w, annex)
	})
}

const (
	gone = "Chat has not answered since 00:01. INC-1 checkout returns 500 can continue here."
	back = "Chat answers again, after "
)

// A platform is down when its calls fail for a minute and none gets an answer;
// that is told once, also after a restart, and so is that it is up.
func TestAnOutageIsToldOnce(t *testing.T) {
	twoStages(t, func(w *world, annex *stage) {
		w.stage.goes(func(call) fate { return fate{err: down()} })
		w.say("C1", "hello")
		w.run()
		w.pass(downAfter)
		same(t, "told before a minute is over", annex.texts())
		w.pass(time.Minute)
		same(t, "told after it", annex.texts(), gone)
		w.restart()
		w.say("C2", "anybody there")
		w.pass(30 * time.Minute)
		same(t, "told later", annex.texts(), gone)
		w.halt()
		w.stage.goes(nil)
		w.restart()
		w.pass(10 * time.Minute)
		said := annex.texts()
		if len(said) != 2 || said[1][:len(back)] != back {
			t.Errorf("told at the end: %q", said)
		}
		w.view(func(tx store.Tx) error {
			n, err := store.Outages.Count(tx, "", nil)
			if n != 0 {
				t.Errorf("%d outages are still open", n)
			}
			return err
		})
	})
}

// downAfter is a moment before the first failure that is late enough.
const downAfter = 59 * time.Second

// An answer is an answer, also one that says no; and to be asked to wait, now and
// then, is no outage.
func TestWhatIsNoOutage(t *testing.T) {
	for what, script := range map[string]func(call) fate{
		"a refusal between failures": func(c call) fate {
			if c.what == "hello" {
				return fate{err: down()}
			}
			return fate{err: refused("not in this channel")}
		},
		"a wait that is short": times(3, "post", fate{err: busy(10 * time.Second)}),
		"one long wait":        times(1, "post", fate{err: busy(10 * time.Minute)}),
	} {
		t.Run(what, func(t *testing.T) {
			twoStages(t, func(w *world, annex *stage) {
				w.stage.goes(script)
				w.say("C1", "hello")
				o := w.run()
				for range 30 {
					w.pass(30 * time.Second)
					w.leave(store.Errand{Kind: store.Describe, Place: place("C2"), Topic: "x"})
					o.Wake()
				}
				same(t, "told", annex.texts())
			})
		})
	}
}

// A limit on a deed that is not to speak, such as on changing topics, says nothing of
// the platform, even where nothing else is to be done meanwhile.
func TestALimitOnADeedIsNoOutage(t *testing.T) {
	twoStages(t, func(w *world, annex *stage) {
		w.stage.goes(times(3, "describe", fate{err: busy(10 * time.Minute)}))
		w.leave(store.Errand{Kind: store.Describe, Place: place("C1"), Topic: "x"})
		w.run()
		w.pass(time.Hour)
		same(t, "told", annex.texts())
	})
}

// A platform that lets every call wait until it is given up does not answer.
func TestAPlatformThatHangs(t *testing.T) {
	twoStages(t, func(w *world, annex *stage) {
		w.stage.goes(func(call) fate { return fate{takes: time.Hour} })
		w.say("C1", "hello")
		w.run()
		w.pass(2 * time.Minute)
		same(t, "told", annex.texts(), gone)
	})
}

// Who declares an incident in an outage hears of it too; and where both are down,
// the first that is up again hears of the other.
func TestAnOutageOfBoth(t *testing.T) {
	twoStages(t, func(w *world, annex *stage) {
		dead := func(call) fate { return fate{err: down()} }
		w.stage.goes(dead)
		annex.goes(dead)
		w.say("C1", "hello")
		w.leave(store.Errand{Kind: store.Say, Place: chat.Place{Platform: "annex", Channel: "C9"}, Message: text("hello")})
		o := w.run()
		w.pass(10 * time.Minute)
		same(t, "told while both are down", annex.texts())
		annex.goes(nil)
		w.pass(10 * time.Minute)
		same(t, "told", annex.texts(), "hello", gone)
		w.declare("the search is slow")
		o.Wake()
		w.pass(10 * time.Minute)
		same(t, "told of the second", annex.texts()[2:], "Chat has not answered since 00:01. INC-2 the search is slow can continue here.")
	})
}

// Of a private incident no channel hears.
func TestAnOutageTellsNothingPrivate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, annex := newStage("chat"), newStage("annex")
		w := newWorld(t, s, capable{s})
		defer w.close()
		w.with.Platforms["annex"] = capable{annex}
		w.rules.Platforms = []string{"chat", "annex"}
		w.step(func(s *workflow.Step) error {
			_, err := s.Declare(workflow.Declaration{Title: "a leak", Private: true})
			return err
		})
		s.goes(func(call) fate { return fate{err: down()} })
		w.run()
		w.pass(10 * time.Minute)
		s.goes(nil)
		w.pass(10 * time.Minute)
		same(t, "told", annex.texts())
	})
}

// A platform that refuses the bot for good takes as little as one that is down: that is
// told at once. When somebody mended it, what it took nothing of is done, once.
func TestABarredPlatformIsDown(t *testing.T) {
	twoStages(t, func(w *world, annex *stage) {
		w.stage.goes(func(call) fate {
			return fate{err: &chat.SendError{Barred: true, Err: errors.New("the token was revoked")}}
		})
		id := w.say("C1", "hello")
		w.run()
		w.pass(time.Second)
		same(t, "told", annex.texts(), gone)
		w.state(id, store.Parked)
		w.pass(time.Hour)
		same(t, "told later", annex.texts(), gone)
		w.halt()
		w.stage.goes(nil)
		w.restart()
		w.say("C2", "anybody there")
		w.pass(time.Minute)
		w.state(id, store.Done)
		if said := w.stage.texts(); !slices.Contains(said, "hello") || !slices.Contains(said, "anybody there") {
			t.Errorf("said at the end: %q", said)
		}
		if said := annex.texts(); len(said) != 2 || said[1][:len(back)] != back {
			t.Errorf("told at the end: %q", said)
		}
	})
}
