package store

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
)

// Collection is a set of records of one type, in the order of their keys. It
// is a description and holds no data; share it freely. A literal makes one.
type Collection[T any] struct {
	Name    string          // on disk, so never changed
	Key     func(*T) []byte // made with [Key]; never changes for a record
	Indexes []Index[T]
}

// Index finds the records of a collection by something other than their key.
// It is kept in a collection of its own, "<collection>.<index>".
type Index[T any] struct {
	Name   string // on disk, so never changed
	Unique bool   // no two records may have the same key here
	// Edition is counted up when Keys gives other keys than before; 1 is an index
	// that came after records had been written. See [Build].
	Edition int
	// Keys gives the keys under which the record is found, each made with
	// [Key]. None leaves the record out.
	Keys func(*T) [][]byte
}

// Page says which part of a list is wanted. The zero Page is all of it.
type Page struct {
	Desc  bool
	Limit int
	// After goes on behind a record: its key for All, its Cursor for By.
	After []byte
}

// Get gives the record under key, nil if there is none.
func (c *Collection[T]) Get(tx Tx, key []byte) (*T, error) {
	record, err := tx.Get(c.Name, key)
	if err != nil || record == nil {
		return nil, err
	}
	v := new(T)
	if err := decode(c.Name, key, record, v); err != nil {
		return nil, err
	}
	if len(c.Indexes) > 0 {
		tx.Noted().read(c.Name, key, record)
	}
	return v, nil
}

// Put writes the record under its key and brings every index up to date. If
// a unique index objects it writes nothing and returns an [ErrUnique].
func (c *Collection[T]) Put(tx Tx, v *T) error {
	key := c.Key(v)
	if len(key) == 0 || len(key) > MaxKey {
		return fmt.Errorf("put in %q: a key of %d bytes (1 to %d are possible)", c.Name, len(key), MaxKey)
	}
	before, err := c.indexed(tx, key)
	if err != nil {
		return err
	}
	after := c.entries(v, key)
	gone, fresh := difference(before, after)
	for _, e := range fresh {
		if err := e.admissible(tx); err != nil {
			return err
		}
	}
	buffer := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buffer)
	record, err := encode(buffer, c.Name, key, v)
	if err != nil {
		return err
	}
	if err := tx.Put(c.Name, key, record); err != nil {
		return err
	}
	c.wrote(tx, key, after)
	return rewrite(tx, gone, fresh)
}

// indexed are the lines that the indexes hold for the record under key. What
// was read or written before in the same run is known without reading it again.
func (c *Collection[T]) indexed(tx Tx, key []byte) ([]entry, error) {
	if len(c.Indexes) == 0 {
		return nil, nil
	}
	known, ok := tx.Noted().of(c.Name, key)
	if ok && known.record == nil {
		return known.entries, nil
	}
	if ok { // whoever read it may have changed its value since
		old := new(T)
		err := decode(c.Name, key, known.record, old)
		return c.entries(old, key), err
	}
	old, err := c.Get(tx, key)
	if err != nil || old == nil {
		return nil, err
	}
	return c.entries(old, key), nil
}

// wrote remembers for this run what the indexes hold for the record under key.
func (c *Collection[T]) wrote(tx Tx, key []byte, all []entry) {
	if len(c.Indexes) > 0 {
		tx.Noted().wrote(c.Name, key, all)
	}
}

// Delete removes the record under key from the collection and every index.
// It is no error if there is none.
func (c *Collection[T]) Delete(tx Tx, key []byte) error {
	before, err := c.indexed(tx, key)
	if err != nil {
		return err
	}
	if err := tx.Delete(c.Name, key); err != nil {
		return err
	}
	c.wrote(tx, key, nil)
	return rewrite(tx, before, nil)
}

// All lists the records in the order of their keys.
//
// Which records it visits is settled when the loop begins, so the loop may write: it
// does not meet what it adds, and skips what it deleted. A record that
// cannot be read is yielded as an error, and the loop may go on behind it.
func (c *Collection[T]) All(tx Tx, p Page) iter.Seq2[*T, error] { return c.Under(tx, nil, p) }

// Under lists, as All does, the records whose key begins with prefix.
func (c *Collection[T]) Under(tx Tx, prefix []byte, p Page) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		var keys [][]byte
		err := tx.Scan(c.Name, p.within(prefix), func(key, _ []byte) error {
			keys = append(keys, key)
			return nil
		})
		if err != nil {
			yield(nil, err)
			return
		}
		for _, key := range keys {
			v, err := c.Get(tx, key)
			if v == nil && err == nil {
				continue
			}
			if !yield(v, err) {
				return
			}
		}
	}
}

// By lists the records whose key in the index begins with prefix, in the
// order of the index, and of their keys where the index does not tell them
// apart. A record is listed once per key that matches. The loop may write, as
// with All.
func (c *Collection[T]) By(tx Tx, index string, prefix []byte, p Page) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		found, err := c.find(tx, index, p.within(prefix))
		if err != nil {
			yield(nil, err)
			return
		}
		for _, e := range found {
			v, err := c.follow(tx, e)
			if v == nil && err == nil {
				continue
			}
			if !yield(v, err) {
				return
			}
		}
	}
}

// Keys lists the keys of the index that begin with prefix, each with the key of its
// record, without reading a record. Both belong to the caller.
func (c *Collection[T]) Keys(tx Tx, index string, prefix []byte, p Page) iter.Seq2[Found, error] {
	return func(yield func(Found, error) bool) {
		if err := c.known(index); err != nil {
			yield(Found{}, err)
			return
		}
		err := tx.Scan(c.indexName(index), p.within(prefix), func(key, record []byte) error {
			if !yield(Found{key, record}, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(Found{}, err)
		}
	}
}

// Found is a line of an index: its whole key, and the key of the record that it
// leads to.
type Found struct{ Key, Record []byte }

// First gives the first record that By would list, nil if there is none.
func (c *Collection[T]) First(tx Tx, index string, prefix []byte) (*T, error) {
	for v, err := range c.By(tx, index, prefix, Page{Limit: 1}) {
		return v, err
	}
	return nil, nil
}

// Count counts the keys of the index that begin with prefix; of the
// collection itself if index is "".
func (c *Collection[T]) Count(tx Tx, index string, prefix []byte) (int, error) {
	coll := c.Name
	if index != "" {
		if err := c.known(index); err != nil {
			return 0, err
		}
		coll = c.indexName(index)
	}
	n := 0
	err := tx.Scan(coll, Page{}.within(prefix), func(_, _ []byte) error {
		n++
		return nil
	})
	return n, err
}

// Cursor is the Page.After that goes on behind v in By with this index and
// prefix, nil if By would not list v. If several keys of v match, it is the
// last of them.
func (c *Collection[T]) Cursor(index string, prefix []byte, v *T) []byte {
	var last []byte
	for _, e := range c.entries(v, c.Key(v)) {
		if e.coll == c.indexName(index) && bytes.HasPrefix(e.key, prefix) && bytes.Compare(e.key, last) > 0 {
			last = e.key
		}
	}
	return last
}

func (c *Collection[T]) find(tx Tx, index string, r Range) ([]entry, error) {
	if err := c.known(index); err != nil {
		return nil, err
	}
	var found []entry
	coll := c.indexName(index)
	err := tx.Scan(coll, r, func(key, record []byte) error {
		found = append(found, entry{coll: coll, key: key, record: record})
		return nil
	})
	return found, err
}

// follow gives the record of an entry that find saw. It is nil if the loop
// deleted the record since; if only the record is missing, the store is wrong.
func (c *Collection[T]) follow(tx Tx, e entry) (*T, error) {
	v, err := c.Get(tx, e.record)
	if err != nil || v != nil {
		return v, err
	}
	still, err := tx.Get(e.coll, e.key)
	if err != nil || still == nil {
		return nil, err
	}
	return nil, Corrupt(e.coll, e.key, errors.New("points to no record"))
}

func (c *Collection[T]) known(index string) error {
	for _, ix := range c.Indexes {
		if ix.Name == index {
			return nil
		}
	}
	return fmt.Errorf("collection %q has no index %q", c.Name, index)
}

func (c *Collection[T]) indexName(index string) string { return c.Name + "." + index }

// within is the range of a prefix that the page asks for.
func (p Page) within(prefix []byte) Range {
	r := Range{From: prefix, To: prefixEnd(prefix), Desc: p.Desc, Limit: p.Limit}
	switch {
	case len(p.After) == 0:
	case p.Desc && (r.To == nil || bytes.Compare(p.After, r.To) < 0):
		r.To = p.After
	case !p.Desc && bytes.Compare(p.After, r.From) >= 0:
		r.From = append(bytes.Clone(p.After), 0)
	}
	return r
}
