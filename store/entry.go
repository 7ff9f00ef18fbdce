package store

import (
	"bytes"
	"fmt"
)

// entry is one line of an index: in coll, key leads to record.
type entry struct {
	coll   string
	key    []byte
	record []byte
	unique bool
}

// entries lists what the indexes should hold for v.
func (c *Collection[T]) entries(v *T, record []byte) []entry {
	if v == nil {
		return nil
	}
	var all []entry
	for _, ix := range c.Indexes {
		for _, key := range ix.Keys(v) {
			e := entry{coll: c.indexName(ix.Name), key: bytes.Clone(key), record: record, unique: ix.Unique}
			if !ix.Unique { // records of the same key stand side by side
				e.key = append(e.key, record...)
			}
			all = append(all, e)
		}
	}
	return all
}

func holds(all []entry, e entry) bool {
	for _, x := range all {
		if x.coll == e.coll && bytes.Equal(x.key, e.key) {
			return true
		}
	}
	return false
}

// difference says which lines have to go and which have to come.
func difference(before, after []entry) (gone, fresh []entry) {
	for _, e := range before {
		if !holds(after, e) {
			gone = append(gone, e)
		}
	}
	for _, e := range after {
		if !holds(before, e) {
			fresh = append(fresh, e)
		}
	}
	return gone, fresh
}

func (e entry) admissible(tx Tx) error {
	if len(e.key) == 0 || len(e.key) > MaxKey {
		return fmt.Errorf("index %q: a key of %d bytes (1 to %d are possible)", e.coll, len(e.key), MaxKey)
	}
	if !e.unique {
		return nil
	}
	holder, err := tx.Get(e.coll, e.key)
	if err != nil || holder == nil {
		return err
	}
	return fmt.Errorf("%w: %q of index %q is held by record %q, wanted by record %q", ErrUnique, e.key, e.coll, holder, e.record)
}

// rewrite takes lines out of the indexes and puts others in.
func rewrite(tx Tx, gone, fresh []entry) error {
	for _, e := range gone {
		if err := tx.Delete(e.coll, e.key); err != nil {
			return err
		}
	}
	for _, e := range fresh {
		if err := tx.Put(e.coll, e.key, e.record); err != nil {
			return err
		}
	}
	return nil
}

// Noted is what one run of a function knows of records that have indexes: those that
// it read, and the lines of those that it wrote. Writing a record that was read
// needs no second look at what it was, and reading one costs no look at its
// lines. The zero Noted is empty; a nil one keeps nothing.
type Noted struct{ notes map[place]seen }

type place struct{ coll, key string }

// What was seen is a record as it was read, or, where there is none, the lines of one
// that was written.
type seen struct {
	record  []byte
	entries []entry
}

func (n *Noted) read(coll string, key, record []byte) { n.keep(coll, key, seen{record: record}) }

func (n *Noted) wrote(coll string, key []byte, all []entry) { n.keep(coll, key, seen{entries: all}) }

func (n *Noted) keep(coll string, key []byte, what seen) {
	if n == nil {
		return
	}
	if n.notes == nil {
		n.notes = map[place]seen{}
	}
	n.notes[place{coll, string(key)}] = what
}

func (n *Noted) of(coll string, key []byte) (seen, bool) {
	if n == nil {
		return seen{}, false
	}
	what, ok := n.notes[place{coll, string(key)}]
	return what, ok
}
