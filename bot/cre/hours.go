package cre

import (
	"math"
	"slices"
	"time"
)

// Hours are the times in which one team is at work: the same on some days of
// every week, as the clock on its wall shows them. An hour that this clock leaves
// out is not worked, one that it shows twice is worked twice, and a date that the
// zone leaves out is no day. The zero value is around the clock.
type Hours struct {
	Team     string // what people call it; may be empty
	Days     []time.Weekday
	From, To time.Duration // since midnight, in whole seconds; To is at most 24h
	Zone     *time.Location
	Holidays []Day
}

// A Day is a date in no zone, counted from 1 January 1970.
type Day int64

// DayOf is the day of a date.
func DayOf(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / daySeconds)
}

const daySeconds = 24 * 60 * 60

// Weekday is the day of the week.
func (d Day) Weekday() time.Weekday {
	const first = time.Thursday
	return (time.Weekday(d%7) + first + 7) % 7
}

func (h Hours) always() bool { return len(h.Days) == 0 || h.To-h.From < time.Second }

func (h Hours) on(d Day) bool {
	return slices.Contains(h.Days, d.Weekday()) && !slices.Contains(h.Holidays, d)
}

// A Calendar is open when any of its teams is at work. Without teams it is open
// around the clock.
type Calendar []Hours

// longest is more than two centuries.
const longest = time.Duration(math.MaxInt64)

// Add is when d of open time have passed since t. It is the earliest such time, so
// the end of a day and not the morning after it; only no time at all, or less, ends
// where the first open time begins.
func (c Calendar) Add(t time.Time, d time.Duration) time.Time {
	for w := c.walk(t); ; {
		open, end := w.next()
		left := end.Sub(open)
		if d <= left {
			return open.Add(max(d, 0))
		}
		d -= left
	}
}

// Between is how long it is open from a to b, zero where b is not after a. It takes
// back what Add did: Between(a, Add(a, d)) is d.
func (c Calendar) Between(a, b time.Time) (sum time.Duration) {
	if last := a.Add(longest); b.After(last) {
		b = last
	}
	for w := c.walk(a); ; {
		open, end := w.next()
		if !open.Before(b) {
			return sum
		}
		if end.After(b) {
			end = b
		}
		sum += end.Sub(open)
	}
}

// Open reports whether somebody is at work.
func (c Calendar) Open(at time.Time) bool { return c.Next(at).Equal(at) }

// Next is the first time, at or later, in which somebody is at work.
func (c Calendar) Next(at time.Time) time.Time { return c.Add(at, 0) }

// A walk goes through what is open from a time on.
type walk struct {
	at     time.Time // everything before it was walked through
	always bool
	teams  []shift
}

func (c Calendar) walk(t time.Time) *walk {
	w := &walk{at: t, always: len(c) == 0 || slices.ContainsFunc(c, Hours.always)}
	if w.always {
		return w
	}
	for _, h := range c {
		s := shift{Hours: h}
		s.enter(t.Unix())
		s.next()
		w.teams = append(w.teams, s)
	}
	return w
}

// next is the next stretch of time that is open. Where those of teams overlap, the
// later gives only what is left of it, so that nothing counts twice.
func (w *walk) next() (open, end time.Time) {
	if w.always {
		open, w.at = w.at, w.at.Add(longest)
		return open, w.at
	}
	for {
		first := &w.teams[0]
		for i := range w.teams {
			if w.teams[i].open < first.open {
				first = &w.teams[i]
			}
		}
		open, end = time.Unix(first.open, 0).In(w.at.Location()), time.Unix(first.end, 0).In(w.at.Location())
		if open.Before(w.at) {
			open = w.at
		}
		first.next()
		if open.Before(end) {
			w.at = end
			return open, end
		}
	}
}

// A shift is one stretch of work of one team, in Unix seconds. Where the clocks of
// the zone change in it, it is cut, so that on each side a day is plain arithmetic
// and a year takes microseconds.
type shift struct {
	Hours
	open, end int64

	day           Day // to look at next
	since, before int64
	offset        int64 // of the zone from UTC, from since until before
}

// enter begins where the clocks show the time t, until they are changed next.
func (s *shift) enter(t int64) {
	local := time.Unix(t, 0).In(s.Zone)
	_, offset := local.Zone()
	s.day, s.since, s.before, s.offset = DayOf(local.Date()), t, math.MaxInt64, int64(offset)
	if _, change := local.ZoneBounds(); !change.IsZero() {
		s.before = change.Unix()
		if s.before <= t { // ZoneBounds ends every year after 365 days, of a leap year too soon
			s.before = t + daySeconds
		}
	}
}

// next goes on to the next stretch. There is one: holidays are counted.
func (s *shift) next() {
	for {
		midnight := int64(s.day)*daySeconds - s.offset
		if midnight >= s.before {
			s.enter(s.before)
			continue
		}
		s.open = max(midnight+int64(s.From/time.Second), s.since)
		s.end = min(midnight+int64(s.To/time.Second), s.before)
		worked := s.on(s.day) && s.open < s.end
		s.day++
		if worked {
			return
		}
	}
}
