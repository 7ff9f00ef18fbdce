package router

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cresset/bot/chat"
)

// ErrBusy is the error of an event for which there was no place. Nothing of it
// was looked at: whoever delivered it may deliver it again.
var ErrBusy = errors.New("more events are under way than the bot takes at once")

// A gate bounds how many events are under way at once, and how many wait for
// that: in a storm of reactions the memory stays what it is. Commands and quiet
// acts have places of their own, so that no command waits behind a reaction.
type gate struct{ commands, quiet lane }

// A lane is some of the places. Who finds none free waits a while, if not too
// many do already.
type lane struct {
	places  chan struct{} // one in it for each event under way
	waiting chan struct{} // one in it for each event that waits
}

const (
	commandPlaces = 192
	quietPlaces   = 64
	waitingEach   = 1024
	patience      = 2 * time.Second // a platform gives up after three
)

func newGate() *gate { return &gate{newLane(commandPlaces), newLane(quietPlaces)} }

func newLane(places int) lane {
	return lane{make(chan struct{}, places), make(chan struct{}, waitingEach)}
}

// enter takes a place for the event. leave gives it back.
func (g *gate) enter(ctx context.Context, ev *chat.Event) (leave func(), err error) {
	l := &g.commands
	if ev.Quiet {
		l = &g.quiet
	}
	if err := l.enter(ctx); err != nil {
		return nil, err
	}
	return func() { <-l.places }, nil
}

func (l *lane) enter(ctx context.Context) error {
	select {
	case l.places <- struct{}{}:
		return nil
	default:
	}
	select {
	case l.waiting <- struct{}{}:
		defer func() { <-l.waiting }()
	default:
		return fmt.Errorf("%w, and %d wait", ErrBusy, cap(l.waiting))
	}
	enough := time.NewTimer(patience)
	defer enough.Stop()
	select {
	case l.places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-enough.C:
		return fmt.Errorf("%w, for %s now", ErrBusy, patience)
	}
}
