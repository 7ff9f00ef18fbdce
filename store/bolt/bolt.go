// Package bolt keeps the store in one file, with bbolt. It is the engine to
// start with: no server, no configuration, one process.
//
// What it promises beyond [store.DB]:
//
//   - One process per file. The second one is told so and does not start.
//   - Writers that wait for the disk are committed together. A lone writer
//     never waits for company, and a neighbour that fails or panics is not
//     noticed by the others.
//   - After an error of the disk nobody can say what is on it. The database
//     then stops for good (see [Options.OnFailStop]); a full disk is the exception,
//     as long as it is certain that nothing was saved.
//   - A damaged file is refused with a sentence that says what to do, and a
//     damaged page is an error that names the record. Neither
//     ends the process.
//   - A file has its name only when it is whole: new databases, backups and
//     restored ones are written aside, synced, and renamed.
//
// It refuses to share a file between machines: locks of network file systems
// cannot be trusted.
package bolt

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"cresset/store"
)

// Options are the settings of a database. The zero value is good.
type Options struct {
	// Clock is what Tx.Now tells. time.Now if nil.
	Clock func() time.Time

	// OnFailStop is called once, in its own goroutine, with the error of the
	// disk after which the database takes no more work. The process should
	// end and be started again.
	OnFailStop func(error)

	// MaxSize is the largest size of the file in bytes. What does not fit
	// gives store.ErrFull. 0 is no limit.
	MaxSize int

	// Log is told what an operator should know about the file. Silent if nil.
	Log *slog.Logger

	openFile     func(string, int, os.FileMode) (*os.File, error) // os.OpenFile; tests break the disk with it
	compactAbove int64
}

// DB is an open database.
type DB struct {
	path  string
	opts  Options
	bolt  *bbolt.DB
	file  *os.File // bbolt's own
	queue queue

	idle     chan struct{} // closed when the committer has ended
	closing  sync.Once
	closeErr error

	failure   atomic.Pointer[error] // why it stopped, nil while it works
	full      atomic.Int64          // what the commit wrote that found no space, see tx.weigh; 0 while there is space
	wedged    bool                  // the committer's: bbolt panicked in a commit
	commits   atomic.Uint64
	callbacks atomic.Uint64
}

var _ store.DB = (*DB)(nil)

// Open opens the database at path, or makes it if there is no file.
func Open(path string, o Options) (*DB, error) {
	o = o.withDefaults()
	if err := ensure(path); err != nil {
		return nil, fmt.Errorf("create database %q: %w", path, err)
	}
	if err := preflight(path, o.Log); err != nil {
		return nil, err
	}
	warnOfNetwork(path, o.Log)
	bdb, file, err := open(path, o)
	if err != nil {
		return nil, err
	}
	if bdb, file, err = compacted(bdb, file, path, o); err != nil {
		return nil, err
	}
	db := &DB{path: path, opts: o, bolt: bdb, file: file, queue: newQueue(), idle: make(chan struct{})}
	go db.commitAll()
	return db, nil
}

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.OnFailStop == nil {
		o.OnFailStop = func(error) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.openFile == nil {
		o.openFile = os.OpenFile
	}
	if o.compactAbove == 0 {
		o.compactAbove = compactAbove
	}
	return o
}

const (
	lockTimeout = 2 * time.Second
	// bbolt cannot enlarge its map while anybody reads. Address space is
	// free, so the map begins larger than most databases ever get.
	initialMap = 256 << 20
	fileMode   = 0o600
)

// ErrRunning says that the file is in use.
var ErrRunning = errors.New("another cresset seems to be running on this file. Stop it first, or give this one a file of its own")

// open opens a file that passed preflight. A page that is damaged all the
// same makes bbolt panic; here that is an error like the others.
func open(path string, o Options) (db *bbolt.DB, file *os.File, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer recovered(func(cause error) {
		err = errors.Join(damagedFile(path, cause), abandon(file))
	})
	db, err = bbolt.Open(path, fileMode, &bbolt.Options{
		Timeout:      lockTimeout,
		FreelistType: bbolt.FreelistMapType,
		// A freelist that is not on disk is rebuilt by reading the whole
		// file: seconds at each start.
		NoFreelistSync:  false,
		PreLoadFreelist: true,
		InitialMmapSize: initialMap,
		MaxSize:         o.MaxSize,
		OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
			file, err = o.openFile(name, flag&^os.O_CREATE, mode)
			return file, err
		},
	})
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return nil, nil, fmt.Errorf("open database %q: %w", path, ErrRunning)
	case err != nil:
		return nil, nil, fmt.Errorf("open database %q: %w", path, err)
	}
	if err := stillNamed(path, file); err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return db, file, nil
}

// stillNamed refuses a file that a restore replaced while we waited for its
// lock: what we wrote into it would be found by nobody.
func stillNamed(path string, f *os.File) error {
	locked, err := f.Stat()
	if err != nil {
		return fmt.Errorf("open database %q: %w", path, err)
	}
	named, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("open database %q: %w", path, err)
	}
	if !os.SameFile(locked, named) {
		return fmt.Errorf("open database %q: the file was replaced while it was being opened. Start again", path)
	}
	return nil
}

// View implements [store.DB]. After a fail-stop it fails as well: what it
// would show might not be on the disk.
func (db *DB) View(ctx context.Context, fn func(store.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := db.stopped(); err != nil {
		return err
	}
	err := db.bolt.View(func(b *bbolt.Tx) error {
		t := &tx{bolt: b, now: db.opts.Clock()}
		defer t.end()
		return fn(t)
	})
	if errors.Is(err, berrors.ErrDatabaseNotOpen) {
		return store.ErrClosed
	}
	return err
}

// Close implements [store.DB].
func (db *DB) Close() error {
	db.closing.Do(func() {
		db.queue.close()
		<-db.idle
		if db.wedged { // bbolt's Close would wait for ever
			db.closeErr = abandon(db.file)
			return
		}
		db.closeErr = db.bolt.Close()
	})
	return db.closeErr
}

// Stats are numbers since the database was opened, for metrics.
type Stats struct {
	Commits   uint64 // waits for the disk
	Callbacks uint64 // Updates that succeeded
	Size      int64  // bytes of the file
	Free      int64  // of these, bytes that will be used again
}

// Stats tells how the database is doing.
func (db *DB) Stats() Stats {
	s := Stats{Commits: db.commits.Load(), Callbacks: db.callbacks.Load()}
	s.Size, s.Free = sizes(db.bolt, db.path)
	return s
}
