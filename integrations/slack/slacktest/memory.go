package slacktest

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"
)

// Transport carries the app's calls into the workspace without a socket. What
// the app is answered are bytes, as over a socket.
func (ws *Workspace) Transport() http.RoundTripper { return memory{ws.routes()} }

// DeliverInto is DeliverTo for an app in the same process: signed requests go
// straight into its handler.
func (ws *Workspace) DeliverInto(app http.Handler) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.base, ws.client = "https://app.test", sender(memory{app})
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

// Lag makes the workspace show what is new only after a while: the app's own
// messages in histories, and channels in lists. Their names are taken at once.
func (ws *Workspace) Lag(messages, channels time.Duration) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.messageLag, ws.channelLag = messages, channels
}

// unseen says that a message is too young for histories.
func (ws *Workspace) unseen(m *message) bool {
	if ws.messageLag == 0 || m.botID == "" {
		return false
	}
	return m.ts > tsOf(ws.clock().Add(-ws.messageLag))
}

// unlisted says that a channel is too young for lists.
func (ws *Workspace) unlisted(ch *channel) bool {
	return ws.channelLag > 0 && ws.clock().Sub(ch.created) < ws.channelLag
}

func tsOf(at time.Time) string {
	return fmt.Sprintf("%d.%06d", at.Unix(), at.Nanosecond()/1000)
}
