package postgres

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"cresset/store/postgres/pgtest"
)

// shared is the server of most tests, template the files that all begin with.
// Who stops or spoils a server starts another one with another.
var shared, template *cluster

func TestMain(m *testing.M) {
	code, err := withServer(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func withServer(run func() int) (code int, err error) {
	dir, err := os.MkdirTemp("", "cresset-pg")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	files, err := pgtest.New(dir)
	if err != nil {
		return 0, err
	}
	template = &cluster{files}
	if shared, err = template.copy("shared"); err != nil {
		return 0, err
	}
	if err := shared.Start(); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, shared.Stop("immediate")) }()
	if code = run(); code != 0 {
		fmt.Fprintf(os.Stderr, "The last that the shared server said:\n%s\n", shared.Said())
	}
	return code, nil
}

// cluster is a PostgreSQL server on a port of the loopback.
type cluster struct{ *pgtest.Server }

func (c *cluster) copy(name string) (*cluster, error) {
	fresh, err := c.Copy(name)
	return &cluster{fresh}, err
}

// another is a second server, stopped by the end of the test.
func another(t *testing.T, settings ...string) *cluster {
	t.Helper()
	c, err := template.copy(t.Name())
	none(t, err)
	none(t, c.Start(settings...))
	t.Cleanup(func() { none(t, c.Stop("immediate")) })
	return c
}

// sql runs statements beside the store, and gives the first column of the
// last one's first row.
func (c *cluster) sql(t testing.TB, statements string) string {
	t.Helper()
	first, err := c.SQL(statements)
	none(t, err)
	return first
}

// schema makes an empty schema and gives the query of the URL that leads there.
func (c *cluster) schema(t testing.TB) (name, query string) {
	t.Helper()
	name, query, err := c.Schema()
	none(t, err)
	return name, query
}

// fresh opens a new database, which the test closes at its end.
func fresh(t testing.TB, o Options) (db *DB, schema string) {
	t.Helper()
	schema, query := shared.schema(t)
	return open(t, shared.URL(query), o), schema
}

func open(t testing.TB, url string, o Options) *DB {
	t.Helper()
	db, err := Open(t.Context(), url, o)
	none(t, err)
	t.Cleanup(func() { none(t, db.Close()) })
	return db
}

func none(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// url leads to the same database as db.
func (db *DB) url(t testing.TB) string {
	t.Helper()
	return shared.URL("search_path=" + db.server.config.RuntimeParams["search_path"])
}
