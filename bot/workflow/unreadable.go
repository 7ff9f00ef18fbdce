package workflow

import (
	"slices"

	"cresset/store"
)

// Unreadable lists what was delivered and could not be read, as far as it is
// kept, the latest first.
func (s *Step) Unreadable() ([]*store.Unreadable, error) {
	var kept []*store.Unreadable
	for u, err := range store.Unreadables.All(s.Tx, store.Page{}) {
		if err != nil {
			return nil, err
		}
		kept = append(kept, u)
	}
	slices.SortFunc(kept, func(a, b *store.Unreadable) int { return int(b.ID) - int(a.ID) })
	return kept, nil
}
