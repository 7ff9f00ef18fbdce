package bolt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"cresset/store"
)

func TestBackupAndRestore(t *testing.T) {
	db, path := fresh(t, Options{})
	backup := filepath.Join(t.TempDir(), "backup.db")
	write(t, db, "a", "before")
	var done, total int64
	err := db.Backup(t.Context(), backup, func(d, n int64) {
		if d < done {
			t.Errorf("progress went back from %d to %d", done, d)
		}
		done, total = d, n
	})
	if err != nil || done == 0 || done != total {
		t.Fatalf("backup: %d of %d bytes, %v", done, total, err)
	}
	write(t, db, "a", "after")
	write(t, db, "b", "after")
	r := Restoring{Generation: "g2", Check: func(tx store.Tx) error {
		return store.Check(tx, append(store.BuiltIn(), notes))
	}}
	if _, err := Restore(t.Context(), backup, path, r); err == nil || !strings.Contains(err.Error(), "cresset seems to be running") {
		t.Errorf("restore over a database in use: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for n := range 2 {
		kept, err := Restore(t.Context(), backup, path, r)
		if want := fmt.Sprintf("%s.before-restore-%d", path, n+1); err != nil || kept != want {
			t.Fatalf("kept %q, want %q, %v", kept, want, err)
		}
	}
	again := reopen(t, path, Options{})
	if text, err := read(t, again, "a"); err != nil || text != "before" {
		t.Errorf("a: %q, %v", text, err)
	}
	if text, err := read(t, again, "b"); err != nil || text != "" {
		t.Errorf("b: %q, %v", text, err)
	}
	if err := again.View(t.Context(), generationIs("g2")); err != nil {
		t.Error(err)
	}
	old := reopen(t, path+".before-restore-1", Options{})
	if text, err := read(t, old, "a"); err != nil || text != "after" {
		t.Errorf("the kept file has a: %q, %v", text, err)
	}
	if err := old.View(t.Context(), generationIs("")); err != nil {
		t.Error(err)
	}
}

func generationIs(want string) func(store.Tx) error {
	return func(tx store.Tx) error {
		got, err := store.Fact(tx, store.Generation)
		if got != want {
			return fmt.Errorf("generation %q, want %q", got, want)
		}
		return err
	}
}

func TestBackupWhileWriting(t *testing.T) {
	db, _ := fresh(t, Options{})
	write(t, db, "0", "")
	ctx, stop := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				write(t, db, fmt.Sprintf("%d-%d", w, i%50), strings.Repeat("x", i%3000))
			}
		})
	}
	backup := filepath.Join(t.TempDir(), "backup.db")
	for range 5 {
		if err := db.Backup(t.Context(), backup, nil); err != nil {
			t.Error(err)
		}
		if err := db.Check(t.Context()); err != nil {
			t.Error(err)
		}
	}
	stop()
	writers.Wait()
	copied := reopen(t, backup, Options{})
	if err := copied.View(t.Context(), notes.Check); err != nil {
		t.Error(err)
	}
	alone(t, backup)
}

func TestBackupThatFails(t *testing.T) {
	db, path := fresh(t, Options{})
	write(t, db, "a", "text")
	backup := filepath.Join(t.TempDir(), "backup.db")
	if err := os.WriteFile(backup, []byte("the one before"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := db.Backup(ctx, backup, func(int64, int64) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if b, _ := os.ReadFile(backup); string(b) != "the one before" {
		t.Errorf("the backup before is now %q", b)
	}
	alone(t, backup)
	if err := db.Backup(t.Context(), path, nil); err == nil || !strings.Contains(err.Error(), "the database itself") {
		t.Errorf("backup over itself: %v", err)
	}
}

func TestRestoreRefusesABadBackup(t *testing.T) {
	source, content := closedFile(t)
	backup := filepath.Join(t.TempDir(), "backup.db")
	target := filepath.Join(t.TempDir(), "cresset.db")
	if err := os.WriteFile(target, []byte("whatever lies there"), 0o600); err != nil {
		t.Fatal(err)
	}
	flipped := append([]byte(nil), content...)
	flipped[strings.LastIndex(string(content), "end of 17")] ^= 1
	for name, bad := range map[string][]byte{"cut off": content[:3*os.Getpagesize()], "flipped": flipped, "junk": []byte(source)} {
		if err := os.WriteFile(backup, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Restore(t.Context(), backup, target, Restoring{Generation: "g", Check: notes.Check})
		if err == nil || !strings.Contains(err.Error(), backup) {
			t.Errorf("%s: %v", name, err)
		}
		if b, _ := os.ReadFile(target); string(b) != "whatever lies there" {
			t.Errorf("%s: the target was touched", name)
		}
		alone(t, target)
	}
	page := strings.LastIndex(string(content), "end of 17") / os.Getpagesize() * os.Getpagesize()
	broken := append([]byte(nil), content...)
	clear(broken[page : page+os.Getpagesize()])
	if err := os.WriteFile(backup, broken, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), backup, target, Restoring{Generation: "g"}); err == nil {
		t.Error("a backup without one of its pages: no error, though no record was asked for")
	}
	if err := os.WriteFile(backup, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if kept, err := Restore(t.Context(), backup, target, Restoring{Generation: "g", Check: notes.Check}); err != nil || kept == "" {
		t.Errorf("over a file that cannot be opened: kept %q, %v", kept, err)
	}
	if kept, err := Restore(t.Context(), backup, target+"2", Restoring{Generation: "g"}); err != nil || kept != "" {
		t.Errorf("where nothing was: kept %q, %v", kept, err)
	}
	if _, err := Restore(t.Context(), backup, target, Restoring{}); err == nil {
		t.Error("without a generation: no error")
	}
}

// TestReplacedWhileOpening is a start that waited for the lock of a file
// while a restore put another in its place.
func TestReplacedWhileOpening(t *testing.T) {
	path, content := closedFile(t)
	_, err := Open(path, Options{openFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
		f, err := os.OpenFile(name, flag, mode)
		other := name + ".other"
		return f, errors.Join(err, os.WriteFile(other, content, 0o600), os.Rename(other, name))
	}})
	if err == nil || !strings.Contains(err.Error(), "was replaced") {
		t.Errorf("got %v", err)
	}
}
