package discord

import (
	"cmp"
	"net/http"
	"strings"
	"sync"
	"time"
)

// limits knows which calls Discord would refuse, so that they are not made: what
// is refused too often has the whole bot shut out.
type limits struct {
	mu      sync.Mutex
	buckets map[string]string    // route -> what Discord counts its calls in, together with those of others
	until   map[string]time.Time // by bucket, for each channel, server or interaction: when the next call may come
	all     time.Time            // when any call may
	invalid int                  // refusals that Discord counts
	since   time.Time            // the first of them
}

// Discord shuts out whoever has 10,000 calls refused within ten minutes. The bot
// pauses before half of them, so that the end of one window and the beginning of
// the next are not too many together.
const (
	mostInvalid   = 4_000
	invalidWindow = 10 * time.Minute
)

// wait is how long the call has to wait.
func (l *limits) wait(r request, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	wait := l.until[l.counted(r)].Sub(now)
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
		l.until, l.buckets = map[string]time.Time{}, map[string]string{}
	}
	if bucket := h.Get("X-RateLimit-Bucket"); bucket != "" {
		l.buckets[r.route()] = bucket
	}
	counted := l.counted(r)
	switch {
	case refused != nil && refused.global:
		l.all = now.Add(refused.after)
	case refused != nil && refused.status == http.StatusTooManyRequests && refused.Code == 0:
		l.until[counted] = now.Add(refused.after)
	case h.Get("X-RateLimit-Remaining") == "0":
		l.until[counted] = now.Add(seconds(h.Get("X-RateLimit-Reset-After")))
	default:
		delete(l.until, counted)
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

// counted is what a call is counted in: the bucket of its route, where Discord has
// said it, for its channel, its server or its interaction.
func (l *limits) counted(r request) string {
	route := r.route()
	return cmp.Or(l.buckets[route], route) + " " + r.major()
}

// interactive says that the limit of the whole bot does not count a call.
func (r request) interactive() bool {
	return strings.HasPrefix(r.path, "/interactions/") || strings.HasPrefix(r.path, "/webhooks/")
}
