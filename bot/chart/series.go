package chart

import (
	"math"
	"slices"
	"time"

	"cresset/bot/chat"
)

// floor is the lowest share that is drawn. Below it the line runs along the
// bottom, which then says "≤"; the headline has the number.
const floor = -2.0

// A series is what of a panel can be drawn.
type series struct {
	from, to time.Time
	runs     [][]chat.Point // stretches without a gap, in order, none empty
	ahead    []chat.Point   // from the last point on; empty, or at least two
}

func newSeries(p *chat.Panel) series {
	points := inOrder(p.Points)
	s := series{}
	s.from, s.to = window(p, points)
	broken := true
	for _, pt := range points {
		if !usable(pt.Value) || pt.At.Before(s.from) || pt.At.After(s.to) {
			broken = true
			continue
		}
		if broken || pt.Break {
			s.runs = append(s.runs, nil)
		}
		last := &s.runs[len(s.runs)-1]
		*last = append(*last, pt)
		broken = false
	}
	if len(s.runs) > 0 {
		s.ahead = s.forecast(p.Ahead)
	}
	return s
}

// inOrder is points by time; they are only copied when they are not already so.
func inOrder(points []chat.Point) []chat.Point {
	byTime := func(a, b chat.Point) int { return a.At.Compare(b.At) }
	if slices.IsSortedFunc(points, byTime) {
		return points
	}
	points = slices.Clone(points)
	slices.SortStableFunc(points, byTime)
	return points
}

// window is the time that a panel shows: From to To, or, where these make no
// sense, the time of its points.
func window(p *chat.Panel, points []chat.Point) (from, to time.Time) {
	if p.To.After(p.From) {
		return p.From, p.To
	}
	if len(points) == 0 {
		return p.From, p.From.Add(time.Hour)
	}
	from, to = points[0].At, points[len(points)-1].At
	if !to.After(from) {
		to = from.Add(time.Hour)
	}
	return from, to
}

// forecast begins at the last point, whether or not ahead repeats it.
func (s *series) forecast(ahead []chat.Point) []chat.Point {
	line := []chat.Point{s.last()}
	for _, pt := range inOrder(ahead) {
		if usable(pt.Value) && pt.At.After(line[0].At) && !pt.At.After(s.to) {
			line = append(line, pt)
		}
	}
	if len(line) < 2 {
		return nil
	}
	return line
}

func (s *series) empty() bool       { return len(s.runs) == 0 }
func (s *series) first() chat.Point { return s.runs[0][0] }

func (s *series) last() chat.Point {
	run := s.runs[len(s.runs)-1]
	return run[len(run)-1]
}

// evenPace reports whether a line from 100 % at From to 0 % at To tells the
// truth: the budget was whole when the panel began, and the panel goes on past
// the last point, so To is the end of the window and not just now. A panel that
// ends now may show a part of a longer window, whose even pace is unknown here.
func (s *series) evenPace() bool {
	if s.empty() {
		return false
	}
	return s.share(s.first().At) < 0.02 && s.first().Value >= 0.995 && s.share(s.last().At) < 0.99
}

// share is where t is between from and to: 0 to 1.
func (s *series) share(t time.Time) float64 {
	whole := max(1e-9, seconds(s.from, s.to))
	return min(1, max(0, seconds(s.from, t)/whole))
}

// seconds is exact for spans that a time.Duration cannot hold.
func seconds(from, to time.Time) float64 {
	return float64(to.Unix()-from.Unix()) + float64(to.Nanosecond()-from.Nanosecond())/1e9
}

// at is the value that the line has at t; false in a gap.
func (s *series) at(t time.Time) (float64, bool) {
	for _, run := range s.runs {
		if t.Before(run[0].At) || t.After(run[len(run)-1].At) {
			continue
		}
		i, _ := slices.BinarySearchFunc(run, t, func(p chat.Point, t time.Time) int { return p.At.Compare(t) })
		if i == 0 || !run[i].At.After(run[i-1].At) {
			return run[i].Value, true
		}
		a, b := run[i-1], run[i]
		return a.Value + (b.Value-a.Value)*seconds(a.At, t)/seconds(a.At, b.At), true
	}
	return 0, false
}

// lowest is the bottom of the panel: 0, or a little under what goes below it.
// A forecast alone may claim less room than what has happened.
func (s *series) lowest() float64 {
	low := 0.0
	for _, run := range s.runs {
		for _, p := range run {
			low = min(low, p.Value)
		}
	}
	if low < 0 {
		low = min(low-0.06, -0.12)
	}
	for _, p := range s.ahead {
		if p.Value < 0 {
			low = min(low, max(p.Value-0.08, -0.16))
		}
	}
	return max(low, floor)
}

func (s *series) belowFloor() bool {
	return slices.ContainsFunc(s.runs, func(run []chat.Point) bool {
		return slices.ContainsFunc(run, func(p chat.Point) bool { return p.Value < floor })
	})
}

// usable reports whether a value is a number that arithmetic keeps one.
func usable(f float64) bool { return math.Abs(f) < 1e12 }
