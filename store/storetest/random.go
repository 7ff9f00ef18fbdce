package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"cresset/store"
)

// seeds are tried one after the other; a failing one is in the output.
const seeds = 5

func randomOperations(t *testing.T, db store.DB) {
	model := map[string]string{}
	for seed := range uint64(seeds) {
		r := rand.New(rand.NewPCG(seed, 1))
		for step := range 60 {
			model = randomTransaction(t, db, r, model)
			if t.Failed() {
				t.Fatalf("seed %d, step %d", seed, step)
			}
		}
	}
}

// randomTransaction does the same to the database and to a copy of the model,
// and returns whichever of model and copy should now be the state.
func randomTransaction(t *testing.T, db store.DB, r *rand.Rand, model map[string]string) map[string]string {
	next := maps.Clone(model)
	fails := r.IntN(4) == 0
	seed := r.Uint64()
	err := db.Update(t.Context(), func(tx store.Tx) error {
		r := rand.New(rand.NewPCG(seed, 2)) // the same again if it runs again
		next = maps.Clone(model)
		for range 1 + r.IntN(12) {
			if err := randomOperation(t, tx, r, next); err != nil {
				return err
			}
		}
		if fails {
			return errNo
		}
		return nil
	})
	if fails {
		is(t, err, errNo)
		return model
	}
	is(t, err, nil)
	return next
}

func randomOperation(t *testing.T, tx store.Tx, r *rand.Rand, model map[string]string) error {
	key := randomKey(r)
	switch r.IntN(4) {
	case 0:
		val := strings.Repeat("v", r.IntN(900)) + fmt.Sprint(r.IntN(1000))
		model[string(key)] = val
		return tx.Put("r", key, []byte(val))
	case 1:
		delete(model, string(key))
		return tx.Delete("r", key)
	case 2:
		got, err := tx.Get("r", key)
		val, there := model[string(key)]
		if string(got) != val || (got != nil) != there {
			t.Errorf("get %q: got %q, want %q (there: %v)", key, got, val, there)
		}
		return err
	default:
		rg := store.Range{From: randomKey(r), To: randomKey(r), Desc: r.IntN(2) == 0, Limit: r.IntN(20)}
		var got []string
		err := tx.Scan("r", rg, func(key, val []byte) error {
			got = append(got, string(key)+"="+string(val))
			return nil
		})
		equal(t, fmt.Sprintf("scan %+v", rg), got, modelScan(model, rg))
		return err
	}
}

func randomKey(r *rand.Rand) []byte {
	key := []byte{byte(r.IntN(4)), byte(r.IntN(8)), byte(0xff - r.IntN(3))}
	return key[:1+r.IntN(3)]
}

func modelScan(model map[string]string, r store.Range) []string {
	keys := slices.Sorted(maps.Keys(model))
	if r.Desc {
		slices.Reverse(keys)
	}
	var got []string
	for _, key := range keys {
		inside := bytes.Compare([]byte(key), r.From) >= 0 && bytes.Compare([]byte(key), r.To) < 0
		if inside && (r.Limit == 0 || len(got) < r.Limit) {
			got = append(got, key+"="+model[key])
		}
	}
	return got
}

// randomRecords writes incidents that collide on purpose and asks the
// indexes the same questions as a plain map.
func randomRecords(t *testing.T, db store.DB) {
	r := rand.New(rand.NewPCG(7, 3))
	model := map[uint64]incident{}
	for range 300 {
		v := incident{
			ID:      r.Uint64N(20),
			Service: fmt.Sprintf("svc%d", r.IntN(12)),
			Open:    r.IntN(2) == 0,
			Alert:   []string{"", "a", "b", "c"}[r.IntN(4)],
			Labels:  []string{"x", "y", "z"}[:r.IntN(4)],
		}
		remove := r.IntN(5) == 0
		err := db.Update(t.Context(), func(tx store.Tx) error {
			if remove {
				return cases.Delete(tx, store.Key(v.ID))
			}
			return cases.Put(tx, &v)
		})
		switch {
		case remove:
			delete(model, v.ID)
			is(t, err, nil)
		case alertTaken(model, v):
			is(t, err, store.ErrUnique)
		default:
			model[v.ID] = v
			is(t, err, nil)
		}
	}
	view(t, db, cases.Check)
	for n := range 12 {
		service := fmt.Sprintf("svc%d", n)
		want(t, "open "+service, by(t, db, "open", store.Key(service)), modelOpen(model, service))
	}
	view(t, db, func(tx store.Tx) error {
		n, err := cases.Count(tx, "", nil)
		if n != len(model) {
			t.Errorf("%d records, want %d", n, len(model))
		}
		return errors.Join(err, store.Check(tx, store.BuiltIn()))
	})
}

func alertTaken(model map[uint64]incident, v incident) bool {
	for _, other := range model {
		if other.ID != v.ID && other.Alert == v.Alert && v.Alert != "" {
			return true
		}
	}
	return false
}

func modelOpen(model map[uint64]incident, service string) string {
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(model)) {
		if v := model[id]; v.Open && v.Service == service {
			ids = append(ids, fmt.Sprint(id))
		}
	}
	return strings.Join(ids, " ")
}
