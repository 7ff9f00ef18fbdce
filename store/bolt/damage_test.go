package bolt

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cresset/store"
)

type note struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

var notes = &store.Collection[note]{Name: "notes", Key: func(n *note) []byte { return store.Key(n.Name) }}

func write(t testing.TB, db *DB, name, text string) {
	t.Helper()
	err := db.Update(t.Context(), func(tx store.Tx) error { return notes.Put(tx, &note{name, text}) })
	if err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, db *DB, name string) (string, error) {
	t.Helper()
	var text string
	err := db.View(t.Context(), func(tx store.Tx) error {
		n, err := notes.Get(tx, store.Key(name))
		if err == nil && n != nil {
			text = n.Text
		}
		return err
	})
	return text, err
}

func TestSecondOpener(t *testing.T) {
	_, path := fresh(t, Options{})
	started := time.Now()
	_, err := Open(path, Options{})
	if err == nil || !strings.Contains(err.Error(), "another cresset seems to be running on this file") || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
	if waited := time.Since(started); waited > 5*time.Second {
		t.Errorf("it took %v to say so", waited)
	}
}

// closedFile is the file of a database that holds a few pages of notes.
func closedFile(t *testing.T) (path string, content []byte) {
	t.Helper()
	db, path := fresh(t, Options{})
	for i := range 40 {
		write(t, db, fmt.Sprintf("n%02d", i), strings.Repeat("text ", 60)+fmt.Sprintf("end of %02d", i))
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, content
}

func TestDamagedFileIsRefused(t *testing.T) {
	path, whole := closedFile(t)
	page := os.Getpagesize()
	newest, err := newestMeta(bytes.NewReader(whole), func(int, error) {})
	if err != nil {
		t.Fatal(err)
	}
	older, err := readMeta(bytes.NewReader(whole), int64(1-newest.txid%2)*int64(page))
	if err != nil || older.txid+1 != newest.txid {
		t.Fatalf("the newest header is %d and not the other, %d (%v)", newest.txid, older.txid, err)
	}
	zero := func(from, to int) []byte {
		b := bytes.Clone(whole)
		clear(b[from:to])
		return b
	}
	pageOf := func(id uint64) []byte { return zero(int(id)*page, int(id+1)*page) }
	for _, test := range []struct {
		name    string
		content []byte
		says    []string
	}{
		{"empty", nil, []string{"empty file", "Delete it to start afresh"}},
		{"junk of 16 KiB", bytes.Repeat([]byte("junk"), 4096), []string{"this is no bbolt database", "cresset restore"}},
		{"zeros of 16 KiB", make([]byte, 16384), []string{"this is no bbolt database", "cresset restore"}},
		{"both metas torn", zero(16, page+page/2), []string{"both header pages"}},
		{"cut in the first header", whole[:70], []string{"both header pages"}},
		{"cut behind the first header", whole[:100], []string{"cut off"}},
		{"cut off", whole[:int(newest.pages)*page-1], []string{"cut off", "cresset restore"}},
		{"cut to two pages", whole[:2*page], []string{"cut off"}},
		{"root page gone", pageOf(newest.root), []string{"root page"}},
		{"freelist page gone", pageOf(newest.freelist), []string{"freelist page"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := os.WriteFile(path, test.content, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Open(path, Options{})
			if err == nil {
				t.Fatal("it was opened")
			}
			for _, part := range append(test.says, path) {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
			if strings.Contains(err.Error(), "doctor") { // which says the same again
				t.Error(err)
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(after, test.content) {
				t.Error("the damaged file was changed")
			}
		})
	}
}

func TestOneTornMetaIsNormal(t *testing.T) {
	path, whole := closedFile(t)
	page := os.Getpagesize()
	for n := range 2 {
		torn := bytes.Clone(whole)
		clear(torn[n*page+40 : n*page+80])
		if err := os.WriteFile(path, torn, 0o600); err != nil {
			t.Fatal(err)
		}
		var log bytes.Buffer
		db := reopen(t, path, Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
		if text, err := read(t, db, "n00"); err != nil || !strings.HasSuffix(text, "end of 00") {
			t.Errorf("meta %d torn: %q, %v", n, text, err)
		}
		if !strings.Contains(log.String(), fmt.Sprintf("page=%d", n)) {
			t.Errorf("the log does not say that meta %d is torn: %s", n, log.String())
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestFlippedBitIsNamed(t *testing.T) {
	path, whole := closedFile(t)
	whole[bytes.LastIndex(whole, []byte("end of 17"))] ^= 1 // older copies of the page may lie before it
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	db := reopen(t, path, Options{})
	if err := db.Check(t.Context()); err != nil {
		t.Errorf("the structure is sound: %v", err)
	}
	err := db.View(t.Context(), notes.Check)
	if !errors.Is(err, store.ErrCorrupt) || strings.Count(err.Error(), "corrupt record") != 1 || !strings.Contains(err.Error(), `"n17\x00\x01" of collection "notes"`) {
		t.Errorf("check says %v", err)
	}
	if _, err := read(t, db, "n16"); err != nil {
		t.Errorf("a sound record: %v", err)
	}
}

// TestLostPages takes pages away under an open database, as a dying disk or a
// careless truncate does. Reading them would end the process with SIGBUS.
func TestLostPages(t *testing.T) {
	path, _ := closedFile(t)
	db := reopen(t, path, Options{})
	if err := os.Truncate(path, int64(2*os.Getpagesize())); err != nil {
		t.Fatal(err)
	}
	if _, err := read(t, db, "n17"); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("get: %v", err)
	}
	if err := db.View(t.Context(), notes.Check); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("scan: %v", err)
	}
	if err := db.Update(t.Context(), func(tx store.Tx) error { return notes.Put(tx, &note{Name: "new"}) }); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("put: %v", err)
	}
	if err := db.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "cannot be read behind byte") {
		t.Errorf("check: %v", err)
	}
}

// TestPagesLostInTheCommit is the same at the worst moment: bbolt panics with
// its locks held.
func TestPagesLostInTheCommit(t *testing.T) {
	path, whole := closedFile(t)
	db := reopen(t, path, Options{})
	err := db.Update(t.Context(), func(tx store.Tx) error {
		return errors.Join(notes.Put(tx, &note{Name: "n17"}), os.Truncate(path, int64(2*os.Getpagesize())))
	})
	if !errors.Is(err, store.ErrUnknown) {
		t.Errorf("update: %v", err)
	}
	if err := db.Check(t.Context()); !errors.Is(err, store.ErrUnknown) {
		t.Errorf("check: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err := read(t, reopen(t, path, Options{}), "n17"); err != nil || text == "" {
		t.Errorf("after the restart: %q, %v", text, err)
	}
}

func TestFileModes(t *testing.T) {
	db, path := fresh(t, Options{})
	write(t, db, "a", "text")
	backup := filepath.Join(t.TempDir(), "backup.db")
	if err := db.Backup(t.Context(), backup, nil); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{path, backup} {
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v", file, info.Mode(), err)
		}
	}
	alone(t, path)
	alone(t, backup)
}

// alone fails if anything lies beside the file.
func alone(t *testing.T, path string) {
	t.Helper()
	all, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(all) != 1 {
		t.Errorf("beside %s: %v, %v", path, all, err)
	}
}

func TestCompaction(t *testing.T) {
	db, path := fresh(t, Options{})
	const all = 300
	err := db.Update(t.Context(), func(tx store.Tx) error {
		for i := range all {
			if err := notes.Put(tx, &note{fmt.Sprint(i), strings.Repeat("x", 100<<10)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(t.Context(), func(tx store.Tx) error {
		for i := range all - 1 {
			if err := notes.Delete(tx, store.Key(fmt.Sprint(i))); err != nil {
				return err
			}
		}
		return nil
	})
	before := db.Stats()
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	untouched := reopen(t, path, Options{})
	if now := untouched.Stats(); now.Size != before.Size {
		t.Errorf("a small file went from %d to %d bytes", before.Size, now.Size)
	}
	if err := untouched.Close(); err != nil {
		t.Fatal(err)
	}
	db = reopen(t, path, Options{compactAbove: 1})
	if now := db.Stats(); now.Size > before.Size/10 {
		t.Errorf("from %d to %d bytes", before.Size, now.Size)
	}
	if text, err := read(t, db, fmt.Sprint(all-1)); len(text) != 100<<10 || err != nil {
		t.Errorf("what was kept: %d bytes, %v", len(text), err)
	}
	write(t, db, "new", "text")
	if err := db.Check(t.Context()); err != nil {
		t.Error(err)
	}
	alone(t, path)
}

func TestSettings(t *testing.T) {
	db, _ := fresh(t, Options{})
	if db.bolt.NoFreelistSync || db.bolt.NoSync || db.bolt.NoGrowSync {
		t.Error("a setting gives up durability or a quick start")
	}
}

func TestOpenWhereNothingCanBe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "no such directory", "cresset.db")
	if _, err := Open(path, Options{}); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
}
