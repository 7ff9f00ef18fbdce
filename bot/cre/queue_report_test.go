package cre

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

// reported counts requests of a Thursday at 14:00 in Paris; the last report was on
// Wednesday at 9:00. What has no number is not to be named.
func reported(t *testing.T, all ...Queued) *QueueReport {
	paris := located(t, "Europe/Paris")
	now := time.Date(2026, 3, 5, 14, 0, 0, 0, paris)
	p := NewQueueReport(now.Add(-29*time.Hour), now, paris)
	for i, q := range all {
		named := q.Number == 0
		q.Number = uint64(i + 1)
		p.Count(&q, OrderOf(q.Status, 10*i, q.Number), named)
	}
	return p
}

func numbers(p Pile) string {
	words := fmt.Sprint(p.All)
	for _, o := range p.First {
		words += fmt.Sprintf(" R-%d", o.Number())
	}
	return words
}

func TestQueueReportCounts(t *testing.T) {
	day := func(d, hour int) time.Time { return time.Date(2026, 3, d, hour, 0, 0, 0, time.UTC) }
	owned := Mark{1}
	const hidden = 99
	p := reported(t,
		Queued{Status: New, Created: day(1, 9), Due: day(4, 23)},                           // over; 5 March in Paris is 23:00 before
		Queued{Status: New, Created: day(4, 8), Due: day(5, 22)},                           // today until 23:00 in UTC; just new
		Queued{Status: OnUs, Owner: owned, Created: day(4, 7), Due: day(5, 23)},            // tomorrow
		Queued{Status: OnCustomer, Owner: owned, Created: day(5, 9), Department: "sales"},  // new
		Queued{Status: CloseLoop, Created: day(5, 9), Department: "sales", Number: hidden}, // new and nobody's, not named
		Queued{Status: New, Created: day(5, 9), Department: "consulting"},                  // new and nobody's
		Queued{Status: Triaged, Created: day(5, 10), Due: day(5, 1), Department: "sales"},  // new, nobody's, due
		Queued{Status: OnRequester, Created: day(5, 11), Due: day(1, 1), Number: hidden},   // due, not named
	)
	for name, got := range map[string][2]string{
		"due":    {numbers(p.Due), "4 R-7 R-2 R-1"},
		"new":    {numbers(p.New), "6 R-7 R-6 R-2"}, // what is ours goes before R-4
		"nobody": {numbers(p.Nobody), "6 R-7 R-6 R-2"},
		"open":   {fmt.Sprint(p.Open, p.Unnamed), "8 2"},
		"held":   {p.Held[0].Words(), "4 not started, 1 in work, 2 waiting for others, 1 done but not told"},
		"alt": {p.Chart().Alt, "Of 8 open requests: 4 not started, 1 in work, 2 waiting for others, 1 done but not told. " +
			"no department 4: 2 not started, 1 in work, 1 waiting for others. sales 3: 1 not started, 1 waiting for others, 1 done but not told. consulting 1: 1 not started."},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %s, want %s", name, got[0], got[1])
		}
	}
	for status, want := range map[RequestStatus]int{OnCustomer: 1, OnRequester: 1, OnEngineering: 0, CloseLoop: 1} {
		if p.Waits[status].All != want {
			t.Errorf("%s: %d", status, p.Waits[status].All)
		}
	}
	for _, bar := range p.Chart().Bars {
		sum := 0.0
		for _, part := range bar.Parts {
			sum += part.Value
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Errorf("the parts of %s are %v of it", bar.Name, sum)
		}
	}
	if c := reported(t).Chart(); c != nil {
		t.Error("nothing is drawn of nothing")
	}
	if c := reported(t, Queued{}).Chart(); len(c.Bars) != 1 || strings.Contains(c.Alt, "department") {
		t.Errorf("where no department is known: %s", c.Alt)
	}
}

// What waits longest is found without reading all that waits.
func TestLongestReadsNoMoreThanItMust(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 3, d, 9, 0, 0, 0, time.UTC) }
	since := map[uint64]time.Time{1: day(9), 2: day(4), 3: day(8), 4: day(5), 5: day(6)} // R-n was filed on day n
	w := &Wait{}
	for n := range since {
		w.filed = append(w.filed, filing{day(int(n)), n})
	}
	read := ""
	r, err := w.Longest(func(n uint64) (*Request, error) {
		read += fmt.Sprint(n)
		return &Request{Number: n, Created: day(int(n)), Hands: []Hand{{day(int(n)), New}, {since[n], OnCustomer}}}, nil
	})
	if err != nil || r.Number != 2 || read != "1234" { // R-5 was filed after R-2 began to wait
		t.Errorf("R-%d is the one, after reading %s, %v", r.Number, read, err)
	}
	if r, err := (&Wait{All: 1}).Longest(nil); r != nil || err != nil {
		t.Errorf("of what is not named: %v, %v", r, err)
	}
	early := Request{Created: day(1), Taken: day(2)}
	if !early.Passed().Equal(day(2)) {
		t.Error("what was filed before hands were kept was passed on when it was taken")
	}
}

func TestAtRisk(t *testing.T) {
	targets := Targets{FirstResponse: 10 * time.Hour, NextResponse: 5 * time.Hour, Resolution: 100 * time.Hour, WarnAt: 0.8}
	filed := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	after := func(hours float64) time.Time { return filed.Add(time.Duration(hours * float64(time.Hour))) }
	new := Request{Hands: []Hand{{filed, New}}}
	answered := Request{Hands: new.Hands, Answered: after(12)} // late, but it came
	asking := Request{Hands: new.Hands, Answered: after(1), Asking: after(20)}
	waiting := Request{Hands: []Hand{{filed, New}, {after(90), OnCustomer}}, Answered: after(1)}
	for _, tt := range []struct {
		r    Request
		at   float64
		want string
	}{
		{new, 7.9, "none"}, {new, 8, "first response running"}, {new, 10.5, "first response broken"},
		{answered, 13, "none"}, {answered, 80, "resolution running"}, {answered, 200, "resolution broken"},
		{asking, 23.9, "none"}, {asking, 24, "next response running"}, {asking, 99, "next response broken"},
		{waiting, 300, "none"}, // it is not ours
	} {
		got := "none"
		if c := targets.AtRisk(nil, &tt.r, after(tt.at)); c != nil {
			got = fmt.Sprintf("%s %s", c.Kind, c.State)
		}
		if got != tt.want {
			t.Errorf("%v after %v hours: %s, want %s", tt.r.Hands, tt.at, got, tt.want)
		}
		if age := after(tt.at).Sub(filed); got != "none" && age < targets.Calm() {
			t.Errorf("at risk at the age of %v", age)
		}
	}
	for want, t2 := range map[time.Duration]Targets{4 * time.Hour: targets, 8 * time.Hour: {FirstResponse: 10 * time.Hour, WarnAt: 0.8}, math.MaxInt64: {WarnAt: 0.8}, time.Hour: {Resolution: time.Hour}} {
		if got := t2.Calm(); got != want {
			t.Errorf("%+v is calm for %v, want %v", t2, got, want)
		}
	}
}
