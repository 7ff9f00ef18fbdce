package web

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"cresset/bot/cre"
	"cresset/store"
)

func TestIncidentPages(t *testing.T) {
	b := newBench(t)
	b.seed()
	list := b.get("/incidents")
	b.wants(list, "INC-1", "Checkout returns 500", "sev2", "investigating", "45m", "Acme GmbH", "ada", "/c/inc-1-checkout-returns-500", "Login was slow")
	b.wants(b.get("/incidents/INC-1"), "Some customers cannot do something important.", "Next update", "12:15", "1 in time, 0 late", "roll back the release",
		`id="T2"`, "The release of 11:00 is suspect.", "note", `data-line="incident resolve" data-confirm="Is INC-1 resolved?"`)
	b.wants(b.get("/incidents/inc-3"), `data-line="postmortem draft INC-3"`, "resolved")
}

// However many there were, each incident can be reached by clicking.
func TestEarlierIncidents(t *testing.T) {
	b := newBench(t)
	b.update(func(tx store.Tx) error {
		for n := uint64(1); n <= recent+2; n++ {
			inc := &cre.Incident{ID: fmt.Sprint("INC-", n), Number: n, Title: fmt.Sprint("disk ", n), Status: cre.Resolved, Declarer: known("ada"),
				Times: map[cre.Moment]time.Time{cre.DeclaredAt: noon, cre.ResolvedAt: noon}}
			if n == 2 {
				inc.Status = cre.Investigating
			}
			if err := store.Incidents.Put(tx, inc); err != nil {
				return err
			}
		}
		return nil
	})
	page := b.get("/incidents")
	b.wants(page, "disk 102", "disk 2<", "disk 3<", `href="/incidents?before=3"`)
	b.lacks(page, "disk 1<")
	page = b.get("/incidents?before=3")
	b.wants(page, "Before INC-3", "disk 1<", `<a href="/incidents">Incidents</a>`)
	b.lacks(page, "disk 2<", "Earlier ones", "disk 102")
}

// A customer that named people alone see is on no page for others.
func TestPagesKeepACustomer(t *testing.T) {
	b := startBench(t, openStore(t, t.TempDir()+"/test.db"), twoPeople)
	b.Settings.Roles.Responder = []string{"console:ada", "console:bob"}
	b.Settings.Customers[0].SeenBy = []string{"console:ada"}
	b.seed()
	b.update(func(tx store.Tx) error {
		inc, err := store.Incidents.Get(tx, store.Key(uint64(1)))
		if err != nil {
			return err
		}
		inc.Requests = []string{"R-1", "R-2"} // R-2 is the customer's
		return errors.Join(store.Incidents.Put(tx, inc), store.Customers.Put(tx, &b.Settings.Customers[0]))
	})
	pages := []string{"/incidents", "/incidents/INC-1", "/queue", "/customers", "/slos", "/outbox"}
	for name, secret := range map[string]string{"ada": adaSecret, "bob": bobSecret} {
		b.logIn(name, secret)
		named := 0
		status := http.StatusNotFound
		if name == "ada" {
			status = http.StatusOK
		}
		for _, path := range []string{"/slos/acme-checkout", "/chart/slo/acme-checkout.png"} {
			if got, _, _ := b.request("GET", path, nil); got != status {
				t.Errorf("%s gets %d of %s, want %d", name, got, path, status)
			}
		}
		for _, path := range pages {
			named += strings.Count(b.get(path), "Acme GmbH")
		}
		if sees := name == "ada"; sees != (named > 0) {
			t.Errorf("%s reads the customer's name %d times", name, named)
		}
		incident := b.get("/incidents/INC-1")
		if sees := name == "ada"; sees != strings.Contains(incident, `"/requests/R-2"`) || !strings.Contains(incident, `"/requests/R-1"`) {
			t.Errorf("%s is led to the wrong requests", name)
		}
	}
	b.logIn("bob", bobSecret)
	if status, _, _ := b.request("GET", "/customers/acme", nil); status != http.StatusNotFound {
		t.Errorf("bob gets %d of the customer", status)
	}
}
