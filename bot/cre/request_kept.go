package cre

import (
	"cmp"
	"slices"
	"time"
)

// Kept says how a clock was kept for the requests of one tier and kind. It names
// requests, and nobody.
type Kept struct {
	Group
	Clock    ClockKind
	Met      int
	Breaches []Overdue // by when they were due
}

// An Overdue is a request whose clock ran out.
type Overdue struct {
	Request string
	Due     time.Time
	Late    time.Duration // by how much business time
	Still   bool          // what was due has not come yet
}

// Share is the part that was met.
func (k Kept) Share() float64 { return float64(k.Met) / float64(k.Met+len(k.Breaches)) }

// Kept sums up, by tier, kind and clock, what ran out from a time until before
// another, and what was met in it. What was withdrawn, or ended as a duplicate or as
// an incident, nobody resolved: it does not count as met; nor does what ended before it
// was imported. tier is that of a customer.
func (s *Settings) Kept(requests []*Request, tier func(customer string) string, from, until, now time.Time) []Kept {
	type sort struct {
		Group
		clock ClockKind
	}
	sums := map[sort]Kept{}
	within := func(at time.Time) bool { return !at.Before(from) && at.Before(until) }
	for _, r := range requests {
		g := Group{tier(r.Customer), r.Kind}
		for _, clock := range []ClockKind{FirstResponse, NextResponse, Resolution} {
			sum := sums[sort{g, clock}]
			for _, at := range r.metAt(clock, s.Targets(g.Tier, g.Kind)) {
				if within(at) {
					sum.Met++
				}
			}
			for _, b := range r.Breaches {
				if b.Clock == clock && within(b.Due) {
					sum.Breaches = append(sum.Breaches, Overdue{r.ID, b.Due, r.Late(s.Hours, b, now), b.Came.IsZero()})
				}
			}
			sums[sort{g, clock}] = sum
		}
	}
	var all []Kept
	for of, sum := range sums {
		if sum.Group, sum.Clock = of.Group, of.clock; sum.Met+len(sum.Breaches) > 0 {
			slices.SortFunc(sum.Breaches, func(a, b Overdue) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Request, b.Request)) })
			all = append(all, sum)
		}
	}
	slices.SortFunc(all, func(a, b Kept) int {
		return cmp.Or(cmp.Compare(a.Tier, b.Tier), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Clock, b.Clock))
	})
	return all
}

// metAt are the times when something that was promised was done before it was due.
func (r *Request) metAt(clock ClockKind, t Targets) []time.Time {
	switch {
	case clock == NextResponse && t.NextResponse > 0:
		return r.Replies
	case len(r.Hands) == 0 || r.breach(clock) != nil:
		return nil
	case clock == FirstResponse && t.FirstResponse > 0 && !r.Answered.IsZero():
		return []time.Time{r.Answered}
	case clock == Resolution && t.Resolution > 0 && (r.Status == Done || r.Status == RefusedRequest):
		return []time.Time{r.Ended}
	}
	return nil
}
