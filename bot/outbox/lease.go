package outbox

import (
	"context"
	"time"

	"cresset/store"
)

// Of several processes on one store, one does the errands: the holder of the
// lease. It takes no new errand after its trust ends, which is before the lease
// does by the store's clock, and every transaction that begins or ends an errand
// compares the epoch. Two that still overlap do no harm: what both do has the
// same identity outside.
const (
	leaseName  = "outbox"
	leaseFor   = 10 * time.Second
	renewEvery = 3 * time.Second
	margin     = 2 * time.Second
)

// leadership is what this process knows of the lease.
type leadership struct {
	lease   store.Lease
	trusted time.Time // until when, by the own clock
	renewed time.Time
	since   time.Time // when it came to lead
}

// pickAsLeader is what can begin, if this process leads.
func (o *Outbox) pickAsLeader(ctx context.Context) (all []picked, next time.Time, err error) {
	now := o.with.Now()
	if o.wantsLease(now) {
		if err := o.claim(ctx, now); err != nil {
			return nil, now.Add(o.longestSleep()), err
		}
	}
	if !o.trusts(now) {
		return nil, now.Add(renewEvery), nil
	}
	return o.pick(ctx)
}

// wantsLease reports whether the lease is to be asked for. Who is alone asks
// once: nobody can take it. Who waits for it asks often.
func (o *Outbox) wantsLease(now time.Time) bool {
	if o.with.Alone {
		return o.lead.lease.Epoch == 0
	}
	every := renewEvery
	if o.lead.lease.Holder != o.with.Holder {
		every = shared
	}
	return now.Sub(o.lead.renewed) >= every || now.Before(o.lead.renewed)
}

// claim takes or renews the lease. The trust begins when it was asked for, not
// when the answer came.
func (o *Outbox) claim(ctx context.Context, now time.Time) error {
	var lease store.Lease
	recent := false
	err := o.with.DB.Update(ctx, func(tx store.Tx) error {
		last, err := store.Leases.Get(tx, store.Key(leaseName))
		if err != nil {
			return err
		}
		recent = last != nil && (last.Yielded || o.with.Alone)
		lease, err = store.Claim(tx, leaseName, o.with.Holder, leaseFor, o.with.Alone)
		return err
	})
	if err != nil {
		return err
	}
	before := o.lead.lease
	o.mu.Lock()
	defer o.mu.Unlock()
	o.lead = leadership{lease: lease, renewed: now, since: o.lead.since}
	if lease.Holder == o.with.Holder {
		o.lead.trusted = now.Add(leaseFor - margin)
	}
	if before.Holder != lease.Holder || before.Epoch != lease.Epoch {
		o.lead.since = now
		o.outages.forget()
		if recent { // else nobody has begun a call for the margin at least
			o.limits.begin(now)
		}
		o.with.Log.Info("who does the errands", "holder", lease.Holder, "epoch", lease.Epoch, "self", lease.Holder == o.with.Holder)
	}
	return nil
}

// leads reports, in a transaction, whether this process still leads.
func (o *Outbox) leads(tx store.Tx) (bool, error) {
	if o.with.Alone {
		return true, nil
	}
	o.mu.Lock()
	lease := o.lead.lease
	o.mu.Unlock()
	if lease.Holder != o.with.Holder {
		return false, nil
	}
	holds, err := lease.Holds(tx)
	if err == nil && !holds {
		o.distrust()
	}
	return holds, err
}

// distrust begins nothing more until the lease was asked for again.
func (o *Outbox) distrust() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.lead.trusted = time.Time{}
}

func (o *Outbox) trusts(now time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.with.Alone || now.Before(o.lead.trusted)
}

// leadsSince is when this process came to lead.
func (o *Outbox) leadsSince() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.lead.since
}

// yield lets another take over at once.
func (o *Outbox) yield(ctx context.Context) error {
	return o.with.DB.Update(ctx, func(tx store.Tx) error { return store.Yield(tx, leaseName, o.with.Holder) })
}

// shared is how long the outbox sleeps at most where another process may have
// left an errand.
const shared = 500 * time.Millisecond

// longestSleep is how long the outbox sleeps at most.
func (o *Outbox) longestSleep() time.Duration {
	if o.with.Alone {
		return idle
	}
	return shared
}
