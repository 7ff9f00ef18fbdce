// Package outbox does the errands that workflows left. It is the only package
// that acts on the world outside.
//
// An errand is done once as far as the outside can be asked, and, per lane, in
// the order in which it was left. What may have happened already is looked up
// before it is repeated; what cannot be done is parked for a person, with the
// reason, and holds up nothing behind it. The next step of the workflow is taken
// in the transaction that closes the errand.
//
// It refuses to decide what is to be done: that is workflow.
package outbox

import (
	"cmp"
	"context"
	"iter"
	"log/slog"
	"sync"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
)

// A Source counts the events of an SLI.
type Source interface {
	// Counts gives the buckets that are known in [from, to), in order. A bucket
	// that is missing is not known; one without events had no traffic. A zero
	// from asks for as far back as the SLO's window reaches.
	Counts(ctx context.Context, s cre.SLO, from, to time.Time) ([]cre.Bucket, error)
}

// A Drafter writes prose from evidence. Every sentence cites what it rests on.
type Drafter interface {
	Draft(ctx context.Context, e cre.Evidence) (*cre.Prose, error)
}

// With is what an outbox works with.
type With struct {
	DB        store.DB
	Rules     *cre.Settings
	Platforms map[string]chat.Platform
	Sources   map[string]Source
	Drafter   Drafter // nil: none
	Trackers  map[string]Tracker
	Now       func() time.Time
	Log       *slog.Logger
	// Holder names this process among those on one store; Alone says that the
	// store's own lock keeps every other out.
	Holder string
	Alone  bool
	// Count is told how each attempt ended: "done", "retry" or "parked".
	Count func(kind, outcome string)
}

// An Outbox does errands while Run runs, or on Settle. Make it with [New].
type Outbox struct {
	with    With
	wake    chan struct{}
	mu      sync.Mutex
	busy    map[string]bool // lanes that an errand is under way in
	limits  *limiter
	trials  *trials
	outages *outages
	places  chan struct{}
	lead    leadership
	cursor  []byte // behind the last lane that was looked at, when there are too many to look at all
}

// atOnce is how many errands are under way at the same time; the last few places
// are kept for what people wait for.
const (
	atOnce = 8
	kept   = 3
)

// New makes an outbox that does nothing yet.
func New(with With) *Outbox {
	return &Outbox{with: with, wake: make(chan struct{}, 1), busy: map[string]bool{}, limits: newLimiter(), trials: newTrials(), outages: newOutages(),
		places: make(chan struct{}, atOnce)}
}

// Wake says that there may be something to do.
func (o *Outbox) Wake() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// idle is how long the outbox sleeps at most.
const idle = 5 * time.Second

// Run does errands until ctx is done, then lets those under way end.
func (o *Outbox) Run(ctx context.Context) error {
	var under sync.WaitGroup
	var pruned time.Time
	for {
		ready, next, err := o.pickAsLeader(ctx)
		for _, e := range ready {
			again, ok := o.enter(&e)
			if !ok {
				o.free(e.Lane)
				next = earlier(next, again)
				continue
			}
			under.Go(func() {
				err := o.attempt(ctx, e.Errand)
				o.leave(&e)
				o.rest(ctx, &e.Errand, err)
				o.free(e.Lane)
				o.Wake()
			})
		}
		if err != nil && ctx.Err() == nil {
			o.with.Log.Error("outbox cannot read its errands", "err", err)
		}
		if now := o.with.Now(); now.Sub(pruned) > time.Hour {
			pruned = now
			if err := o.prune(ctx, now); err != nil && ctx.Err() == nil {
				o.with.Log.Error("outbox cannot prune", "err", err)
			}
		}
		sleep := time.NewTimer(max(0, min(o.longestSleep(), next.Sub(o.with.Now()))))
		select {
		case <-ctx.Done():
			sleep.Stop()
			under.Wait()
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepTime)
			defer cancel()
			return o.yield(last)
		case <-o.wake:
			sleep.Stop()
		case <-sleep.C:
		}
	}
}

// enter takes one of the places, and the place of a call at the platform, if
// there is one of each for this priority. Otherwise it says when to ask again;
// whoever leaves wakes the loop as well.
func (o *Outbox) enter(e *picked) (again time.Time, ok bool) {
	now := o.with.Now()
	if e.Priority > store.ForReply && len(o.places) >= atOnce-kept {
		return now.Add(idle), false
	}
	select {
	case o.places <- struct{}{}:
	default:
		return now.Add(idle), false
	}
	if p := o.with.Platforms[e.Platform()]; p != nil {
		if e.turn, again, ok = o.limits.take(p, e.deed, e.Place, e.Priority, now); !ok {
			<-o.places
			return again, false
		}
	}
	return now, true
}

func (o *Outbox) leave(e *picked) {
	o.limits.done(e.turn, o.with.Now())
	<-o.places
}

// rest keeps the lane of an errand whose state could not be kept shut for a
// while: it would be begun again at once, and for ever.
func (o *Outbox) rest(ctx context.Context, e *store.Errand, err error) {
	if err == nil || ctx.Err() != nil {
		return
	}
	o.with.Log.Error("outbox cannot keep how an errand stands", "errand", e.ID, "kind", string(e.Kind), "err", err)
	select {
	case <-time.After(idle):
	case <-ctx.Done():
	}
}

// Settle does, one after the other, what is due now and what follows from it. It
// keeps no pace: the clock that it is used with stands still.
func (o *Outbox) Settle(ctx context.Context) error {
	for {
		ready, _, err := o.pickAsLeader(ctx)
		if err != nil {
			return err
		}
		for _, e := range ready {
			o.free(e.Lane)
		}
		if len(ready) == 0 {
			return nil
		}
		if err := cmp.Or(o.attempt(ctx, ready[0].Errand), ctx.Err()); err != nil {
			return err
		}
	}
}

// keepFor is how long what was done and what was received is kept.
const keepFor = 7 * 24 * time.Hour

// prune forgets what is over, a bounded number at a time.
func (o *Outbox) prune(ctx context.Context, now time.Time) error {
	before := now.Add(-keepFor)
	return o.with.DB.Update(ctx, func(tx store.Tx) error {
		for u, err := range store.Unreadables.All(tx, store.Page{}) {
			if err != nil {
				return err
			}
			if u.At.After(before) {
				continue // they are in no order of time
			}
			if err := store.Unreadables.Delete(tx, store.Unreadables.Key(u)); err != nil {
				return err
			}
		}
		few := store.Page{Limit: 1000}
		return cmp.Or(
			forget(tx, store.Errands, store.Errands.By(tx, "ended", nil, few), func(e *store.Errand) time.Time { return e.Ended }, before),
			forget(tx, store.Inbox, store.Inbox.By(tx, "at", nil, few), func(r *store.Received) time.Time { return r.At }, before),
			forget(tx, store.Overheard, store.Overheard.All(tx, few), func(h *cre.Overheard) time.Time { return h.At }, before))
	})
}

// forget deletes what was before then, of records that come in the order of time.
func forget[T any](tx store.Tx, c *store.Collection[T], all iter.Seq2[*T, error], at func(*T) time.Time, before time.Time) error {
	for v, err := range all {
		if err != nil || at(v).After(before) {
			return err
		}
		if err := c.Delete(tx, c.Key(v)); err != nil {
			return err
		}
	}
	return nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// step is a step of the workflow that the bot itself takes.
func (o *Outbox) step(tx store.Tx) *workflow.Step {
	return &workflow.Step{Tx: tx, Now: o.with.Now(), Rules: o.with.Rules}
}
