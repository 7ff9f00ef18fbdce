package cre

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
)

var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC) // of week 10

// tenth is work of week 10, worked out by hand below.
//
//	R-1  Mon   20m toil         sales       acme    payments  access
//	R-2  Tue   30m toil         sales       globex  payments  access
//	R-3  Wed   25m toil         consulting  acme    payments  access
//	R-4  Wed   60m engineering  sales       acme    export    bug
//	R-5  Thu   15m question     consulting  acme              question
//	R-6  Thu   50m toil         sales       initech export    report
//	R-7  Fri   50m toil         sales       initech export    report
//	R-8  Fri   10m (no class)   sales       acme              question
//	R-9  Fri       (done, nobody said how long)
//	R-10 Sat   40m toil         private
//	W    Sun   20m toil         nobody asked, acme, export, no kind
//
// In all 20+30+25+60+15+50+50+10+40+20 = 320m; toil 20+30+25+50+50+40+20 = 235m.
func tenth() []Spent {
	all := []Spent{
		{Minutes: 20, Class: ToilWork, Department: "sales", Customer: "acme", Component: "payments", Kind: "access"},
		{Minutes: 30, Class: ToilWork, Department: "sales", Customer: "globex", Component: "payments", Kind: "access"},
		{Minutes: 25, Class: ToilWork, Department: "consulting", Customer: "acme", Component: "payments", Kind: "access"},
		{Minutes: 60, Class: EngineeringWork, Department: "sales", Customer: "acme", Component: "export", Kind: "bug"},
		{Minutes: 15, Class: QuestionWork, Department: "consulting", Customer: "acme", Kind: "question"},
		{Minutes: 50, Class: ToilWork, Department: "sales", Customer: "initech", Component: "export", Kind: "report"},
		{Minutes: 50, Class: ToilWork, Department: "sales", Customer: "initech", Component: "export", Kind: "report"},
		{Minutes: 10, Department: "sales", Customer: "acme", Kind: "question"},
		{Department: "sales", Customer: "acme", Kind: "question"},
		{Minutes: 40, Class: ToilWork, Department: "sales", Customer: "globex", Component: "payments", Kind: "access", Hidden: true},
		{Minutes: 20, Class: ToilWork, Customer: "acme", Component: "export"},
	}
	for i, day := range []int{0, 1, 2, 2, 3, 3, 4, 4, 4, 5, 6} {
		all[i].At = monday.AddDate(0, 0, day).Add(10 * time.Hour)
		if i < 10 {
			all[i].Request, all[i].Done = fmt.Sprintf("R-%d", i+1), true
		}
	}
	return all
}

func weekLedger(all []Spent) Ledger { return NewLedger(all, monday, monday.AddDate(0, 0, 7), time.UTC) }

func TestLedgerByHand(t *testing.T) {
	l := weekLedger(tenth())
	if l.All.Minutes != 320 || l.All.Classes[ToilWork] != 235 || l.All.Times != 10 || l.Done != 10 || l.Timed != 9 {
		t.Errorf("%+v, %d of %d timed", l.All, l.Timed, l.Done)
	}
	if got := l.All.ToilWords(0.5); got != "73 %" { // 235 / 320 = 0.734
		t.Errorf("the share of toil is %s", got)
	}
	for d, want := range map[Dimension]string{
		// sales 20+30+60+50+50+10, of it toil 150; private and nobody's stand alone
		"department": "sales 150/220, consulting 25/40, private 40/40, no department 20/20",
		// acme 20+25+60+15+10+20, of it toil 65
		"customer": "acme 65/150, initech 100/100, private 40/40, globex 30/30",
		// export 60+50+50+20, of it toil 120; payments 20+30+25
		"component": "export 120/180, payments 75/75, private 40/40, no component 0/25",
		"kind":      "report 100/100, access 75/75, bug 0/60, private 40/40, question 0/25, no kind 20/20",
	} {
		if got := told(l.By[d]); got != want {
			t.Errorf("by %s: %s\nwant %s", d, got, want)
		}
	}
	// of 6 kinds 3 are shown; the others are private 40, question 25 and no kind 20
	if got := told(Top(l.By["kind"], 3)); got != "report 100/100, access 75/75, bug 0/60, 3 others 60/85" {
		t.Errorf("top: %s", got)
	}
	var ranked []string
	for _, c := range l.Automate {
		ranked = append(ranked, c.Name+": "+c.Sum()+" "+strings.Join(c.Requests, " "))
	}
	// reports 50+50; access 20+30+25, without the private one
	if got := strings.Join(ranked, "; "); got != "report, export: 2 × 50m = 1h40m R-6 R-7; access, payments: 3 × 25m = 1h15m R-1 R-2 R-3" {
		t.Errorf("to automate: %s", got)
	}
}

func told(all []Tally) string {
	var words []string
	for _, t := range all {
		words = append(words, fmt.Sprintf("%s %d/%d", t.Name, t.Classes[ToilWork], t.Minutes))
	}
	return strings.Join(words, ", ")
}

// The first moment of a period belongs to it, that of the next one does not.
func TestLedgerEndsWhereTheNextBegins(t *testing.T) {
	all := []Spent{{At: monday, Minutes: 1}, {At: monday.AddDate(0, 0, 7), Minutes: 2}, {At: monday.Add(-1), Minutes: 4}}
	if got := weekLedger(all).All.Minutes; got != 1 {
		t.Errorf("%d minutes", got)
	}
}

// Whatever the work is told apart by, every minute is there once.
func TestLedgerAddsUp(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 3))
		one := func(words ...string) string { return words[r.IntN(len(words))] }
		var all []Spent
		total, toil := 0, 0
		for range r.IntN(60) {
			s := Spent{At: monday.Add(time.Duration(r.Int64N(int64(40 * 24 * time.Hour)))), Minutes: r.IntN(200) - 20, Class: ToilClass(one("", "toil", "engineering", "question", "duplicate")),
				Department: one("", "sales", "consulting"), Customer: one("", "acme", "globex", "initech", "hooli", "others"), Component: one("", "export", "api"),
				Kind: one("", "bug", "access"), Like: one("", "", "R-1"), Hidden: r.IntN(5) == 0}
			all = append(all, s)
			if to := monday.AddDate(0, 0, 30); s.Minutes > 0 && s.At.Before(to) {
				total += s.Minutes
				if s.Class == ToilWork {
					toil += s.Minutes
				}
			}
		}
		l := NewLedger(all, monday, monday.AddDate(0, 0, 30), time.UTC)
		sums := map[string][]Tally{"all": {l.All}, "weeks": l.Weeks}
		for _, d := range Dimensions {
			for n := range 4 {
				sums[fmt.Sprint(d, n)] = Top(l.By[d], n)
			}
		}
		for name, tallies := range sums {
			minutes, times, byClass := 0, 0, 0
			for _, tally := range tallies {
				minutes, times = minutes+tally.Minutes, times+tally.Times
				byClass += tally.Classes[ToilWork]
				classes := 0
				for _, m := range tally.Classes {
					classes += m
				}
				if classes != tally.Minutes {
					t.Fatalf("seed %d, %s: the classes of %s are %d minutes, want %d", seed, name, tally.Name, classes, tally.Minutes)
				}
			}
			if minutes != total || byClass != toil || times != l.All.Times {
				t.Fatalf("seed %d, by %s: %d minutes, %d of toil, %d times; want %d, %d, %d", seed, name, minutes, byClass, times, total, toil, l.All.Times)
			}
		}
		machines := 0
		for i, c := range l.Automate {
			machines += c.Minutes
			if c.Times < 2 || i > 0 && c.Minutes > l.Automate[i-1].Minutes {
				t.Fatalf("seed %d: candidate %+v at %d", seed, c, i)
			}
		}
		if machines > toil {
			t.Fatalf("seed %d: %d minutes to automate, of %d of toil", seed, machines, toil)
		}
	}
}

// Work that is like other work is grouped with it, whatever its component and kind.
func TestLikenessGroupsCandidates(t *testing.T) {
	l := weekLedger([]Spent{
		{At: monday, Minutes: 5, Class: ToilWork, Like: "R-7", Kind: "access", What: "let bea in", Request: "R-7"},
		{At: monday.Add(1), Minutes: 6, Class: ToilWork, Like: "R-7", Kind: "question", Request: "R-8"},
		{At: monday.Add(2), Minutes: 9, Class: ToilWork, Kind: "access", Request: "R-9"},
		{At: monday.Add(3), Minutes: 9, Class: ToilWork, What: "nothing is known of it"},
		{At: monday.Add(4), Minutes: 9, Class: ToilWork, What: "nor of this"}})
	if len(l.Automate) != 1 || l.Automate[0].Name != "let bea in" || l.Automate[0].Sum() != "2 × 5.5m ≈ 11m" {
		t.Errorf("to automate: %+v", l.Automate)
	}
}

func TestOverTheLimitIsMoreThanIt(t *testing.T) {
	for toil, want := range map[int]string{500: "50 % false", 501: "> 50 % true", 499: "49 % false", 0: "0 % false", 1000: "100 % true"} {
		tally := Tally{Minutes: 1000, Classes: map[ToilClass]int{ToilWork: toil}}
		if got := fmt.Sprintf("%s %v", tally.ToilWords(0.5), tally.Over(0.5)); got != want {
			t.Errorf("%d of 1000: %s, want %s", toil, got, want)
		}
	}
	if (&Tally{}).Over(0.5) {
		t.Error("nothing is over the limit")
	}
}

func TestUsual(t *testing.T) {
	for _, tt := range []struct {
		like    []Spent
		minutes int
		class   ToilClass
	}{
		{nil, 0, ""},
		{[]Spent{{Minutes: 30}, {Class: ToilWork}}, 30, ToilWork},
		{[]Spent{{Minutes: 90, Class: QuestionWork}, {Minutes: 20, Class: ToilWork}, {Minutes: 30, Class: ToilWork}}, 30, ToilWork},
		{[]Spent{{Minutes: 10, Class: EngineeringWork}, {Minutes: 20, Class: ToilWork}}, 10, EngineeringWork}, // the newest of equals
	} {
		if minutes, class := Usual(tt.like); minutes != tt.minutes || class != tt.class {
			t.Errorf("%+v: %d %s, want %d %s", tt.like, minutes, class, tt.minutes, tt.class)
		}
	}
}

func TestToilWords(t *testing.T) {
	reads(t, map[string]ToilClass{"toil": ToilWork, "Engineering": EngineeringWork, "question": QuestionWork, "DUPLICATE": DuplicateWork, "": "", "work": ""})
	reads(t, map[string]Minutes{"30": 30, "45m": 45, "1h30m": 90, "2H": 120, "10080": 10080, "0": 0, "-5": 0, "10081": 0, "ten": 0, "30s": 0, "": 0})
	reads(t, map[string]Period{"week": ThisWeek, "Month": ThisMonth, "last  week": LastWeek, "last month": LastMonth, "last": "", "year": "", "": ""})
	for _, c := range toilClasses {
		if c.Means() == "" || !c.Looks(strings.ToUpper(string(c))) || !slices.Contains(c.Choices(), string(c)) {
			t.Errorf("%s has no meaning, or does not know itself", c)
		}
	}
	if ToilClass("").Looks("") || ToilClass("").Means() != "" || Minutes(0).Looks("toil") || !Minutes(0).Looks("30") {
		t.Error("a word is taken for what it is not")
	}
	for minutes, want := range map[int]string{0: "0m", 59: "59m", 60: "1h", 90: "1h30m", 2400: "40h"} {
		if got := WorkTime(minutes); got != want {
			t.Errorf("%d minutes are %s, want %s", minutes, got, want)
		}
	}
}

func TestPeriods(t *testing.T) {
	paris := located(t, "Europe/Paris")
	for _, tt := range []struct {
		period         Period
		at             string
		from, to, want string
	}{
		{ThisWeek, "2026-03-04T12:00:00Z", "2026-03-02 00:00 +0100", "2026-03-09 00:00 +0100", "week 10 (2 to 8 Mar 2026)"},
		{ThisWeek, "2026-03-01T23:00:00Z", "2026-03-02 00:00 +0100", "2026-03-09 00:00 +0100", "week 10 (2 to 8 Mar 2026)"}, // Monday in Paris already
		{LastWeek, "2026-03-04T12:00:00Z", "2026-02-23 00:00 +0100", "2026-03-02 00:00 +0100", "week 9 (23 Feb to 1 Mar 2026)"},
		{ThisWeek, "2026-03-29T12:00:00Z", "2026-03-23 00:00 +0100", "2026-03-30 00:00 +0200", "week 13 (23 to 29 Mar 2026)"}, // 167 hours
		{ThisWeek, "2027-01-01T12:00:00Z", "2026-12-28 00:00 +0100", "2027-01-04 00:00 +0100", "week 53 (28 Dec 2026 to 3 Jan 2027)"},
		{ThisMonth, "2026-03-31T12:00:00Z", "2026-03-01 00:00 +0100", "2026-04-01 00:00 +0200", "March 2026"},
		{LastMonth, "2026-03-31T12:00:00Z", "2026-02-01 00:00 +0100", "2026-03-01 00:00 +0100", "February 2026"},
		{LastMonth, "2027-01-31T12:00:00Z", "2026-12-01 00:00 +0100", "2027-01-01 00:00 +0100", "December 2026"},
	} {
		at, err := time.Parse(time.RFC3339, tt.at)
		if err != nil {
			t.Fatal(err)
		}
		from, to := tt.period.Span(at, paris)
		const shape = "2006-01-02 15:04 -0700"
		if from.Format(shape) != tt.from || to.Format(shape) != tt.to || tt.period.Words(from) != tt.want {
			t.Errorf("%s at %s: %s to %s, %q", tt.period, tt.at, from.Format(shape), to.Format(shape), tt.period.Words(from))
		}
	}
}

// Every moment is in one week and one month, in zones whose clocks change at
// midnight too, and one period ends where the next begins.
func TestPeriodsLeaveNothingOut(t *testing.T) {
	for _, name := range []string{"UTC", "Europe/Paris", "America/New_York", "America/Havana", "Africa/Cairo", "America/Asuncion", "Asia/Beirut", "Pacific/Apia"} {
		z := located(t, name)
		r := rand.New(rand.NewPCG(1, 2))
		start := time.Date(2009, 1, 1, 0, 0, 0, 0, time.UTC)
		for range 4000 {
			at := start.Add(time.Duration(r.Int64N(int64(18 * 365 * 24 * time.Hour))))
			for this, last := range map[Period]Period{ThisWeek: LastWeek, ThisMonth: LastMonth} {
				begin, _ := this.Span(at, z)
				for _, off := range []time.Duration{at.Sub(begin), -1, 0, 30 * time.Minute} { // clocks change around the beginning
					moment := begin.Add(off)
					from, to := this.Span(moment, z)
					if moment.Before(from) || !moment.Before(to) {
						t.Fatalf("%s: %s is not in its %s, %s to %s", name, moment.In(z), this, from, to)
					}
					if _, end := last.Span(moment, z); !end.Equal(from) {
						t.Fatalf("%s: the %s before %s ends %s, the next begins %s", name, this, moment.In(z), end, from)
					}
				}
			}
		}
	}
}

func TestToilChartSaysWhatItShows(t *testing.T) {
	l := weekLedger(tenth())
	c := l.Chart("Toil in week 10", 0.5)
	want := "73 % of 5h20m is toil, over the limit of 50 %. By department: sales 68 % of 3h40m, consulting 62 % of 40m, private 100 % of 40m, no department 100 % of 20m. " +
		"By customer: acme 43 % of 2h30m, initech 100 % of 1h40m, private 100 % of 40m, globex 100 % of 30m. " +
		"By component: export 66 % of 3h, payments 100 % of 1h15m, private 100 % of 40m, no component 0 % of 25m. " +
		"By kind: report 100 % of 1h40m, access 100 % of 1h15m, bug 0 % of 1h, 3 others 70 % of 1h25m."
	if c.Alt != want {
		t.Errorf("alt: %s\nwant %s", c.Alt, want)
	}
	if len(c.Bars) != 17 || c.Bars[0].Group != "" || c.Bars[1].Group != "by department" || c.Bars[0].Parts[0].Value != 235./320 || c.Subtitle != "3h55m of 5h20m is toil, over the limit of 50 %" {
		t.Errorf("%d bars, %+v", len(c.Bars), c.Bars[0])
	}
	for i, b := range c.Bars {
		if (b.Tone == chat.Danger) != (i == 0) {
			t.Errorf("%s %s has the tone %q", b.Group, b.Name, b.Tone)
		}
	}
	empty := weekLedger([]Spent{{At: monday, Minutes: 10}})
	if got := empty.Chart("x", 0.5); len(got.Bars) != 1 || got.Bars[0].Tone != "" {
		t.Errorf("where nothing is known: %+v", got.Bars)
	}
}

func located(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}
