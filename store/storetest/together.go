package storetest

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"

	"cresset/store"
)

// together runs fn n times at once.
func together(n int, fn func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { fn(i) })
	}
	all.Wait()
}

func numbers(t *testing.T, db store.DB) {
	const writers, each = 32, 5
	got := make([]uint64, writers*each)
	together(writers, func(w int) {
		for i := range each {
			slot := w*each + i
			err := db.Update(t.Context(), func(tx store.Tx) (err error) {
				if got[slot], err = store.Sequence(tx, "incident"); err != nil {
					return err
				}
				return tx.Put("number", store.Key(got[slot]), []byte{1})
			})
			refused := db.Update(t.Context(), func(tx store.Tx) error { // takes a number and gives it back
				_, err := store.Sequence(tx, "incident")
				return errors.Join(err, errNo)
			})
			is(t, err, nil)
			is(t, refused, errNo)
		}
	})
	slices.Sort(got)
	for i, n := range got {
		if n != uint64(i+1) {
			t.Fatalf("number %d of %d is %d", i+1, len(got), n)
		}
	}
	if n := len(dump(t, db, "number", store.Range{})); n != len(got) {
		t.Errorf("%d records for %d numbers", n, len(got))
	}
}

func declareIfNone(t *testing.T, db store.DB) {
	const callers, services = 32, 8
	together(callers, func(i int) {
		service := fmt.Sprintf("svc%d", i%services)
		update(t, db, func(tx store.Tx) error {
			open, err := cases.First(tx, "open", store.Key(service))
			if err != nil || open != nil {
				return err
			}
			n, err := store.Sequence(tx, "case")
			if err != nil {
				return err
			}
			return cases.Put(tx, &incident{ID: n, Service: service, Open: true})
		})
	})
	view(t, db, func(tx store.Tx) error {
		n, err := cases.Count(tx, "", nil)
		if n != services {
			t.Errorf("%d records for %d services", n, services)
		}
		return errors.Join(err, cases.Check(tx))
	})
}

func aThirdFails(t *testing.T, db store.DB) {
	const callers = 400
	failing := func(i int) bool { return i%3 == 0 }
	together(callers, func(i int) {
		err := db.Update(t.Context(), func(tx store.Tx) error {
			if err := cases.Put(tx, &incident{ID: uint64(i + 1), Service: "s", Open: i%2 == 0}); err != nil {
				return err
			}
			if _, err := store.Sequence(tx, "callers"); err != nil {
				return err
			}
			if failing(i) {
				return fmt.Errorf("caller %d: %w", i, errNo)
			}
			return nil
		})
		if failing(i) && (err == nil || err.Error() != fmt.Sprintf("caller %d: no", i)) {
			t.Errorf("caller %d got %v", i, err)
		}
		if !failing(i) && err != nil {
			t.Errorf("caller %d got a neighbour's error: %v", i, err)
		}
	})
	view(t, db, func(tx store.Tx) error {
		for i := range callers {
			v, err := cases.Get(tx, store.Key(uint64(i+1)))
			if err != nil || (v == nil) != failing(i) {
				t.Errorf("record of caller %d: %v, %v", i, v, err)
			}
		}
		return cases.Check(tx)
	})
	update(t, db, func(tx store.Tx) error {
		n, err := store.Sequence(tx, "callers")
		if want := uint64(callers - (callers+2)/3 + 1); n != want {
			t.Errorf("the next number is %d, want %d", n, want)
		}
		return err
	})
}

func neighbourPanics(t *testing.T, db store.DB) {
	const callers = 60
	together(callers, func(i int) {
		defer func() {
			if p := recover(); (p != nil) != (i%5 == 0) {
				t.Errorf("caller %d: panic %v", i, p)
			}
		}()
		update(t, db, func(tx store.Tx) error {
			if err := tx.Put("a", store.Key(i), []byte("v")); err != nil {
				return err
			}
			if i%5 == 0 {
				panic(i)
			}
			return nil
		})
	})
	if n := len(dump(t, db, "a", store.Range{})); n != callers-callers/5 {
		t.Errorf("%d records, want %d", n, callers-callers/5)
	}
}

// neighbourGivesUp does what t.FailNow does inside a function.
func neighbourGivesUp(t *testing.T, db store.DB) {
	const callers = 20
	together(callers, func(i int) {
		update(t, db, func(tx store.Tx) error {
			if err := tx.Put("a", store.Key(i), []byte("v")); err != nil {
				return err
			}
			if i%4 == 0 {
				runtime.Goexit()
			}
			return nil
		})
	})
	if n := len(dump(t, db, "a", store.Range{})); n != callers-callers/4 {
		t.Errorf("%d records, want %d", n, callers-callers/4)
	}
}

// runningTwice makes a function fail for a reason that its second run does
// not find any more, as an engine's own retry would: nothing of the first
// run may be left.
func runningTwice(t *testing.T, db store.DB) {
	body := func(tx store.Tx) error {
		n, err := store.Sequence(tx, "twice")
		if err != nil {
			return err
		}
		return cases.Put(tx, &incident{ID: n, Service: "s", Alert: "only one", Open: true})
	}
	for _, verdict := range []error{errNo, errNo, nil} {
		is(t, db.Update(t.Context(), func(tx store.Tx) error { return errors.Join(body(tx), verdict) }), verdict)
	}
	view(t, db, func(tx store.Tx) error {
		v, err := cases.Get(tx, store.Key(uint64(1)))
		if v == nil {
			t.Error("the third run did not get number 1")
		}
		n, err2 := cases.Count(tx, "", nil)
		if n != 1 {
			t.Errorf("%d records, want 1", n)
		}
		return errors.Join(err, err2, cases.Check(tx))
	})
}
