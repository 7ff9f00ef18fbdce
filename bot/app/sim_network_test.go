package app

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A fate is how one call goes.
type fate struct {
	name    string
	before  time.Duration // on the way there
	after   time.Duration // on the way back
	effect  bool
	answer  func() *http.Response // instead of the service's; nil: the service's
	err     error                 // instead of any
	foreign string                // somebody makes a channel of this name first: "public", "archived", "private"
	late    bool                  // it has its effect even when nobody waits any more
}

var (
	errLost = errors.New("connection reset by peer")
	errDial = &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
)

// chance gives dice for the next thing of a kind. What goes wrong with one call
// thus hangs on that call, not on what else happens at the same instant.
func (s *sim) chance(kind string) *rand.Rand {
	s.times[kind]++
	h := fnv.New64a()
	fmt.Fprint(h, kind, s.times[kind])
	return rand.New(rand.NewPCG(s.seed, h.Sum64()))
}

// fateOf draws how a call goes.
func (s *sim) fateOf(c *simCall) fate {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.chance(fmt.Sprint(c.method, c.args["name"], c.args["channel"], c.errand))
	f := fate{effect: true, before: millis(r, 150), after: millis(r, 150)}
	foreign := c.room != "" && r.Float64() < s.temper.foreign
	wrong, kind := r.Float64() < s.temper.trouble, r.IntN(1000)
	if s.quiet {
		return f
	}
	if time.Now().Before(s.down[c.on.name()]) {
		f.name, f.effect, f.err = "it is down", false, errDial
		if kind%3 == 0 {
			f.before, f.err = time.Minute, errLost
		}
		return f
	}
	if foreign {
		f.foreign = []string{"public", "archived", "private"}[r.IntN(3)]
	}
	if wrong {
		all := slices.Concat(anyTroubles, c.on.troubles(c))
		t := all[kind%len(all)]
		f.name, f.late = t.name, s.temper.late
		t.bend(&f, r)
	}
	return f
}

func millis(r *rand.Rand, most int) time.Duration {
	return time.Duration(r.IntN(most)) * time.Millisecond
}

// anyTroubles are those of every network.
var anyTroubles = []trouble{
	{"the answer is lost", func(f *fate, _ *rand.Rand) { f.err = errLost }},
	{"the answer is lost", func(f *fate, _ *rand.Rand) { f.err = errLost }},
	{"the call is lost", func(f *fate, _ *rand.Rand) { f.err, f.effect = errLost, false }},
	{"no connection", func(f *fate, _ *rand.Rand) { f.err, f.effect = errDial, false }},
	{"done, but 503", func(f *fate, _ *rand.Rand) { f.answer = statusOf(http.StatusServiceUnavailable) }},
	{"503", func(f *fate, _ *rand.Rand) { f.answer, f.effect = statusOf(http.StatusServiceUnavailable), false }},
	{"slow there", func(f *fate, r *rand.Rand) { f.before = millis(r, 40_000) }},
	{"slow back", func(f *fate, r *rand.Rand) { f.after = millis(r, 40_000) }},
	{"a little slow", func(f *fate, r *rand.Rand) { f.after = millis(r, 5000) }},
}

func statusOf(code int) func() *http.Response {
	return func() *http.Response { return answering(code, "") }
}

func answering(code int, body string) *http.Response {
	return &http.Response{StatusCode: code, Status: http.StatusText(code), ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
}

// RoundTrip carries one call of the bot to its fate.
func (l *life) RoundTrip(r *http.Request) (*http.Response, error) {
	i := slices.IndexFunc(l.sim.on, func(on simService) bool { return on.host() == r.URL.Host })
	if i < 0 {
		return answering(http.StatusOK, "open"), nil // a shop
	}
	s, on := l.sim, l.sim.on[i]
	if l.isCut() {
		return l.hang()
	}
	body, err := readAll(r)
	if err != nil {
		return nil, err
	}
	c := s.sent(l, on.read(r, body))
	f := s.fateOf(c)
	defer s.record(c, f)
	ctx := r.Context()
	if f.foreign != "" {
		s.takeName(on, c.room, f.foreign)
	}
	if !passes(ctx, f.before) {
		if f.late && f.effect {
			s.stray.Go(func() { _, _ = does(on, r, body) }) // nobody hears how it went
		}
		return nil, ctx.Err()
	}
	if s.killedHere(l, "before "+c.method) {
		return l.hang()
	}
	response := (*http.Response)(nil)
	if f.effect {
		if response, err = does(on, r, body); err != nil {
			return nil, err
		}
		if c.outcome = outcomeOf(on, response); c.outcome == "ok" {
			s.calledBack(l, c)
		}
	}
	if s.killedHere(l, "after "+c.method) {
		return l.hang()
	}
	if !passes(ctx, f.after) {
		return nil, ctx.Err()
	}
	if f.answer != nil && (response == nil || c.outcome == "ok") {
		response = f.answer()
	}
	if l.isCut() {
		return l.hang()
	}
	if f.err != nil {
		return nil, f.err
	}
	return response, nil
}

// does has a service do it, however long the bot waits.
func does(on simService, r *http.Request, body []byte) (*http.Response, error) {
	again := r.Clone(context.WithoutCancel(r.Context()))
	again.Body = io.NopCloser(bytes.NewReader(body))
	return on.does(again)
}

// hang keeps a dead bot waiting until its end.
func (l *life) hang() (*http.Response, error) {
	<-l.reaped
	return nil, errLost
}

func passes(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

func readAll(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	defer r.Body.Close()
	return io.ReadAll(r.Body)
}

// outcomeOf is the answer in a word. It stays readable.
func outcomeOf(on simService, r *http.Response) string {
	body, _ := io.ReadAll(r.Body) // it is in memory
	r.Body = io.NopCloser(bytes.NewReader(body))
	return on.outcome(r.StatusCode, body)
}

// takeName has a person make a channel before the bot does.
func (s *sim) takeName(on simService, name, how string) {
	id := on.takeName(name, how)
	if id == "" {
		return
	}
	s.note("eve makes a %s channel #%s", how, name)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ledger.foreign = append(s.ledger.foreign, on.name()+":"+id)
}

// record tells of a call.
func (s *sim) record(c *simCall, f fate) {
	if c.on.quiet(c) && f.name == "" {
		return
	}
	name := f.name
	if name != "" {
		name = " (" + name + ")"
	}
	s.note("  %d: %s → %s%s", c.life, c.told(), cmp.Or(c.outcome, "nothing"), name)
}
