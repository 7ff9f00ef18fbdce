package web

import (
	"fmt"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// seed puts records into the store as a day's work leaves them.
func (b *bench) seed() {
	b.Helper()
	at := func(d time.Duration) time.Time { return noon.Add(d) }
	incidents := []*cre.Incident{
		{ID: "INC-1", Number: 1, Title: "Checkout returns 500", Severity: cre.Sev2, Status: cre.Investigating, Customers: []string{"acme"},
			Roles: map[cre.Role]chat.Person{cre.Lead: known("ada")}, Declarer: known("ada"), Events: 3,
			Times:      map[cre.Moment]time.Time{cre.DeclaredAt: at(-45 * time.Minute), cre.Acknowledged: at(-40 * time.Minute)},
			Clock:      &cre.Promise{N: 2, Every: time.Hour, Due: at(15 * time.Minute), Kept: 1},
			Tasks:      []cre.Task{{N: 1, Text: "roll back the release", Who: known("bob"), At: at(-30 * time.Minute)}},
			RoomRecord: cre.RoomRecord{Room: &chat.Room{Place: placeOf("inc-1-checkout-returns-500"), Name: "inc-1-checkout-returns-500"}}},
		{ID: "INC-2", Number: 2, Title: "The canary-secret leak", Severity: cre.Sev1, Status: cre.Triage, Private: true,
			Declarer: known("eve"), Times: map[cre.Moment]time.Time{cre.DeclaredAt: at(-time.Hour)}},
		{ID: "INC-3", Number: 3, Title: "Login was slow", Severity: cre.Sev3, Status: cre.Resolved, Customers: []string{"globex"}, Declarer: known("bob"),
			Times: map[cre.Moment]time.Time{cre.DeclaredAt: at(-30 * time.Hour), cre.ResolvedAt: at(-28 * time.Hour)}},
		{ID: "INC-4", Number: 4, Title: "An old canary-secret", Status: cre.Resolved, Private: true, Declarer: known("eve"),
			Times: map[cre.Moment]time.Time{cre.DeclaredAt: at(-90 * time.Hour), cre.ResolvedAt: at(-80 * time.Hour)}},
	}
	requests := []*cre.Request{
		{ID: "R-1", Number: 1, Title: "Export is slow", Customer: "globex", Status: cre.New, Requester: known("sam"), Created: at(-time.Hour), NextLook: at(-5 * time.Minute)},
		{ID: "R-2", Number: 2, Title: "Higher rate limit", Customer: "acme", Status: cre.OnUs, Requester: known("sam"), Owner: known("ada"), Created: at(-2 * time.Hour), NextLook: at(time.Hour), Due: at(48 * time.Hour)},
		{ID: "R-3", Number: 3, Title: "The canary-secret request", Status: cre.New, Private: true, Incident: "INC-2", Requester: known("eve"), NextLook: at(time.Hour)},
		{ID: "R-4", Number: 4, Title: "Invoice address", Customer: "acme", Status: cre.Done, Requester: known("sam"), Owner: known("ada"), Ended: at(-time.Hour)},
	}
	errands := []*store.Errand{
		{ID: 7, Kind: store.Say, State: store.Parked, Due: at(-time.Hour), Attempts: 3, Subject: "INC-1", Trouble: "The channel #ops is archived. Unarchive it, or choose another.", Place: chat.Place{Platform: "slack", Channel: "C1"}},
		{ID: 8, Kind: store.OpenRoom, State: store.Parked, Due: at(-time.Hour), Subject: "INC-2", Trouble: "canary-secret trouble", Room: &chat.RoomSpec{Name: "inc-2-canary-secret"}},
		{ID: 9, Kind: store.Timer, Then: "digest due", State: store.Todo, Due: at(time.Hour), Subject: "daily"},
		{ID: 10, Kind: store.Say, State: store.Done, Due: at(-time.Hour), Ended: at(-59 * time.Minute), Subject: "R-1", Place: placeOf("cre")},
	}
	b.update(func(tx store.Tx) error {
		for _, i := range incidents {
			if err := store.Incidents.Put(tx, i); err != nil {
				return err
			}
		}
		for n, text := range []string{"declared by ada", "The release of 11:00 is suspect.", "Room opened"} {
			kind := []cre.EntryKind{cre.Declared, cre.Note, cre.Happened}[n]
			e := &cre.Entry{Incident: "INC-1", N: uint64(n + 1), At: at(time.Duration(n-45) * time.Minute), Kind: kind, Text: text}
			if n < 2 {
				e.By = known("ada")
			}
			if err := store.Timeline.Put(tx, e); err != nil {
				return err
			}
		}
		for _, r := range requests {
			if err := store.Requests.Put(tx, r); err != nil {
				return err
			}
		}
		for _, e := range errands {
			e.Lane, e.Message = fmt.Sprint(e.ID), &chat.Message{Text: "canary-secret message"}
			if err := store.Errands.Put(tx, e); err != nil {
				return err
			}
		}
		return b.measured(tx)
	})
}

// measured leaves thirty-one days of measurements of one SLO.
func (b *bench) measured(tx store.Tx) error {
	for h := noon.Add(-31 * 24 * time.Hour); h.Before(noon); h = h.Add(time.Hour) {
		hour := &cre.SLIHour{SLO: "acme-checkout", Hour: h, Good: 1000, Known: 3600}
		if h.Hour() == 9 {
			hour.Good, hour.Bad = 990, 12
		}
		if err := store.SLIHours.Put(tx, hour); err != nil {
			return err
		}
	}
	last := &cre.SLIHour{SLO: "acme-checkout", Hour: noon.Add(-time.Hour)}
	for m := range 60 {
		from := last.Hour.Add(time.Duration(m) * time.Minute)
		last.Add(cre.Bucket{From: from, To: from.Add(time.Minute), Good: 20, Bad: float64(m % 2 * (m / 50))})
	}
	return store.SLIHours.Put(tx, last)
}
