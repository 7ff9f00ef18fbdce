package app

import (
	"fmt"
	"strconv"

	"cresset/store"
)

// layout is how this cresset lays its state out. A change that the one before
// could not read takes the next number, and brings an older state up to it in the
// transaction that notes the number: after a crash it is done or not begun.
const layout = 1

// mustBeReadable refuses a state that a newer cresset has laid out, and notes the
// layout of one that is new.
func mustBeReadable(tx store.Tx) error {
	const fact = "layout"
	noted, err := store.Fact(tx, fact)
	if err != nil {
		return err
	}
	if noted == "" {
		return store.SetFact(tx, fact, strconv.Itoa(layout))
	}
	if n, err := strconv.Atoi(noted); err != nil || n > layout {
		return fmt.Errorf("the state was written by a newer cresset (layout %s, this one knows %d). Run that one, or restore a backup from before it", noted, layout)
	}
	return nil
}
