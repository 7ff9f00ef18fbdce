// Package discordtest is a Discord guild that lives in a test: it keeps
// channels, messages, threads, commands and interactions, answers the REST API
// (v9 and v10), speaks the gateway over WebSocket, and delivers what people do
// over the gateway or as signed requests.
//
//	d := discordtest.Start(t)
//	d.AddUser("ada")
//	d.AddChannel("incidents")
//	… start the app with d.URL for https://discord.com, d.BotToken, d.AppID and d.GuildID …
//	d.AwaitConnections(1)
//	answer := d.As("ada").Slash("#incidents", "/incident declare severity:sev2 title:checkout returns 500")
//	room := d.Channel("inc-1-checkout-returns-500")
//
// It promises to answer as Discord documents it: the same routes, permissions,
// error bodies, limits and windows of time. Tests drive it from the outside, by
// being people (As) and by making Discord misbehave (Refuse, LoseAnswer, Delay,
// Limit, Lag, Outage, DeliverTwice, Drop, Reconnect, Invalidate, Close, Mute).
// It watches what the app sends: whatever breaks a limit of Discord's is
// answered with Discord's error and fails the test at its end, and so does a
// message that does not say whom it may ping, unless AllowViolations.
//
// It refuses to guess: an unknown route is 404 and a violation, and a person who
// does what Discord does not offer (a command that is not registered, a button
// that is not there) ends the test.
//
// Where Discord leaves a choice, it takes the one that hurts: pinning leaves a
// line in the channel, two channels may have one name, and what a deleted
// overwrite allowed is gone at once. Only numbers that Discord keeps to itself,
// the sizes of its buckets, are generous until a test tightens them.
package discordtest

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// obj is a JSON object.
type obj = map[string]any

// Server is Discord with one guild and one app installed in it.
// All methods may be called from any goroutine, those that end the test from the test's own.
type Server struct {
	URL       string // stands for https://discord.com, without a slash at the end
	BotToken  string // without "Bot "
	AppID     string
	PublicKey string // with which signed requests are verified, in hex
	GuildID   string
	BotUser   User // the app's bot user, "cresset"

	t      testing.TB
	server *httptest.Server
	key    ed25519.PrivateKey
	routes []*route
	ctx    context.Context // ends with the test
	work   sync.WaitGroup  // deliveries under way

	mu           sync.Mutex
	closed       bool
	clock        func() time.Time
	lastID       int64
	users        []*user
	roles        []*role
	channels     []*channel
	ephemerals   []*message
	uploads      map[string]*attachment
	commands     map[string][]obj // by scope: a guild's ID, or "" for everywhere
	creates      []time.Time      // of commands, within a day
	interactions map[string]*interaction
	modals       map[string]*modal // open modals by user ID
	nonces       map[string]*sent
	privileged   Intents
	calls        []Call
	violations   []string
	allowed      bool
	faults
	limits
	delivery
	gateway
}

// Start opens a guild that closes with the test, on a port of this machine.
// It has one channel, #general, which everybody sees.
func Start(t testing.TB) *Server {
	t.Helper()
	s := New(t)
	s.server = httptest.NewServer(s.handler())
	s.URL = s.server.URL
	return s
}

// New is Start without a port: the app reaches Discord through Transport and Dial, and
// is reached over the gateway or after DeliverInto. All of it then fits into a
// bubble of testing/synctest.
func New(t testing.TB) *Server {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatalf("discordtest: make a key: %v", err)
	}
	s := &Server{
		URL:          "https://discord.test",
		PublicKey:    hex.EncodeToString(public),
		t:            t,
		key:          private,
		routes:       restAPI(),
		ctx:          ctx,
		clock:        time.Now,
		uploads:      map[string]*attachment{},
		commands:     map[string][]obj{},
		interactions: map[string]*interaction{},
		modals:       map[string]*modal{},
		nonces:       map[string]*sent{},
		privileged:   privilegedIntents,
		faults:       newFaults(),
		limits:       newLimits(),
		gateway:      newGateway(),
	}
	s.found()
	t.Cleanup(func() { s.close(cancel) })
	return s
}

// found makes the guild, its owner, the app's bot and #general.
func (s *Server) found() {
	s.GuildID = s.id()
	s.roles = []*role{{id: s.GuildID, name: "@everyone", permissions: EveryonePermissions}}
	s.addUser(User{Name: "owner"})
	s.BotUser = s.addUser(User{Name: "cresset", Bot: true})
	s.AppID = s.BotUser.ID
	s.BotToken = "test-bot-token." + s.AppID
	managed := &role{id: s.id(), name: "cresset", permissions: BotPermissions, managed: true, position: 1}
	s.roles = append(s.roles, managed)
	s.bot().roles = []string{managed.id}
	s.channels = []*channel{{id: s.id(), name: "general", created: s.clock()}}
}

func (s *Server) close(cancel context.CancelFunc) {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	cancel()
	s.cutAll()
	s.work.Wait()
	if s.server != nil {
		s.server.CloseClientConnections()
		s.server.Close()
	}
	if s.allowed {
		return
	}
	for _, violation := range s.Violations() {
		s.t.Errorf("Discord would not have this: %s", violation)
	}
}

// SetClock makes Discord tell the time with now, for identifiers, interactions
// and what people read. Rate limits and the gateway go by the time of the machine,
// as the clients that wait for them do.
func (s *Server) SetClock(now func() time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock = now
	said := func(ch *channel) bool { return len(ch.messages) > 0 }
	if at := snowflakeAt(now()); at > 0 && at < s.lastID-snowflakeSecond && !slices.ContainsFunc(s.channels, said) {
		s.lastID = at // identifiers tell the time, too, and the past is past until somebody speaks
	}
}

// SetPermissions replaces what the app's role allows. At first that is BotPermissions.
func (s *Server) SetPermissions(p Permissions) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.roleBy("cresset").permissions = p
}

// SetEveryone replaces what everybody in the guild may do. At first that is
// EveryonePermissions.
func (s *Server) SetEveryone(p Permissions) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.roles[0].permissions = p
}

// AllowIntents says which of the privileged intents are switched on for the app.
// At first all are.
func (s *Server) AllowIntents(which Intents) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.privileged = which & privilegedIntents
}

// AllowViolations keeps broken limits from failing the test. Violations still lists them.
func (s *Server) AllowViolations() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.allowed = true
}

// Violations lists what the app sent that Discord would not have, and messages
// that do not say whom they may ping, one sentence each.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.violations)
}

func (s *Server) violation(format string, a ...any) {
	s.violations = append(s.violations, fmt.Sprintf(format, a...))
}

// epoch is the first millisecond of Discord's identifiers.
const epoch = 1420070400000

const snowflakeSecond = 1000 << 22

// id makes a snowflake: the time, and a number that no other has.
func (s *Server) id() string {
	s.lastID = max(s.lastID+1, snowflakeAt(s.clock()))
	return strconv.FormatInt(s.lastID, 10)
}

func snowflakeAt(at time.Time) int64 { return (at.UnixMilli() - epoch) << 22 }

// background runs f beside the test. The server is locked, and waits for f when it closes.
func (s *Server) background(f func()) {
	if !s.closed {
		s.work.Go(f)
	}
}

// locked runs f alone. A test that ends inside f leaves the server usable for its cleanup.
func (s *Server) locked(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// handler is everything under URL.
func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	for _, version := range []string{"v9", "v10"} {
		for _, r := range s.routes {
			mux.HandleFunc(r.method+" /api/"+version+r.path, func(w http.ResponseWriter, req *http.Request) { s.perform(w, req, r) })
		}
	}
	mux.HandleFunc("/api/", s.unknownRoute)
	mux.HandleFunc("GET /attachments/{channel}/{id}/{name}", s.serveAttachment)
	for _, path := range []string{"/gateway", "/gateway/{$}", "/resume/{session}", "/resume/{session}/{$}"} {
		mux.HandleFunc("GET "+path, s.serveGateway)
	}
	return mux
}
