package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"cresset/store"
)

var errNo = errors.New("no")

func getPutDelete(t *testing.T, db store.DB) {
	put(t, db, "a", "k", "v", "empty", "", "gone", "x")
	update(t, db, func(tx store.Tx) error { return tx.Delete("a", []byte("gone")) })
	update(t, db, func(tx store.Tx) error { return tx.Delete("a", []byte("never there")) })
	update(t, db, func(tx store.Tx) error { return tx.Delete("never there", []byte("k")) })
	put(t, db, "a", "k", "v2")
	put(t, db, "b", "k", "other")
	view(t, db, func(tx store.Tx) error {
		for _, w := range []struct{ coll, key, want string }{{"a", "k", "v2"}, {"a", "empty", ""}, {"b", "k", "other"}} {
			got, err := tx.Get(w.coll, []byte(w.key))
			if err != nil || got == nil || string(got) != w.want {
				t.Errorf("get %s/%s: got %q (nil: %v), %v, want %q", w.coll, w.key, got, got == nil, err, w.want)
			}
		}
		for _, w := range []struct{ coll, key string }{{"a", "gone"}, {"a", "never there"}, {"never there", "k"}} {
			if got, err := tx.Get(w.coll, []byte(w.key)); got != nil || err != nil {
				t.Errorf("get %s/%s: got %q, %v, want nothing", w.coll, w.key, got, err)
			}
		}
		return nil
	})
	for _, bad := range []struct{ coll, key string }{{"", "k"}, {"a", ""}} {
		err := db.Update(t.Context(), func(tx store.Tx) error { return tx.Put(bad.coll, []byte(bad.key), nil) })
		if err == nil {
			t.Errorf("put %q/%q: no error", bad.coll, bad.key)
		}
	}
}

func slicesAreOwn(t *testing.T, db store.DB) {
	key, val := []byte("key"), []byte("val")
	update(t, db, func(tx store.Tx) error {
		copy(key, "key")
		copy(val, "val")
		if err := tx.Put("a", key, val); err != nil {
			return err
		}
		copy(key, "xxx")
		copy(val, "xxx")
		got, err := tx.Get("a", []byte("key"))
		if err == nil {
			copy(got, "yyy")
		}
		return err
	})
	var kept []byte
	view(t, db, func(tx store.Tx) (err error) {
		kept, err = tx.Get("a", []byte("key"))
		return err
	})
	put(t, db, "a", "key", "new")
	equal(t, "a kept slice", []string{string(kept)}, []string{"val"})
}

func scan(t *testing.T, db store.DB) {
	put(t, db, "a", "b", "1", "d", "2", "f", "3", "\xff", "4")
	put(t, db, "aa", "c", "not this")
	k := func(s string) []byte { return []byte(s) }
	for _, test := range []struct {
		name string
		r    store.Range
		want []string
	}{
		{"all", store.Range{}, []string{"b=1", "d=2", "f=3", "\xff=4"}},
		{"all desc", store.Range{Desc: true}, []string{"\xff=4", "f=3", "d=2", "b=1"}},
		{"from is in, to is out", store.Range{From: k("b"), To: k("f")}, []string{"b=1", "d=2"}},
		{"the same desc", store.Range{From: k("b"), To: k("f"), Desc: true}, []string{"d=2", "b=1"}},
		{"bounds between keys", store.Range{From: k("c"), To: k("e")}, []string{"d=2"}},
		{"the same desc", store.Range{From: k("c"), To: k("e"), Desc: true}, []string{"d=2"}},
		{"to behind all, desc", store.Range{To: k("\xff\xff"), Desc: true}, []string{"\xff=4", "f=3", "d=2", "b=1"}},
		{"to before all, desc", store.Range{To: k("a"), Desc: true}, nil},
		{"from behind all", store.Range{From: k("\xff\xff")}, nil},
		{"limit", store.Range{Limit: 2}, []string{"b=1", "d=2"}},
		{"limit desc", store.Range{Limit: 2, Desc: true}, []string{"\xff=4", "f=3"}},
		{"limit in a range", store.Range{From: k("c"), Limit: 1}, []string{"d=2"}},
		{"empty range", store.Range{From: k("d"), To: k("d")}, nil},
		{"wrong way round", store.Range{From: k("f"), To: k("b")}, nil},
		{"wrong way round desc", store.Range{From: k("f"), To: k("b"), Desc: true}, nil},
	} {
		equal(t, test.name, dump(t, db, "a", test.r), test.want)
	}
	equal(t, "a collection that is not there", dump(t, db, "none", store.Range{}), nil)
}

func scanInside(t *testing.T, db store.DB) {
	put(t, db, "a", "1", "x", "2", "y", "3", "z")
	update(t, db, func(tx store.Tx) error {
		if err := errors.Join(tx.Put("a", []byte("4"), []byte("new")), tx.Delete("a", []byte("2")), tx.Put("a", []byte("1"), []byte("w"))); err != nil {
			return err
		}
		var got []string
		err := tx.Scan("a", store.Range{}, func(key, val []byte) error {
			again, err := tx.Get("a", key)
			got = append(got, string(key)+string(val)+string(again))
			return err
		})
		equal(t, "scan in its own transaction", got, []string{"1ww", "3zz", "4newnew"})
		return err
	})
}

func scanRefusesWrites(t *testing.T, db store.DB) {
	put(t, db, "a", "1", "x", "2", "y")
	update(t, db, func(tx store.Tx) error {
		err := tx.Scan("a", store.Range{}, func(key, _ []byte) error {
			is(t, tx.Put("a", []byte("3"), nil), store.ErrScanning)
			is(t, tx.Delete("a", key), store.ErrScanning)
			return nil
		})
		return errors.Join(err, tx.Put("a", []byte("3"), []byte("after")))
	})
	equal(t, "afterwards", dump(t, db, "a", store.Range{}), []string{"1=x", "2=y", "3=after"})
}

func scanEndsOnError(t *testing.T, db store.DB) {
	put(t, db, "a", "1", "x", "2", "y")
	calls := 0
	err := db.View(t.Context(), func(tx store.Tx) error {
		calls = 0
		return tx.Scan("a", store.Range{}, func(_, _ []byte) error { calls++; return errNo })
	})
	is(t, err, errNo)
	if calls != 1 {
		t.Errorf("scan went on after an error: %d calls", calls)
	}
}

func collections(t *testing.T, db store.DB) {
	list := func(tx store.Tx) []string {
		all, err := tx.Collections()
		if err != nil {
			t.Error(err)
		}
		return all
	}
	view(t, db, func(tx store.Tx) error { equal(t, "of nothing", list(tx), nil); return nil })
	put(t, db, "b", "k", "v")
	put(t, db, "b.é", "k", "v", "l", "v")
	put(t, db, "emptied", "k", "v")
	update(t, db, func(tx store.Tx) error {
		if err := errors.Join(tx.Delete("emptied", []byte("k")), tx.Put("B", []byte("k"), nil)); err != nil {
			return err
		}
		equal(t, "of this transaction", list(tx), []string{"B", "b", "b.é"})
		return nil
	})
	var escaped store.Tx
	view(t, db, func(tx store.Tx) error {
		escaped = tx
		equal(t, "afterwards", list(tx), []string{"B", "b", "b.é"})
		return nil
	})
	if _, err := escaped.Collections(); err == nil {
		t.Error("collections after the end: no error")
	}
}

func viewIsSnapshot(t *testing.T, db store.DB) {
	put(t, db, "a", "k", "old")
	reading, written := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(written)
		<-reading
		put(t, db, "a", "k", "new", "l", "new")
	}()
	first := true
	view(t, db, func(tx store.Tx) error {
		before, err := tx.Get("a", []byte("k"))
		if err != nil {
			return err
		}
		if first { // an engine may run this again; the writer comes once
			first = false
			close(reading)
			<-written
		}
		after, err := tx.Get("a", []byte("k"))
		if string(after) != string(before) {
			t.Errorf("a view saw %q and then %q", before, after)
		}
		return err
	})
	equal(t, "the next view", dump(t, db, "a", store.Range{}), []string{"k=new", "l=new"})
}

func viewRefusesWrites(t *testing.T, db store.DB) {
	put(t, db, "a", "k", "v")
	view(t, db, func(tx store.Tx) error {
		is(t, tx.Put("a", []byte("k"), []byte("w")), store.ErrReadOnly)
		is(t, tx.Put("new", []byte("k"), []byte("w")), store.ErrReadOnly)
		is(t, tx.Delete("a", []byte("k")), store.ErrReadOnly)
		return nil
	})
	is(t, db.View(t.Context(), func(store.Tx) error { return errNo }), errNo)
	equal(t, "afterwards", dump(t, db, "a", store.Range{}), []string{"k=v"})
}

func errorUndoesAll(t *testing.T, db store.DB) {
	put(t, db, "a", "k", "old", "l", "old")
	err := db.Update(t.Context(), func(tx store.Tx) error {
		err := errors.Join(tx.Put("a", []byte("k"), []byte("new")), tx.Delete("a", []byte("l")), tx.Put("b", []byte("k"), []byte("new")))
		return errors.Join(err, errNo)
	})
	is(t, err, errNo)
	equal(t, "a", dump(t, db, "a", store.Range{}), []string{"k=old", "l=old"})
	equal(t, "b", dump(t, db, "b", store.Range{}), nil)
}

func panicUndoesAll(t *testing.T, db store.DB) {
	for name, run := range map[string]func(context.Context, func(store.Tx) error) error{"update": db.Update, "view": db.View} {
		func() {
			defer func() {
				if p := recover(); p != any("boom") {
					t.Errorf("%s: the caller got the panic %v, want boom", name, p)
				}
			}()
			err := run(t.Context(), func(tx store.Tx) error {
				if err := tx.Put("a", []byte("k"), []byte("v")); err != nil && name == "update" {
					t.Error(err)
				}
				panic("boom")
			})
			t.Errorf("%s returned %v", name, err)
		}()
	}
	put(t, db, "b", "k", "still works")
	equal(t, "a", dump(t, db, "a", store.Range{}), nil)
}

func escapedIsDead(t *testing.T, db store.DB) {
	var escaped store.Tx
	update(t, db, func(tx store.Tx) error { escaped = tx; return nil })
	if _, err := escaped.Get("a", []byte("k")); err == nil {
		t.Error("get after the end: no error")
	}
	if err := escaped.Put("a", []byte("k"), nil); err == nil {
		t.Error("put after the end: no error")
	}
	if err := escaped.Scan("a", store.Range{}, func(_, _ []byte) error { return nil }); err == nil {
		t.Error("scan after the end: no error")
	}
}

func clockStands(t *testing.T, db store.DB) {
	update(t, db, func(tx store.Tx) error {
		first := tx.Now()
		time.Sleep(time.Millisecond)
		if again := tx.Now(); first.IsZero() || !again.Equal(first) {
			t.Errorf("the clock said %v and then %v", first, again)
		}
		return nil
	})
}

func contextEnds(t *testing.T, db store.DB) {
	ctx, cancel := context.WithCancel(t.Context())
	err := db.Update(ctx, func(tx store.Tx) error {
		cancel() // too late: the outcome counts
		return tx.Put("a", []byte("k"), []byte("v"))
	})
	if err != nil {
		t.Errorf("a context that ended inside: %v", err)
	}
	never := func(store.Tx) error { t.Error("the function ran"); return nil }
	is(t, db.Update(ctx, never), context.Canceled)
	is(t, db.View(ctx, never), context.Canceled)
	equal(t, "afterwards", dump(t, db, "a", store.Range{}), []string{"k=v"})
}

func closing(t *testing.T, db store.DB) {
	put(t, db, "a", "k", "v")
	is(t, db.Close(), nil)
	never := func(store.Tx) error { t.Error("the function ran"); return nil }
	is(t, db.Update(t.Context(), never), store.ErrClosed)
	is(t, db.View(t.Context(), never), store.ErrClosed)
	is(t, db.Close(), nil)
}
