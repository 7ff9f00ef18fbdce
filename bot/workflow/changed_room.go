package workflow

import (
	"fmt"
	"strings"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// What follows a look at a room of which a platform says that people changed it.
const (
	roomChanged = "room changed"
	roomMoved   = "room moved"
)

// RoomChanged has the war room looked at in which the step is; elsewhere it does
// nothing. Anybody can say that a room was changed, so nothing is believed but
// what is seen. Who comes and goes is of no account: the platform shows it, and
// on the timeline it would bury what was decided.
func (s *Step) RoomChanged() error {
	inc, err := s.incidentOf(s.At)
	if err != nil || inc == nil {
		return err
	}
	return s.lookAt(inc, inc.RoomAt(s.At).Room.Place, roomChanged)
}

// RoomMoved has the place looked at where the war room, in which the step is, is
// said to be now.
func (s *Step) RoomMoved(to string) error {
	inc, err := s.incidentOf(s.At)
	if err != nil || inc == nil {
		return err
	}
	return s.lookAt(inc, chat.Place{Platform: s.At.Platform, Channel: to}, roomMoved)
}

// lookAt leaves a look, unless one is about to be taken.
func (s *Step) lookAt(inc *cre.Incident, place chat.Place, then string) error {
	all, err := s.errandsOf(inc)
	if err != nil {
		return err
	}
	for _, e := range all {
		if e.Kind == store.Inspect && e.State == store.Todo && e.Then == then && e.Place == place {
			return nil
		}
	}
	s.Changed(inc.ID)
	_, err = s.Leave(store.Errand{Kind: store.Inspect, Place: place, Subject: inc.ID, Then: then, Priority: store.ForRoom})
	return err
}

// roomChanged takes over what people made of the room.
func (s *Step) roomChanged(e *store.Errand, o Outcome) error {
	inc, r, err := s.roomOf(e)
	if err != nil || r == nil || r.Room == nil || r.Room.Place != e.Place || o.Seen == nil {
		return err
	}
	if o.Seen.Gone || o.Seen.Archived {
		return s.roomEnded(inc, r, lostHow(o.Seen))
	}
	renamed := o.Seen.Name != "" && o.Seen.Name != r.Room.Name
	if renamed {
		if err := s.happened(inc, r, "war room #%s is called #%s now", r.Room.Name, o.Seen.Name); err != nil {
			return err
		}
		r.Room.Name, r.RoomName = o.Seen.Name, o.Seen.Name
	}
	back := r.RoomTrouble != ""
	if back {
		r.RoomTrouble = ""
		if err := s.happened(inc, r, "war room #%s can be used again", r.Room.Name); err != nil {
			return err
		}
		if err := s.regained(inc, r); err != nil {
			return err
		}
	}
	if o.Seen.Shared != r.Shared {
		if err := s.roomShared(inc, r, o.Seen.Shared); err != nil {
			return err
		}
	}
	switch {
	case back:
		return s.save(inc)
	case !renamed:
		return s.keep(inc)
	}
	if err := s.keep(inc); err != nil {
		return err
	}
	return s.announce(inc, r, 0)
}

// roomEnded says what is missing now, once.
func (s *Step) roomEnded(inc *cre.Incident, r *cre.WarRoom, how string) error {
	if !inc.Status.Open() || r.RoomTrouble == fmt.Sprintf("#%s %s", r.Room.Name, how) {
		return nil
	}
	if err := s.happened(inc, r, "war room #%s %s", r.Room.Name, how); err != nil {
		return err
	}
	return s.loseRoom(inc, r, chat.Place{}, how)
}

// roomShared warns those who write in the room.
func (s *Step) roomShared(inc *cre.Incident, r *cre.WarRoom, shared bool) error {
	r.Shared = shared
	m := chat.Message{Text: "This room is no longer shared with another organisation."}
	what := "war room #%s is not shared any more"
	if shared {
		m = chat.Message{Tone: chat.Danger, Text: "**This room is now shared with another organisation.** Its people can read everything said here, including earlier messages."}
		what = "war room #%s was shared with another organisation"
	}
	if err := s.happened(inc, r, what, r.Room.Name); err != nil {
		return err
	}
	return s.sayIn(inc, r, store.Errand{Message: &m})
}

// roomMoved goes on in the place that carries the mark of the incident: the same
// room, under another id.
func (s *Step) roomMoved(e *store.Errand, o Outcome) error {
	inc, r, err := s.roomOf(e)
	if err != nil || r == nil || r.Room == nil || r.Room.Place == e.Place || o.Seen == nil || o.Seen.Gone {
		return err
	}
	mark, err := s.mark(inc)
	if err != nil || !strings.Contains(o.Seen.Purpose, mark) {
		return err
	}
	card, err := s.cardIn(r)
	if err != nil {
		return err
	}
	if err := s.moveErrands(inc, r, e.Place.Channel); err != nil {
		return err
	}
	room := *r.Room
	room.Place = e.Place
	r.Room = &room
	if !card.IsZero() { // the same message, which is replaced as before
		card.Place = e.Place
		if err := store.SaidMessages.Put(s.Tx, &store.Said{Place: e.Place, Key: cardKey, Ref: card}); err != nil {
			return err
		}
	}
	return s.keep(inc)
}

// moveErrands takes what is still to be done in a room to where that is now. What
// is under way ends by itself.
func (s *Step) moveErrands(inc *cre.Incident, r *cre.WarRoom, to string) error {
	left, err := s.errandsIn(inc, r)
	if err != nil {
		return err
	}
	for _, e := range left {
		if e.State == store.Sending {
			continue
		}
		if e.Place.Channel = to; !e.Ref.IsZero() {
			e.Ref.Place.Channel = to
		}
		e.Lane = lane(&e)
		if err := store.Errands.Put(s.Tx, &e); err != nil {
			return err
		}
	}
	return nil
}
