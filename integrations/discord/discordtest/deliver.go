package discordtest

import (
	"net/http"
	"slices"
	"time"
)

// delivery is how interactions reach the app.
type delivery struct {
	base     string // where signed requests go; empty for the gateway
	client   *http.Client
	probed   bool // the address was tried with bad signatures
	patience time.Duration
}

// What people read when the app does not answer.
const (
	noResponse  = "The application did not respond"
	failedUse   = "This interaction failed"
	failedForm  = "Something went wrong. Try again."
	failedOffer = "Loading options failed"
)

// failure is what a person reads when nobody answers this.
func (in *interaction) failure() string {
	switch in.kind {
	case componentUsed:
		return failedUse
	case modalSubmit:
		return failedForm
	case autocomplete:
		return failedOffer
	}
	return noResponse
}

// Patience has Discord wait longer than three seconds for an answer, for tests on
// a busy machine that are not about time.
func (s *Server) Patience(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.patience = d
}

// exchange brings an interaction to the app and waits for the first answer. It
// says what the person reads when there is none.
func (s *Server) exchange(in *interaction) (failed string) {
	failed = s.await(in, s.bring(in))
	var twice bool
	s.locked(func() { twice = s.twice && failed == "" })
	if twice {
		s.bring(in)
	}
	return failed
}

// bring delivers once, over the transport in use, and says how long it is worth
// waiting for an answer.
func (s *Server) bring(in *interaction) time.Duration {
	s.mu.Lock()
	base, down, window := s.base, s.down, s.window()
	s.mu.Unlock()
	switch {
	case down:
		return 0
	case base != "":
		if s.sendSigned(base, in) {
			return window
		}
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	told := s.dispatch(event{name: "INTERACTION_CREATE", data: in.payload})
	connected := slices.ContainsFunc(s.conns, func(c *conn) bool { return c.session != nil })
	switch {
	case told == 0:
		return 0
	case !connected:
		return answerWithin // somebody may yet come back and resume
	}
	return window
}

func (s *Server) await(in *interaction, window time.Duration) (failed string) {
	if window > 0 {
		timer := time.NewTimer(window)
		defer timer.Stop()
		select {
		case <-in.done:
			return ""
		case <-timer.C:
		case <-s.ctx.Done():
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if in.answered != 0 { // in the last moment
		return ""
	}
	in.expired = true
	return in.failure()
}
