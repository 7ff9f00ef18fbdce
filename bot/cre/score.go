package cre

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Weights are the most points that each thing may give a request.
type Weights struct{ Tier, Impact, Deadline, Calendar, Budget, Age, Bumps, Alike int }

// A Case is what counts of a request for its score, in whole numbers that a person
// can count too.
type Case struct {
	Situation
	Heaviest int // weight of the heaviest tier
	Impact   Impact
	Due      bool
	DaysLeft int // to the due day by the calendar; below 0 when it is over
	Age      int // whole days since it was filed
	Bumps    int
	Alike    int // requests like it in the week before it
}

// A Situation is what of a customer counts for each of its requests.
type Situation struct {
	Tier   string
	Weight int    // of the tier
	Event  string // the next day of the customer's within a week, "" for none
	In     int    // days until then, 0 to 7
	On     time.Weekday
	Spent  int // percent of the worst error budget, 0 to 100
}

// A Reason is a part of a score.
type Reason struct {
	Points int
	Words  string // match on Saturday
}

// A share of a weight: of so many parts, so many.
type share struct{ weight, part, of int }

// Where the shares end: more of it gives no more points.
const (
	deadlineDays = 10
	ageDays      = 14
	mostBumps    = 3
	mostAlike    = 4
	// EventDays is how many days ahead a day of the customer's counts.
	EventDays = 7
)

// shares are the parts of a score, in the order of [Weights].
//
//	tier      weight of the tier / weight of the heaviest tier
//	impact    low 1/4, medium 2/4, high 3/4, critical 4/4
//	deadline  (10 − days left) / 10; due today or over 10/10
//	calendar  (8 − days until the customer's day) / 8; today 8/8
//	budget    percent of the worst error budget that is spent / 100
//	age       days open / 14
//	bumps     bumps / 3
//	alike     requests like it in the week before / 4
//
// Each is 0 at least and 1 at most. It gives its weight times the share, rounded to
// a whole point, and the score is their sum.
func (w Weights) shares(c *Case) [8]share {
	deadline, calendar := 0, 0
	if c.Due {
		deadline = deadlineDays - c.DaysLeft
	}
	if c.Event != "" {
		calendar = EventDays + 1 - c.In
	}
	return [8]share{
		{w.Tier, c.Weight, c.Heaviest},
		{w.Impact, c.Impact.Level(), len(impacts)},
		{w.Deadline, deadline, deadlineDays},
		{w.Calendar, calendar, EventDays + 1},
		{w.Budget, c.Spent, 100},
		{w.Age, c.Age, ageDays},
		{w.Bumps, c.Bumps, mostBumps},
		{w.Alike, c.Alike, mostAlike},
	}
}

func (s share) points() int {
	if s.of <= 0 {
		return 0
	}
	part := min(max(s.part, 0), s.of)
	return (2*s.weight*part + s.of) / (2 * s.of)
}

// Most is the highest score that there may be.
func (w Weights) Most() int {
	return w.Tier + w.Impact + w.Deadline + w.Calendar + w.Budget + w.Age + w.Bumps + w.Alike
}

// Points is the score alone.
func (w Weights) Points(c *Case) (points int) {
	for _, s := range w.shares(c) {
		points += s.points()
	}
	return points
}

// Score is the score with its reasons, those that give most first. Their points add
// up to it; what gives none is left out.
func (w Weights) Score(c *Case) (points int, reasons []Reason) {
	for i, s := range w.shares(c) {
		if p := s.points(); p > 0 {
			points += p
			reasons = append(reasons, Reason{p, c.words(i)})
		}
	}
	slices.SortStableFunc(reasons, func(a, b Reason) int { return cmp.Compare(b.Points, a.Points) })
	return points, reasons
}

// words say a part of the score, by its place in shares.
func (c *Case) words(part int) string {
	switch part {
	case 0:
		return c.Tier
	case 1:
		return string(c.Impact) + " impact"
	case 2:
		return dueWords(c.DaysLeft)
	case 3:
		return c.Event + " " + onDay(c.In, c.On)
	case 4:
		return fmt.Sprintf("%d %% of the error budget spent", c.Spent)
	case 5:
		return "open for " + Count(c.Age, "day")
	case 6:
		return "bumped " + times(c.Bumps)
	}
	return Ordinal(c.Alike+1) + " similar this week"
}

func dueWords(days int) string {
	switch {
	case days < 0:
		return Count(-days, "day") + " overdue"
	case days == 0:
		return "due today"
	case days == 1:
		return "due tomorrow"
	}
	return "due in " + Count(days, "day")
}

func onDay(in int, day time.Weekday) string {
	switch in {
	case 0:
		return "today"
	case 1:
		return "tomorrow"
	case EventDays:
		return "in a week"
	}
	return "on " + day.String()
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}
