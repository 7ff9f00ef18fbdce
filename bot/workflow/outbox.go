package workflow

import "cresset/store"

// An Outbox is how the bot's errands stand.
type Outbox struct {
	Waiting int // due, and not done yet
	Timed   int // to be done later
	Parked  []store.Errand
}

// Outbox counts the errands.
func (s *Step) Outbox() (*Outbox, error) {
	o := &Outbox{}
	for e, err := range store.Errands.By(s.Tx, "due", nil, store.Page{}) {
		if err != nil {
			return nil, err
		}
		if e.Due.After(s.Now) {
			o.Timed++
		} else {
			o.Waiting++
		}
	}
	for e, err := range store.Errands.By(s.Tx, "parked", nil, store.Page{Limit: 100}) {
		if err != nil {
			return nil, err
		}
		o.Parked = append(o.Parked, *e)
	}
	return o, nil
}
