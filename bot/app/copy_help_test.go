package app

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cresset/config"
	"cresset/store"
	"cresset/store/postgres/pgtest"
)

// movers is a bot with people, whose state is moved between a file and a server.
type movers struct {
	t     *testing.T
	clock *clock
	bolt  *memoryHome
	pg    *postgresHome // the same people on the same platform
	file  string        // address of the file
	url   string        // of the server, as one may type it
	out   bytes.Buffer
}

func newMovers(t *testing.T, server *pgtest.Server) *movers {
	t.Helper()
	_, query, err := server.Schema()
	if err != nil {
		t.Fatal(err)
	}
	home := inMemory(t)
	m := &movers{t: t, clock: &clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}, bolt: home,
		pg: &postgresHome{home, server.URL(query)}, file: "bolt:" + home.path}
	m.url = strings.Replace(m.pg.url, pgtest.PasswordInURL, "${PGPASSWORD}", 1)
	return m
}

// env is the command line on a configuration with this store.
func (m *movers) env(address string) Environment {
	m.t.Helper()
	e := Environment{Out: &m.out, Err: m.t.Output(), Log: testLog(m.t), Getenv: func(name string) (string, bool) {
		return pgtest.PasswordInURL, name == "PGPASSWORD"
	}}
	if address != "" {
		e.ConfigPath = filepath.Join(m.t.TempDir(), "cresset.yaml")
		text := fmt.Sprintf("store: %q\nlisten: 127.0.0.1:0\nintegrations: {console: {}}\n", address)
		if err := os.WriteFile(e.ConfigPath, []byte(text), 0o600); err != nil {
			m.t.Fatal(err)
		}
	}
	return e
}

func (m *movers) copy(from, to string) {
	m.t.Helper()
	if err := m.env("").Copy(m.t.Context(), from, to); err != nil {
		m.t.Fatal(err)
	}
}

// starts tries to start a bot on a place, and gives why it does not.
func (m *movers) starts(address string) error {
	m.t.Helper()
	c, err := m.env(address).load()
	if err != nil {
		m.t.Fatal(err)
	}
	a, err := Open(Options{Config: c, Log: testLog(m.t)})
	if err != nil {
		return err
	}
	return a.Close()
}

// at does something to the state of a place, past all marks.
func (m *movers) at(address string, do func(store.DB) error) {
	m.t.Helper()
	p, err := m.env(address).place()
	if err != nil {
		m.t.Fatal(err)
	}
	db, err := p.open(time.Now, testLog(m.t), nil)
	if err != nil {
		m.t.Fatal(err)
	}
	if err := errors.Join(do(db), db.Close()); err != nil {
		m.t.Fatal(err)
	}
}

// sum is the digest of what is at a place.
func (m *movers) sum(address string) (sum string) {
	m.t.Helper()
	m.at(address, func(db store.DB) (err error) {
		sum, err = store.Sum(m.t.Context(), db, nil)
		return err
	})
	return sum
}

func (m *movers) generation(address string) (generation string) {
	m.t.Helper()
	m.at(address, func(db store.DB) error {
		return db.View(m.t.Context(), func(tx store.Tx) (err error) {
			generation, err = store.Fact(tx, store.Generation)
			return err
		})
	})
	return generation
}

// move is the mark at a place.
func (m *movers) move(address string) (move store.Move) {
	m.t.Helper()
	m.at(address, func(db store.DB) (err error) {
		move, err = moveOf(m.t.Context(), db)
		return err
	})
	return move
}

// fill puts n records of 1 KB there.
func (m *movers) fill(address string, n int) {
	m.t.Helper()
	m.at(address, func(db store.DB) (err error) {
		for done := 0; done < n && err == nil; done += 500 {
			err = db.Update(m.t.Context(), func(tx store.Tx) (err error) {
				for i := done; i < min(n, done+500); i++ {
					err = errors.Join(err, store.SetFact(tx, fmt.Sprintf("%08d", i), strings.Repeat("x", 1<<10)))
				}
				return err
			})
		}
		return err
	})
}

// told is what the bot said everywhere so far.
func (m *movers) told() string { return fmt.Sprint(m.bolt.look()) }

// complains wants an error that has all the words, and no password.
func complains(t *testing.T, err error, words ...string) {
	t.Helper()
	text := fmt.Sprint(err)
	for _, w := range words {
		if err == nil || !strings.Contains(text, w) {
			t.Errorf("the error does not say %q: %v", w, err)
		}
	}
	for _, secret := range []string{pgtest.Password, pgtest.PasswordInURL, "hunter2"} {
		if strings.Contains(text, secret) {
			t.Errorf("the password is in %s", text)
		}
	}
}

func problems(t *testing.T, err error) {
	t.Helper()
	var all config.Problems
	if !errors.As(err, &all) {
		t.Errorf("%v is no problem of the configuration, want exit code 2", err)
	}
}
