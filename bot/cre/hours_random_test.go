package cre

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// strange are zones whose clocks change by an hour, at midnight, by half an hour,
// by a day, and never.
var strange = []string{"Europe/Paris", "America/New_York", "America/Santiago", "Asia/Beirut", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata", "UTC"}

// anyCalendar is of up to three teams, anyTime within the years that strange is
// about.
func anyCalendar(t *testing.T, random *rand.Rand) (c Calendar) {
	for range random.IntN(4) {
		h := Hours{Zone: zone(t, strange[random.IntN(len(strange))])}
		for d := range time.Weekday(7) {
			if random.IntN(7) > 1 {
				h.Days = append(h.Days, d)
			}
		}
		h.From = time.Duration(random.IntN(24*60-1)) * time.Minute
		h.To = h.From + time.Duration(1+random.IntN(24*60-int(h.From/time.Minute)))*time.Minute
		for range random.IntN(60) {
			h.Holidays = append(h.Holidays, DayOf(2011+random.IntN(3), time.Month(1+random.IntN(12)), 1+random.IntN(31)))
		}
		c = append(c, h)
	}
	return c
}

func upTo(random *rand.Rand, d time.Duration) time.Duration {
	return time.Duration(random.Int64N(int64(d)))
}

func anyTime(random *rand.Rand) time.Time {
	return time.Date(2011, 1, 1, 0, 0, 0, 0, time.UTC).Add(upTo(random, 3*365*day))
}

// TestBetweenIsWhatTheClocksShow compares with looking at the wall once a minute.
func TestBetweenIsWhatTheClocksShow(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		c, from := anyCalendar(t, random), anyTime(random).Truncate(time.Minute)
		to, seen := from.Add(upTo(random, 6*day)).Truncate(time.Minute), time.Duration(0)
		for at := from; at.Before(to); at = at.Add(time.Minute) {
			shown := len(c) == 0 || slices.ContainsFunc(c, func(h Hours) bool { return shows(h, at) })
			if shown {
				seen += time.Minute
			}
			if c.Open(at) != shown {
				t.Fatalf("%+v at %v: open is %v", c, at, !shown)
			}
		}
		if got := c.Between(from, to); got != seen {
			t.Fatalf("%+v from %v to %v: %v, and %v by looking", c, from, to, got, seen)
		}
	}
}

func shows(h Hours, at time.Time) bool {
	if len(h.Days) == 0 {
		return true
	}
	local := at.In(h.Zone)
	clock := time.Duration(local.Hour())*time.Hour + time.Duration(local.Minute())*time.Minute
	return slices.Contains(h.Days, local.Weekday()) && !slices.Contains(h.Holidays, DayOf(local.Date())) && clock >= h.From && clock < h.To
}

func TestLawsOfCalendars(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 1000 {
		lawful(t, anyCalendar(t, random), anyTime(random), upTo(random, 9*day), upTo(random, 90*day))
	}
}

// lawful checks what holds of every calendar: Add and Between undo each other, time
// only moves forward, its parts add up, and teams together work no less than the
// busiest and no more than all one by one.
func lawful(t *testing.T, c Calendar, a time.Time, d, more time.Duration) {
	t.Helper()
	b := c.Add(a, d)
	if got := c.Between(a, b); got != d {
		t.Fatalf("%+v: %v after %v is %v, before which %v are open", c, d, a, b, got)
	}
	if c.Add(a, d+more).Before(b) || c.Add(a.Add(more), d).Before(b) {
		t.Fatalf("%+v: %v after %v is %v, but less after more, %v", c, d, a, b, more)
	}
	z := b.Add(more)
	if whole, parts := c.Between(a, z), c.Between(a, b)+c.Between(b, z); whole != parts {
		t.Fatalf("%+v: %v from %v to %v, but %v with a stop at %v", c, whole, a, z, parts, b)
	}
	if next := c.Next(a); next.Before(a) || !c.Open(next) || c.Between(a, next) != 0 {
		t.Fatalf("%+v: after %v, next is %v", c, a, next)
	}
	var all, busiest time.Duration
	for _, h := range c {
		one := Calendar{h}.Between(a, z)
		all, busiest = all+one, max(busiest, one)
	}
	if got := c.Between(a, z); len(c) > 0 && (got < busiest || got > all) {
		t.Fatalf("%+v from %v to %v: %v, the busiest team %v, all %v", c, a, z, got, busiest, all)
	}
}

// FuzzCalendar: the laws hold for any time, to the nanosecond.
func FuzzCalendar(f *testing.F) {
	f.Add(uint64(1), int64(1324983600), int64(8*time.Hour), int64(time.Minute))
	f.Add(uint64(7), int64(-1), int64(1), int64(0))
	f.Fuzz(func(t *testing.T, seed uint64, at, d, more int64) {
		const century = int64(100 * 365 * day / time.Second)
		c := anyCalendar(t, rand.New(rand.NewPCG(seed, 1)))
		lawful(t, c, time.Unix(at%century, d%1e9), time.Duration(max(d, -d, 0))%(20*day), time.Duration(max(more, -more, 0))%(20*day))
	})
}

// BenchmarkBetween is over a year of three teams.
func BenchmarkBetween(b *testing.B) {
	var c Calendar
	for _, name := range strange[:3] {
		z, err := time.LoadLocation(name)
		if err != nil {
			b.Fatal(err)
		}
		c = append(c, officeIn(z, "2026-12-25", "2026-12-26", "2026-01-01", "2026-05-01")...)
	}
	for b.Loop() {
		c.Between(noon, noon.AddDate(1, 0, 0))
	}
}
