package web

import (
	"fmt"
	"math"
	"runtime"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// crowd leaves what a desk has after a while: so many incidents and as many
// requests, 50 of each open, and four times as many messages, half of them in
// one room.
func (b *bench) crowd(size int) {
	b.Helper()
	b.seed()
	b.update(func(tx store.Tx) error {
		for n := uint64(10); n < 10+uint64(size); n++ {
			inc := &cre.Incident{ID: fmt.Sprint("INC-", n), Number: n, Title: "Checkout returns 500", Severity: cre.Sev3, Status: cre.Resolved,
				Customers: []string{"acme"}, Declarer: known("ada"), Times: map[cre.Moment]time.Time{cre.DeclaredAt: noon}}
			r := &cre.Request{ID: fmt.Sprint("R-", n), Number: n, Title: "Export is slow", Customer: "globex", Status: cre.Done, Requester: known("sam"), Created: noon, Ended: noon}
			if n < 60 {
				inc.Status, r.Status, r.Ended = cre.Investigating, cre.New, time.Time{}
			}
			if err := store.Incidents.Put(tx, inc); err != nil {
				return err
			}
			if err := store.Requests.Put(tx, r); err != nil {
				return err
			}
		}
		for n := range 4 * size {
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

// Whoever is woken at night waits for no page, however long the desk has worked:
// no page does more work for five times the records.
func TestPagesOfABusyDesk(t *testing.T) {
	young, old := newBench(t), newBench(t)
	young.crowd(500)
	old.crowd(2500)
	for _, path := range []string{"/", "/c/cre", "/incidents", "/incidents/INC-1", "/queue", "/customers", "/customers/acme", "/slos", "/outbox"} {
		before, after := young.work(path), old.work(path)
		if after > before*3/2 {
			t.Errorf("%s takes %d allocations, and %d with five times the records", path, before, after)
		}
	}
}

// work is how much a page does, in allocations: unlike time, they are the same
// on a busy machine.
func (b *bench) work(path string) uint64 {
	b.Helper()
	b.get(path)
	var before, after runtime.MemStats
	least := uint64(math.MaxUint64)
	for range 3 {
		runtime.ReadMemStats(&before)
		b.get(path)
		runtime.ReadMemStats(&after)
		least = min(least, after.Mallocs-before.Mallocs)
	}
	return least
}
