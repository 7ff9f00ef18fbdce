package cre

import (
	"reflect"
	"testing"
	"time"
)

// TestMoments follows one request through what its clocks say, and when: filed on
// Friday 6 March 2026 at 15:00, at work from nine to five.
func TestMoments(t *testing.T) {
	at := func(s string) time.Time { return stamp(t, "2026-03-"+s+":00Z") }
	cal := officeIn(time.UTC)
	targets := Targets{FirstResponse: 4 * time.Hour, NextResponse: 8 * time.Hour, Resolution: 16 * time.Hour, WarnAt: 0.75}
	r := &Request{Created: at("06T15:00")}
	r.Pass(New, r.Created)
	for _, step := range []struct {
		now         string
		does        func(now time.Time)
		warns, ends []ClockKind
		next        string
	}{
		// A first response is due after 4 h, on Monday at 11:00, warned of after 3 h.
		{"06T15:00", nil, nil, nil, "09T10:00"},
		{"09T10:00", nil, []ClockKind{FirstResponse}, nil, "09T11:00"},
		{"09T10:30", nil, nil, nil, "09T11:00"}, // once
		// 12 of 16 h: 2 on Friday, 8 on Monday, 2 on Tuesday until 11:00.
		{"09T11:00", nil, nil, []ClockKind{FirstResponse}, "10T11:00"},
		{"09T12:00", r.Answer, nil, nil, "10T11:00"},
		// 5 h are used up: nothing is to come while the customer has it.
		{"09T12:00", func(now time.Time) { r.Pass(OnCustomer, now) }, nil, nil, ""},
		// An answer is due after 8 h, on Friday at 15:00, warned of after 6. Of resolution 12 h
		// are over 7 h after Thursday 15:00, on Friday at 14:00.
		{"12T15:00", func(now time.Time) { r.Pass(OnUs, now); r.Ask(now) }, nil, nil, "13T13:00"},
		{"13T14:00", nil, []ClockKind{NextResponse, Resolution}, nil, "13T15:00"},
		{"13T15:00", r.Answer, nil, nil, "16T10:00"}, // in time
		// Another answer, another clock: 8 h after Friday 15:30 is Monday 15:30.
		{"13T15:30", r.Ask, nil, nil, "16T10:00"},
		// The bot was away. What is broken is not warned of. 16 h of resolution: 5 + 2 + 8 + 1.
		{"16T16:00", nil, nil, []ClockKind{NextResponse, Resolution}, ""},
		{"17T09:00", r.Answer, nil, nil, ""},
		{"17T10:00", func(now time.Time) { r.End(Done, "", now) }, nil, nil, ""},
	} {
		now := at(step.now)
		if step.does != nil {
			step.does(now)
		}
		clocks := targets.Clocks(cal, r, now)
		ends := kindsOf(r.Settle(clocks))
		if warns := kindsOf(r.Warn(clocks, now)); !reflect.DeepEqual(warns, step.warns) || !reflect.DeepEqual(ends, step.ends) {
			t.Errorf("%s: warns of %v, ends %v; want %v, %v", step.now, warns, ends, step.warns, step.ends)
		}
		var next time.Time
		if step.next != "" {
			next = at(step.next)
		}
		if got := r.Moment(clocks); !got.Equal(next) {
			t.Errorf("%s: the next moment is %v, want %v", step.now, got, next)
		}
	}
	want := []Breach{{FirstResponse, at("09T11:00"), at("09T12:00")}, {NextResponse, at("16T15:30"), at("17T09:00")}, {Resolution, at("16T10:00"), at("17T10:00")}}
	if !reflect.DeepEqual(r.Breaches, want) {
		t.Errorf("broken: %v, want %v", r.Breaches, want)
	}
	judged := []time.Time{at("09T11:00"), at("09T12:00"), at("13T15:00"), at("16T10:00"), at("16T15:30"), at("17T10:00")}
	if got := r.Judged(); !reflect.DeepEqual(got, judged) {
		t.Errorf("judged at %v, want %v", got, judged)
	}
	// 1 h of Monday; half an hour before five, and nothing yet at nine; 7 h of Monday and 1 of Tuesday.
	for i, late := range []time.Duration{time.Hour, 90 * time.Minute, 8 * time.Hour} {
		if got := r.Late(cal, r.Breaches[i], at("31T12:00")); got != late {
			t.Errorf("%s: late by %v, want %v", r.Breaches[i].Clock, got, late)
		}
	}
}

func kindsOf(clocks []RequestClock) (kinds []ClockKind) {
	for _, c := range clocks {
		kinds = append(kinds, c.Kind)
	}
	return kinds
}
