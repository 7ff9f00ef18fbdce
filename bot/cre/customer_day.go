package cre

import (
	"time"

	"cresset/bot/chat"
)

// A CustomerDay is a day that matters to a customer: a match, a launch, an audit.
type CustomerDay struct {
	Customer string      `json:"customer"` // key
	Day      string      `json:"day"`      // 2026-12-05
	N        uint64      `json:"n"`        // tells two of one day apart
	Text     string      `json:"text"`
	By       chat.Person `json:"by"`
}

// Date is the beginning of the day in a zone.
func (d *CustomerDay) Date(zone *time.Location) time.Time {
	t, _ := time.ParseInLocation(time.DateOnly, d.Day, zone) // it was written by us
	return t
}

// DaysUntil counts the days by the calendar of a zone; a day that is over is
// negative.
func DaysUntil(t, now time.Time, zone *time.Location) int {
	return dayNumber(t.In(zone)) - dayNumber(now.In(zone))
}

// dayNumber counts days by the calendar, whatever the clocks did in them.
func dayNumber(t time.Time) int {
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
}
