package web

import (
	"cmp"
	"net/http"
	"slices"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// rowsOfCustomer is how many requests a customer's page shows.
const rowsOfCustomer = 20

type customerRow struct {
	*cre.Customer
	Incidents []incidentRow
	Waiting   int // open requests
	Requests  []requestRow
	SLOs      []standingView
	Worst     *standingView
	Satisfied cre.Satisfaction
}

// customer is a record of the store, or of the configuration where the store
// has none; nil if neither knows it.
func (c *Console) customer(tx store.Tx, key string) *cre.Customer {
	if cust, err := store.Customers.Get(tx, store.Key(key)); err == nil && cust != nil {
		return cust
	}
	for i := range c.Settings.Customers {
		if c.Settings.Customers[i].Key == key {
			return &c.Settings.Customers[i]
		}
	}
	return nil
}

func (c *Console) customerName(tx store.Tx, key string) string {
	if cust := c.customer(tx, key); cust != nil {
		return cmp.Or(cust.Name, key)
	}
	return key
}

// customerLinks lead to those of the customers that are seen.
func (c *Console) customerLinks(tx store.Tx, keys []string, eyes cre.Eyes) (links []customerLink) {
	for _, key := range keys {
		if cust := c.customer(tx, key); cust == nil || eyes.SeeCustomer(cust) {
			links = append(links, customerLink{key, c.customerName(tx, key)})
		}
	}
	return links
}

// customers are all, by name.
func (c *Console) customers(tx store.Tx) ([]*cre.Customer, error) {
	byKey := map[string]*cre.Customer{}
	for i := range c.Settings.Customers {
		byKey[c.Settings.Customers[i].Key] = &c.Settings.Customers[i]
	}
	for cust, err := range store.Customers.All(tx, store.Page{}) {
		if err != nil {
			return nil, err
		}
		byKey[cust.Key] = cust
	}
	var all []*cre.Customer
	for _, cust := range byKey {
		all = append(all, cust)
	}
	slices.SortFunc(all, func(a, b *cre.Customer) int {
		return cmp.Or(cmp.Compare(cmp.Or(a.Name, a.Key), cmp.Or(b.Name, b.Key)), cmp.Compare(a.Key, b.Key))
	})
	return all, nil
}

func (c *Console) showCustomers(w http.ResponseWriter, r *http.Request) {
	me := visitor(r)
	c.page(w, r, "customers", func(tx store.Tx, s *shell) (bool, error) {
		all, err := c.customers(tx)
		if err != nil {
			return false, err
		}
		now, err := c.current(tx, s, me)
		if err != nil {
			return false, err
		}
		var rows []customerRow
		for _, cust := range all {
			if !now.eyes.SeeCustomer(cust) {
				continue
			}
			rows = append(rows, c.customerRow(tx, cust, now))
		}
		s.Title, s.Body = "Customers", rows
		return true, nil
	})
}

func (c *Console) showCustomer(w http.ResponseWriter, r *http.Request) {
	me := visitor(r)
	c.page(w, r, "customer", func(tx store.Tx, s *shell) (bool, error) {
		cust := c.customer(tx, r.PathValue("key"))
		if cust == nil {
			return false, nil
		}
		now, err := c.current(tx, s, me)
		if err != nil || !now.eyes.SeeCustomer(cust) {
			return false, err
		}
		row := c.customerRow(tx, cust, now)
		open, _, err := now.queue.Page(func(q *cre.Queued) bool { return q.Customer == cust.Key }, 0, rowsOfCustomer)
		if err != nil {
			return false, err
		}
		for _, req := range open {
			row.Requests = append(row.Requests, c.rankedRow(tx, req))
		}
		row.Satisfied, err = store.Satisfaction(tx, now.eyes, cust.Key, c.Now())
		s.Title, s.Page, s.Body = cmp.Or(cust.Name, cust.Key), "customers", row
		return true, err
	})
}

// current is what is open and how the SLOs stand, as one person may see it. It is
// read once for all customers: what is open is little, whatever there was.
type current struct {
	eyes      cre.Eyes
	incidents []*cre.Incident // the worst first
	queue     *store.Queue
	waiting   map[string]int // open requests, by customer
	standings []standingView
}

func (c *Console) current(tx store.Tx, s *shell, me chat.Person) (now current, err error) {
	if now.incidents, err = openIncidents(tx, me); err != nil {
		return now, err
	}
	if now.eyes, err = c.eyes(tx, me); err != nil {
		return now, err
	}
	if now.queue, err = c.queue(tx, s); err != nil {
		return now, err
	}
	now.waiting = map[string]int{}
	count := func(q *cre.Queued) bool {
		now.waiting[q.Customer]++
		return false
	}
	if _, _, err := now.queue.Page(count, 0, 1); err != nil {
		return now, err
	}
	now.standings, err = c.standings(tx, now.eyes)
	return now, err
}

// customerRow is a customer with what hangs on it now.
func (c *Console) customerRow(tx store.Tx, cust *cre.Customer, now current) customerRow {
	row := customerRow{Customer: cust, Waiting: now.waiting[cust.Key]}
	for _, inc := range now.incidents {
		if slices.Contains(inc.Customers, cust.Key) {
			row.Incidents = append(row.Incidents, c.incidentRow(tx, inc, now.eyes))
		}
	}
	for i := range now.standings {
		if now.standings[i].SLO.For(cust.Key) {
			row.SLOs = append(row.SLOs, now.standings[i])
		}
	}
	if len(row.SLOs) > 0 {
		row.Worst = &row.SLOs[0] // they come with what needs a person first
	}
	return row
}
