package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"cresset/store"
)

// Examine says why the database at path could not be opened, or could not be
// made if there is none, and has look read it. It changes nothing. A file in use
// gives [ErrRunning] and is not read, one that is not there is not made.
func Examine(path string, look func(store.Tx) error) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return mayWriteIn(filepath.Dir(path))
	}
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	held, err := lock(path)
	if err != nil {
		return err
	}
	if err := held.Close(); err != nil {
		return err
	}
	if err := preflight(path, slog.New(slog.DiscardHandler)); err != nil {
		return err
	}
	return lookInto(path, look)
}

// lookInto reads a file that passed preflight.
func lookInto(path string, look func(store.Tx) error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer recovered(func(cause error) { err = damagedFile(path, cause) })
	db, err := bbolt.Open(path, fileMode, &bbolt.Options{ReadOnly: true, Timeout: lockTimeout, FreelistType: bbolt.FreelistMapType})
	if errors.Is(err, berrors.ErrTimeout) {
		return fmt.Errorf("database %q: %w", path, ErrRunning)
	}
	if err != nil {
		return fmt.Errorf("open database %q: %w", path, err)
	}
	err = db.View(func(b *bbolt.Tx) error {
		t := &tx{bolt: b, now: time.Now()}
		defer t.end()
		return look(t)
	})
	return errors.Join(err, db.Close())
}
