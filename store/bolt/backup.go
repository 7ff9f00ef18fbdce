package bolt

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"go.etcd.io/bbolt"
)

// Backup writes a copy of the database to path while work goes on, and
// replaces what was there. The copy is the state of one moment. It gets its
// name only after it was opened again and its structure checked, so a failed
// backup never costs the one before it.
//
// progress, if not nil, is called now and then with bytes. A copy that is under
// way holds back the reuse of space, so the file may grow meanwhile.
func (db *DB) Backup(ctx context.Context, path string, progress func(done, total int64)) error {
	if err := db.notOurs(path); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	temp, err := writeAside(path, func(f *os.File) error { return db.copyTo(ctx, f, progress) })
	if err != nil {
		return fmt.Errorf("backup to %q: %w", path, err)
	}
	if err := checkFile(temp); err != nil {
		return errors.Join(fmt.Errorf("backup to %q: the copy is unusable: %w", path, err), os.Remove(temp))
	}
	if err := replace(temp, path); err != nil {
		return fmt.Errorf("backup to %q: %w", path, err)
	}
	return nil
}

func (db *DB) notOurs(path string) error {
	ours, err := os.Stat(db.path)
	if err != nil {
		return err
	}
	theirs, err := os.Stat(path)
	if err == nil && os.SameFile(ours, theirs) {
		return fmt.Errorf("%q is the database itself", path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (db *DB) copyTo(ctx context.Context, f io.Writer, progress func(done, total int64)) error {
	if err := db.stopped(); err != nil {
		return err
	}
	return db.bolt.View(func(b *bbolt.Tx) error {
		w := &meter{ctx: ctx, to: f, total: b.Size(), report: progress}
		_, err := b.WriteTo(w)
		return cmp.Or(w.err, err) // bbolt makes text of some errors
	})
}

// meter counts what passes and stops when its context ends.
type meter struct {
	ctx         context.Context
	to          io.Writer
	done, total int64
	report      func(done, total int64)
	err         error // of the last write
}

func (m *meter) Write(p []byte) (int, error) {
	if m.err = m.ctx.Err(); m.err != nil {
		return 0, m.err
	}
	var n int
	n, m.err = m.to.Write(p)
	m.done += int64(n)
	if m.report != nil {
		m.report(m.done, m.total)
	}
	return n, m.err
}

// checkFile opens a database nobody else uses and checks its structure.
func checkFile(path string) (err error) {
	if err := preflight(path, Options{}.withDefaults().Log); err != nil {
		return err
	}
	defer recovered(func(cause error) { err = cause })
	db, err := bbolt.Open(path, fileMode, &bbolt.Options{
		ReadOnly: true, PreLoadFreelist: true, Timeout: lockTimeout, FreelistType: bbolt.FreelistMapType,
	})
	if err != nil {
		return err
	}
	return errors.Join(db.View(structure), db.Close())
}

// Check reads the structure of the whole file and says what is wrong. Writers
// wait meanwhile. Flipped bits in values are not structure: for these, read
// the records with [store.Check].
func (db *DB) Check(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := db.stopped(); err != nil {
		return err
	}
	b, err := db.bolt.Begin(true) // bbolt's check wants no writer beside it
	if err != nil {
		return fmt.Errorf("check database %q: %w", db.path, err)
	}
	err = readable(db.path, b.Size())
	if err == nil {
		err = structure(b)
	}
	if err := errors.Join(err, b.Rollback()); err != nil {
		return damagedFile(db.path, err)
	}
	return nil
}

// readable reads the whole file as a file. bbolt reads it as memory, in a
// goroutine of its own, where a page that the disk cannot give ends the process.
func readable(path string, size int64) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if n, err := io.CopyN(io.Discard, f, size); err != nil {
		return fmt.Errorf("cannot be read behind byte %d: %w", n, err)
	}
	return nil
}

const maxFindings = 20

func structure(b *bbolt.Tx) error {
	var wrong []error
	for err := range b.Check() { // to the end: it waits to be read
		if len(wrong) < maxFindings {
			wrong = append(wrong, err)
		}
	}
	return errors.Join(wrong...)
}
