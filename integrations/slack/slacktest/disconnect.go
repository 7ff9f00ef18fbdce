package slacktest

import (
	"context"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// How connections end: as Slack ends them, and as networks do.

// Disconnect sends every connection a disconnect frame, and closes it: with the
// reason "warning" ten seconds later, with "refresh_requested" a second later,
// with any other at once. Until then payloads go to it as before.
func (ws *Workspace) Disconnect(reason string) { ws.dismiss(reason, ws.all()) }

// DisconnectOne is Disconnect for the connection that is there longest and was
// not asked to leave yet.
func (ws *Workspace) DisconnectOne(reason string) {
	all := ws.all()
	i := slices.IndexFunc(all, func(s *socket) bool { return !s.asked.Load() })
	if i >= 0 {
		ws.dismiss(reason, all[i:i+1])
	}
}

// Linger is how long a connection is used after a disconnect frame with this
// reason.
func (ws *Workspace) Linger(reason string, d time.Duration) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.lingers[reason] = d
}

func (ws *Workspace) dismiss(reason string, sockets []*socket) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for _, s := range sockets {
		s.asked.Store(true)
		frame, left := ws.disconnect(reason), ws.lingers[reason]
		ws.background(func() {
			if s.write(frame) == nil {
				ws.sleep(left)
				s.sayGoodbye()
			}
			ws.hangUp(s)
		})
	}
}

func (ws *Workspace) disconnect(reason string) obj {
	return obj{"type": "disconnect", "reason": reason, "num_connections": ws.most,
		"debug_info": obj{"host": "applink-test"}, "connection_info": obj{"app_id": ws.AppID}}
}

// SwitchSocketMode switches Socket Mode off or on, as on the app's settings page.
func (ws *Workspace) SwitchSocketMode(on bool) {
	ws.locked(func() { ws.disabled = !on })
	if !on {
		ws.Disconnect("link_disabled")
	}
}

// LimitConnections has Slack give the app at most n connections, ten unless told
// otherwise.
func (ws *Workspace) LimitConnections(n int) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.most = n
}

// StopPinging has connections stay open without a sign of life, as when a
// network drops what it carries.
func (ws *Workspace) StopPinging(yes bool) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.silent = yes
}

// Send writes one text frame of any content on every connection.
func (ws *Workspace) Send(frame string) {
	for _, s := range ws.all() {
		_ = s.send([]byte(frame)) // a connection that ended is replaced
	}
}

// Cut ends every connection without a word, as a network does.
func (ws *Workspace) Cut() {
	for _, s := range ws.all() {
		ws.hangUp(s)
	}
}

// Goodbyes are the close codes of the connections that ended so far: 1000 for a
// proper end, 1006 for none.
func (ws *Workspace) Goodbyes() []int {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return slices.Clone(ws.goodbyes)
}

func (ws *Workspace) all() []*socket {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return slices.Clone(ws.sockets)
}

// Dial connects to the workspace without a port, for the sockets of an app in
// the same process. All of it then fits into a bubble of testing/synctest.
func (ws *Workspace) Dial(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	server := &http.Server{Handler: ws.routes()}
	ws.locked(func() {
		ws.background(func() {
			_ = server.Serve(&oneConnection{conn: there, done: ws.ctx.Done()}) // it ends with the workspace
		})
	})
	return here, nil
}

// oneConnection is a listener to which one connection comes.
type oneConnection struct {
	conn net.Conn
	done <-chan struct{}
	once sync.Once
}

func (l *oneConnection) Accept() (conn net.Conn, err error) {
	l.once.Do(func() { conn = l.conn })
	if conn != nil {
		return conn, nil
	}
	<-l.done
	return nil, net.ErrClosed
}

func (l *oneConnection) Close() error   { return nil }
func (l *oneConnection) Addr() net.Addr { return l.conn.LocalAddr() }
