package cre

import "time"

// A RequestClock is one promise about a request, as it stands at a time. Its lengths
// are business time.
type RequestClock struct {
	Kind    ClockKind
	State   ClockState
	Target  time.Duration
	Running time.Duration // with the ball on our side, until now or until it stopped
	Paused  time.Duration // with the ball elsewhere, until the same time
	Left    time.Duration // of the target; below zero after it
	Due     time.Time     // when it runs out if nothing happens, or when it did; zero while paused or met
	Warn    time.Time     // when to warn of that; zero unless it runs, or where nobody is warned
}

// ClockState is how a clock stands.
type ClockState string

const (
	ClockRunning ClockState = "running" // also while nobody is at work
	ClockPaused  ClockState = "paused"
	ClockMet     ClockState = "met"
	ClockBroken  ClockState = "broken" // and stays so
)

// Clocks are those of a request with these targets, as they stand now.
//
// The first response is due from when we first had it, the next one from when the
// requester began to wait for it, wherever the ball is. Resolution runs while the
// ball is ours, and stands while it is with the customer, the requester, another
// team, or back for the loop to be closed. What ends the request stops all of them.
// What was noted as broken stays so, whatever is promised since. A request that was
// filed before hands were kept has no clocks.
func (t Targets) Clocks(cal Calendar, r *Request, now time.Time) (clocks []RequestClock) {
	if len(r.Hands) == 0 {
		return nil
	}
	add := func(kind ClockKind, target time.Duration, hands []Hand, stop time.Time) {
		if target <= 0 {
			return
		}
		c := t.clock(cal, RequestClock{Kind: kind, Target: target}, hands, stop, now)
		if b := r.breach(kind); b != nil {
			c.State, c.Due, c.Warn = ClockBroken, b.Due, time.Time{}
		}
		clocks = append(clocks, c)
	}
	add(FirstResponse, t.FirstResponse, []Hand{{r.Hands[0].At, New}}, r.stopped(FirstResponse))
	if !r.Asking.IsZero() && !r.Answered.IsZero() { // until then the first response is what they wait for
		add(NextResponse, t.NextResponse, []Hand{{r.Asking, OnUs}}, r.stopped(NextResponse))
	}
	add(Resolution, t.Resolution, r.Hands, r.stopped(Resolution))
	return clocks
}

// clock fills in how c stands, which goes by the hands until it stops. What happens
// just when it is due is in time.
func (t Targets) clock(cal Calendar, c RequestClock, hands []Hand, stop, now time.Time) RequestClock {
	end, stopped := now, !stop.IsZero()
	if stopped {
		end = stop
	}
	c.Running, c.Paused = Elapsed(cal, hands, hands[0].At, end)
	c.Left = c.Target - c.Running
	due := runOut(cal, hands, c.Target)
	switch over := !due.IsZero() && !due.After(end); {
	case over && !(stopped && due.Equal(end)):
		c.State, c.Due = ClockBroken, due
	case stopped:
		c.State = ClockMet
	case due.IsZero():
		c.State = ClockPaused
	default:
		c.State, c.Due = ClockRunning, due
		if t.WarnAt > 0 {
			c.Warn = runOut(cal, hands, time.Duration(t.WarnAt*float64(c.Target)))
		}
	}
	return c
}

// Elapsed is the business time between two times with the ball on our side, and the
// rest of it. Together they are all there is: running+paused is cal.Between(from, to).
func Elapsed(cal Calendar, hands []Hand, from, to time.Time) (running, paused time.Duration) {
	for i, h := range hands {
		until := to
		if i+1 < len(hands) && hands[i+1].At.Before(to) {
			until = hands[i+1].At
		}
		if h.Status.Ours() {
			running += cal.Between(latestOf(h.At, from), until)
		}
	}
	return running, cal.Between(from, to) - running
}

// runOut is when the hands have used up a length of business time, if the last of
// them keeps the ball; zero when it is not ours and some is left.
func runOut(cal Calendar, hands []Hand, left time.Duration) time.Time {
	for i, h := range hands {
		if !h.Status.Ours() {
			continue
		}
		due := cal.Add(h.At, left)
		if i+1 == len(hands) || due.Before(hands[i+1].At) {
			return due
		}
		left -= cal.Between(h.At, hands[i+1].At)
	}
	return time.Time{}
}
