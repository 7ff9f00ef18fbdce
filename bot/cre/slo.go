package cre

import (
	"slices"
	"strings"
	"time"
)

// An SLO is a target for what customers get: the share of good events in a
// window. Its error budget is the share that may be bad.
type SLO struct {
	Name      string
	Title     string
	Customers []string // keys; empty: everybody
	Objective string   // as written: "99.9%"
	Budget    float64  // 1 − objective, computed without rounding
	Window    Window
	SLI       SLI
}

// For reports whether the SLO is about the customer. "" asks for all.
func (s *SLO) For(customer string) bool {
	return customer == "" || len(s.Customers) == 0 || slices.Contains(s.Customers, customer)
}

// SLOsFor are the SLOs that somebody sees, each with the customers that they learn of.
// One that is for other customers alone is not among them.
func (s *Settings) SLOsFor(e Eyes) (seen []SLO) {
	for _, o := range s.SLOs {
		all := len(o.Customers) == 0
		o.Customers = slices.DeleteFunc(slices.Clone(o.Customers), func(key string) bool {
			return slices.ContainsFunc(s.Customers, func(c Customer) bool { return c.Key == key && !e.SeeCustomer(&c) })
		})
		if all || len(o.Customers) > 0 {
			seen = append(seen, o)
		}
	}
	return seen
}

// Heading is the title, or the name where there is none.
func (s *SLO) Heading() string {
	if s.Title != "" {
		return s.Title
	}
	return s.Name
}

// An SLI is how good and bad events are counted.
type SLI struct {
	Source string        // name of the source that measures it
	Every  time.Duration // how often; the length of a bucket
	Probe  *Probe
	Ratio  *Ratio
	Histo  *Latency
}

// A Probe asks for a URL; an answer with the expected status in time is good.
type Probe struct {
	URL     string
	Timeout time.Duration
	Expect  []int // statuses; empty: 200 to 399
}

// A Ratio is two counters: good and total, or bad and total (selectors).
type Ratio struct{ Good, Bad, Total string }

// A Latency is the share of a histogram's events at or below a threshold.
type Latency struct {
	Histogram string // metric name, no suffix
	Matchers  string // `job="shop"`, may be empty
	Threshold time.Duration
}

// A Bucket is what was counted in [From, To). A bucket with no events says that
// there was no traffic; a missing bucket that nothing is known.
type Bucket struct {
	From, To  time.Time
	Good, Bad float64
	Suspect   string // why the numbers cannot be right, else ""
}

// SLIHour is one hour of an SLO's buckets, as it is kept.
type SLIHour struct {
	SLO     string    `json:"slo"`
	Hour    time.Time `json:"hour"`
	Good    float64   `json:"good"`
	Bad     float64   `json:"bad"`
	Known   float64   `json:"known"` // seconds of the hour that were measured
	Suspect string    `json:"suspect,omitempty"`
	Cells   []Cell    `json:"cells,omitempty"` // dropped once the hour is old
}

// A Cell is one bucket inside an hour.
type Cell struct {
	At   float64 `json:"at"`  // seconds into the hour
	Len  float64 `json:"len"` // seconds
	Good float64 `json:"good"`
	Bad  float64 `json:"bad"`
}

// Add counts a bucket that begins in this hour. A bucket that was counted before
// replaces itself, so that measuring twice counts once.
func (h *SLIHour) Add(b Bucket) {
	c := Cell{At: b.From.Sub(h.Hour).Seconds(), Len: b.To.Sub(b.From).Seconds(), Good: b.Good, Bad: b.Bad}
	i, found := slices.BinarySearchFunc(h.Cells, c, func(x, y Cell) int {
		return int(1000*x.At) - int(1000*y.At)
	})
	if found {
		old := h.Cells[i]
		h.Good, h.Bad, h.Known = h.Good-old.Good, h.Bad-old.Bad, h.Known-old.Len
		h.Cells[i] = c
	} else {
		h.Cells = slices.Insert(h.Cells, i, c)
	}
	h.Good, h.Bad, h.Known = h.Good+c.Good, h.Bad+c.Bad, h.Known+c.Len
	if b.Suspect != "" {
		h.Suspect = b.Suspect
	}
}

// Between sums what was counted from one time to another. An hour whose buckets
// were dropped counts by the share of it that lies between.
func (h *SLIHour) Between(from, to time.Time) (good, bad float64) {
	end := h.Hour.Add(time.Hour)
	if !h.Hour.Before(to) || !end.After(from) {
		return 0, 0
	}
	if len(h.Cells) == 0 {
		share := min(to.Sub(h.Hour), time.Hour) - max(from.Sub(h.Hour), 0)
		part := share.Hours()
		return h.Good * part, h.Bad * part
	}
	for _, c := range h.Cells {
		at := h.Hour.Add(seconds(c.At))
		if at.Add(seconds(c.Len)).After(from) && at.Before(to) {
			good, bad = good+c.Good, bad+c.Bad
		}
	}
	return good, bad
}

// A Window is the time over which an SLO holds: the last Length, or a calendar
// month, quarter or week in a zone.
type Window struct {
	Length   time.Duration // of a rolling window; 0: calendar
	Calendar string        // "month", "quarter", "week"
	Zone     *time.Location
}

// Span is the window that now falls in, [from, to). A rolling one ends now. A
// calendar one has the length that the calendar and the zone give it.
func (w Window) Span(now time.Time) (from, to time.Time) {
	if w.Length > 0 {
		return now.Add(-w.Length), now
	}
	t := now.In(w.Zone)
	y, m, d := t.Date()
	date := func(m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, w.Zone) }
	switch w.Calendar {
	case "week":
		monday := d - (int(t.Weekday())+6)%7
		return date(m, monday), date(m, monday+7)
	case "quarter":
		first := m - (m-1)%3
		return date(first, 1), date(first+3, 1)
	default:
		return date(m, 1), date(m+1, 1)
	}
}

// String is the window in words.
func (w Window) String() string {
	if w.Length > 0 {
		return "last " + Long(w.Length)
	}
	return "this " + w.Calendar
}

// State says what a standing is worth, instead of a number that would lie.
type State string

const (
	StateOK        State = "ok"
	StateBurning   State = "burning"
	StateExhausted State = "exhausted"
	StateNoTraffic State = "no traffic"
	StateNoData    State = "no data"
	StateWarming   State = "warming up"
	StateSuspect   State = "data suspect"
)

// Words explain the state where it is not self-evident.
func (s State) Words() string {
	switch s {
	case StateNoData:
		return "nothing was measured recently: this says nothing about customers"
	case StateNoTraffic:
		return "measured, but nobody called"
	case StateSuspect:
		return "more good events than events: check the queries"
	}
	return string(s)
}

// Alarming reports whether a person should look.
func (s State) Alarming() bool {
	return slices.Contains([]State{StateBurning, StateExhausted, StateNoData, StateSuspect}, s)
}

// SortByConcern orders standings: what needs a person first.
func SortByConcern(all []Standing) {
	order := []State{StateExhausted, StateBurning, StateSuspect, StateNoData, StateWarming, StateOK, StateNoTraffic}
	slices.SortStableFunc(all, func(a, b Standing) int {
		if d := slices.Index(order, a.State) - slices.Index(order, b.State); d != 0 {
			return d
		}
		return strings.Compare(a.SLO.Name, b.SLO.Name)
	})
}
