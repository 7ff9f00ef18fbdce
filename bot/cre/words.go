package cre

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Percent is a share as people read it: as many digits as matter, never 100 %
// unless it is, and 0 % only where nothing is to be seen.
func Percent(share float64) string {
	p := math.Round(share*1e11) / 1e9 // 100 times 0.29 is a little less than 29
	if share < 1 {
		p = min(p, 99.99999)
	}
	digits := 0
	switch a := math.Abs(p); {
	case a >= 99 && a < 100:
		digits = 2
		for digits < 5 && math.Round(a*math.Pow10(digits)) == 100*math.Pow10(digits) {
			digits++
		}
	case a < 10 && a != math.Trunc(a):
		digits = 1
		for digits < 5 && math.Floor(a*math.Pow10(digits)) == 0 {
			digits++
		}
	}
	scale := math.Pow10(digits)
	if p < 100 && p > 0 {
		p = math.Floor(p*scale+1e-6) / scale
	} else {
		p = math.Round(p*scale) / scale
	}
	return strings.Replace(strconv.FormatFloat(p, 'f', digits, 64), "-", "−", 1) + " %"
}

// Number is a count as people read it: 1234567 is "1,234,567".
func Number(n float64) string {
	s := strconv.FormatFloat(math.Round(n), 'f', 0, 64)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// When is a time that somebody says, to the minute; a plain time.Time is a day.
type When struct{ time.Time }

// Short is a duration in one or two units: 45m, 1h30m, 3d4h.
func Short(d time.Duration) string {
	if d <= -time.Second {
		return "−" + Short(-d)
	}
	if d < time.Minute {
		return fmt.Sprintf("%ds", int(d.Seconds()))
	}
	d = d.Round(time.Minute)
	days, hours, minutes := int(d/(24*time.Hour)), int(d/time.Hour)%24, int(d/time.Minute)%60
	switch {
	case days > 0 && hours > 0:
		return fmt.Sprintf("%dd%dh", days, hours)
	case days > 0:
		return fmt.Sprintf("%dd", days)
	case hours > 0 && minutes > 0:
		return fmt.Sprintf("%dh%dm", hours, minutes)
	case hours > 0:
		return fmt.Sprintf("%dh", hours)
	}
	return fmt.Sprintf("%dm", minutes)
}

// Long is a duration in words: "30 days", "36 hours".
func Long(d time.Duration) string {
	switch {
	case d < 0:
		return "−" + Long(-d)
	case d >= 72*time.Hour || d >= 24*time.Hour && d%(24*time.Hour) == 0:
		return Count(int((d+12*time.Hour)/(24*time.Hour)), "day")
	case d >= 90*time.Minute || d.Round(time.Minute) == time.Hour:
		return Count(int((d+30*time.Minute)/time.Hour), "hour")
	case d >= time.Minute:
		return Count(int((d+30*time.Second)/time.Minute), "minute")
	}
	return Count(int(d/time.Second), "second")
}

// Clock is a time of day as the house reads it, with the day when it is not that
// of now.
func Clock(t, now time.Time, zone *time.Location) string {
	t, now = t.In(zone), now.In(zone)
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format("15:04")
	}
	if d := t.Sub(now); d > 0 && d < 6*24*time.Hour {
		return t.Format("Mon 15:04")
	}
	return t.Format("2 Jan 15:04")
}

// Ordinal is 1st, 2nd, 3rd, 4th …
func Ordinal(n int) string {
	suffix := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return strconv.Itoa(n) + suffix
}
