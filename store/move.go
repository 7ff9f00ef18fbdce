package store

import (
	"errors"
	"fmt"
	"time"
)

// A Move is what a database knows of a move of the state from one to another.
// Each side has one of its own, and neither is copied.
type Move struct {
	Stage MoveStage `json:"stage"`
	Run   string    `json:"run"`   // the attempt; both sides have the same
	Other string    `json:"other"` // address of the other side, without secrets
	At    time.Time `json:"at"`    // by the store's clock
	// Came is the run that brought the state here, if it was not born here. The
	// side that it left has it as its Run, and is thereby known to be older.
	Came string `json:"came,omitempty"`
}

// MoveStage is how far a move is, as the database sees it.
type MoveStage string

const (
	Here     MoveStage = "here"     // there may have been a move; the state is here
	Leaving  MoveStage = "leaving"  // it is being copied: nothing may write
	Left     MoveStage = "left"     // it is elsewhere
	Arriving MoveStage = "arriving" // it is elsewhere, and this a part of a copy
)

// Moves has one record at most: the last move.
var Moves = &Collection[Move]{
	Name: "moves",
	Key:  func(*Move) []byte { return lastMove },
}

var lastMove = Key("last")

// LastMove gives the move that the database knows of. Without one the state is
// here.
func LastMove(tx Tx) (Move, error) {
	m, err := Moves.Get(tx, lastMove)
	if err != nil || m == nil {
		return Move{Stage: Here}, err
	}
	return *m, nil
}

// ErrAway says that the state is not, or not yet, to be worked on here.
var ErrAway = errors.New("the state is not here")

// MustBeHere gives an [ErrAway] that says where the state is, nil if it is
// here. Who writes to a database while another process may copy it asks in
// the same transaction.
func MustBeHere(tx Tx) error {
	m, err := LastMove(tx)
	if err != nil {
		return err
	}
	return m.Away()
}

// Away is [MustBeHere] for a move that was read already.
func (m Move) Away() error {
	at := m.At.UTC().Format(time.RFC1123)
	switch m.Stage {
	case Here:
		return nil
	case Left:
		return fmt.Errorf("%w: it moved to %s on %s", ErrAway, m.Other, at)
	case Leaving:
		return fmt.Errorf("%w for now: since %s it is being copied to %s, or that was cut short", ErrAway, at, m.Other)
	case Arriving:
		return fmt.Errorf("%w: this is an incomplete copy of %s", ErrAway, m.Other)
	}
	return fmt.Errorf("%w: a newer cresset says that it is %q", ErrAway, m.Stage)
}
