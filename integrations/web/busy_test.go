package web

import (
	"fmt"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// crowd leaves what a desk has after a year: 500 incidents and 500 requests,
// some of them open, and 2,000 messages, half of them in one room.
func (b *bench) crowd() {
	b.Helper()
	b.seed()
	b.update(func(tx store.Tx) error {
		for n := uint64(10); n < 510; n++ {
			inc := &cre.Incident{ID: fmt.Sprint("INC-", n), Number: n, Title: "Checkout returns 500", Severity: cre.Sev3, Status: cre.Resolved,
				Customers: []string{"acme"}, Declarer: known("ada"), Times: map[cre.Moment]time.Time{cre.DeclaredAt: noon}}
			r := &cre.Request{ID: fmt.Sprint("R-", n), Number: n, Title: "Export is slow", Customer: "globex", Status: cre.Done, Requester: known("sam"), Created: noon, Ended: noon}
			if n%10 == 0 {
				inc.Status, r.Status, r.Ended = cre.Investigating, cre.New, time.Time{}
			}
			if err := store.Incidents.Put(tx, inc); err != nil {
				return err
			}
			if err := store.Requests.Put(tx, r); err != nil {
				return err
			}
		}
		for n := range 2000 {
			id := []string{general, "cre"}[n%2]
			ch, err := b.ensure(tx, id)
			if err != nil {
				return err
			}
			m := &message{ID: fmt.Sprint("m", n), At: noon, Said: &chat.Message{Title: "INC-1", Text: "**INC-1** is `incident show INC-1` of @ada\n- one\n- two",
				Buttons: []chat.Button{{Label: "Recap", Line: "incident recap INC-1"}}}}
			if err := add(tx, ch, m); err != nil {
				return err
			}
		}
		return nil
	})
}

// Whoever is woken at night waits for no page, however long the desk has worked.
func TestPagesOfABusyDesk(t *testing.T) {
	b := newBench(t)
	b.crowd()
	for _, path := range []string{"/", "/c/cre", "/incidents", "/incidents/INC-1", "/queue", "/customers", "/customers/acme", "/slos", "/outbox"} {
		best := time.Hour
		for range 5 {
			begin := time.Now()
			b.get(path)
			best = min(best, time.Since(begin))
		}
		t.Log(path, best)
		if best > 250*time.Millisecond { // it is a tenth of that where nothing else runs
			t.Errorf("%s took %v at best", path, best)
		}
	}
}
