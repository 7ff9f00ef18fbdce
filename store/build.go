package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// Build makes the indexes anew whose edition is not the one that the database
// notes, because they came, or changed, after its records were written. told hears
// of each that there are records for.
//
// No transaction reads or writes more than a batch. The last one notes the edition,
// so what was cut short is begun again. Until then the index may lack lines.
func Build(ctx context.Context, db DB, all []Checker, told func(index string)) error {
	for _, c := range all {
		if err := c.Build(ctx, db, told); err != nil {
			return err
		}
	}
	return nil
}

const (
	buildRecords = 5_000
	clearLines   = 50_000 // as many as that many records may have, about
)

// Build implements [Checker].
func (c *Collection[T]) Build(ctx context.Context, db DB, told func(index string)) error {
	for _, ix := range c.Indexes {
		var built bool
		err := db.View(ctx, func(tx Tx) (err error) {
			built, err = c.built(tx, ix)
			return err
		})
		if err == nil && !built {
			err = c.build(ctx, db, ix, told)
		}
		if err != nil {
			return fmt.Errorf("build index %q: %w", c.indexName(ix.Name), err)
		}
	}
	return nil
}

// built reports whether the index has the lines of every record, as this program
// makes them.
func (c *Collection[T]) built(tx Tx, ix Index[T]) (bool, error) {
	if ix.Edition == 0 {
		return true, nil
	}
	noted, err := Fact(tx, c.edition(ix))
	return noted == strconv.Itoa(ix.Edition), err
}

// edition is the name of the fact that says which one was built.
func (c *Collection[T]) edition(ix Index[T]) string { return "index " + c.indexName(ix.Name) }

func (c *Collection[T]) build(ctx context.Context, db DB, ix Index[T], told func(index string)) error {
	if err := clearAll(ctx, db, c.indexName(ix.Name)); err != nil {
		return err
	}
	only := Collection[T]{Name: c.Name, Key: c.Key, Indexes: []Index[T]{ix}}
	for from := []byte(nil); ; {
		var last []byte
		err := db.Update(ctx, func(tx Tx) (err error) {
			if last, err = only.fill(tx, from); err != nil || last != nil {
				return err
			}
			return SetFact(tx, c.edition(ix), strconv.Itoa(ix.Edition))
		})
		if err != nil || last == nil {
			return err
		}
		if from == nil {
			told(c.indexName(ix.Name))
		}
		from = append(last, 0)
	}
}

// fill writes the lines of the next records, and gives the key of the last of them,
// nil if there was none. A record that cannot be read is left to Check.
func (c *Collection[T]) fill(tx Tx, from []byte) (last []byte, err error) {
	var lines []entry
	err = tx.Scan(c.Name, Range{From: from, Limit: buildRecords}, func(key, record []byte) error {
		last = key
		v := new(T)
		if err := decode(c.Name, key, record, v); err != nil {
			return nil
		}
		lines = append(lines, c.entries(v, key)...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	// An engine that keeps pages in order writes each of them once.
	slices.SortFunc(lines, func(a, b entry) int { return bytes.Compare(a.key, b.key) })
	return last, rewrite(tx, nil, lines)
}

// clearAll takes every line out of an index.
func clearAll(ctx context.Context, db DB, index string) error {
	for {
		var keys [][]byte
		err := db.Update(ctx, func(tx Tx) error {
			keys = nil
			err := tx.Scan(index, Range{Limit: clearLines}, func(key, _ []byte) error {
				keys = append(keys, key)
				return nil
			})
			for _, key := range keys {
				err = errors.Join(err, tx.Delete(index, key))
			}
			return err
		})
		if err != nil || len(keys) == 0 {
			return err
		}
	}
}
