package postgres

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"cresset/store"
	"cresset/store/bolt"
	"cresset/store/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.DB {
		db, _ := fresh(t, Options{})
		return db
	})
}

// TestSameAsBolt does the same random things to both engines, on PostgreSQL
// each of them twice, and wants the same answers.
func TestSameAsBolt(t *testing.T) {
	file, err := bolt.Open(filepath.Join(t.TempDir(), "cresset.db"), bolt.Options{})
	none(t, err)
	t.Cleanup(func() { none(t, file.Close()) })
	db, _ := fresh(t, Options{})
	twice := storetest.Rerun(db)
	for seed := range uint64(300) {
		got, want := randomly(t, twice, seed), randomly(t, file, seed)
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d: PostgreSQL says\n%q\nbolt says\n%q", seed, got, want)
		}
	}
	if got, want := everything(t, db), everything(t, file); !slices.Equal(got, want) {
		t.Errorf("in the end PostgreSQL has\n%q\nbolt has\n%q", got, want)
	}
}

var errNo = errors.New("no")

// randomly is one transaction. Its answers are those of its last run.
func randomly(t *testing.T, db store.DB, seed uint64) (answers []string) {
	t.Helper()
	err := db.Update(t.Context(), func(tx store.Tx) error {
		answers = nil
		r := rand.New(rand.NewPCG(seed, 5))
		for range 1 + r.IntN(15) {
			answers = append(answers, operation(tx, r))
		}
		if r.IntN(5) == 0 {
			return errNo
		}
		return nil
	})
	return append(answers, fmt.Sprint(errors.Is(err, errNo), err == nil))
}

func operation(tx store.Tx, r *rand.Rand) string {
	coll := []string{"a", "b", "a.index"}[r.IntN(3)]
	key, val := randomKey(r), make([]byte, r.IntN(400))
	for i := range val {
		val[i] = byte(r.Uint32())
	}
	switch r.IntN(5) {
	case 0, 1:
		return fmt.Sprint("put ", tx.Put(coll, key, val) == nil)
	case 2:
		return fmt.Sprint("delete ", tx.Delete(coll, key) == nil)
	case 3:
		got, err := tx.Get(coll, key)
		return fmt.Sprintf("get %x %v %v", got, got == nil, err)
	}
	rg := store.Range{Desc: r.IntN(2) == 0, Limit: r.IntN(8)}
	if r.IntN(3) > 0 {
		rg.From = randomKey(r)
	}
	if r.IntN(3) > 0 {
		rg.To = randomKey(r)
	}
	answer := "scan"
	err := tx.Scan(coll, rg, func(key, val []byte) error {
		again, err := tx.Get(coll, key)
		answer += fmt.Sprintf(" %x=%x=%x", key, val, again)
		return errors.Join(err, expect(tx.Put(coll, key, nil), store.ErrScanning))
	})
	return fmt.Sprint(answer, err)
}

func expect(err, want error) error {
	if errors.Is(err, want) {
		return nil
	}
	return fmt.Errorf("got %v, want %v", err, want)
}

func randomKey(r *rand.Rand) []byte {
	key := []byte{byte(r.IntN(3)) * 0x7f, byte(r.IntN(3)), 0xff}
	return key[:1+r.IntN(3)]
}

func everything(t *testing.T, db store.DB) (all []string) {
	t.Helper()
	for _, coll := range []string{"a", "b", "a.index"} {
		none(t, db.View(t.Context(), func(tx store.Tx) error {
			return tx.Scan(coll, store.Range{}, func(key, val []byte) error {
				all = append(all, fmt.Sprintf("%s %x=%x", coll, key, val))
				return nil
			})
		}))
	}
	return all
}

// TestLongScan turns several pages, and holds less than it reads.
func TestLongScan(t *testing.T) {
	db, _ := fresh(t, Options{})
	const many = 2*pageSize + 7
	none(t, db.Update(t.Context(), func(tx store.Tx) error {
		for i := range many {
			if err := tx.Put("a", store.Key(i), make([]byte, 2*holdAtMost/many)); err != nil {
				return err
			}
		}
		return nil
	}))
	for _, limit := range []int{0, 1, pageSize - 1, pageSize, pageSize + 1, 2 * pageSize, many, many + 1} {
		for _, desc := range []bool{false, true} {
			want := limit
			if limit == 0 || limit > many {
				want = many
			}
			n := 0
			none(t, db.View(t.Context(), func(tx store.Tx) error {
				n = 0
				return errors.Join(tx.Scan("a", store.Range{Limit: limit, Desc: desc}, func(key, _ []byte) error {
					if at := map[bool]int{false: n, true: many - 1 - n}[desc]; string(key) != string(store.Key(at)) {
						t.Errorf("limit %d, desc %v: key %d is %q", limit, desc, n, key)
					}
					n++
					return nil
				}), holdsLittle(tx))
			}))
			if n != want {
				t.Errorf("limit %d, desc %v: %d records, want %d", limit, desc, n, want)
			}
		}
	}
}

func holdsLittle(of store.Tx) error {
	size := 0
	for at, c := range of.(*tx).cells {
		size += len(at.key) + len(c.val)
	}
	if size == 0 || size > holdAtMost {
		return fmt.Errorf("it remembers %d bytes", size)
	}
	return nil
}

// TestNeighboursConflictOnce has 32 writers of one process want the same
// record: whoever lost runs alone the second time, and does not lose again.
func TestNeighboursConflictOnce(t *testing.T) {
	db, _ := fresh(t, Options{})
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			for range 5 {
				runs := 0
				err := db.Update(t.Context(), func(tx store.Tx) error {
					runs++
					_, err := store.Sequence(tx, "n")
					return err
				})
				if err != nil || runs > 2 {
					t.Errorf("%d runs, %v", runs, err)
				}
			}
		})
	}
	all.Wait()
}

// TestReadsLockNoTable looks at what a reading Update keeps others from: a
// planner that knows the table to be tiny would read, and lock, all of it.
func TestReadsLockNoTable(t *testing.T) {
	db, schema := fresh(t, Options{})
	write(t, db, "a", "b")
	shared.sql(t, "analyze "+schema+".cresset_records")
	none(t, db.Update(t.Context(), func(tx store.Tx) error {
		_, err := tx.Get("a", []byte("k"))
		err2 := tx.Scan("a", store.Range{From: []byte("a"), To: []byte("b"), Limit: 3}, func(_, _ []byte) error { return nil })
		got := shared.sql(t, fmt.Sprintf(`select string_agg(distinct locktype, ' ') from pg_locks
			where mode = 'SIReadLock' and relation in (select oid from pg_class where relnamespace = '%s'::regnamespace)`, schema))
		if got != "page" {
			t.Errorf("it locks by %q, want page", got)
		}
		return errors.Join(err, err2)
	}))
}

// TestTwoConnectionsAreTwoReplicas lets 32 writers work through two replicas: each number is
// given once, each event is done once though both replicas got it.
func TestTwoConnectionsAreTwoReplicas(t *testing.T) {
	_, query := shared.schema(t)
	replicas := make([]*DB, 2)
	var all sync.WaitGroup
	for i := range replicas {
		all.Go(func() {
			db, err := Open(t.Context(), shared.URL(query), Options{}) // both make the table
			if err != nil {
				t.Error(err)
				return
			}
			replicas[i] = db
		})
	}
	all.Wait()
	if t.Failed() {
		return
	}
	const writers, each = 32, 4
	for w := range writers {
		all.Go(func() {
			for i := range each {
				event := fmt.Sprint(w/2, ".", i) // writers 2n and 2n+1 get the same events
				if err := replicas[w%2].Update(t.Context(), once(event)); err != nil {
					t.Errorf("writer %d: %v", w, err)
				}
			}
		})
	}
	all.Wait()
	got := names(t, replicas[0])
	for i, name := range got {
		if name != fmt.Sprintf("%06d", i+1) {
			t.Errorf("note %d is number %s", i+1, name)
		}
	}
	if len(got) != writers/2*each {
		t.Errorf("%d notes of %d events", len(got), writers/2*each)
	}
	for _, db := range replicas {
		none(t, db.Close())
	}
}

// TestWriteSkew lets two people go off call at once, each because the other
// is still on: neither writes what the other read, and still one must stay.
func TestWriteSkew(t *testing.T) {
	db, _ := fresh(t, Options{})
	write(t, db, "ada", "on call")
	write(t, db, "bob", "on call")
	var looked, all sync.WaitGroup
	looked.Add(2)
	for _, name := range []string{"ada", "bob"} {
		all.Go(func() {
			first := true
			err := db.Update(t.Context(), func(tx store.Tx) error {
				n, err := notes.Count(tx, "", nil)
				if first {
					first = false
					looked.Done()
					looked.Wait()
				}
				if err != nil || n < 2 {
					return err
				}
				return notes.Delete(tx, store.Key(name))
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if left := names(t, db); len(left) != 1 {
		t.Errorf("on call are %q", left)
	}
}

func TestManyMakeTheTable(t *testing.T) {
	for range 3 {
		_, query := shared.schema(t)
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				db, err := Open(t.Context(), shared.URL(query), Options{})
				if err != nil {
					t.Error(err)
					return
				}
				write(t, db, "n", "")
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
}

func TestServersClock(t *testing.T) {
	db, _ := fresh(t, Options{})
	var first, second time.Time
	none(t, db.View(t.Context(), func(tx store.Tx) error { first = tx.Now(); return nil }))
	none(t, db.Update(t.Context(), func(tx store.Tx) error {
		_, err := tx.Get("a", []byte("k"))
		second = tx.Now()
		return err
	}))
	if off := time.Since(first); off < 0 || off > time.Minute {
		t.Errorf("the clock says %v", first)
	}
	if !second.After(first) {
		t.Errorf("the clock went from %v to %v", first, second)
	}
}

// TestNoSession looks at a connection after work: PgBouncer may give it to
// somebody else.
func TestNoSession(t *testing.T) {
	db, _ := fresh(t, Options{Connections: 1})
	write(t, db, "a", "b")
	names(t, db)
	conn, err := db.pool.borrow(t.Context())
	none(t, err)
	defer db.pool.giveBack(conn)
	answer, err := conn.Exec(t.Context(), `select (select count(*) from pg_prepared_statements),
		(select count(*) from pg_locks where pid = pg_backend_pid() and locktype = 'advisory'),
		(select count(*) from pg_settings where source = 'session')`).ReadAll()
	none(t, err)
	if got := fmt.Sprintf("%s", answer[0].Rows[0]); got != "[0 0 0]" {
		t.Errorf("prepared statements, locks and settings left: %s", got)
	}
}
