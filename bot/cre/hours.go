package cre

import (
	"slices"
	"time"
)

// Hours are the times in which requests are looked at. The zero value is around
// the clock.
type Hours struct {
	Days     []time.Weekday
	From, To time.Duration // since midnight
	Zone     *time.Location
	Holidays []string // 2006-01-02
}

// Add is the time when d of these hours have passed since t.
func (h Hours) Add(t time.Time, d time.Duration) time.Time {
	if len(h.Days) == 0 || h.To <= h.From {
		return t.Add(d)
	}
	t = t.In(h.Zone)
	for range 3660 { // ten years of days; a calendar with no working day ends here
		open, end := h.on(t)
		if !open.IsZero() {
			start := t
			if start.Before(open) {
				start = open
			}
			if left := end.Sub(start); left > 0 {
				if d <= left {
					return start.Add(d)
				}
				d -= left
			}
		}
		t = dayAfter(t)
	}
	return t
}

// dayAfter is the beginning of the next day, which is 01:00 where clocks go
// forward at midnight: asked for 00:00, the calendar may give 23:00 before it.
func dayAfter(t time.Time) time.Time {
	next := time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, t.Location())
	if next.Day() == t.Day() {
		next = next.Add(time.Hour)
	}
	return next
}

// on are the opening and closing times of the day of t, zero when it is closed.
func (h Hours) on(t time.Time) (open, end time.Time) {
	if !slices.Contains(h.Days, t.Weekday()) || slices.Contains(h.Holidays, t.Format(time.DateOnly)) {
		return time.Time{}, time.Time{}
	}
	return atClock(t, h.From), atClock(t, h.To)
}

// atClock is the wall-clock time since midnight on the day of t, also where the
// clocks change that day.
func atClock(t time.Time, since time.Duration) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), int(since/time.Hour), int(since%time.Hour/time.Minute), 0, 0, t.Location())
}
