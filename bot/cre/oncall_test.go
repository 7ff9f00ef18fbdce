package cre

import (
	"math/rand/v2"
	"testing"
	"time"

	"cresset/bot/chat"
)

func rota(every time.Duration, since time.Time, names ...string) Rota {
	r := Rota{Team: "cre", Every: every, Since: since}
	for _, n := range names {
		r.People = append(r.People, Duty{Name: n})
	}
	return r
}

const week = 7 * 24 * time.Hour

// The hour of the handover is the same in summer and in winter.
func TestOnCallTurns(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	weekly := rota(week, time.Date(2026, 3, 2, 9, 0, 0, 0, paris), "ada", "bob", "eve")
	half := rota(12*time.Hour, time.Date(2026, 10, 24, 8, 0, 0, 0, paris), "ada", "bob")
	gap := rota(24*time.Hour, time.Date(2026, 3, 27, 2, 30, 0, 0, paris), "ada", "bob")
	at := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2026, month, day, hour, minute, 0, 0, paris)
	}
	for _, c := range []struct {
		what  string
		r     Rota
		now   time.Time
		who   string
		until time.Time
	}{
		{"the first moment", weekly, at(3, 2, 9, 0), "ada", at(3, 9, 9, 0)},
		{"the last of the first turn", weekly, at(3, 9, 8, 59), "ada", at(3, 9, 9, 0)},
		{"the handover", weekly, at(3, 9, 9, 0), "bob", at(3, 16, 9, 0)},
		{"round again", weekly, at(3, 23, 9, 0), "ada", at(3, 30, 9, 0)},
		{"after the clocks went forward", weekly, at(3, 30, 8, 59), "ada", at(3, 30, 9, 0)},
		{"in summer", weekly, at(3, 30, 9, 0), "bob", at(4, 6, 9, 0)},
		{"the evening before they go back", half, at(10, 24, 20, 0), "bob", at(10, 25, 8, 0)},
		{"the night with an hour more", half, at(10, 25, 7, 59), "bob", at(10, 25, 8, 0)},
		{"the morning after", half, at(10, 25, 8, 0), "ada", at(10, 25, 20, 0)},
		{"a handover that the clocks leave out", gap, at(3, 29, 4, 0), "ada", at(3, 30, 2, 30)},
	} {
		turn, ok := c.r.At(c.now)
		if !ok || turn.Who.Name != c.who || !turn.Until.Equal(c.until) {
			t.Errorf("%s: %s until %v, want %s until %v", c.what, turn.Who.Name, turn.Until, c.who, c.until)
		}
	}
	if _, ok := weekly.At(at(3, 2, 8, 59)); ok {
		t.Error("somebody is on call before the first turn")
	}
	if _, ok := (Rota{Every: week}).At(at(3, 2, 9, 0)); ok {
		t.Error("nobody is on call, and somebody is")
	}
}

// At any time in any zone exactly one turn is under way, and the next person
// follows.
func TestSomebodyIsAlwaysOnCall(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	for _, name := range []string{"UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for range 400 {
			since := time.Date(2026, time.Month(1+random.IntN(12)), 1+random.IntN(28), random.IntN(24), random.IntN(60), 0, 0, zone)
			r := rota(time.Duration(1+random.IntN(200))*time.Hour, since, "ada", "bob", "eve")
			now := since.Add(time.Duration(random.Int64N(int64(2 * 365 * 24 * time.Hour))))
			turn, ok := r.At(now)
			if !ok || now.Before(turn.From) || !now.Before(turn.Until) {
				t.Fatalf("%s: %v is not in the turn from %v until %v of %+v", name, now, turn.From, turn.Until, r)
			}
			if last, _ := r.At(turn.Until.Add(-time.Nanosecond)); last.Who.Name != turn.Who.Name {
				t.Fatalf("%s: the turn ends early: %+v, %+v", name, turn, last)
			}
			next, _ := r.At(turn.Until)
			if !next.From.Equal(turn.Until) {
				t.Fatalf("%s: between %v and %v nobody is on call", name, turn.Until, next.From)
			}
			if d := turn.Until.Sub(turn.From) - r.Every; d < -2*time.Hour || d > 2*time.Hour {
				t.Fatalf("%s: a turn of %v instead of %v", name, turn.Until.Sub(turn.From), r.Every)
			}
		}
	}
}

func TestDutyShown(t *testing.T) {
	known := []chat.Person{{Platform: "slack", ID: "U1"}}
	for want, d := range map[string]Duty{"ada": {Name: "ada", Accounts: known}, "U1": {Accounts: known}, "": {}} {
		if got := d.Shown(); got != want {
			t.Errorf("%+v is shown as %q", d, got)
		}
	}
}
