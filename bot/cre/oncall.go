package cre

import (
	"time"

	"cresset/bot/chat"
)

// A Rota says who of a team is on call when: one after the other, each for as
// long by the clock on the wall, so that the hour of the handover stays where
// clocks change.
type Rota struct {
	Team   string
	People []Duty
	Every  time.Duration // at least an hour
	Since  time.Time     // when the first turn of the first person began, in the zone of the wall
}

// A Duty is somebody who is on call in turns.
type Duty struct {
	Name     string        // without @; may be empty if there is an account
	Accounts []chat.Person // that the bot knows them by
}

// Shown is the name to print where a mention cannot be.
func (d Duty) Shown() string {
	if d.Name == "" && len(d.Accounts) > 0 {
		return d.Accounts[0].Shown()
	}
	return d.Name
}

// A Turn is the time in which somebody is on call.
type Turn struct {
	Who, Next   Duty
	From, Until time.Time
}

// At is the turn at a time; false before the first.
func (r Rota) At(now time.Time) (Turn, bool) {
	if len(r.People) == 0 || now.Before(r.Since) {
		return Turn{}, false
	}
	n := int(onWall(now.In(r.Since.Location())).Sub(onWall(r.Since)) / r.Every)
	for n > 0 && now.Before(r.begin(n)) {
		n--
	}
	for !now.Before(r.begin(n + 1)) {
		n++
	}
	return Turn{Who: r.who(n), Next: r.who(n + 1), From: r.begin(n), Until: r.begin(n + 1)}, true
}

func (r Rota) who(n int) Duty { return r.People[n%len(r.People)] }

// begin is when a turn begins.
func (r Rota) begin(n int) time.Time {
	w := onWall(r.Since).Add(time.Duration(n) * r.Every)
	return time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), 0, r.Since.Location())
}

// onWall is what the clock on the wall shows, as a time that knows no zone.
func onWall(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}
