package discordtest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// What the app and the gateway say to each other.
const (
	opDispatch    = 0
	opHeartbeat   = 1
	opIdentify    = 2
	opPresence    = 3
	opVoice       = 4
	opResume      = 6
	opReconnect   = 7
	opMembers     = 8
	opInvalid     = 9
	opHello       = 10
	opAcknowledge = 11
)

// Why the gateway closes a connection.
const (
	closeUnknownError     = 4000
	closeUnknownOpcode    = 4001
	closeDecodeError      = 4002
	closeNotAuthenticated = 4003
	closeBadToken         = 4004
	closeAlready          = 4005
	closeBadSequence      = 4007
	closeTooMany          = 4008
	closeTimedOut         = 4009
	closeBadShard         = 4010
	closeBadVersion       = 4012
	closeBadIntents       = 4013
	closeForbiddenIntents = 4014
)

const (
	sendsPerMinute   = 120
	largestSend      = 4096
	identifiesPerDay = 1000
	sessionLasts     = 5 * time.Minute // without a connection
)

// gateway is what the sessions of the app share.
type gateway struct {
	sessions   []*session
	conns      []*conn
	piped      *pipes        // for Dial, nil until then
	interval   time.Duration // between heartbeats
	every      time.Duration // between two IDENTIFYs
	keep       int           // events to replay, for each session
	budget     int           // IDENTIFYs left today
	revoked    bool          // the token, when the budget was overdrawn
	identified time.Time
	identifies int
	resumes    int
	heartbeats int
}

func newGateway() gateway {
	return gateway{interval: 41250 * time.Millisecond, every: 5 * time.Second, keep: 1000, budget: identifiesPerDay}
}

func (c *call) getGateway() (any, error) { return obj{"url": c.gatewayURL("/gateway")}, nil }

func (c *call) getGatewayBot() (any, error) {
	return obj{"url": c.gatewayURL("/gateway"), "shards": 1, "session_start_limit": obj{"total": identifiesPerDay,
		"remaining": c.budget, "reset_after": (24 * time.Hour).Milliseconds(), "max_concurrency": 1}}, nil
}

func (s *Server) gatewayURL(path string) string {
	return strings.Replace(s.URL, "http", "ws", 1) + path
}

// conn is one connection of the app.
type conn struct {
	ws      *websocket.Conn
	at      string // the session that may be resumed on it: its address says so, or it was its own
	version int
	out     chan frame
	session *session
	silent  bool // nothing is said on it any more
	gone    bool
	sends   []time.Time
}

// frame is one thing to write, or the close code to end with.
type frame struct {
	data  []byte
	close int
}

func (s *Server) serveGateway(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	down := s.down || s.closed
	s.mu.Unlock()
	if down {
		http.Error(w, "service unavailable", http.StatusServiceUnavailable)
		return
	}
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	query := r.URL.Query()
	version, _ := strconv.Atoi(query.Get("v"))
	c := &conn{ws: ws, at: r.PathValue("session"), version: version, out: make(chan frame, 4096)}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		ws.Close()
		return
	}
	s.conns = append(s.conns, c)
	s.background(func() { s.write(c) })
	s.background(func() { s.listen(c) })
	if version != 9 && version != 10 {
		c.end(closeBadVersion)
		return
	}
	if query.Get("encoding") != "json" || query.Has("compress") {
		s.violation("the gateway speaks plain JSON here, not %s", r.URL.RawQuery)
		c.end(closeDecodeError)
		return
	}
	c.say(obj{"op": opHello, "s": nil, "t": nil, "d": obj{"heartbeat_interval": s.interval.Milliseconds(), "_trace": []any{"discordtest"}}})
}

// say puts a frame in line. Who does not read is cut off.
func (c *conn) say(v any) { c.queue(frame{data: encode(v)}) }

// end closes the connection with a code, after what is in line.
func (c *conn) end(code int) { c.queue(frame{close: code}) }

func (c *conn) queue(f frame) {
	if c.gone || c.silent && f.close == 0 {
		return
	}
	select {
	case c.out <- f:
	default:
		c.ws.NetConn().Close()
	}
}

func (s *Server) write(c *conn) {
	for f := range c.out {
		c.ws.SetWriteDeadline(time.Now().Add(10 * time.Second))
		if f.close != 0 {
			s.locked(func() { s.lose(c, f.close) }) // before the app can answer with the same code
			goodbye := websocket.FormatCloseMessage(f.close, closeReasons[f.close])
			c.ws.WriteMessage(websocket.CloseMessage, goodbye)
			time.AfterFunc(time.Second, func() { c.ws.Close() }) // for who does not answer a close
			continue
		}
		if c.ws.WriteMessage(websocket.TextMessage, f.data) != nil {
			c.ws.Close()
		}
	}
}

var closeReasons = map[int]string{
	closeUnknownError: "Unknown error.", closeUnknownOpcode: "Unknown opcode.", closeDecodeError: "Error while decoding payload.",
	closeNotAuthenticated: "Not authenticated.", closeBadToken: "Authentication failed.", closeAlready: "Already authenticated.",
	closeBadSequence: "Invalid seq.", closeTooMany: "Rate limited.", closeTimedOut: "Session timed out.", closeBadShard: "Invalid shard.",
	closeBadVersion: "Invalid API version.", closeBadIntents: "Invalid intent(s).", closeForbiddenIntents: "Disallowed intent(s).",
	websocket.CloseGoingAway: "Discord WebSocket requesting client reconnect.",
}

// listen takes what the app sends until the connection ends.
func (s *Server) listen(c *conn) {
	c.ws.SetReadDeadline(time.Now().Add(3 * s.heartbeat()))
	for {
		_, data, err := c.ws.ReadMessage()
		if err != nil {
			s.hangUp(c, err)
			return
		}
		s.mu.Lock()
		code := s.hear(c, data)
		if code != 0 {
			c.end(code)
		}
		s.mu.Unlock()
	}
}

func (s *Server) heartbeat() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.interval
}

// hangUp forgets a connection. An app that says goodbye with 1000 or 1001 ends
// its session; after any other end it may resume.
func (s *Server) hangUp(c *conn, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if websocket.IsCloseError(err, websocket.CloseNormalClosure, websocket.CloseGoingAway) && c.session != nil {
		s.forgetSession(c.session)
	}
	s.lose(c, 0)
	c.gone = true
	close(c.out)
	c.ws.Close()
}

// lose takes a connection out of use, and its session with it when the code says so.
func (s *Server) lose(c *conn, code int) {
	s.conns = slices.DeleteFunc(s.conns, func(other *conn) bool { return other == c })
	gone := c.session
	s.detach(c) // so what the app answers to a close is no goodbye of its own
	switch code {
	case closeBadToken, closeBadSequence, closeTimedOut, closeBadShard, closeBadVersion, closeBadIntents, closeForbiddenIntents:
		s.forgetSession(gone)
	}
}

// detach leaves a session without its connection.
func (s *Server) detach(c *conn) {
	if c.session != nil && c.session.conn == c {
		c.session.conn, c.session.lost = nil, time.Now()
	}
	c.session = nil
}

// cutAll breaks every connection off without a word.
func (s *Server) cutAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns {
		c.ws.NetConn().Close()
	}
}
