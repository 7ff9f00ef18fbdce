package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"cresset/store"
)

// State is how a server stands, as far as the store's promises depend on it.
type State struct {
	Version           string // such as 15.18
	Fsync             string
	SynchronousCommit string
	// Ahead is by how much its clock is before ours, less what the question may
	// have taken: what is left is certain.
	Ahead time.Duration

	number     int // of the version: 150018
	recovering bool
	readOnly   bool
}

// Examine asks the server that url names how it stands, has look read the
// database if there is one, and changes nothing. The error is look's, or that the
// server cannot be asked, or why Open would refuse it.
func Examine(ctx context.Context, url string, o Options, look func(store.Tx) error) (seen State, err error) {
	o = o.withDefaults()
	s, err := parse(url, o)
	if err != nil {
		return State{}, err
	}
	s.config.ValidateConnect = func(ctx context.Context, conn *pgconn.PgConn) (err error) {
		if seen, err = s.look(ctx, conn); err != nil {
			return err
		}
		return seen.judge()
	}
	db := &DB{opts: o, server: s, pool: newPool(s, o)}
	defer db.pool.close()
	there, err := db.usable(ctx)
	if err != nil {
		return seen, errors.New(s.hide(s.sentence(err)))
	}
	if there {
		err = db.View(ctx, look)
	}
	return seen, err
}

// usable reports whether the table is there. The error is that we may not make it,
// or not use it.
func (db *DB) usable(ctx context.Context) (there bool, err error) {
	conn, err := db.pool.borrow(ctx)
	if err != nil {
		return false, err
	}
	defer db.pool.giveBack(conn)
	answer, err := conn.Exec(ctx, `select t is not null, case when t is null then coalesce(has_schema_privilege(current_schema(), 'create'), false)
		else has_table_privilege(t, 'select') and has_table_privilege(t, 'insert') and has_table_privilege(t, 'update') and has_table_privilege(t, 'delete') end
		from (select to_regclass('cresset_records')::oid as t) as found`).ReadAll()
	if err != nil {
		return false, err
	}
	row := answer[0].Rows[0]
	if string(row[1]) != "t" {
		return false, refusal(db.server.forbidden("it has no right to"))
	}
	return string(row[0]) == "t", nil
}

// refusal is why we do not work with a server. It is a sentence for people.
type refusal string

func (r refusal) Error() string { return string(r) }

// admit looks at a server before it is trusted with anything.
func (s *server) admit(ctx context.Context, conn *pgconn.PgConn) error {
	seen, err := s.look(ctx, conn)
	if err != nil {
		return err
	}
	if err := seen.judge(); err != nil {
		return err
	}
	s.warn(&seen)
	return nil
}

func (s *server) look(ctx context.Context, conn *pgconn.PgConn) (State, error) {
	asked := s.clock()
	answer, err := conn.Exec(ctx, `select current_setting('server_version'), current_setting('server_version_num'),
		current_setting('fsync'), current_setting('synchronous_commit'), pg_is_in_recovery(),
		current_setting('transaction_read_only'), (extract(epoch from clock_timestamp()) * 1000000)::bigint`).ReadAll()
	if err != nil {
		return State{}, err
	}
	said := s.clock()
	row := answer[0].Rows[0]
	number, err := strconv.Atoi(string(row[1]))
	if err != nil {
		return State{}, fmt.Errorf("version of the server: %w", err)
	}
	micros, err := strconv.ParseInt(string(row[6]), 10, 64)
	if err != nil {
		return State{}, fmt.Errorf("clock of the server: %w", err)
	}
	return State{Version: string(row[0]), number: number, Fsync: string(row[2]), SynchronousCommit: string(row[3]),
		recovering: string(row[4]) == "t", readOnly: string(row[5]) == "on", Ahead: ahead(time.UnixMicro(micros), asked, said)}, nil
}

// ahead is by how much a clock is before ours for certain, if it was read between
// the two moments. Negative is behind.
func ahead(read, asked, said time.Time) time.Duration {
	switch {
	case read.After(said):
		return read.Sub(said)
	case read.Before(asked):
		return read.Sub(asked)
	}
	return 0
}

const oldest = 13

func (s *State) judge() error {
	switch {
	case s.number < oldest*10000:
		return refusal(fmt.Sprintf("this PostgreSQL is version %d; cresset needs %d or newer", s.number/10000, oldest))
	case s.recovering:
		return refusal("this PostgreSQL is in recovery (a standby) and takes no writes. Name the primary in the URL, or all hosts with target_session_attrs=read-write")
	case s.readOnly:
		return refusal("this PostgreSQL is set to read-only transactions (default_transaction_read_only). Turn that off for the user of cresset")
	case s.Fsync != "on":
		return refusal("this PostgreSQL runs with fsync=off and can lose what it confirmed. Set fsync=on in its configuration and reload it")
	}
	return nil
}

// Forgets reports whether a crash of the server may lose what it confirmed,
// though not more.
func (s *State) Forgets() bool { return s.SynchronousCommit == "off" || s.SynchronousCommit == "local" }

// tolerance is how far a clock may be off: timers and SLOs do not notice less.
const tolerance = 3 * time.Second

// Skewed reports whether the server's clock and ours are too far from each other
// for what one reads of the other's times.
func (s *State) Skewed() bool { return s.Ahead.Abs() > tolerance }

// What is warned of, each once.
const (
	ofForgetting = iota
	ofSkew
	warnings
)

func (s *server) warn(seen *State) {
	if seen.Forgets() {
		s.warned[ofForgetting].Do(func() {
			s.log.Warn("PostgreSQL may lose what it confirmed: set synchronous_commit to on, or to remote_apply", "synchronous_commit", seen.SynchronousCommit)
		})
	}
	if seen.Skewed() {
		s.warned[ofSkew].Do(func() {
			s.log.Warn("the clocks of PostgreSQL and of this machine differ: run NTP on both", "ahead", seen.Ahead.Round(time.Millisecond))
		})
	}
}
