package workflow

import "cresset/bot/cre"

// Lacks lists what a request does not tell that its kind must know. Of one that the
// asker does not see that is nothing.
func (s *Step) Lacks(id string) ([]cre.Fact, error) {
	r, err := s.Request(id)
	if cre.Is(err, cre.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return r.Missing(s.Rules.RequestKind(r.Kind)), nil
}
