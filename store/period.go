package store

import (
	"iter"
	"time"

	"cresset/bot/cre"
)

// Ended lists the requests that ended in [from, to), in that order.
func Ended(tx Tx, from, to time.Time) iter.Seq2[*cre.Request, error] {
	return func(yield func(*cre.Request, error) bool) {
		// a key of the index goes on behind the time, so what ended at from comes too
		for r, err := range Requests.By(tx, "ended", nil, Page{After: Key(from)}) {
			if err == nil && !r.Ended.Before(to) || !yield(r, err) {
				return
			}
		}
	}
}

// Judged lists the requests about which a promise was kept or broken in [from, to),
// each once.
func Judged(tx Tx, from, to time.Time) iter.Seq2[*cre.Request, error] {
	return func(yield func(*cre.Request, error) bool) {
		met, end := map[string]bool{}, string(Key(to))
		for found, err := range Requests.Keys(tx, "judged", nil, Page{After: Key(from)}) {
			if err == nil && string(found.Key) >= end {
				return
			}
			if err == nil && met[string(found.Record)] {
				continue
			}
			var r *cre.Request
			if err == nil {
				met[string(found.Record)] = true
				r, err = Requests.Get(tx, found.Record)
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// Spent is what was worked in [from, to), on requests and on what nobody asked for.
// What is not seen is hidden.
func Spent(tx Tx, eyes cre.Eyes, from, to time.Time) (all []cre.Spent, err error) {
	add := func(w cre.Spent, r *cre.Request) error {
		seen, err := Sees(tx, eyes, r)
		w.Hidden = !seen
		all = append(all, w)
		return err
	}
	for r, err := range Ended(tx, from, to) {
		if err == nil {
			err = add(r.Spent(), r)
		}
		if err != nil {
			return nil, err
		}
	}
	for w, err := range Spents.By(tx, "at", nil, Page{After: Key(from)}) {
		if err != nil {
			return nil, err
		}
		if !w.At.Before(to) {
			break
		}
		if err := add(*w, &cre.Request{Customer: w.Customer, Owner: w.By}); err != nil {
			return nil, err
		}
	}
	return all, nil
}
