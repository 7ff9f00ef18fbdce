package workflow

import (
	"cresset/bot/cre"
	"cresset/store"
)

// Unseen stands for the subject of an errand that the asker may know nothing of,
// but that it is there.
const Unseen = "private"

// An Outbox is how the bot's errands stand.
type Outbox struct {
	Waiting int // due, or to be tried again
	Timed   int // to be done later
	Parked  []store.Errand
}

// Outbox counts the errands. Of those that hang on a private incident, who may
// not see it learns only that there are some.
func (s *Step) Outbox() (*Outbox, error) {
	pressing, later, err := store.Pressing(s.Tx, s.Now)
	if err != nil {
		return nil, err
	}
	o := &Outbox{Timed: later}
	for _, e := range pressing {
		if e.Due.After(s.Now) && e.Attempts == 0 {
			o.Timed++
		} else {
			o.Waiting++
		}
	}
	for e, err := range store.Errands.By(s.Tx, "parked", nil, store.Page{Limit: 100}) {
		if err != nil {
			return nil, err
		}
		visible, err := s.maySeeErrand(e)
		if err != nil {
			return nil, err
		}
		if !visible {
			e = &store.Errand{ID: e.ID, Kind: e.Kind, State: e.State, Subject: Unseen, Trouble: "only who is in the incident can see why"}
		}
		o.Parked = append(o.Parked, *e)
	}
	return o, nil
}

// Deed is [Deed] with the war room in which it happens, if it is one.
func (s *Step) Deed(e *store.Errand) (string, error) {
	inc, err := s.incidentOf(e.Place)
	if err != nil || inc == nil {
		return Deed(e), err
	}
	return Deed(e) + " in #" + inc.RoomAt(e.Place).Room.Name, nil
}

// maySeeErrand reports whether the asker may know what an errand is about: the
// incident or the request that it names, or in whose room it happens.
func (s *Step) maySeeErrand(e *store.Errand) (bool, error) {
	for _, find := range []func() (*cre.Incident, error){
		func() (*cre.Incident, error) { return s.find(e.Subject) },
		func() (*cre.Incident, error) { return s.incidentOf(e.Place) },
	} {
		if inc, err := find(); err != nil || inc != nil && !s.sees(inc) {
			return false, err
		}
	}
	r, err := s.findRequest(e.Subject)
	return err == nil && (r == nil || s.maySee(r)), err
}
