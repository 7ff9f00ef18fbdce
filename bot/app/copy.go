package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"cresset/store"
)

// A copying moves the state from one place to another.
//
// At every moment at most one of the two may be worked on. The source is marked
// as left before the target is marked as whole; a copy that is cut short leaves
// a target on which nothing starts, and a source that is as it was.
type copying struct {
	e        Environment
	from, to end
	source   store.DB
	target   store.DB
	here     store.Move // what both sides were when they were looked at
	there    store.Move
	made     bool   // the target's file, by us
	marked   bool   // the target, so that nothing starts on it
	run      string // of this attempt; whoever finds another one was overtaken
	records  int
	sum      string // SHA-256 of all of them
}

// Copy moves the state between engines. A copy that was cut short is run again
// and starts over.
func (e Environment) Copy(ctx context.Context, from, to string) (err error) {
	c := &copying{e: e, run: newGeneration()}
	if c.from, c.to, err = e.ends(from, to); err != nil {
		return err
	}
	if err := c.open(); err != nil {
		return err
	}
	err = c.move(ctx)
	if c.made && !c.marked { // a bot would start on it, with nothing
		err = errors.Join(err, os.Remove(c.to.file))
	}
	return errors.Join(err, c.target.Close(), c.source.Close())
}

func (c *copying) open() (err error) {
	if c.from.place == c.to.place {
		return fmt.Errorf("--from and --to name the same place, %s", c.to.place)
	}
	if _, err := os.Stat(c.from.file); err != nil && c.from.file != "" {
		return fmt.Errorf("there is no state to copy: %w", err)
	}
	if c.source, err = c.from.open(time.Now, c.e.Log, nil); err != nil {
		return fmt.Errorf("--from: %w", err)
	}
	_, err = os.Stat(c.to.file)
	c.made = c.to.file != "" && errors.Is(err, fs.ErrNotExist)
	if c.target, err = c.to.open(time.Now, c.e.Log, nil); err != nil {
		return errors.Join(fmt.Errorf("--to: %w", err), c.source.Close())
	}
	return nil
}

// move is the copy as a whole.
func (c *copying) move(ctx context.Context) error {
	if err := c.agree(ctx); err != nil {
		return err
	}
	err := c.leave(ctx)
	if err == nil {
		err = c.fill(ctx)
	}
	if err == nil {
		err = c.left(ctx)
	}
	if err != nil {
		return errors.Join(err, c.stay(ctx))
	}
	if err := c.arrived(ctx); err != nil {
		return fmt.Errorf("everything is copied, but %s could not be marked as complete; run the same copy again: %w", c.to.place, err)
	}
	return c.report()
}

// agree looks at both sides before anything is written.
func (c *copying) agree(ctx context.Context) error {
	here, err := moveOf(ctx, c.source)
	if err != nil {
		return fmt.Errorf("--from: %w", err)
	}
	there, err := moveOf(ctx, c.target)
	if err != nil {
		return fmt.Errorf("--to: %w", err)
	}
	c.here, c.there = here, there
	resumes := here.Stage == store.Left && there.Stage == store.Arriving && here.Run == there.Run
	if (here.Stage == store.Left || here.Stage == store.Arriving) && !resumes {
		return fmt.Errorf("--from: %w", c.from.away(here))
	}
	colls, err := store.Contents(ctx, c.source)
	if err == nil && len(colls) == 0 {
		err = errors.New("there is no state in it")
	}
	if err == nil {
		err = c.source.View(ctx, mustBeReadable)
	}
	if err != nil && !errors.Is(err, store.ErrReadOnly) { // a layout that was never noted is the first
		return fmt.Errorf("--from: %s: %w", c.from.place, err)
	}
	if there.Stage == store.Arriving || there.Stage == store.Left && there.Run == here.Came {
		return nil // nothing is there that is not, or newer, in the source
	}
	colls, err = store.Contents(ctx, c.target)
	if err == nil && len(colls) > 0 {
		err = fmt.Errorf("--to: %s is not empty, and nothing is overwritten. Name an empty database, or a file that does not exist", c.to.place)
	}
	return err
}

func moveOf(ctx context.Context, db store.DB) (m store.Move, err error) {
	err = db.View(ctx, func(tx store.Tx) error {
		m, err = store.LastMove(tx)
		return err
	})
	return m, err
}

// leave marks both sides, so that nothing is written to either but by us. A
// file needs no mark while its lock is ours, and lives on if we do not.
func (c *copying) leave(ctx context.Context) error {
	err := c.source.Update(ctx, func(tx store.Tx) error {
		if err := unchanged(tx, c.here); err != nil {
			return err
		}
		stage := store.Here
		if !c.from.alone() {
			stage = store.Leaving
			if err := c.atRest(tx); err != nil {
				return err
			}
		}
		return c.mark(tx, stage, c.to, c.here.Came)
	})
	if err != nil {
		return fmt.Errorf("--from: %w", err)
	}
	c.marked = true // also if nobody knows whether that is saved
	err = c.target.Update(ctx, func(tx store.Tx) error {
		if err := unchanged(tx, c.there); err != nil {
			return err
		}
		colls, err := tx.Collections()
		if err != nil {
			return err
		}
		if c.there.Stage == store.Here && len(store.OfState(colls)) > 0 {
			return errChanged
		}
		return c.mark(tx, store.Arriving, c.from, "")
	})
	if err != nil {
		return fmt.Errorf("--to: %w", err)
	}
	return nil
}

// errChanged says that a side is not any more what it was when it was looked at.
var errChanged = errors.New("somebody used it, or began to copy, a moment ago; nothing has moved. Run the copy again")

func unchanged(tx store.Tx, seen store.Move) error {
	m, err := store.LastMove(tx)
	if err == nil && (m.Stage != seen.Stage || m.Run != seen.Run) {
		err = errChanged
	}
	return err
}

func (c *copying) mark(tx store.Tx, stage store.MoveStage, other end, came string) error {
	return store.Moves.Put(tx, &store.Move{Stage: stage, Run: c.run, Other: other.name, At: tx.Now(), Came: came})
}

// atRest refuses while a bot holds a lease.
func (c *copying) atRest(tx store.Tx) error {
	for l, err := range store.Leases.All(tx, store.Page{}) {
		if err != nil {
			return err
		}
		if left := l.Until.Sub(tx.Now()); left > 0 {
			return fmt.Errorf("a cresset is running on %s (%s, lease %q). Stop every replica, then copy. If it was killed, wait %s", c.from.place, l.Holder, l.Name, left.Round(time.Second)+time.Second)
		}
	}
	return nil
}

// ours reports, in a transaction, that nobody began to copy after us.
func (c *copying) ours(stage store.MoveStage) func(store.Tx) error {
	return func(tx store.Tx) error {
		m, err := store.LastMove(tx)
		if err == nil && (m.Stage != stage || m.Run != c.run) {
			err = errors.New("somebody else began to copy, or took the mark away; this copy ends")
		}
		return err
	}
}

// fill makes the target the same as the source, and makes sure of it.
func (c *copying) fill(ctx context.Context) error {
	allowed := c.ours(store.Arriving)
	if err := store.Clear(ctx, c.target, allowed, c.e.newProgress("clearing what an earlier copy left", 0).show); err != nil {
		return fmt.Errorf("--to: %w", err)
	}
	p := c.e.newProgress("copying", 0)
	copied := store.Copying{From: c.source, To: c.target, Known: everything(), Allow: allowed, Progress: p.show}
	var err error
	if c.records, err = copied.Copy(ctx); errors.Is(err, store.ErrCorrupt) {
		return fmt.Errorf("%s is not copied, for it is damaged or newer than this cresset; `cresset doctor` says all that is wrong: %w", c.from.place, err)
	} else if err != nil {
		return fmt.Errorf("the copy was cut short: %w. Nothing has moved; run it again, it starts over", err)
	}
	p.end(c.records)
	return c.compare(ctx)
}

// compare reads both sides, each for itself.
func (c *copying) compare(ctx context.Context) error {
	var sums []string
	for _, side := range []struct {
		what string
		db   store.DB
	}{{"reading the source again", c.source}, {"reading the copy", c.target}} {
		p := c.e.newProgress(side.what, c.records)
		sum, err := store.Sum(ctx, side.db, p.show)
		if err != nil {
			return fmt.Errorf("%s: %w", side.what, err)
		}
		p.end(c.records)
		sums = append(sums, sum)
	}
	if c.sum = sums[0]; sums[1] != c.sum {
		return fmt.Errorf("the copy at %s is not the same as %s: their digests differ. Nothing has moved; run the copy again, and if it happens again look at the disks", c.to.place, c.from.place)
	}
	return nil
}

// left is the moment of the move: from here on nothing works on the source.
func (c *copying) left(ctx context.Context) error {
	stage := store.Here
	if !c.from.alone() {
		stage = store.Leaving
	}
	ours := c.ours(stage)
	return c.source.Update(ctx, func(tx store.Tx) error {
		if err := ours(tx); err != nil {
			return err
		}
		return c.mark(tx, store.Left, c.to, "")
	})
}

// stay takes the mark from the source if it did not move.
func (c *copying) stay(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	err := c.source.Update(ctx, func(tx store.Tx) error {
		m, err := store.LastMove(tx)
		if err != nil || m.Stage != store.Leaving || m.Run != c.run {
			return err
		}
		return c.mark(tx, store.Here, c.to, m.Came)
	})
	if err != nil {
		err = fmt.Errorf("%s may still be marked as being copied; `cresset doctor -unmark` takes that away: %w", c.from.place, err)
	}
	return err
}

func (c *copying) arrived(ctx context.Context) error {
	ours := c.ours(store.Arriving)
	return c.target.Update(context.WithoutCancel(ctx), func(tx store.Tx) error {
		if err := ours(tx); err != nil {
			return err
		}
		return c.mark(tx, store.Here, c.from, c.run)
	})
}

func (c *copying) report() error {
	_, err := fmt.Fprintf(c.e.Out, `%d records moved from %s to %s. Both were read again and have the same SHA-256:
%s
%s is marked: no cresset starts on it any more. Keep it until you are content.
Write into the configuration, and start the bot:

    store: %s
`, c.records, c.from.name, c.to.name, c.sum, c.from.name, c.to.name)
	return err
}
