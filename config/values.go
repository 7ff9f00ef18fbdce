package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones must be known in an image that holds only the bot
)

// wrong is an error that continues "x is y, which": "is not a date".
type wrong string

func (w wrong) Error() string { return string(w) }

const (
	second = Duration(time.Second)
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
	week   = 7 * day
)

// Duration is a length of time that is not negative. It is written as 90s,
// 30m, 1h30m, 7d or 4w; a day is 24 hours.
type Duration time.Duration

var durationShape = regexp.MustCompile(`^(?:(\d{1,3})w)?(?:(\d{1,4})d)?((?:\d[\d.]*(?:ms|s|m|h))*)$`)

// UnmarshalText reads 90s, 30m, 1h30m, 7d or 4w.
func (d *Duration) UnmarshalText(text []byte) error {
	const complaint = wrong("is not a length of time; write it like 90s, 30m, 2h, 7d or 4w")
	if string(text) == "0" {
		*d = 0
		return nil
	}
	m := durationShape.FindStringSubmatch(string(text))
	if m == nil || m[0] == "" {
		return complaint
	}
	weeks, _ := strconv.Atoi(m[1]) // "" is no weeks; the shape bounds the digits
	days, _ := strconv.Atoi(m[2])
	rest, err := time.ParseDuration("0s" + m[3])
	if err != nil || rest > 10000*time.Hour {
		return complaint
	}
	*d = Duration(weeks)*week + Duration(days)*day + Duration(rest)
	return nil
}

// Std returns the standard library's type.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// String writes what UnmarshalText reads, in days where it can.
func (d Duration) String() string {
	switch {
	case d == 0:
		return "0"
	case d%day == 0:
		return strconv.Itoa(int(d/day)) + "d"
	}
	s := d.Std().String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// MarshalText writes what UnmarshalText reads.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Zone is a time zone of the IANA database.
type Zone struct{ loc *time.Location }

// UnmarshalText reads a name such as Europe/Paris.
func (z *Zone) UnmarshalText(text []byte) error {
	const complaint = wrong("is not a time zone; write an IANA name such as Europe/Paris or UTC")
	if string(text) == "Local" {
		return complaint
	}
	loc, err := time.LoadLocation(string(text))
	if err != nil {
		return complaint
	}
	z.loc = loc
	return nil
}

// Location returns the zone, UTC when none was set.
func (z Zone) Location() *time.Location {
	if z.loc == nil {
		return time.UTC
	}
	return z.loc
}

// IsZero says that none was set.
func (z Zone) IsZero() bool { return z.loc == nil }

// String returns the IANA name.
func (z Zone) String() string { return z.Location().String() }

// MarshalText writes the IANA name.
func (z Zone) MarshalText() ([]byte, error) { return []byte(z.String()), nil }

// Hours are the same hours on some days of every week, on a wall clock.
type Hours struct {
	Days     [7]bool       // by time.Weekday
	From, To time.Duration // since midnight; From < To <= 24h
}

var (
	hoursShape = regexp.MustCompile(`^([A-Za-z]{3})(?:-([A-Za-z]{3}))? (\d\d):(\d\d)-(\d\d):(\d\d)$`)
	weekdays   = []string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}
)

// UnmarshalText reads "Mon-Fri 09:00-17:00".
func (h *Hours) UnmarshalText(text []byte) error {
	const complaint = wrong(`is not hours of a week; write them like "Mon-Fri 09:00-17:00"`)
	m := hoursShape.FindStringSubmatch(string(text))
	if m == nil {
		return complaint
	}
	first := weekday(m[1])
	last := first
	if m[2] != "" {
		last = weekday(m[2])
	}
	from, to := clock(m[3], m[4]), clock(m[5], m[6])
	if first < 0 || last < 0 || from < 0 || to < 0 || from >= to {
		return complaint
	}
	*h = Hours{From: from, To: to}
	for d := first; ; d = (d + 1) % 7 {
		h.Days[d] = true
		if d == last {
			return nil
		}
	}
}

func weekday(name string) int {
	for i, w := range weekdays {
		if strings.EqualFold(name, w) {
			return i
		}
	}
	return -1
}

// clock returns the time since midnight, or -1 when no clock shows it.
func clock(hh, mm string) time.Duration {
	h, _ := strconv.Atoi(hh) // two digits, says the shape
	m, _ := strconv.Atoi(mm)
	t := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	if m > 59 || t > 24*time.Hour {
		return -1
	}
	return t
}

// Date is a day of the calendar, in no zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// UnmarshalText reads 2026-12-25.
func (d *Date) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return wrong("is not a date; write it like 2026-12-25")
	}
	d.Year, d.Month, d.Day = t.Date()
	return nil
}

// String writes what UnmarshalText reads.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// MarshalText writes what UnmarshalText reads.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Statuses is a range of HTTP status codes, both ends included.
type Statuses struct{ From, To int }

var statusesShape = regexp.MustCompile(`^([1-5])(\d\d|xx)(?:-([1-5])(\d\d|xx))?$`)

// UnmarshalText reads 204, 200-399, 2xx or 2xx-3xx.
func (s *Statuses) UnmarshalText(text []byte) error {
	const complaint = wrong("is not a status; write 200, 200-399 or 2xx")
	m := statusesShape.FindStringSubmatch(strings.ToLower(string(text)))
	if m == nil {
		return complaint
	}
	if m[3] == "" {
		m[3], m[4] = m[1], m[2]
	}
	s.From, _ = strconv.Atoi(m[1] + strings.ReplaceAll(m[2], "x", "0"))
	s.To, _ = strconv.Atoi(m[3] + strings.ReplaceAll(m[4], "x", "9"))
	if s.From > s.To {
		return complaint
	}
	return nil
}

// Contain says whether a status is in the range.
func (s Statuses) Contain(status int) bool { return s.From <= status && status <= s.To }

// String writes what UnmarshalText reads.
func (s Statuses) String() string {
	if s.From == s.To {
		return strconv.Itoa(s.From)
	}
	return fmt.Sprintf("%d-%d", s.From, s.To)
}

// MarshalText writes what UnmarshalText reads.
func (s Statuses) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
