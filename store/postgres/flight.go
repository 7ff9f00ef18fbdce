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

const (
	beginUpdate = `begin isolation level serializable read write`
	beginView   = `begin isolation level repeatable read read only`
)

// flight is what travels to the server in one journey. After an error the
// server skips the rest of it, so a commit behind a failed write does nothing.
type flight struct {
	batch  pgconn.Batch
	begins bool
}

// flight begins one, and with the first one the transaction. Its settings
// end with it. The planner may not read the whole table, however small it is:
// a transaction that did would be in conflict with every writer.
func (t *tx) flight() *flight {
	f := &flight{}
	if t.begun {
		return f
	}
	f.begins, t.begun = true, true
	f.add(t.effort.begin)
	ms := strconv.FormatInt(t.effort.db.opts.Timeout.Milliseconds(), 10)
	f.add(`select (extract(epoch from transaction_timestamp()) * 1000000)::bigint,
		set_config('statement_timeout', '` + ms + `', true),
		set_config('idle_in_transaction_session_timeout', '` + ms + `', true),
		set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)`)
	return f
}

// add queues a statement without a name. Parameters are bytea, results come
// in binary.
func (f *flight) add(sql string, params ...[]byte) {
	oids := make([]uint32, len(params))
	for i := range params {
		oids[i] = byteaOID
		if params[i] == nil { // which would be NULL
			params[i] = []byte{}
		}
	}
	f.batch.ExecParams(sql, params, oids, binary, binary)
}

const byteaOID = 17

var binary = []int16{1}

// fly makes the journey and gives the rows of its last statement.
func (t *tx) fly(f *flight) ([][][]byte, error) {
	if t.failure != nil {
		return nil, t.explain(t.failure)
	}
	results, err := t.journey(f)
	if err != nil {
		t.failure = err
		return nil, t.explain(err)
	}
	return results[len(results)-1].Rows, nil
}

// grace is what a journey may take beyond the statement's own time.
const grace = 5 * time.Second

// errClosed says that a journey was not begun.
var errClosed = errors.New("the connection is closed")

func (t *tx) journey(f *flight) ([]*pgconn.Result, error) {
	if t.conn.IsClosed() {
		return nil, errClosed
	}
	ctx, cancel := context.WithTimeout(t.ctx, t.effort.db.opts.Timeout+grace)
	defer cancel()
	results, err := t.conn.ExecBatch(ctx, &f.batch).ReadAll()
	if err != nil {
		return nil, err
	}
	if f.begins {
		t.now = microseconds(results[1].Rows[0][0])
	}
	return results, nil
}

func microseconds(b []byte) time.Time {
	var n int64
	for _, c := range b {
		n = n<<8 | int64(c)
	}
	return time.UnixMicro(n).UTC()
}

// commit sends what is left to write together with the commit.
func (t *tx) commit() (fate, error) {
	if !t.begun && len(t.cells) == 0 && !t.effort.unknown {
		return settled, nil // nothing was asked for
	}
	f := t.flight()
	t.flush(f)
	if t.effort.unknown {
		t.anchor(f)
	}
	f.add("commit")
	delete(t.conn.CustomData(), warned)
	results, err := t.journey(f)
	switch {
	case t.effort.begin == beginView: // it has what it wanted
		return settled, nil
	case err != nil:
		return t.uncommitted(err)
	case t.wrote && t.conn.CustomData()[warned] != nil:
		return unsure, errWarned
	case results[len(results)-1].CommandTag.String() != "COMMIT":
		return settled, errUndone
	}
	return settled, nil
}

var (
	errWarned = errors.New("the commit came back with a warning: a standby may not have it")
	errUndone = errors.New("not saved: PostgreSQL rolled the transaction back")
)

// anchor writes something, whatever it is. What an earlier run committed can
// be seen before the synchronous standby has it; a commit of ours, which
// comes later in the log, is confirmed only when the standby has both.
func (t *tx) anchor(f *flight) {
	t.wrote = true
	f.add(putSQL, anchored, []byte{0}, []byte{})
}

func (t *tx) uncommitted(err error) (fate, error) {
	judge := fateOf
	if t.wrote {
		judge = fateOfCommit
	}
	if f := judge(err); f != settled {
		return f, err
	}
	return settled, t.explain(err)
}

// explain is what the function, and through it people, get to read.
func (t *tx) explain(err error) error {
	said := t.effort.db.server.explain(t.effort.failed(), err)
	var told *pgconn.PgError
	if errors.As(err, &told) && told.Code == "53100" {
		return fmt.Errorf("%w: %w", store.ErrFull, said)
	}
	return said
}

// warned marks a connection on which the server warned. That is how it says
// that somebody ended the wait for a synchronous standby: committed here, but
// perhaps not there.
const warned = "warned"

func noteWarning(conn *pgconn.PgConn, n *pgconn.Notice) {
	if n.SeverityUnlocalized == "WARNING" {
		conn.CustomData()[warned] = true
	}
}
