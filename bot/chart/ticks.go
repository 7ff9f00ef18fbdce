package chart

import (
	"math"
	"strconv"
	"time"
)

// A tick is a moment on the time axis.
type tick struct {
	at    time.Time
	label string
}

// A step is a distance between ticks.
type step struct {
	n    int
	unit period
}

// A period is what a step counts.
type period int

const (
	minute period = iota
	day
	month
	year
)

var lengths = [...]float64{minute: 60, day: 86400, month: 30.44 * 86400, year: 365.25 * 86400}

func (s step) seconds() float64 { return float64(s.n) * lengths[s.unit] }

var (
	clockSteps    = []step{{1, minute}, {2, minute}, {5, minute}, {10, minute}, {15, minute}, {30, minute}, {60, minute}, {120, minute}, {180, minute}, {360, minute}}
	calendarSteps = []step{{1, day}, {2, day}, {4, day}, {7, day}, {14, day}, {1, month}, {2, month}, {3, month}, {6, month}, {1, year}, {2, year}, {5, year}, {10, year}}
)

// mostTicks is how many labels a full-width time axis takes.
const mostTicks = 8

// byClock reports whether a span is short enough for times of day: two days,
// one of which may have an hour too many.
func byClock(from, to time.Time) bool { return seconds(from, to) <= 49*3600 }

// timeTicks are round moments from from to to, in from's zone.
func timeTicks(from, to time.Time) []tick {
	s := stepFor(from, to)
	to = to.In(from.Location())
	var ticks []tick
	for i := 0; i < 4*mostTicks; i++ {
		at := s.moment(from, i)
		if at.After(to) {
			break
		}
		if at.Before(from) || len(ticks) > 0 && !at.After(ticks[len(ticks)-1].at) {
			continue // before the panel, or an hour that the clocks skip
		}
		ticks = append(ticks, tick{at, s.label(at)})
	}
	return ticks
}

func stepFor(from, to time.Time) step {
	span := seconds(from, to)
	steps := calendarSteps
	if byClock(from, to) {
		steps = clockSteps
	}
	for _, s := range steps {
		if span/s.seconds() <= mostTicks {
			return s
		}
	}
	last := steps[len(steps)-1]
	last.n *= int(math.Ceil(min(span/last.seconds()/mostTicks, 1e6)))
	return last
}

// moment is the i-th round moment, the first being at or just before from.
func (s step) moment(from time.Time, i int) time.Time {
	y, m, d := from.Date()
	switch s.unit {
	case minute:
		since := from.Hour()*60 + from.Minute()
		return time.Date(y, m, d, 0, since-since%s.n+i*s.n, 0, 0, from.Location())
	case day:
		if !from.Equal(time.Date(y, m, d, 0, 0, 0, 0, from.Location())) {
			d++ // so that the first tick is a midnight within the panel
		}
		return time.Date(y, m, d+i*s.n, 0, 0, 0, 0, from.Location())
	case month:
		return time.Date(y, m-(m-1)%time.Month(s.n)+time.Month(i*s.n), 1, 0, 0, 0, 0, from.Location())
	default:
		return time.Date(y-y%s.n+i*s.n, 1, 1, 0, 0, 0, 0, from.Location())
	}
}

func (s step) label(at time.Time) string {
	switch {
	case s.unit == year, s.unit == month && at.Month() == time.January:
		return at.Format("2006")
	case s.unit == month:
		return at.Format("Jan")
	case s.unit == minute && (at.Hour() != 0 || at.Minute() != 0):
		return at.Format("15:04")
	default:
		return at.Format("2 Jan")
	}
}

// shareTicks are the values to rule a line at, from 1 down to low.
func shareTicks(low float64) []float64 {
	gap := 0.25
	if low < -0.55 {
		gap = 0.5
	}
	var ticks []float64
	for v := 1.0; v >= low-1e-9; v -= gap {
		ticks = append(ticks, v)
	}
	return ticks
}

func percent(v float64) string {
	if v < 0 {
		return "−" + strconv.Itoa(round(-v*100)) + " %"
	}
	return strconv.Itoa(round(v*100)) + " %"
}
