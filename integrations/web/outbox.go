package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// lastDone is how many errands that are over the page lists.
const lastDone = 50

type errandRow struct {
	ID       uint64
	What     string
	Where    string
	Subject  string
	State    string
	Trouble  string
	At       time.Time // when it is due, or when it ended
	Attempts int
	Buttons  []buttonView // what a person can decide
}

func (c *Console) showOutbox(w http.ResponseWriter, r *http.Request) {
	me := visitor(r)
	c.page(w, r, "outbox", func(tx store.Tx, s *shell) (bool, error) {
		var body struct {
			Waiting, Later, Sending int
			Parked, Open, Done      []errandRow
			RetryAll                *buttonView
		}
		now := c.Now()
		pressing, later, err := store.Pressing(tx, now)
		if err != nil {
			return false, err
		}
		body.Later = later
		for _, e := range pressing {
			switch {
			case e.State == store.Sending:
				body.Sending++
			case e.Due.After(now) && e.Attempts == 0:
				body.Later++
			default:
				body.Waiting++
			}
		}
		for e, err := range store.Errands.By(tx, "due", nil, store.Page{Limit: lastDone}) {
			if err != nil {
				return false, err
			}
			body.Open = append(body.Open, c.errandRow(tx, e, e.Due, me))
		}
		for e, err := range store.Errands.By(tx, "parked", nil, store.Page{}) {
			if err != nil {
				return false, err
			}
			body.Parked = append(body.Parked, c.errandRow(tx, e, e.Due, me))
		}
		if decidable(body.Parked) > 1 {
			body.RetryAll = &buttonView{Label: "Retry all", Line: "cre retry all", Class: "good"}
		}
		for e, err := range store.Errands.By(tx, "ended", nil, store.Page{Desc: true, Limit: 10 * lastDone}) {
			if err != nil {
				return false, err
			}
			if e.Kind != store.Measure && len(body.Done) < lastDone { // the pages of SLOs show what was measured
				body.Done = append(body.Done, c.errandRow(tx, e, e.Ended, me))
			}
		}
		s.Title, s.Body = "Outbox", body
		return true, nil
	})
}

// errandRow is an errand as a person may see it: of what hangs on a private
// record only that there is something.
func (c *Console) errandRow(tx store.Tx, e *store.Errand, at time.Time, me chat.Person) errandRow {
	row := errandRow{ID: e.ID, What: e.Deed(), State: string(e.State), At: at, Attempts: e.Attempts}
	if !c.mayRead(tx, e, me) {
		row.Where = "private"
		return row
	}
	row.Subject, row.Trouble, row.Where = e.Subject, e.Trouble, whereTo(tx, e)
	if e.State == store.Parked {
		row.Buttons = c.decisions(e)
	}
	return row
}

// decidable is how many of the errands the person can decide about.
func decidable(rows []errandRow) (n int) {
	for _, row := range rows {
		if len(row.Buttons) > 0 {
			n++
		}
	}
	return n
}

// decisions are what a person can do about a parked errand.
func (c *Console) decisions(e *store.Errand) []buttonView {
	id := strconv.FormatUint(e.ID, 10)
	all := []buttonView{
		{Label: "Retry", Line: "cre retry " + id, Class: "good"},
		{Label: "Drop", Line: "cre drop " + id, Class: "danger", Confirm: "Give up errand " + id + " (" + e.Deed() + ")? It will not be done."},
	}
	if e.Offer.Line != "" {
		all = append(all, c.viewButton(e.Offer))
	}
	return all
}

// mayRead reports whether a person may read what an errand is about. An errand
// of a record that is gone, or cannot be read, is nobody's to read.
func (c *Console) mayRead(tx store.Tx, e *store.Errand, me chat.Person) bool {
	if inc, err := roomOf(tx, e); err != nil || inc != nil && !sees(tx, inc, me) {
		return false
	}
	if strings.HasPrefix(e.Subject, "INC-") {
		inc, err := incidentByID(tx, e.Subject, me)
		return err == nil && inc != nil
	}
	if n, ok := requestNumber(e.Subject); ok {
		req, err := store.Requests.Get(tx, store.Key(n))
		if err != nil || req == nil {
			return false
		}
		eyes, err := c.eyes(tx, me)
		if err != nil {
			return false
		}
		visible, err := store.Sees(tx, eyes, req)
		return err == nil && visible
	}
	if ch, err := channels.Get(tx, store.Key(channelID(e.Place))); e.Place.Platform == Name && (err != nil || ch != nil && !ch.openTo(me.ID)) {
		return false
	}
	return true
}

// roomOf is the incident in whose war room an errand happens, nil for other
// places.
func roomOf(tx store.Tx, e *store.Errand) (*cre.Incident, error) {
	return store.IncidentAt(tx, e.Place)
}

func whereTo(tx store.Tx, e *store.Errand) string {
	if inc, err := roomOf(tx, e); err == nil && inc != nil {
		return e.Place.Platform + " #" + inc.RoomAt(e.Place).Room.Name
	}
	switch {
	case e.Room != nil:
		return e.Place.Platform + " #" + e.Room.Name
	case e.Place.Channel != "":
		return e.Place.Platform + " #" + channelID(e.Place)
	case e.Place.Direct != "":
		return e.Place.Platform + " @" + e.Place.Direct
	case e.IssueRef.Tracker != "":
		return e.IssueRef.Tracker
	}
	return e.Place.Platform
}
