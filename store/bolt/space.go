package bolt

import (
	"context"
	"encoding/binary"
	"errors"
	"os"

	"cresset/store"
)

// Ready says why nothing can be saved now: the database stopped, or the disk is
// full. Whether there is space again is tried out, so the answer is never older
// than the call.
func (db *DB) Ready(ctx context.Context) error {
	if err := db.stopped(); err != nil {
		return err
	}
	size := db.full.Load()
	if size == 0 {
		return nil
	}
	if err := db.Update(ctx, fill(size)); err != nil {
		return err
	}
	if err := db.Update(ctx, empty); err != nil {
		return err
	}
	db.hasSpace()
	return nil
}

// leastTrial is what a trial writes at least, in bytes: next to nothing fits into
// pages that the file has anyway.
const leastTrial = 64 << 10

// trials is the collection of what Ready tries. It is ours and belongs to no state.
const trials = "\x00trials"

// fill writes at least so many bytes in pieces, as a commit of many records does.
func fill(size int64) func(store.Tx) error {
	return func(tx store.Tx) error {
		piece := make([]byte, os.Getpagesize()) // with its key it takes two pages
		for n := range size/int64(2*len(piece)) + 1 {
			if err := tx.Put(trials, binary.BigEndian.AppendUint64(nil, uint64(n)), piece); err != nil {
				return err
			}
		}
		return nil
	}
}

// empty takes away what fill wrote.
func empty(tx store.Tx) error {
	var keys [][]byte
	err := tx.Scan(trials, store.Range{}, func(key, _ []byte) error {
		keys = append(keys, key)
		return nil
	})
	for _, key := range keys {
		err = errors.Join(err, tx.Delete(trials, key))
	}
	return err
}

// weigh adds up what a transaction will write, roughly: a page for each record
// and what its value needs beyond that.
func (t *tx) weigh(coll string, val []byte) {
	if t.wrote = true; coll != trials {
		t.size += int64(os.Getpagesize() + len(val))
	}
}

// hasNoSpace remembers the largest commit that found none, so that a trial of as
// much says whether there is.
func (db *DB) hasNoSpace(a attempt) {
	before := db.full.Load()
	db.full.Store(max(before, a.size, leastTrial))
	if before == 0 {
		db.opts.Log.Error("nothing can be saved, the disk is full", "path", db.path, "err", a.err)
	}
}

func (db *DB) hasSpace() {
	if db.full.Swap(0) != 0 {
		db.opts.Log.Info("the disk takes what is saved again", "path", db.path)
	}
}
