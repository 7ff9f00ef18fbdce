package workflow

import (
	"time"

	"cresset/store"
)

// A regular is a step that comes again at the times that a calendar gives.
type regular struct {
	name          string // of its own; with a time, it makes the step come once
	then, subject string
	next          func(after time.Time) time.Time // zero: never again
}

func (r regular) lane() string { return store.TimedLane + r.name }

// schedule leaves the timer of the next time, if there is one. The name of the
// time makes it fire once.
func (s *Step) schedule(r regular) error {
	waiting, err := store.Errands.First(s.Tx, "lane", store.Key(r.lane()))
	if err != nil {
		return err
	}
	at := r.next(s.Now)
	if waiting != nil {
		if waiting.Due.Equal(at) || waiting.Due.Before(s.Now) {
			return nil
		}
		// The schedule was changed in the configuration.
		if err := store.Errands.Delete(s.Tx, store.Errands.Key(waiting)); err != nil {
			return err
		}
	}
	for !at.IsZero() { // a clock that was set back meets times that are over
		once := r.name + " " + at.UTC().Format(time.RFC3339)
		over, err := store.Errands.First(s.Tx, "once", store.Key(once))
		if err != nil {
			return err
		}
		if over == nil {
			_, err = s.Leave(store.Errand{Kind: store.Timer, Lane: r.lane(), Due: at, Then: r.then, Subject: r.subject, Once: once})
			return err
		}
		at = r.next(at)
	}
	return nil
}
