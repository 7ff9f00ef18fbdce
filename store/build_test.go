package store_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"cresset/store"
)

type thing struct {
	N    uint64
	Text string
}

// things of an edition are found by what keys gives; without keys, by nothing.
func things(edition int, keys func(*thing) [][]byte) *store.Collection[thing] {
	c := &store.Collection[thing]{Name: "things", Key: func(v *thing) []byte { return store.Key(v.N) }}
	if keys != nil {
		c.Indexes = []store.Index[thing]{{Name: "text", Edition: edition, Keys: keys}}
	}
	return c
}

func byText(v *thing) [][]byte { return [][]byte{store.Key(v.Text)} }
func byWords(v *thing) (keys [][]byte) {
	for word := range strings.FieldsSeq(v.Text) {
		keys = append(keys, store.Key(word))
	}
	return keys
}

const manyThings = 12_000 // more than two batches

func fillThings(t *testing.T, db store.DB, c *store.Collection[thing]) {
	t.Helper()
	err := db.Update(t.Context(), func(tx store.Tx) error {
		for n := range uint64(manyThings) {
			if err := c.Put(tx, &thing{n, "red stone"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// build gives the names that were told.
func build(t *testing.T, db store.DB, c *store.Collection[thing]) (told []string) {
	t.Helper()
	if err := store.Build(t.Context(), db, []store.Checker{c}, func(index string) { told = append(told, index) }); err != nil {
		t.Fatal(err)
	}
	return told
}

// found counts the lines under a word, and checks the collection.
func found(t *testing.T, db store.DB, c *store.Collection[thing], word string) (n int) {
	t.Helper()
	err := db.View(t.Context(), func(tx store.Tx) (err error) {
		if n, err = c.Count(tx, "text", store.Key(word)); err != nil {
			return err
		}
		return c.Check(tx)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// An index that comes after the records has their lines once it was built, in
// transactions that are small. Until then nothing is wrong with the state.
func TestBuildOfANewIndex(t *testing.T) {
	db := &meter{DB: openBolt(t)}
	fillThings(t, db, things(0, nil))
	c := things(1, byText)
	if n := found(t, db, c, "red stone"); n != 0 {
		t.Errorf("%d lines before", n)
	}
	db.records = 0
	if told := build(t, db, c); !slices.Equal(told, []string{"things.text"}) {
		t.Errorf("told of %q", told)
	}
	if db.records > 2*5000+10 { // each is read, and a line written
		t.Errorf("%d records in one transaction", db.records)
	}
	if n := found(t, db, c, "red stone"); n != manyThings {
		t.Errorf("%d lines, want %d", n, manyThings)
	}
	db.transactions = 0
	if told := build(t, db, c); len(told) != 0 || db.transactions != 1 {
		t.Errorf("told of %q in %d transactions, although it was built", told, db.transactions)
	}
	if err := db.Update(t.Context(), func(tx store.Tx) error { return tx.Delete("things.text", store.Key("red stone", uint64(7))) }); err != nil {
		t.Fatal(err)
	}
	if err := db.View(t.Context(), c.Check); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("a line is missing, and the check says %v", err)
	}
}

// Another edition leaves no line of the one before.
func TestBuildOfAnotherEdition(t *testing.T) {
	db := openBolt(t)
	build(t, db, things(1, byText))
	fillThings(t, db, things(1, byText))
	c := things(2, byWords)
	build(t, db, c)
	if whole, word := found(t, db, c, "red stone"), found(t, db, c, "stone"); whole != 0 || word != manyThings {
		t.Errorf("%d lines of the old edition, %d of the new, want %d", whole, word, manyThings)
	}
}

// failing has the nth Update fail.
type failing struct {
	store.DB
	left int
}

var errFailing = errors.New("the disk is gone")

func (f *failing) Update(ctx context.Context, fn func(store.Tx) error) error {
	if f.left--; f.left < 0 {
		return errFailing
	}
	return f.DB.Update(ctx, fn)
}

// What was cut short anywhere is begun again.
func TestBuildIsBegunAgain(t *testing.T) {
	db := openBolt(t)
	build(t, db, things(1, byText))
	fillThings(t, db, things(1, byText))
	c := things(2, byWords)
	for n := range 6 { // to the last, which notes that it is built
		err := store.Build(t.Context(), &failing{db, n}, []store.Checker{c}, func(string) {})
		if !errors.Is(err, errFailing) {
			t.Fatalf("with %d transactions: %v", n, err)
		}
		if err := db.View(t.Context(), c.Check); err != nil {
			t.Fatal(err)
		}
	}
	build(t, db, c)
	if n := found(t, db, c, "stone"); n != manyThings {
		t.Errorf("%d lines, want %d", n, manyThings)
	}
}
