package workflow

import (
	"slices"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// Hush makes the rooms of the incident quiet, or lets the bot speak in them again.
func (s *Step) Hush(inc *cre.Incident, quiet bool) error {
	if quiet && !slices.ContainsFunc(inc.Rooms(), func(r cre.WarRoom) bool { return s.Rules.HasRooms(r.Platform) }) {
		return cre.Errorf(cre.Conflict, "**%s** has no room to keep quiet. My messages are in the thread of its announcement.", inc.ID)
	}
	if err := inc.Hush(quiet); err != nil {
		return err
	}
	s.Changed(inc.ID)
	return s.save(inc)
}

// spot is where the bot speaks in a room: in it, or, if the incident is quiet, in
// the thread under its card. What is a thread itself is quiet as it is.
func (s *Step) spot(inc *cre.Incident, r *cre.WarRoom) (chat.Place, error) {
	if !inc.Quiet || r.IsThread() {
		return r.Room.Place, nil
	}
	card, err := s.cardIn(r)
	return r.Room.Place.In(card.ID), err
}

// sayIn says something in a room of the incident.
func (s *Step) sayIn(inc *cre.Incident, r *cre.WarRoom, e store.Errand) (err error) {
	if e.Place, err = s.spot(inc, r); err != nil {
		return err
	}
	if r.IsThread() && e.Subject == "" {
		e.Subject = inc.ID // so that it follows when the thread moves
	}
	e.Kind, e.Priority = store.Say, store.ForRoom
	_, err = s.say(e)
	return err
}

// Answer says in the room where the step is what answers it. It reports whether
// the reply does that; one in a quiet room is in its thread.
func (s *Step) Answer(inc *cre.Incident, m chat.Message) (public bool, err error) {
	here := inc.RoomAt(s.At)
	if here == nil || !inc.Quiet || here.IsThread() {
		return here != nil, nil
	}
	return false, s.sayIn(inc, here, store.Errand{Message: &m})
}
