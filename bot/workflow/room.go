package workflow

import (
	"fmt"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// The steps of a war room, in their order.
const (
	roomOpened = "room opened"
	declarerIn = "declarer in"
	peopleIn   = "people in"
	cardSaid   = "card said"

	roomResting = "room resting"
	roomClosed  = "room closed"
)

// restsFor is how long the room of a closed incident stays before it is
// archived.
const restsFor = 24 * time.Hour

// begin writes a new incident and leaves the opening of its room. The
// announcement waits a moment for the room, so that the declarer is in after two
// calls; it does not wait for a room that does not come.
func (s *Step) begin(inc *cre.Incident) error {
	return s.beginAgain(inc, 0)
}

// beginAgain opens a room of which so many names are known to be taken.
func (s *Step) beginAgain(inc *cre.Incident, taken int) error {
	inc.RoomName = inc.Slug()
	if err := s.open(inc, taken); err != nil {
		return err
	}
	if err := s.keep(inc); err != nil {
		return err
	}
	return s.announce(inc, announceAfter)
}

// open leaves the opening of the room. One that came to no end goes on where it
// was, and one that a person gave up is looked for as before: it may have made
// the room, and a second would be too many.
func (s *Step) open(inc *cre.Incident, taken int) error {
	mark, err := s.mark(inc)
	if err != nil {
		return err
	}
	before, err := s.opening(inc)
	if err != nil {
		return err
	}
	since := s.Now
	switch {
	case before == nil || before.State == store.Done:
	case before.State == store.Dropped:
		since, taken = before.Room.Since, before.Suffix
	case before.State == store.Parked:
		return s.takeUp(before)
	default:
		return nil
	}
	left, err := s.Leave(store.Errand{
		Kind: store.OpenRoom, Lane: roomLane(inc), Place: chat.Place{Platform: inc.Home.Platform}, Subject: inc.ID,
		Then: roomOpened, Priority: store.ForRoom, Suffix: taken,
		Room: &chat.RoomSpec{Name: inc.RoomName, Private: inc.Private, Since: since, Mark: mark},
	})
	if err != nil || before == nil || before.State != store.Dropped || before.Began.IsZero() {
		return err
	}
	left.State, left.Began, left.Unclear = store.Sending, before.Began, before.Unclear
	return store.Errands.Put(s.Tx, left)
}

// opening is the last errand that was to open the incident's room, nil if it is
// forgotten.
func (s *Step) opening(inc *cre.Incident) (last *store.Errand, err error) {
	all, err := s.errandsOf(inc)
	for i := range all {
		if all[i].Kind == store.OpenRoom {
			last = &all[i]
		}
	}
	return last, err
}

// errandsOf lists the errands that name the incident, as they were left.
func (s *Step) errandsOf(inc *cre.Incident) (all []store.Errand, err error) {
	for e, err := range store.Errands.By(s.Tx, "subject", store.Key(inc.ID), store.Page{}) {
		if err != nil {
			return nil, err
		}
		all = append(all, *e)
	}
	return all, nil
}

// mark is what the purpose of the room carries, so that its owner can be told,
// also after a restore.
func (s *Step) mark(inc *cre.Incident) (string, error) {
	generation, err := store.Fact(s.Tx, store.Generation)
	return inc.ID + " " + generation, err
}

func roomLane(inc *cre.Incident) string { return "room " + inc.ID }

// roomOpened brings the declarer in: the second call. The card gives it a moment,
// as the announcement does; whatever is said in the room meanwhile comes behind
// the card.
func (s *Step) roomOpened(e *store.Errand, o Outcome) error {
	inc, err := s.find(e.Subject)
	if err != nil || inc == nil || o.Trouble != "" {
		return err
	}
	inc.Room, inc.RoomName, inc.RoomTrouble = o.Room, o.Room.Name, ""
	if err := s.Record(inc, cre.Entry{Kind: cre.Happened, Text: "war room #" + o.Room.Name + " opened"}); err != nil {
		return err
	}
	if err := s.keep(inc); err != nil {
		return err
	}
	if inc.Declarer.Platform != o.Room.Place.Platform {
		return s.furnish(inc)
	}
	if _, err := s.Leave(store.Errand{Kind: store.Invite, Lane: roomLane(inc), Place: o.Room.Place, Subject: inc.ID,
		People: []chat.Person{inc.Declarer}, Then: declarerIn, Priority: store.ForRoom}); err != nil {
		return err
	}
	return s.sayCard(inc, cardAfter)
}

func (s *Step) declarerIn(e *store.Errand, o Outcome) error {
	inc, err := s.find(e.Subject)
	if err != nil || inc == nil {
		return err
	}
	if err := s.furnish(inc); err != nil {
		return err
	}
	return s.peopleIn(e, o)
}

// furnish leaves everything else that a room has. None waits for another: a
// failure of one aborts none.
func (s *Step) furnish(inc *cre.Incident) error {
	topic, purpose, err := s.description(inc)
	if err != nil {
		return err
	}
	if err := s.sayCard(inc, 0); err != nil {
		return err
	}
	if err := s.describe(inc, topic, purpose); err != nil {
		return err
	}
	if err := s.bookmark(inc); err != nil {
		return err
	}
	for _, role := range cre.IncidentRoles {
		if who := inc.Roles[role]; !who.IsZero() && who.Key() != inc.Declarer.Key() {
			if err := s.bringIn(inc, who); err != nil {
				return err
			}
		}
	}
	return s.announce(inc, 0)
}

// description is what stands above the room.
func (s *Step) description(inc *cre.Incident) (topic, purpose string, err error) {
	mark, err := s.mark(inc)
	return chat.Cut(fmt.Sprintf("%s %s", inc.ID, inc.Title), 250), "War room of " + mark, err
}

func (s *Step) describe(inc *cre.Incident, topic, purpose string) error {
	_, err := s.Leave(store.Errand{Kind: store.Describe, Place: inc.Room.Place, Subject: inc.ID, Priority: store.ForRoom,
		Topic: topic, Purpose: purpose})
	return err
}

// sayCard leaves the card, to be pinned once it is said. One that waits already
// is taken forward.
func (s *Step) sayCard(inc *cre.Incident, wait time.Duration) error {
	_, err := s.say(store.Errand{Kind: store.Say, Place: inc.Room.Place, Message: s.card(inc), Subject: inc.ID,
		Then: cardSaid, Priority: store.ForRoom, Due: s.Now.Add(wait)})
	return err
}

// bookmark leaves the link to the record, where there is one to link to.
func (s *Step) bookmark(inc *cre.Incident) error {
	link := s.record(inc)
	if link == "" {
		return nil
	}
	_, err := s.Leave(store.Errand{Kind: store.Bookmark, Place: inc.Room.Place, Subject: inc.ID, Priority: store.ForRoom,
		Topic: inc.ID + " timeline", Link: link})
	return err
}

// record is the address of the incident in the console.
func (s *Step) record(inc *cre.Incident) string { return s.site("/incidents/" + inc.ID) }

// bringIn leaves an invitation, for who is on the room's platform.
func (s *Step) bringIn(inc *cre.Incident, who chat.Person) error {
	if inc.Room == nil || who.Platform != inc.Room.Place.Platform {
		return nil
	}
	_, err := s.Leave(store.Errand{Kind: store.Invite, Lane: roomLane(inc), Place: inc.Room.Place, Subject: inc.ID,
		People: []chat.Person{who}, Then: peopleIn, Priority: store.ForRoom})
	return err
}

// peopleIn names in the room who could not come.
func (s *Step) peopleIn(e *store.Errand, o Outcome) error {
	for _, r := range o.Refused {
		if _, err := s.Say(e.Place, chat.Message{Tone: chat.Warning,
			Text: chat.Textf("%s could not be brought in: %s", r.Who, r.Reason)}, store.ForRoom); err != nil {
			return err
		}
	}
	return nil
}

// cardSaid pins the card.
func (s *Step) cardSaid(e *store.Errand, o Outcome) error {
	if o.Trouble != "" {
		return nil
	}
	_, err := s.Leave(store.Errand{Kind: store.Pin, Place: o.Ref.Place, Ref: o.Ref, Subject: e.Subject, Priority: store.ForRoom})
	return err
}

// rest leaves the archiving of the room for later: closing is often followed by
// one more word.
func (s *Step) rest(inc *cre.Incident) error {
	if inc.Room == nil {
		return nil
	}
	return s.Later(s.Now.Add(restsFor), roomResting, inc.ID, "")
}

// roomResting archives the room, unless the incident was reopened meanwhile.
func (s *Step) roomResting(e *store.Errand, _ Outcome) error {
	inc, err := s.find(e.Subject)
	if err != nil || inc == nil || inc.Room == nil || inc.Status != cre.Closed || s.Now.Sub(inc.Times[cre.ClosedAt]) < restsFor {
		return err
	}
	_, err = s.Leave(store.Errand{Kind: store.CloseRoom, Lane: inc.Room.Place.Key(), Place: inc.Room.Place, Subject: inc.ID, Then: roomClosed, Priority: store.ForDigest})
	return err
}

// stay takes back what would archive the room, if it has not begun or never
// came to an end.
func (s *Step) stay(inc *cre.Incident) error {
	all, err := s.errandsOf(inc)
	if err != nil {
		return err
	}
	for _, e := range all {
		if e.Kind == store.CloseRoom && (e.State == store.Todo || e.State == store.Parked) {
			if err := s.giveUp(&e, inc.ID+" was reopened"); err != nil {
				return err
			}
		}
	}
	return nil
}

// roomClosed forgets the room: who reopens the incident gets a new one, and who
// has reopened it just before as well.
func (s *Step) roomClosed(e *store.Errand, o Outcome) error {
	inc, err := s.find(e.Subject)
	if err != nil || inc == nil || inc.Room == nil || inc.Room.Place.Key() != e.Place.Key() || o.Trouble != "" {
		return err
	}
	if err := s.Record(inc, cre.Entry{Kind: cre.Happened, Text: "war room #" + inc.Room.Name + " archived"}); err != nil {
		return err
	}
	inc.Room = nil
	if inc.Status.Open() {
		return s.begin(inc)
	}
	return s.save(inc)
}

// site is a link into the console, "" when nobody said where people reach it.
func (s *Step) site(path string) string {
	if s.Rules.Site == "" {
		return ""
	}
	return s.Rules.Site + path
}
