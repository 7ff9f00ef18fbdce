package app_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cresset/bot/app"
	"cresset/config"
	"cresset/store"
	"cresset/store/bolt"
)

// A state that a newer version has laid out is refused, and not touched.
func TestNewerStateIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cresset.db")
	c, err := config.Parse("cresset.yaml", []byte("store: bolt:"+path+"\nintegrations: {console: {}}\n"), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	open := func() error {
		a, err := app.Open(app.Options{Config: c, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			return err
		}
		return a.Close()
	}
	for range 2 {
		if err := open(); err != nil {
			t.Fatal(err)
		}
	}
	newer(t, path)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := open(); err == nil || !strings.Contains(err.Error(), "written by a newer cresset (layout 2") {
		t.Errorf("got %v", err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the state was changed (%v)", err)
	}
}

// newer notes the next layout in the state.
func newer(t *testing.T, path string) {
	t.Helper()
	db, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(t.Context(), func(tx store.Tx) error {
		if was, err := store.Fact(tx, "layout"); err != nil || was != "1" {
			t.Errorf("the layout is noted as %q (%v)", was, err)
		}
		return store.SetFact(tx, "layout", "2")
	})
	if err != nil {
		t.Fatal(err)
	}
}
