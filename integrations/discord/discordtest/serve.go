package discordtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"
)

// Call is one request that the app made.
type Call struct {
	Route   string // as in Refuse: "POST /channels/{channel}/messages"
	Path    string // without /api/v10
	Query   string
	Body    json.RawMessage // payload_json of a multipart body
	Files   []string        // names of the files in a multipart body
	Reason  string          // of the audit log
	Status  int
	Code    int  // Discord's error code, 0 for none
	Dropped bool // the app was not told
	At      time.Time
}

// Calls lists what the app asked for, in the order of the answers.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call{}, s.calls...)
}

// CallsOf lists the calls of one route, written as in Refuse.
func (s *Server) CallsOf(route string) []Call {
	var found []Call
	for _, c := range s.Calls() {
		if matches(route, c.Route, c.Path) {
			found = append(found, c)
		}
	}
	return found
}

// refusal is an answer that says no.
type refusal struct {
	status, code int
	message      string
	errors       obj     // what is wrong where, under 50035
	after        float64 // seconds, under 429
}

func (r *refusal) Error() string { return fmt.Sprintf("%d %s", r.code, r.message) }

func (r *refusal) body() obj {
	body := obj{"message": r.message, "code": r.code}
	if r.errors != nil {
		body["errors"] = r.errors
	}
	if r.after > 0 {
		body["retry_after"], body["global"] = r.after, false
	}
	return body
}

// messages are Discord's words for its error codes.
var messages = map[int]string{
	0: "401: Unauthorized", 10002: "Unknown Application", 10003: "Unknown Channel", 10004: "Unknown Guild", 10007: "Unknown Member",
	10008: "Unknown Message", 10009: "Unknown Permission Overwrite", 10011: "Unknown Role", 10013: "Unknown User", 10014: "Unknown Emoji",
	10015: "Unknown Webhook", 10062: "Unknown interaction", 10063: "Unknown application command",
	20028: "The write action you are performing on the channel has hit the write rate limit.",
	30003: "Maximum number of pins reached (250)", 30013: "Maximum number of guild channels reached (500)",
	40005: "Request entity too large", 40060: "Interaction has already been acknowledged.",
	50001: "Missing Access", 50003: "Cannot execute action on a DM channel", 50005: "Cannot edit a message authored by another user",
	50006: "Cannot send an empty message", 50007: "Cannot send messages to this user", 50008: "Cannot send messages in a non-text channel",
	50013: "Missing Permissions", 50019: "A message can only be pinned in the channel it was sent in",
	50021: "Cannot execute action on a system message", 50024: "Cannot execute action on this channel type", 50027: "Invalid Webhook Token", 50035: "Invalid Form Body",
	50083: "Thread is archived", 50109: "The request body contains invalid JSON.",
	160004: "A thread has already been created for this message",
}

// refuse says no with one of Discord's codes.
func refuse(status, code int) error {
	return &refusal{status: status, code: code, message: messages[code]}
}

// The refusals that stand everywhere.
var (
	errUnknownChannel = refuse(404, 10003)
	errUnknownMessage = refuse(404, 10008)
	errUnknownGuild   = refuse(404, 10004)
	errUnknownUser    = refuse(404, 10013)
	errAccess         = refuse(403, 50001)
	errPermissions    = refuse(403, 50013)
)

// call is one request while its work is done; the server is locked.
type call struct {
	*Server
	*request
	route *route
}

// answer is what goes back over HTTP.
type answer struct {
	status int
	header http.Header
	code   int
	body   []byte
}

func jsonAnswer(status int, body any) answer {
	a := answer{status: status, header: http.Header{}}
	if body != nil {
		a.header.Set("Content-Type", "application/json")
		a.body = encode(body)
	}
	return a
}

func refused(err error) answer {
	var r *refusal
	if !errors.As(err, &r) {
		panic("discordtest: " + err.Error())
	}
	a := jsonAnswer(r.status, r.body())
	a.code = r.code
	if r.after > 0 {
		a.header.Set("Retry-After", seconds(r.after))
		a.header.Set("X-RateLimit-Scope", "shared")
	}
	return a
}

// seconds is a wait as the header Retry-After writes it, in whole seconds.
func seconds(after float64) string { return strconv.Itoa(int(math.Ceil(after))) }

// perform does the work of one call between the faults that tests ordered.
func (s *Server) perform(w http.ResponseWriter, r *http.Request, to *route) {
	in, err := readRequest(r)
	before, after := s.hooks()
	before(to.String())
	fault := s.take(to, in.path)
	if !s.sleep(fault.delay) {
		panic(http.ErrAbortHandler)
	}
	reply := s.handle(&call{Server: s, request: in, route: to}, err, fault)
	after(to.String())
	if fault.lose {
		panic(http.ErrAbortHandler) // net/http closes the connection without an answer
	}
	for name, values := range reply.header {
		w.Header()[name] = values
	}
	w.WriteHeader(reply.status)
	_, _ = w.Write(reply.body)
}

func (s *Server) handle(c *call, unreadable error, fault fault) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	reply := s.judge(c, unreadable, fault)
	s.countInvalid(reply)
	s.calls = append(s.calls, Call{Route: c.route.String(), Path: c.path, Query: c.query.Encode(), Body: c.raw, Files: c.fileNames(),
		Reason: c.reason, Status: reply.status, Code: reply.code, Dropped: fault.lose, At: s.clock()})
	return reply
}

// judge asks in Discord's order: is it up, is this app welcome, has it asked too
// often, may it ask at all.
func (s *Server) judge(c *call, unreadable error, fault fault) answer {
	switch {
	case s.down:
		return broken(http.StatusServiceUnavailable)
	case fault.instead != nil:
		return *fault.instead
	}
	if banned := s.banned(); banned != nil {
		return *banned
	}
	header, limited := s.spend(c)
	if limited != nil {
		return *limited
	}
	reply := s.outcome(c, unreadable)
	if fault.after != nil && reply.status < 300 {
		reply = *fault.after
	}
	for name, values := range header {
		if reply.header.Get(name) == "" {
			reply.header[name] = values
		}
	}
	return reply
}

// outcome does the work of a call that Discord is willing to listen to.
func (s *Server) outcome(c *call, unreadable error) answer {
	switch {
	case !c.route.open && (s.revoked || c.token != "Bot "+s.BotToken):
		return refused(refuse(401, 0))
	case unreadable != nil:
		return refused(refuse(400, 50109))
	}
	result, err := c.route.do(c)
	switch {
	case err != nil:
		c.note(err)
		return refused(err)
	case result == nil:
		return jsonAnswer(http.StatusNoContent, nil)
	}
	return jsonAnswer(or(c.status, http.StatusOK), result)
}

// note remembers what an app should never send.
func (c *call) note(err error) {
	var r *refusal
	if errors.As(err, &r) && (r.code == 50035 || r.code == 50006) {
		c.violation("%s: %s %s", c.route, r.message, encode(r.errors))
	}
}

func (s *Server) unknownRoute(w http.ResponseWriter, r *http.Request) {
	s.locked(func() { s.violation("there is no route %s %s here", r.Method, r.URL.Path) })
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusNotFound)
	_, _ = w.Write(encode(obj{"message": "404: Not Found", "code": 0}))
}

func (s *Server) serveAttachment(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	a := s.uploads[r.PathValue("id")]
	s.mu.Unlock()
	if a == nil || a.name != r.PathValue("name") {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", a.kind)
	_, _ = w.Write(a.content)
}
