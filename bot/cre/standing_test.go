package cre

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

const day = 24 * time.Hour

var noon = time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)

func sloOf(budget float64, w Window, every time.Duration) SLO {
	return SLO{Name: "shop", Budget: budget, Window: w, SLI: SLI{Source: "main", Every: every}}
}

func rolling(d time.Duration) Window { return Window{Length: d} }

// measured fills buckets of one length in [from, to) with what each counted.
func measured(from, to time.Time, every time.Duration, count func(time.Time) (good, bad float64)) []SLIHour {
	var hours []SLIHour
	for at := from; at.Before(to); at = at.Add(every) {
		hour := at.Truncate(time.Hour)
		if len(hours) == 0 || !hours[len(hours)-1].Hour.Equal(hour) {
			hours = append(hours, SLIHour{SLO: "shop", Hour: hour})
		}
		good, bad := count(at)
		hours[len(hours)-1].Add(Bucket{From: at, To: at.Add(every), Good: good, Bad: bad})
	}
	return hours
}

// aged drops the cells of hours older than an hour, as keeping them does.
func aged(hours []SLIHour, now time.Time) []SLIHour {
	for i := range hours {
		if hours[i].Hour.Before(now.Add(-time.Hour)) {
			hours[i].Cells = nil
		}
	}
	return hours
}

func steady(good, bad float64) func(time.Time) (float64, float64) {
	return func(time.Time) (float64, float64) { return good, bad }
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9*max(1, math.Abs(want)) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// TestWorkedExamples are computed by hand: A = β·N, left = 1 − b/A, burn = e/β.
func TestWorkedExamples(t *testing.T) {
	for _, test := range []struct {
		name            string
		budget          float64
		good, bad       float64 // each minute for 30 days
		sli, left, burn float64
		state           State
	}{
		{"nothing bad", 0.001, 1000, 0, 1, 1, 0, StateOK},
		{"half of the budget, evenly", 0.002, 999, 1, 0.999, 0.5, 0.5, StateOK},
		{"all of it", 0.001, 999, 1, 0.999, 0, 1, StateExhausted},
		{"twice of it", 0.001, 998, 2, 0.998, -1, 2, StateExhausted},
		{"everything bad, at 99.9 %", 0.001, 0, 10, 0, -999, 1000, StateExhausted},
		{"everything bad, at 90 %", 0.1, 0, 10, 0, -9, 10, StateExhausted},
	} {
		t.Run(test.name, func(t *testing.T) {
			st := Evaluate(sloOf(test.budget, rolling(30*day), time.Minute), measured(noon.Add(-30*day), noon, time.Minute, steady(test.good, test.bad)), noon)
			near(t, "SLI", st.SLI, test.sli)
			if math.Abs(st.Left-test.left) > 1e-6 {
				t.Errorf("left is %v, want %v", st.Left, test.left)
			}
			near(t, "burn of the hour", st.Hour.Rate, test.burn)
			near(t, "burn of the day", st.Day.Rate, test.burn)
			if st.State != test.state && !(test.left == 0 && st.State == StateOK) {
				t.Errorf("state is %s, want %s", st.State, test.state)
			}
			if st.Known != 30*day {
				t.Errorf("known are %s", st.Known)
			}
		})
	}
}

// TestOneFailureOfTen: at 99.9 % that is a burn rate of 100.
func TestOneFailureOfTen(t *testing.T) {
	hours := measured(noon.Add(-time.Hour), noon, 6*time.Minute, func(at time.Time) (float64, float64) {
		if at.Equal(noon.Add(-30 * time.Minute)) {
			return 0, 1
		}
		return 1, 0
	})
	st := Evaluate(sloOf(0.001, rolling(30*day), 6*time.Minute), hours, noon)
	near(t, "burn", st.Hour.Rate, 100)
	if st.Hour.Bad != 1 || st.Hour.Total != 10 || !st.Hour.Known {
		t.Errorf("the hour is %+v", st.Hour)
	}
	if st.State == StateBurning {
		t.Error("one bad event is no alarm")
	}
}

// TestCalendarBudgetIsThatOfTheWholePeriod: a third of the month with 1.2 times
// the allowed rate has overspent to date (−20 %), and has 60 % left of the month.
func TestCalendarBudgetIsThatOfTheWholePeriod(t *testing.T) {
	from := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC) // 30 days
	now := from.Add(10 * day)
	slo := sloOf(0.01, Window{Calendar: "month", Zone: time.UTC}, time.Hour)
	st := Evaluate(slo, measured(from, now, time.Hour, steady(988, 12)), now)
	near(t, "allowed", st.Allowed, 0.01*1000*24*30)
	near(t, "left", st.Left, 0.6)
	if st.From != from || st.To != from.Add(30*day) || st.State != StateOK {
		t.Errorf("window %v to %v is %s", st.From, st.To, st.State)
	}
	// At this rate the rest goes in 0.6/1.2 of a month: 15 days of the 20 left.
	if st.Lasts || math.Abs((st.GoneIn-15*day).Hours()) > 1 {
		t.Errorf("gone in %s, lasts %v", st.GoneIn, st.Lasts)
	}
}

// TestScale: what was measured stands for the whole window at its pace.
func TestScale(t *testing.T) {
	half := sloOf(0.01, rolling(30*day), time.Hour)
	st := Evaluate(half, measured(noon.Add(-15*day), noon, time.Hour, steady(99, 1)), noon)
	near(t, "allowed", st.Allowed, 0.01*100*24*30)
	near(t, "left", st.Left, 0.5)
	if st.State != StateWarming || st.History != 15*day {
		t.Errorf("half a window is %s with %s", st.State, st.History)
	}
	// A gap is not scaled: what is known is known, and the window is whole.
	hours := measured(noon.Add(-30*day), noon, time.Hour, steady(99, 1))
	gap := append(hours[:240:240], hours[480:]...)
	st = Evaluate(half, gap, noon)
	near(t, "allowed with a gap", st.Allowed, 0.01*100*24*20)
	if st.Known != 20*day || st.State == StateWarming {
		t.Errorf("with a gap: known %s, %s", st.Known, st.State)
	}
}

// TestWholeHoursAreAWholeWindow: old hours have no cells, so the one in which
// the window begins is left out. That is no reason to warm up for ever.
func TestWholeHoursAreAWholeWindow(t *testing.T) {
	for _, minute := range []int{0, 1, 34, 59} {
		now := noon.Add(time.Duration(minute) * time.Minute)
		hours := aged(measured(noon.Add(-40*day), now, time.Minute, steady(100, 0)), now)
		st := Evaluate(sloOf(0.001, rolling(30*day), time.Minute), hours, now)
		if st.State != StateOK {
			t.Errorf("at minute %d it is %s with %s of history", minute, st.State, st.History)
		}
	}
}

func TestStates(t *testing.T) {
	slo := sloOf(0.01, rolling(7*day), time.Minute)
	full := func(good, bad float64) []SLIHour {
		return measured(noon.Add(-7*day), noon, time.Minute, steady(good, bad))
	}
	suspect := full(100, 0)
	suspect[3].Suspect = "more good than all"
	longAgo := full(100, 0)
	longAgo[0].Hour = noon.Add(-60 * day)
	longAgo[0].Suspect = "of an earlier window"
	for _, test := range []struct {
		name    string
		hours   []SLIHour
		now     time.Time
		want    State
		counted bool
	}{
		{"ok", full(100, 0), noon, StateOK, true},
		{"never measured", nil, noon, StateNoData, false},
		{"measured, but not lately", full(100, 0), noon.Add(11 * time.Minute), StateNoData, true},
		{"a late bucket is no alarm", full(100, 0), noon.Add(9 * time.Minute), StateOK, true},
		{"only before the window", full(100, 0), noon.Add(8 * day), StateNoData, false},
		{"hours without a measurement", []SLIHour{{Hour: noon.Add(-time.Hour)}}, noon, StateNoData, false},
		{"nobody called", full(0, 0), noon, StateNoTraffic, false},
		{"suspect", suspect, noon, StateSuspect, true},
		{"suspect before the window", longAgo, noon, StateOK, true},
		{"exhausted", full(98, 2), noon, StateExhausted, true},
	} {
		st := Evaluate(slo, test.hours, test.now)
		if st.State != test.want || st.Counted != test.counted {
			t.Errorf("%s: %s, counted %v; want %s, %v", test.name, st.State, st.Counted, test.want, test.counted)
		}
		if !st.Counted && (st.SLI != 0 || st.Left != 0 || st.Line != nil || st.Hour.Known || st.Lasts) {
			t.Errorf("%s: nothing was counted, but %+v", test.name, st)
		}
	}
}

// TestBurning: 2 % of a 30-day budget in an hour is a rate of 14.4, 5 % in six
// hours one of 6; both the long and the short window must exceed it. Shorter
// windows have lower rates.
func TestBurning(t *testing.T) {
	burst := func(since time.Duration, until time.Duration, bad float64) func(time.Time) (float64, float64) {
		return func(at time.Time) (float64, float64) {
			if ago := noon.Sub(at); ago <= since && ago > until {
				return 1000 - bad, bad
			}
			return 1000, 0
		}
	}
	for _, test := range []struct {
		name   string
		window time.Duration
		every  time.Duration
		count  func(time.Time) (float64, float64)
		want   State
	}{
		{"above 14.4 for an hour", 30 * day, time.Minute, burst(time.Hour, 0, 15), StateBurning},
		{"below 14.4 for an hour", 30 * day, time.Minute, burst(time.Hour, 0, 14), StateOK},
		{"it is over", 30 * day, time.Minute, burst(time.Hour, 31*time.Minute, 40), StateOK},
		{"above 6 for six hours", 30 * day, time.Minute, burst(6*time.Hour, 0, 6.1), StateBurning},
		{"below 6 for six hours", 30 * day, time.Minute, burst(6*time.Hour, 0, 5.9), StateOK},
		{"above 14.4, in buckets of 5 minutes", 30 * day, 5 * time.Minute, burst(time.Hour, 0, 15), StateBurning},
		{"28 days: above 13.44", 28 * day, time.Minute, burst(time.Hour, 0, 13.5), StateBurning},
		{"28 days: below 13.44", 28 * day, time.Minute, burst(time.Hour, 0, 13.4), StateOK},
	} {
		hours := measured(noon.Add(-test.window), noon, test.every, test.count)
		for _, delay := range []time.Duration{0, 2 * time.Minute} {
			st := Evaluate(sloOf(0.001, rolling(test.window), test.every), hours, noon.Add(delay))
			if st.State != test.want {
				t.Errorf("%s, read %s later: %s at a rate of %v, want %s", test.name, delay, st.State, st.Hour.Rate, test.want)
			}
		}
	}
}

// TestRollingGivesBudgetBack: an hour of trouble leaves the window after it.
func TestRollingGivesBudgetBack(t *testing.T) {
	trouble := noon.Add(-29 * day)
	hours := measured(noon.Add(-30*day), noon.Add(5*day), time.Hour, func(at time.Time) (float64, float64) {
		if at.Equal(trouble) {
			return 28, 72 // of 72,000 events at 99.9 %: all of the budget
		}
		return 100, 0
	})
	slo := sloOf(0.001, rolling(30*day), time.Hour)
	during, after := Evaluate(slo, hours, noon), Evaluate(slo, hours, noon.Add(2*day))
	if math.Abs(during.Left) > 0.01 || after.Left != 1 || after.State != StateOK {
		t.Errorf("left is %v, then %v and %s", during.Left, after.Left, after.State)
	}
	// Slow spending that old trouble leaves room for never ends it.
	evenly := measured(noon.Add(-30*day), noon, time.Hour, steady(9995, 5))
	if st := Evaluate(slo, evenly, noon); !st.Lasts || st.GoneIn != 0 {
		t.Errorf("spent at half the rate: gone in %s, lasts %v", st.GoneIn, st.Lasts)
	}
}

// TestGoneIn: what is left, L·P/burn, at a steady rate.
func TestGoneIn(t *testing.T) {
	hours := measured(noon.Add(-30*day), noon, time.Hour, func(at time.Time) (float64, float64) {
		if !at.Before(noon.Add(-time.Hour)) {
			return 100000 - 1440, 1440 // a burn rate of 14.4: 2 % of the budget
		}
		return 100000, 0
	})
	st := Evaluate(sloOf(0.001, rolling(30*day), time.Hour), hours, noon)
	near(t, "burn", st.Hour.Rate, 14.4)
	near(t, "left", st.Left, 0.98)
	if math.Abs((st.GoneIn-49*time.Hour).Hours()) > 0.1 || st.Lasts {
		t.Errorf("gone in %s, lasts %v; want 49h", st.GoneIn, st.Lasts)
	}
	quiet := Evaluate(sloOf(0.001, rolling(30*day), time.Hour), hours[:len(hours)-1], noon.Add(-time.Hour))
	if !quiet.Lasts || quiet.GoneIn != 0 {
		t.Errorf("with nothing bad in the last hour: gone in %s, lasts %v", quiet.GoneIn, quiet.Lasts)
	}
}

// TestCalendarWindows have the length that the clocks of their zone give them.
func TestCalendarWindows(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	for _, test := range []struct {
		calendar string
		zone     *time.Location
		now      string
		from, to string
		hours    float64
	}{
		{"month", berlin, "2026-03-31T23:59:59+02:00", "2026-03-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00", 743},
		{"month", berlin, "2026-10-01T00:00:00+02:00", "2026-10-01T00:00:00+02:00", "2026-11-01T00:00:00+01:00", 745},
		{"month", berlin, "2026-02-28T23:30:00Z", "2026-03-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00", 743},
		{"month", time.UTC, "2026-03-15T00:00:00Z", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z", 744},
		{"month", time.UTC, "2028-02-29T12:00:00Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z", 696},
		{"month", time.UTC, "2026-12-31T23:59:59Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z", 744},
		{"quarter", berlin, "2026-02-14T12:00:00+01:00", "2026-01-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00", 90*24 - 1},
		{"quarter", berlin, "2026-12-31T12:00:00+01:00", "2026-10-01T00:00:00+02:00", "2027-01-01T00:00:00+01:00", 92*24 + 1},
		{"week", berlin, "2026-03-29T12:00:00+02:00", "2026-03-23T00:00:00+01:00", "2026-03-30T00:00:00+02:00", 167},
		{"week", berlin, "2026-10-25T12:00:00+01:00", "2026-10-19T00:00:00+02:00", "2026-10-26T00:00:00+01:00", 169},
		{"week", time.UTC, "2027-01-01T12:00:00Z", "2026-12-28T00:00:00Z", "2027-01-04T00:00:00Z", 168},
	} {
		from, to := Window{Calendar: test.calendar, Zone: test.zone}.Span(stamp(t, test.now))
		if !from.Equal(stamp(t, test.from)) || !to.Equal(stamp(t, test.to)) || to.Sub(from).Hours() != test.hours {
			t.Errorf("%s of %s: %v to %v, %v h", test.calendar, test.now, from, to, to.Sub(from).Hours())
		}
	}
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func stamp(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestWhateverIsMeasured: no number is ever NaN or infinite, what is not known
// is not said, and the line ends where the budget stands.
func TestWhateverIsMeasured(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	windows := []Window{rolling(time.Hour), rolling(30 * day), {Calendar: "month", Zone: time.UTC}, {Calendar: "week", Zone: zone(t, "Asia/Kolkata")}}
	for i := range 150 {
		every := []time.Duration{30 * time.Second, time.Minute, 7 * time.Minute, time.Hour}[random.IntN(4)]
		from := noon.Add(-time.Duration(random.Int64N(int64(2 * day))))
		hours := measured(from.Truncate(every), noon, every, func(time.Time) (float64, float64) {
			return float64(random.IntN(3)) * 1e6 * random.Float64(), float64(random.IntN(3)) * random.Float64()
		})
		if random.IntN(2) == 0 {
			hours = aged(hours, noon)
		}
		budget := []float64{1e-12, 0.001, 0.5, 0.999}[random.IntN(4)]
		st := Evaluate(sloOf(budget, windows[i%len(windows)], every), hours, noon.Add(time.Duration(random.IntN(30))*time.Minute))
		for _, n := range []float64{st.SLI, st.Allowed, st.Left, st.Hour.Rate, st.Day.Rate, st.Good, st.Bad, st.GoneIn.Hours()} {
			if math.IsNaN(n) || math.IsInf(n, 0) {
				t.Fatalf("case %d: %+v", i, st)
			}
		}
		checkSense(t, i, st)
	}
}

func checkSense(t *testing.T, i int, st Standing) {
	t.Helper()
	switch {
	case !st.Counted && st.State != StateNoData && st.State != StateNoTraffic:
		t.Errorf("case %d: nothing counted is %s", i, st.State)
	case st.SLI < 0 || st.SLI > 1 || st.Left > 1 || st.GoneIn < 0:
		t.Errorf("case %d: %+v", i, st)
	case st.Counted && (st.Bad > 0) != (st.Left < 1):
		t.Errorf("case %d: %v bad events leave %v", i, st.Bad, st.Left)
	case st.Counted && math.Abs(st.Line[len(st.Line)-1].Value-st.Left) > 1e-6*math.Abs(st.Left)+1e-9:
		t.Errorf("case %d: the line ends at %v, left is %v", i, st.Line[len(st.Line)-1].Value, st.Left)
	case st.GoneIn > 0 && st.Lasts:
		t.Errorf("case %d: gone in %s, and lasts", i, st.GoneIn)
	}
	for _, p := range st.Line {
		if math.IsNaN(p.Value) || math.IsInf(p.Value, 0) {
			t.Fatalf("case %d: the line has %v", i, p)
		}
	}
}

// TestMeasuringTwiceCountsOnce, in any order.
func TestMeasuringTwiceCountsOnce(t *testing.T) {
	hour := SLIHour{Hour: noon}
	at := func(m int) time.Time { return noon.Add(time.Duration(m) * time.Minute) }
	for _, m := range []int{3, 1, 2, 3, 0} {
		hour.Add(Bucket{From: at(m), To: at(m + 1), Good: 5, Bad: 1})
	}
	hour.Add(Bucket{From: at(2), To: at(3), Good: 7, Bad: 2}) // late events
	if hour.Good != 22 || hour.Bad != 5 || hour.Known != 240 || len(hour.Cells) != 4 {
		t.Errorf("the hour is %+v", hour)
	}
	for i, c := range hour.Cells {
		if c.At != float64(60*i) {
			t.Errorf("cell %d is at %v", i, c.At)
		}
	}
}
