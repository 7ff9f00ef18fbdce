// Package postgres keeps the store in one table of a PostgreSQL database, 13
// or newer. It is the engine for more than one machine: any number of
// replicas work on the same database.
//
// What it promises beyond [store.DB]:
//
//   - An Update is a SERIALIZABLE transaction. Its function runs again when
//     another one came in between, when the server has no room for more of what
//     it must remember, or when it went away before the commit.
//   - When the server goes away in the commit, nobody knows whether it took
//     place. The Update then runs again as well: a function that first looks
//     whether its work is done, as the inbox does, finds out. Only if there is
//     no server to ask for [Options.Patience] does it give [store.ErrUnknown].
//   - A View is a REPEATABLE READ READ ONLY transaction: a snapshot that
//     never makes a writer fail and never fails because of one. SERIALIZABLE would
//     add only that the snapshot fits an order of all transactions; whoever
//     decides something on what it read does so in an Update, where it does fit.
//   - A transaction begins, for the snapshot and the clock, with the first
//     thing that its function reads. What it writes travels with its commit.
//   - Nothing is kept in a session: no prepared statement, no SET that outlives
//     its transaction, no lock, no LISTEN. So it works through PgBouncer in
//     transaction mode. Statements go by the extended protocol, unnamed.
//   - The password is in no error and no log.
//
// It refuses a server that may forget what it confirmed (fsync=off), one
// that takes no writes, and one that is too old, on every new connection: a
// fail-over may lead anywhere. It warns of one that confirms before it keeps, and
// of one whose clock is off. It keeps no copy of the data, so every
// transaction costs journeys to the server.
package postgres

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"cresset/store"
)

// Options are the settings of a database. The zero value is good.
type Options struct {
	// Log is told what an operator should know about the server. Silent if nil.
	Log *slog.Logger

	// Clock is the machine's, which is compared with the server's. time.Now if nil.
	Clock func() time.Time

	// Connections is how many connections this process uses at most. 8 if 0.
	Connections int

	// Timeout is how long one statement may take, locks included. 10 s if 0.
	Timeout time.Duration

	// Patience is how long a transaction is tried again. 30 s if 0.
	Patience time.Duration
}

func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Connections <= 0 {
		o.Connections = 8
	}
	if o.Timeout <= 0 {
		o.Timeout = 10 * time.Second
	}
	if o.Patience <= 0 {
		o.Patience = 30 * time.Second
	}
	return o
}

// DB is an open database.
type DB struct {
	opts   Options
	server *server
	pool   *pool
	turn   sync.RWMutex // held alone by an Update that met a conflict

	mu     sync.Mutex
	closed bool
	work   sync.WaitGroup
}

var _ store.DB = (*DB)(nil)

// Open connects to the database that url names, as
// postgres://user:password@host:5432/name?sslmode=verify-full, and makes the
// table if it is missing. Several hosts, separated by commas, are tried in
// their order until one takes writes.
func Open(ctx context.Context, url string, o Options) (*DB, error) {
	o = o.withDefaults()
	s, err := parse(url, o)
	if err != nil {
		return nil, err
	}
	db := &DB{opts: o, server: s, pool: newPool(s, o)}
	if err := db.prepare(ctx); err != nil {
		db.pool.close()
		return nil, err
	}
	return db, nil
}

func (db *DB) prepare(ctx context.Context) error {
	conn, err := db.pool.borrow(ctx)
	if err != nil {
		return errors.Join(ctx.Err(), db.server.explain("open the database", err))
	}
	defer db.pool.giveBack(conn)
	ctx, cancel := context.WithTimeout(ctx, db.opts.Timeout)
	defer cancel()
	return db.server.explain("make the table cresset_records", makeTable(ctx, conn))
}

// makeTable may run in several replicas at once. PostgreSQL's IF NOT EXISTS
// looks before it leaps and can still collide, so whoever lost looks again.
// And it wants the right to create even if there is nothing to create.
func makeTable(ctx context.Context, conn *pgconn.PgConn) error {
	there, err := hasTable(ctx, conn)
	if err != nil || there {
		return err
	}
	_, err = conn.Exec(ctx, `create table if not exists cresset_records (
		coll bytea not null, k bytea not null, v bytea not null, primary key (coll, k))`).ReadAll()
	if err == nil {
		return nil
	}
	there, err2 := hasTable(ctx, conn)
	if there {
		return nil
	}
	return errors.Join(err, err2)
}

func hasTable(ctx context.Context, conn *pgconn.PgConn) (bool, error) {
	answer, err := conn.Exec(ctx, `select to_regclass('cresset_records') is not null`).ReadAll()
	if err != nil {
		return false, err
	}
	return string(answer[0].Rows[0][0]) == "t", nil
}

// View implements [store.DB].
func (db *DB) View(ctx context.Context, fn func(store.Tx) error) error {
	return db.do(ctx, beginView, fn)
}

// Update implements [store.DB].
func (db *DB) Update(ctx context.Context, fn func(store.Tx) error) error {
	return db.do(ctx, beginUpdate, fn)
}

func (db *DB) do(ctx context.Context, begin string, fn func(store.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !db.enter() {
		return store.ErrClosed
	}
	defer db.work.Done()
	e := &effort{db: db, begin: begin, fn: fn}
	return e.repeat(ctx)
}

// Check asks the database something that only a working one can answer.
func (db *DB) Check(ctx context.Context) error {
	return db.View(ctx, func(tx store.Tx) error {
		_, err := tx.Get("meta", []byte("check"))
		return err
	})
}

// Close implements [store.DB].
func (db *DB) Close() error {
	db.mu.Lock()
	db.closed = true
	db.mu.Unlock()
	db.work.Wait()
	db.pool.close()
	return nil
}

func (db *DB) enter() bool {
	db.mu.Lock()
	defer db.mu.Unlock()
	if !db.closed {
		db.work.Add(1)
	}
	return !db.closed
}
