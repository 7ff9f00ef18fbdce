package cre

import (
	"testing"
	"time"
)

func TestPromises(t *testing.T) {
	at := func(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }
	var p *Promise
	for i, step := range []struct {
		at, every    int // minutes
		due          int // 0: none
		kept, broken int
	}{
		{0, 30, 30, 0, 0},
		{20, 30, 50, 1, 0},   // early
		{50, 30, 80, 2, 0},   // to the minute
		{81, 30, 111, 2, 1},  // late
		{300, 60, 360, 2, 2}, // hours late is one promise broken, not many
		{310, 0, 0, 3, 2},    // the end
		{400, 30, 430, 3, 2}, // reopened: a stopped clock is neither
		{431, 0, 0, 3, 3},
		{500, 0, 0, 3, 3},
	} {
		p = NextPromise(p, at(step.at), time.Duration(step.every)*time.Minute)
		var due time.Time
		if step.due > 0 {
			due = at(step.due)
		}
		if p.N != uint64(i+1) || !p.Made.Equal(at(step.at)) || !p.Due.Equal(due) || p.Kept != step.kept || p.Broken != step.broken || p.Late {
			t.Errorf("promise %d is %+v, want %+v", i+1, p, step)
		}
		if p.Running() != (step.due > 0) {
			t.Errorf("promise %d is running: %v", i+1, p.Running())
		}
	}
	if (*Promise)(nil).Running() {
		t.Error("no promise is running")
	}
}

func TestWarning(t *testing.T) {
	for every, want := range map[time.Duration]time.Duration{
		time.Minute: time.Minute, 6 * time.Minute: time.Minute, 15 * time.Minute: 150 * time.Second,
		30 * time.Minute: 5 * time.Minute, time.Hour: 10 * time.Minute, 8 * time.Hour: 10 * time.Minute,
	} {
		if got := (&Promise{Every: every}).Warning(); got != want {
			t.Errorf("every %s: warned %s before, want %s", every, got, want)
		}
	}
}
