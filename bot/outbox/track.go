package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
)

// A Tracker keeps the issues of a product team. Its errors are [chat.SendError]s.
type Tracker interface {
	// Create opens an issue that carries the key, so that Find sees it.
	Create(ctx context.Context, issue cre.Issue, key string) (cre.IssueRef, error)
	// Find looks for the issue that was opened with the key since then. One that
	// was opened may not be shown for some minutes.
	Find(ctx context.Context, key string, since time.Time) (cre.IssueRef, bool, error)
	// State is how an issue stands, by the ID of its ref. One that is not there any
	// more gives [chat.ErrGone].
	State(ctx context.Context, id string) (cre.IssueState, error)
}

// issueShows is how long a tracker may take to list an issue that it has: minutes
// at all of them, eight at one that was watched. Nobody waits for it.
const issueShows = 10 * time.Minute

// handOff opens the issue. If that may have happened, it is looked for first; an
// attempt that the tracker refused opened none.
func (o *Outbox) handOff(ctx context.Context, e *store.Errand, before doubt) (workflow.Outcome, error) {
	tracker, err := o.tracker(e)
	if err != nil {
		return workflow.Outcome{}, err
	}
	key, _, err := o.identity(ctx, e)
	if err != nil {
		return workflow.Outcome{}, err
	}
	if before.again {
		asked := o.with.Now()
		ref, found, err := tracker.Find(ctx, key, e.Began.Add(-skew))
		if err == nil && !found && !before.at.IsZero() {
			err = o.early(before, asked, issueShows)
		}
		if err != nil || found {
			return workflow.Outcome{Issue: ref}, o.heard(e, err)
		}
	}
	ref, err := tracker.Create(ctx, *e.Issue, key)
	return workflow.Outcome{Issue: ref}, o.heard(e, err)
}

// askIssue asks how the issue stands.
func (o *Outbox) askIssue(ctx context.Context, e *store.Errand) (workflow.Outcome, error) {
	tracker, err := o.tracker(e)
	if err != nil {
		return workflow.Outcome{}, err
	}
	state, err := tracker.State(ctx, e.IssueRef.ID)
	if err != nil {
		return workflow.Outcome{}, o.heard(e, err)
	}
	return workflow.Outcome{State: &state}, nil
}

// tracking is all that a tracker is asked for: its limits are on calls, whatever
// they are for.
const tracking chat.Deed = "track"

// tracker is the one that the errand names, unless it asked to be spared.
func (o *Outbox) tracker(e *store.Errand) (Tracker, error) {
	name := e.IssueRef.Tracker
	tracker, ok := o.with.Trackers[name]
	if !ok {
		return nil, never("%q is no longer a tracker in the configuration; add it under integrations again, then retry this", name)
	}
	if left := o.limits.sparedUntil(name, tracking).Sub(o.with.Now()); left > 0 {
		return nil, &chat.SendError{Retry: true, After: left, Err: fmt.Errorf("%w: %s asked to be spared", errWait, name)}
	}
	return tracker, nil
}

// heard notes that the tracker asked to be spared, and passes the error on.
func (o *Outbox) heard(e *store.Errand, err error) error {
	if err == nil || errors.Is(err, errWait) {
		return err
	}
	if after := refusal(err).After; after > 0 {
		o.limits.spare(e.IssueRef.Tracker, tracking, o.with.Now().Add(after))
	}
	return err
}
