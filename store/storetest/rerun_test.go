package storetest_test

import (
	"path/filepath"
	"testing"

	"cresset/store"
	"cresset/store/bolt"
	"cresset/store/storetest"
)

func TestRerun(t *testing.T) {
	inner, err := bolt.Open(filepath.Join(t.TempDir(), "cresset.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	db := storetest.Rerun(inner)
	runs, looks := 0, 0
	var got uint64
	err = db.Update(t.Context(), func(tx store.Tx) (err error) {
		runs++
		got, err = store.Sequence(tx, "n")
		return err
	})
	if err != nil || runs != 2 || got != 1 {
		t.Errorf("update: %d runs, number %d, %v; want 2 runs and number 1", runs, got, err)
	}
	err = db.View(t.Context(), func(store.Tx) error { looks++; return nil })
	if err != nil || looks != 2 {
		t.Errorf("view: %d runs, %v", looks, err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	if err := db.Update(t.Context(), func(store.Tx) error { return nil }); err != store.ErrClosed {
		t.Errorf("closed: %v", err)
	}
}
