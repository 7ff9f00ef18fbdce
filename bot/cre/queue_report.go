package cre

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"cresset/bot/chat"
)

// A QueueReport is what of the queue is worth knowing today. All that is open counts;
// what a channel must not read of is named nowhere.
type QueueReport struct {
	Open    int
	Unnamed int  // of them those that must not be named
	Due     Pile // today, or before
	New     Pile // filed since the last report
	Nobody  Pile // without an owner
	Waits   map[RequestStatus]*Wait
	Held    []Held // all of it, then the departments, those with most first

	since, tomorrow time.Time
}

// NewQueueReport is one of nothing yet. What was filed since is new.
func NewQueueReport(since, now time.Time, zone *time.Location) *QueueReport {
	y, m, d := now.In(zone).Date()
	q := &QueueReport{Waits: map[RequestStatus]*Wait{}, since: since, tomorrow: midnight(y, m, d+1, zone)}
	for _, status := range []RequestStatus{OnCustomer, OnRequester, OnEngineering, CloseLoop} {
		q.Waits[status] = &Wait{}
	}
	return q
}

// Count takes in a request that is open.
func (p *QueueReport) Count(q *Queued, o Order, named bool) {
	p.Open++
	if !named {
		p.Unnamed++
	}
	if !q.Due.IsZero() && q.Due.Before(p.tomorrow) {
		p.Due.add(o, named)
	}
	if !q.Created.Before(p.since) {
		p.New.add(o, named)
	}
	if q.Owner == (Mark{}) {
		p.Nobody.add(o, named)
	}
	if w := p.Waits[q.Status]; w != nil {
		w.All++
		if named {
			w.filed = append(w.filed, filing{q.Created, q.Number})
		}
	}
	p.hold("", q.Status)
	p.hold(cmp.Or(q.Department, "no department"), q.Status)
}

// A Pile is requests of one sort.
type Pile struct {
	All   int
	First []Order // of those that may be named, the first of the queue, in order
}

// mostOfPile is how many requests of a sort a report names.
const mostOfPile = 3

func (p *Pile) add(o Order, named bool) {
	p.All++
	if named {
		at, _ := slices.BinarySearch(p.First, o)
		if at < mostOfPile {
			p.First = slices.Insert(p.First, at, o)
			p.First = p.First[:min(len(p.First), mostOfPile)]
		}
	}
}

// A Wait is what waits for the same.
type Wait struct {
	All   int
	filed []filing // what may be named
}

type filing struct {
	at     time.Time
	number uint64
}

// mostWaiting is how many requests are read to find the one that waits longest.
const mostWaiting = 200

// Longest is the one that waits longest, nil where none may be named. None waits
// longer than it is there, so that the oldest are read, until they are younger than
// the wait that was found. That is 200 at most.
func (w *Wait) Longest(read func(number uint64) (*Request, error)) (longest *Request, err error) {
	slices.SortFunc(w.filed, func(a, b filing) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.number, b.number)) })
	for _, f := range w.filed[:min(len(w.filed), mostWaiting)] {
		if longest != nil && f.at.After(longest.Passed()) {
			break
		}
		r, err := read(f.number)
		if err != nil {
			return nil, err
		}
		if longest == nil || r.Passed().Before(longest.Passed()) {
			longest = r
		}
	}
	return longest, nil
}

// Passed is since when who has the ball has it.
func (r *Request) Passed() time.Time {
	if len(r.Hands) == 0 { // it was filed before hands were noted
		return latestOf(r.Created, r.Taken)
	}
	return r.Hands[len(r.Hands)-1].At
}

// Held says who has the ball, of the requests of one department.
type Held struct {
	Department string // "": of all
	All        int
	NotBegun   int
	InWork     int
	Elsewhere  int // with the customer, the requester or engineering
	ToTell     int // done, and the customer is to be told
}

func (p *QueueReport) hold(department string, s RequestStatus) {
	i := slices.IndexFunc(p.Held, func(h Held) bool { return h.Department == department })
	if i < 0 {
		i, p.Held = len(p.Held), append(p.Held, Held{Department: department})
	}
	h := &p.Held[i]
	h.All++
	switch s {
	case OnUs:
		h.InWork++
	case OnCustomer, OnRequester, OnEngineering:
		h.Elsewhere++
	case CloseLoop:
		h.ToTell++
	default:
		h.NotBegun++
	}
}

// Words say it: "3 are not started, 2 in work".
func (h Held) Words() string {
	var words []string
	for _, part := range []struct {
		n    int
		said string
	}{{h.NotBegun, "not started"}, {h.InWork, "in work"}, {h.Elsewhere, "waiting for others"}, {h.ToTell, "done but not told"}} {
		if part.n > 0 {
			words = append(words, fmt.Sprintf("%d %s", part.n, part.said))
		}
	}
	return strings.Join(words, ", ")
}

// mostHeld is how many departments the picture shows.
const mostHeld = 5

// Chart draws who has the ball, nil where nothing is open.
func (p *QueueReport) Chart() *chat.Chart {
	if p.Open == 0 {
		return nil
	}
	held := slices.Clone(p.Held)
	slices.SortStableFunc(held[1:], func(a, b Held) int { return cmp.Or(cmp.Compare(b.All, a.All), cmp.Compare(a.Department, b.Department)) })
	if len(held) == 2 && held[1].Department == "no department" { // nothing is told apart
		held = held[:1]
	}
	c := &chat.Chart{Title: "Who has the ball", Subtitle: held[0].Words()}
	alt := []string{fmt.Sprintf("Of %s: %s.", Count(p.Open, "open request"), held[0].Words())}
	for _, h := range held[:min(len(held), mostHeld+1)] {
		bar := chat.Bar{Name: cmp.Or(h.Department, "all that is open"), Value: fmt.Sprint(h.All)}
		if h.Department != "" {
			bar.Group = "by department"
			alt = append(alt, fmt.Sprintf("%s %d: %s.", h.Department, h.All, h.Words()))
		}
		for _, part := range []struct {
			label string
			n     int
			tone  chat.Tone
		}{{"not started", h.NotBegun, chat.Warning}, {"in work", h.InWork, chat.Good}, {"waiting for others", h.Elsewhere, ""}, {"not told", h.ToTell, ""}} {
			bar.Parts = append(bar.Parts, chat.Share{Label: part.label, Value: float64(part.n) / float64(h.All), Tone: part.tone})
		}
		c.Bars = append(c.Bars, bar)
	}
	c.Alt = chat.Cut(strings.Join(alt, " "), 1900)
	return c
}

// AtRisk is the clock of an open request that wants somebody first: of those past
// their warning the one that runs out first, or did. It is nil for none.
func (t Targets) AtRisk(cal Calendar, r *Request, now time.Time) (first *RequestClock) {
	for _, c := range t.Clocks(cal, r, now) {
		over := c.State == ClockBroken || c.State == ClockRunning && !c.Warn.IsZero() && !c.Warn.After(now)
		if over && !r.Stopped(c.Kind) && (first == nil || c.Due.Before(first.Due)) {
			first = &c
		}
	}
	return first
}

// Calm is how old a request is at least before a clock of it is past its warning.
func (t Targets) Calm() time.Duration {
	least := time.Duration(math.MaxInt64)
	for _, target := range []time.Duration{t.FirstResponse, t.NextResponse, t.Resolution} {
		if target > 0 {
			least = min(least, time.Duration(cmp.Or(t.WarnAt, 1)*float64(target)))
		}
	}
	return least
}
