package cre

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestPercent(t *testing.T) {
	for _, test := range []struct {
		share float64
		want  string
	}{
		{0, "0 %"}, {1, "100 %"}, {0.5, "50 %"}, {0.29, "29 %"}, {0.57, "57 %"}, {0.07, "7 %"}, {0.075, "7.5 %"},
		{0.9, "90 %"}, {0.985, "98 %"}, {0.99, "99.00 %"}, {0.999, "99.90 %"}, {0.9985, "99.85 %"}, {0.998999, "99.89 %"},
		{0.9995, "99.95 %"}, {0.99999, "99.999 %"}, {0.999999, "99.9999 %"}, {0.99995, "99.995 %"},
		{0.0004, "0.04 %"}, {0.00004, "0.004 %"}, {0.0123, "1.2 %"}, {0.1234, "12 %"},
		{-0.2, "−20 %"}, {-0.075, "−7.5 %"}, {-9, "−900 %"}, {-0.0004, "−0.04 %"}, {1.5, "150 %"},
	} {
		if got := Percent(test.share); got != test.want {
			t.Errorf("%v is %q, want %q", test.share, got, test.want)
		}
	}
}

// TestPercentDoesNotFlatter: less than all is never 100 %, something is never
// 0 %, and more is never said than is.
func TestPercentDoesNotFlatter(t *testing.T) {
	for i := 1; i <= 16; i++ {
		little := math.Pow10(-i)
		if got := Percent(1 - little); strings.HasPrefix(got, "100") {
			t.Errorf("1 − 1e-%d is %q", i, got)
		}
		if got := Percent(little); i <= 7 && number(t, got) == 0 {
			t.Errorf("1e-%d is %q", i, got)
		}
	}
	for i := range 100_001 {
		share := float64(i) / 100_000
		got := Percent(share)
		if said := number(t, got); said > 100*share+1e-9 || said < 100*share-1 {
			t.Fatalf("%v is %q", share, got)
		}
	}
}

func number(t *testing.T, percent string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(strings.TrimSuffix(percent, " %"), 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestNumber(t *testing.T) {
	for n, want := range map[float64]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1234: "-1,234", -999: "-999", 0.6: "1", 999.6: "1,000"} {
		if got := Number(n); got != want {
			t.Errorf("%v is %q, want %q", n, got, want)
		}
	}
}

func TestShortAndLong(t *testing.T) {
	for _, test := range []struct {
		d           time.Duration
		short, long string
	}{
		{0, "0s", "0 seconds"},
		{time.Second, "1s", "1 second"},
		{59*time.Second + 900*time.Millisecond, "59s", "59 seconds"},
		{time.Minute, "1m", "1 minute"},
		{90 * time.Second, "2m", "2 minutes"},
		{45 * time.Minute, "45m", "45 minutes"},
		{59*time.Minute + 40*time.Second, "1h", "1 hour"},
		{time.Hour, "1h", "1 hour"},
		{89 * time.Minute, "1h29m", "89 minutes"},
		{90 * time.Minute, "1h30m", "2 hours"},
		{2 * time.Hour, "2h", "2 hours"},
		{24*time.Hour - 20*time.Second, "1d", "24 hours"},
		{24 * time.Hour, "1d", "1 day"},
		{36 * time.Hour, "1d12h", "36 hours"},
		{76*time.Hour + 59*time.Minute, "3d4h", "3 days"},
		{30 * 24 * time.Hour, "30d", "30 days"},
		{-90 * time.Minute, "−1h30m", "−2 hours"},
	} {
		if got := Short(test.d); got != test.short {
			t.Errorf("%s is short %q, want %q", test.d, got, test.short)
		}
		if got := Long(test.d); got != test.long {
			t.Errorf("%s is long %q, want %q", test.d, got, test.long)
		}
	}
}

func TestClock(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	now := stamp(t, "2026-03-27T23:30:00Z") // Saturday, half past midnight in Berlin
	for at, want := range map[string]string{
		"2026-03-27T23:00:00Z": "00:00",
		"2026-03-28T22:59:00Z": "23:59",
		"2026-03-28T23:00:00Z": "Sun 00:00",
		"2026-03-29T08:00:00Z": "Sun 10:00", // after the clocks went forward
		"2026-04-02T22:00:00Z": "Fri 00:00",
		"2026-03-27T22:59:00Z": "27 Mar 23:59",
		"2026-04-03T22:00:00Z": "4 Apr 00:00",
		"2025-03-27T22:00:00Z": "27 Mar 23:00",
	} {
		if got := Clock(stamp(t, at), now, berlin); got != want {
			t.Errorf("%s is %q, want %q", at, got, want)
		}
	}
	if got := Clock(now, now, time.UTC); got != "23:30" {
		t.Errorf("now is %q", got)
	}
}

func TestOrdinal(t *testing.T) {
	for n, want := range map[int]string{1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 10: "10th", 11: "11th", 12: "12th", 13: "13th",
		21: "21st", 22: "22nd", 23: "23rd", 101: "101st", 111: "111th", 112: "112th", 113: "113th", 1003: "1003rd", 0: "0th"} {
		if got := Ordinal(n); got != want {
			t.Errorf("%d is %q", n, got)
		}
	}
}
