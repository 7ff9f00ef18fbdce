package app

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"cresset/store"
	"cresset/store/bolt"
	"cresset/store/postgres"
	"cresset/store/postgres/pgtest"
)

// checked is what `cresset check` prints for a store.
func checked(t *testing.T, address string) (said string, err error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cresset.yaml")
	if err := os.WriteFile(path, fmt.Appendf(nil, "listen: 127.0.0.1:0\nstore: %q\nintegrations: {console: {}}\n", address), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	env := Environment{Out: &out, Err: &out, Log: slog.New(slog.DiscardHandler), Getenv: func(string) (string, bool) { return "", false }, ConfigPath: path}
	err = env.Check(t.Context())
	return out.String(), err
}

func TestCheckOfAFile(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "cresset.db")
	for _, test := range []struct {
		path, words string
		bad         bool
	}{
		{file, "ok store file " + file + ", which the first start makes", false},
		{dir, "NO store file " + dir + ": it is no file", true},
		{filepath.Join(dir, "nowhere", "cresset.db"), "NO store file .*nowhere: no such file or directory", true},
	} {
		said, err := checked(t, "bolt:"+test.path)
		if errors.Is(err, ErrRefused) != test.bad || !matches(said, test.words) {
			t.Errorf("%s: %v\n%s\nwithout %q", test.path, err, said, test.words)
		}
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("it made the file")
	}
}

func TestCheckOfAServer(t *testing.T) {
	server := pgtest.Start(t)
	said, err := checked(t, server.URL(""))
	if err != nil || !matches(said, `ok store takes writes PostgreSQL \d+`, "ok store fsync on", "ok store synchronous_commit on", "ok store clock as this machine's") {
		t.Errorf("%v\n%s", err, said)
	}
	said, err = checked(t, server.URL("synchronous_commit=off"))
	if !errors.Is(err, ErrRefused) || !matches(said, "NO store synchronous_commit off → .*may lose", "1 thing would fail") {
		t.Errorf("synchronous_commit=off: %v\n%s", err, said)
	}
	said, err = checked(t, server.URL("default_transaction_read_only=on"))
	if !errors.Is(err, ErrRefused) || !matches(said, "NO store database .*read-only") || strings.Contains(said, pgtest.PasswordInURL) {
		t.Errorf("read-only: %v\n%s", err, said)
	}
	if err := server.Stop("fast"); err != nil {
		t.Fatal(err)
	}
	said, err = checked(t, server.URL(""))
	if !errors.Is(err, ErrRefused) || !matches(said, "NO store database .*no PostgreSQL answers at "+server.Address()) {
		t.Errorf("stopped: %v\n%s", err, said)
	}
	if err := server.Start("fsync=off"); err != nil {
		t.Fatal(err)
	}
	said, err = checked(t, server.URL(""))
	if !errors.Is(err, ErrRefused) || !matches(said, "NO store database .*fsync=off") {
		t.Errorf("fsync=off: %v\n%s", err, said)
	}
}

func TestCheckOfAClock(t *testing.T) {
	server := pgtest.Start(t)
	for off, words := range map[time.Duration]string{time.Hour: "behind this machine's", -time.Hour: "before this machine's", time.Second: ""} {
		all := serverFindings(t.Context(), server.URL(""), postgres.Options{Clock: func() time.Time { return time.Now().Add(off) }})
		clock := all[len(all)-1]
		if clock.What != "clock" || clock.OK != (words == "") || !strings.HasSuffix(clock.Detail, words) {
			t.Errorf("off by %v: %+v", off, clock)
		}
	}
}

// What a bot would not start on is not well.
func TestCheckOfAStateThatIsElsewhere(t *testing.T) {
	m := newMovers(t, pgtest.Start(t))
	check := func(address string) (string, error) {
		t.Helper()
		before := m.look(address)
		said, err := checked(t, strings.Replace(address, "${PGPASSWORD}", pgtest.PasswordInURL, 1))
		if after := m.look(address); before != after {
			t.Errorf("it changed %s", address)
		}
		return said, err
	}
	says := func(address string, words ...string) {
		t.Helper()
		if said, err := check(address); !errors.Is(err, ErrRefused) || !matches(said, words...) {
			t.Errorf("%s: %v\n%s", address, err, said)
		}
	}
	m.fill(m.file, 3)
	if said, err := check(m.file); err != nil || !matches(said, "ok store file") {
		t.Errorf("%v\n%s", err, said)
	}
	m.copy(m.file, m.url)
	says(m.file, "NO store file .*moved to postgres://")
	if said, err := check(m.url); err != nil || !matches(said, "ok store takes writes") {
		t.Errorf("%v\n%s", err, said)
	}
	c := m.begin(m.url, "bolt:"+filepath.Join(t.TempDir(), "other.db"))
	m.does(c.agree, c.leave)
	other := c.to.name
	m.close(c)
	says(m.url, "NO store database .*is being copied to "+other)
	says(other, "NO store file .*an incomplete copy of")
	newer := "bolt:" + filepath.Join(t.TempDir(), "newer.db")
	m.at(newer, func(db store.DB) error {
		return db.Update(t.Context(), func(tx store.Tx) error { return store.SetFact(tx, "layout", "99") })
	})
	says(newer, "NO store file .*newer cresset")
	if err := os.Truncate(strings.TrimPrefix(newer, "bolt:"), 8<<10); err != nil {
		t.Fatal(err)
	}
	says(newer, "NO store file .*is damaged")
}

// look is all that a file is, or the digest of what a server has.
func (m *movers) look(address string) string {
	m.t.Helper()
	file, ok := strings.CutPrefix(address, "bolt:")
	if !ok {
		return m.sum(address)
	}
	content, err := os.ReadFile(file)
	info, err2 := os.Stat(file)
	if err = errors.Join(err, err2); err != nil {
		m.t.Fatal(err)
	}
	return fmt.Sprint(info.ModTime(), string(content))
}

// A bot that runs is no fault of its file.
func TestCheckOfAFileInUse(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cresset.db")
	db, err := bolt.Open(file, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	said, err := checked(t, "bolt:"+file)
	if err != nil || !matches(said, "ok store file .*, which a running cresset uses") {
		t.Errorf("%v\n%s", err, said)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// matches reports whether every pattern is there, whatever the columns.
func matches(said string, patterns ...string) bool {
	said = strings.Join(strings.Fields(said), " ")
	for _, p := range patterns {
		if !regexp.MustCompile(p).MatchString(said) {
			return false
		}
	}
	return true
}
