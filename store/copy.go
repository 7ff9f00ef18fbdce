package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
)

// Copying copies a state as it lies there: every collection, each key and value
// as the bytes that they are. What a database knows of its own moves and of who
// does its errands is left out: it speaks of that place.
//
// No transaction reads or writes more than a batch, so that memory stays bounded
// however large the state is.
type Copying struct {
	From, To DB
	// Known are the collections whose records must be whole and of a layout
	// that this program reads. Others are copied unread.
	Known []Checker
	// Allow is asked in every transaction that writes to To. An error ends the
	// copy; nil is no question.
	Allow func(Tx) error
	// Progress, if not nil, is called after every batch with the number of
	// records copied so far.
	Progress func(coll string, records int)
}

const (
	batchRecords = 500
	batchBytes   = 1 << 20
)

// staysBehind are the collections that are no part of the state.
var staysBehind = []string{Moves.Name, Leases.Name}

// Contents lists the collections that are part of the state and hold something.
func Contents(ctx context.Context, db DB) (colls []string, err error) {
	err = db.View(ctx, func(tx Tx) error {
		colls, err = tx.Collections()
		return err
	})
	return OfState(colls), err
}

// OfState are those of the collections that are part of the state.
func OfState(colls []string) []string {
	return slices.DeleteFunc(colls, func(coll string) bool { return slices.Contains(staysBehind, coll) })
}

// Copy writes everything of From into To, which should be empty. A copy that was
// cut short is begun again behind a [Clear].
func (c *Copying) Copy(ctx context.Context) (records int, err error) {
	colls, err := Contents(ctx, c.From)
	if err != nil {
		return 0, err
	}
	for _, coll := range colls {
		whole := c.recordsIn(coll)
		err := each(ctx, c.From, coll, func(batch []pair) error {
			for _, p := range batch {
				if err := p.whole(coll); whole && err != nil {
					return err
				}
			}
			if err := c.put(ctx, coll, batch); err != nil {
				return err
			}
			records += len(batch)
			if c.Progress != nil {
				c.Progress(coll, records)
			}
			return nil
		})
		if err != nil {
			return records, err
		}
	}
	return records, nil
}

func (c *Copying) recordsIn(coll string) bool {
	return slices.ContainsFunc(c.Known, func(known Checker) bool { return known.Records() == coll })
}

func (c *Copying) put(ctx context.Context, coll string, batch []pair) error {
	return c.To.Update(ctx, func(tx Tx) error {
		if c.Allow != nil {
			if err := c.Allow(tx); err != nil {
				return err
			}
		}
		for _, p := range batch {
			if err := tx.Put(coll, p.key, p.val); err != nil {
				return err
			}
		}
		return nil
	})
}

// Clear removes the state from db, in batches. allow is asked in every
// transaction, progress told as by [Sum].
func Clear(ctx context.Context, db DB, allow func(Tx) error, progress func(coll string, records int)) error {
	colls, err := Contents(ctx, db)
	if err != nil {
		return err
	}
	records := 0
	for _, coll := range append(colls, Leases.Name) {
		err := each(ctx, db, coll, func(batch []pair) error {
			records += len(batch)
			if progress != nil {
				progress(coll, records)
			}
			return db.Update(ctx, func(tx Tx) error {
				err := allow(tx)
				for _, p := range batch {
					err = errors.Join(err, tx.Delete(coll, p.key))
				}
				return err
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Sum reads the whole state and gives the SHA-256 of its collections, keys
// and values in their order, each preceded by its length. Two databases with
// the same sum hold the same state, whatever engines they are. progress, if not
// nil, is told after every batch.
func Sum(ctx context.Context, db DB, progress func(coll string, records int)) (string, error) {
	colls, err := Contents(ctx, db)
	if err != nil {
		return "", err
	}
	sum, records := sha256.New(), 0
	add := func(text []byte) {
		_, _ = sum.Write(binary.BigEndian.AppendUint64(nil, uint64(len(text)))) // a hash takes everything
		_, _ = sum.Write(text)
	}
	for _, coll := range colls {
		err := each(ctx, db, coll, func(batch []pair) error {
			for _, p := range batch {
				add([]byte(coll))
				add(p.key)
				add(p.val)
			}
			records += len(batch)
			if progress != nil {
				progress(coll, records)
			}
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

type pair struct{ key, val []byte }

// whole reports what is wrong with a record that no collection has to decode.
func (p pair) whole(coll string) error {
	_, err := content(coll, p.key, p.val)
	return err
}

var errBatchFull = errors.New("the batch is full")

// each calls fn with the contents of a collection in their order, batch by
// batch, each read in a transaction of its own.
func each(ctx context.Context, db DB, coll string, fn func([]pair) error) error {
	for from := []byte(nil); ; {
		batch, err := read(ctx, db, coll, from)
		if err != nil {
			return fmt.Errorf("read collection %q: %w", coll, err)
		}
		if len(batch) == 0 {
			return nil
		}
		if err := fn(batch); err != nil {
			return err
		}
		from = append(bytes.Clone(batch[len(batch)-1].key), 0)
	}
}

func read(ctx context.Context, db DB, coll string, from []byte) (batch []pair, err error) {
	err = db.View(ctx, func(tx Tx) error {
		batch = nil
		size := 0
		return tx.Scan(coll, Range{From: from, Limit: batchRecords}, func(key, val []byte) error {
			batch = append(batch, pair{key, val})
			if size += len(key) + len(val); size >= batchBytes {
				return errBatchFull
			}
			return nil
		})
	})
	if errors.Is(err, errBatchFull) {
		err = nil
	}
	return batch, err
}
