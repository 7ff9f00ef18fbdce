package cre

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

var builtIn = Weights{Tier: 20, Impact: 20, Deadline: 20, Calendar: 10, Budget: 5, Age: 10, Bumps: 10, Alike: 5}

// Each line is worked by hand.
func TestScore(t *testing.T) {
	enterprise := Situation{Tier: "enterprise", Weight: 3}
	match := enterprise
	match.Event, match.In, match.On, match.Spent = "match", 5, time.Saturday, 80
	for _, c := range []struct {
		name string
		of   Case
		want string
	}{
		{"nothing is known", Case{}, "0:"},
		{"the heaviest tier", Case{Situation: enterprise, Heaviest: 3}, "20: 20 enterprise"},               // 20·3/3
		{"a third of it", Case{Situation: Situation{Tier: "basic", Weight: 1}, Heaviest: 3}, "7: 7 basic"}, // 20·1/3 = 6.67
		{"no tier has a weight", Case{Situation: Situation{Tier: "basic"}}, "0:"},
		{"low", Case{Impact: Low}, "5: 5 low impact"},                  // 20·1/4
		{"critical", Case{Impact: Critical}, "20: 20 critical impact"}, // 20·4/4
		{"due in 11 days", Case{Due: true, DaysLeft: 11}, "0:"},
		{"due in 10 days", Case{Due: true, DaysLeft: 10}, "0:"},
		{"due in 4 days", Case{Due: true, DaysLeft: 4}, "12: 12 due in 4 days"}, // 20·6/10
		{"due tomorrow", Case{Due: true, DaysLeft: 1}, "18: 18 due tomorrow"},   // 20·9/10
		{"due today", Case{Due: true}, "20: 20 due today"},
		{"overdue", Case{Due: true, DaysLeft: -3}, "20: 20 3 days overdue"},                               // no more than all of it
		{"an event in a week", Case{Situation: Situation{Event: "audit", In: 7}}, "1: 1 audit in a week"}, // 10·1/8 = 1.25
		{"an event today", Case{Situation: Situation{Event: "launch"}}, "10: 10 launch today"},
		{"half a budget", Case{Situation: Situation{Spent: 50}}, "3: 3 50 % of the error budget spent"}, // 5·50/100 = 2.5, up
		{"a little budget", Case{Situation: Situation{Spent: 9}}, "0:"},                                 // 5·9/100 = 0.45
		{"a day old", Case{Age: 1}, "1: 1 open for 1 day"},                                              // 10·1/14 = 0.71
		{"a month old", Case{Age: 30}, "10: 10 open for 30 days"},
		{"bumped", Case{Bumps: 1}, "3: 3 bumped once"},              // 10·1/3 = 3.33
		{"again", Case{Bumps: 2}, "7: 7 bumped twice"},              // 10·2/3 = 6.67
		{"often", Case{Bumps: 5}, "10: 10 bumped 5 times"},          // no more than all of it
		{"the third", Case{Alike: 2}, "3: 3 3rd similar this week"}, // 5·2/4 = 2.5, up
		// 20·3/3 + 20·3/4 + 20·8/10 + 10·3/8 + 5·80/100 + 10·2/14 + 10·1/3 + 5·2/4
		// = 20 + 15 + 16 + 3.75 + 4 + 1.43 + 3.33 + 2.5
		{"all of it", Case{Situation: match, Heaviest: 3, Impact: High, Due: true, DaysLeft: 2, Age: 2, Bumps: 1, Alike: 2},
			"66: 20 enterprise, 16 due in 2 days, 15 high impact, 4 match on Saturday, 4 80 % of the error budget spent, 3 bumped once, 3 3rd similar this week, 1 open for 2 days"},
	} {
		points, reasons := builtIn.Score(&c.of)
		var words []string
		for _, r := range reasons {
			words = append(words, fmt.Sprintf("%d %s", r.Points, r.Words))
		}
		if got := strings.TrimSpace(fmt.Sprintf("%d: %s", points, strings.Join(words, ", "))); got != c.want {
			t.Errorf("%s: got  %s\nwant %s", c.name, got, c.want)
		}
	}
}

// Reasons add up to the score, Points says the same, more of anything never gives less, and no
// score is above the most.
func TestScoreAddsUp(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	some := func() Case {
		c := Case{Heaviest: r.IntN(5), Due: r.IntN(2) == 0, DaysLeft: r.IntN(30) - 10, Age: r.IntN(40), Bumps: r.IntN(6), Alike: r.IntN(9)}
		c.Weight, c.Impact, c.Spent, c.In = r.IntN(5), append(impacts, "")[r.IntN(5)], r.IntN(101), r.IntN(8)
		c.Event = []string{"", "match"}[r.IntN(2)]
		return c
	}
	for range 20_000 {
		w := Weights{r.IntN(50), r.IntN(50), r.IntN(50), r.IntN(50), r.IntN(50), r.IntN(50), r.IntN(50), r.IntN(50)}
		c := some()
		points, reasons := w.Score(&c)
		sum := 0
		for _, one := range reasons {
			sum += one.Points
		}
		if sum != points || points != w.Points(&c) || points < 0 || points > w.Most() {
			t.Fatalf("%+v of %+v: %d, the reasons add up to %d, Points is %d of %d", c, w, points, sum, w.Points(&c), w.Most())
		}
		more := c
		more.Age, more.Bumps, more.Alike, more.DaysLeft, more.Spent = c.Age+r.IntN(3), c.Bumps+r.IntN(2), c.Alike+r.IntN(2), c.DaysLeft-r.IntN(3), c.Spent+r.IntN(9)
		if w.Points(&more) < points {
			t.Fatalf("%+v has fewer points than %+v", more, c)
		}
	}
}

// What is ours goes first, then what has more points, then what is older; and an
// order says what it was made of.
func TestOrder(t *testing.T) {
	type one struct {
		status RequestStatus
		points int
		number uint64
	}
	statuses := []RequestStatus{New, Triaged, OnUs, OnCustomer, OnRequester, OnEngineering, CloseLoop}
	before := func(a, b one) int {
		ours := func(s RequestStatus) int {
			return slices.Index([]bool{true, false}, s == New || s == Triaged || s == OnUs)
		}
		return cmp.Or(cmp.Compare(ours(a.status), ours(b.status)), cmp.Compare(b.points, a.points), cmp.Compare(a.number, b.number))
	}
	r := rand.New(rand.NewPCG(1, 2))
	some := func() one {
		return one{statuses[r.IntN(len(statuses))], []int{0, 1, 99, MostPoints}[r.IntN(4)], []uint64{1, 2, 3, 1<<48 - 1}[r.IntN(4)]}
	}
	for range 50_000 {
		a, b := some(), some()
		x, y := OrderOf(a.status, a.points, a.number), OrderOf(b.status, b.points, b.number)
		if cmp.Compare(x, y) != before(a, b) {
			t.Fatalf("%+v and %+v are %d, want %d", a, b, cmp.Compare(x, y), before(a, b))
		}
		if x.Number() != a.number || x.Points() != a.points {
			t.Fatalf("of %+v came %d, %d", a, x.Number(), x.Points())
		}
	}
}

func TestDaysUntil(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	at := func(day, hour int) time.Time { return time.Date(2026, 3, day, hour, 30, 0, 0, paris) }
	for _, c := range []struct {
		until, now time.Time
		want       int
	}{
		{at(28, 23), at(28, 0), 0}, {at(29, 0), at(28, 23), 1}, {at(30, 0), at(28, 23), 2}, // the 29th has 23 hours
		{at(27, 23), at(28, 0), -1},
		{time.Date(2026, 3, 28, 23, 30, 0, 0, time.UTC), at(28, 12), 1}, // is the 29th in Paris
	} {
		if got := DaysUntil(c.until, c.now, paris); got != c.want {
			t.Errorf("from %s until %s: %d days, want %d", c.now, c.until, got, c.want)
		}
	}
}
