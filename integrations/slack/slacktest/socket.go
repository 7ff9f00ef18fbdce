package slacktest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

const (
	mostConnections = 10
	pingEvery       = 5 * time.Second
	longestAck      = 20 << 10 // Slack drops longer ones without a word
)

// errNoConnection is a delivery with nobody to deliver to.
var errNoConnection = errors.New("dispatch_failed")

// transport is how deliveries reach the app.
type transport struct {
	base       string // where signed requests go; empty for Socket Mode
	client     *http.Client
	subscribed []string
	underway   []*delivery // events, since the last Settle
	retries    []time.Duration
	patience   time.Duration
	tickets    map[string]bool
	sockets    []*socket
	turn       int
	acks       map[string]*waiting // by envelope ID
	disabled   bool                // Socket Mode is switched off
	most       int                 // connections
	silent     bool                // no connection is pinged
	lingers    map[string]time.Duration
	goodbyes   []int // close codes, one for each connection that ended
}

// waiting is an envelope that nobody has acknowledged yet.
type waiting struct {
	on     *socket
	answer chan json.RawMessage // has room for one
}

func newTransport() transport {
	t := transport{retries: eventRetries, tickets: map[string]bool{}, acks: map[string]*waiting{}, most: mostConnections,
		lingers: map[string]time.Duration{"warning": 10 * time.Second, "refresh_requested": time.Second}}
	for name := range allEvents {
		t.subscribed = append(t.subscribed, name)
	}
	return t
}

// socket is one connection of the app.
type socket struct {
	conn  *websocket.Conn
	mu    sync.Mutex  // held while writing
	asked atomic.Bool // to leave
}

func (s *socket) write(v obj) error { return s.send(encode(v)) }

func (s *socket) send(frame []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conn.SetWriteDeadline(time.Now().Add(ackTime))
	return s.conn.WriteMessage(websocket.TextMessage, frame)
}

func (s *socket) sayGoodbye() {
	goodbye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	s.conn.WriteControl(websocket.CloseMessage, goodbye, time.Now().Add(ackTime))
}

func (c *call) connectionsOpen() (obj, error) {
	ticket := c.id("ticket-")
	c.tickets[ticket] = true
	link := strings.Replace(c.URL, "http", "ws", 1) + "/link?ticket=" + ticket + "&app_id=" + c.AppID
	return obj{"url": link}, nil
}

func (ws *Workspace) serveSocket(w http.ResponseWriter, r *http.Request) {
	if !ws.redeem(r.FormValue("ticket")) {
		http.Error(w, "this address was used or never given", http.StatusForbidden)
		return
	}
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	s := &socket{conn: conn}
	if unwelcome := ws.admit(s); unwelcome != "" {
		s.write(ws.disconnect(unwelcome))
		s.sayGoodbye()
		conn.Close()
		return
	}
	ws.listen(s)
}

func (ws *Workspace) redeem(ticket string) bool {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	fresh := ws.tickets[ticket]
	delete(ws.tickets, ticket)
	return fresh && !ws.closed
}

// admit greets a connection and lets payloads reach it, or says why not.
func (ws *Workspace) admit(s *socket) (unwelcome string) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	connections := len(ws.sockets)
	switch {
	case ws.disabled:
		return "link_disabled"
	case connections >= ws.most || ws.closed:
		return "too_many_websockets"
	}
	hello := obj{"type": "hello", "num_connections": connections + 1, "connection_info": obj{"app_id": ws.AppID},
		"debug_info": obj{"host": "applink-test", "build_number": 1, "approximate_connection_time": 18060}}
	if s.write(hello) != nil {
		return "refresh_requested"
	}
	ws.sockets = append(ws.sockets, s)
	ws.background(func() { ws.ping(s) })
	return ""
}

func (ws *Workspace) ping(s *socket) {
	for ws.connected(s) {
		if !ws.isSilent() && s.conn.WriteControl(websocket.PingMessage, []byte("ping"), time.Now().Add(ackTime)) != nil {
			return
		}
		if !ws.sleep(pingEvery) {
			return
		}
	}
}

func (ws *Workspace) connected(s *socket) bool {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return slices.Contains(ws.sockets, s)
}

func (ws *Workspace) isSilent() bool {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return ws.silent
}

// listen takes acknowledgements until the connection ends.
func (ws *Workspace) listen(s *socket) {
	defer ws.hangUp(s)
	for {
		_, data, err := s.conn.ReadMessage()
		if err != nil {
			ws.noteClosed(err)
			return
		}
		var ack struct {
			EnvelopeID string          `json:"envelope_id"`
			Payload    json.RawMessage `json:"payload"`
		}
		if json.Unmarshal(data, &ack) == nil && ack.EnvelopeID != "" {
			ws.acknowledge(s, ack.EnvelopeID, ack.Payload, len(data))
		}
	}
}

func (ws *Workspace) noteClosed(err error) {
	code := websocket.CloseAbnormalClosure
	var closed *websocket.CloseError
	if errors.As(err, &closed) {
		code = closed.Code
	}
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.goodbyes = append(ws.goodbyes, code)
}

func (ws *Workspace) acknowledge(s *socket, id string, payload json.RawMessage, size int) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if size >= longestAck {
		ws.problem("an acknowledgement of %d bytes is dropped: they have at most 20 KB", size)
		return
	}
	if string(payload) == "null" {
		ws.problem("an acknowledgement carries null: without a payload it carries none")
	}
	switch w := ws.acks[id]; {
	case w == nil: // too late, or twice
	case w.on != s:
		ws.problem("an acknowledgement came on another connection than its envelope")
	default:
		delete(ws.acks, id)
		w.answer <- payload
	}
}

func (ws *Workspace) hangUp(s *socket) {
	ws.mu.Lock()
	ws.sockets = slices.DeleteFunc(ws.sockets, func(other *socket) bool { return other == s })
	ws.mu.Unlock()
	s.conn.Close()
}

// sendSocket gives the payload to the connection whose turn it is.
func (ws *Workspace) sendSocket(ctx context.Context, e *envelope) ([]byte, error) {
	frame, w := ws.enclose(e)
	id := frame["envelope_id"].(string)
	defer ws.forget(id)
	for {
		s := ws.next(w)
		if s == nil {
			return nil, errNoConnection
		}
		if s.write(frame) == nil {
			break
		}
		ws.hangUp(s)
	}
	select {
	case payload := <-w.answer:
		return payload, nil
	case <-ctx.Done():
		return nil, errTimeout
	}
}

func (ws *Workspace) enclose(e *envelope) (obj, *waiting) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	id := fmt.Sprintf("envelope-%s", ws.id(""))
	w := &waiting{answer: make(chan json.RawMessage, 1)}
	ws.acks[id] = w
	frame := obj{"envelope_id": id, "type": e.kind, "payload": e.payload, "accepts_response_payload": e.replies}
	if e.kind == "events_api" {
		frame["retry_attempt"], frame["retry_reason"] = e.attempt, e.reason
	}
	return frame, w
}

func (ws *Workspace) forget(id string) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	delete(ws.acks, id)
}

// next is the connection whose turn it is to bring w. One that was asked to
// leave has its turns until it is closed.
func (ws *Workspace) next(w *waiting) *socket {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if len(ws.sockets) == 0 {
		return nil
	}
	ws.turn++
	w.on = ws.sockets[ws.turn%len(ws.sockets)]
	return w.on
}

// Connections says how many Socket Mode connections the app has.
func (ws *Workspace) Connections() int {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return len(ws.sockets)
}

// AwaitConnections waits until the app has n connections or more; it ends the
// test when that takes ten seconds.
func (ws *Workspace) AwaitConnections(n int) {
	ws.t.Helper()
	for range 1000 {
		if ws.Connections() >= n {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ws.t.Fatalf("slacktest: the app has %d connections after 10 seconds, not %d", ws.Connections(), n)
}
