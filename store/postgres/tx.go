package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"cresset/store"
)

// tx is one run of one function. It remembers what it read, which cannot
// change under it, and keeps what it wrote until a scan or the commit.
type tx struct {
	ctx     context.Context // outlives its caller's, see store.DB
	conn    *pgconn.PgConn
	effort  *effort
	begun   bool
	wrote   bool // the server was told to
	over    bool
	now     time.Time
	scans   int
	cells   map[place]cell
	held    int   // bytes of what was only read
	failure error // of the server, after which it takes nothing more
	noted   store.Noted
}

type place struct{ coll, key string }

type cell struct {
	val   []byte // nil if there is none
	dirty bool   // the server does not have it yet
}

// holdAtMost bounds what a transaction remembers of its reads, in bytes.
const holdAtMost = 4 << 20

var errOver = errors.New("store: transaction is over")

func newTx(ctx context.Context, conn *pgconn.PgConn, e *effort) *tx {
	return &tx{ctx: context.WithoutCancel(ctx), conn: conn, effort: e, cells: map[place]cell{}}
}

// outcome ends the transaction as fn's error wants it.
func (t *tx) outcome(err error) (fate, error) {
	if t.failure != nil {
		if f := fateOf(t.failure); f != settled {
			return f, t.failure
		}
		if err == nil {
			err = t.explain(t.failure)
		}
	}
	if err != nil {
		return settled, err
	}
	return t.commit()
}

// end makes a tx that escaped its function useless, and undoes what was not
// committed, also if fn panicked.
func (t *tx) end() {
	t.over = true
	if t.conn.IsClosed() || t.conn.TxStatus() == 'I' {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), brief)
	defer cancel()
	_ = t.conn.Exec(ctx, "rollback").Close() // without an answer the pool drops the connection, which is the same
}

// Noted is nil where nothing can be written: a reader may read a great deal.
func (t *tx) Noted() *store.Noted {
	if t.over || t.effort.begin == beginView {
		return nil
	}
	return &t.noted
}

func (t *tx) Now() time.Time {
	if t.over {
		return time.Time{}
	}
	if !t.begun {
		f := t.flight()
		_, _ = t.fly(f) // the failure is kept and undoes the run
	}
	if t.failure != nil && t.now.IsZero() {
		return time.Now() // for a function that will not count
	}
	return t.now
}

func (t *tx) Get(coll string, key []byte) ([]byte, error) {
	if t.over {
		return nil, errOver
	}
	at := place{coll, string(key)}
	if c, ok := t.cells[at]; ok {
		return bytes.Clone(c.val), nil
	}
	f := t.flight()
	f.add(`select v from cresset_records where coll = $1 and k = $2`, []byte(coll), key)
	rows, err := t.fly(f)
	if err != nil {
		return nil, err
	}
	var val []byte
	if len(rows) > 0 {
		val = rows[0][0]
	}
	t.remember(at, val)
	return val, nil
}

func (t *tx) Put(coll string, key, val []byte) error {
	if coll == "" || len(key) == 0 {
		return fmt.Errorf("put key %q into collection %q: neither may be empty", key, coll)
	}
	return t.write(coll, key, append([]byte{}, val...))
}

func (t *tx) Delete(coll string, key []byte) error { return t.write(coll, key, nil) }

func (t *tx) write(coll string, key, val []byte) error {
	switch {
	case t.over:
		return errOver
	case t.effort.begin == beginView:
		return store.ErrReadOnly
	case t.scans > 0:
		return store.ErrScanning
	}
	t.cells[place{coll, string(key)}] = cell{val: val, dirty: true}
	return nil
}

func (t *tx) remember(at place, val []byte) {
	if size := len(at.coll) + len(at.key) + len(val); t.held+size <= holdAtMost {
		t.held += size
		t.cells[at] = cell{val: bytes.Clone(val)}
	}
}

// pageSize is how many records one journey of a scan brings at most.
const pageSize = 500

func (t *tx) Scan(coll string, r store.Range, fn func(key, val []byte) error) error {
	if t.over {
		return errOver
	}
	t.scans++
	defer func() { t.scans-- }()
	for left := r.Limit; ; left -= pageSize {
		limit := pageSize
		if r.Limit > 0 {
			limit = min(limit, left)
		}
		rows, err := t.page(coll, r, limit)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if r.Desc {
				r.To = bytes.Clone(row[0])
			} else {
				r.From = append(bytes.Clone(row[0]), 0)
			}
			if err := fn(row[0], row[1]); err != nil {
				return err
			}
		}
		if len(rows) < pageSize || left == pageSize {
			return nil
		}
	}
}

// page reads the first records of a range, after what was written before.
func (t *tx) page(coll string, r store.Range, limit int) ([][][]byte, error) {
	f := t.flight()
	t.flush(f)
	where, order, params := "k >= $2", "asc", [][]byte{[]byte(coll), r.From}
	if len(r.To) > 0 {
		where += " and k < $3"
		params = append(params, r.To)
	}
	if r.Desc {
		order = "desc"
	}
	f.add(fmt.Sprintf(`select k, v from cresset_records where coll = $1 and %s order by k %s limit %d`, where, order, limit), params...)
	rows, err := t.fly(f)
	for _, row := range rows {
		t.remember(place{coll, string(row[0])}, row[1])
	}
	return rows, err
}

// flush sends what was written, in the order of the keys: two transactions
// that write the same then wait for each other in one direction only.
func (t *tx) flush(f *flight) {
	for _, at := range slices.SortedFunc(maps.Keys(t.cells), place.compare) {
		c := t.cells[at]
		if !c.dirty {
			continue
		}
		if c.val == nil {
			f.add(`delete from cresset_records where coll = $1 and k = $2`, []byte(at.coll), []byte(at.key))
		} else {
			f.add(putSQL, []byte(at.coll), []byte(at.key), c.val)
		}
		t.wrote = true
		c.dirty = false
		t.cells[at] = c
	}
}

const putSQL = `insert into cresset_records (coll, k, v) values ($1, $2, $3) on conflict (coll, k) do update set v = excluded.v`

func (p place) compare(q place) int {
	if c := strings.Compare(p.coll, q.coll); c != 0 {
		return c
	}
	return strings.Compare(p.key, q.key)
}
