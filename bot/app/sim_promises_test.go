package app

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/integrations/slack/slacktest"
	"cresset/store"
	"cresset/store/bolt"
)

// promises holds the state that is left, and what people see on Slack, against
// what cresset promises. They are the invariants of any run, whatever happened.
func (s *sim) promises() {
	p := s.past()
	for _, b := range s.broken {
		s.t.Error(b)
	}
	for _, problem := range s.ws.Problems() {
		if !strings.Contains(problem, "a trigger lives for 3 seconds") {
			s.t.Errorf("Slack would not have this: %s", problem)
		}
	}
	p.acknowledgedIsThere()
	p.doneIsSaid()
	p.numbersHaveNoGaps()
	p.recordsAndIndexesAgree()
	p.everyChangeIsAudited()
	p.nothingIsLeftOpen()
	p.roomsBeginWithTheirCard()
	p.roomsAreComplete()
	p.cardsTellTheTruth()
	p.secretsStayInTheirRoom()
	p.oneRoomForEachIncident()
	p.noRoomWithoutAnOwner()
	p.notSaidTwice()
	p.noTwins()
	p.announcedOnce()
	if !p.temper.skewed { // the real bot measures gaps with a clock that nobody sets
		p.oneMessageASecond()
	}
}

// past is all that is left of a run.
type past struct {
	*sim
	generation string
	incidents  []cre.Incident
	requests   []cre.Request
	errands    []store.Errand
	entries    map[string][]cre.Entry
	acts       []store.Act
	inbox      map[string]bool
	wrong      []error // with the records
	rooms      []slacktest.Channel
	channels   map[string]slacktest.Channel // by ID
	messages   map[string][]slacktest.Message
}

// past reads the state that the last life left.
func (s *sim) past() *past {
	s.t.Helper()
	p := &past{sim: s, entries: map[string][]cre.Entry{}, inbox: map[string]bool{}, channels: map[string]slacktest.Channel{}, messages: map[string][]slacktest.Message{}}
	db, err := bolt.Open(s.file(s.lives+1), bolt.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	if err := db.View(context.Background(), p.read); err != nil {
		s.t.Fatal(err)
	}
	p.wrong = append(p.wrong, db.Check(context.Background()))
	for _, c := range s.ws.Channels() {
		p.channels[c.ID] = c
		p.messages[c.ID] = s.ws.Messages(c.ID)
		if roomOfBot(c) {
			p.rooms = append(p.rooms, c)
		}
	}
	for _, who := range people {
		p.messages["@"+who] = s.ws.Messages("@" + who)
	}
	return p
}

func (p *past) read(tx store.Tx) (err error) {
	if p.generation, err = store.Fact(tx, store.Generation); err != nil {
		return err
	}
	if p.incidents, err = allOf(tx, store.Incidents); err != nil {
		return err
	}
	if p.requests, err = allOf(tx, store.Requests); err != nil {
		return err
	}
	if p.errands, err = allOf(tx, store.Errands); err != nil {
		return err
	}
	if p.acts, err = allOf(tx, store.Audit); err != nil {
		return err
	}
	entries, err := allOf(tx, store.Timeline)
	if err != nil {
		return err
	}
	for _, e := range entries {
		p.entries[e.Incident] = append(p.entries[e.Incident], e)
	}
	inbox, err := allOf(tx, store.Inbox)
	for _, r := range inbox {
		p.inbox[r.Key] = true
	}
	p.wrong = append(p.wrong, store.Check(tx, store.All()), workflow.CheckAudit(tx))
	return err
}

func allOf[T any](tx store.Tx, c *store.Collection[T]) (list []T, err error) {
	for v, err := range c.All(tx, store.Page{}) {
		if err != nil {
			return nil, err
		}
		list = append(list, *v)
	}
	return list, nil
}

// drain lets time go by until nothing is left to do, for hours at most. Slack
// brings the last of its events after six minutes.
func (s *sim) drain() {
	if s.alive() == nil {
		s.t.Fatal("the bot starts no more")
	}
	time.Sleep(7 * time.Minute)
	for range 6 * 60 {
		time.Sleep(time.Minute)
		if s.idle() {
			break
		}
	}
	s.drained = s.now()
	time.Sleep(time.Minute) // what may come twice comes now
	s.note("the outbox is empty, or it is given up")
}

// idle reports whether only clocks still run.
func (s *sim) idle() bool {
	open := 0
	err := s.alive().app.db.View(context.Background(), func(tx store.Tx) error {
		open = 0
		for e, err := range store.Errands.By(tx, "lane", nil, store.Page{}) {
			if err != nil {
				return err
			}
			if !e.Timed() {
				open++
			}
		}
		return nil
	})
	if err != nil {
		s.t.Error(err)
	}
	return open == 0
}

// remember keeps what a restore makes nobody's: the rooms of the state that is
// thrown away, and what was acknowledged in it.
func (s *sim) remember() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.restored = true
	clear(s.held)
	for _, c := range s.ws.Channels() {
		if roomOfBot(c) {
			s.before = append(s.before, c.Name)
		}
	}
}

// roomOfBot reports whether the bot made the channel itself.
func roomOfBot(c slacktest.Channel) bool {
	return c.Creator == "cresset" && strings.HasPrefix(c.Name, "inc-")
}

// acknowledgedIsThere: what Slack was told is done is in the state, and stays.
func (p *past) acknowledgedIsThere() {
	for _, key := range slices.Sorted(maps.Keys(p.held)) {
		if !p.inbox[key] {
			p.t.Errorf("acknowledged and lost: %q (%s)", p.held[key], key)
		}
	}
}

// numbersHaveNoGaps: numbers of incidents and requests are 1, 2, 3.
func (p *past) numbersHaveNoGaps() {
	for i, inc := range p.incidents {
		if inc.Number != uint64(i+1) {
			p.t.Errorf("incident %d has the number %d", i+1, inc.Number)
		}
	}
	for i, r := range p.requests {
		if r.Number != uint64(i+1) {
			p.t.Errorf("request %d has the number %d", i+1, r.Number)
		}
	}
}

// noTwins: a person who says the same declaration again within two minutes, while
// the first goes on, has declared one incident.
func (p *past) noTwins() {
	for i, a := range p.incidents {
		for _, b := range p.incidents[i+1:] {
			apart := b.Times[cre.DeclaredAt].Sub(a.Times[cre.DeclaredAt])
			if a.Title == b.Title && a.Declarer.Key() == b.Declarer.Key() && a.Requests == nil && b.Requests == nil &&
				apart < 2*time.Minute && !p.moved(&a) {
				p.t.Errorf("%s and %s are the same, declared within %v", a.ID, b.ID, apart)
			}
		}
	}
}

// moved reports whether the incident ever came to another status.
func (p *past) moved(inc *cre.Incident) bool {
	return slices.ContainsFunc(p.entries[inc.ID], func(e cre.Entry) bool { return e.Kind == cre.Moved })
}

// recordsAndIndexesAgree: the file is sound, every index leads to a record and
// back, and the audit follows from line to line.
func (p *past) recordsAndIndexesAgree() {
	for _, err := range p.wrong {
		if err != nil {
			p.t.Error(err)
		}
	}
}

// everyChangeIsAudited: what was handled has one line in the audit, and every
// incident and request is named in one.
func (p *past) everyChangeIsAudited() {
	lines, changed := map[string]int{}, map[string]bool{}
	for _, a := range p.acts {
		lines[a.Event]++
		for _, id := range a.Changed {
			changed[id] = true
		}
	}
	for key := range p.inbox {
		if lines[key] != 1 {
			p.t.Errorf("%s has %d lines in the audit", key, lines[key])
		}
	}
	for key := range lines {
		if !p.inbox[key] {
			p.t.Errorf("%s is in the audit, and was never received", key)
		}
	}
	for _, inc := range p.incidents {
		if !changed[inc.ID] {
			p.t.Errorf("%s is in no line of the audit", inc.ID)
		}
	}
	for _, r := range p.requests {
		if !changed[r.ID] {
			p.t.Errorf("%s is in no line of the audit", r.ID)
		}
	}
}

// nothingIsLeftOpen: when Slack works again, everything is done in the end, or
// parked for a reason that only a person can mend.
func (p *past) nothingIsLeftOpen() {
	for _, e := range p.errands {
		if e.Open() && !e.Timed() && e.Left.Before(p.drained) { // a clock may strike at the stop
			p.t.Errorf("still open: errand %d, %s in lane %q, %d attempts, %s", e.ID, e.Kind, e.Lane, e.Attempts, e.Trouble)
		}
		if e.State == store.Parked && !slices.ContainsFunc(goodReasons, func(r string) bool { return strings.Contains(e.Trouble, r) }) {
			p.t.Errorf("parked without need: errand %d, %s for %s: %s", e.ID, e.Kind, e.Subject, e.Trouble)
		}
	}
}

var goodReasons = []string{"archived"}

func (p *past) incidentOf(room string) *cre.Incident {
	i := slices.IndexFunc(p.incidents, func(inc cre.Incident) bool { return inc.Room != nil && inc.Room.Place.Channel == room })
	if i < 0 {
		return nil
	}
	return &p.incidents[i]
}

func (p *past) troubled(inc *cre.Incident) bool {
	return slices.ContainsFunc(p.errands, func(e store.Errand) bool {
		return e.State == store.Parked && (e.Subject == inc.ID || inc.Room != nil && e.Place.Key() == inc.Room.Place.Key())
	})
}
