package cre

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

// TestClocks follows one request, filed on Friday 6 March 2026 at 15:00.
func TestClocks(t *testing.T) {
	at := func(s string) time.Time { return stamp(t, "2026-03-"+s+":00Z") }
	asked := []Hand{{at("06T15:00"), New}}
	waits := slices.Concat(asked, []Hand{{at("09T10:00"), OnUs}, {at("09T12:00"), OnCustomer}})
	back := slices.Concat(waits, []Hand{{at("12T16:00"), OnUs}})
	done := slices.Concat(back, []Hand{{at("13T11:00"), CloseLoop}, {at("16T09:30"), Done}})
	late := slices.Concat(back, []Hand{{at("16T11:00"), Done}})
	h := time.Hour
	for _, test := range []struct {
		name string
		r    Request
		now  string
		want []RequestClock
	}{
		// 4 h: two on Friday until 17:00, two on Monday until 11:00. Three quarters are 3 h.
		// 16 h: 2 on Friday, 8 on Monday, 6 on Tuesday until 15:00. Three quarters are 12 h.
		{"when it is filed", Request{Hands: asked}, "06T15:00", []RequestClock{
			{FirstResponse, ClockRunning, 4 * h, 0, 0, 4 * h, at("09T11:00"), at("09T10:00")},
			{Resolution, ClockRunning, 16 * h, 0, 0, 16 * h, at("10T15:00"), at("10T11:00")},
		}},
		{"on Saturday", Request{Hands: asked}, "07T12:00", []RequestClock{
			{FirstResponse, ClockRunning, 4 * h, 2 * h, 0, 2 * h, at("09T11:00"), at("09T10:00")},
			{Resolution, ClockRunning, 16 * h, 2 * h, 0, 14 * h, at("10T15:00"), at("10T11:00")},
		}},
		{"just when it is due", Request{Hands: asked}, "09T11:00", []RequestClock{
			{FirstResponse, ClockBroken, 4 * h, 4 * h, 0, 0, at("09T11:00"), time.Time{}},
			{Resolution, ClockRunning, 16 * h, 4 * h, 0, 12 * h, at("10T15:00"), at("10T11:00")},
		}},
		{"answered just when it is due", Request{Hands: asked, Answered: at("09T11:00")}, "09T12:00", []RequestClock{
			{FirstResponse, ClockMet, 4 * h, 4 * h, 0, 0, time.Time{}, time.Time{}},
			{Resolution, ClockRunning, 16 * h, 5 * h, 0, 11 * h, at("10T15:00"), at("10T11:00")},
		}},
		{"answered when it was said to be late", Request{Hands: asked, Answered: at("09T11:00"), Breaches: []Breach{{Clock: FirstResponse, Due: at("09T11:00")}}}, "09T11:00", []RequestClock{
			{FirstResponse, ClockBroken, 4 * h, 4 * h, 0, 0, at("09T11:00"), time.Time{}},
			{Resolution, ClockRunning, 16 * h, 4 * h, 0, 12 * h, at("10T15:00"), at("10T11:00")},
		}},
		// With us 2 h on Friday and 3 on Monday; 5 on Monday and 8 on Tuesday with the customer.
		{"with the customer", Request{Hands: waits, Answered: at("09T10:00")}, "10T22:00", []RequestClock{
			{FirstResponse, ClockMet, 4 * h, 3 * h, 0, h, time.Time{}, time.Time{}},
			{Resolution, ClockPaused, 16 * h, 5 * h, 13 * h, 11 * h, time.Time{}, time.Time{}},
		}},
		// Away for 5 + 8 + 8 + 7 h. On Thursday 1 h is ours, 8 on Friday, the last 2 on Monday until 11:00.
		// An answer within 8 h: 1 on Thursday, 7 on Friday until 16:00; of 6 h, 5 are on Friday.
		// 12 h of resolution: 5 were gone, 1 on Thursday, 6 on Friday until 15:00.
		{"back", Request{Hands: back, Answered: at("09T10:00"), Asking: at("12T16:00")}, "12T17:00", []RequestClock{
			{FirstResponse, ClockMet, 4 * h, 3 * h, 0, h, time.Time{}, time.Time{}},
			{NextResponse, ClockRunning, 8 * h, h, 0, 7 * h, at("13T16:00"), at("13T14:00")},
			{Resolution, ClockRunning, 16 * h, 6 * h, 28 * h, 10 * h, at("16T11:00"), at("13T15:00")},
		}},
		// With us 5 + 1 + 2 h; away 28, and 6 + 0.5 until the customer was told.
		{"done", Request{Hands: done, Answered: at("09T10:00"), Ended: at("16T09:30")}, "31T12:00", []RequestClock{
			{FirstResponse, ClockMet, 4 * h, 3 * h, 0, h, time.Time{}, time.Time{}},
			{Resolution, ClockMet, 16 * h, 8 * h, 34*h + 30*time.Minute, 8 * h, time.Time{}, time.Time{}},
		}},
		{"done just when it is due, and an answer never came", Request{Hands: late, Answered: at("09T10:00"), Asking: at("12T16:00"), Ended: at("16T11:00")}, "31T12:00", []RequestClock{
			{FirstResponse, ClockMet, 4 * h, 3 * h, 0, h, time.Time{}, time.Time{}},
			{NextResponse, ClockBroken, 8 * h, 11 * h, 0, -3 * h, at("13T16:00"), time.Time{}},
			{Resolution, ClockMet, 16 * h, 16 * h, 28 * h, 0, time.Time{}, time.Time{}},
		}},
		// At 17:00 the day and the target end together; what happens at night is too late.
		// 12 h of resolution are 4 on Monday, 8 on Tuesday; 16 h are another 4 on Wednesday.
		{"answered at night", Request{Hands: []Hand{{at("09T13:00"), New}}, Answered: at("09T18:00")}, "10T09:00", []RequestClock{
			{FirstResponse, ClockBroken, 4 * h, 4 * h, 0, 0, at("09T17:00"), time.Time{}},
			{Resolution, ClockRunning, 16 * h, 4 * h, 0, 12 * h, at("11T13:00"), at("10T17:00")},
		}},
		// Nobody waits for a second answer before the first.
		{"asked again before an answer", Request{Hands: asked, Asking: at("06T16:00")}, "06T16:00", []RequestClock{
			{FirstResponse, ClockRunning, 4 * h, h, 0, 3 * h, at("09T11:00"), at("09T10:00")},
			{Resolution, ClockRunning, 16 * h, h, 0, 15 * h, at("10T15:00"), at("10T11:00")},
		}},
		{"handed on when it is due", Request{Hands: []Hand{{at("09T09:00"), New}, {at("10T17:00"), OnEngineering}}, Answered: at("09T09:00")}, "11T09:00", []RequestClock{
			{FirstResponse, ClockMet, 4 * h, 0, 0, 4 * h, time.Time{}, time.Time{}},
			{Resolution, ClockPaused, 16 * h, 16 * h, 0, 0, time.Time{}, time.Time{}},
		}},
		{"and given back with nothing left", Request{Hands: []Hand{{at("09T09:00"), New}, {at("10T17:00"), OnEngineering}, {at("11T12:00"), OnUs}}, Answered: at("09T09:00")}, "11T12:00", []RequestClock{
			{FirstResponse, ClockMet, 4 * h, 0, 0, 4 * h, time.Time{}, time.Time{}},
			{Resolution, ClockBroken, 16 * h, 16 * h, 3 * h, 0, at("11T12:00"), time.Time{}},
		}},
		{"from before hands were kept", Request{Created: at("06T15:00")}, "31T12:00", nil},
	} {
		targets := Targets{FirstResponse: 4 * h, NextResponse: 8 * h, Resolution: 16 * h, WarnAt: 0.75}
		got := targets.Clocks(officeIn(time.UTC), &test.r, at(test.now))
		if len(got) != len(test.want) {
			t.Fatalf("%s: %+v", test.name, got)
		}
		for i := range got {
			if got[i] != test.want[i] {
				t.Errorf("%s:\n%+v, want\n%+v", test.name, got[i], test.want[i])
			}
		}
	}
}

// TestNoPromiseHasNoClock: a target of zero.
func TestNoPromiseHasNoClock(t *testing.T) {
	r := &Request{Hands: []Hand{{noon, New}}, Answered: noon, Asking: noon}
	if got := (Targets{}).Clocks(nil, r, noon); got != nil {
		t.Errorf("%+v", got)
	}
}

func anyHands(random *rand.Rand, at time.Time) (hands []Hand) {
	all := []RequestStatus{New, Triaged, OnUs, OnCustomer, OnRequester, OnEngineering, CloseLoop}
	for range 1 + random.IntN(8) {
		hands = append(hands, Hand{at, all[random.IntN(len(all))]})
		at = at.Add(upTo(random, 5*day))
	}
	return hands
}

// TestRunningAndPausedAreWhatPassed: whoever had the ball when, in any zone.
func TestRunningAndPausedAreWhatPassed(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for range 1000 {
		cal, from := anyCalendar(t, random), anyTime(random)
		hands := anyHands(random, from)
		from = from.Add(upTo(random, 10*day))
		to := from.Add(upTo(random, 40*day))
		running, paused := Elapsed(cal, hands, from, to)
		if whole := cal.Between(from, to); running+paused != whole {
			t.Fatalf("%v running and %v paused are not %v", running, paused, whole)
		}
		mirror := slices.Clone(hands) // the ball is theirs where it was ours
		for i, h := range hands {
			if mirror[i].Status = OnUs; h.Status.Ours() {
				mirror[i].Status = OnCustomer
			}
		}
		if theirs, ours := Elapsed(cal, mirror, from, to); theirs != paused || ours != running {
			t.Fatalf("%v running and %v paused, but seen from the other side %v and %v", running, paused, ours, theirs)
		}
	}
}

// TestLawsOfClocks: what is left and what ran are the target, what is due is due
// when that is open, a warning comes before, and what broke stays so.
func TestLawsOfClocks(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	targets := Targets{Resolution: 20 * time.Hour, WarnAt: 0.8}
	for range 1000 {
		cal, from := anyCalendar(t, random), anyTime(random)
		r := &Request{Hands: anyHands(random, from)}
		now := r.Hands[len(r.Hands)-1].At.Add(upTo(random, 5*day))
		c := targets.Clocks(cal, r, now)[0]
		if c.Running+c.Left != c.Target || c.Running+c.Paused != cal.Between(from, now) {
			t.Fatalf("%+v", c)
		}
		switch c.State {
		case ClockRunning:
			if c.Due.Before(now) || cal.Between(now, c.Due) != c.Left || c.Warn.After(c.Due) {
				t.Fatalf("at %v: %+v", now, c)
			}
			if then := targets.Clocks(cal, r, c.Due)[0]; then.State != ClockBroken || !then.Due.Equal(c.Due) || then.Left != 0 {
				t.Fatalf("when it is due: %+v", then)
			}
			if r.End(Done, "", now); targets.Clocks(cal, r, c.Due)[0].State != ClockMet {
				t.Fatalf("done at %v: %+v", now, targets.Clocks(cal, r, c.Due)[0])
			}
		case ClockPaused:
			if c.Left < 0 || !c.Due.IsZero() {
				t.Fatalf("at %v: %+v", now, c)
			}
		case ClockBroken:
			r.Pass(OnRequester, now)
			if then := targets.Clocks(cal, r, now.Add(day))[0]; then.State != ClockBroken || !then.Due.Equal(c.Due) || c.Due.After(now) {
				t.Fatalf("%+v a day later is %+v", c, then)
			}
		}
	}
}

func TestAnswersAreInTimeOrNot(t *testing.T) {
	at := func(h int) time.Time { return noon.Add(time.Duration(h) * time.Hour) }
	r := &Request{}
	r.Ask(at(0))
	r.Answer(at(1)) // the first
	r.Answer(at(2)) // to nothing
	r.Ask(at(3))
	r.Ask(at(4)) // waits since three
	if !r.Asking.Equal(at(3)) {
		t.Errorf("waits since %v", r.Asking)
	}
	r.Answer(at(5))
	r.Ask(at(6))
	r.Breaches = []Breach{{Clock: NextResponse, Due: at(7)}}
	r.Answer(at(8)) // late
	r.Ask(at(9))
	r.Answer(at(10))
	if want := []time.Time{at(5), at(10)}; !r.Answered.Equal(at(1)) || !r.Asking.IsZero() || !reflect.DeepEqual(r.Replies, want) {
		t.Errorf("answered %v, asking %v, replies %v", r.Answered, r.Asking, r.Replies)
	}
}
