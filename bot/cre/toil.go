package cre

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"cresset/bot/chat"
)

// ToilClass is what sort of work something was, "" where nobody said.
type ToilClass string

const (
	ToilWork        ToilClass = "toil"
	EngineeringWork ToilClass = "engineering"
	QuestionWork    ToilClass = "question"
	DuplicateWork   ToilClass = "duplicate"
)

var toilClasses = []ToilClass{ToilWork, EngineeringWork, QuestionWork, DuplicateWork}

// UnmarshalText reads toil, engineering, question or duplicate.
func (c *ToilClass) UnmarshalText(text []byte) error {
	v := ToilClass(strings.ToLower(string(text)))
	if !v.Looks(string(v)) {
		return Errorf(Invalid, "Work is `toil`, `engineering`, a `question` or a `duplicate`, not %s.", string(text)).About("class")
	}
	*c = v
	return nil
}

// Looks reports whether a word is meant as a class.
func (c ToilClass) Looks(word string) bool {
	return slices.Contains(toilClasses, ToilClass(strings.ToLower(word)))
}

// Choices are the words offered where one is asked for.
func (c ToilClass) Choices() []string { return wordsOf(toilClasses) }

func wordsOf[S ~string](all []S) []string {
	words := make([]string, len(all))
	for i, one := range all {
		words[i] = string(one)
	}
	return words
}

// Means says what is meant by the class, "" if it is none.
func (c ToilClass) Means() string {
	switch c {
	case ToilWork:
		return "manual, repeated, and nothing is better afterwards"
	case EngineeringWork:
		return "it makes something better for good"
	case QuestionWork:
		return "an answer was all that was needed"
	case DuplicateWork:
		return "somebody had already asked for it"
	}
	return ""
}

// Spent is time that somebody worked: on a request, or on what nobody asked for.
type Spent struct {
	N          uint64      `json:"n"` // of work that was no request
	At         time.Time   `json:"at"`
	By         chat.Person `json:"by"`
	Minutes    int         `json:"minutes"`
	Class      ToilClass   `json:"class,omitempty"`
	Department string      `json:"department,omitempty"`
	Customer   string      `json:"customer,omitempty"` // key
	Component  string      `json:"component,omitempty"`
	Kind       string      `json:"kind,omitempty"`
	What       string      `json:"what"`

	Request string `json:"-"`
	Done    bool   `json:"-"` // the request was done, not ended in another way
	Like    string `json:"-"` // what is like it has the same; "": what has its component and kind
	Hidden  bool   `json:"-"` // counted, and not named
}

// Spent is what was worked on the request.
func (r *Request) Spent() Spent {
	return Spent{At: r.Ended, By: r.Owner, Minutes: r.Minutes, Class: r.Class, Department: r.Department, Customer: r.Customer,
		Component: r.Component, Kind: r.Kind, What: r.Title, Request: r.ID, Done: r.Status == Done}
}

// repeats is the same for all that one machine could do, "" where nothing is known.
func (s *Spent) repeats() string {
	switch {
	case s.Like != "":
		return "like " + s.Like
	case s.Component+s.Kind != "":
		return s.Kind + "\x00" + s.Component
	}
	return ""
}

// A Dimension is something that work can be told apart by.
type Dimension string

// Dimensions are all of them, in the order in which they are shown.
var Dimensions = []Dimension{"department", "customer", "component", "kind"}

// of is what the work has there.
func (d Dimension) of(s *Spent) string {
	switch {
	case s.Hidden:
		return "private"
	case d == "department":
		return cmp.Or(s.Department, d.none())
	case d == "customer":
		return cmp.Or(s.Customer, d.none())
	case d == "component":
		return cmp.Or(s.Component, d.none())
	}
	return cmp.Or(s.Kind, d.none())
}

func (d Dimension) none() string { return "no " + string(d) }

// A Tally is the work of one name. Its minutes are those of its classes.
type Tally struct {
	Name    string
	Times   int // how often somebody worked
	Minutes int
	Classes map[ToilClass]int // minutes; "" is what has no class
}

func (t *Tally) add(s *Spent) {
	if t.Classes == nil {
		t.Classes = map[ToilClass]int{}
	}
	t.Times++
	t.Minutes += s.Minutes
	t.Classes[s.Class] += s.Minutes
}

func (t *Tally) merge(o Tally) {
	if t.Classes == nil {
		t.Classes = map[ToilClass]int{}
	}
	t.Times += o.Times
	t.Minutes += o.Minutes
	for class, minutes := range o.Classes {
		t.Classes[class] += minutes
	}
}

// Toil is the share of toil in all minutes, 0 where there are none.
func (t *Tally) Toil() float64 { return t.share(ToilWork) }

func (t *Tally) share(c ToilClass) float64 { return float64(t.Classes[c]) / float64(max(t.Minutes, 1)) }

// Over reports whether more than the limit was toil.
func (t *Tally) Over(limit float64) bool { return t.Toil() > limit }

// ToilWords are the share of toil; one that is over the limit by less than can be
// read says so.
func (t *Tally) ToilWords(limit float64) string {
	words := Percent(t.Toil())
	if t.Over(limit) && words == Percent(limit) {
		return "> " + words
	}
	return words
}

// A Ledger is where the time of a period went. Whatever it is told apart by, the
// minutes add up to the same sum.
type Ledger struct {
	All      Tally
	By       map[Dimension][]Tally // most minutes first
	Weeks    []Tally               // in order, "week 10"
	Automate []Chore               // most minutes first
	Done     int                   // requests that were done
	Timed    int                   // those of them that have minutes
}

// NewLedger adds up what ended in [from, to). Weeks are those of the zone.
func NewLedger(all []Spent, from, to time.Time, zone *time.Location) Ledger {
	l := Ledger{By: map[Dimension][]Tally{}}
	var worked []Spent
	for _, s := range all {
		if s.At.Before(from) || !s.At.Before(to) {
			continue
		}
		if s.Done {
			l.Done++
		}
		if s.Minutes <= 0 {
			continue
		}
		if s.Done {
			l.Timed++
		}
		l.All.add(&s)
		worked = append(worked, s)
	}
	for _, d := range Dimensions {
		l.By[d] = tallies(worked, d.of)
		slices.SortStableFunc(l.By[d], byMinutes)
	}
	slices.SortStableFunc(worked, func(a, b Spent) int { return a.At.Compare(b.At) })
	l.Weeks = tallies(worked, func(s *Spent) string { return weekName(s.At.In(zone)) })
	l.Automate = chores(worked)
	return l
}

// tallies adds up what has the same name, in the order in which names come.
func tallies(all []Spent, name func(*Spent) string) []Tally {
	var sums []Tally
	index := map[string]int{}
	for i := range all {
		n := name(&all[i])
		at, ok := index[n]
		if !ok {
			at = len(sums)
			index[n], sums = at, append(sums, Tally{Name: n})
		}
		sums[at].add(&all[i])
	}
	return sums
}

func byMinutes(a, b Tally) int {
	return cmp.Or(cmp.Compare(b.Minutes, a.Minutes), cmp.Compare(a.Name, b.Name))
}

// Top is the first n, and the others as one.
func Top(all []Tally, n int) []Tally {
	if len(all) <= n+1 {
		return all
	}
	others := Tally{Name: fmt.Sprintf("%d others", len(all)-n)}
	for _, t := range all[n:] {
		others.merge(t)
	}
	return append(slices.Clone(all[:n]), others)
}

// A Chore is toil that came more than once, and that a machine might do.
type Chore struct {
	Name     string
	Requests []string
	Times    int
	Minutes  int // in all
}

// chores ranks toil by how often it came times the minutes that it took.
func chores(all []Spent) []Chore {
	var found []Chore
	index := map[string]int{}
	for i := range all {
		s := &all[i]
		if s.Class != ToilWork || s.Hidden || s.repeats() == "" {
			continue
		}
		at, ok := index[s.repeats()]
		if !ok {
			at = len(found)
			index[s.repeats()], found = at, append(found, Chore{Name: s.name()})
		}
		c := &found[at]
		c.Times++
		c.Minutes += s.Minutes
		if s.Request != "" {
			c.Requests = append(c.Requests, s.Request)
		}
	}
	found = slices.DeleteFunc(found, func(c Chore) bool { return c.Times < 2 })
	slices.SortStableFunc(found, func(a, b Chore) int {
		return cmp.Or(cmp.Compare(b.Minutes, a.Minutes), cmp.Compare(b.Times, a.Times))
	})
	return found
}

// name is what its like is called: "access, payments".
func (s *Spent) name() string {
	switch {
	case s.Like != "":
		return s.What
	case s.Kind == "" || s.Component == "":
		return s.Kind + s.Component
	}
	return s.Kind + ", " + s.Component
}

// Sum is the arithmetic: "4 × 20m = 1h20m".
func (c *Chore) Sum() string {
	if each := c.Minutes / c.Times; each*c.Times == c.Minutes {
		return fmt.Sprintf("%d × %s = %s", c.Times, WorkTime(each), WorkTime(c.Minutes))
	}
	return fmt.Sprintf("%d × %.1fm ≈ %s", c.Times, float64(c.Minutes)/float64(c.Times), WorkTime(c.Minutes))
}

// Usual is what work like this takes, and what it is: the median and the most
// frequent class of what is given, newest first. Zero where nothing says it.
func Usual(like []Spent) (minutes int, class ToilClass) {
	var times []int
	count := map[ToilClass]int{}
	for _, s := range like {
		if s.Minutes > 0 {
			times = append(times, s.Minutes)
		}
		if count[s.Class]++; s.Class != "" && (class == "" || count[s.Class] > count[class]) {
			class = s.Class
		}
	}
	if len(times) == 0 {
		return 0, class
	}
	slices.Sort(times)
	return times[(len(times)-1)/2], class
}
