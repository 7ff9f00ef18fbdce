package discordtest

import (
	"net/http"
	"time"
)

// faults are what tests ordered to go wrong. A route is written with its method,
// such as "POST /channels/{channel}/messages"; what stands in braces means any,
// an identifier in its place that one, and "*" every route.
type faults struct {
	orders []*order
	before func(string)
	done   func(string)
	dedupe bool
	twice  bool
	down   bool

	messageLag, channelLag time.Duration
}

// order is one thing to go wrong with some calls of a route.
type order struct {
	route string
	left  int // calls; below zero without end
	fault
}

// fault is what goes wrong with one call.
type fault struct {
	delay   time.Duration
	instead *answer // and nothing is done
	after   *answer // and the work is done
	lose    bool
}

func newFaults() faults {
	none := func(string) {}
	return faults{before: none, done: none, dedupe: true}
}

// Refuse answers the next calls of a route with an HTTP status and one of
// Discord's error codes, and does nothing.
func (s *Server) Refuse(route string, status, code, times int) {
	a := refused(refuse(status, code))
	s.order(route, times, fault{instead: &a})
}

// RateLimit answers the next calls of a route with 429 and how long to wait.
func (s *Server) RateLimit(route string, times int, wait time.Duration) {
	a := tooMany(wait, "user")
	s.order(route, times, fault{instead: &a})
}

// RateLimitGlobally answers the next calls, whatever they are, with 429 for the whole app.
func (s *Server) RateLimitGlobally(times int, wait time.Duration) {
	a := tooMany(wait, "global")
	s.order("*", times, fault{instead: &a})
}

// BreakDown answers the next calls of a route with this HTTP status, and does nothing.
func (s *Server) BreakDown(route string, status, times int) {
	a := broken(status)
	s.order(route, times, fault{instead: &a})
}

// FailAfterWork does the work of the next calls and then answers with this HTTP status.
func (s *Server) FailAfterWork(route string, status, times int) {
	a := broken(status)
	s.order(route, times, fault{after: &a})
}

// LoseAnswer does the work of the next calls and then closes the connection.
func (s *Server) LoseAnswer(route string, times int) {
	s.order(route, times, fault{lose: true})
}

// Delay holds every call of a route back for d before its work, until Delay with 0.
func (s *Server) Delay(route string, d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.orders {
		if o.route == route && o.left < 0 {
			o.delay = d
			return
		}
	}
	s.orders = append(s.orders, &order{route: route, left: -1, fault: fault{delay: d}})
}

// Outage takes all of Discord down or up again: while it is down, every request
// is answered with 503, the gateway is closed, and nobody can do anything.
func (s *Server) Outage(down bool) {
	s.locked(func() { s.down = down })
	if down {
		s.cutAll()
	}
}

// BeforeCall has f called with the route before the work of each call.
func (s *Server) BeforeCall(f func(route string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before = f
}

// AfterCall has f called with the route after the work of each call and before its answer leaves.
func (s *Server) AfterCall(f func(route string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done = f
}

// HonourNonce says whether a message with enforce_nonce, and a nonce that the
// channel has seen within some minutes, is the earlier message. At first it is.
func (s *Server) HonourNonce(yes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dedupe = yes
}

// DeliverTwice delivers every interaction a second time, with the same
// identifiers, once the first was answered. Nobody sees what the app says then.
func (s *Server) DeliverTwice(yes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.twice = yes
}

// Lag makes Discord show what is new only after a while: the app's own messages
// in histories, and channels in lists. Who knows an ID finds both at once.
func (s *Server) Lag(messages, channels time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messageLag, s.channelLag = messages, channels
}

func (s *Server) order(route string, times int, f fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.orders = append(s.orders, &order{route: route, left: times, fault: f})
}

func (s *Server) hooks() (before, after func(string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.before, s.done
}

// take uses up the faults of one call: the first of each sort.
func (s *Server) take(to *route, path string) fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	var f fault
	for _, o := range s.orders {
		if o.left == 0 || !matches(o.route, to.String(), path) {
			continue
		}
		switch {
		case o.left < 0:
			f.delay = o.delay
		case o.instead != nil && f.instead == nil:
			f.instead = o.instead.clone()
			o.left--
		case o.after != nil && f.after == nil:
			f.after = o.after.clone()
			o.left--
		case o.lose && !f.lose:
			f.lose = true
			o.left--
		}
	}
	return f
}

func (a *answer) clone() *answer {
	return &answer{status: a.status, header: a.header.Clone(), code: a.code, body: a.body}
}

// broken is what stands before Discord saying that what is behind it is not well.
func broken(status int) answer {
	header := http.Header{"Content-Type": {"text/html; charset=UTF-8"}, "Server": {"cloudflare"}}
	return answer{status: status, header: header, body: []byte("<html><body>" + http.StatusText(status) + "</body></html>")}
}

// sleep says false when the server closed first.
func (s *Server) sleep(d time.Duration) bool {
	if d == 0 {
		return true
	}
	select {
	case <-time.After(d):
		return true
	case <-s.ctx.Done():
		return false
	}
}
