package app

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cresset/bot/chat"
	"cresset/config"
	"cresset/store"
	"cresset/store/bolt"
)

// oldState unpacks testdata/old/words.db.gz: a state of three requests, written by
// a cresset from before requests were found by their words.
func oldState(t *testing.T) (path string) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "old", "words.db.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	state, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "cresset.db")
	if err := os.WriteFile(path, state, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// wordLines counts the lines of the index of words, in a state that must be sound.
func wordLines(t *testing.T, path string) (n int) {
	t.Helper()
	db, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.View(t.Context(), func(tx store.Tx) (err error) {
		if n, err = store.Requests.Count(tx, "words", nil); err != nil {
			return err
		}
		return check(tx)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A state from before an index is sound, has its lines after the first start, and
// is left alone by the second.
func TestAnOldStateIsIndexedAtTheStart(t *testing.T) {
	path := oldState(t)
	if n := wordLines(t, path); n != 0 {
		t.Fatalf("the old state has %d lines", n)
	}
	for _, first := range []bool{true, false} {
		var log bytes.Buffer
		c, err := config.Parse("cresset.yaml", fmt.Appendf(nil, "store: bolt:%s\nintegrations: {console: {}}\n", path), func(string) (string, bool) { return "", false })
		if err != nil {
			t.Fatal(err)
		}
		a, err := Open(Options{Config: c, Log: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		reply, err := a.Handle(t.Context(), chat.Event{Key: fmt.Sprint("like", first), Line: "cre like invoice exports", By: chat.Person{Platform: "console", ID: "ada", Name: "ada"},
			Place: chat.Place{Platform: "console", Channel: "general"}})
		if err != nil || !strings.Contains(reply.Message.Text.String(), "R-1 the export of invoices is slow") {
			t.Errorf("%+v, %v", reply.Message, err)
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		if said := strings.Contains(log.String(), "index=requests.words"); said != first {
			t.Errorf("first start: %v, logged %q", first, log.String())
		}
		if n := wordLines(t, path); n != 11 { // export invoices slow, Rechnungen fehlen Bericht, login page returns 502 2.4.1
			t.Errorf("%d lines", n)
		}
	}
}
