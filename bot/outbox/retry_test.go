package outbox_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"cresset/bot/workflow"
	"cresset/store"
)

// Each failure doubles the wait, up to five minutes.
func TestRetriesBackOff(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stage.goes(times(11, "post", fate{err: down()}))
		w.say("C1", "hello")
		w.run()
		w.pass(time.Hour)
		var waits []time.Duration
		at := w.stage.at("post", w.began)
		for i := 1; i < len(at); i++ {
			waits = append(waits, at[i]-at[i-1])
		}
		s, m := time.Second, time.Minute
		same(t, "waits", waits, s, 2*s, 4*s, 8*s, 16*s, 32*s, 64*s, 128*s, 256*s, 5*m, 5*m)
		same(t, "said", w.stage.texts(), "hello")
	})
}

// "Not before" is for that kind of call on that platform, and for nothing else.
func TestRetryAfterHoldsOneKindOnOnePlatform(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, other := newStage("chat"), newStage("other")
		w := newWorld(t, s, capable{s})
		w.with.Platforms["other"] = capable{other}
		defer w.close()
		s.goes(times(1, "post", fate{err: busy(90 * time.Second)}))
		w.say("C1", "first")
		o := w.run()
		w.pass(time.Second)

		w.say("C2", "second")
		p := place("C3")
		p.Platform = "other"
		w.leave(store.Errand{Kind: store.Say, Place: p, Message: text("elsewhere")})
		w.leave(store.Errand{Kind: store.Describe, Place: place("C2"), Topic: "topic"})
		o.Wake()
		w.pass(80 * time.Second)
		same(t, "what the platform heard", s.did(""), "post first", "describe topic")
		same(t, "what the other platform heard", other.did(""), "post elsewhere")
		w.pass(10 * time.Second)
		same(t, "said in the end", slices.Sorted(slices.Values(s.texts())), "first", "second")
		if at := s.at("post", w.began); at[1] < 90*time.Second || at[2] < 90*time.Second {
			t.Errorf("posted at %v, before the platform allowed it", at)
		}
	})
}

// A shorter wait asked for later does not shorten a longer one.
func TestTheLongestHoldCounts(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stage.goes(func(c call) fate {
			switch {
			case c.at.Sub(w.began) > time.Minute:
				return fate{}
			case c.what == "long":
				return fate{err: busy(10 * time.Minute)}
			}
			return fate{takes: time.Second, err: busy(time.Second)}
		})
		w.say("C1", "long")
		w.say("C2", "short")
		o := w.run()
		w.pass(5 * time.Second)
		w.say("C3", "later")
		o.Wake()
		w.pass(9 * time.Minute)
		if n := len(w.stage.did("post")); n != 2 {
			t.Errorf("%d calls during the hold, want 2: %v", n, w.stage.did(""))
		}
	})
}

// An answer that was lost after the message was said is looked up.
func TestALostAnswerIsLookedUp(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stage.goes(times(1, "post", fate{effect: true, err: lost()}))
		id := w.say("C1", "hello")
		w.run()
		w.pass(time.Minute)
		same(t, "said", w.stage.texts(), "hello")
		if e := w.errand(id); e.State != store.Done || e.Ref.ID != "m1" {
			t.Errorf("got %+v", e)
		}
	})
}

// Where nothing was said it is said, after it was looked for.
func TestALostCallIsRepeated(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stage.goes(times(1, "post", fate{err: lost()}))
		w.say("C1", "hello")
		w.run()
		w.pass(time.Minute)
		same(t, "said", w.stage.texts(), "hello")
		if f := w.stage.did("find"); len(f) == 0 {
			t.Error("it was not looked for before it was repeated")
		}
	})
}

// What was said a moment ago may not be shown yet: not to be found means nothing
// before that.
func TestALookThatComesTooEarly(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stage.lag = 8 * time.Second
		w.stage.goes(times(1, "post", fate{effect: true, err: lost()}))
		w.say("C1", "hello")
		w.declare("checkout is down")
		w.run()
		w.pass(time.Minute)
		if n := len(w.stage.did("find")); n < 2 {
			t.Errorf("looked %d times", n)
		}
		seen := map[string]int{}
		for _, text := range w.stage.texts() {
			if seen[text]++; seen[text] > 1 {
				t.Errorf("said twice: %q", text)
			}
		}
	})
}

// The look itself may fail for a while.
func TestTheLookUpIsRepeated(t *testing.T) {
	inWorld(t, func(w *world) {
		posts, finds := times(1, "post", fate{effect: true, err: lost()}), times(3, "find", fate{err: busy(time.Second)})
		w.stage.goes(func(c call) fate {
			if c.op == "post" {
				return posts(c)
			}
			return finds(c)
		})
		w.say("C1", "hello")
		w.run()
		w.pass(time.Minute)
		same(t, "said", w.stage.texts(), "hello")
	})
}

// Where nobody can look, a person decides.
func TestWithoutALookTheUnclearIsParked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage("chat")
		w := newWorld(t, s, s)
		defer w.close()
		s.goes(times(1, "post", fate{effect: true, err: lost()}))
		id := w.say("C1", "hello")
		w.say("C1", "behind")
		w.run()
		w.pass(time.Hour)
		w.state(id, store.Parked)
		same(t, "said", s.texts(), "hello", "behind")

		// A person has looked and wants it said.
		s.loses(0)
		w.step(func(s *workflow.Step) error { _, err := s.Retry(id); return err })
		w.pass(time.Minute)
		w.state(id, store.Done)
		same(t, "said in the end", s.texts(), "behind", "hello")
	})
}

// A lost post, then a message that is gone, then a platform that is busy: what
// may have been said is not forgotten on the way.
func TestWhatIsUnclearStaysUnclear(t *testing.T) {
	inWorld(t, func(w *world) {
		o := w.run()
		w.say("C1", "one", "card")
		o.Wake()
		w.pass(time.Second)
		w.stage.loses(0)
		posts := times(1, "post", fate{effect: true, err: lost()})
		edits := 0
		w.stage.goes(func(c call) fate {
			if c.op == "edit" {
				if edits++; edits == 2 {
					return fate{err: busy(time.Second)}
				}
			}
			return posts(c)
		})
		w.say("C1", "two", "card")
		o.Wake()
		w.pass(time.Minute)
		same(t, "read", w.stage.texts(), "two")
	})
}

// A crash between the call and the note of it: the errand is found in sending.
func TestACallCutOffByACrashIsLookedUp(t *testing.T) {
	for _, effect := range []bool{true, false} {
		inWorld(t, func(w *world) {
			id := w.say("C1", "hello")
			w.step(func(s *workflow.Step) error {
				e, err := store.Errands.Get(s.Tx, store.Key(id))
				if err != nil {
					return err
				}
				e.State, e.Began, e.Attempts = store.Sending, s.Now, 1
				return store.Errands.Put(s.Tx, e)
			})
			if effect {
				w.alreadySaid(id, "hello")
			}
			w.run()
			w.pass(time.Minute)
			same(t, "said", w.stage.texts(), "hello")
			w.state(id, store.Done)
		})
	}
}

func TestPatienceEndsInParked(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stage.goes(func(c call) fate { return fate{err: down()} })
		id := w.say("C1", "hello")
		w.run()
		w.pass(23 * time.Hour)
		if e := w.errand(id); !e.Open() {
			t.Errorf("given up after %v: %+v", time.Since(w.began), e)
		}
		w.pass(2 * time.Hour)
		w.state(id, store.Parked)

		// A person who asks again gets more than one try.
		w.step(func(s *workflow.Step) error { _, err := s.Retry(id); return err })
		w.stage.goes(times(2, "post", fate{err: down()}))
		w.pass(time.Minute)
		w.state(id, store.Done)
	})
}

// What fails alone, while the platform does the like for others, is parked soon:
// it holds up what is behind it.
func TestWhatFailsAloneIsParkedSoon(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stage.goes(func(c call) fate {
			if c.what == "odd" {
				return fate{err: down()}
			}
			return fate{}
		})
		id := w.say("C1", "odd")
		w.say("C1", "behind")
		o := w.run()
		for range 30 {
			w.say("C2", "elsewhere")
			o.Wake()
			w.pass(time.Minute)
		}
		w.state(id, store.Parked)
		if !slices.Contains(w.stage.texts(), "behind") {
			t.Error("what was behind it still waits")
		}
	})
}

// A platform that is down again and again parks nothing of what waits for it.
func TestWhatWaitedThroughAnOutageIsNotGivenUp(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stage.goes(func(c call) fate {
			if minute := int(time.Since(w.began) / time.Minute); minute < 60 || minute%10 < 5 && minute < 120 {
				return fate{err: down()}
			}
			return fate{}
		})
		o := w.run()
		var ids []uint64
		for i := range 90 {
			ids = append(ids, w.say(fmt.Sprint("C", i%3), fmt.Sprint(i)))
			o.Wake()
			w.pass(time.Minute)
		}
		w.pass(2 * time.Hour)
		for _, id := range ids {
			w.state(id, store.Done)
		}
	})
}

// What is to be pinned is still known after the platform was away.
func TestARetriedPinKnowsItsMessage(t *testing.T) {
	inWorld(t, func(w *world) {
		p := w.with.Platforms["chat"]
		delete(w.with.Platforms, "chat")
		id := w.leave(store.Errand{Kind: store.Pin, Place: place("C1"), Ref: ref("C1", "m7")})
		w.run()
		w.pass(time.Minute)
		w.state(id, store.Parked)
		w.halt()
		w.with.Platforms["chat"] = p
		w.step(func(s *workflow.Step) error { _, err := s.Retry(id); return err })
		w.run()
		w.pass(time.Minute)
		same(t, "pinned", w.stage.pins, "m7")
	})
}

// A disk that takes nothing for a while is no reason to hurry.
func TestAnErrandThatCannotBeKeptIsNotHurried(t *testing.T) {
	inWorld(t, func(w *world) {
		id := w.leave(store.Errand{Kind: store.Say, Place: place("C1"), Message: text("hello"), Then: "a step of tomorrow's"})
		w.say("C2", "elsewhere")
		w.run()
		w.pass(time.Minute)
		w.state(id, store.Sending)
		if n := len(w.stage.did("post")); n != 2 {
			t.Errorf("posted %d times: %v", n, w.stage.did(""))
		}
		if n := len(w.stage.did("find")); n > 15 {
			t.Errorf("looked %d times in a minute", n)
		}
	})
}
