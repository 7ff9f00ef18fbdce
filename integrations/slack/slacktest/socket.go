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
	acks       map[string]chan json.RawMessage // by envelope ID
}

func newTransport() transport {
	t := transport{retries: eventRetries, tickets: map[string]bool{}, acks: map[string]chan json.RawMessage{}}
	for name := range allEvents {
		t.subscribed = append(t.subscribed, name)
	}
	return t
}

// socket is one connection of the app.
type socket struct {
	conn *websocket.Conn
	mu   sync.Mutex // held while writing
}

func (s *socket) write(v any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conn.SetWriteDeadline(time.Now().Add(ackTime))
	return s.conn.WriteMessage(websocket.TextMessage, encode(v))
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
	if connections, welcome := ws.admit(s); !welcome {
		s.write(obj{"type": "disconnect", "reason": "too_many_websockets", "num_connections": connections,
			"debug_info": obj{"host": "applink-test"}, "connection_info": obj{"app_id": ws.AppID}})
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

// admit greets a connection and lets payloads reach it.
func (ws *Workspace) admit(s *socket) (connections int, welcome bool) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if connections = len(ws.sockets); connections >= mostConnections || ws.closed {
		return connections, false
	}
	hello := obj{"type": "hello", "num_connections": connections + 1, "connection_info": obj{"app_id": ws.AppID},
		"debug_info": obj{"host": "applink-test", "build_number": 1, "approximate_connection_time": 18060}}
	if s.write(hello) != nil {
		return connections, false
	}
	ws.sockets = append(ws.sockets, s)
	ws.background(func() { ws.ping(s) })
	return connections + 1, true
}

func (ws *Workspace) ping(s *socket) {
	for ws.connected(s) {
		deadline := time.Now().Add(ackTime)
		if s.conn.WriteControl(websocket.PingMessage, []byte("ping"), deadline) != nil || !ws.sleep(pingEvery) {
			return
		}
	}
}

func (ws *Workspace) connected(s *socket) bool {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return slices.Contains(ws.sockets, s)
}

// listen takes acknowledgements until the connection ends.
func (ws *Workspace) listen(s *socket) {
	defer ws.hangUp(s)
	for {
		_, data, err := s.conn.ReadMessage()
		if err != nil {
			return
		}
		var ack struct {
			EnvelopeID string          `json:"envelope_id"`
			Payload    json.RawMessage `json:"payload"`
		}
		if json.Unmarshal(data, &ack) == nil && ack.EnvelopeID != "" {
			ws.acknowledge(ack.EnvelopeID, ack.Payload, len(data))
		}
	}
}

func (ws *Workspace) acknowledge(id string, payload json.RawMessage, size int) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if size >= longestAck {
		ws.problem("an acknowledgement of %d bytes is dropped: they have at most 20 KB", size)
		return
	}
	if string(payload) == "null" {
		ws.problem("an acknowledgement carries null: without a payload it carries none")
	}
	if waiting := ws.acks[id]; waiting != nil {
		delete(ws.acks, id)
		waiting <- payload // has room for one
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
	frame, answer := ws.enclose(e)
	id := frame["envelope_id"].(string)
	defer ws.forget(id)
	for {
		s := ws.next()
		if s == nil {
			return nil, errNoConnection
		}
		if s.write(frame) == nil {
			break
		}
		ws.hangUp(s)
	}
	select {
	case payload := <-answer:
		return payload, nil
	case <-ctx.Done():
		return nil, errTimeout
	}
}

func (ws *Workspace) enclose(e *envelope) (obj, chan json.RawMessage) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	id := fmt.Sprintf("envelope-%s", ws.id(""))
	answer := make(chan json.RawMessage, 1)
	ws.acks[id] = answer
	frame := obj{"envelope_id": id, "type": e.kind, "payload": e.payload, "accepts_response_payload": e.replies}
	if e.kind == "events_api" {
		frame["retry_attempt"], frame["retry_reason"] = e.attempt, e.reason
	}
	return frame, answer
}

func (ws *Workspace) forget(id string) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	delete(ws.acks, id)
}

func (ws *Workspace) next() *socket {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if len(ws.sockets) == 0 {
		return nil
	}
	ws.turn++
	return ws.sockets[ws.turn%len(ws.sockets)]
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

// Disconnect sends every connection a disconnect frame. With the reason
// "warning" Slack goes on using them, with any other it closes them.
func (ws *Workspace) Disconnect(reason string) {
	frame := obj{"type": "disconnect", "reason": reason, "debug_info": obj{"host": "applink-test"}}
	for _, s := range ws.all() {
		if s.write(frame) != nil || reason != "warning" {
			s.sayGoodbye()
			ws.hangUp(s)
		}
	}
}

// Cut ends every connection without a word, as a network does.
func (ws *Workspace) Cut() {
	for _, s := range ws.all() {
		ws.hangUp(s)
	}
}

func (ws *Workspace) all() []*socket {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return slices.Clone(ws.sockets)
}
