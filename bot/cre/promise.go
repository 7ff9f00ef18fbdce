package cre

import "time"

// A Promise is a "next update by 14:30" to the room. It is kept, or it is broken;
// both are remembered.
type Promise struct {
	N      uint64        `json:"n"` // the how-manyth of its incident
	Every  time.Duration `json:"every"`
	Made   time.Time     `json:"made"`
	Due    time.Time     `json:"due"`
	Late   bool          `json:"late,omitempty"` // the room was told that it is broken
	Kept   int           `json:"kept"`           // earlier ones of this incident that were kept
	Broken int           `json:"broken"`
}

// NextPromise is the promise after p (nil: the first), made now and due after
// every; nil when every is 0.
func NextPromise(p *Promise, now time.Time, every time.Duration) *Promise {
	next := &Promise{N: 1, Every: every, Made: now, Due: now.Add(every)}
	if p != nil {
		next.N, next.Kept, next.Broken = p.N+1, p.Kept, p.Broken
		if p.Due.IsZero() {
			// An earlier clock was stopped; there is nothing to keep.
		} else if now.After(p.Due) {
			next.Broken++
		} else {
			next.Kept++
		}
	}
	if every <= 0 {
		next.Due = time.Time{}
	}
	return next
}

// Running reports whether somebody waits for the promise.
func (p *Promise) Running() bool { return p != nil && !p.Due.IsZero() }

// Warning is how long before the due time the room is reminded: a sixth of the
// interval, at least a minute and at most ten.
func (p *Promise) Warning() time.Duration {
	return max(time.Minute, min(10*time.Minute, p.Every/6)).Truncate(time.Second)
}
