package postgres

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// pool lends connections: one per transaction, the warmest first.
type pool struct {
	server *server
	slots  chan struct{} // one token per connection lent
	mu     sync.Mutex
	idle   []rested
	ending sync.WaitGroup
}

type rested struct {
	conn  *pgconn.PgConn
	since time.Time
}

const (
	// A connection that rested longer is asked first whether it still lives:
	// finding out in a commit would leave its outcome unknown.
	warm  = time.Second
	brief = 2 * time.Second // for what is not worth waiting for
)

func newPool(s *server, o Options) *pool {
	return &pool{server: s, slots: make(chan struct{}, o.Connections)}
}

// borrow waits for a connection that is not in use, or makes one.
func (p *pool) borrow(ctx context.Context) (*pgconn.PgConn, error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	conn, err := p.living(ctx)
	if err != nil {
		<-p.slots
	}
	return conn, err
}

func (p *pool) living(ctx context.Context) (*pgconn.PgConn, error) {
	for r, ok := p.pop(); ok; r, ok = p.pop() {
		if time.Since(r.since) < warm || ping(r.conn) {
			return r.conn, nil
		}
		end(r.conn)
	}
	return pgconn.ConnectConfig(ctx, p.server.config)
}

func (p *pool) pop() (r rested, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) == 0 {
		return rested{}, false
	}
	last := len(p.idle) - 1
	r, p.idle = p.idle[last], p.idle[:last]
	return r, true
}

// giveBack keeps the connection for the next one, if it is fit for it.
func (p *pool) giveBack(conn *pgconn.PgConn) {
	if conn.IsClosed() || conn.IsBusy() || conn.TxStatus() != 'I' {
		end(conn)
	} else {
		p.mu.Lock()
		p.idle = append(p.idle, rested{conn, time.Now()})
		p.mu.Unlock()
	}
	<-p.slots
}

// forget drops the idle connections: where one broke, the others did as well.
func (p *pool) forget() {
	p.mu.Lock()
	all := p.idle
	p.idle = nil
	p.mu.Unlock()
	for _, r := range all {
		p.ending.Go(func() { end(r.conn) })
	}
}

// close drops all connections. None may be lent any more.
func (p *pool) close() {
	p.forget()
	p.ending.Wait()
}

func ping(conn *pgconn.PgConn) bool {
	ctx, cancel := context.WithTimeout(context.Background(), brief)
	defer cancel()
	return conn.Ping(ctx) == nil
}

func end(conn *pgconn.PgConn) {
	ctx, cancel := context.WithTimeout(context.Background(), brief)
	defer cancel()
	_ = conn.Close(ctx) // whatever it says, it is gone
}
