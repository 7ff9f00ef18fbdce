package discordtest

import (
	"time"

	"github.com/gorilla/websocket"
)

// What tests do to the gateway, and read of it.

// Drop closes every connection as Discord does when it restarts a machine. The
// sessions can be resumed.
func (s *Server) Drop() { s.Close(websocket.CloseGoingAway) }

// DropWithoutClose cuts every connection off in the middle, without a close frame. The
// sessions can be resumed.
func (s *Server) DropWithoutClose() { s.cutAll() }

// Close closes every connection with a code. After 4004, 4007, 4009 and 4010 to
// 4014 the session is over, too.
func (s *Server) Close(code int) { s.each(func(c *conn) { c.end(code) }) }

// Reconnect asks the app to reconnect and resume (op 7).
func (s *Server) Reconnect() {
	s.each(func(c *conn) { c.say(obj{"op": opReconnect, "s": nil, "t": nil, "d": nil}) })
}

// Invalidate tells the app that its session is invalid (op 9). If it is resumable,
// the app may resume on the same connection or on another; if not, it is over.
func (s *Server) Invalidate(resumable bool) {
	s.each(func(c *conn) {
		if gone := c.session; gone != nil {
			s.detach(c)
			c.at = gone.id
			if !resumable {
				s.forgetSession(gone)
			}
		}
		c.say(obj{"op": opInvalid, "s": nil, "t": nil, "d": resumable})
	})
}

// RequestHeartbeat asks the app for a heartbeat now (op 1).
func (s *Server) RequestHeartbeat() {
	s.each(func(c *conn) { c.say(obj{"op": opHeartbeat, "s": nil, "t": nil, "d": nil}) })
}

// Mute makes the connections of this moment dead while they look alive: nothing is
// acknowledged on them and no events come, until the app hangs up. What happens
// meanwhile comes after a resume.
func (s *Server) Mute() { s.each(func(c *conn) { c.silent = true }) }

func (s *Server) each(do func(*conn)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns {
		do(c)
	}
}

// HeartbeatEvery sets the interval that the next connections are told; at first it is
// 41.25 seconds.
func (s *Server) HeartbeatEvery(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.interval = d
}

// IdentifyEvery sets how long the app must wait between two IDENTIFYs; at first it
// is 5 seconds. An earlier one is answered with an invalid session.
func (s *Server) IdentifyEvery(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.every = d
}

// IdentifyBudget sets how often the app may still identify today; at first it is
// 1000. When it is overdrawn, the token is reset, as Discord does it.
func (s *Server) IdentifyBudget(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.budget = n
}

// KeepEvents sets how many events a session keeps for a resume; at first they are
// 1000. A resume that needs more is refused.
func (s *Server) KeepEvents(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keep = n
}

// Connections counts the connections with a session.
func (s *Server) Connections() int {
	n := 0
	s.each(func(c *conn) {
		if c.session != nil {
			n++
		}
	})
	return n
}

// AwaitConnections returns when the app has so many connections with a session.
// It ends the test after fifteen seconds.
func (s *Server) AwaitConnections(n int) {
	s.t.Helper()
	for deadline := time.Now().Add(15 * time.Second); s.Connections() < n; time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("discordtest: the app has %d connections after 15 seconds, not %d", s.Connections(), n)
		}
	}
}

// Identifies counts the sessions that the app asked for.
func (s *Server) Identifies() int { return s.count(&s.identifies) }

// Resumes counts the times that the app wanted to resume.
func (s *Server) Resumes() int { return s.count(&s.resumes) }

// Heartbeats counts the app's heartbeats.
func (s *Server) Heartbeats() int { return s.count(&s.heartbeats) }

func (s *Server) count(n *int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return *n
}
