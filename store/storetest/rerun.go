package storetest

import (
	"context"
	"errors"

	"cresset/store"
)

// Rerun wraps a database so that every function runs twice, as [store.DB]
// allows: the first run of an Update is undone, its second counts. What a
// program does with it must be the same as with db itself.
func Rerun(db store.DB) store.DB { return &rerun{db} }

type rerun struct{ store.DB }

var errAgain = errors.New("run it again")

func (r *rerun) Update(ctx context.Context, fn func(store.Tx) error) error {
	err := r.DB.Update(ctx, func(tx store.Tx) error { return errors.Join(errAgain, fn(tx)) })
	if !errors.Is(err, errAgain) { // it did not come to fn
		return err
	}
	return r.DB.Update(ctx, fn)
}

func (r *rerun) View(ctx context.Context, fn func(store.Tx) error) error {
	return r.DB.View(ctx, func(tx store.Tx) error { return errors.Join(fn(tx), fn(tx)) })
}
