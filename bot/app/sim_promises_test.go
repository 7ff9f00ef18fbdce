package app

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
	"cresset/store/bolt"
)

// promises holds the state that is left, and what people see, against what cresset
// promises. They are the invariants of any run, whatever happened.
func (s *sim) promises() {
	p := s.past()
	for _, on := range s.on {
		for _, problem := range on.problems() {
			s.t.Errorf("%s would not have this: %s", on.name(), problem)
		}
	}
	p.nothingWithoutIntent()
	p.acknowledgedIsThere()
	p.reactionsAreHeard()
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
	p.entriesCrossOnce()
	p.wordsAreHeardOnce()
	p.requestsHaveTheirCard()
	p.clocksSpeakOnce()
	p.timersAreOne()
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
	humans     []cre.Human
	entries    map[string][]cre.Entry
	audit      []store.Act
	inbox      map[string]bool
	wrong      []error // with the records
	channels   map[string]seenChannel
	rooms      []seenChannel            // that the bot made
	directs    map[string][]seenMessage // by account
}

// past reads the state that the last life left.
func (s *sim) past() *past {
	s.t.Helper()
	p := &past{sim: s, entries: map[string][]cre.Entry{}, inbox: map[string]bool{}, channels: map[string]seenChannel{}, directs: map[string][]seenMessage{}}
	db, err := bolt.Open(s.file(s.lives+1), bolt.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	if err := db.View(context.Background(), p.read); err != nil {
		s.t.Fatal(err)
	}
	p.wrong = append(p.wrong, db.Check(context.Background()))
	for _, on := range s.on {
		for _, c := range on.channels() {
			p.channels[c.key] = c
			if c.own {
				p.rooms = append(p.rooms, c)
			}
		}
		for _, who := range people {
			p.directs[on.account(who).key()] = on.direct(who)
		}
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
	if p.humans, err = allOf(tx, store.People); err != nil {
		return err
	}
	if p.audit, err = allOf(tx, store.Audit); err != nil {
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

// drain lets time go by until nothing is left to do, for hours at most. The
// last event comes after six minutes.
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
	for _, on := range s.on {
		for _, c := range on.channels() {
			if c.own {
				s.before = append(s.before, c.key)
			}
		}
	}
}

// nothingWithoutIntent: every call that people see the effect of was asked for by
// an errand that was durable before it, or answers what somebody did.
func (p *past) nothingWithoutIntent() {
	for _, c := range p.unasked {
		if !c.on.answers(c) {
			p.t.Errorf("no durable intent for %s %v", c.told(), c.raw)
		}
	}
}

// unsaid are answers that promise nothing.
var unsaid = []string{"Nothing was saved", "It is not known whether this worked"}

// acknowledgedIsThere: what a service was told is done was in the state, and stays.
func (p *past) acknowledgedIsThere() {
	for _, a := range p.answers {
		did := p.acts[a.key]
		if did.must && !a.held && !slices.ContainsFunc(unsaid, func(u string) bool { return strings.Contains(a.told, u) }) {
			p.t.Errorf("acknowledged, but not durable: %s, %q", did.line, a.told)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(p.held)) {
		if !p.inbox[key] {
			p.t.Errorf("acknowledged and lost: %q (%s)", p.held[key], key)
		}
	}
}

// reactionsAreHeard: what somebody said to the bot or reacted on in a war room is
// heard, though no service asks whether it was.
func (p *past) reactionsAreHeard() {
	for key, a := range p.acts {
		if c := p.channels[a.in]; a.in != "" && c.own && !c.archived && !p.inbox[key] && !p.restored && !p.temper.longPauses {
			p.t.Errorf("nobody heard %q in #%s (%s)", a.line, c.name, key)
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
	for _, a := range p.audit {
		if a.Command == "link" { // what was learnt of who did it, beside what they did
			continue
		}
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

// nothingIsLeftOpen: when nothing goes wrong, everything is done in the end, or
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

// incidentOf is the incident whose room it is.
func (p *past) incidentOf(room string) *cre.Incident {
	for i := range p.incidents {
		for _, r := range p.incidents[i].Rooms() {
			if r.Room != nil && r.Room.Place.Key() == room {
				return &p.incidents[i]
			}
		}
	}
	return nil
}

func (p *past) troubled(inc *cre.Incident) bool {
	return slices.ContainsFunc(p.errands, func(e store.Errand) bool {
		here := slices.ContainsFunc(inc.Rooms(), func(r cre.WarRoom) bool { return r.Is(e.Place) })
		return e.State == store.Parked && (e.Subject == inc.ID || here)
	})
}

// eachRoom visits the rooms of all incidents that are as they should be.
func (p *past) eachRoom(visit func(*cre.Incident, *cre.WarRoom, seenChannel)) {
	for i := range p.incidents {
		inc := &p.incidents[i]
		for _, r := range inc.Rooms() {
			if r.Room != nil && !p.troubled(inc) {
				visit(inc, &r, p.channels[r.Room.Place.Key()])
			}
		}
	}
}
