// Package trackertest is what fake trackers have in common, and the suite that
// the adapter of every tracker passes.
//
// It promises a server on loopback that keeps issues and goes wrong by order: it
// loses answers after it did what was asked, breaks down, limits, lists late, and
// takes rights away. Each fake gives it the shapes of its tracker.
//
// It refuses to be kind: what a fake does not know, it answers with 404.
package trackertest

import (
	"cmp"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"
)

// An Issue is one as the server keeps it.
type Issue struct {
	N        int
	Title    string
	Body     string // as it was sent
	Labels   []string
	Created  time.Time
	Closed   time.Time // zero: open
	Reason   string
	Assignee string
}

// Trouble is what is wrong with the token or with what it opens issues in.
type Trouble string

const (
	Revoked  Trouble = "revoked"   // the token
	Hidden   Trouble = "hidden"    // it may not see the project
	ReadOnly Trouble = "read only" // it may not write
	Archived Trouble = "archived"  // nobody may
)

// A Server is the part of a fake that is the same for all.
type Server struct {
	URL string

	shape   Shape
	mu      sync.Mutex
	issues  []*Issue
	last    int
	trouble Trouble
	lose    int
	down    int
	until   time.Time // limited until then
	lag     time.Duration
}

// A Shape is what differs from tracker to tracker.
type Shape struct {
	Routes  http.Handler
	Creates func(*http.Request) bool
	Limit   func(w http.ResponseWriter, until time.Time) // refuses what came too fast
	// Shows is a body as the tracker shows it to people, and whom or what it
	// concerns: people who are told, issues that are linked, orders that are obeyed.
	Shows func(body string) (text string, touched []string)
}

// Start starts the server; it ends with the test.
func Start(t testing.TB, shape func(*Server) Shape) *Server {
	s := &Server{}
	s.shape = shape(s)
	served := httptest.NewUnstartedServer(s)
	s.URL = "http://" + served.Listener.Addr().String()
	served.Start()
	t.Cleanup(served.Close)
	return s
}

// ServeHTTP lets a request meet its fate.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch fate, until := s.fate(r); fate {
	case "down":
		w.WriteHeader(http.StatusBadGateway)
	case "limited":
		s.shape.Limit(w, until)
	case "lost":
		s.shape.Routes.ServeHTTP(httptest.NewRecorder(), r)
		if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
			c.Close()
		}
	default:
		s.shape.Routes.ServeHTTP(w, r)
	}
}

func (s *Server) fate(r *http.Request) (fate string, until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.down > 0:
		s.down--
		return "down", until
	case time.Now().Before(s.until):
		return "limited", s.until
	case s.lose > 0 && s.shape.Creates(r):
		s.lose--
		return "lost", until
	}
	return "", until
}

func (s *Server) set(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// Lose loses the answers to the next n issues that are opened.
func (s *Server) Lose(n int) { s.set(func() { s.lose = n }) }

// Down breaks down for the next n requests.
func (s *Server) Down(n int) { s.set(func() { s.down = n }) }

// Limit refuses everything for a while; 0 ends it.
func (s *Server) Limit(d time.Duration) { s.set(func() { s.until = time.Now().Add(d) }) }

// Lag lists issues only when they are so old.
func (s *Server) Lag(d time.Duration) { s.set(func() { s.lag = d }) }

// Suffer brings trouble, "" ends it.
func (s *Server) Suffer(t Trouble) { s.set(func() { s.trouble = t }) }

// Suffers is the trouble that there is.
func (s *Server) Suffers() Trouble {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.trouble
}

// Add opens an issue.
func (s *Server) Add(is Issue) Issue {
	s.mu.Lock()
	defer s.mu.Unlock()
	is.Created = time.Now().UTC().Truncate(time.Second)
	s.last++
	is.N = s.last
	s.issues = append(s.issues, &is)
	return is
}

// Last is the number of the issue that was opened last; no number comes twice.
func (s *Server) Last() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// Issue is one by its number, nil for none.
func (s *Server) Issue(n int) *Issue {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, is := range s.issues {
		if is.N == n {
			found := *is
			return &found
		}
	}
	return nil
}

// Listed are the issues as lists show them, the newest first.
func (s *Server) Listed() (all []Issue) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, is := range s.issues {
		if s.lag == 0 || time.Since(is.Created) >= s.lag {
			all = append(all, *is)
		}
	}
	slices.SortStableFunc(all, func(a, b Issue) int { return cmp.Compare(b.N, a.N) })
	return all
}

// Page cuts a page, counted from 0, out of a list.
func Page(all []Issue, page, size int) []Issue {
	from := min(page*size, len(all))
	return all[from:min(from+size, len(all))]
}

// Change changes an issue, as somebody of the product team does.
func (s *Server) Change(n int, f func(*Issue)) {
	s.set(func() {
		for _, is := range s.issues {
			if is.N == n {
				f(is)
			}
		}
	})
}

// Delete deletes an issue.
func (s *Server) Delete(n int) {
	s.set(func() { s.issues = slices.DeleteFunc(s.issues, func(is *Issue) bool { return is.N == n }) })
}
