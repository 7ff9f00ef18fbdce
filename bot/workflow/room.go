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
	mark, err := s.mark(inc)
	if err != nil {
		return err
	}
	inc.RoomName = inc.Slug()
	if _, err := s.Leave(store.Errand{
		Kind: store.OpenRoom, Lane: roomLane(inc), Place: chat.Place{Platform: inc.Home.Platform}, Subject: inc.ID,
		Then: roomOpened, Priority: store.ForRoom,
		Room: &chat.RoomSpec{Name: inc.RoomName, Private: inc.Private, Since: s.Now,
			Mark: mark},
	}); err != nil {
		return err
	}
	if err := s.keep(inc); err != nil {
		return err
	}
	return s.announce(inc, announceAfter)
}

// mark is what the purpose of the room carries, so that its owner can be told,
// also after a restore.
func (s *Step) mark(inc *cre.Incident) (string, error) {
	generation, err := store.Fact(s.Tx, store.Generation)
	return inc.ID + " " + generation, err
}

func roomLane(inc *cre.Incident) string { return "room " + inc.ID }

// roomOpened brings the declarer in: the second call.
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
	_, err = s.Leave(store.Errand{Kind: store.Invite, Lane: roomLane(inc), Place: o.Room.Place, Subject: inc.ID,
		People: []chat.Person{inc.Declarer}, Then: declarerIn, Priority: store.ForRoom})
	return err
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
	mark, err := s.mark(inc)
	if err != nil {
		return err
	}
	if _, err := s.say(store.Errand{Kind: store.Say, Place: inc.Room.Place, Message: s.card(inc), Subject: inc.ID,
		Then: cardSaid, Priority: store.ForRoom}); err != nil {
		return err
	}
	if _, err := s.Leave(store.Errand{Kind: store.Describe, Place: inc.Room.Place, Subject: inc.ID, Priority: store.ForRoom,
		Topic:   chat.Cut(fmt.Sprintf("%s %s", inc.ID, inc.Title), 250),
		Purpose: "War room of " + mark}); err != nil {
		return err
	}
	if link := s.site("/incidents/" + inc.ID); link != "" {
		if _, err := s.Leave(store.Errand{Kind: store.Bookmark, Place: inc.Room.Place, Subject: inc.ID, Priority: store.ForRoom,
			Topic: inc.ID + " timeline", Link: link}); err != nil {
			return err
		}
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

// stay takes back what would archive the room, if it has not begun.
func (s *Step) stay(inc *cre.Incident) error {
	for e, err := range store.Errands.By(s.Tx, "subject", store.Key(inc.ID), store.Page{}) {
		if err != nil {
			return err
		}
		if e.Kind != store.CloseRoom || e.State != store.Todo {
			continue
		}
		if err := store.Errands.Delete(s.Tx, store.Errands.Key(e)); err != nil {
			return err
		}
	}
	return nil
}

// roomClosed forgets the room: who reopens the incident gets a new one, and who
// has reopened it just before as well.
func (s *Step) roomClosed(e *store.Errand, o Outcome) error {
	inc, err := s.find(e.Subject)
	if err != nil || inc == nil || inc.Room == nil || o.Trouble != "" {
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
