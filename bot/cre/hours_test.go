package cre

import (
	"testing"
	"time"
)

var weekdays = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}

// officeIn is one team that is at work on weekdays from nine to five.
func officeIn(z *time.Location, holidays ...string) Calendar {
	h := Hours{Days: weekdays, From: 9 * time.Hour, To: 17 * time.Hour, Zone: z}
	for _, date := range holidays {
		d, err := time.Parse(time.DateOnly, date)
		if err != nil {
			panic(err)
		}
		h.Holidays = append(h.Holidays, DayOf(d.Date()))
	}
	return Calendar{h}
}

// daily is one team that is at work every day.
func daily(z *time.Location, from, to time.Duration) Calendar {
	return Calendar{{Days: append([]time.Weekday{time.Saturday, time.Sunday}, weekdays...), From: from, To: to, Zone: z}}
}

func TestHours(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	office := officeIn(berlin, "2026-12-25", "2027-01-01")
	always := daily(berlin, 0, day)
	for _, test := range []struct {
		name  string
		hours Calendar
		from  string
		d     time.Duration
		want  string
	}{
		{"within the day", office, "2026-03-04T10:00:00+01:00", 4 * time.Hour, "2026-03-04T14:00:00+01:00"},
		{"to the minute of closing", office, "2026-03-04T13:00:00+01:00", 4 * time.Hour, "2026-03-04T17:00:00+01:00"},
		{"over the night", office, "2026-03-04T15:00:00+01:00", 4 * time.Hour, "2026-03-05T11:00:00+01:00"},
		{"from before opening", office, "2026-03-04T06:00:00+01:00", time.Hour, "2026-03-04T10:00:00+01:00"},
		{"from after closing", office, "2026-03-04T22:00:00+01:00", time.Hour, "2026-03-05T10:00:00+01:00"},
		{"at closing", office, "2026-03-04T17:00:00+01:00", time.Hour, "2026-03-05T10:00:00+01:00"},
		{"over the weekend", office, "2026-03-06T16:30:00+01:00", time.Hour, "2026-03-09T09:30:00+01:00"},
		{"from the weekend", office, "2026-03-07T12:00:00+01:00", 8 * time.Hour, "2026-03-09T17:00:00+01:00"},
		{"over holidays", office, "2026-12-24T16:00:00+01:00", 2 * time.Hour, "2026-12-28T10:00:00+01:00"},
		{"over the new year", office, "2026-12-31T16:00:00+01:00", 2 * time.Hour, "2027-01-04T10:00:00+01:00"},
		{"over the weekend in which clocks go forward", office, "2026-03-27T16:00:00+01:00", 2 * time.Hour, "2026-03-30T10:00:00+02:00"},
		{"over the weekend in which clocks go back", office, "2026-10-23T16:00:00+02:00", 2 * time.Hour, "2026-10-26T10:00:00+01:00"},
		{"two weeks", office, "2026-03-02T09:00:00+01:00", 80 * time.Hour, "2026-03-13T17:00:00+01:00"},
		{"in another zone than asked", office, "2026-03-04T23:00:00Z", time.Hour, "2026-03-05T10:00:00+01:00"},
		{"no time at all", office, "2026-03-07T12:00:00+01:00", 0, "2026-03-09T09:00:00+01:00"},
		{"a day of 23 hours", always, "2026-03-28T12:00:00+01:00", day, "2026-03-29T13:00:00+02:00"},
		{"a day of 25 hours", always, "2026-10-24T12:00:00+02:00", day, "2026-10-25T11:00:00+01:00"},
		{"without a team", nil, "2026-03-07T12:00:00+01:00", 30 * time.Hour, "2026-03-08T18:00:00+01:00"},
		{"less than nothing", office, "2026-03-07T12:00:00+01:00", -time.Hour, "2026-03-09T09:00:00+01:00"},
		{"around the clock", Calendar{{}}, "2026-03-07T12:00:00+01:00", 30 * time.Hour, "2026-03-08T18:00:00+01:00"},
	} {
		if got := test.hours.Add(stamp(t, test.from), test.d); !got.Equal(stamp(t, test.want)) {
			t.Errorf("%s: %v, want %s", test.name, got, test.want)
		} else if d := test.hours.Between(stamp(t, test.from), got); d != max(test.d, 0) {
			t.Errorf("%s: %v are %v", test.name, test.d, d)
		}
	}
}

// TestDaysThatBeginAtOne: in some zones clocks go forward at midnight, so a day
// has no 00:00.
func TestDaysThatBeginAtOne(t *testing.T) {
	for _, test := range []struct{ zone, from, want string }{
		{"America/Sao_Paulo", "2018-11-02T16:00:00-03:00", "2018-11-05T10:00:00-02:00"}, // Sunday the 4th
		{"Africa/Cairo", "2023-04-27T16:00:00+02:00", "2023-04-28T10:00:00+03:00"},      // Friday the 28th
		{"Asia/Beirut", "2024-03-29T16:00:00+02:00", "2024-04-01T10:00:00+03:00"},       // Sunday the 31st
	} {
		if got := officeIn(zone(t, test.zone)).Add(stamp(t, test.from), 2*time.Hour); !got.Equal(stamp(t, test.want)) {
			t.Errorf("%s: %v, want %s", test.zone, got, test.want)
		}
	}
}

// TestBetween holds cases that were worked out by hand.
func TestBetween(t *testing.T) {
	hours := func(h float64) time.Duration { return time.Duration(h * float64(time.Hour)) }
	paris, newYork := zone(t, "Europe/Paris"), zone(t, "America/New_York")
	santiago, beirut := zone(t, "America/Santiago"), zone(t, "Asia/Beirut")
	howe, apia := zone(t, "Australia/Lord_Howe"), zone(t, "Pacific/Apia")
	night, half := daily(paris, hours(1), hours(5)), daily(paris, hours(2.5), hours(6))
	for _, test := range []struct {
		name     string
		hours    Calendar
		from, to string
		want     time.Duration
	}{
		// 12 hours of Saturday, and 12 of Sunday but the one from 02:00 to 03:00.
		{"US, forward", daily(newYork, 0, day), "2026-03-07T12:00:00-05:00", "2026-03-08T12:00:00-04:00", hours(12 + 11)},
		// 12 hours of Saturday, and 12 of Sunday with the one from 01:00 to 02:00 twice.
		{"US, back", daily(newYork, 0, day), "2026-10-31T12:00:00-04:00", "2026-11-01T12:00:00-05:00", hours(12 + 13)},
		{"EU, forward", daily(paris, 0, day), "2026-03-28T12:00:00+01:00", "2026-03-29T12:00:00+02:00", hours(12 + 11)},
		{"EU, back", daily(paris, 0, day), "2026-10-24T12:00:00+02:00", "2026-10-25T12:00:00+01:00", hours(12 + 13)},
		// Friday from 16:00 and Monday until 10:00; the change on Sunday is nobody's.
		{"EU, forward on a weekend", officeIn(paris), "2026-03-27T16:00:00+01:00", "2026-03-30T10:00:00+02:00", hours(1 + 1)},
		// From 01:00 to 05:00 the clock shows 01, 03 and 04.
		{"a night of three hours", night, "2026-03-29T00:00:00+01:00", "2026-03-29T12:00:00+02:00", hours(3)},
		// It shows 01, 02, again 02, 03 and 04.
		{"a night of five hours", night, "2026-10-25T00:00:00+02:00", "2026-10-25T12:00:00+01:00", hours(5)},
		// 02:30 is not shown: 03:00 comes next, and 06:00 three hours later.
		{"from a time that is left out", half, "2026-03-29T00:00:00+01:00", "2026-03-29T12:00:00+02:00", hours(3)},
		// 02:30 to 03:00, which is 02:00 again; 02:30 to 06:00.
		{"from a time that comes twice", half, "2026-10-25T00:00:00+02:00", "2026-10-25T12:00:00+01:00", hours(0.5 + 3.5)},
		// Saturday ends at 24:00, which is 01:00 on Sunday: 23 hours of it are left, and 24 of Monday.
		{"Chile, forward at midnight", daily(santiago, 0, day), "2024-09-08T01:00:00-03:00", "2024-09-10T00:00:00-03:00", hours(23 + 24)},
		// At 24:00 on Saturday it is 23:00 again: 25 hours, and 24 of Sunday.
		{"Chile, back at midnight", daily(santiago, 0, day), "2024-04-06T00:00:00-03:00", "2024-04-08T00:00:00-04:00", hours(25 + 24)},
		// Friday from 16:00, Monday until 10:00.
		{"Lebanon, forward at midnight", officeIn(beirut), "2024-03-29T16:00:00+02:00", "2024-04-01T10:00:00+03:00", hours(1 + 1)},
		{"Lebanon, a day of 23 hours", daily(beirut, 0, day), "2024-03-31T01:00:00+03:00", "2024-04-01T00:00:00+03:00", hours(23)},
		// On Lord Howe, 02:00 is 02:30; half a year later it is 01:30.
		{"half an hour forward", daily(howe, 0, day), "2026-10-04T00:00:00+10:30", "2026-10-05T00:00:00+11:00", hours(23.5)},
		{"half an hour back", daily(howe, 0, day), "2026-04-05T00:00:00+11:00", "2026-04-06T00:00:00+10:30", hours(24.5)},
		// Samoa went from Thursday the 29th to Saturday the 31st: 8 hours of Thursday, 8 of Monday.
		{"a date that is left out", officeIn(apia), "2011-12-29T09:00:00-10:00", "2012-01-02T17:00:00+14:00", hours(8 + 8)},
		// Thursday from 16:00, Monday until 10:00; the 25th is a Friday, and the 26th a Saturday anyway.
		{"a holiday beside a weekend", officeIn(paris, "2026-12-25", "2026-12-26"), "2026-12-24T16:00:00+01:00", "2026-12-28T10:00:00+01:00", hours(1 + 1)},
		// Tuesday, holiday: Monday 8 and Wednesday 8.
		{"a holiday within a week", officeIn(paris, "2026-07-14"), "2026-07-13T00:00:00+02:00", "2026-07-16T00:00:00+02:00", hours(8 + 8)},
		// Monday 28 February, Tuesday the 29th, Wednesday 1 March.
		{"a leap day", officeIn(time.UTC), "2028-02-28T00:00:00Z", "2028-03-02T00:00:00Z", hours(3 * 8)},
		{"a leap day that is a holiday", officeIn(time.UTC, "2028-02-29"), "2028-02-28T00:00:00Z", "2028-03-02T00:00:00Z", hours(2 * 8)},
		// Friday, Monday, Tuesday.
		{"the end of a leap year", officeIn(newYork), "2040-12-28T09:00:00-05:00", "2041-01-01T17:00:00-05:00", hours(3 * 8)},
		// 26 weeks, and on Monday 1 July, in summer time, from 09:00 to 10:00.
		{"from the end of a leap year", officeIn(newYork), "2040-12-31T09:00:00-05:00", "2041-07-01T10:00:00-04:00", hours(26*5*8 + 1)},
		// 1972 had leap seconds, which Unix time does not count.
		{"the year of the longest day", daily(time.UTC, 0, day), "1972-06-30T00:00:00Z", "1972-07-02T00:00:00Z", 2 * day},
		// 261 weekdays: 52 weeks and Thursday 31 December.
		{"a year", officeIn(time.UTC), "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", hours(261 * 8)},
		{"before 1970", officeIn(time.UTC), "1969-12-31T12:00:00Z", "1970-01-01T12:00:00Z", hours(5 + 3)},
		{"to the nanosecond", officeIn(time.UTC), "2026-03-04T09:00:00.000000001Z", "2026-03-04T09:00:00.000000003Z", 2},
		{"backwards", officeIn(time.UTC), "2026-03-05T12:00:00Z", "2026-03-04T12:00:00Z", 0},
		{"around the clock", nil, "2026-03-07T12:00:00Z", "2026-03-08T18:00:00Z", hours(30)},
		{"around the clock, backwards", nil, "2026-03-08T12:00:00Z", "2026-03-07T18:00:00Z", 0},
		{"one of two around the clock", append(officeIn(paris), Hours{}), "2026-03-07T12:00:00Z", "2026-03-08T18:00:00Z", hours(30)},
		{"since time began", nil, "0001-01-01T00:00:00Z", "2026-01-01T00:00:00Z", longest},
	} {
		from, to := stamp(t, test.from), stamp(t, test.to)
		if got := test.hours.Between(from, to); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
		if got := test.hours.Between(from, test.hours.Add(from, test.want)); got != test.want {
			t.Errorf("%s: there and back is %v, want %v", test.name, got, test.want)
		}
	}
}

// TestFollowTheSun: teams in Tokyo, Paris and New York work from nine to six.
func TestFollowTheSun(t *testing.T) {
	sun := Calendar{}
	for _, team := range []Calendar{officeIn(zone(t, "Asia/Tokyo")), officeIn(zone(t, "Europe/Paris"), "2026-07-14"), officeIn(zone(t, "America/New_York"), "2026-07-03")} {
		team[0].To = 18 * time.Hour
		sun = append(sun, team...)
	}
	for _, test := range []struct {
		name, from, to string
		hours          time.Duration
	}{
		// In UTC: Tokyo 00-09, Paris 07-16, New York 13-22. Together 00-22, not 27 hours.
		{"summer", "2026-07-01T00:00:00Z", "2026-07-02T00:00:00Z", 22},
		// Tokyo 00-09, Paris 08-17, New York 14-23.
		{"winter", "2026-01-14T00:00:00Z", "2026-01-15T00:00:00Z", 23},
		// New York has summer time since Sunday, Paris not yet: 00-09, 08-17, 13-22.
		{"between the changes", "2026-03-11T00:00:00Z", "2026-03-12T00:00:00Z", 22},
		// New York has a holiday: Paris is the last, at 16.
		{"a holiday of one team", "2026-07-03T00:00:00Z", "2026-07-06T00:00:00Z", 16},
		// Without Paris: Tokyo 00-09, New York 13-22.
		{"a holiday in the middle", "2026-07-14T00:00:00Z", "2026-07-15T00:00:00Z", 9 + 9},
		// Friday from 20:00 New York until 22; Monday begins in Tokyo.
		{"a weekend", "2026-07-10T20:00:00Z", "2026-07-13T01:00:00Z", 2 + 1},
	} {
		if got := sun.Between(stamp(t, test.from), stamp(t, test.to)); got != test.hours*time.Hour {
			t.Errorf("%s: %v, want %dh", test.name, got, test.hours)
		}
	}
	for _, test := range []struct {
		from string
		d    time.Duration
		want string
	}{
		{"2026-07-01T08:00:00Z", 8 * time.Hour, "2026-07-01T16:00:00Z"},  // Tokyo, Paris and New York at it at once
		{"2026-07-01T21:00:00Z", 2 * time.Hour, "2026-07-02T01:00:00Z"},  // an hour in New York, an hour in Tokyo
		{"2026-07-10T21:30:00Z", time.Hour, "2026-07-13T00:30:00Z"},      // half an hour in New York, the weekend
		{"2026-07-03T16:00:00Z", 0, "2026-07-06T00:00:00Z"},              // New York has a holiday
		{"2026-07-06T00:00:00Z", 22 * time.Hour, "2026-07-06T22:00:00Z"}, // the whole of a day
	} {
		if got := sun.Add(stamp(t, test.from), test.d); !got.Equal(stamp(t, test.want)) {
			t.Errorf("%v after %s: %v, want %s", test.d, test.from, got, test.want)
		}
	}
}

func TestOpen(t *testing.T) {
	office := officeIn(zone(t, "Europe/Paris"), "2026-12-25")
	for _, test := range []struct{ at, next string }{
		{"2026-12-24T08:59:59+01:00", "2026-12-24T09:00:00+01:00"},
		{"2026-12-24T09:00:00+01:00", ""},
		{"2026-12-24T16:59:59+01:00", ""},
		{"2026-12-24T17:00:00+01:00", "2026-12-28T09:00:00+01:00"},
		{"2026-12-25T12:00:00+01:00", "2026-12-28T09:00:00+01:00"},
	} {
		at, want := stamp(t, test.at), test.next
		if want == "" {
			want = test.at
		}
		if office.Open(at) != (test.next == "") || !office.Next(at).Equal(stamp(t, want)) {
			t.Errorf("at %s: open %v, next %v", test.at, office.Open(at), office.Next(at))
		}
	}
}

// TestCalendarWithoutWorkingDays ends, where its holidays do.
func TestCalendarWithoutWorkingDays(t *testing.T) {
	h := Hours{Days: []time.Weekday{time.Tuesday}, From: time.Hour, To: 2 * time.Hour, Zone: time.UTC}
	for d := DayOf(noon.Date()); d < DayOf(noon.AddDate(11, 0, 0).Date()); d++ {
		h.Holidays = append(h.Holidays, d)
	}
	if got, want := (Calendar{h}).Add(noon, time.Hour), stamp(t, "2037-03-31T02:00:00Z"); !got.Equal(want) {
		t.Errorf("a calendar of holidays gives %v, want %v", got, want)
	}
}
