package workflow

import (
	"fmt"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// Retry takes a parked errand up again, unless what it was for is over. A
// message is said as it must read now.
func (s *Step) Retry(id uint64) (*store.Errand, error) {
	e, err := s.parked(id)
	if err != nil {
		return nil, err
	}
	why, err := s.obsolete(e)
	if err != nil {
		return nil, err
	}
	if why != "" {
		return nil, cre.Errorf(cre.Conflict, "Errand %d (%s) is not needed any more: %s. `cre drop %d` gives it up.", id, Deed(e), why, id)
	}
	s.Changed(fmt.Sprintf("errand %d", id))
	return e, s.takeUp(e)
}

// RetryAll takes up every parked errand that the asker may know of and that is
// still needed, in the order in which they were left.
func (s *Step) RetryAll() (n int, err error) {
	for e, err := range store.Errands.By(s.Tx, "parked", nil, store.Page{}) {
		if err != nil {
			return n, err
		}
		visible, err := s.maySeeErrand(e)
		if err != nil {
			return n, err
		}
		why, err := s.obsolete(e)
		if err != nil {
			return n, err
		}
		if !visible || why != "" {
			continue
		}
		n++
		s.Changed(fmt.Sprintf("errand %d", e.ID))
		if err := s.takeUp(e); err != nil {
			return n, err
		}
	}
	return n, nil
}

// Drop gives a parked errand up: it will not happen.
func (s *Step) Drop(id uint64) (*store.Errand, error) {
	e, err := s.parked(id)
	if err != nil {
		return nil, err
	}
	s.Changed(fmt.Sprintf("errand %d", id))
	return e, s.giveUp(e, "given up by "+s.By.Shown())
}

// parked finds a parked errand that the asker may know of.
func (s *Step) parked(id uint64) (*store.Errand, error) {
	e, err := store.Errands.Get(s.Tx, store.Key(id))
	if err != nil {
		return nil, err
	}
	if e != nil && e.State == store.Parked {
		if visible, err := s.maySeeErrand(e); err != nil || visible {
			return e, err
		}
	}
	return nil, cre.Errorf(cre.NotFound, "There is no parked errand %d. `cre status` lists them.", id)
}

// takeUp puts a parked errand back to where the outbox finds it. What was begun
// may have happened, and is looked up first.
func (s *Step) takeUp(e *store.Errand) error {
	e.State, e.Due, e.Ended, e.Attempts, e.Trouble, e.Gone, e.Barred, e.Offer = store.Sending, s.Now, time.Time{}, 0, "", false, false, chat.Button{}
	if e.Kind == store.Say {
		place, m, err := s.current(e)
		if err != nil {
			return err
		}
		if e.Message = m; place != e.Place { // nothing was begun there
			e.Place, e.Began, e.Unclear = place, time.Time{}, time.Time{}
			e.Lane = lane(e)
		}
	}
	if e.Began.IsZero() {
		e.State = store.Todo
	}
	return store.Errands.Put(s.Tx, e)
}

func (s *Step) giveUp(e *store.Errand, why string) error {
	if e.Trouble != "" {
		why = e.Trouble + " (" + why + ")"
	}
	e.State, e.Ended, e.Trouble, e.Offer = store.Dropped, s.Now, why, chat.Button{}
	return store.Errands.Put(s.Tx, e)
}

// obsolete says why an errand must not be done any more, "" if it may.
func (s *Step) obsolete(e *store.Errand) (chat.Text, error) {
	if e.Kind == store.HandOff {
		return s.notHandedOffAnyMore(e)
	}
	inc, r, err := s.roomOf(e)
	if err != nil || inc == nil {
		return "", err
	}
	switch e.Kind {
	case store.OpenRoom:
		if r != nil && r.Room != nil {
			return chat.Textf("**%s** has a war room%s", inc.ID, which(inc, r)), nil
		}
		if !inc.Status.Open() {
			return chat.Textf("**%s** is %s", inc.ID, string(inc.Status)), nil
		}
		return "", nil
	case store.CloseRoom:
		if inc.Status != cre.Closed {
			return chat.Textf("**%s** is %s", inc.ID, string(inc.Status)), nil
		}
	case store.Invite, store.Describe, store.Pin, store.Bookmark:
	default:
		return "", nil
	}
	if r == nil || !r.Is(e.Place) {
		return chat.Textf("that is not the war room of **%s** now", inc.ID), nil
	}
	return "", nil
}

// current is what a parked message must say now, and where. One that replaces
// another may be older than what people read already, a request may have become
// private meanwhile, and the configuration may name another channel.
func (s *Step) current(e *store.Errand) (chat.Place, *chat.Message, error) {
	word, id, _ := strings.Cut(e.Message.Key, " ")
	switch word {
	case cardKey:
		inc, err := s.incidentOf(e.Place)
		if err != nil || inc == nil {
			return e.Place, e.Message, err
		}
		return e.Place, s.card(inc), nil
	case "incident":
		inc, err := s.find(id)
		if err != nil || inc == nil {
			return e.Place, e.Message, err
		}
		if r := inc.RoomOn(e.Platform()); r != nil {
			return s.incidentsChannel(r.Platform), s.announcement(inc, r), nil
		}
	case "request", "asked":
		r, err := s.findRequest(id)
		switch {
		case err != nil || r == nil:
			return e.Place, e.Message, err
		case word == "request":
			place, m, err := s.cardNow(r, e.Place)
			return place, &m, err
		case r.Private || !s.openly(r) && e.Place != r.Asked:
			m := hidden(r)
			return e.Place, &m, nil
		}
	}
	return e.Place, e.Message, nil
}

// incidentOf is the incident that is worked on in a place, nil for other places.
func (s *Step) incidentOf(place chat.Place) (*cre.Incident, error) {
	return store.IncidentAt(s.Tx, place)
}

// RetryButton asks for another try of a parked errand.
func RetryButton(e *store.Errand, label string) chat.Button {
	return chat.Button{Label: label, Line: fmt.Sprintf("cre retry %d", e.ID)}
}

// RetryAllButton asks for another try of all that is parked.
func RetryAllButton() chat.Button { return chat.Button{Label: "Retry all", Line: "cre retry all"} }

// DropButton gives a parked errand up, and asks once.
func DropButton(e *store.Errand, label string) chat.Button {
	return chat.Button{Label: label, Line: fmt.Sprintf("cre drop %d", e.ID), Style: chat.Danger,
		Confirm: fmt.Sprintf("Give up errand %d (%s)? It will not be done.", e.ID, Deed(e))}
}
