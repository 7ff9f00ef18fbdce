package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	longestFrame = 4 << 20
	silence      = 30 * time.Second // Slack pings more often: a socket without pings is dead
	writeTime    = 10 * time.Second
	goodbyeTime  = time.Second // how long Slack may take to close what was left
	droppedAck   = 20 << 10    // Slack drops as much, and more, without a word
)

// A frame is what Slack sends on a socket: a greeting, a goodbye, or an envelope.
type frame struct {
	Type       string          `json:"type"`
	EnvelopeID string          `json:"envelope_id"`
	Payload    json.RawMessage `json:"payload"`
	Answerable bool            `json:"accepts_response_payload"`
	Reason     string          `json:"reason"`          // of a disconnect
	Siblings   int             `json:"num_connections"` // of a hello: with this one
}

// A socket is one connection to Slack, from its first frame to its last. What
// came on it is acknowledged on it and nowhere else.
type socket struct {
	conn     *websocket.Conn
	siblings int           // how many sockets of the app Slack has; set before hello closes
	hello    chan struct{} // closed when Slack has greeted
	leaving  chan struct{} // closed when Slack wants another in its place
	replaced chan struct{} // closed when the other is there
	ended    chan struct{} // closed when nothing more is heard
	why      error         // it ended; set before ended closes

	writing sync.Mutex

	mu       sync.Mutex
	underway int           // acts that are not yet acknowledged
	shut     bool          // no act is begun any more
	quiet    chan struct{} // has room for one: no act is under way
}

func newSocket(conn *websocket.Conn) *socket {
	return &socket{conn: conn, hello: make(chan struct{}), leaving: make(chan struct{}),
		replaced: make(chan struct{}), ended: make(chan struct{}), quiet: make(chan struct{}, 1)}
}

// read hears until the connection ends. An envelope goes to hear, and what is no
// frame of Slack's to unreadable.
func (s *socket) read(hear func(frame), unreadable func(raw []byte, err error)) {
	defer close(s.ended)
	defer s.conn.Close()
	s.conn.SetReadLimit(longestFrame)
	s.conn.SetPingHandler(s.pinged)
	s.alive()
	for {
		_, data, err := s.conn.ReadMessage()
		if err != nil {
			s.why = died(err)
			return
		}
		if s.why = s.heard(data, hear, unreadable); s.why != nil {
			return
		}
	}
}

// heard tells an envelope from what Slack says of the socket itself. An error
// ends it.
func (s *socket) heard(data []byte, hear func(frame), unreadable func(raw []byte, err error)) error {
	var f frame
	err := lenient(data, &f)
	switch {
	case err != nil:
		unreadable(data, fmt.Errorf("%w: %v", errUnreadable, err))
	case f.EnvelopeID != "":
		hear(f)
	case f.Type == "hello":
		s.siblings = f.Siblings
		closeOnce(s.hello)
	case f.Type == "disconnect":
		if err := refused(f.Reason); err != nil {
			return err
		}
		closeOnce(s.leaving)
	default:
		unreadable(data, fmt.Errorf("%w: a frame of type %q", errUnknown, f.Type))
	}
	return nil
}

// refused is why Slack will have no socket at all. Whatever else it says asks for
// another in the place of this one: warning ten seconds before the end,
// refresh_requested every few hours.
func refused(reason string) error {
	switch reason {
	case "link_disabled":
		return errLinkDisabled
	case "too_many_websockets":
		return errTooMany
	}
	return nil
}

func died(err error) error {
	var network net.Error
	if errors.As(err, &network) && network.Timeout() {
		return fmt.Errorf("no ping from Slack for %s", silence)
	}
	return err
}

// alive gives Slack as long again until its next ping.
func (s *socket) alive() { s.conn.SetReadDeadline(time.Now().Add(silence)) }

func (s *socket) pinged(payload string) error {
	s.alive()
	// A pong that cannot be written shows in the next read.
	_ = s.conn.WriteControl(websocket.PongMessage, []byte(payload), time.Now().Add(writeTime))
	return nil
}

// ack acknowledges an envelope, with an answer if there is one, in one frame.
func (s *socket) ack(id string, answer json.RawMessage) error {
	js, err := json.Marshal(struct {
		EnvelopeID string          `json:"envelope_id"`
		Payload    json.RawMessage `json:"payload,omitempty"`
	}{id, answer})
	switch {
	case err != nil:
		return fmt.Errorf("encode an acknowledgement: %w", err)
	case len(js) >= droppedAck:
		return fmt.Errorf("an acknowledgement of %d bytes would be dropped", len(js))
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	s.conn.SetWriteDeadline(time.Now().Add(writeTime))
	return s.conn.WriteMessage(websocket.TextMessage, js)
}

// begin says whether an act that came on the socket can still be acknowledged on
// it. If so, the socket stays until end.
func (s *socket) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shut || s.hasEnded() {
		return false
	}
	s.underway++
	return true
}

func (s *socket) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.underway--; s.underway == 0 {
		select {
		case s.quiet <- struct{}{}:
		default:
		}
	}
}

// shutIf begins nothing more, if nothing is under way.
func (s *socket) shutIf(quiet bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shut = s.shut || !quiet || s.underway == 0
	return s.shut
}

// stay keeps the socket until Slack closes it, for a while after its successor
// is there, or until ctx is done.
func (s *socket) stay(ctx context.Context) {
	select {
	case <-s.ended:
		return
	case <-s.replaced:
		select {
		case <-s.ended:
			return
		case <-time.After(lingering):
		case <-ctx.Done():
		}
	case <-ctx.Done():
	}
	s.leave(leaveTime)
}

// leave closes the socket in the moment in which no act is under way, or when
// that does not come in time. Until then what comes is heard and acknowledged:
// Slack brings no command anywhere else.
func (s *socket) leave(patience time.Duration) {
	enough := time.NewTimer(patience)
	defer enough.Stop()
	for waiting := true; !s.shutIf(waiting); {
		select {
		case <-s.quiet:
		case <-s.ended:
			return
		case <-enough.C:
			waiting = false
		}
	}
	goodbye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	if s.conn.WriteControl(websocket.CloseMessage, goodbye, time.Now().Add(goodbyeTime)) == nil {
		select {
		case <-s.ended: // Slack has closed it, too
		case <-time.After(goodbyeTime):
		}
	}
	s.conn.Close()
	<-s.ended
}

func (s *socket) isLeaving() bool { return isClosed(s.leaving) }

func (s *socket) hasEnded() bool { return isClosed(s.ended) }

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// closeOnce is for channels that only one goroutine closes.
func closeOnce(c chan struct{}) {
	if !isClosed(c) {
		close(c)
	}
}
