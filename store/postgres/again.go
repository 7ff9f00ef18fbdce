package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"cresset/store"
)

// effort is one View or Update: a function that is run until its outcome
// is certain, or nobody has the patience any more.
type effort struct {
	db    *DB
	begin string
	fn    func(store.Tx) error

	runs     int
	alone    bool // runs while no other Update of this process does
	unknown  bool // a commit was sent, and the answer did not come
	deadline time.Time
}

// fate says what to do after a run.
type fate int

const (
	settled  fate = iota
	conflict      // with another transaction; nothing was kept
	lost          // the server went away; nothing was kept
	unsure        // the server went away in the commit
)

func (e *effort) repeat(ctx context.Context) error {
	for {
		f, err := e.run(ctx)
		if f == settled {
			return e.verdict(err)
		}
		e.note(f)
		if wait := e.pause(f); !e.wait(ctx, wait) {
			return e.giveUp(ctx, err)
		}
	}
}

func (e *effort) note(f fate) {
	e.runs++
	if e.deadline.IsZero() {
		e.deadline = time.Now().Add(e.db.opts.Patience)
	}
	switch f {
	case conflict:
		e.alone = true
	case unsure:
		e.unknown = true
	}
	if f != conflict {
		e.db.pool.forget()
	}
}

// pause is long enough for the others to finish, or for the server to come
// back, and of random length, so that two replicas do not meet again.
func (e *effort) pause(f fate) time.Duration {
	if f == conflict && e.runs == 1 { // likely a neighbour, and next time we are alone
		return 0
	}
	most := 5 * time.Millisecond << min(e.runs, 7)
	return rand.N(most) + time.Millisecond
}

func (e *effort) wait(ctx context.Context, d time.Duration) bool {
	if ctx.Err() != nil || time.Now().Add(d).After(e.deadline) {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// verdict is what the caller gets of a run that was settled. An error of fn
// does not mean that nothing was kept if an earlier run may have been.
func (e *effort) verdict(err error) error {
	if err != nil && e.unknown {
		return fmt.Errorf("%w, and running it again says: %w", store.ErrUnknown, err)
	}
	return err
}

func (e *effort) giveUp(ctx context.Context, cause error) error {
	why := e.db.server.explain("the last of them", cause)
	if !e.unknown && fateOf(cause) != conflict {
		why = fmt.Errorf("%w: %w", store.ErrUnavailable, why)
	}
	switch ended := ctx.Err(); {
	case e.unknown:
		return fmt.Errorf("%w: PostgreSQL went away in the commit, and %d more attempts did not tell; %w", store.ErrUnknown, e.runs-1, why)
	case ended != nil:
		return fmt.Errorf("%s: %w after %d attempts; %w", e.failed(), ended, e.runs, why)
	}
	return fmt.Errorf("%s: %d attempts in %v failed; %w", e.failed(), e.runs, e.db.opts.Patience, why)
}

func (e *effort) failed() string {
	if e.begin == beginView {
		return "not read"
	}
	return "not saved"
}

// run runs the function once. The error of a run that is not settled is the
// driver's own.
func (e *effort) run(ctx context.Context) (fate, error) {
	conn, err := e.db.pool.borrow(ctx)
	if err != nil {
		if ended := ctx.Err(); ended != nil && e.runs == 0 {
			return settled, ended
		}
		return lost, err
	}
	defer e.db.pool.giveBack(conn)
	defer e.takeTurn()()
	if ended := ctx.Err(); ended != nil && e.runs == 0 {
		return settled, ended
	}
	t := newTx(ctx, conn, e)
	defer t.end()
	return t.outcome(e.fn(t))
}

// takeTurn keeps an Update that met a conflict from meeting its neighbours
// again. It comes after borrow: who waits here holds a connection, so whom it
// waits for never waits for one.
func (e *effort) takeTurn() (leave func()) {
	turn := &e.db.turn
	switch {
	case e.begin == beginView:
		return func() {}
	case e.alone:
		turn.Lock()
		return turn.Unlock
	}
	turn.RLock()
	return turn.RUnlock
}

// noRoomForLocks comes when one transaction stays open, as that of a machine
// which is paused, while very many others end: the server keeps what those read
// until the one is over. Our own end by Options.Timeout.
const noRoomForLocks = "53200"

// fateOf judges an error before the commit.
func fateOf(err error) fate {
	var told *pgconn.PgError
	if !errors.As(err, &told) {
		return lost
	}
	switch told.Code {
	case "40001", "40P01", noRoomForLocks:
		return conflict
	case "57P01", "57P02", "57P03", "53300", "25006":
		return lost
	}
	if strings.HasPrefix(told.Code, "08") {
		return lost
	}
	return settled
}

// idleTooLong ends the session before it read the commit.
const idleTooLong = "25P03"

// fateOfCommit judges an error of the commit: only a server that goes on
// talking to us has certainly not committed. pgconn.SafeToRetry cannot be
// asked: a connection that breaks while the first answer of a batch is
// awaited says "conn closed", which counts as never sent.
func fateOfCommit(err error) fate {
	var told *pgconn.PgError
	talks := errors.As(err, &told) && (told.SeverityUnlocalized == "ERROR" || told.Code == idleTooLong)
	sure := talks && told.Code != "40003" && told.Code != "08007" // which say that they do not know
	if !sure && !errors.Is(err, errClosed) {
		return unsure
	}
	return fateOf(err)
}
