package bolt

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"go.etcd.io/bbolt"

	"cresset/store"
)

// request is one Update on its way. Its function runs in the goroutine of its
// caller, so a panic and its stack go where they belong, and a test that
// gives up inside (runtime.Goexit) takes nobody along.
type request struct {
	fn    func(store.Tx) error
	db    *DB
	owner atomic.Int32
	turn  chan *bbolt.Tx // committer to caller: run now
	ran   chan outcome   // caller to committer: that was it
	done  chan error     // committer to caller, who may be gone: on the disk, or not
	err   error          // what fn returned in the end
}

const (
	waiting   int32 = iota
	taken           // by the committer, who will answer
	withdrawn       // by the caller, whose context ended
)

type outcome struct {
	err   error
	wrote bool
	size  int64 // see tx.weigh
}

// errGone stands for the error of a function that panicked or gave up. Nobody
// hears it: its caller is gone with it.
var errGone = errors.New("the function did not return")

// Update implements [store.DB].
func (db *DB) Update(ctx context.Context, fn func(store.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r := &request{
		fn: fn, db: db,
		turn: make(chan *bbolt.Tx),
		ran:  make(chan outcome),
		done: make(chan error, 1),
	}
	if !db.queue.add(r) {
		return store.ErrClosed
	}
	return r.wait(ctx)
}

func (r *request) wait(ctx context.Context) error {
	cancelled := ctx.Done()
	for {
		select {
		case b := <-r.turn:
			r.run(b)
		case err := <-r.done:
			return err
		case <-cancelled:
			if r.owner.CompareAndSwap(waiting, withdrawn) {
				return ctx.Err()
			}
			cancelled = nil
		}
	}
}

func (r *request) run(b *bbolt.Tx) {
	t := &tx{bolt: b, now: r.db.opts.Clock()}
	out := outcome{err: errGone}
	defer func() {
		t.end()
		out.wrote, out.size = t.wrote, t.size
		r.ran <- out
	}()
	out.err = r.fn(t)
}

// queue holds requests in the order in which they came.
type queue struct {
	mu      *sync.Mutex
	waiting []*request
	closed  bool
	wake    chan struct{} // holds one token while there is something to see
}

func newQueue() queue { return queue{mu: new(sync.Mutex), wake: make(chan struct{}, 1)} }

func (q *queue) add(r *request) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	q.waiting = append(q.waiting, r)
	q.knock()
	return true
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.knock()
}

func (q *queue) knock() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take waits for requests and takes at most max of them. None means that the
// queue is closed and empty.
func (q *queue) take(max int) []*request {
	for {
		batch, closed := q.grab(max)
		if len(batch) > 0 || closed {
			return batch
		}
		<-q.wake
	}
}

func (q *queue) grab(max int) (batch []*request, closed bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) > 0 && len(batch) < max {
		r := q.waiting[0]
		q.waiting = q.waiting[1:]
		if r.owner.CompareAndSwap(waiting, taken) {
			batch = append(batch, r)
		}
	}
	return batch, q.closed
}
