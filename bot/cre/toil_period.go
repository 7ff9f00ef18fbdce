package cre

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Period is a week or a month of the calendar of the house.
type Period string

const (
	ThisWeek  Period = "week"
	ThisMonth Period = "month"
	LastWeek  Period = "last-week"
	LastMonth Period = "last-month"
)

var periods = []Period{ThisWeek, ThisMonth, LastWeek, LastMonth}

// UnmarshalText reads week, month, last week or last month.
func (p *Period) UnmarshalText(text []byte) error {
	v := Period(strings.Join(strings.Fields(strings.ToLower(string(text))), "-"))
	if !slices.Contains(periods, v) {
		return Errorf(Invalid, "%s is not a period. Say `week`, `month`, `last week` or `last month`.", string(text)).About("period")
	}
	*p = v
	return nil
}

// Choices are the words offered where one is asked for.
func (p Period) Choices() []string { return wordsOf(periods) }

// Span is the period as seen at a moment, [from, to). Weeks begin on Monday. Each
// begins where the one before it ends, also where clocks change at midnight.
func (p Period) Span(now time.Time, zone *time.Location) (from, to time.Time) {
	y, m, d := now.In(zone).Date()
	if p == LastWeek {
		d -= 7
	}
	if p == LastMonth {
		m, d = m-1, 1
	}
	if p == ThisMonth || p == LastMonth {
		return midnight(y, m, 1, zone), midnight(y, m+1, 1, zone)
	}
	monday := d - (int(time.Date(y, m, d, 12, 0, 0, 0, time.UTC).Weekday())+6)%7
	return midnight(y, m, monday, zone), midnight(y, m, monday+7, zone)
}

// midnight is the first moment of a day.
func midnight(y int, m time.Month, d int, zone *time.Location) time.Time {
	day := time.Date(y, m, d, 12, 0, 0, 0, time.UTC).Day() // d may be 32
	t := time.Date(y, m, d, 0, 0, 0, 0, zone)
	if t.Day() != day { // clocks go forward at midnight: the calendar may give 23:00 before it
		t = t.Add(time.Hour)
	}
	return t
}

// Words name the period that begins then: "week 10 (2 to 8 Mar 2026)", "March 2026".
func (p Period) Words(from time.Time) string {
	if p == ThisMonth || p == LastMonth {
		return from.Format("January 2006")
	}
	last := time.Date(from.Year(), from.Month(), from.Day()+6, 12, 0, 0, 0, time.UTC)
	first := "2"
	switch {
	case from.Year() != last.Year():
		first = "2 Jan 2006"
	case from.Month() != last.Month():
		first = "2 Jan"
	}
	return fmt.Sprintf("%s (%s to %s)", weekName(from), from.Format(first), last.Format("2 Jan 2006"))
}

// weekName is the week of the ISO calendar.
func weekName(t time.Time) string {
	_, week := t.ISOWeek()
	return "week " + strconv.Itoa(week)
}

// WorkTime is a time that was worked; unlike [Short] it knows no days, since nobody
// works around the clock.
func WorkTime(minutes int) string {
	switch {
	case minutes < 60:
		return fmt.Sprintf("%dm", minutes)
	case minutes%60 == 0:
		return fmt.Sprintf("%dh", minutes/60)
	}
	return fmt.Sprintf("%dh%dm", minutes/60, minutes%60)
}

// Minutes are a time that somebody says they worked.
type Minutes int

// mostMinutes is a week around the clock; more is a slip of the finger.
const mostMinutes = 7 * 24 * 60

// Looks reports whether a word is meant as a time.
func (m Minutes) Looks(word string) bool { return word != "" && word[0] >= '0' && word[0] <= '9' }

// UnmarshalText reads 30, 30m, 2h or 1h30m.
func (m *Minutes) UnmarshalText(text []byte) error {
	word := strings.ToLower(strings.TrimSpace(string(text)))
	n, err := strconv.Atoi(word)
	if err != nil {
		var d time.Duration
		d, err = time.ParseDuration(word)
		n = int(d / time.Minute)
	}
	if err != nil || n <= 0 || n > mostMinutes {
		return Errorf(Invalid, "%s is not a length of time. Write minutes, like `30`, or `45m` or `1h30m`.", string(text)).About("minutes")
	}
	*m = Minutes(n)
	return nil
}
