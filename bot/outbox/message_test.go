package outbox_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/outbox"
	"cresset/bot/workflow"
	"cresset/store"
)

func ref(channel, id string) chat.Ref { return chat.Ref{Place: place(channel), ID: id} }

// alreadySaid puts the message of an errand on the stage, as a call would whose
// answer nobody heard.
func (w *world) alreadySaid(id uint64, what string) {
	w.stage.messages = append(w.stage.messages, &message{ref: ref("C1", "m1"), id: outbox.Identity("g1", id), text: what})
}

func TestAMessageWithAKeyIsReplaced(t *testing.T) {
	inWorld(t, func(w *world) {
		o := w.run()
		for _, what := range []string{"one", "two", "three"} {
			w.say("C1", what, "card")
			o.Wake()
			w.pass(time.Second)
		}
		w.say("C1", "other", "other card")
		o.Wake()
		w.pass(time.Second)
		w.say("C2", "other place", "card")
		o.Wake()
		w.pass(time.Second)
		same(t, "read", w.stage.texts(), "three", "other", "other place")
		same(t, "asked for", w.stage.did("")[:3], "post one", "edit two", "edit three")
	})
}

// What still waits with the same key is replaced before it is said.
func TestWaitingMessagesWithOneKeyAreOne(t *testing.T) {
	inWorld(t, func(w *world) {
		for _, what := range []string{"one", "two", "three"} {
			w.say("C1", what, "card")
		}
		w.run()
		w.pass(time.Second)
		same(t, "asked for", w.stage.did(""), "post three")
	})
}

// Not so what is under way: it may have been read.
func TestWhatIsUnderWayIsNotReplaced(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stage.goes(times(1, "post", fate{takes: 10 * time.Second}))
		w.say("C1", "one", "card")
		w.run()
		w.pass(time.Second)
		w.say("C1", "two", "card")
		w.pass(time.Minute)
		same(t, "asked for", w.stage.did(""), "post one", "edit two")
	})
}

// A message that somebody deleted is said anew, once, and replaced from then on.
func TestADeletedMessageIsSaidAnew(t *testing.T) {
	inWorld(t, func(w *world) {
		o := w.run()
		say := func(what string) {
			w.say("C1", what, "card")
			o.Wake()
			w.pass(time.Minute)
		}
		say("one")
		w.stage.loses(0)
		w.stage.goes(times(1, "post", fate{effect: true, err: lost()}))
		say("two")
		say("three")
		same(t, "read", w.stage.texts(), "three")
		if n := len(w.stage.did("post")); n != 2 {
			t.Errorf("posted %d times, want 2: %v", n, w.stage.did(""))
		}
	})
}

// A platform that cannot edit says it anew.
func TestWithoutEditingAKeyedMessageIsSaidAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage("chat")
		w := newWorld(t, s, s)
		defer w.close()
		o := w.run()
		w.say("C1", "one", "card")
		o.Wake()
		w.pass(time.Second)
		w.say("C1", "two", "card")
		o.Wake()
		w.pass(time.Second)
		same(t, "read", s.texts(), "one", "two")
	})
}

// The message is the same after a restart, and another one after a restore.
func TestIdentity(t *testing.T) {
	a := outbox.Identity("g1", 7)
	if a != outbox.Identity("g1", 7) || a == outbox.Identity("g1", 8) || a == outbox.Identity("g2", 7) {
		t.Error("the identity does not tell intents apart")
	}
	if len(a) != 36 || a[14] != '8' {
		t.Errorf("%s is no UUID of version 8", a)
	}
}

// Who is linked with another platform is called there by the account that they have
// there, also when a message is replaced.
func TestPeopleAreCalledWhereTheyAre(t *testing.T) {
	twoStages(t, func(w *world, annex *stage) {
		zoe := chat.Person{Platform: "annex", ID: "U-zoe", Name: "zoe"}
		bob := chat.Person{Platform: "chat", ID: "U-bob", Name: "bob"}
		said := func(word string) {
			w.step(func(s *workflow.Step) error {
				for _, platform := range []string{"chat", "annex"} {
					m := chat.Message{Key: "who", Text: chat.Textf("%s and %s, %s", ada, bob, word)}
					if _, err := s.Say(chat.Place{Platform: platform, Channel: "C1"}, m, store.ForReply); err != nil {
						return err
					}
				}
				return nil
			})
			w.run()
			w.pass(time.Minute)
			w.halt()
		}
		last := func(s *stage) string { all := s.texts(); return all[len(all)-1] }
		said("look")
		same(t, "before they are linked", []string{last(w.stage), last(annex)}, "@ada and @bob, look", "@ada and @bob, look")
		w.step(func(s *workflow.Step) error {
			return store.People.Put(s.Tx, &cre.Human{N: 1, Accounts: []cre.Account{{Who: ada}, {Who: zoe}}})
		})
		said("look again")
		same(t, "linked", []string{last(w.stage), last(annex)}, "@ada and @bob, look again", "@zoe and @bob, look again")
	})
}

// What may have been said, and was not, is not said when nobody wants to hear it any
// more.
func TestWhatTurnsOutUnsaidTooLateIsDropped(t *testing.T) {
	inWorld(t, func(w *world) {
		w.stage.goes(func(call) fate {
			return fate{err: &chat.SendError{Retry: true, Unknown: true, Err: errors.New("no answer")}}
		})
		id := w.leave(store.Errand{Kind: store.Say, Place: place("C1"), Message: &chat.Message{Text: "soon"}, Until: time.Now().Add(time.Minute)})
		w.run()
		w.pass(10 * time.Minute)
		w.state(id, store.Sending)
		w.stage.goes(nil)
		w.pass(10 * time.Minute)
		w.state(id, store.Dropped)
		same(t, "said", w.stage.texts())
	})
}
