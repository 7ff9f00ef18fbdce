package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"testing"

	"cresset/store"
	"cresset/store/bolt"
)

// sides are two or more states of their own, each a file.
func sides(t *testing.T, n int) (all []store.DB) {
	for i := range n {
		db, err := bolt.Open(filepath.Join(t.TempDir(), "cresset.db"), bolt.Options{})
		if err != nil {
			t.Fatal(i, err)
		}
		t.Cleanup(func() { _ = db.Close() })
		all = append(all, db)
	}
	return all
}

// copyOf is a copy between servers, played on files.
func copyOf(run string, source, target store.DB) *copying {
	return &copying{e: Environment{Out: io.Discard, Err: io.Discard, Log: slog.New(slog.DiscardHandler)}, run: run,
		from:   end{place: place{server: "postgres://source"}, name: "source"},
		to:     end{place: place{server: "postgres://" + run}, name: run},
		source: source, target: target}
}

func receive(t *testing.T, db store.DB, key string) {
	t.Helper()
	err := fenced{db, func(error) {}}.Update(t.Context(), func(tx store.Tx) error { return store.Inbox.Put(tx, &store.Received{Key: key}) })
	if err != nil {
		t.Fatal(err)
	}
}

func inOrder(ctx context.Context, steps ...func(context.Context) error) error {
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// What is acknowledged on the target after it was looked at is not cleared away.
func TestACopyGivesWayToABotOnItsTarget(t *testing.T) {
	both := sides(t, 2)
	receive(t, both[0], "old")
	c := copyOf("one", both[0], both[1])
	if err := c.agree(t.Context()); err != nil {
		t.Fatal(err)
	}
	receive(t, both[1], "acknowledged on the target")
	if err := inOrder(t.Context(), c.leave, c.fill, c.left, c.arrived); !errors.Is(err, errChanged) {
		t.Errorf("the copy ended with %v", err)
	}
	err := both[1].View(t.Context(), func(tx store.Tx) error {
		if n, err := store.Inbox.Count(tx, "", nil); err != nil || n != 1 {
			t.Errorf("the target has %d records, %v", n, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// A copy that begins while another ends does not make a second place in use.
func TestTwoCopiesMakeOnePlace(t *testing.T) {
	all := sides(t, 3)
	receive(t, all[0], "old")
	one, two := copyOf("one", all[0], all[1]), copyOf("two", all[0], all[2])
	ctx := t.Context()
	if err := inOrder(ctx, one.agree, one.leave, one.fill, two.agree, one.left, one.arrived); err != nil {
		t.Fatal(err)
	}
	if err := inOrder(ctx, two.leave, two.fill, two.left, two.arrived); !errors.Is(err, errChanged) {
		t.Errorf("the second copy ended with %v", err)
	}
}
