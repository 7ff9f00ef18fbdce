package cre

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var weekdays = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}

func officeIn(z *time.Location, holidays ...string) Hours {
	return Hours{Days: weekdays, From: 9 * time.Hour, To: 17 * time.Hour, Zone: z, Holidays: holidays}
}

func TestHours(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	office := officeIn(berlin, "2026-12-25", "2027-01-01")
	always := Hours{Days: append([]time.Weekday{time.Saturday, time.Sunday}, weekdays...), To: day, Zone: berlin}
	for _, test := range []struct {
		name  string
		hours Hours
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
		{"around the clock", Hours{}, "2026-03-07T12:00:00+01:00", 30 * time.Hour, "2026-03-08T18:00:00+01:00"},
	} {
		if got := test.hours.Add(stamp(t, test.from), test.d); !got.Equal(stamp(t, test.want)) {
			t.Errorf("%s: %v, want %s", test.name, got, test.want)
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

// TestCalendarWithoutWorkingDays ends.
func TestCalendarWithoutWorkingDays(t *testing.T) {
	h := Hours{Days: []time.Weekday{time.Monday}, From: time.Hour, To: 2 * time.Hour, Zone: time.UTC}
	for d := noon; d.Before(noon.AddDate(11, 0, 0)); d = d.AddDate(0, 0, 1) {
		h.Holidays = append(h.Holidays, d.Format(time.DateOnly))
	}
	slices.Sort(h.Holidays)
	if got := h.Add(noon, time.Hour); got.Before(noon.AddDate(9, 0, 0)) {
		t.Errorf("a calendar of holidays gives %v", got)
	}
}

// TestHoursPassed counts minute by minute what Add computes.
func TestHoursPassed(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 60 {
		h := officeIn(zone(t, []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"}[random.IntN(4)]), "2026-03-30", "2026-10-26")
		from := time.Date(2026, time.Month(1+random.IntN(12)), random.IntN(28), random.IntN(24), random.IntN(60), 0, 0, time.UTC)
		d := time.Duration(1+random.IntN(3000)) * time.Minute
		open := time.Duration(0)
		for at := from; at.Before(h.Add(from, d)); at = at.Add(time.Minute) {
			local := at.In(h.Zone)
			clock := time.Duration(local.Hour())*time.Hour + time.Duration(local.Minute())*time.Minute
			if slices.Contains(weekdays, local.Weekday()) && !slices.Contains(h.Holidays, local.Format(time.DateOnly)) && clock >= h.From && clock < h.To {
				open += time.Minute
			}
		}
		if open != d {
			t.Errorf("%s after %v in %s is %v, but %s were open", d, from, h.Zone, h.Add(from, d), open)
		}
	}
}
