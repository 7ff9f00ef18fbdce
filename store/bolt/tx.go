package bolt

import (
	"bytes"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"go.etcd.io/bbolt"

	"cresset/store"
)

// tx is one run of one function. Several of them share one bbolt transaction.
type tx struct {
	bolt     *bbolt.Tx
	now      time.Time
	scanning int
	wrote    bool
	size     int64 // see weigh
	noted    store.Noted
}

var errOver = errors.New("store: transaction is over")

// end makes a tx that escaped its function useless instead of dangerous.
func (t *tx) end() { t.bolt = nil }

func (t *tx) Now() time.Time { return t.now }

// Noted is nil where nothing can be written: a reader may read a great deal.
func (t *tx) Noted() *store.Noted {
	if t.bolt == nil || !t.bolt.Writable() {
		return nil
	}
	return &t.noted
}

func (t *tx) Get(coll string, key []byte) (val []byte, err error) {
	defer guard(debug.SetPanicOnFault(true), coll, key, &err)
	if t.bolt == nil {
		return nil, errOver
	}
	b := t.bolt.Bucket([]byte(coll))
	if b == nil {
		return nil, nil
	}
	return bytes.Clone(b.Get(key)), nil
}

func (t *tx) Put(coll string, key, val []byte) (err error) {
	defer guard(debug.SetPanicOnFault(true), coll, key, &err)
	if err := t.mayWrite(); err != nil {
		return err
	}
	b, err := t.bolt.CreateBucketIfNotExists([]byte(coll))
	if err != nil {
		return fmt.Errorf("put into collection %q: %w", coll, err)
	}
	t.weigh(coll, val)
	// bbolt keeps val until the commit, and takes nil for nothing.
	if err := b.Put(key, append([]byte{}, val...)); err != nil {
		return fmt.Errorf("put key %q into collection %q: %w", key, coll, err)
	}
	return nil
}

func (t *tx) Delete(coll string, key []byte) (err error) {
	defer guard(debug.SetPanicOnFault(true), coll, key, &err)
	if err := t.mayWrite(); err != nil {
		return err
	}
	b := t.bolt.Bucket([]byte(coll))
	if b == nil {
		return nil
	}
	t.weigh(coll, nil)
	return b.Delete(key)
}

func (t *tx) mayWrite() error {
	switch {
	case t.bolt == nil:
		return errOver
	case !t.bolt.Writable():
		return store.ErrReadOnly
	case t.scanning > 0: // a cursor of bbolt skips keys when its page changes
		return store.ErrScanning
	}
	return nil
}

func (t *tx) Scan(coll string, r store.Range, fn func(key, val []byte) error) error {
	cursor, err := t.cursor(coll)
	if err != nil || cursor == nil {
		return err
	}
	t.scanning++
	defer func() { t.scanning-- }()
	w := &walk{coll: coll, r: r, cursor: cursor}
	for n := 0; r.Limit == 0 || n < r.Limit; n++ {
		key, val, err := w.step()
		if err != nil || key == nil {
			return err
		}
		if err := fn(key, val); err != nil {
			return err
		}
	}
	return nil
}

// cursor stands on nothing yet. It is nil if there is no such collection.
func (t *tx) cursor(coll string) (c *bbolt.Cursor, err error) {
	defer guard(debug.SetPanicOnFault(true), coll, nil, &err)
	if t.bolt == nil {
		return nil, errOver
	}
	b := t.bolt.Bucket([]byte(coll))
	if b == nil {
		return nil, nil
	}
	return b.Cursor(), nil
}

// walk goes over a range in its direction.
type walk struct {
	coll   string
	r      store.Range
	cursor *bbolt.Cursor
	last   []byte
}

// step gives copies of the next key and value, nil behind the last.
func (w *walk) step() (key, val []byte, err error) {
	defer guard(debug.SetPanicOnFault(true), w.coll, w.last, &err)
	switch {
	case w.last == nil && w.r.Desc:
		key, val = w.end()
	case w.last == nil:
		key, val = w.cursor.Seek(w.r.From)
	case w.r.Desc:
		key, val = w.cursor.Prev()
	default:
		key, val = w.cursor.Next()
	}
	if key == nil || w.outside(key) {
		return nil, nil, nil
	}
	w.last = bytes.Clone(key)
	return w.last, append([]byte{}, val...), nil
}

// end is the last key before r.To.
func (w *walk) end() (key, val []byte) {
	if len(w.r.To) == 0 {
		return w.cursor.Last()
	}
	if key, _ := w.cursor.Seek(w.r.To); key == nil {
		return w.cursor.Last()
	}
	return w.cursor.Prev()
}

func (w *walk) outside(key []byte) bool {
	if w.r.Desc {
		return bytes.Compare(key, w.r.From) < 0
	}
	return len(w.r.To) > 0 && bytes.Compare(key, w.r.To) >= 0
}

// guard turns a damaged page into an error that names the record. bbolt
// panics on a page that is not what it should be; a page that the disk cannot
// give, or that lies behind the end of the file, is a fault of the memory map, which
// would end the process. Only our own and bbolt's code may run under it.
//
// It is deferred as guard(debug.SetPanicOnFault(true), …), which begins it.
func guard(before bool, coll string, key []byte, err *error) {
	debug.SetPanicOnFault(before)
	if p := recover(); p != nil {
		*err = store.Corrupt(coll, key, fmt.Errorf("the page is damaged: %v", p))
	}
}

// recovered is guard for a whole file, to be deferred.
func recovered(fail func(cause error)) {
	if p := recover(); p != nil {
		fail(fmt.Errorf("%v", p))
	}
}
