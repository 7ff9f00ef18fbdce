package postgres

import (
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"cresset/store"
)

func refused(t *testing.T, url string, words ...string) {
	t.Helper()
	log, text := logged()
	db, err := Open(t.Context(), url, Options{Log: log})
	if err == nil {
		none(t, db.Close())
	}
	says(t, err, words...)
	keepsSecret(t, text.String())
}

func TestRefusals(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	none(t, err)
	nobody := free.Addr().String()
	none(t, free.Close())
	wrong := strings.Replace(shared.url(""), "s3cr3t", "wr0ng", 1)
	refused(t, wrong, "does not let user \"cresset\" in", "Check user and password", shared.address())
	refused(t, urlOf(nobody, ""), "no PostgreSQL answers at "+nobody, "Is it running")
	refused(t, strings.Replace(shared.url(""), "/postgres?", "/nope?", 1), "has no database \"nope\"", "createdb nope")
	refused(t, shared.url("default_transaction_read_only=on"), "read-only transactions")
	refused(t, strings.Replace(shared.url(""), "sslmode=disable", "sslmode=require", 1), "TLS")
}

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
	s, err := parse(shared.url(""), slog.New(slog.DiscardHandler))
	none(t, err)
	for _, text := range []string{secret, secretInURL} {
		says(t, s.explain("open", errors.New("no way in with "+text)), "open: no way in with <secret>")
		says(t, s.explain("open", &pgconn.PgError{Message: "what is " + text}), "what is <secret>")
	}
}

func TestForgetfulServer(t *testing.T) {
	t.Parallel()
	server := another(t, "fsync=off")
	refused(t, server.url(""), "fsync=off", "can lose what it confirmed", server.address())
}

func TestJudge(t *testing.T) {
	log, text := logged()
	s := &server{log: log}
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
		err := s.judge(test.version, test.recovering, test.readOnly, test.fsync, "on")
		if test.words == "" {
			none(t, err)
		} else {
			says(t, err, test.words)
		}
	}
	if text.Len() > 0 {
		t.Errorf("logged: %s", text)
	}
}

func TestWarnsOfAsynchronousCommit(t *testing.T) {
	for _, value := range []string{"off", "local"} {
		_, query := shared.schema(t)
		log, text := logged()
		db := open(t, shared.url(query+"&synchronous_commit="+value), Options{Log: log})
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
	none(t, standby.stop("fast"))
	signal := filepath.Join(standby.data, "standby.signal")
	none(t, os.WriteFile(signal, nil, 0o600))
	none(t, own(signal))
	none(t, standby.start())
	refused(t, standby.url(""), "in recovery", "target_session_attrs=read-write")

	_, query := shared.schema(t)
	both := standby.address() + "," + shared.address()
	db := open(t, urlOf(both, query+"&target_session_attrs=read-write"), Options{})
	write(t, db, "a", "b")
	none(t, db.View(t.Context(), func(tx store.Tx) error {
		n, err := notes.Get(tx, store.Key("a"))
		if n == nil {
			t.Error("nothing was written")
		}
		return err
	}))
}
