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
	"log/slog"
	"math"
	"slices"
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
	with   With
	wake   chan struct{}
	mu     sync.Mutex
	busy   map[string]bool      // lanes that an errand is under way in
	held   map[string]time.Time // platform and kind that the platform asked to spare
	places chan struct{}
	lead   leadership
}

// atOnce is how many errands are under way at the same time; the last few places
// are kept for what people wait for.
const (
	atOnce = 8
	kept   = 3
)

// New makes an outbox that does nothing yet.
func New(with With) *Outbox {
	return &Outbox{with: with, wake: make(chan struct{}, 1), busy: map[string]bool{}, held: map[string]time.Time{},
		places: make(chan struct{}, atOnce)}
}

// Wake says that there may be something to do.
func (o *Outbox) Wake() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// idle is how long the outbox sleeps at most: another replica may have left
// something.
const idle = 5 * time.Second

// Run does errands until ctx is done, then lets those under way end.
func (o *Outbox) Run(ctx context.Context) error {
	var under sync.WaitGroup
	defer under.Wait()
	var pruned time.Time
	for {
		next, err := o.passAsLeader(ctx, func(e store.Errand) {
			if !o.enter(e.Priority) { // whoever leaves wakes the loop, which then looks again
				o.free(e.Lane)
				return
			}
			under.Go(func() {
				err := o.attempt(ctx, e)
				o.leave()
				o.rest(ctx, &e, err)
				o.free(e.Lane)
				o.Wake()
			})
		})
		if err != nil && ctx.Err() == nil {
			o.with.Log.Error("outbox cannot read its errands", "err", err)
		}
		if now := o.with.Now(); now.Sub(pruned) > time.Hour {
			pruned = now
			if err := o.prune(ctx, now); err != nil && ctx.Err() == nil {
				o.with.Log.Error("outbox cannot prune", "err", err)
			}
		}
		sleep := time.NewTimer(max(0, min(o.idle(), next.Sub(o.with.Now()))))
		select {
		case <-ctx.Done():
			sleep.Stop()
			under.Wait()
			return o.yield(context.WithoutCancel(ctx))
		case <-o.wake:
			sleep.Stop()
		case <-sleep.C:
		}
	}
}

// enter takes one of the places, if there is one for this priority.
func (o *Outbox) enter(p store.Priority) bool {
	if p > store.ForReply && len(o.places) >= atOnce-kept {
		return false
	}
	select {
	case o.places <- struct{}{}:
		return true
	default:
		return false
	}
}

func (o *Outbox) leave() {
	<-o.places
	o.Wake()
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

// Settle does, one after the other, what is due now and what follows from it.
func (o *Outbox) Settle(ctx context.Context) error {
	for {
		var first *store.Errand
		if _, err := o.passAsLeader(ctx, func(e store.Errand) {
			if first == nil {
				first = &e
			} else {
				o.free(e.Lane)
			}
		}); err != nil {
			return err
		}
		if first == nil {
			return nil
		}
		err := o.attempt(ctx, *first)
		o.free(first.Lane)
		if err := cmp.Or(err, ctx.Err()); err != nil {
			return err
		}
	}
}

// pass begins every errand that can begin now, the most urgent first, and says
// when the next one is due.
func (o *Outbox) pass(ctx context.Context, begin func(store.Errand)) (next time.Time, err error) {
	now := o.with.Now()
	next = now.Add(idle)
	var ready []store.Errand
	consider := func(e *store.Errand) {
		switch at := o.notBefore(e); {
		case at.After(now):
			if at.Before(next) {
				next = at
			}
		case o.take(e.Lane):
			ready = append(ready, *e)
		}
	}
	err = o.with.DB.View(ctx, func(tx store.Tx) error {
		if err := heads(tx, consider); err != nil {
			return err
		}
		for e, err := range store.Errands.By(tx, "timed", nil, store.Page{Limit: 100}) {
			if err != nil {
				return err
			}
			consider(e)
			if e.Due.After(now) {
				break
			}
		}
		return nil
	})
	slices.SortFunc(ready, func(a, b store.Errand) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.ID, b.ID))
	})
	for _, e := range ready {
		begin(e)
	}
	return next, err
}

// heads visits the first open errand of every lane that does not only wait for
// the clock.
func heads(tx store.Tx, visit func(*store.Errand)) error {
	page := store.Page{Limit: 1}
	for {
		var head *store.Errand
		for e, err := range store.Errands.By(tx, "lane", nil, page) {
			if err != nil {
				return err
			}
			head = e
		}
		if head == nil || head.Timed() {
			return nil
		}
		visit(head)
		page.After = store.Key(head.Lane, uint64(math.MaxUint64))
	}
}

// notBefore is when e may begin: when it is due, and when its platform takes
// such calls again.
func (o *Outbox) notBefore(e *store.Errand) time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	if held := o.held[holdKey(e)]; held.After(e.Due) {
		return held
	}
	return e.Due
}

func holdKey(e *store.Errand) string { return e.Platform() + " " + string(e.Kind) }

func (o *Outbox) hold(e *store.Errand, until time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if until.After(o.held[holdKey(e)]) {
		o.held[holdKey(e)] = until
	}
}

func (o *Outbox) take(lane string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.busy[lane] {
		return false
	}
	o.busy[lane] = true
	return true
}

func (o *Outbox) free(lane string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.busy, lane)
}

// keepFor is how long what was done and what was received is kept.
const keepFor = 7 * 24 * time.Hour

// prune forgets what is over, a bounded number at a time.
func (o *Outbox) prune(ctx context.Context, now time.Time) error {
	return o.with.DB.Update(ctx, func(tx store.Tx) error {
		for e, err := range store.Errands.By(tx, "ended", nil, store.Page{Limit: 1000}) {
			if err != nil {
				return err
			}
			if now.Sub(e.Ended) < keepFor {
				break
			}
			if err := store.Errands.Delete(tx, store.Errands.Key(e)); err != nil {
				return err
			}
		}
		for r, err := range store.Inbox.By(tx, "at", nil, store.Page{Limit: 1000}) {
			if err != nil {
				return err
			}
			if now.Sub(r.At) < keepFor {
				break
			}
			if err := store.Inbox.Delete(tx, store.Inbox.Key(r)); err != nil {
				return err
			}
		}
		return nil
	})
}

// step is a step of the workflow that the bot itself takes.
func (o *Outbox) step(tx store.Tx) *workflow.Step {
	return &workflow.Step{Tx: tx, Now: o.with.Now(), Rules: o.with.Rules}
}
