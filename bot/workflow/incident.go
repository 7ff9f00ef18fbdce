package workflow

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// A Declaration is what a person says when they declare an incident.
type Declaration struct {
	Title     string
	Severity  cre.Severity
	Customers []string
	Services  []string
	Drill     bool
	Past      bool // it is over: no room, no clock
	Private   bool
	Again     bool // although the same was declared a moment ago
}

// twinWithin is how soon the same words by the same person are the same
// incident: the answer to the first may have been lost.
const twinWithin = 2 * time.Minute

// Declare declares an incident and leaves the opening of its war room. The
// declarer leads it.
func (s *Step) Declare(d Declaration) (*cre.Incident, error) {
	title, err := cre.CheckTitle(d.Title)
	if err != nil {
		return nil, err
	}
	if twin, err := s.twin(title); err != nil {
		return nil, err
	} else if twin != nil && !d.Again {
		return nil, cre.Errorf(cre.Conflict, "You declared **%s** %s a moment ago. Add `--again` if this is another one.", twin.ID, twin.Title)
	}
	if d.Private && !d.Past {
		if err := s.keepsPrivate(s.home().Platform); err != nil {
			return nil, err
		}
	}
	customers, err := s.customerKeys(d.Customers)
	if err != nil {
		return nil, err
	}
	n, err := store.Sequence(s.Tx, "incident")
	if err != nil {
		return nil, err
	}
	inc := &cre.Incident{
		ID: fmt.Sprintf("INC-%d", n), Number: n, Title: title, Severity: d.Severity, Status: cre.Investigating,
		Drill: d.Drill, Past: d.Past, Private: d.Private, Customers: customers, Services: d.Services,
		Declarer: s.By, Roles: map[cre.Role]chat.Person{}, Home: s.home(),
	}
	if d.Severity == cre.Unset {
		inc.Status = cre.Triage
	}
	inc.Stamp(cre.DeclaredAt, s.Now)
	if err := s.Record(inc, cre.Entry{Kind: cre.Declared, Text: title}); err != nil {
		return nil, err
	}
	if d.Past {
		inc.Status = cre.Resolved
		inc.Stamp(cre.ResolvedAt, s.Now)
		return inc, s.keep(inc)
	}
	inc.Roles[cre.Lead] = s.By
	inc.Stamp(cre.LeadAssigned, s.Now)
	if err := s.startClock(inc, s.Rules.Severities[inc.Severity].UpdateEvery); err != nil {
		return nil, err
	}
	return inc, s.begin(inc, inc.RoomOn(inc.Home.Platform))
}

// home is where the incident lives: the place of the person, or for a program
// the platform that the house calls home.
func (s *Step) home() chat.Place {
	if s.At.Platform != "" {
		return s.At
	}
	return chat.Place{Platform: s.Rules.Home}
}

func (s *Step) twin(title string) (*cre.Incident, error) {
	for i, err := range store.Incidents.All(s.Tx, store.Page{Desc: true, Limit: 20}) {
		if err != nil {
			return nil, err
		}
		if s.Now.Sub(i.Times[cre.DeclaredAt]) > twinWithin {
			break
		}
		if mine, err := s.Mine(i.Declarer); err != nil || mine && strings.EqualFold(i.Title, title) && i.Status.Open() {
			return i, err
		}
	}
	return nil, nil
}

// Record adds an entry to the incident's timeline. When and by whom it is may be
// left out: now, by the asker.
func (s *Step) Record(inc *cre.Incident, e cre.Entry) error {
	inc.Events++
	e.Incident, e.N = inc.ID, inc.Events
	if e.At.IsZero() {
		e.At = s.Now
	}
	if e.By.IsZero() && e.Kind != cre.Happened {
		e.By = s.By
	}
	s.Changed(inc.ID)
	return store.Timeline.Put(s.Tx, &e)
}

// Entries is the timeline in the order of time.
func (s *Step) Entries(inc *cre.Incident) ([]cre.Entry, error) {
	var all []cre.Entry
	for e, err := range store.Timeline.Under(s.Tx, store.Key(inc.ID), store.Page{}) {
		if err != nil {
			return nil, err
		}
		all = append(all, *e)
	}
	slices.SortStableFunc(all, func(a, b cre.Entry) int { return a.At.Compare(b.At) })
	return all, nil
}

// keep writes the incident as it is.
func (s *Step) keep(inc *cre.Incident) error { return store.Incidents.Put(s.Tx, inc) }

// save writes the incident and brings its card and its announcement up to date.
func (s *Step) save(inc *cre.Incident) error {
	if err := s.keep(inc); err != nil {
		return err
	}
	return s.refresh(inc)
}

// Move takes the incident to a status.
func (s *Step) Move(inc *cre.Incident, to cre.Status, why string) error {
	from := inc.Status
	if err := inc.Move(to, s.Now); err != nil {
		return err
	}
	text := fmt.Sprintf("%s → %s", from, to)
	if why != "" {
		text += ": " + why
	}
	if err := s.Record(inc, cre.Entry{Kind: cre.Moved, Text: text}); err != nil {
		return err
	}
	if !inc.Status.Open() {
		if err := s.promise(inc, 0); err != nil {
			return err
		}
	}
	if inc.Status == cre.Closed {
		if err := s.rest(inc); err != nil {
			return err
		}
	}
	if err := s.tellRequesters(inc); err != nil {
		return err
	}
	return s.save(inc)
}

// Merge ends the incident because it is the same as another.
func (s *Step) Merge(inc, into *cre.Incident) error {
	if inc.ID == into.ID {
		return cre.Errorf(cre.Invalid, "**%s** cannot be merged into itself.", inc.ID)
	}
	if inc.Private && !into.Private {
		return cre.Errorf(cre.Conflict, "**%s** is private and **%s** is not, so merging would show it to everybody. Cancel it instead.", inc.ID, into.ID)
	}
	inc.MergedInto = into.ID
	if err := s.Record(into, cre.Entry{Kind: cre.Linked, Text: inc.ID + " " + inc.Title + " was merged into this"}); err != nil {
		return err
	}
	for _, c := range inc.Customers {
		if !slices.Contains(into.Customers, c) {
			into.Customers = append(into.Customers, c)
		}
	}
	for _, id := range inc.Requests {
		if !slices.Contains(into.Requests, id) {
			into.Requests = append(into.Requests, id)
		}
	}
	if err := s.save(into); err != nil {
		return err
	}
	return s.Move(inc, cre.Merged, "the same as "+into.ID)
}

// Reopen takes up an incident again.
func (s *Step) Reopen(inc *cre.Incident) error {
	from := inc.Status
	if err := inc.Reopen(); err != nil {
		return err
	}
	if err := s.Record(inc, cre.Entry{Kind: cre.Moved, Text: fmt.Sprintf("%s → reopened", from)}); err != nil {
		return err
	}
	if err := s.startClock(inc, s.Rules.Severities[inc.Severity].UpdateEvery); err != nil {
		return err
	}
	if err := s.stay(inc); err != nil {
		return err
	}
	for _, r := range inc.Rooms() {
		if r.Room != nil || r.RoomName == "" {
			continue
		}
		if err := s.begin(inc, &r); err != nil { // it was archived
			return err
		}
	}
	if err := s.tellRequesters(inc); err != nil {
		return err
	}
	return s.save(inc)
}

// Grade sets the severity; the clock follows when it has to run faster.
func (s *Step) Grade(inc *cre.Incident, to cre.Severity) error {
	if inc.Severity == to {
		return cre.Errorf(cre.Conflict, "**%s** is already %s.", inc.ID, to.String())
	}
	text := fmt.Sprintf("%s → %s", inc.Severity, to)
	inc.Severity = to
	if inc.Status == cre.Triage {
		inc.Status = cre.Investigating
		inc.Stamp(cre.Acknowledged, s.Now)
	}
	if err := s.Record(inc, cre.Entry{Kind: cre.Graded, Text: text}); err != nil {
		return err
	}
	every := s.Rules.Severities[to].UpdateEvery
	if inc.Status.Open() && every > 0 && (!inc.Clock.Running() || s.Now.Add(every).Before(inc.Clock.Due)) {
		if inc.Clock.Running() {
			inc.Clock.Due = time.Time{}
		}
		if err := s.startClock(inc, every); err != nil {
			return err
		}
	}
	return s.save(inc)
}

// Assign gives a role to a person, who is brought into the room.
func (s *Step) Assign(inc *cre.Incident, role cre.Role, who chat.Person) error {
	before, had := inc.Roles[role]
	if same, err := s.same(before, who); err != nil {
		return err
	} else if had && same {
		return cre.Errorf(cre.Conflict, "%s is already %s of **%s**.", who, string(role), inc.ID)
	}
	if inc.Roles == nil {
		inc.Roles = map[cre.Role]chat.Person{}
	}
	inc.Roles[role] = who
	text := fmt.Sprintf("%s: %s", role, who.Shown())
	if had {
		text += ", taking over from " + before.Shown()
	}
	if role == cre.Lead {
		inc.Stamp(cre.LeadAssigned, s.Now)
	}
	if err := s.Record(inc, cre.Entry{Kind: cre.Assigned, Text: text}); err != nil {
		return err
	}
	if err := s.bringIn(inc, who); err != nil {
		return err
	}
	return s.save(inc)
}

// Write puts an entry of the asker's on the timeline.
func (s *Step) Write(inc *cre.Incident, e cre.Entry) error {
	if err := s.Record(inc, e); err != nil {
		return err
	}
	return s.keep(inc)
}

// Affect adds customers.
func (s *Step) Affect(inc *cre.Incident, words []string) ([]string, error) {
	keys, err := s.customerKeys(words)
	if err != nil {
		return nil, err
	}
	var added []string
	for _, k := range keys {
		if !slices.Contains(inc.Customers, k) {
			inc.Customers, added = append(inc.Customers, k), append(added, k)
		}
	}
	if len(added) == 0 {
		return nil, cre.Errorf(cre.Conflict, "%s is already on **%s**.", strings.Join(keys, ", "), inc.ID)
	}
	if err := s.Record(inc, cre.Entry{Kind: cre.Affected, Text: "affected: " + strings.Join(added, ", ")}); err != nil {
		return nil, err
	}
	return added, s.save(inc)
}

// PinPost takes a message of the room into the timeline, with the time and the
// author it had. It reports whether it was new.
func (s *Step) PinPost(inc *cre.Incident, p *chat.Post) (bool, error) {
	link := p.Link
	if link == "" {
		link = p.Place.Key() + "/" + p.ID
	}
	earlier, err := store.Timeline.First(s.Tx, "link", store.Key(inc.ID, link))
	if err != nil || earlier != nil {
		return false, err
	}
	text := chat.Cut(strings.TrimSpace(chat.Clean(p.Text)), 2000)
	if text == "" {
		text = "(a message without text)"
	}
	at := p.At
	if at.IsZero() || at.After(s.Now) {
		at = s.Now
	}
	if err := s.Record(inc, cre.Entry{Kind: cre.Pinned, At: at, By: p.By, Text: text, Link: link}); err != nil {
		return false, err
	}
	return true, s.keep(inc)
}
