package app

import (
	"context"
	"errors"
	"fmt"

	"cresset/store"
)

// mustBeHere refuses to work on a state that is elsewhere, and says what to do.
func (p place) mustBeHere(ctx context.Context, db store.DB) error {
	return db.View(ctx, func(tx store.Tx) error {
		m, err := store.LastMove(tx)
		if err != nil {
			return err
		}
		return p.away(m)
	})
}

// away says where the state is instead, and what to do; nil if it is here.
func (p place) away(m store.Move) error {
	err := m.Away()
	switch m.Stage {
	case store.Left:
		return fmt.Errorf("%s: %w. Write into the configuration: store: %s. To take it back with all that happened there: cresset copy --from '%s' --to '%s'. "+
			"Only if that place is lost for good: cresset doctor -unmark", p, err, m.Other, m.Other, p.address())
	case store.Leaving:
		return fmt.Errorf("%s: %w. Let it end, or run the same copy again. To stay here instead: cresset doctor -unmark", p, err)
	case store.Arriving:
		return fmt.Errorf("%s: %w. Run it again, it starts over: cresset copy --from '%s' --to '%s'", p, err, m.Other, p.address())
	}
	return err
}

// fenced is a database that another process may copy while we work on it: what
// the copy does not see any more is not written.
type fenced struct {
	store.DB
	away func(error)
}

// Update implements [store.DB].
func (f fenced) Update(ctx context.Context, fn func(store.Tx) error) error {
	err := f.DB.Update(ctx, func(tx store.Tx) error {
		if err := store.MustBeHere(tx); err != nil {
			return err
		}
		return fn(tx)
	})
	if errors.Is(err, store.ErrAway) {
		f.away(err)
	}
	return err
}

// Ready reports whether the state can be worked on here.
func (f fenced) Ready(ctx context.Context) error {
	if engine, ok := f.DB.(interface{ Ready(context.Context) error }); ok {
		if err := engine.Ready(ctx); err != nil {
			return err
		}
	}
	return f.DB.View(ctx, store.MustBeHere)
}

// Unmark has a state that left, or was about to, be worked on here again.
func (e Environment) Unmark(ctx context.Context) error {
	p, db, err := e.openState()
	if err != nil {
		return err
	}
	var before store.Move
	err = db.Update(ctx, func(tx store.Tx) error {
		before, err = store.LastMove(tx)
		if err != nil {
			return err
		}
		return p.unmark(tx, before)
	})
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	switch before.Stage {
	case store.Left:
		fmt.Fprintf(e.Out, "%s is in use again, as it was when it was copied. What happened since at %s is not in it.\nNo cresset may run there any more: it would speak of the same incidents.\n", p, before.Other)
	case store.Leaving:
		fmt.Fprintf(e.Out, "%s is in use again. What there is of the copy at %s is of no use.\n", p, before.Other)
	default:
		fmt.Fprintf(e.Out, "%s is in use; there was no mark.\n", p)
	}
	return nil
}

// unmark gives what left a new identity, as a restore does: elsewhere numbers
// may have been given that are given here once more.
func (p place) unmark(tx store.Tx, m store.Move) error {
	switch m.Stage {
	case store.Left:
		if err := store.SetFact(tx, store.Generation, newGeneration()); err != nil {
			return err
		}
		m.Came = ""
	case store.Leaving:
	default:
		return p.away(m)
	}
	return store.Moves.Put(tx, &store.Move{Stage: store.Here, Came: m.Came, Other: m.Other, At: tx.Now()})
}
