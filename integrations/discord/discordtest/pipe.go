package discordtest

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// Dial connects to the gateway of a server that has no port, whatever the address:
// it is a NetDialContext and a NetDialTLSContext for a WebSocket dialer, and
// works in a bubble of testing/synctest.
func (s *Server) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	app, here := net.Pipe()
	select {
	case s.pipes().dialled <- here:
		return app, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-s.ctx.Done():
		return nil, net.ErrClosed
	}
}

// pipes is the listener for Dial, which serves from the first time on.
func (s *Server) pipes() *pipes {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.piped == nil {
		s.piped = &pipes{dialled: make(chan net.Conn), closed: make(chan struct{})}
		server := &http.Server{Handler: s.handler()}
		context.AfterFunc(s.ctx, func() { server.Close() })
		s.background(func() { _ = server.Serve(s.piped) }) // it ends with http.ErrServerClosed
	}
	return s.piped
}

// pipes is a net.Listener for connections within the process.
type pipes struct {
	dialled chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

// Accept gives the next connection.
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.dialled:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept.
func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// Addr says that there is none.
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "discord.test", Net: "pipe"} }
