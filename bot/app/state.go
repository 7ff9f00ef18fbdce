package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"cresset/config"
	"cresset/store"
	"cresset/store/bolt"
	"cresset/store/postgres"
)

// place is where the state is: a file of bbolt, or a PostgreSQL server.
type place struct {
	file   string
	server string // URL, with its password
}

// placeOf reads the setting store.
func placeOf(c *config.Config) (place, config.Problems) {
	p, ok := placeAt(c.Store.Reveal())
	if !ok {
		return p, config.Problems{c.Problem("store", noStore)}
	}
	return p, nil
}

const noStore = "is not a store; write bolt:cresset.db, or postgres://user:secret@host/database"

// placeAt is the place of an address.
func placeAt(address string) (p place, ok bool) {
	kind, path, ok := strings.Cut(address, ":")
	switch {
	case ok && kind == "bolt" && path != "":
		return place{file: path}, true
	case kind == "postgres" || kind == "postgresql":
		return place{server: address}, true
	}
	return place{}, false
}

// dir is where the token of the API is kept: beside the file, or where the bot
// was started.
func (p place) dir() string {
	if p.file == "" {
		return "."
	}
	return filepath.Dir(p.file)
}

// alone reports whether the store's lock keeps every other process out.
func (p place) alone() bool { return p.file != "" }

// open opens the state for a bot. failed is told once when the disk fails.
func (p place) open(clock func() time.Time, log *slog.Logger, failed func(error)) (store.DB, error) {
	if p.server != "" {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		return postgres.Open(ctx, p.server, postgres.Options{Log: log})
	}
	return bolt.Open(p.file, bolt.Options{Clock: clock, Log: log, OnFailStop: failed})
}

// errServer says that a command is for the file only.
var errServer = errors.New("the state is on a PostgreSQL server: back it up and restore it with PostgreSQL's own tools, pg_dump and pg_restore")

// onlyFile is the file of the state, for what only a file needs.
func (e Environment) onlyFile() (string, error) {
	p, err := e.place()
	if err == nil && p.file == "" {
		return "", errServer
	}
	return p.file, err
}

// place is where the configuration says that the state is.
func (e Environment) place() (place, error) {
	c, err := e.load()
	if err != nil {
		return place{}, err
	}
	p, wrong := placeOf(c)
	if len(wrong) > 0 {
		return place{}, wrong
	}
	return p, nil
}

// String names the place without its secrets.
func (p place) String() string {
	if p.file != "" {
		return p.file
	}
	return fmt.Sprint(config.NewAddress(p.server))
}
