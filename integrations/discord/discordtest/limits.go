package discordtest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// limits are Discord's rate limits. They go by the time of the machine.
type limits struct {
	sizes   []size
	buckets map[string]*bucket
	global  bucket
	ceiling int // requests in a second, 0 without end

	invalid []time.Time // answers 401, 403 and 429
	most    int
}

// size says how many calls of a route, for each channel, guild or webhook, have
// room in how much time.
type size struct {
	route string
	n     int
	per   time.Duration
}

type bucket struct {
	used  int
	reset time.Time
}

// The sizes of buckets are Discord's secret. These are out of the way.
var anySize = size{route: "*", n: 50, per: time.Second}

const banFor = 10 * time.Minute

func newLimits() limits {
	return limits{sizes: []size{anySize}, buckets: map[string]*bucket{}, ceiling: 50, most: 10000}
}

// Limit lets n calls of a route pass in each span of time, counted for each
// channel, guild or webhook. Routes that share a bucket need one Limit each.
func (s *Server) Limit(route string, n int, per time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sizes = append(s.sizes, size{route, n, per})
	s.buckets = map[string]*bucket{}
}

// GlobalLimit lets n requests pass in each second, 0 for any number; at first it
// is 50. What answers interactions is not counted.
func (s *Server) GlobalLimit(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ceiling = n
}

// BanAfter sets how many invalid requests within ten minutes have the app banned;
// at first they are 10000.
func (s *Server) BanAfter(invalid int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.most = invalid
}

// InvalidRequests counts the answers 401, 403 and 429 of the last ten minutes,
// those of shared limits left out.
func (s *Server) InvalidRequests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget(time.Now())
	return len(s.invalid)
}

// take counts one call, or says how long to wait.
func (b *bucket) take(n int, per time.Duration, now time.Time) (wait time.Duration) {
	if !now.Before(b.reset) {
		b.used, b.reset = 0, now.Add(per)
	}
	if b.used >= n {
		return b.reset.Sub(now)
	}
	b.used++
	return 0
}

// spend counts one call in its bucket and in the global limit. It gives the
// headers that tell of it, or the answer that there was one call too many.
func (s *Server) spend(c *call) (http.Header, *answer) {
	now := time.Now()
	if s.ceiling > 0 && !c.route.interactive() {
		if wait := s.global.take(s.ceiling, time.Second, now); wait > 0 {
			limited := tooMany(wait, "global")
			return nil, &limited
		}
	}
	name := or(c.route.bucket, c.route.String())
	of := s.sizeOf(c)
	b := s.buckets[name+" "+c.major()]
	if b == nil {
		b = &bucket{}
		s.buckets[name+" "+c.major()] = b
	}
	wait := b.take(of.n, of.per, now)
	header := http.Header{}
	set := func(name, format string, value any) { header.Set("X-RateLimit-"+name, fmt.Sprintf(format, value)) }
	set("Limit", "%d", of.n)
	set("Remaining", "%d", of.n-b.used)
	set("Reset", "%.3f", float64(b.reset.UnixMilli())/1000)
	set("Reset-After", "%.3f", b.reset.Sub(now).Seconds())
	set("Bucket", "%s", bucketHash(name))
	if wait == 0 {
		return header, nil
	}
	limited := tooMany(wait, "user")
	for name, values := range header {
		limited.header[name] = values
	}
	return nil, &limited
}

func (s *Server) sizeOf(c *call) size {
	found := anySize
	for _, size := range s.sizes { // the last one said counts
		if matches(size.route, c.route.String(), c.path) {
			found = size
		}
	}
	return found
}

func bucketHash(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])[:32]
}

// tooMany is the answer 429 of a scope: user, global or shared.
func tooMany(wait time.Duration, scope string) answer {
	a := jsonAnswer(http.StatusTooManyRequests, obj{"message": "You are being rate limited.",
		"retry_after": float64(wait.Milliseconds()) / 1000, "global": scope == "global"})
	a.header.Set("Retry-After", seconds(wait.Seconds()))
	a.header.Set("X-RateLimit-Scope", scope)
	a.header.Set("X-RateLimit-Reset-After", strconv.FormatFloat(wait.Seconds(), 'f', 3, 64))
	a.header.Set("X-RateLimit-Remaining", "0")
	if scope == "global" {
		a.header.Set("X-RateLimit-Global", "true")
	}
	return a
}

// countInvalid remembers answers that Discord's front holds against an app.
func (s *Server) countInvalid(a answer) {
	switch a.status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
		if a.header.Get("X-RateLimit-Scope") != "shared" {
			s.invalid = append(s.invalid, time.Now())
		}
	}
}

func (s *Server) forget(now time.Time) {
	for len(s.invalid) > 0 && now.Sub(s.invalid[0]) >= banFor {
		s.invalid = s.invalid[1:]
	}
}

// banned is what an app is told that asked in vain too often.
func (s *Server) banned() *answer {
	s.forget(time.Now())
	if len(s.invalid) < s.most {
		return nil
	}
	a := broken(http.StatusTooManyRequests)
	a.header.Set("Retry-After", seconds(banFor.Seconds()))
	a.body = []byte("<html><body>error code: 1015</body></html>")
	return &a
}
