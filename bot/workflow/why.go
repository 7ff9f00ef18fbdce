package workflow

import (
	"cresset/bot/cre"
)

// A Why is what a request's place in the queue comes from.
type Why struct {
	Points, Most int
	Reasons      []cre.Reason // their points add up to Points
	Place, Open  int          // the place among all that is open
}

// Why explains an open request's place.
func (s *Step) Why(r *cre.Request) (*Why, error) {
	if err := r.Must(); err != nil {
		return nil, err
	}
	queue, err := s.Queue()
	if err != nil {
		return nil, err
	}
	w := &Why{Most: s.Rules.Weights.Most(), Place: queue.Place(r.Number), Open: queue.Len()}
	w.Points, w.Reasons, err = s.Score(r)
	return w, err
}
