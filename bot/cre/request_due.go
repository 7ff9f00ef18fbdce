package cre

import (
	"cmp"
	"slices"
	"time"
)

// Ask notes that the requester or the customer gave something and waits for a word.
func (r *Request) Ask(at time.Time) {
	if r.Asking.IsZero() {
		r.Asking = at
	}
}

// Answer notes a word or an act of a CRE towards the requester, who waits no more.
// What was due before is to be settled before; see [Request.Settle].
func (r *Request) Answer(at time.Time) {
	switch {
	case r.Answered.IsZero():
		r.Answered = at
	case !r.Asking.IsZero() && r.breach(NextResponse) == nil:
		r.Replies = append(r.Replies, at)
	}
	r.come(NextResponse, at)
	r.Asking = time.Time{}
}

// Since is when a clock of the request began to run.
func (r *Request) Since(clock ClockKind) time.Time {
	switch {
	case clock == NextResponse:
		return r.Asking
	case len(r.Hands) == 0: // it was filed before hands were kept
		return r.Created
	}
	return r.Hands[0].At
}

// stopped is when a clock stopped for good, zero if it did not.
func (r *Request) stopped(clock ClockKind) time.Time {
	if clock == FirstResponse {
		return cmp.Or(r.Answered, r.Ended)
	}
	return r.Ended
}

// breach is what is noted of a clock that runs, or ran until now, if it broke; else nil.
func (r *Request) breach(clock ClockKind) *Breach {
	for i, b := range r.Breaches {
		if b.Clock == clock && !b.Due.Before(r.Since(clock)) {
			return &r.Breaches[i]
		}
	}
	return nil
}

// warned reports whether somebody was warned of a clock since it began.
func (r *Request) warned(clock ClockKind) bool {
	at := r.Warned[clock]
	return !at.IsZero() && !at.Before(r.Since(clock))
}

// Settle notes each clock that ran out, and of those that did before when what was due
// came. It gives the clocks that ran out only now.
func (r *Request) Settle(clocks []RequestClock) (broken []RequestClock) {
	for _, c := range clocks {
		if c.State == ClockBroken && r.breach(c.Kind) == nil {
			r.Breaches = append(r.Breaches, Breach{Clock: c.Kind, Due: c.Due})
			broken = append(broken, c)
		}
		r.come(c.Kind, r.stopped(c.Kind))
	}
	return broken
}

// come notes when what broken clocks of a kind waited for came; at may be zero.
func (r *Request) come(clock ClockKind, at time.Time) {
	for i, b := range r.Breaches {
		if b.Clock == clock && b.Came.IsZero() {
			r.Breaches[i].Came = at
		}
	}
}

// Warn notes that somebody is warned now of each clock of which that is due, once for
// as long as it runs, and gives those clocks.
func (r *Request) Warn(clocks []RequestClock, now time.Time) (warned []RequestClock) {
	for _, c := range clocks {
		if c.Warn.IsZero() || c.Warn.After(now) || r.warned(c.Kind) {
			continue
		}
		if r.Warned == nil {
			r.Warned = map[ClockKind]time.Time{}
		}
		r.Warned[c.Kind] = now
		warned = append(warned, c)
	}
	return warned
}

// Stopped reports whether a clock of the request ran to its end.
func (r *Request) Stopped(clock ClockKind) bool { return !r.stopped(clock).IsZero() }

// Moment is the next time at which a clock is to be warned of, or runs out, if nothing
// happens until then; zero for never.
func (r *Request) Moment(clocks []RequestClock) (next time.Time) {
	for _, c := range clocks {
		if c.State != ClockRunning {
			continue
		}
		at := c.Due
		if !c.Warn.IsZero() && !r.warned(c.Kind) {
			at = c.Warn
		}
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return next
}

// Late is by how much business time what was due came late, or is late now.
func (r *Request) Late(cal Calendar, b Breach, now time.Time) time.Duration {
	hands := r.Hands
	if b.Clock != Resolution {
		hands = []Hand{{b.Due, OnUs}}
	}
	late, _ := Elapsed(cal, hands, b.Due, cmp.Or(b.Came, now))
	return late
}

// Judged are the times at which a promise about the request was kept or broken, in
// order.
func (r *Request) Judged() []time.Time {
	all := append([]time.Time{r.Answered, r.Ended}, r.Replies...)
	for _, b := range r.Breaches {
		all = append(all, b.Due)
	}
	slices.SortFunc(all, time.Time.Compare)
	all = slices.CompactFunc(all, time.Time.Equal)
	return slices.DeleteFunc(all, time.Time.IsZero)
}
