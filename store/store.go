// Package store keeps the bot's state: typed collections with indexes, above
// a narrow port that an engine implements.
//
// An engine is an ordered map from bytes to bytes with serializable
// transactions. It knows neither records nor indexes. Everything above that
// is written once, here: keys whose order in bytes is their order in meaning
// ([Key]), records that notice when a bit of them flips, and indexes that
// cannot disagree with their records ([Collection]).
//
// What an [DB.Update] returned nil for is on the disk. A function given to
// View or Update may run more than once and must therefore do nothing but
// read and write its transaction: no network, no channel, no change to what
// it captured that a second run would repeat.
//
// The package refuses joins, queries over fields without an index, and keys
// longer than [MaxKey].
package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// DB is what an engine implements. Every engine passes the suite in storetest.
type DB interface {
	// View calls fn with a snapshot: it sees everything that was committed
	// before it began and nothing that is committed later. Writing fails
	// with [ErrReadOnly].
	View(ctx context.Context, fn func(Tx) error) error

	// Update calls fn and commits what it wrote, whole or not at all. It is
	// serializable, and durable when it returns nil.
	//
	// An error of fn is returned as it is, and nothing of fn is kept. A panic
	// of fn goes up in the goroutine that called Update. A ctx that ends before fn
	// was begun gives ctx.Err(); after that, Update waits for the outcome.
	//
	// fn may run again, and must call neither View nor Update.
	Update(ctx context.Context, fn func(Tx) error) error

	// Close finishes the work it was given before, then releases the
	// database. Later calls of View and Update give [ErrClosed].
	Close() error
}

// Tx is one transaction. It is valid only inside the function that got it,
// and only in that function's goroutine. Slices that it hands out belong to
// the caller; slices given to it may be reused after the call.
type Tx interface {
	// Get gives the value under key, nil if there is none. A value that is
	// there is never nil, even if empty.
	Get(coll string, key []byte) ([]byte, error)

	// Put writes val under key. Neither coll nor key may be empty.
	Put(coll string, key, val []byte) error

	// Delete removes key. It is no error if there is none.
	Delete(coll string, key []byte) error

	// Scan calls fn for each key of r, in order, until fn returns an error,
	// which Scan returns. It sees what this transaction wrote before. fn may
	// Get; a Put or Delete in fn gives [ErrScanning].
	Scan(coll string, r Range, fn func(key, val []byte) error) error

	// Collections lists the collections that hold something, in the order of
	// their names' bytes. It sees what this transaction wrote before.
	Collections() ([]string, error)

	// Now is the store's clock, for leases and timers. It stands still during
	// one run of the function.
	Now() time.Time

	// Noted is what the collections note during one run of the function: a
	// value that begins empty and ends with the run. It is nil in a View, which
	// may read a great deal and writes nothing.
	Noted() *Noted
}

// Range is a stretch of keys, From included and To excluded. An empty bound
// is open.
type Range struct {
	From, To []byte
	Desc     bool // from the end of the range backwards
	Limit    int  // at most so many keys; 0 is no limit
}

// MaxKey is the longest key in bytes that all engines take, including an
// index's key together with the key of its record.
const MaxKey = 1024

var (
	// ErrUnique says that another record holds the same key of a unique
	// index. Nothing of the Put was written.
	ErrUnique = errors.New("store: unique index conflict")

	// ErrUnknown says that nobody knows whether the commit is on the disk.
	// On bbolt it stays: the process has to stop, and after the restart the
	// inbox tells. On a server the same Update is run again.
	ErrUnknown = errors.New("store: outcome of the commit is unknown")

	// ErrCorrupt says that what is stored is not what was written. The error
	// that wraps it names the collection and the key.
	ErrCorrupt = errors.New("store: corrupt record")

	// ErrFull says that nothing was saved because the disk, the quota or
	// the database's own limit is full. The database stays usable.
	ErrFull = errors.New("store: not saved, the disk is full")

	// ErrUnavailable says that nothing was saved, or read, because the database
	// does not answer. It may later.
	ErrUnavailable = errors.New("store: the database does not answer")

	// ErrReadOnly says that a View tried to write.
	ErrReadOnly = errors.New("store: write in a read-only transaction")

	// ErrScanning says that the function of a Scan tried to write.
	ErrScanning = errors.New("store: write inside a scan")

	// ErrClosed says that the database was closed.
	ErrClosed = errors.New("store: database is closed")
)

// Corrupt is an [ErrCorrupt] about one record.
func Corrupt(coll string, key []byte, cause error) error {
	return fmt.Errorf("%w: key %q of collection %q: %w", ErrCorrupt, key, coll, cause)
}
