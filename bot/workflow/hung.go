package workflow

import (
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// What the bot says of an incident may hang on a message: on the card of a quiet
// room, or on the announcement where there are no rooms. Somebody may delete that
// message. Nothing that was to be said under it is lost: it is said under the one
// that takes its place, or, if the message stands and only its thread is gone,
// beside it.

// hungAgain is the step after a message was said again on which a thread hangs.
const hungAgain = "hung again"

// threadLost holds what could not be said because its thread is gone, and says the
// message again that the thread hangs on, which shows whether that is still there.
// It reports whether the thread is the incident's.
func (s *Step) threadLost(e *store.Errand) (bool, error) {
	inc, err := s.incidentOf(e.Place)
	if err == nil && inc == nil {
		inc, err = s.find(e.Subject) // which may be in another thread meanwhile
	}
	if err != nil || inc == nil || e.Kind != store.Say {
		return false, err
	}
	r := inc.RoomOn(e.Platform())
	if r == nil || r.Room == nil || r.Room.Place.Key() != e.Place.Key() {
		return false, nil
	}
	card, err := s.cardIn(r)
	if err != nil {
		return false, err
	}
	e.Gone = true
	if e.Place == r.Room.Place || e.Place == r.Room.Place.In(card.ID) {
		if err := s.hangAgain(inc, r); err != nil {
			return false, err
		}
		return true, store.Errands.Put(s.Tx, e)
	}
	if e.Subject != "" && e.Subject != inc.ID {
		return false, nil // the thread of something else in the room
	}
	to, err := s.spot(inc, r) // there is another thread meanwhile
	if err != nil {
		return false, err
	}
	return true, s.moveSaid(e, to)
}

// hangAgain says the card of a room again, or the announcement that a thread hangs
// on.
func (s *Step) hangAgain(inc *cre.Incident, r *cre.WarRoom) error {
	place, m := r.Room.Place, s.card(inc)
	if r.IsThread() {
		place, m = s.incidentsChannel(r.Platform), s.announcement(inc, r)
	}
	_, err := s.say(store.Errand{Kind: store.Say, Place: place, Message: m, Subject: inc.ID, Then: hungAgain, Priority: store.ForRoom})
	return err
}

// hungAgain says beside the message what cannot be said under it although it stands.
// An announcement that is another one now takes the thread with it: the platform may
// say it anew each time.
func (s *Step) hungAgain(e *store.Errand, o Outcome) error {
	inc, r, err := s.roomOf(e)
	if err != nil || r == nil || r.Room == nil || o.Trouble != "" {
		return err
	}
	switch {
	case r.IsThread() && r.Room.Place != under(o.Ref):
		return s.moveThread(inc, r, under(o.Ref))
	case r.IsThread():
		return s.moveHung(r.Room.Place, o.Ref.Place, true)
	}
	return s.moveHung(r.Room.Place.In(o.Ref.ID), r.Room.Place, true)
}

// replaced follows a message that took the place of one that somebody deleted. If it
// is a card or an announcement, what hung on the other hangs on it.
func (s *Step) replaced(e *store.Errand, o Outcome) error {
	inc, err := s.incidentOf(e.Place)
	if err != nil {
		return err
	}
	if inc != nil && e.Message.Key == cardKey {
		r := inc.RoomAt(e.Place)
		to, err := s.spot(inc, r)
		if err == nil && e.Then != cardSaid {
			err = s.cardSaid(e, o)
		}
		if err != nil {
			return err
		}
		return s.moveHung(r.Room.Place.In(o.Lost.ID), to, false)
	}
	inc, r, err := s.roomOf(e)
	if err != nil || r == nil || !r.IsThread() || r.Room.Place != under(o.Lost) || e.Message.Key != announcementKey(inc) {
		return err
	}
	return s.moveThread(inc, r, under(o.Ref))
}

// moveThread goes on with an incident in another thread.
func (s *Step) moveThread(inc *cre.Incident, r *cre.WarRoom, to chat.Place) error {
	from := r.Room.Place
	room := *r.Room
	room.Place = to
	r.Room = &room
	if err := s.keep(inc); err != nil {
		return err
	}
	if err := s.sayCard(inc, r, 0); err != nil {
		return err
	}
	return s.moveHung(from, to, false)
}

// moveHung takes what is still to be said in a thread to another place: all of it,
// or only what could not be said because the thread is gone. What is under way ends
// by itself.
func (s *Step) moveHung(from, to chat.Place, onlyGone bool) error {
	var hung []store.Errand
	for index, prefix := range map[string][]byte{"lane": store.Key(from.Key()), "parked": nil} {
		for e, err := range store.Errands.By(s.Tx, index, prefix, store.Page{}) {
			if err != nil {
				return err
			}
			if e.Kind == store.Say && e.Place == from && e.State != store.Sending && (e.Gone || !onlyGone) {
				hung = append(hung, *e)
			}
		}
	}
	for _, e := range hung {
		if err := s.moveSaid(&e, to); err != nil {
			return err
		}
	}
	return nil
}

// moveSaid takes a message to another place, where nothing of it was begun. What was
// parked because its place is gone is tried there.
func (s *Step) moveSaid(e *store.Errand, to chat.Place) error {
	e.Place, e.Began, e.Unclear = to, time.Time{}, time.Time{}
	e.Lane = lane(e)
	if e.Gone {
		return s.takeUp(e)
	}
	return store.Errands.Put(s.Tx, e)
}
