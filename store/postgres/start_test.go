package postgres

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"cresset/store"
	"cresset/store/postgres/pgtest"
)

func refused(t *testing.T, url string, words ...string) error {
	t.Helper()
	log, text := logged()
	db, err := Open(t.Context(), url, Options{Log: log})
	if err == nil {
		none(t, db.Close())
	}
	says(t, err, words...)
	keepsSecret(t, text.String())
	return err
}

func TestRefusals(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	none(t, err)
	nobody := free.Addr().String()
	none(t, free.Close())
	wrong := strings.Replace(shared.URL(""), "s3cr3t", "wr0ng", 1)
	refused(t, wrong, "the password of user \"cresset\" is wrong", "Check user and password", shared.Address())
	refused(t, pgtest.URL(nobody, ""), "no PostgreSQL answers at "+nobody, "Is it running")
	refused(t, strings.Replace(shared.URL(""), "/postgres?", "/nope?", 1), "has no database \"nope\"", "createdb -O cresset nope")
	refused(t, shared.URL("default_transaction_read_only=on"), "read-only transactions")
	for _, mode := range []string{"require", "verify-full"} {
		err := refused(t, strings.Replace(shared.URL(""), "sslmode=disable", "sslmode="+mode, 1), "do not agree on TLS", "refused TLS")
		if strings.Contains(err.Error(), "Is it running") {
			t.Error(err)
		}
	}
	err = refused(t, strings.Replace(pgtest.URL(nobody, ""), "sslmode=disable", "sslmode=prefer", 1), "no PostgreSQL answers")
	if strings.Count(err.Error(), "dial error") != 1 {
		t.Errorf("it repeats itself: %v", err)
	}
}

// TestARoleThatMayMakeNoTable is a database that belongs to somebody else, which PostgreSQL 15
// and newer let nobody make tables in.
func TestARoleThatMayMakeNoTable(t *testing.T) {
	schema, query := shared.schema(t)
	shared.sql(t, "create role poor login password '"+pgtest.Password+"'; grant usage on schema "+schema+" to poor; select 1")
	poor := strings.Replace(shared.URL(query), "//cresset:", "//poor:", 1)
	advice := []string{"user \"poor\" may not", "GRANT CREATE ON SCHEMA public TO poor"}
	refused(t, poor, advice...)
	_, err := Examine(t.Context(), poor, Options{}, unread)
	says(t, err, advice...)

	db := open(t, shared.URL(query), Options{})
	write(t, db, "a", "b")
	_, err = Examine(t.Context(), poor, Options{}, unread)
	says(t, err, advice...)
	shared.sql(t, "grant select, insert, update, delete on "+schema+".cresset_records to poor; select 1")
	seen := errors.New("it was read")
	_, err = Examine(t.Context(), poor, Options{}, func(tx store.Tx) error {
		n, err := notes.Get(tx, store.Key("a"))
		if n == nil || err != nil || tx.Noted() != nil {
			t.Errorf("got %v, %v, and notes %v of a View", n, err, tx.Noted())
		}
		return seen
	})
	if !errors.Is(err, seen) {
		t.Error(err)
	}
}

// unread is for a database that is empty.
func unread(store.Tx) error { return errors.New("something was read") }

func TestUnreadableURLs(t *testing.T) {
	for _, url := range []string{
		"", "s3cr3t", "host=localhost password=s3cr3t", "mysql://u:s3cr3t@h/db",
		"postgres://u:s3cr3t%zz@h/db", "postgres://u:s3cr3t/x@h:port/db", "postgres://u:a:s3cr3t@h:notaport/db?x",
		"postgres://u@h/db?sslmode=what&password=s3cr3t", "postgres://u:s3cr3t@[::1/db",
		"postgres://u:s3cr3t@h/db?sslrootcert=/nowhere/s3cr3t",
	} {
		refused(t, url, "the URL of the database", "postgres://")
	}
}

// TestHides lets a server repeat the password, raw and as it stands in the URL.
func TestHides(t *testing.T) {
	s, err := parse(shared.URL(""), Options{})
	none(t, err)
	for _, text := range []string{pgtest.Password, pgtest.PasswordInURL} {
		says(t, s.explain("open", errors.New("no way in with "+text)), "open: no way in with <secret>")
		says(t, s.explain("open", &pgconn.PgError{Message: "what is " + text}), "what is <secret>")
	}
}

func TestForgetfulServer(t *testing.T) {
	t.Parallel()
	server := another(t, "fsync=off")
	refused(t, server.URL(""), "fsync=off", "can lose what it confirmed", server.Address())
}

func TestJudge(t *testing.T) {
	for _, test := range []struct {
		version              int
		recovering, readOnly bool
		fsync                string
		words                string
	}{
		{130000, false, false, "on", ""},
		{180001, false, false, "on", ""},
		{120022, false, false, "on", "version 12"},
		{150001, true, true, "on", "in recovery"},
		{150001, false, true, "on", "read-only"},
		{150001, false, false, "off", "fsync=off"},
	} {
		seen := State{number: test.version, recovering: test.recovering, readOnly: test.readOnly, Fsync: test.fsync}
		if err := seen.judge(); test.words == "" {
			none(t, err)
		} else {
			says(t, err, test.words)
		}
	}
}

func TestAhead(t *testing.T) {
	asked := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	said := asked.Add(4 * time.Second)
	for _, test := range []struct{ read, want time.Duration }{
		{0, 0}, {2 * time.Second, 0}, {4 * time.Second, 0}, // it may have been read just then
		{6 * time.Second, 2 * time.Second}, {-5 * time.Second, -5 * time.Second},
	} {
		if got := ahead(asked.Add(test.read), asked, said); got != test.want {
			t.Errorf("read %v after it was asked: ahead by %v, want %v", test.read, got, test.want)
		}
	}
}

// TestWarnsOfClocks opens with a clock of ours that is off.
func TestWarnsOfClocks(t *testing.T) {
	for off, warns := range map[time.Duration]int{0: 0, 2 * time.Second: 0, time.Minute: 1, -time.Minute: 1} {
		_, query := shared.schema(t)
		log, text := logged()
		clock := func() time.Time { return time.Now().Add(off) }
		db := open(t, shared.URL(query), Options{Log: log, Clock: clock, Connections: 2})
		db.pool.forget()
		write(t, db, "a", "b") // on another connection
		if said := text.String(); strings.Count(said, "level=WARN") != warns || warns > 0 && !strings.Contains(said, "clocks") {
			t.Errorf("off by %v: logged %q", off, said)
		}
		seen, err := Examine(t.Context(), shared.URL(query), Options{Clock: clock}, func(store.Tx) error { return nil })
		none(t, err)
		if seen.Skewed() != (warns > 0) || warns > 0 && (seen.Ahead+off).Abs() > 20*time.Second {
			t.Errorf("off by %v: it is ahead by %v", off, seen.Ahead)
		}
	}
}

// TestExamine looks without a trace.
func TestExamine(t *testing.T) {
	schema, query := shared.schema(t)
	seen, err := Examine(t.Context(), shared.URL(query), Options{}, unread)
	none(t, err)
	if version := shared.sql(t, "show server_version"); seen.Version != version || seen.Fsync != "on" || seen.Forgets() || seen.Skewed() {
		t.Errorf("got %+v of version %s", seen, version)
	}
	if made := shared.sql(t, "select count(*) from pg_tables where schemaname = '"+schema+"'"); made != "0" {
		t.Errorf("it made %s tables", made)
	}
	seen, err = Examine(t.Context(), shared.URL(query+"&synchronous_commit=local"), Options{}, unread)
	none(t, err)
	if !seen.Forgets() {
		t.Errorf("synchronous_commit=local: got %+v", seen)
	}
	_, err = Examine(t.Context(), shared.URL("default_transaction_read_only=on"), Options{}, unread)
	says(t, err, "read-only transactions", shared.Address())
	_, err = Examine(t.Context(), "postgres://u:s3cr3t@[::1/db", Options{}, unread)
	says(t, err, "the URL of the database")
}

func TestWarnsOfAsynchronousCommit(t *testing.T) {
	for _, value := range []string{"off", "local"} {
		_, query := shared.schema(t)
		log, text := logged()
		db := open(t, shared.URL(query+"&synchronous_commit="+value), Options{Log: log})
		write(t, db, "a", "b")
		if said := text.String(); strings.Count(said, "level=WARN") != 1 || !strings.Contains(said, "synchronous_commit="+value) {
			t.Errorf("synchronous_commit=%s: logged %q", value, said)
		}
	}
}

// TestStandby asks a standby alone, which is refused, and then both: the
// one that takes writes is found.
func TestStandby(t *testing.T) {
	t.Parallel()
	standby := another(t)
	none(t, standby.Stop("fast"))
	signal := filepath.Join(standby.Data, "standby.signal")
	none(t, os.WriteFile(signal, nil, 0o600))
	none(t, pgtest.Own(signal))
	none(t, standby.Start())
	refused(t, standby.URL(""), "in recovery", "target_session_attrs=read-write")

	_, query := shared.schema(t)
	both := standby.Address() + "," + shared.Address()
	db := open(t, pgtest.URL(both, query+"&target_session_attrs=read-write"), Options{})
	write(t, db, "a", "b")
	none(t, db.View(t.Context(), func(tx store.Tx) error {
		n, err := notes.Get(tx, store.Key("a"))
		if n == nil {
			t.Error("nothing was written")
		}
		return err
	}))
}
