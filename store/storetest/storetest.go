// Package storetest is the suite that every engine of store passes. It says
// in code what [store.DB] says in words, and tries the typed collections on
// top, whose promises rest on the engine's.
//
// It does not test what happens when the disk fails or the process dies: that
// differs between engines and stands in their own tests.
package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"cresset/store"
)

// Run runs the suite. open gives an empty database; the suite closes it.
func Run(t *testing.T, open func(t *testing.T) store.DB) {
	tests := []struct {
		name string
		run  func(*testing.T, store.DB)
	}{
		{"get, put, delete", getPutDelete},
		{"slices are nobody else's", slicesAreOwn},
		{"scan", scan},
		{"scan sees this transaction and reads inside", scanInside},
		{"scan refuses writes", scanRefusesWrites},
		{"scan ends on error", scanEndsOnError},
		{"collections", collections},
		{"view is a snapshot", viewIsSnapshot},
		{"view refuses writes", viewRefusesWrites},
		{"an error undoes all", errorUndoesAll},
		{"a panic undoes all", panicUndoesAll},
		{"an escaped transaction is dead", escapedIsDead},
		{"a clock that stands still", clockStands},
		{"context", contextEnds},
		{"closing", closing},
		{"random operations", randomOperations},

		{"numbers without gaps", numbers},
		{"declare if none is open", declareIfNone},
		{"a third fails", aThirdFails},
		{"a neighbour panics", neighbourPanics},
		{"a neighbour gives up", neighbourGivesUp},
		{"running twice", runningTwice},

		{"records", records},
		{"indexes move", indexesMove},
		{"unique", unique},
		{"unique violation is undone", uniqueUndone},
		{"pages", pages},
		{"cursor on an index", cursorOnIndex},
		{"count and first", countAndFirst},
		{"writing in a loop", writingInLoop},
		{"one bad record", oneBadRecord},
		{"check", check},
		{"check of keys", checkOfKeys},
		{"facts", facts},
		{"random records", randomRecords},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			db := open(t)
			t.Cleanup(func() { is(t, db.Close(), nil) })
			test.run(t, db)
		})
	}
}

// The helpers below fail with Errorf, not Fatalf, where a goroutine other
// than the test's own may call them.

func update(t *testing.T, db store.DB, fn func(store.Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), fn); err != nil {
		t.Errorf("update: %v", err)
	}
}

func view(t *testing.T, db store.DB, fn func(store.Tx) error) {
	t.Helper()
	if err := db.View(t.Context(), fn); err != nil {
		t.Errorf("view: %v", err)
	}
}

func put(t *testing.T, db store.DB, coll string, pairs ...string) {
	t.Helper()
	update(t, db, func(tx store.Tx) error {
		for i := 0; i < len(pairs); i += 2 {
			if err := tx.Put(coll, []byte(pairs[i]), []byte(pairs[i+1])); err != nil {
				return err
			}
		}
		return nil
	})
}

// dump is what a range of a collection holds, as "key=value".
func dump(t *testing.T, db store.DB, coll string, r store.Range) []string {
	t.Helper()
	var all []string
	view(t, db, func(tx store.Tx) error {
		all = nil
		return tx.Scan(coll, r, func(key, val []byte) error {
			all = append(all, fmt.Sprintf("%s=%s", key, val))
			return nil
		})
	})
	return all
}

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func is(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got error %v, want %v", err, want)
	}
}
