package web

import (
	"encoding/hex"
	"net/http"
	"strconv"

	"cresset/bot/cre"
	"cresset/store"
)

const (
	// rowsOfQueue is how many requests one page of the queue shows.
	rowsOfQueue = 50
	// mostCounted is how far the menu counts what waits.
	mostCounted = 1000
	// mostLookedAt is how many ended requests one page looks at, for those that it
	// shows.
	mostLookedAt = 1000
)

type queuePage struct {
	Filter             queueFilter
	Selects            []selectView
	Rows               []requestRow
	From, To, All      int // of the rows, from 1
	Previous, Next     string
	Over               bool
	OpenLink, OverLink string
}

func (c *Console) showQueue(w http.ResponseWriter, r *http.Request) {
	c.page(w, r, "queue", func(tx store.Tx, s *shell) (bool, error) {
		p := &queuePage{Filter: readFilter(r.URL.Query()), Over: r.URL.Query().Get("tab") == "over"}
		customer := queueFilter{Customer: p.Filter.Customer}
		p.OpenLink, p.OverLink = customer.link(1), customer.over("")
		s.Title, s.Body = "Queue", p
		if p.Over {
			p.Filter = customer
			return true, c.fillOver(tx, s, p, r.URL.Query().Get("before"))
		}
		return true, c.fillOpen(tx, s, p, pageOf(r))
	})
}

// pageOf is the page that the address names, from 1.
func pageOf(r *http.Request) int {
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || n < 1 || n > 1_000_000 {
		return 1
	}
	return n
}

// fillOpen fills in what waits, in the order in which it is worked on.
func (c *Console) fillOpen(tx store.Tx, s *shell, p *queuePage, page int) error {
	queue, err := c.queue(tx, s)
	if err != nil {
		return err
	}
	eyes, err := c.eyes(tx, known(s.Me))
	if err != nil {
		return err
	}
	matches, err := p.Filter.match(tx, eyes)
	if err != nil {
		return err
	}
	has := newChoices()
	rows, all, err := queue.Page(func(q *cre.Queued) bool {
		has.add(q)
		return matches(q)
	}, (page-1)*rowsOfQueue, rowsOfQueue)
	if last := (all-1)/rowsOfQueue + 1; err == nil && len(rows) == 0 && all > 0 { // what was on the page is done
		page = last
		rows, _, err = queue.Page(matches, (page-1)*rowsOfQueue, rowsOfQueue)
	}
	if err != nil {
		return err
	}
	for _, r := range rows {
		p.Rows = append(p.Rows, c.rankedRow(tx, r))
	}
	p.All, p.From, p.To = all, (page-1)*rowsOfQueue+1, (page-1)*rowsOfQueue+len(rows)
	if page > 1 {
		p.Previous = p.Filter.link(page - 1)
	}
	if all > p.To {
		p.Next = p.Filter.link(page + 1)
	}
	p.Selects, err = c.selects(tx, has, p.Filter)
	return err
}

// fillOver fills in what ended, the latest first.
func (c *Console) fillOver(tx store.Tx, s *shell, p *queuePage, before string) error {
	eyes, err := c.eyes(tx, known(s.Me))
	if err != nil {
		return err
	}
	after, _ := hex.DecodeString(before) // what is no cursor begins at the latest
	looked := 0
	for req, err := range store.Requests.By(tx, "ended", nil, store.Page{Desc: true, After: after, Limit: mostLookedAt}) {
		if err != nil {
			return err
		}
		looked++
		visible, err := store.Sees(tx, eyes, req)
		if err != nil {
			return err
		}
		if visible && (p.Filter.Customer == "" || p.Filter.Customer == req.Customer) {
			p.Rows = append(p.Rows, c.requestRow(tx, req))
		}
		if len(p.Rows) == rowsOfQueue || looked == mostLookedAt {
			p.Next = p.Filter.over(hex.EncodeToString(store.Requests.Cursor("ended", nil, req)))
			break
		}
	}
	p.Selects, err = c.selectCustomer(tx, eyes, p.Filter)
	return err
}

// queue is what is open, as the visitor sees it; it is made once for a page.
func (c *Console) queue(tx store.Tx, s *shell) (*store.Queue, error) {
	if s.queue != nil {
		return s.queue, nil
	}
	eyes, err := c.eyes(tx, known(s.Me))
	if err != nil {
		return nil, err
	}
	s.queue, err = store.OpenQueue(tx, c.Settings, eyes, c.Now())
	return s.queue, err
}

// waiting is how many open requests the visitor sees, at most mostCounted unless the
// page has them all.
func (c *Console) waiting(tx store.Tx, s *shell) (int, error) {
	if s.queue != nil {
		return s.queue.Seen(), nil
	}
	eyes, err := c.eyes(tx, known(s.Me))
	if err != nil {
		return 0, err
	}
	return store.WaitingUpTo(tx, c.Settings, eyes, c.Now(), mostCounted)
}
