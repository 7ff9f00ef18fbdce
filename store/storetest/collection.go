package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"cresset/store"
)

// incident is a record with one index of each sort: partial, unique, and
// with several keys per record.
type incident struct {
	ID      uint64   `json:"id"`
	Service string   `json:"service"`
	Open    bool     `json:"open"`
	Alert   string   `json:"alert"`
	Labels  []string `json:"labels"`
}

var cases = &store.Collection[incident]{
	Name: "case",
	Key:  func(v *incident) []byte { return store.Key(v.ID) },
	Indexes: []store.Index[incident]{
		{Name: "open", Keys: func(v *incident) [][]byte {
			if !v.Open {
				return nil
			}
			return [][]byte{store.Key(v.Service)}
		}},
		{Name: "alert", Unique: true, Keys: func(v *incident) [][]byte {
			if v.Alert == "" {
				return nil
			}
			return [][]byte{store.Key(v.Alert)}
		}},
		{Name: "label", Keys: func(v *incident) [][]byte {
			var keys [][]byte
			for _, l := range v.Labels {
				keys = append(keys, store.Key(l))
			}
			return keys
		}},
	},
}

func save(t *testing.T, db store.DB, all ...incident) {
	t.Helper()
	update(t, db, func(tx store.Tx) error {
		for _, v := range all {
			if err := cases.Put(tx, &v); err != nil {
				return err
			}
		}
		return nil
	})
}

// list names the records of a loop, and its errors.
func list(all iter.Seq2[*incident, error]) []string {
	var ids []string
	for v, err := range all {
		if err != nil {
			ids = append(ids, "error")
		} else {
			ids = append(ids, fmt.Sprint(v.ID))
		}
	}
	return ids
}

func by(t *testing.T, db store.DB, index string, prefix []byte) string {
	t.Helper()
	var ids []string
	view(t, db, func(tx store.Tx) error {
		ids = list(cases.By(tx, index, prefix, store.Page{}))
		return nil
	})
	return strings.Join(ids, " ")
}

func want(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func records(t *testing.T, db store.DB) {
	save(t, db, incident{ID: 7, Service: "pay", Labels: []string{"a", "ü", "\u2028"}})
	view(t, db, func(tx store.Tx) error {
		v, err := cases.Get(tx, store.Key(uint64(7)))
		want(t, "record", fmt.Sprintf("%+v", *v), "{ID:7 Service:pay Open:false Alert: Labels:[a ü \u2028]}")
		none, err2 := cases.Get(tx, store.Key(uint64(8)))
		if none != nil {
			t.Errorf("a record that is not there: %v", none)
		}
		return errors.Join(err, err2)
	})
	update(t, db, func(tx store.Tx) error {
		return errors.Join(cases.Delete(tx, store.Key(uint64(7))), cases.Delete(tx, store.Key(uint64(8))))
	})
	want(t, "after delete", by(t, db, "label", nil), "")
	long := incident{ID: 1, Alert: strings.Repeat("x", store.MaxKey)}
	if err := db.Update(t.Context(), func(tx store.Tx) error { return cases.Put(tx, &long) }); err == nil {
		t.Error("a key of more than MaxKey bytes was taken")
	}
}

func indexesMove(t *testing.T, db store.DB) {
	save(t, db,
		incident{ID: 1, Service: "svc1", Open: true, Labels: []string{"x", "y", "x"}},
		incident{ID: 2, Service: "svc10", Open: true, Labels: []string{"y"}},
		incident{ID: 3, Service: "svc1", Open: false})
	want(t, "open svc1", by(t, db, "open", store.Key("svc1")), "1")
	want(t, "open", by(t, db, "open", nil), "1 2")
	want(t, "label y", by(t, db, "label", store.Key("y")), "1 2")
	save(t, db,
		incident{ID: 1, Service: "svc2", Open: true, Labels: []string{"y", "z"}},
		incident{ID: 2, Service: "svc10", Open: false},
		incident{ID: 3, Service: "svc1", Open: true})
	want(t, "open svc1 then", by(t, db, "open", store.Key("svc1")), "3")
	want(t, "open svc2 then", by(t, db, "open", store.Key("svc2")), "1")
	want(t, "open svc10 then", by(t, db, "open", store.Key("svc10")), "")
	want(t, "label x then", by(t, db, "label", store.Key("x")), "")
	want(t, "labels then", by(t, db, "label", nil), "1 1")
	view(t, db, cases.Check)
}

func unique(t *testing.T, db store.DB) {
	save(t, db, incident{ID: 1, Alert: "disk"})
	save(t, db, incident{ID: 1, Alert: "disk", Service: "may write itself again"})
	update(t, db, func(tx store.Tx) error {
		err := cases.Put(tx, &incident{ID: 2, Alert: "disk", Service: "s", Open: true, Labels: []string{"l"}})
		is(t, err, store.ErrUnique)
		return nil // swallowed: nothing may have been written
	})
	want(t, "the refused record's index", by(t, db, "label", nil), "")
	update(t, db, func(tx store.Tx) error {
		return errors.Join(cases.Put(tx, &incident{ID: 1, Alert: "moved"}), cases.Put(tx, &incident{ID: 2, Alert: "disk"}))
	})
	want(t, "disk", by(t, db, "alert", store.Key("disk")), "2")
	want(t, "moved", by(t, db, "alert", store.Key("moved")), "1")
	view(t, db, cases.Check)
}

func uniqueUndone(t *testing.T, db store.DB) {
	save(t, db, incident{ID: 1, Alert: "disk"})
	err := db.Update(t.Context(), func(tx store.Tx) error {
		if err := cases.Put(tx, &incident{ID: 2, Service: "first", Open: true}); err != nil {
			return err
		}
		return cases.Put(tx, &incident{ID: 3, Alert: "disk"})
	})
	is(t, err, store.ErrUnique)
	want(t, "records", by(t, db, "open", nil), "")
	view(t, db, cases.Check)
}

func pages(t *testing.T, db store.DB) {
	for id := range uint64(5) {
		save(t, db, incident{ID: id + 1, Service: "s", Open: true})
	}
	view(t, db, func(tx store.Tx) error {
		for _, test := range []struct {
			p    store.Page
			want string
		}{
			{store.Page{}, "1 2 3 4 5"},
			{store.Page{Desc: true}, "5 4 3 2 1"},
			{store.Page{Limit: 2}, "1 2"},
			{store.Page{Limit: 2, After: store.Key(uint64(2))}, "3 4"},
			{store.Page{Limit: 2, After: store.Key(uint64(4))}, "5"},
			{store.Page{Desc: true, Limit: 2, After: store.Key(uint64(4))}, "3 2"},
			{store.Page{After: store.Key(uint64(9))}, ""},
		} {
			want(t, fmt.Sprintf("page %+v", test.p), strings.Join(list(cases.All(tx, test.p)), " "), test.want)
		}
		return nil
	})
}

// cursorOnIndex turns pages of one service while others lie around it.
func cursorOnIndex(t *testing.T, db store.DB) {
	for id := range uint64(9) {
		save(t, db, incident{ID: id + 1, Service: fmt.Sprintf("s%d", id%3), Open: true})
	}
	for _, desc := range []bool{false, true} {
		var got []string
		p := store.Page{Desc: desc, Limit: 2}
		for range 3 {
			view(t, db, func(tx store.Tx) error {
				for v, err := range cases.By(tx, "open", store.Key("s1"), p) {
					if err != nil {
						return err
					}
					got = append(got, fmt.Sprint(v.ID))
					p.After = cases.Cursor("open", store.Key("s1"), v)
				}
				return nil
			})
		}
		want(t, fmt.Sprintf("desc %v", desc), strings.Join(got, " "), map[bool]string{false: "2 5 8", true: "8 5 2"}[desc])
	}
	if c := cases.Cursor("open", nil, &incident{ID: 1}); c != nil {
		t.Errorf("the cursor of a record outside the index is %q", c)
	}
	if c := cases.Cursor("label", store.Key("a"), &incident{ID: 1, Labels: []string{"a", "b"}}); !bytes.HasPrefix(c, store.Key("a")) {
		t.Errorf("the cursor for label a is %q", c)
	}
}

func countAndFirst(t *testing.T, db store.DB) {
	save(t, db,
		incident{ID: 3, Service: "a", Open: true},
		incident{ID: 2, Service: "a", Open: true},
		incident{ID: 1, Service: "b", Open: true},
		incident{ID: 4, Service: "a"})
	view(t, db, func(tx store.Tx) error {
		for _, test := range []struct {
			index  string
			prefix []byte
			want   int
		}{{"", nil, 4}, {"open", nil, 3}, {"open", store.Key("a"), 2}, {"open", store.Key("none"), 0}} {
			if n, err := cases.Count(tx, test.index, test.prefix); n != test.want || err != nil {
				t.Errorf("count %q %q: got %d, %v, want %d", test.index, test.prefix, n, err, test.want)
			}
		}
		first, err := cases.First(tx, "open", store.Key("a"))
		want(t, "first", fmt.Sprint(first.ID), "2")
		none, err2 := cases.First(tx, "open", store.Key("none"))
		if none != nil {
			t.Errorf("first of nothing is %v", none)
		}
		if _, err := cases.Count(tx, "no such index", nil); err == nil {
			t.Error("count in an index that does not exist: no error")
		}
		want(t, "an index that does not exist", strings.Join(list(cases.By(tx, "no such index", nil, store.Page{})), " "), "error")
		return errors.Join(err, err2)
	})
}

func writingInLoop(t *testing.T, db store.DB) {
	for id := range uint64(50) {
		save(t, db, incident{ID: id + 1, Service: "a", Open: true})
	}
	update(t, db, func(tx store.Tx) error {
		met := 0
		for v, err := range cases.By(tx, "open", nil, store.Page{}) {
			if err != nil {
				return err
			}
			met++
			v.Service = "b" // moves behind the end of the loop
			err = errors.Join(cases.Put(tx, v), cases.Delete(tx, store.Key(v.ID+1)))
			if err != nil {
				return err
			}
		}
		if met != 25 {
			t.Errorf("a loop that deletes every other record met %d of 50", met)
		}
		return cases.Check(tx)
	})
	update(t, db, func(tx store.Tx) error {
		for v, err := range cases.All(tx, store.Page{}) {
			if err != nil {
				return err
			}
			if err := cases.Put(tx, &incident{ID: v.ID + 1000}); err != nil {
				return err
			}
		}
		n, err := cases.Count(tx, "", nil)
		if n != 50 {
			t.Errorf("%d records, want 50", n)
		}
		return err
	})
}

// tamper flips one bit of a stored value.
func tamper(t *testing.T, db store.DB, coll string, key []byte) {
	t.Helper()
	update(t, db, func(tx store.Tx) error {
		val, err := tx.Get(coll, key)
		if err != nil {
			return err
		}
		val[len(val)-2] ^= 4
		return tx.Put(coll, key, val)
	})
}

func oneBadRecord(t *testing.T, db store.DB) {
	save(t, db, incident{ID: 1, Service: "s", Open: true}, incident{ID: 2, Service: "s", Open: true}, incident{ID: 3, Service: "s", Open: true})
	tamper(t, db, "case", store.Key(uint64(2)))
	want(t, "the list goes on", by(t, db, "open", nil), "1 error 3")
	update(t, db, func(tx store.Tx) error { return tx.Delete("case", store.Key(uint64(1))) })
	err := db.View(t.Context(), func(tx store.Tx) error {
		_, err := cases.First(tx, "open", store.Key("s"))
		return err
	})
	is(t, err, store.ErrCorrupt) // a line that leads nowhere
	err = db.View(t.Context(), func(tx store.Tx) error {
		_, err := cases.Get(tx, store.Key(uint64(2)))
		return err
	})
	is(t, err, store.ErrCorrupt)
	if name := fmt.Sprintf("%q of collection %q", store.Key(uint64(2)), "case"); err == nil || !strings.Contains(err.Error(), name) {
		t.Errorf("the error does not name the record: %v", err)
	}
}

func check(t *testing.T, db store.DB) {
	for _, test := range []struct {
		name  string
		wrong func(tx store.Tx) error
	}{
		{"a line of an index is missing", func(tx store.Tx) error {
			return tx.Delete("case.alert", store.Key("disk"))
		}},
		{"a line leads to nothing", func(tx store.Tx) error {
			return tx.Put("case.alert", store.Key("other"), store.Key(uint64(9)))
		}},
		{"a line leads to the wrong record", func(tx store.Tx) error {
			return tx.Put("case.alert", store.Key("disk"), store.Key(uint64(2)))
		}},
		{"a line that should not be there", func(tx store.Tx) error {
			return tx.Put("case.alert", store.Key("other"), store.Key(uint64(1)))
		}},
		{"a record under a wrong key", func(tx store.Tx) error {
			val, err := tx.Get("case", store.Key(uint64(1)))
			return errors.Join(err, tx.Put("case", store.Key(uint64(5)), val))
		}},
		{"a record that is gone", func(tx store.Tx) error {
			return tx.Delete("case", store.Key(uint64(1)))
		}},
		{"a record cut short", func(tx store.Tx) error {
			return tx.Put("case", store.Key(uint64(1)), []byte{1, 2})
		}},
	} {
		save(t, db, incident{ID: 1, Alert: "disk"}, incident{ID: 2, Alert: "net"})
		view(t, db, cases.Check)
		err := db.Update(t.Context(), func(tx store.Tx) error {
			if err := test.wrong(tx); err != nil {
				return err
			}
			return store.Check(tx, append(store.BuiltIn(), cases)) // and undo
		})
		if !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("%s: check says %v", test.name, err)
		}
	}
}

// checkOfKeys is a program whose idea of a key changed.
func checkOfKeys(t *testing.T, db store.DB) {
	save(t, db, incident{ID: 1})
	changed := &store.Collection[incident]{Name: cases.Name, Key: func(v *incident) []byte { return store.Key(v.ID, v.Service) }}
	is(t, db.View(t.Context(), changed.Check), store.ErrCorrupt)
}

func facts(t *testing.T, db store.DB) {
	read := func() (value string) {
		view(t, db, func(tx store.Tx) (err error) {
			value, err = store.Fact(tx, store.Generation)
			return err
		})
		return value
	}
	want(t, "before", read(), "")
	for _, value := range []string{"first", "second"} {
		update(t, db, func(tx store.Tx) error { return store.SetFact(tx, store.Generation, value) })
		want(t, "after", read(), value)
	}
}
