package app

import (
	"fmt"
	"time"

	"cresset/store"
)

// queue is what a team has before it on a Monday: some of it from last week.
func (m *morning) queue() {
	const from = "#cre"
	m.say("ada", from, "/cre event acme saturday match")
	for _, said := range []string{
		"customer:acme kind:bug impact:critical component:checkout environment:production refunds are booked twice",
		"customer:acme kind:integration impact:high due:thursday component:payments environment:production send payouts to their ledger",
		"customer:globex kind:bug impact:high component:api environment:production webhooks arrive an hour late",
		"customer:globex kind:access impact:medium who:auditors two auditors need to read the logs",
		"customer:globex kind:report impact:low due:2026-03-13 error rates of February by region",
		"customer:acme kind:report impact:medium due:friday uptime of February for their auditors",
		"customer:initech kind:bug impact:medium the invoice shows the old address",
		"customer:initech kind:feature impact:low export to a second bucket",
		"customer:globex kind:question impact:low which limits apply to batch calls",
		"customer:acme kind:question how long are audit logs kept",
	} {
		m.say("sam", from, "/cre request "+said)
	}
	m.say("bob", from, "/cre take R-5")
	m.say("ada", from, "/cre take R-6")
	m.say("bob", from, "/cre wait R-7 customer they send a time and an example")
	m.say("sam", from, "/cre bump R-7 blocked their warehouse stands still")
	m.say("ada", from, "/cre take R-10")
	for _, id := range []string{"R-11", "R-12", "R-13"} {
		m.say("bob", from, "/cre answer "+id+" it is on our list for this week")
	}
	m.back(map[uint64]int{6: 5, 7: 4, 8: 3, 11: 9, 12: 12, 13: 3})
}

// back files requests some days earlier.
func (m *morning) back(days map[uint64]int) {
	err := m.app.db.Update(m.t.Context(), func(tx store.Tx) error {
		for number, n := range days {
			r, err := store.Requests.Get(tx, store.Key(number))
			if err != nil || r == nil {
				return fmt.Errorf("R-%d: %w", number, err)
			}
			earlier := func(t time.Time) time.Time { return t.AddDate(0, 0, -n) }
			r.Created, r.NextLook = earlier(r.Created), earlier(r.NextLook)
			for i := range r.Hands {
				r.Hands[i].At = earlier(r.Hands[i].At)
			}
			if !r.Answered.IsZero() {
				r.Answered = earlier(r.Answered)
			}
			if err := store.Requests.Put(tx, r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		m.t.Fatal(err)
	}
}
