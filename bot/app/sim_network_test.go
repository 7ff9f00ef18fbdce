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
	"path"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A fate is how one call to Slack goes.
type fate struct {
	name    string
	before  time.Duration // on the way there
	after   time.Duration // on the way back
	effect  bool
	answer  func() *http.Response // instead of Slack's; nil: Slack's
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
	method := c.method
	r := s.chance(fmt.Sprint(method, c.args["name"], c.args["channel"], c.errand))
	f := fate{effect: true, before: millis(r, 150), after: millis(r, 150)}
	foreign := method == "conversations.create" && r.Float64() < s.temper.foreign
	wrong, kind, quiet := r.Float64() < s.temper.trouble, r.IntN(15), s.quiet
	switch {
	case quiet:
	case time.Now().Before(s.down):
		f.name, f.effect, f.err = "Slack is down", false, errDial
		if kind%3 == 0 {
			f.before, f.err = time.Minute, errLost
		}
	case foreign:
		f.foreign = []string{"public", "archived", "private"}[r.IntN(3)]
	case wrong:
		f.goWrong(r, kind)
		f.late = s.temper.late
	}
	return f
}

func millis(r *rand.Rand, most int) time.Duration {
	return time.Duration(r.IntN(most)) * time.Millisecond
}

// goWrong is every way in which one call goes wrong.
func (f *fate) goWrong(r *rand.Rand, kind int) {
	seconds := func(most int) time.Duration { return millis(r, most*1000) }
	switch kind {
	case 0, 1:
		f.name, f.err = "the answer is lost", errLost
	case 2:
		f.name, f.err, f.effect = "the call is lost", errLost, false
	case 3:
		f.name, f.answer = "done, but internal_error", refusing("internal_error")
	case 4:
		f.name, f.answer = "done, but fatal_error", refusing("fatal_error")
	case 5:
		f.name, f.answer, f.effect = "internal_error", refusing("internal_error"), false
	case 6:
		f.name, f.answer, f.effect = "429 with Retry-After", status429(fmt.Sprint(1+r.IntN(40))), false
	case 7:
		f.name, f.answer, f.effect = "429", status429(""), false
	case 8:
		f.name, f.answer, f.effect = "200 with rate_limited", refusing("rate_limited"), false
	case 9:
		f.name, f.answer = "done, but 503", statusOf(http.StatusServiceUnavailable)
	case 10:
		f.name, f.answer, f.effect = "503", statusOf(http.StatusServiceUnavailable), false
	case 11:
		f.name, f.before = "slow there", seconds(40)
	case 12:
		f.name, f.after = "slow back", seconds(40)
	case 13:
		f.name, f.effect, f.err = "no connection", false, errDial
	case 14:
		f.name, f.after = "a little slow", seconds(5)
	}
}

func refusing(code string) func() *http.Response {
	return func() *http.Response { return answering(http.StatusOK, fmt.Sprintf(`{"ok":false,"error":%q}`, code)) }
}

func statusOf(code int) func() *http.Response {
	return func() *http.Response { return answering(code, "") }
}

func status429(after string) func() *http.Response {
	return func() *http.Response {
		r := answering(http.StatusTooManyRequests, `{"ok":false,"error":"ratelimited"}`)
		if after != "" {
			r.Header.Set("Retry-After", after)
		}
		return r
	}
}

func answering(code int, body string) *http.Response {
	return &http.Response{StatusCode: code, Status: http.StatusText(code), ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
}

// RoundTrip carries one call of the bot to its fate.
func (l *life) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host == "shop.test" {
		return answering(http.StatusOK, "open"), nil
	}
	s, method := l.sim, path.Base(r.URL.Path)
	if l.isCut() {
		return l.hang()
	}
	body, err := readAll(r)
	if err != nil {
		return nil, err
	}
	c := s.sent(l, method, body)
	f := s.fateOf(c)
	defer s.record(c, f)
	ctx := r.Context()
	if f.foreign != "" && c.args.Get("name") != "" {
		s.takeName(c.args.Get("name"), f.foreign)
	}
	if !passes(ctx, f.before) {
		if f.late && f.effect {
			s.stray.Go(func() { _, _ = s.does(r, body) }) // nobody hears how it went
		}
		return nil, ctx.Err()
	}
	if s.killedHere(l, "before "+method) {
		return l.hang()
	}
	response := (*http.Response)(nil)
	if f.effect {
		if response, err = s.does(r, body); err != nil {
			return nil, err
		}
		c.outcome = outcomeOf(response)
	}
	if s.killedHere(l, "after "+method) {
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

// does has Slack do it, however long the bot waits.
func (s *sim) does(r *http.Request, body []byte) (*http.Response, error) {
	again := r.Clone(context.WithoutCancel(r.Context()))
	again.Body = io.NopCloser(bytes.NewReader(body))
	return s.ws.Transport().RoundTrip(again)
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

// outcomeOf is the word of Slack's answer, which stays readable.
func outcomeOf(r *http.Response) string {
	body, _ := io.ReadAll(r.Body) // it is in memory
	r.Body = io.NopCloser(bytes.NewReader(body))
	if !bytes.Contains(body[:min(len(body), 4096)], []byte(`"ok":false`)) {
		return "ok"
	}
	_, rest, _ := strings.Cut(string(body), `"error":"`)
	word, _, _ := strings.Cut(rest, `"`)
	return word
}

// takeName has a person make a channel before the bot does.
func (s *sim) takeName(name, how string) {
	for _, c := range s.ws.Channels() {
		if c.Name == name {
			return
		}
	}
	s.note("eve makes a %s channel #%s", how, name)
	s.mu.Lock()
	s.ledger.foreign = append(s.ledger.foreign, name)
	s.mu.Unlock()
	if how == "private" {
		s.ws.AddPrivateChannel(name, "eve")
		return
	}
	s.ws.AddChannel(name, "eve")
	if how == "archived" {
		s.ws.As("eve").Archive("#" + name)
	}
}

// quietly are calls that only ask.
var quietly = []string{"auth.test", "users.info", "conversations.history", "conversations.replies", "conversations.list", "users.conversations",
	"chat.getPermalink", "bookmarks.list", "conversations.open"}

// record tells of a call.
func (s *sim) record(c *simCall, f fate) {
	if slices.Contains(quietly, c.method) && f.name == "" {
		return
	}
	name := f.name
	if name != "" {
		name = " (" + name + ")"
	}
	s.note("  %d: %s → %s%s", c.life, c.told(s), cmp.Or(c.outcome, "nothing"), name)
}
