package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
)

// Checker is a collection of whatever type, for those who see to all of them.
type Checker interface {
	// Check reads everything and returns all that is wrong, each an
	// [ErrCorrupt] that names its record, nil if all is well.
	Check(tx Tx) error
	// Records is the name of the collection, in which its records lie.
	Records() string
	// Build makes the indexes anew that this program makes otherwise than the one
	// before it, see the function.
	Build(ctx context.Context, db DB, told func(index string)) error
}

// Check reads the collections one after the other and joins what is wrong.
func Check(tx Tx, all []Checker) error {
	var wrong []error
	for _, c := range all {
		wrong = append(wrong, c.Check(tx))
	}
	return errors.Join(wrong...)
}

// maxFindings ends a check: who has seen this many needs a backup, not a list.
const maxFindings = 100

// Records implements [Checker].
func (c *Collection[T]) Records() string { return c.Name }

// Check implements [Checker]: every record is readable and lies under its own
// key, every index has a line for it, and no index has any other line. An index that
// is yet to be built is left out.
func (c *Collection[T]) Check(tx Tx) error {
	f := &findings{}
	c, err := c.sofar(tx)
	if err != nil {
		return err
	}
	f.stop(tx.Scan(c.Name, Range{}, func(key, record []byte) error {
		return f.add(c.checkRecord(tx, key, record))
	}))
	for _, ix := range c.Indexes {
		coll := c.indexName(ix.Name)
		f.stop(tx.Scan(coll, Range{}, func(key, record []byte) error {
			return f.add(c.checkEntry(tx, entry{coll: coll, key: key, record: record}))
		}))
	}
	return errors.Join(f.wrong...)
}

// sofar is the collection with the indexes that are built.
func (c *Collection[T]) sofar(tx Tx) (*Collection[T], error) {
	built := &Collection[T]{Name: c.Name, Key: c.Key}
	for _, ix := range c.Indexes {
		ok, err := c.built(tx, ix)
		if err != nil {
			return nil, err
		}
		if ok {
			built.Indexes = append(built.Indexes, ix)
		}
	}
	return built, nil
}

func (c *Collection[T]) checkRecord(tx Tx, key, record []byte) error {
	v := new(T)
	if err := decode(c.Name, key, record, v); err != nil {
		return err
	}
	if own := c.Key(v); !bytes.Equal(own, key) {
		return Corrupt(c.Name, key, fmt.Errorf("belongs under key %q", own))
	}
	for _, e := range c.entries(v, key) {
		leads, err := tx.Get(e.coll, e.key)
		if err != nil {
			return err
		}
		if !bytes.Equal(leads, key) {
			return Corrupt(c.Name, key, fmt.Errorf("index %q leads from %q to %q", e.coll, e.key, leads))
		}
	}
	return nil
}

// checkEntry leaves an unreadable record to checkRecord, which has named it.
func (c *Collection[T]) checkEntry(tx Tx, e entry) error {
	v, err := c.Get(tx, e.record)
	switch {
	case errors.Is(err, ErrCorrupt):
		return nil
	case err != nil:
		return err
	case v == nil:
		return Corrupt(e.coll, e.key, fmt.Errorf("points to record %q, which is missing", e.record))
	case !holds(c.entries(v, e.record), e):
		return Corrupt(e.coll, e.key, fmt.Errorf("points to record %q, which does not belong there", e.record))
	}
	return nil
}

type findings struct{ wrong []error }

var errEnough = errors.New("store: check ended early, too much is wrong")

// add notes what is wrong with one record and ends the scan on anything that
// is not about one record.
func (f *findings) add(err error) error {
	if err == nil {
		return nil
	}
	if !errors.Is(err, ErrCorrupt) {
		return err
	}
	f.wrong = append(f.wrong, err)
	if len(f.wrong) >= maxFindings {
		return errEnough
	}
	return nil
}

func (f *findings) stop(err error) {
	if err != nil {
		f.wrong = append(f.wrong, err)
	}
}
