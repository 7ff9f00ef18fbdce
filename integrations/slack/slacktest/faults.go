package slacktest

import (
	"net/http"
	"strconv"
	"time"
)

// faults are what tests ordered to go wrong, by method.
type faults struct {
	instead map[string][]answer // given before any work
	after   map[string][]string // error codes given after the work
	drops   map[string]int
	delays  map[string]time.Duration
	before  func(string)
	done    func(string)
	dedupe  bool
	twice   bool

	messageLag, channelLag time.Duration
	down                   bool
}

func newFaults() faults {
	none := func(string) {}
	return faults{instead: map[string][]answer{}, after: map[string][]string{}, drops: map[string]int{},
		delays: map[string]time.Duration{}, before: none, done: none, dedupe: true}
}

// fault is what goes wrong with one call.
type fault struct {
	delay   time.Duration
	instead *answer
	after   string
	drop    bool
}

// Refuse answers the next calls of a method with an error, and does nothing.
func (ws *Workspace) Refuse(method, code string, times int) {
	ws.order(method, times, answer{status: http.StatusOK, body: obj{"ok": false, "error": code}})
}

// RateLimit answers the next calls of a method with 429 and Retry-After.
func (ws *Workspace) RateLimit(method string, times, retryAfterSeconds int) {
	header := http.Header{"Retry-After": {strconv.Itoa(retryAfterSeconds)}}
	ws.order(method, times, answer{status: http.StatusTooManyRequests, header: header, body: obj{"ok": false, "error": "ratelimited"}})
}

// RateLimitSilently answers with 429 and does not say for how long.
func (ws *Workspace) RateLimitSilently(method string, times int) {
	ws.order(method, times, answer{status: http.StatusTooManyRequests, body: obj{"ok": false, "error": "ratelimited"}})
}

// RateLimitPolitely answers 200 with the error rate_limited, as chat.postMessage does
// to a bot that talks too much in one channel.
func (ws *Workspace) RateLimitPolitely(method string, times int) {
	ws.Refuse(method, "rate_limited", times)
}

// BreakDown answers the next calls with this HTTP status and does nothing.
func (ws *Workspace) BreakDown(method string, status, times int) {
	ws.order(method, times, answer{status: status, body: obj{"ok": false, "error": "service_unavailable"}})
}

// Outage takes the Web API down or up again: while it is down, every call is
// answered with 503 and does nothing. Sockets that are open stay open.
func (ws *Workspace) Outage(down bool) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.down = down
}

func (ws *Workspace) order(method string, times int, a answer) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for range times {
		ws.instead[method] = append(ws.instead[method], a)
	}
}

// FailAfterWork does the work of the next calls and then answers with an error,
// as Slack may with internal_error and fatal_error.
func (ws *Workspace) FailAfterWork(method, code string, times int) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for range times {
		ws.after[method] = append(ws.after[method], code)
	}
}

// DropAnswer does the work of the next calls and then closes the connection.
func (ws *Workspace) DropAnswer(method string, times int) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.drops[method] += times
}

// Delay holds every call of a method back for d before its work, until Delay with 0.
func (ws *Workspace) Delay(method string, d time.Duration) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.delays[method] = d
}

// BeforeCall has f called before the work of each call.
func (ws *Workspace) BeforeCall(f func(method string)) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.before = f
}

// AfterCall has f called after the work of each call and before its answer leaves.
func (ws *Workspace) AfterCall(f func(method string)) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.done = f
}

// HonourClientMsgID says whether chat.postMessage with a client_msg_id that the
// channel has seen returns the earlier message. At first it does.
func (ws *Workspace) HonourClientMsgID(yes bool) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.dedupe = yes
}

// DeliverTwice delivers every event, command and interaction a second time once
// the first was answered, where possible on another connection.
func (ws *Workspace) DeliverTwice(yes bool) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.twice = yes
}

func (ws *Workspace) hooks() (before, after func(string)) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return ws.before, ws.done
}

// take uses up the faults of one call.
func (ws *Workspace) take(method string) fault {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	f := fault{delay: ws.delays[method]}
	if ws.down {
		f.instead = &answer{status: http.StatusServiceUnavailable, header: http.Header{}, body: obj{"ok": false, "error": "service_unavailable"}}
		return f
	}
	if waiting := ws.instead[method]; len(waiting) > 0 {
		first := waiting[0]
		first.header = first.header.Clone()
		if first.header == nil {
			first.header = http.Header{}
		}
		f.instead, ws.instead[method] = &first, waiting[1:]
		return f
	}
	if waiting := ws.after[method]; len(waiting) > 0 {
		f.after, ws.after[method] = waiting[0], waiting[1:]
	}
	if ws.drops[method] > 0 {
		f.drop = true
		ws.drops[method]--
	}
	return f
}

// sleep says false when the workspace closed first.
func (ws *Workspace) sleep(d time.Duration) bool {
	if d == 0 {
		return true
	}
	select {
	case <-time.After(d):
		return true
	case <-ws.ctx.Done():
		return false
	}
}
