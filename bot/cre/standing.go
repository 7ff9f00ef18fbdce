package cre

import (
	"math"
	"slices"
	"time"

	"cresset/bot/chat"
)

// A Standing is how an SLO stands at a time. Numbers that are not known are
// absent: Left and SLI only mean something when Counted.
type Standing struct {
	SLO      SLO
	At       time.Time
	From, To time.Time // the window
	State    State

	Good, Bad float64
	Known     time.Duration // how much of the elapsed window was measured
	History   time.Duration // since the first measurement in the window
	Counted   bool          // there were events

	SLI     float64 // good/(good+bad)
	Allowed float64 // bad events that the whole window may hold
	Left    float64 // share of the error budget that is left; below 0 when overspent

	Hour Burn // over the last hour
	Day  Burn // over the last day
	// GoneIn is when the budget will be gone at the rate of the last hour;
	// Lasts says that it will not be within the window.
	GoneIn time.Duration
	Lasts  bool

	Line []chat.Point // budget left over the window, for a chart
}

// A Burn is a burn rate: how many times faster than evenly the budget is spent.
type Burn struct {
	Rate  float64
	Bad   float64
	Total float64
	Known bool // there were events to judge by
}

// The default alert tiers of the SRE workbook for a 30-day window: the burn
// rate must be exceeded over the long and the short window.
var tiers = []struct {
	long, short time.Duration
	rate        float64
}{
	{time.Hour, 5 * time.Minute, 14.4},
	{6 * time.Hour, 30 * time.Minute, 6},
}

// Evaluate computes how s stands at now. The hours are those of the window, in
// order; hours outside it are left out.
//
// With good g, bad b and n = g+b events so far, and β the share that may be bad,
// the window allows A = β·N bad events and 1 − b/A of the budget is left. N is n
// where the window is over or was measured whole; while only a part of it was,
// N = n scaled to the whole window at the pace so far.
func Evaluate(s SLO, hours []SLIHour, now time.Time) Standing {
	from, to := s.Window.Span(now)
	st := Standing{SLO: s, At: now, From: from, To: to}
	cells := within(hours, from, now)
	suspect := ""
	for _, h := range hours {
		if h.Suspect != "" && h.Hour.Add(time.Hour).After(from) {
			suspect = h.Suspect
		}
	}
	for _, c := range cells {
		st.Good += c.Good
		st.Bad += c.Bad
		st.Known += c.to.Sub(c.from)
	}
	if len(cells) > 0 {
		st.History = max(now.Sub(cells[0].from), s.every())
	}
	upTo := st.upTo(cells)
	st.Hour = burn(cells, s.Budget, upTo, time.Hour)
	st.Day = burn(cells, s.Budget, upTo, 24*time.Hour)
	if n := st.Good + st.Bad; n > 0 && s.Budget > 0 {
		st.Counted = true
		st.SLI = st.Good / n
		st.Allowed = s.Budget * n * st.scale(s.every())
		st.Left = 1 - st.Bad/st.Allowed
		st.Line = line(cells, st)
		st.forecast(cells)
	}
	st.State = st.state(cells, suspect)
	return st
}

// scale is N/n: how much larger the whole window is than what was measured. A
// rolling window that was measured from its beginning is taken as whole; old
// hours are kept without cells, so up to one of them is missing there.
func (st *Standing) scale(every time.Duration) float64 {
	whole := st.To.Sub(st.From)
	if st.SLO.Window.Length > 0 && st.History >= whole-max(2*every, min(time.Hour, whole/10)) {
		return 1
	}
	return max(1, whole.Seconds()/st.History.Seconds())
}

func (s *SLO) every() time.Duration { return max(s.SLI.Every, time.Second) }

// state is the first of these that holds.
func (st *Standing) state(cells []span, suspect string) State {
	switch {
	case len(cells) == 0 || st.At.Sub(cells[len(cells)-1].to) > st.fresh():
		return StateNoData
	case suspect != "":
		return StateSuspect
	case !st.Counted:
		return StateNoTraffic
	case st.Left <= 0:
		return StateExhausted
	case st.burning(cells):
		return StateBurning
	case st.SLO.Window.Length > 0 && st.scale(st.SLO.every()) > 1:
		return StateWarming
	}
	return StateOK
}

// fresh is how old the last measurement may be.
func (st *Standing) fresh() time.Duration { return max(10*time.Minute, 4*st.SLO.every()) }

// upTo is the time up to which burn rates are read. Sources answer late: seen
// from now, the last five minutes may hold no whole bucket.
func (st *Standing) upTo(cells []span) time.Time {
	if len(cells) > 0 {
		if end := cells[len(cells)-1].to; end.Before(st.At) && st.At.Sub(end) <= st.fresh() {
			return end
		}
	}
	return st.At
}

func (st *Standing) burning(cells []span) bool {
	upTo := st.upTo(cells)
	share := st.To.Sub(st.From).Hours() / (30 * 24)
	for _, t := range tiers {
		rate := max(1, t.rate*share)
		long := burn(cells, st.SLO.Budget, upTo, t.long)
		short := burn(cells, st.SLO.Budget, upTo, max(t.short, st.SLO.every()))
		if long.Known && short.Known && long.Rate > rate && short.Rate > rate && long.Bad >= 2 {
			return true
		}
	}
	return false
}

// A span is what was counted between two times.
type span struct {
	from, to  time.Time
	Good, Bad float64
}

// within spreads the hours out into spans inside [from, now]. An hour without
// cells is one span.
func within(hours []SLIHour, from, now time.Time) []span {
	var all []span
	add := func(s span) {
		if !s.from.Before(from) && !s.from.After(now) {
			all = append(all, s)
		}
	}
	for _, h := range hours {
		if len(h.Cells) == 0 && h.Known > 0 {
			add(span{h.Hour, h.Hour.Add(time.Hour), h.Good, h.Bad})
		}
		for _, c := range h.Cells {
			at := h.Hour.Add(seconds(c.At))
			add(span{at, at.Add(seconds(c.Len)), c.Good, c.Bad})
		}
	}
	return all
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// burn is e/β over the last w.
func burn(cells []span, budget float64, now time.Time, w time.Duration) Burn {
	var b Burn
	for _, c := range slices.Backward(cells) {
		if c.from.Before(now.Add(-w)) {
			break
		}
		b.Bad += c.Bad
		b.Total += c.Good + c.Bad
	}
	if b.Total > 0 && budget > 0 {
		b.Known, b.Rate = true, b.Bad/b.Total/budget
	}
	return b
}

// line is the budget left after each span, thinned to what a picture can show.
func line(cells []span, st Standing) []chat.Point {
	const most = 400
	step := max(1, len(cells)/most)
	gap := max(30*time.Minute, 4*st.SLO.every())
	points := []chat.Point{{At: cells[0].from, Value: 1}}
	bad := 0.0
	for i, c := range cells {
		bad += c.Bad
		broken := i > 0 && c.from.Sub(cells[i-1].to) > gap
		if i%step == 0 || i == len(cells)-1 || c.Bad > 0 || broken {
			points = append(points, chat.Point{At: c.to, Value: 1 - bad/st.Allowed, Break: broken})
		}
	}
	return points
}

// forecast asks when the budget is gone if bad events go on as in the last hour.
// In a rolling window old bad events leave it on the way, and give budget back.
func (st *Standing) forecast(cells []span) {
	perHour := st.Hour.Bad
	if !st.Hour.Known || st.Left <= 0 {
		return
	}
	if perHour == 0 {
		st.Lasts = true
		return
	}
	end := st.To.Sub(st.At)
	if st.SLO.Window.Length > 0 {
		end = st.SLO.Window.Length
	}
	bad, old := st.Bad, 0
	for h := time.Hour; h <= end; h += time.Hour {
		bad += perHour
		for st.SLO.Window.Length > 0 && old < len(cells) && cells[old].from.Before(st.From.Add(h)) {
			bad -= cells[old].Bad
			old++
		}
		if bad >= st.Allowed {
			over := (bad - st.Allowed) / perHour
			st.GoneIn = h - time.Duration(math.Min(over, 1)*float64(time.Hour))
			return
		}
	}
	st.Lasts = true
}
