package web

import (
	"net/http"
	"sort"
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
		var body struct{ Open, Over []requestRow }
		eyes, err := c.eyes(tx, me)
		if err != nil {
			return false, err
		}
		open, err := openRequests(tx, eyes)
		if err != nil {
			return false, err
		}
		c.inOrder(tx, open)
		for i, req := range open {
			row := c.requestRow(tx, req)
			row.Place = i + 1
			body.Open = append(body.Open, row)
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

// openRequests are those that a person may see.
func openRequests(tx store.Tx, eyes cre.Eyes) ([]*cre.Request, error) {
	var open []*cre.Request
	for req, err := range store.Requests.By(tx, "open", nil, store.Page{}) {
		if err != nil {
			return nil, err
		}
		visible, err := store.Sees(tx, eyes, req)
		if err != nil {
			return nil, err
		}
		if visible {
			open = append(open, req)
		}
	}
	return open, nil
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

// inOrder sorts requests as they are worked on.
func (c *Console) inOrder(tx store.Tx, all []*cre.Request) {
	weights := map[string]int{}
	weight := func(key string) int {
		if w, ok := weights[key]; ok {
			return w
		}
		if cust := c.customer(tx, key); cust != nil {
			weights[key] = c.Settings.TierWeight[cust.Tier]
		}
		return weights[key]
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].Before(all[j], weight) })
}

func (c *Console) requestRow(tx store.Tx, req *cre.Request) requestRow {
	now := c.Now()
	row := requestRow{Request: req, Owner: shown(req.Owner), Asker: shown(req.Requester), Words: req.Status.Words()}
	if req.Customer != "" {
		row.Customer = customerLink{req.Customer, c.customerName(tx, req.Customer)}
	}
	if req.Status.Open() {
		row.Unseen = req.Status == cre.New && !req.NextLook.IsZero()
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
