package outbox_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/outbox"
	"cresset/bot/workflow"
	"cresset/store"
)

// board is a tracker in memory. Its calls meet their fates on a stage.
type board struct {
	*stage
	issues []boardIssue
	state  cre.IssueState
}

type boardIssue struct {
	key, title string
	at         time.Time
}

func (b *board) Create(ctx context.Context, issue cre.Issue, key string) (ref cre.IssueRef, err error) {
	err = b.does(ctx, "create", issue.Title, func() error {
		b.issues = append(b.issues, boardIssue{key, issue.Title, time.Now()})
		ref = cre.IssueRef{Tracker: b.name, ID: fmt.Sprint(len(b.issues))}
		return nil
	})
	return ref, err
}

func (b *board) Find(ctx context.Context, key string, since time.Time) (ref cre.IssueRef, found bool, err error) {
	err = b.does(ctx, "find", key, func() error {
		for i, issue := range b.issues {
			if issue.key == key && !issue.at.Before(since) && time.Since(issue.at) >= b.lag {
				ref, found = cre.IssueRef{Tracker: b.name, ID: fmt.Sprint(i + 1)}, true
			}
		}
		return nil
	})
	return ref, found, err
}

func (b *board) State(ctx context.Context, id string) (state cre.IssueState, err error) {
	err = b.does(ctx, "state", id, func() error { state = b.state; return nil })
	return state, err
}

// inTracked runs a test in a world that has a tracker.
func inTracked(t *testing.T, test func(w *world, b *board)) {
	t.Helper()
	inWorld(t, func(w *world) {
		b := &board{stage: newStage("api")}
		w.with.Trackers = map[string]outbox.Tracker{"api": b}
		test(w, b)
	})
}

func (w *world) handOff(title string) (id uint64) {
	return w.leave(store.Errand{Kind: store.HandOff, Priority: store.ForAnnouncement,
		Issue: &cre.Issue{Title: title, Body: "As asked."}, IssueRef: cre.IssueRef{Tracker: "api"}})
}

// What is handed off is one issue, and the errand says which.
func TestAHandOffOpensOneIssue(t *testing.T) {
	inTracked(t, func(w *world, b *board) {
		id := w.handOff("bulk import")
		w.run()
		w.pass(time.Second)
		w.state(id, store.Done)
		same(t, "asked of the tracker", b.did(""), "create bulk import")
		if e := w.errand(id); e.IssueRef.ID != "1" || e.Issue != nil {
			t.Errorf("kept: %+v, issue %+v", e.IssueRef, e.Issue)
		}
	})
}

// An answer that was lost is looked for, for as long as the tracker may take to
// list what it has; only then is another issue opened.
func TestALostAnswerOpensNoSecondIssue(t *testing.T) {
	for name, test := range map[string]struct {
		lag    time.Duration
		effect bool
	}{"it is listed at once": {0, true}, "it is listed late": {9 * time.Minute, true}, "it was never opened": {0, false}} {
		t.Run(name, func(t *testing.T) {
			inTracked(t, func(w *world, b *board) {
				b.lag = test.lag
				b.goes(times(1, "create", fate{effect: test.effect, err: lost()}))
				id := w.handOff("bulk import")
				w.run()
				w.pass(time.Hour)
				w.state(id, store.Done)
				if len(b.issues) != 1 || w.errand(id).IssueRef.ID != "1" {
					t.Errorf("issues %+v, kept %+v", b.issues, w.errand(id).IssueRef)
				}
			})
		})
	}
}

// The bot dies between asking and hearing: after the restart it looks.
func TestACrashOpensNoSecondIssue(t *testing.T) {
	inTracked(t, func(w *world, b *board) {
		id := w.handOff("bulk import")
		w.run()
		w.pass(time.Second)
		w.halt()
		w.step(func(s *workflow.Step) error { // as the crash left it: begun, its end not kept
			e, err := store.Errands.Get(s.Tx, store.Key(id))
			if err != nil {
				return err
			}
			e.State, e.Ended, e.IssueRef.ID, e.Unclear = store.Sending, time.Time{}, "", e.Began
			e.Issue = &cre.Issue{Title: "bulk import"}
			return store.Errands.Put(s.Tx, e)
		})
		w.restart()
		w.pass(time.Minute)
		w.state(id, store.Done)
		if len(b.issues) != 1 || w.errand(id).IssueRef.ID != "1" {
			t.Errorf("issues %+v, kept %+v", b.issues, w.errand(id).IssueRef)
		}
	})
}

// What the tracker refuses waits for a person, with the advice. Who mended it and
// tries again waits for nothing: a refusal opened no issue.
func TestARefusedHandOffIsParked(t *testing.T) {
	inTracked(t, func(w *world, b *board) {
		b.goes(times(1, "create", fate{err: refused("the repository is archived")}))
		id := w.handOff("bulk import")
		w.run()
		w.pass(time.Second)
		w.state(id, store.Parked)
		if got := w.errand(id).Trouble; got != "the repository is archived" {
			t.Errorf("trouble %q", got)
		}
		w.restart()
		w.step(func(s *workflow.Step) error { _, err := s.Retry(id); return err })
		w.pass(10 * time.Second)
		w.state(id, store.Done)
	})
}

// A tracker that asked to be spared is asked nothing, whatever for.
func TestATrackerIsSpared(t *testing.T) {
	inTracked(t, func(w *world, b *board) {
		b.goes(times(1, "create", fate{err: &chat.SendError{Retry: true, After: 5 * time.Minute, Err: errNet}}))
		first, second := w.handOff("one"), w.handOff("two")
		w.run()
		w.pass(time.Minute)
		asked := w.leave(store.Errand{Kind: store.AskIssue, IssueRef: cre.IssueRef{Tracker: "api", ID: "7"}})
		w.pass(3 * time.Minute)
		same(t, "asked while it is spared", b.did(""), "create one")
		if w.errand(asked) != nil {
			t.Error("who asked does not hear that there is no answer")
		}
		w.pass(10 * time.Minute)
		w.state(first, store.Done)
		w.state(second, store.Done)
	})
}

// A tracker that left the configuration parks what is for it.
func TestATrackerThatIsNotConfigured(t *testing.T) {
	inTracked(t, func(w *world, b *board) {
		delete(w.with.Trackers, "api")
		id := w.handOff("bulk import")
		w.run()
		w.pass(time.Second)
		w.state(id, store.Parked)
	})
}

// An issue is asked about when it is due, and not before.
func TestAnIssueIsAskedAboutWhenDue(t *testing.T) {
	inTracked(t, func(w *world, b *board) {
		id := w.leave(store.Errand{Kind: store.AskIssue, Due: w.began.Add(10 * time.Minute), IssueRef: cre.IssueRef{Tracker: "api", ID: "7"}})
		w.run()
		w.pass(9 * time.Minute)
		same(t, "asked early", b.did(""))
		w.pass(2 * time.Minute)
		same(t, "asked", b.did(""), "state 7")
		if w.errand(id) != nil {
			t.Error("the errand is kept")
		}
	})
}
