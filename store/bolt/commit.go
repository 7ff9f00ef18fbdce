package bolt

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"syscall"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"cresset/store"
)

// maxBatch bounds how much one failing function makes others repeat.
const maxBatch = 128

// commitAll is the committer: the only goroutine that writes. While it waits
// for the disk, callers queue up, and the next commit is for all of them.
func (db *DB) commitAll() {
	defer close(db.idle)
	debug.SetPanicOnFault(true)
	for {
		batch := db.queue.take(maxBatch)
		if len(batch) == 0 {
			return
		}
		db.answer(batch)
	}
}

// answer runs the batch and tells everyone how it went. Whoever failed is told
// only now as well: the reason may lie in what a neighbour wrote, and before the
// commit that has not happened.
func (db *DB) answer(batch []*request) {
	all, err := db.commit(batch)
	for _, r := range all {
		if err != nil {
			r.done <- err
		} else {
			r.done <- r.err
		}
	}
}

// commit runs the functions of the batch in order, and commits those that
// succeeded. It returns all of them in some order, each with the error of its
// function, and the error of the store, if any, which concerns them all.
func (db *DB) commit(batch []*request) (all []*request, err error) {
	if err := db.stopped(); err != nil {
		return batch, err
	}
	var failed []*request
	for len(batch) > 0 {
		a := db.attempt(batch)
		if a.err != nil {
			return append(batch, failed...), db.judge(a)
		}
		if a.loser < 0 {
			db.callbacks.Add(uint64(len(batch)))
			return append(batch, failed...), nil
		}
		failed = append(failed, batch[a.loser])
		batch = append(batch[:a.loser:a.loser], batch[a.loser+1:]...)
	}
	return failed, nil
}

// attempt is one bbolt transaction for all of a batch.
type attempt struct {
	txid  int   // the transaction that the file would be at
	loser int   // whose function failed, which undid the whole; -1 if none
	size  int64 // of what was written, see tx.weigh
	err   error // of the store
}

var (
	errLoser   = errors.New("a function failed")
	errNothing = errors.New("nothing was written")
)

func (db *DB) attempt(batch []*request) (a attempt) {
	a.loser = -1
	// bbolt panics in a commit if it meets a damaged page.
	defer recovered(func(cause error) { a.loser, a.err, db.wedged = -1, cause, true })
	a.err = db.bolt.Update(func(b *bbolt.Tx) error {
		a.txid = b.ID()
		wrote := false
		for i, r := range batch {
			r.turn <- b
			out := <-r.ran
			r.err = out.err
			if out.err != nil {
				a.loser = i
				return errLoser
			}
			wrote = wrote || out.wrote
			a.size += out.size
		}
		if !wrote { // what was read is durable already: spare the disk
			return errNothing
		}
		return nil
	})
	switch a.err {
	case nil:
		db.commits.Add(1)
		if full := db.full.Load(); full != 0 && a.size >= full {
			db.hasSpace()
		}
	case errLoser, errNothing:
		a.err = nil
	}
	return a
}

// judge decides what an error of the store means: not saved because the disk
// is full, or the end.
//
// What bbolt 1.5 does on a full disk, as read and tried: a commit first
// enlarges the file with ftruncate, which most file systems grant without
// having the space, and syncs it; then it writes the changed pages, to places
// that the current state does not use, and syncs; only then it writes one of
// the two meta pages in place, and syncs. Space runs out in the first two
// steps, on copy-on-write file systems in the third as well. In the first two the
// current state is untouched, bbolt drops the transaction and reloads its
// list of free pages, and goes on working. So "full" is harmless exactly if
// the meta page was not reached, and that can be seen: a new reader still gets
// the old state. Errors of growing the file lose their cause on the way (they
// are formatted as text), hence the search in the text.
func (db *DB) judge(a attempt) error {
	if full(a.err) && db.stillBefore(a.txid) {
		db.hasNoSpace(a)
		return fmt.Errorf("%w: %w", store.ErrFull, a.err)
	}
	db.fail(a.err)
	return db.stopped()
}

func full(err error) bool {
	if errors.Is(err, berrors.ErrMaxSizeReached) {
		return true
	}
	for _, errno := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if errors.Is(err, errno) || strings.Contains(err.Error(), errno.Error()) {
			return true
		}
	}
	return false
}

func (db *DB) stillBefore(txid int) bool {
	before := false
	err := db.bolt.View(func(b *bbolt.Tx) error {
		before = b.ID() < txid
		return nil
	})
	return before && err == nil
}

// fail ends all work. After an error of the disk its cache may show what it
// never wrote, so trying again could confirm what does not exist.
func (db *DB) fail(cause error) {
	if db.failure.CompareAndSwap(nil, &cause) {
		db.opts.Log.Error("the database stops", "path", db.path, "err", cause)
		go db.opts.OnFailStop(cause)
	}
}

func (db *DB) stopped() error {
	if cause := db.failure.Load(); cause != nil {
		return fmt.Errorf("%w: the database stopped: %w", store.ErrUnknown, *cause)
	}
	return nil
}
