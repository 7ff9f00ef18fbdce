package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"cresset/bot/chat"
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
			Todo, Later, Sending int
			Parked, Open, Done   []errandRow
		}
		for e, err := range store.Errands.By(tx, "due", nil, store.Page{}) {
			if err != nil {
				return false, err
			}
			switch {
			case e.State == store.Sending:
				body.Sending++
			case e.Due.After(c.Now()):
				body.Later++
			default:
				body.Todo++
			}
			if len(body.Open) < lastDone {
				body.Open = append(body.Open, c.errandRow(tx, e, e.Due, me))
			}
		}
		for e, err := range store.Errands.By(tx, "parked", nil, store.Page{}) {
			if err != nil {
				return false, err
			}
			body.Parked = append(body.Parked, c.errandRow(tx, e, e.Due, me))
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
	row := errandRow{ID: e.ID, What: string(e.Kind), State: string(e.State), At: at, Attempts: e.Attempts}
	if !c.mayRead(tx, e, me) {
		row.Where = "private"
		return row
	}
	if e.Kind == store.Timer {
		row.What = e.Then // what it is for says more than that it is one
	}
	row.Subject, row.Trouble, row.Where = e.Subject, e.Trouble, whereTo(e)
	if e.State == store.Parked {
		row.Buttons = c.decisions(e)
	}
	return row
}

// decisions are what a person can do about a parked errand.
func (c *Console) decisions(e *store.Errand) []buttonView {
	id := strconv.FormatUint(e.ID, 10)
	all := []buttonView{
		{Label: "Retry", Line: "cre retry " + id, Class: "good"},
		{Label: "Drop", Line: "cre drop " + id, Class: "danger", Confirm: "Give up errand " + id + " (" + string(e.Kind) + ")? It will not be done."},
	}
	if e.Offer.Line != "" {
		all = append(all, c.viewButton(e.Offer))
	}
	return all
}

// mayRead reports whether a person may read what an errand is about. An errand
// of a record that is gone, or cannot be read, is nobody's to read.
func (c *Console) mayRead(tx store.Tx, e *store.Errand, me chat.Person) bool {
	if strings.HasPrefix(e.Subject, "INC-") {
		inc, err := incidentByID(tx, e.Subject, me)
		return err == nil && inc != nil
	}
	if n, ok := requestNumber(e.Subject); ok {
		req, err := store.Requests.Get(tx, store.Key(n))
		if err != nil || req == nil {
			return false
		}
		visible, err := requestVisible(tx, req, me)
		return err == nil && visible
	}
	if ch, err := channels.Get(tx, store.Key(channelID(e.Place))); e.Place.Platform == Name && (err != nil || ch != nil && !ch.openTo(me.ID)) {
		return false
	}
	return true
}

func whereTo(e *store.Errand) string {
	switch {
	case e.Room != nil:
		return e.Place.Platform + " #" + e.Room.Name
	case e.Place.Channel != "":
		return e.Place.Platform + " #" + channelID(e.Place)
	case e.Place.Direct != "":
		return e.Place.Platform + " @" + e.Place.Direct
	}
	return e.Place.Platform
}
