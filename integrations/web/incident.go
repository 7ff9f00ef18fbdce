package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// recent is how many incidents a page looks at for those that are over.
const recent = 100

type incidentRow struct {
	*cre.Incident
	Lasted    time.Duration
	Lead      string
	Customers []customerLink
	Room      string // where to go
}

type customerLink struct{ Key, Name string }

type incidentPage struct {
	incidentRow
	Means    string
	Times    []momentView
	Roles    []roleView
	Entries  []cre.Entry
	DueLate  bool
	DueIn    time.Duration
	Requests []string
	Buttons  []buttonView
}

type momentView struct {
	Name string
	At   time.Time
}

type roleView struct{ Role, Does, Who string }

type incidentsPage struct {
	Open, Over []incidentRow
	Before     uint64 // only those that are over, below this number; 0 for all
	Earlier    uint64 // there are more below this number; 0 for none
}

func (c *Console) showIncidents(w http.ResponseWriter, r *http.Request) {
	me := visitor(r)
	c.page(w, r, "incidents", func(tx store.Tx, s *shell) (bool, error) {
		eyes, err := c.eyes(tx, me)
		if err != nil {
			return false, err
		}
		body := &incidentsPage{}
		body.Before, _ = strconv.ParseUint(r.FormValue("before"), 10, 64)
		s.Title, s.Body = "Incidents", body
		if body.Before > 0 {
			return true, c.fillPast(tx, body, me, eyes)
		}
		open, err := openIncidents(tx, me)
		if err != nil {
			return false, err
		}
		for _, inc := range open {
			body.Open = append(body.Open, c.incidentRow(tx, inc, eyes))
		}
		return true, c.fillPast(tx, body, me, eyes)
	})
}

// fillPast fills in what is over, the latest first.
func (c *Console) fillPast(tx store.Tx, body *incidentsPage, me chat.Person, eyes cre.Eyes) error {
	page := store.Page{Desc: true, Limit: recent}
	if body.Before > 0 {
		page.After = store.Key(body.Before)
	}
	looked := 0
	for inc, err := range store.Incidents.All(tx, page) {
		if err != nil {
			return err
		}
		if looked++; looked == recent && inc.Number > 1 {
			body.Earlier = inc.Number
		}
		if !inc.Status.Open() && sees(tx, inc, me) {
			body.Over = append(body.Over, c.incidentRow(tx, inc, eyes))
		}
	}
	return nil
}

// openIncidents are those that a person may see, the worst first.
func openIncidents(tx store.Tx, me chat.Person) ([]*cre.Incident, error) {
	var open []*cre.Incident
	for inc, err := range store.Incidents.By(tx, "open", nil, store.Page{}) {
		if err != nil {
			return nil, err
		}
		if sees(tx, inc, me) {
			open = append(open, inc)
		}
	}
	slices.SortStableFunc(open, func(a, b *cre.Incident) int {
		switch {
		case a.Severity.Worse(b.Severity):
			return -1
		case b.Severity.Worse(a.Severity):
			return 1
		}
		return int(a.Number) - int(b.Number)
	})
	return open, nil
}

// sees reports whether a person may see the incident, with any account that is
// linked with theirs. Whose accounts cannot be read sees nothing private.
func sees(tx store.Tx, inc *cre.Incident, me chat.Person) bool {
	if inc.VisibleTo(me) {
		return true
	}
	all, err := store.AccountsOf(tx, me)
	return err == nil && slices.ContainsFunc(all, inc.VisibleTo)
}

// incidentByID finds an incident that a person may see, nil if there is none.
func incidentByID(tx store.Tx, id string, me chat.Person) (*cre.Incident, error) {
	inc, err := store.IncidentByID(tx, id)
	if err != nil || inc == nil || !sees(tx, inc, me) {
		return nil, err
	}
	return inc, nil
}

func (c *Console) incidentRow(tx store.Tx, inc *cre.Incident, eyes cre.Eyes) incidentRow {
	row := incidentRow{Incident: inc, Lasted: inc.Lasted(c.Now()), Lead: shown(inc.Roles[cre.Lead]), Customers: c.customerLinks(tx, inc.Customers, eyes)}
	if inc.Room != nil {
		row.Room = c.roomLink(inc.Room)
	}
	return row
}

// roomLink is where a room opens: here, or on its platform.
func (c *Console) roomLink(room *chat.Room) string {
	if room.Place.Platform == Name {
		return "/c/" + room.Place.Channel
	}
	href, _ := c.href(room.Link)
	return href
}

// shown is a person in words, "" for nobody.
func shown(p chat.Person) string {
	if p.IsZero() {
		return ""
	}
	return p.Shown()
}

func (c *Console) showIncident(w http.ResponseWriter, r *http.Request) {
	me := visitor(r)
	c.page(w, r, "incident", func(tx store.Tx, s *shell) (bool, error) {
		inc, err := incidentByID(tx, r.PathValue("id"), me)
		if err != nil || inc == nil {
			return false, err
		}
		eyes, err := c.eyes(tx, me)
		if err != nil {
			return false, err
		}
		body, err := c.incidentPage(tx, inc, eyes)
		s.Title, s.Page, s.Body = inc.ID+" "+inc.Title, "incidents", body
		return true, err
	})
}

func (c *Console) incidentPage(tx store.Tx, inc *cre.Incident, eyes cre.Eyes) (*incidentPage, error) {
	p := &incidentPage{incidentRow: c.incidentRow(tx, inc, eyes), Means: c.Settings.Severities[inc.Severity].Means}
	for _, m := range cre.Moments {
		if at, ok := inc.Times[m]; ok {
			p.Times = append(p.Times, momentView{strings.ReplaceAll(string(m), "_", " "), at})
		}
	}
	for _, role := range cre.IncidentRoles {
		p.Roles = append(p.Roles, roleView{string(role), role.Does(), shown(inc.Roles[role])})
	}
	if inc.Clock.Running() && inc.Status.Open() {
		p.DueIn = inc.Clock.Due.Sub(c.Now())
		p.DueLate = p.DueIn < 0
	}
	p.Buttons = incidentButtons(inc)
	var err error
	if p.Requests, err = seenRequests(tx, inc.Requests, eyes); err != nil {
		return nil, err
	}
	p.Entries, err = timeline(tx, inc)
	return p, err
}

// seenRequests are those of the requests that are seen.
func seenRequests(tx store.Tx, ids []string, eyes cre.Eyes) (seen []string, err error) {
	for _, id := range ids {
		number, _ := requestNumber(id)
		req, err := store.Requests.Get(tx, store.Key(number))
		visible := false
		if req != nil && err == nil {
			visible, err = store.Sees(tx, eyes, req)
		}
		if err != nil {
			return nil, err
		}
		if visible {
			seen = append(seen, id)
		}
	}
	return seen, nil
}

// timeline is what happened, the latest first.
func timeline(tx store.Tx, inc *cre.Incident) ([]cre.Entry, error) {
	var entries []cre.Entry
	if inc.Events == 0 {
		return nil, nil
	}
	page := store.Page{After: store.Key(inc.ID), Limit: int(inc.Events)}
	for e, err := range store.Timeline.All(tx, page) {
		if err != nil {
			return nil, err
		}
		if e.Incident == inc.ID {
			entries = append(entries, *e)
		}
	}
	slices.Reverse(entries)
	return entries, nil
}

// incidentButtons are the usual next commands. They run in the incident's room.
func incidentButtons(inc *cre.Incident) []buttonView {
	if !inc.Status.Open() {
		return []buttonView{
			{Label: "Draft postmortem", Line: "postmortem draft " + inc.ID, Class: "good"},
			{Label: "Reopen", Line: "incident reopen", Confirm: "Go on working on " + inc.ID + "?"},
		}
	}
	return []buttonView{
		{Label: "Update…", Line: "incident update", Class: "good"},
		{Label: "Note…", Line: "incident note"},
		{Label: "Severity…", Line: "incident severity"},
		{Label: "Task…", Line: "incident task"},
		{Label: "Mitigated", Line: "incident mitigate", Confirm: "Is it over for customers, at least for now?"},
		{Label: "Resolved", Line: "incident resolve", Confirm: "Is " + inc.ID + " resolved?"},
	}
}
