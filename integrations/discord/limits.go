package discord

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// limits knows which calls Discord would refuse, so that they are not made: what
// is refused too often has the whole bot shut out.
type limits struct {
	mu      sync.Mutex
	until   map[string]time.Time // by route, with its channel or server: when the next call may come
	all     time.Time            // when any call may
	invalid int                  // refusals that Discord counts
	since   time.Time            // the first of them
}

// Discord shuts out whoever has 10,000 calls refused within ten minutes. The bot
// pauses long before.
const (
	mostInvalid   = 5_000
	invalidWindow = 10 * time.Minute
)

// wait is how long the call has to wait.
func (l *limits) wait(r request, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	wait := l.until[r.route()].Sub(now)
	if !r.interactive() {
		wait = max(wait, l.all.Sub(now))
	}
	if l.invalid >= mostInvalid {
		wait = max(wait, l.since.Add(invalidWindow).Sub(now))
	}
	return wait
}

// learn reads what an answer says of limits.
func (l *limits) learn(r request, h http.Header, refused *answer, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.until == nil || len(l.until) > 10_000 {
		l.until = map[string]time.Time{}
	}
	switch {
	case refused != nil && refused.global:
		l.all = now.Add(refused.after)
	case refused != nil && refused.status == http.StatusTooManyRequests && refused.Code == 0:
		l.until[r.route()] = now.Add(refused.after)
	case h.Get("X-RateLimit-Remaining") == "0":
		l.until[r.route()] = now.Add(seconds(h.Get("X-RateLimit-Reset-After")))
	default:
		delete(l.until, r.route())
	}
	if refused == nil || refused.shared {
		return
	}
	switch refused.status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
		if now.Sub(l.since) > invalidWindow {
			l.invalid, l.since = 0, now
		}
		l.invalid++
	}
}

// interactive says that the limit of the whole bot does not count a call.
func (r request) interactive() bool {
	return strings.HasPrefix(r.path, "/interactions/") || strings.HasPrefix(r.path, "/webhooks/")
}
