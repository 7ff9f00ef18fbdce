package bolt

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cresset/store"
)

// A power cut in the middle of a commit leaves some of what was written since
// the last sync: any pages of it, and of a page any of its sectors. A commit syncs
// the changed pages before it writes the header that leads to them, so the header
// is old while pages are missing, and the pages are whole while the header is
// torn. Whatever is left, the file opens as it was before the commit or as it is
// after it, in what it holds and not only in its structure, and goes on working.
func TestPowerLossInACommit(t *testing.T) {
	rounds, images := 6, 40
	if *torture {
		rounds, images = 60, 400
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	db, path := fresh(t, Options{})
	cut := &powerCut{path: filepath.Join(t.TempDir(), "cresset.db"), r: r}
	was := map[string]string{}
	cut.old, cut.oldSize = file(t, path)
	for round := range rounds {
		is := change(t, db, r, was, round)
		cut.new, cut.newSize = file(t, path)
		seen := map[bool]int{}
		for range images {
			img, size := cut.image()
			seen[cut.opensAs(t, img, size, was, is)]++
		}
		if seen[true] == 0 || seen[false] == 0 {
			t.Errorf("round %d: the images show the state before %d times and the one after %d times", round, seen[false], seen[true])
		}
		was, cut.old, cut.oldSize = is, cut.new, cut.newSize
	}
}

// change commits something to all kinds of records, and gives the new state.
func change(t *testing.T, db *DB, r *rand.Rand, was map[string]string, round int) map[string]string {
	t.Helper()
	is := maps.Clone(was)
	err := db.Update(t.Context(), func(tx store.Tx) error {
		is = maps.Clone(was)
		for range 1 + r.IntN(30) {
			name := fmt.Sprintf("n%02d", r.IntN(60))
			if is[name] != "" && r.IntN(3) == 0 {
				delete(is, name)
				if err := notes.Delete(tx, store.Key(name)); err != nil {
					return err
				}
				continue
			}
			is[name] = strings.Repeat(fmt.Sprintf("round %d ", round), 1+r.IntN(200))
			if err := notes.Put(tx, &note{name, is[name]}); err != nil {
				return err
			}
		}
		is["round"] = fmt.Sprint(round)
		return notes.Put(tx, &note{"round", is["round"]})
	})
	if err != nil {
		t.Fatal(err)
	}
	return is
}

// file reads a file up to its last page that is not empty, and says how long it
// is: bbolt makes it far longer than it needs.
func file(t *testing.T, path string) (content []byte, size int) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	size, page := len(content), os.Getpagesize()
	empty := make([]byte, page)
	for bytes.HasSuffix(content, empty) {
		content = content[:len(content)-page]
	}
	return content, size
}

// powerCut makes images of what may be on the disk between old and new.
type powerCut struct {
	path             string
	r                *rand.Rand
	old, new         []byte
	oldSize, newSize int
}

const sector = 512

// image gives the content and the length of a file.
func (p *powerCut) image() ([]byte, int) {
	header := p.changedHeader()
	switch p.r.IntN(4) {
	case 0: // the pages are there, and the header in part
		img := bytes.Clone(p.new)
		torn := header + p.r.IntN(pageHeader+metaSize+1)
		copy(img[torn:header+os.Getpagesize()], p.old[torn:])
		return img, p.newSize
	case 1: // all but the last sync
		return bytes.Clone(p.new), p.newSize
	case 2: // some pages, whole
		return p.pages(header, os.Getpagesize())
	default: // some sectors
		return p.pages(header, sector)
	}
}

// pages is the old file with some of the new stretches of a size, but the
// header. A file that has grown may still be as short as before, if nothing behind
// its end was written.
func (p *powerCut) pages(header, size int) ([]byte, int) {
	img := make([]byte, max(len(p.old), len(p.new)))
	copy(img, p.old)
	longer := false
	for at := 0; at < len(p.new); at += size {
		inHeader := at >= header && at < header+os.Getpagesize()
		if inHeader || bytes.Equal(img[at:at+size], p.new[at:at+size]) || p.r.IntN(2) == 0 {
			continue
		}
		copy(img[at:at+size], p.new[at:])
		longer = longer || at >= p.oldSize
	}
	if !longer && p.r.IntN(2) == 0 {
		return img[:min(len(img), p.oldSize)], p.oldSize
	}
	return img, p.newSize
}

// changedHeader is where the header page lies that the commit wrote.
func (p *powerCut) changedHeader() int {
	page := os.Getpagesize()
	if bytes.Equal(p.old[:page], p.new[:page]) {
		return page
	}
	return 0
}

// opensAs opens the image and reports whether it is the state after the commit.
func (p *powerCut) opensAs(t *testing.T, img []byte, size int, was, is map[string]string) (after bool) {
	t.Helper()
	err := errors.Join(os.WriteFile(p.path, img, 0o600), os.Truncate(p.path, int64(size)))
	if err != nil {
		t.Fatal(err)
	}
	db, err := Open(p.path, Options{})
	if err != nil {
		t.Fatalf("an image of a power cut is refused: %v", err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := db.Check(t.Context()); err != nil {
		t.Errorf("structure: %v", err)
	}
	got := everyNote(t, db)
	if after = maps.Equal(got, is); !after && !maps.Equal(got, was) {
		t.Errorf("it holds neither the state before nor the one after: %d records, round %q; before %d of round %q, after %d of round %q",
			len(got), got["round"], len(was), was["round"], len(is), is["round"])
	}
	write(t, db, "later", "goes on")
	got["later"] = "goes on"
	if now := everyNote(t, db); !maps.Equal(now, got) {
		t.Error("writing on harmed what was there")
	}
	if err := db.Check(t.Context()); err != nil {
		t.Errorf("structure after writing on: %v", err)
	}
	return after
}

// everyNote reads all records.
func everyNote(t *testing.T, db *DB) map[string]string {
	t.Helper()
	got := map[string]string{}
	err := db.View(t.Context(), func(tx store.Tx) error {
		for n, err := range notes.All(tx, store.Page{}) {
			if err != nil {
				return err
			}
			got[n.Name] = n.Text
		}
		return notes.Check(tx)
	})
	if err != nil {
		t.Error(err)
	}
	return got
}

// TestRemainsOfACreation: a power cut before a new file had its name leaves
// remains beside it, of any length, and they harm nothing.
func TestRemainsOfACreation(t *testing.T) {
	_, whole := closedFile(t)
	path := filepath.Join(t.TempDir(), "cresset.db")
	for i, remains := range [][]byte{nil, make([]byte, 16<<10), bytes.Repeat([]byte("junk"), 1250), whole[:os.Getpagesize()]} {
		if err := os.WriteFile(fmt.Sprintf("%s.new-%d", path, i), remains, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db := reopen(t, path, Options{})
	if got := everyNote(t, db); len(got) != 0 {
		t.Errorf("a new database holds %v", got)
	}
	write(t, db, "a", "saved")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if text, err := read(t, reopen(t, path, Options{}), "a"); text != "saved" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
}
