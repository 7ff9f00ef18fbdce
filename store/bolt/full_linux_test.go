package bolt

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"

	"cresset/store"
)

const childMark = "CRESSET_TEST_SMALL_FILES"

// smallFiles runs the test again in a process whose files the system refuses
// to let grow beyond 256 KiB, as a full disk does: with an error of ftruncate
// or of pwrite. limit begins that; it is nil in the process that only watches.
func smallFiles(t *testing.T) (limit func()) {
	t.Helper()
	if os.Getenv(childMark) == "" {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
		child.Env = append(os.Environ(), childMark+"=1")
		if out, err := child.CombinedOutput(); err != nil {
			t.Errorf("in a process with small files: %v\n%s", err, out)
		}
		return nil
	}
	return func() {
		signal.Ignore(syscall.SIGXFSZ)
		limitFiles(t, 256<<10)
	}
}

func limitFiles(t *testing.T, size uint64) {
	t.Helper()
	var limit syscall.Rlimit
	err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit)
	limit.Cur = size
	if err = errors.Join(err, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit)); err != nil {
		t.Fatal(err)
	}
}

func TestFullWhenTheFileGrows(t *testing.T) {
	limit := smallFiles(t)
	if limit == nil {
		return
	}
	db, _ := fresh(t, Options{})
	write(t, db, "a", "saved")
	limit()
	isFullAndUsable(t, db)
}

// TestFullWhenPagesAreWritten gives the file its length before there is room
// for it, as most file systems do.
func TestFullWhenPagesAreWritten(t *testing.T) {
	limit := smallFiles(t)
	if limit == nil {
		return
	}
	db, path := fresh(t, Options{})
	write(t, db, "a", "saved")
	if err := os.Truncate(path, 8<<20); err != nil {
		t.Fatal(err)
	}
	limit()
	isFullAndUsable(t, db)
}

// TestFullUntilThereIsSpace fills the disk with small commits. The few pages that
// the file still has must not make it look as if there were space, however often
// one asks; and what asking wrote is gone in the end.
func TestFullUntilThereIsSpace(t *testing.T) {
	limit := smallFiles(t)
	if limit == nil {
		return
	}
	var log bytes.Buffer
	db, path := fresh(t, Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	err := os.Truncate(path, 8<<20)
	limit()
	for i := 0; err == nil && i < 1000; i++ {
		err = db.Update(t.Context(), func(tx store.Tx) error {
			return notes.Put(tx, &note{fmt.Sprint(i), strings.Repeat("x", 2000)})
		})
	}
	for range 3 {
		if ready := db.Ready(t.Context()); !errors.Is(err, store.ErrFull) || !errors.Is(ready, store.ErrFull) {
			t.Errorf("saving gives %v, ready %v; want both full", err, ready)
		}
	}
	limitFiles(t, 64<<20)
	for range 2 {
		if err := db.Ready(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if said := log.String(); strings.Count(said, "the disk is full") != 1 || strings.Count(said, "again") != 1 {
		t.Errorf("it logged\n%s", said)
	}
	err = db.View(t.Context(), func(tx store.Tx) error {
		if all, err := tx.Collections(); err != nil || !slices.Equal(all, []string{"notes"}) {
			t.Errorf("collections %q, %v", all, err)
		}
		return tx.Scan(trials, store.Range{}, func(key, _ []byte) error { return fmt.Errorf("%x is left of a trial", key) })
	})
	if err = errors.Join(err, db.Check(t.Context())); err != nil {
		t.Error(err)
	}
}
