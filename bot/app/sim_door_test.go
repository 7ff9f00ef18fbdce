package app

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"
)

// door is where the requests of a service come in, whichever life the bot is in.
type door struct {
	sim *sim
	on  simService
}

// ServeHTTP hangs up when nobody is there, and when an answer never arrives.
func (d door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s, l := d.sim, d.sim.alive()
	if !l.admit() {
		panic(http.ErrAbortHandler)
	}
	defer l.inside.Done()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	a := d.on.arrived(r.URL.Path, body)
	s.acted(a)
	before, lost, late := s.way(a)
	time.Sleep(before)
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	l.routes.ServeHTTP(answer, r)
	if s.killedHere(l, "the answer to "+r.URL.Path) {
		<-l.reaped
	}
	if lost || l.isCut() || r.Context().Err() != nil {
		panic(http.ErrAbortHandler)
	}
	if told, done := d.on.settled(r.URL.Path, answer.Body.Bytes()); answer.Code/100 == 2 && done {
		s.acknowledged(l, a.key, told)
		if late > 0 && a.again {
			s.stray.Go(func() { time.Sleep(late); s.knockAgain(d.on.again(r.URL.Path, body)) })
		}
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes()) // who asked may be gone
}

// way is how a request travels: how long, whether its answer is lost, and, if it
// comes once more, after how long.
func (s *sim) way(a simAct) (before time.Duration, lost bool, again time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.chance(fmt.Sprint(a.user, a.line))
	if s.quiet || a.key == "" || r.Float64() > s.temper.trouble {
		return 0, false, 0
	}
	switch r.IntN(5) {
	case 0:
		return 0, true, 0
	case 1:
		return millis(r, 5000), false, 0
	case 2:
		return 0, false, 5 * time.Minute
	case 3:
		return 0, false, time.Millisecond
	}
	return millis(r, 500), false, 0
}

// knockAgain delivers an event once more, which the service had been told is known.
func (s *sim) knockAgain(r *http.Request) {
	l := s.alive()
	if !l.admit() {
		return
	}
	defer l.inside.Done()
	l.routes.ServeHTTP(httptest.NewRecorder(), r)
}
