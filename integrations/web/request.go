package web

import (
	"net/http"
	"strconv"
	"strings"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

type requestRow struct {
	*cre.Request
	Place    int // in the queue, from 1
	Customer customerLink
	Owner    string
	Asker    string
	Unseen   bool // somebody is to look at it for the first time
	Late     bool // and did not in time
	Overdue  bool
	Words    string
	Buttons  []buttonView
}

func (c *Console) showQueue(w http.ResponseWriter, r *http.Request) {
	me := visitor(r)
	c.page(w, r, "queue", func(tx store.Tx, s *shell) (bool, error) {
		var body struct {
			Open, Over []requestRow
			Page, More int // More is the next page, 0 for none
		}
		body.Page = pageOf(r)
		eyes, err := c.eyes(tx, me)
		if err != nil {
			return false, err
		}
		queue, err := c.queue(tx, s)
		if err != nil {
			return false, err
		}
		open, all, err := queue.Page(nil, (body.Page-1)*rowsOfQueue, rowsOfQueue)
		if err != nil {
			return false, err
		}
		for _, req := range open {
			body.Open = append(body.Open, c.rankedRow(tx, req))
		}
		if all > body.Page*rowsOfQueue {
			body.More = body.Page + 1
		}
		for req, err := range store.Requests.All(tx, store.Page{Desc: true, Limit: recent}) {
			if err != nil {
				return false, err
			}
			if visible, err := store.Sees(tx, eyes, req); err != nil || !visible || req.Status.Open() {
				if err != nil {
					return false, err
				}
				continue
			}
			body.Over = append(body.Over, c.requestRow(tx, req))
		}
		s.Title, s.Body = "Queue", body
		return true, nil
	})
}

// rowsOfQueue is how many requests one page of the queue shows.
const rowsOfQueue = 100

// pageOf is the page that the address names, from 1.
func pageOf(r *http.Request) int {
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || n < 1 || n > 1_000_000 {
		return 1
	}
	return n
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

// eyes are with what a visitor looks at requests. Whoever opens a console without a
// login may do everything.
func (c *Console) eyes(tx store.Tx, me chat.Person) (cre.Eyes, error) {
	granted := ""
	if c.gate.open() {
		granted = cre.Admin.String()
	}
	return store.EyesOf(tx, c.Settings, me, granted)
}

func (c *Console) rankedRow(tx store.Tx, req store.Ranked) requestRow {
	row := c.requestRow(tx, &req.Request)
	row.Place = req.Place
	return row
}

func (c *Console) requestRow(tx store.Tx, req *cre.Request) requestRow {
	now := c.Now()
	row := requestRow{Request: req, Owner: shown(req.Owner), Asker: shown(req.Requester), Words: req.Status.Words()}
	if req.Customer != "" {
		row.Customer = customerLink{req.Customer, c.customerName(tx, req.Customer)}
	}
	if req.Status.Open() {
		row.Unseen = req.Status == cre.New && req.Answered.IsZero() && !req.NextLook.IsZero()
		row.Late = row.Unseen && now.After(req.NextLook)
		row.Overdue = !req.Due.IsZero() && now.After(req.Due)
		if req.Owner.IsZero() {
			row.Buttons = append(row.Buttons, buttonView{Label: "Take", Line: "cre take " + req.ID, Class: "good"})
		}
		row.Buttons = append(row.Buttons, buttonView{Label: "Done", Line: "cre done " + req.ID, Confirm: "Is " + req.ID + " done?"})
	}
	return row
}

// requestNumber reads R-12.
func requestNumber(id string) (uint64, bool) {
	digits, ok := strings.CutPrefix(id, "R-")
	n, err := strconv.ParseUint(digits, 10, 64)
	return n, ok && err == nil
}
