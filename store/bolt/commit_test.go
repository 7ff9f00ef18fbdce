package bolt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.etcd.io/bbolt"

	"cresset/store"
)

// held keeps the committer busy until release is called.
func held(t *testing.T, db *DB) (release func()) {
	t.Helper()
	inside, free := make(chan struct{}), make(chan struct{})
	go db.Update(context.WithoutCancel(t.Context()), func(store.Tx) error {
		close(inside)
		<-free
		return nil
	})
	<-inside
	return sync.OnceFunc(func() { close(free) })
}

// queued waits until n requests wait behind a held committer.
func queued(t *testing.T, db *DB, n int) {
	t.Helper()
	for range 2000 {
		db.queue.mu.Lock()
		have := len(db.queue.waiting)
		db.queue.mu.Unlock()
		if have == n {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("%d requests never queued", n)
}

func TestGroupCommit(t *testing.T) {
	db, _ := fresh(t, Options{})
	release := held(t, db)
	const callers = 200
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			err := db.Update(t.Context(), func(tx store.Tx) error { return notes.Put(tx, &note{Name: fmt.Sprint(i)}) })
			if err != nil {
				t.Error(err)
			}
		})
	}
	queued(t, db, callers)
	before := db.Stats()
	release()
	all.Wait()
	after := db.Stats()
	if commits := after.Commits - before.Commits; commits != 2 { // 128 and the rest
		t.Errorf("%d commits for %d callers, want 2", commits, callers)
	}
	if n := after.Callbacks - before.Callbacks; n != callers+1 {
		t.Errorf("%d callbacks, want %d", n, callers+1)
	}
}

func TestCallbacksSeeEachOtherInOrder(t *testing.T) {
	db, _ := fresh(t, Options{})
	release := held(t, db)
	var all sync.WaitGroup
	var seen []string
	for i := range 5 {
		all.Go(func() {
			err := db.Update(t.Context(), func(tx store.Tx) error {
				val, err := tx.Get("a", []byte("log"))
				if i == 4 {
					seen = strings.Split(string(val), " ")
				}
				return errors.Join(err, tx.Put("a", []byte("log"), fmt.Appendf(val, "%d ", i)))
			})
			if err != nil {
				t.Error(err)
			}
		})
		queued(t, db, i+1)
	}
	release()
	all.Wait()
	if want := []string{"0", "1", "2", "3", ""}; !slices.Equal(seen, want) {
		t.Errorf("the fifth saw %q, want %q", seen, want)
	}
}

// TestEscapedInABatch uses a transaction of a neighbour while both are in the
// same commit, when bbolt itself would not object.
func TestEscapedInABatch(t *testing.T) {
	db, _ := fresh(t, Options{})
	release := held(t, db)
	var escaped store.Tx
	var all sync.WaitGroup
	for i, fn := range []func(store.Tx) error{
		func(tx store.Tx) error { escaped = tx; return tx.Put("a", []byte("k"), nil) },
		func(store.Tx) error { return escaped.Put("a", []byte("k"), []byte("not mine")) },
	} {
		all.Go(func() {
			if err := db.Update(t.Context(), fn); (err != nil) != (i == 1) {
				t.Errorf("function %d: %v", i, err)
			}
		})
		queued(t, db, i+1)
	}
	release()
	all.Wait()
}

func TestReadingCommitsNothing(t *testing.T) {
	db, _ := fresh(t, Options{})
	write(t, db, "a", "text")
	before := db.Stats().Commits
	for range 3 {
		err := db.Update(t.Context(), func(tx store.Tx) error {
			_, err := notes.Get(tx, store.Key("a"))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n := db.Stats().Commits - before; n != 0 {
		t.Errorf("%d commits for reading", n)
	}
}

func TestCancelledInTheQueue(t *testing.T) {
	db, _ := fresh(t, Options{})
	release := held(t, db)
	defer release()
	ctx, cancel := context.WithCancel(t.Context())
	answer := make(chan error)
	go func() {
		answer <- db.Update(ctx, func(store.Tx) error { t.Error("it ran"); return nil })
	}()
	queued(t, db, 1)
	cancel()
	if err := <-answer; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	release()
	write(t, db, "a", "the committer goes on")
}

func TestCloseWaitsForTheQueue(t *testing.T) {
	db, path := fresh(t, Options{})
	release := held(t, db)
	answers := make(chan error, 3*maxBatch)
	for i := range cap(answers) {
		go func() {
			answers <- db.Update(t.Context(), func(tx store.Tx) error { return notes.Put(tx, &note{Name: fmt.Sprint(i)}) })
		}()
	}
	queued(t, db, cap(answers))
	closed := make(chan error)
	go func() { closed <- db.Close() }()
	time.Sleep(5 * time.Millisecond)
	release()
	if err := <-closed; err != nil {
		t.Error(err)
	}
	for range cap(answers) {
		if err := <-answers; err != nil {
			t.Errorf("queued before the close: %v", err)
		}
	}
	again := reopen(t, path, Options{})
	err := again.View(t.Context(), func(tx store.Tx) error {
		n, err := notes.Count(tx, "", nil)
		if n != cap(answers) {
			t.Errorf("%d records", n)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestFakeTime runs the real engine on the clock of a bubble: no timer, no
// goroutine that keeps the bubble awake.
func TestFakeTime(t *testing.T) {
	path := t.TempDir() + "/cresset.db"
	synctest.Test(t, func(t *testing.T) {
		db := reopen(t, path, Options{})
		began := time.Now()
		time.Sleep(50 * time.Minute)
		err := db.Update(t.Context(), func(tx store.Tx) error {
			if passed := tx.Now().Sub(began); passed != 50*time.Minute {
				t.Errorf("%v passed", passed)
			}
			return tx.Put("a", []byte("k"), nil)
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// TestFailStop closes the file under the database: every write then fails as
// on a disk that is gone.
func TestFailStop(t *testing.T) {
	var file *os.File
	var calls atomic.Int32
	told := make(chan error, 10)
	path := t.TempDir() + "/cresset.db"
	db, err := Open(path, Options{
		OnFailStop: func(err error) { calls.Add(1); told <- err },
		openFile: func(name string, flag int, mode os.FileMode) (f *os.File, err error) {
			file, err = os.OpenFile(name, flag, mode)
			return file, err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	write(t, db, "a", "saved")
	file.Close()
	fill := func(tx store.Tx) error { return notes.Put(tx, &note{Name: "b"}) }
	for range 3 {
		if err := db.Update(t.Context(), fill); !errors.Is(err, store.ErrUnknown) || !errors.Is(err, os.ErrClosed) {
			t.Errorf("update: %v", err)
		}
	}
	if err := db.Update(t.Context(), func(store.Tx) error { t.Error("it ran"); return nil }); !errors.Is(err, store.ErrUnknown) {
		t.Errorf("update: %v", err)
	}
	if _, err := read(t, db, "a"); !errors.Is(err, store.ErrUnknown) {
		t.Errorf("view: %v", err)
	}
	if err := db.Ready(t.Context()); !errors.Is(err, store.ErrUnknown) {
		t.Errorf("ready: %v", err)
	}
	if err := <-told; !errors.Is(err, os.ErrClosed) || calls.Load() != 1 {
		t.Errorf("told %d times: %v", calls.Load(), err)
	}
	db.Close() // complains about the file, like everything else
	again := reopen(t, path, Options{})
	if text, err := read(t, again, "a"); err != nil || text != "saved" {
		t.Errorf("after the restart: %q, %v", text, err)
	}
}

// TestFullOrUnknown: a full disk is harmless only if the header page, which
// makes a commit count, was not reached.
func TestFullOrUnknown(t *testing.T) {
	db, _ := fresh(t, Options{})
	write(t, db, "a", "saved")
	var now int
	db.bolt.View(func(b *bbolt.Tx) error { now = b.ID(); return nil })
	for _, errno := range []error{syscall.ENOSPC, fmt.Errorf("file resize error: %s", syscall.ENOSPC), syscall.EDQUOT} {
		if err := db.judge(attempt{err: errno, txid: now + 1}); !errors.Is(err, store.ErrFull) || db.stopped() != nil {
			t.Errorf("%v before the header: %v", errno, err)
		}
	}
	if err := db.judge(attempt{err: syscall.ENOSPC, txid: now}); !errors.Is(err, store.ErrUnknown) || db.stopped() == nil {
		t.Errorf("full behind the header: %v", err)
	}
}

// TestNobodyHearsOfWhatWasNotSaved: who fails because of what a neighbour
// wrote must not say so if that was never saved.
func TestNobodyHearsOfWhatWasNotSaved(t *testing.T) {
	db, _ := fresh(t, Options{MaxSize: 256 << 10})
	release := held(t, db)
	answers := make(chan error, 2)
	go func() {
		answers <- db.Update(t.Context(), func(tx store.Tx) error { return notes.Put(tx, &note{"big", strings.Repeat("x", 1<<20)}) })
	}()
	queued(t, db, 1)
	taken := errors.New("there is one already")
	go func() {
		answers <- db.Update(t.Context(), func(tx store.Tx) error {
			if n, err := notes.Get(tx, store.Key("big")); err != nil || n == nil {
				return err
			}
			return taken
		})
	}()
	queued(t, db, 2)
	release()
	for range 2 {
		if err := <-answers; !errors.Is(err, store.ErrFull) {
			t.Errorf("got %v", err)
		}
	}
}

func TestMaxSizeIsFull(t *testing.T) {
	db, _ := fresh(t, Options{MaxSize: 256 << 10})
	write(t, db, "a", "saved")
	isFullAndUsable(t, db)
}

// isFullAndUsable fills the database and expects that nothing else happens.
func isFullAndUsable(t *testing.T, db *DB) {
	t.Helper()
	big := strings.Repeat("x", 1<<20)
	if err := db.Ready(t.Context()); err != nil {
		t.Errorf("before: %v", err)
	}
	err := db.Update(t.Context(), func(tx store.Tx) error { return notes.Put(tx, &note{"big", big}) })
	if !errors.Is(err, store.ErrFull) {
		t.Fatalf("got %v, want %v", err, store.ErrFull)
	}
	if db.full.Load() == 0 {
		t.Error("it is forgotten that the disk is full")
	}
	if text, err := read(t, db, "big"); text != "" || err != nil {
		t.Errorf("what was not saved: %d bytes, %v", len(text), err)
	}
	write(t, db, "small", "fits")
	for range 2 { // a little fits, and what did not fit still does not
		if err := db.Ready(t.Context()); !errors.Is(err, store.ErrFull) {
			t.Errorf("after: %v", err)
		}
	}
	for name, want := range map[string]string{"a": "saved", "small": "fits"} {
		if text, err := read(t, db, name); text != want || err != nil {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	if err := db.Check(t.Context()); err != nil {
		t.Error(err)
	}
}
