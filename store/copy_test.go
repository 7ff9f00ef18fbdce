package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"cresset/bot/cre"
	"cresset/store"
	"cresset/store/bolt"
)

func openBolt(t *testing.T) store.DB {
	t.Helper()
	db, err := bolt.Open(filepath.Join(t.TempDir(), "cresset.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// fillWith puts n records of text into the timeline, and one of each sort that
// is not to be copied.
func fillWith(t *testing.T, db store.DB, n int, text string) {
	t.Helper()
	for done := 0; done < n; done += 5000 {
		err := db.Update(t.Context(), func(tx store.Tx) error {
			for i := done; i < min(n, done+5000); i++ {
				if err := store.Timeline.Put(tx, &cre.Entry{Incident: "INC-1", N: uint64(i), Text: text}); err != nil {
					return err
				}
			}
			err := store.Moves.Put(tx, &store.Move{Stage: store.Leaving, Run: "x"})
			return errors.Join(err, store.Leases.Put(tx, &store.Lease{Name: "outbox", Epoch: 7}), store.SetFact(tx, "colour", "blue"))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func sum(t *testing.T, db store.DB) string {
	t.Helper()
	s, err := store.Sum(t.Context(), db, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A meter notes the largest transactions.
type meter struct {
	store.DB
	records, bytes, transactions int
}

type measured struct {
	store.Tx
	records, bytes int
}

func (m *measured) count(key, val []byte) {
	m.records++
	m.bytes += len(key) + len(val)
}

func (m *measured) Put(coll string, key, val []byte) error {
	m.count(key, val)
	return m.Tx.Put(coll, key, val)
}

func (m *measured) Scan(coll string, r store.Range, fn func(key, val []byte) error) error {
	return m.Tx.Scan(coll, r, func(key, val []byte) error {
		m.count(key, val)
		return fn(key, val)
	})
}

func (m *meter) measure(fn func(store.Tx) error) func(store.Tx) error {
	return func(tx store.Tx) error {
		in := &measured{Tx: tx}
		err := fn(in)
		m.transactions++
		m.records, m.bytes = max(m.records, in.records), max(m.bytes, in.bytes)
		return err
	}
}

func (m *meter) View(ctx context.Context, fn func(store.Tx) error) error {
	return m.DB.View(ctx, m.measure(fn))
}

func (m *meter) Update(ctx context.Context, fn func(store.Tx) error) error {
	return m.DB.Update(ctx, m.measure(fn))
}

// However large the state, a transaction is small, both ways and when the
// copies are compared.
func TestCopyInBoundedMemory(t *testing.T) {
	for _, state := range []struct {
		n              int
		text           string
		records, bytes int // of the largest transaction
	}{{100_000, "x", 500, 100 << 10}, {300, strings.Repeat("x", 100<<10), 11, 1200 << 10}} {
		from, to := &meter{DB: openBolt(t)}, &meter{DB: openBolt(t)}
		fillWith(t, from.DB, state.n, state.text)
		last := 0
		c := store.Copying{From: from, To: to, Known: store.All(), Progress: func(_ string, n int) { last = n }}
		n, err := c.Copy(t.Context())
		if err != nil || n != state.n+1 || last != n {
			t.Fatalf("%d records copied, %d shown, %v; want %d", n, last, err, state.n+1)
		}
		if a, b := sum(t, from), sum(t, to); a != b {
			t.Errorf("the sums are %s and %s", a, b)
		}
		if err := store.Clear(t.Context(), to, func(store.Tx) error { return nil }, nil); err != nil {
			t.Error(err)
		}
		if a, b := sum(t, to), sum(t, openBolt(t)); a != b {
			t.Errorf("after a clear the sum is %s, that of nothing is %s", a, b)
		}
		for name, m := range map[string]*meter{"source": from, "target": to} {
			if m.records > state.records || m.bytes > state.bytes {
				t.Errorf("%s: a transaction of %d records and %d bytes, want at most %d and %d", name, m.records, m.bytes, state.records, state.bytes)
			}
		}
	}
}

func TestCopyLeavesOutWhatIsOfThePlace(t *testing.T) {
	from, to := openBolt(t), openBolt(t)
	fillWith(t, from, 1, "x")
	if _, err := (&store.Copying{From: from, To: to}).Copy(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := to.View(t.Context(), func(tx store.Tx) error {
		l, err := store.Leases.Get(tx, store.Key("outbox"))
		m, err2 := store.LastMove(tx)
		colour, err3 := store.Fact(tx, "colour")
		if l != nil || m.Stage != store.Here || colour != "blue" {
			t.Errorf("copied: lease %v, move %v, fact %q", l, m, colour)
		}
		return errors.Join(err, err2, err3)
	})
	if err != nil {
		t.Error(err)
	}
}

// Every place of a byte counts: a key's end, a value's, a collection's name.
func TestSumTellsApart(t *testing.T) {
	seen := map[string]string{}
	for _, state := range [][]string{{}, {"a", "k", "v"}, {"a", "kv", ""}, {"ak", "v", ""}, {"a", "k", "w"}, {"a", "k", "v", "b", "k", "v"}, {"a", "k", "v", "a", "b", "kv"}} {
		db := openBolt(t)
		err := db.Update(t.Context(), func(tx store.Tx) (err error) {
			for i := 0; i < len(state); i += 3 {
				err = errors.Join(err, tx.Put(state[i], []byte(state[i+1]), []byte(state[i+2])))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		s := sum(t, db)
		if other, taken := seen[s]; taken {
			t.Errorf("%q and %s have the same sum", state, other)
		}
		seen[s] = fmt.Sprintf("%q", state)
	}
}

// A record that is damaged or of a newer layout ends the copy and is named.
func TestCopyRefusesWhatItCannotRead(t *testing.T) {
	for _, spoil := range []func(val []byte) []byte{
		func(val []byte) []byte { val[0]++; return val },
		func(val []byte) []byte { val[len(val)-2]++; return val },
		func(val []byte) []byte { return val[:3] },
	} {
		from, to := openBolt(t), openBolt(t)
		fillWith(t, from, 3, "x")
		key := store.Key("INC-1", uint64(1))
		err := from.Update(t.Context(), func(tx store.Tx) error {
			val, err := tx.Get("timeline", key)
			return errors.Join(err, tx.Put("timeline", key, spoil(val)))
		})
		if err != nil {
			t.Fatal(err)
		}
		c := store.Copying{From: from, To: to, Known: store.All()}
		if _, err := c.Copy(t.Context()); !errors.Is(err, store.ErrCorrupt) || !strings.Contains(err.Error(), fmt.Sprintf("%q", key)) {
			t.Errorf("got %v, want a corrupt record %q", err, key)
		}
	}
}

// The key behind the last one of a batch may be that key and a zero byte.
func TestCopyBetweenBatches(t *testing.T) {
	from, to := openBolt(t), openBolt(t)
	key := []byte("k")
	err := from.Update(t.Context(), func(tx store.Tx) (err error) {
		for range 600 {
			err = errors.Join(err, tx.Put("raw", key, nil))
			key = append(key, 0)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := (&store.Copying{From: from, To: to}).Copy(t.Context()); err != nil || n != 600 {
		t.Errorf("%d of 600 records copied, %v", n, err)
	}
}

var errNo = errors.New("no")

func TestCopyAsksBeforeItWrites(t *testing.T) {
	from, to := openBolt(t), openBolt(t)
	fillWith(t, from, 3, "x")
	no := func(store.Tx) error { return errNo }
	c := store.Copying{From: from, To: to, Allow: no}
	if _, err := c.Copy(t.Context()); !errors.Is(err, errNo) || sum(t, to) != sum(t, openBolt(t)) {
		t.Errorf("copied without leave: %v", err)
	}
	before := sum(t, from)
	if err := store.Clear(t.Context(), from, no, nil); !errors.Is(err, errNo) || sum(t, from) != before {
		t.Errorf("cleared without leave: %v", err)
	}
}

func TestMustBeHere(t *testing.T) {
	db := openBolt(t)
	for stage, want := range map[store.MoveStage]string{store.Here: "", store.Leaving: "being copied to there", store.Left: "it moved to there",
		store.Arriving: "an incomplete copy of there", "sideways": `a newer cresset says that it is "sideways"`} {
		err := db.Update(t.Context(), func(tx store.Tx) error { return store.Moves.Put(tx, &store.Move{Stage: stage, Other: "there"}) })
		if err != nil {
			t.Fatal(err)
		}
		err = db.View(t.Context(), store.MustBeHere)
		if want == "" && err != nil || want != "" && (!errors.Is(err, store.ErrAway) || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %v, want %q", stage, err, want)
		}
	}
}
