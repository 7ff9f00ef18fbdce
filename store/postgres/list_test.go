package postgres

import (
	"testing"

	"cresset/store"
)

// What a commit wrote only to be sure of itself is nobody's collection.
func TestAnchorIsNoCollection(t *testing.T) {
	db, _ := fresh(t, Options{})
	none(t, db.Update(t.Context(), func(tx store.Tx) error { return tx.Put(string(anchored), []byte{0}, nil) }))
	none(t, db.View(t.Context(), func(tx store.Tx) error {
		if all, err := tx.Collections(); err != nil || len(all) > 0 {
			t.Errorf("collections %q, %v", all, err)
		}
		return nil
	}))
}
