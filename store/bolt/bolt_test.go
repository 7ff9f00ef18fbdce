package bolt

import (
	"path/filepath"
	"testing"

	"cresset/store"
	"cresset/store/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.DB {
		db, _ := fresh(t, Options{})
		db.bolt.StrictMode = true // bbolt checks the whole file after each commit
		return db
	})
}

// fresh opens a new database, which the test closes at its end.
func fresh(t testing.TB, o Options) (db *DB, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "cresset.db")
	return reopen(t, path, o), path
}

func reopen(t testing.TB, path string, o Options) *DB {
	t.Helper()
	db, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
