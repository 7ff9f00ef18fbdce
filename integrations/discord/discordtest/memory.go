package discordtest

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"time"
)

// Transport carries the app's requests into the server without a socket. What the
// app is answered are bytes, as over a socket. For the gateway there is Dial.
func (s *Server) Transport() http.RoundTripper { return memory{s.handler()} }

// DeliverInto is DeliverTo for an app in the same process: signed requests go
// straight into its handler.
func (s *Server) DeliverInto(app http.Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.base, s.client = "https://app.test", sender(memory{app})
}

// memory is a connection to a handler in the same process.
type memory struct{ handler http.Handler }

var errReset = errors.New("connection reset")

// RoundTrip lets the handler go on when the caller no longer waits, as a server
// would.
func (m memory) RoundTrip(r *http.Request) (*http.Response, error) {
	in := r.Clone(r.Context())
	in.RequestURI, in.RemoteAddr = r.URL.RequestURI(), "192.0.2.1:1234"
	if in.Body == nil {
		in.Body = http.NoBody
	}
	done := make(chan *http.Response, 1)
	go func() { done <- m.serve(in) }()
	select {
	case response := <-done:
		if response == nil {
			return nil, errReset
		}
		response.Request = r
		return response, nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// serve gives nil when the handler hangs up.
func (m memory) serve(r *http.Request) (response *http.Response) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			response = nil
		default:
			panic(p)
		}
	}()
	w := httptest.NewRecorder()
	m.handler.ServeHTTP(w, r)
	return w.Result()
}

// unseen says that a message is too young for histories.
func (s *Server) unseen(m *message) bool {
	return s.messageLag > 0 && m.author == s.BotUser.ID && s.young(m.at, s.messageLag)
}

// unlisted says that a channel is too young for lists.
func (s *Server) unlisted(ch *channel) bool {
	return s.channelLag > 0 && s.young(ch.created, s.channelLag)
}

func (s *Server) young(since time.Time, lag time.Duration) bool {
	return s.clock().Sub(since) < lag
}
