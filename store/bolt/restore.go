package bolt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"cresset/store"
)

// Restoring says how to restore.
type Restoring struct {
	// Generation is the new identity of the database, noted in it as
	// [store.Generation]. It must be new: whoever compares it learns that
	// numbers may have gone back.
	Generation string

	// Check reads the records of the copy before it is used, for example
	// with [store.Check]. Nil checks the structure only.
	Check func(store.Tx) error
}

// Restore puts a copy of backup in the place of the database at path. It
// refuses while a cresset runs there, and changes nothing unless the copy is
// sound. The old file is kept beside, under the name it returns, "" if there
// was none. A crash leaves the old database or the new one.
func Restore(ctx context.Context, backup, path string, r Restoring) (kept string, err error) {
	if r.Generation == "" {
		return "", errors.New("restore: a generation is needed")
	}
	temp, err := writeAside(path, func(f *os.File) error { return copyFile(ctx, backup, f) })
	if err != nil {
		return "", fmt.Errorf("restore %q: %w", backup, err)
	}
	if err := r.prepare(ctx, temp); err != nil {
		return "", errors.Join(fmt.Errorf("restore: backup %q is unusable: %w", backup, err), os.Remove(temp))
	}
	kept, err = swap(temp, path)
	if err != nil {
		return "", fmt.Errorf("restore to %q: %w", path, err)
	}
	return kept, nil
}

func copyFile(ctx context.Context, from string, to *os.File) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(&meter{ctx: ctx, to: to}, f)
	return err
}

// prepare checks the copy and gives it its new identity.
func (r Restoring) prepare(ctx context.Context, temp string) error {
	if err := checkFile(temp); err != nil {
		return err
	}
	db, err := Open(temp, Options{})
	if err != nil {
		return err
	}
	if r.Check != nil {
		err = db.View(ctx, r.Check)
	}
	if err == nil {
		err = db.Update(ctx, func(tx store.Tx) error {
			return store.SetFact(tx, store.Generation, r.Generation)
		})
	}
	return errors.Join(err, db.Close())
}

// swap gives temp the name path and keeps what had it.
func swap(temp, path string) (kept string, err error) {
	old, err := lock(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", christen(temp, path)
	}
	if err != nil {
		return "", errors.Join(err, os.Remove(temp))
	}
	defer old.Close()
	if kept, err = keep(path); err != nil {
		return "", errors.Join(err, os.Remove(temp))
	}
	return kept, replace(temp, path)
}

// keep gives the file a second name, the first free one. Between this and the
// replacement path never goes without a file: a start in that moment
// would make an empty database.
func keep(path string) (string, error) {
	for n := 1; ; n++ {
		kept := fmt.Sprintf("%s.before-restore-%d", path, n)
		err := os.Link(path, kept)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("keep the old file as %q: %w", filepath.Base(kept), err)
		}
		return kept, nil
	}
}
