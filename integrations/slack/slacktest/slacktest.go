// Package slacktest is a Slack workspace that lives in a test: it keeps
// channels, messages, files and views, answers the Web API, and delivers what
// people do over Socket Mode or as signed requests.
//
//	ws := slacktest.Start(t)
//	ws.AddUser("ada")
//	ws.AddChannel("incidents", "ada", "cresset") // the app is a member, too
//	… start the app with ws.URL+"/api/", ws.BotToken and ws.AppToken …
//	ws.AwaitConnections(1)
//	answer := ws.As("ada").Slash("#incidents", "/incident", "declare sev2 checkout returns 500")
//	room := ws.Channel("inc-1-checkout-returns-500")
//
// It promises to answer as Slack documents it: the same methods, scopes, error
// codes, limits and three-second windows. Tests drive it from the outside, by
// being people (As) and by making Slack misbehave (Refuse, RateLimit, Delay,
// DropAnswer, FailAfterWork, Lag, DeliverTwice, Disconnect, SwitchSocketMode,
// StopPinging, Cut).
// It watches what the app sends: whatever breaks a limit of Slack's is answered
// with Slack's error and fails the test at its end, unless AllowProblems.
//
// It refuses to guess: an unknown method is unknown_method and a problem, and a
// person who does what Slack does not offer (a slash command where they are no
// member, a button that is not there) ends the test.
//
// Where Slack leaves a choice, it takes the one that hurts: payloads go to the
// connections in turn, those that are about to be closed included, events carry no
// order, metadata stays away unless asked for.
package slacktest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"
)

// obj is a JSON object.
type obj = map[string]any

// Workspace is one Slack workspace with one app installed in it.
// All methods may be called from any goroutine, those that end the test from the test's own.
type Workspace struct {
	URL           string // without a slash at the end
	BotToken      string // xoxb-…
	AppToken      string // xapp-…
	SigningSecret string
	TeamID        string
	AppID         string
	BotUser       User // the app's bot user, "cresset"

	t       testing.TB
	server  *httptest.Server
	methods map[string]method
	ctx     context.Context // ends with the test
	work    sync.WaitGroup  // deliveries under way

	mu         sync.Mutex
	closed     bool
	clock      func() time.Time
	lastTS     int64 // microseconds; no two messages share a timestamp
	lastID     int
	enterprise string
	orgWide    bool // the app is installed for the whole of it
	scopes     []string
	users      []*User
	groups     []*group
	channels   []*channel
	ephemerals []*message
	files      []*file
	scan       time.Duration
	views      map[string][]*view // open modals by user ID, the visible one last
	homes      map[string]*view
	triggers   map[string]*trigger
	responses  map[string]*responseURL
	posted     map[string]*message // by channel and client_msg_id
	calls      []Call
	problems   []string
	allowed    bool
	faults
	transport
}

// Start opens a workspace that closes with the test, on a port of this machine.
// It has one channel, #general, with every person in it and without the app.
func Start(t testing.TB) *Workspace {
	t.Helper()
	ws := New(t)
	ws.server = httptest.NewServer(ws.routes())
	ws.URL = ws.server.URL
	return ws
}

// New is Start without a port: the app reaches the workspace through Transport,
// and is reached after DeliverInto. All of it then fits into a bubble of
// testing/synctest.
func New(t testing.TB) *Workspace {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ws := &Workspace{
		BotToken:      "xoxb-test-bot-token",
		AppToken:      "xapp-test-app-token",
		SigningSecret: "test-signing-secret",
		TeamID:        "T0TEAM",
		AppID:         "A0CRESSET",
		t:             t,
		methods:       webAPI(),
		ctx:           ctx,
		clock:         time.Now,
		scopes:        slices.Clone(AllScopes),
		views:         map[string][]*view{},
		homes:         map[string]*view{},
		triggers:      map[string]*trigger{},
		responses:     map[string]*responseURL{},
		posted:        map[string]*message{},
		faults:        newFaults(),
		transport:     newTransport(),
	}
	ws.channels = []*channel{{id: ws.id("C"), name: "general", created: ws.clock()}}
	ws.BotUser = ws.addUser(User{Name: "cresset", IsBot: true})
	ws.URL = "https://slack.test"
	t.Cleanup(func() { ws.close(cancel) })
	return ws
}

func (ws *Workspace) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", ws.serveMethod)
	mux.HandleFunc("POST /upload/{id}", ws.serveUpload)
	mux.HandleFunc("GET /files/{id}", ws.serveFile)
	mux.HandleFunc("POST /response/{id}", ws.serveResponseURL)
	mux.HandleFunc("GET /link", ws.serveSocket)
	return mux
}

func (ws *Workspace) close(cancel context.CancelFunc) {
	ws.mu.Lock()
	ws.closed = true
	ws.mu.Unlock()
	cancel()
	ws.Cut()
	ws.work.Wait()
	if ws.server != nil {
		ws.server.CloseClientConnections()
		ws.server.Close()
	}
	if ws.allowed {
		return
	}
	for _, problem := range ws.Problems() {
		ws.t.Errorf("Slack would not have this: %s", problem)
	}
}

// SetClock makes the workspace tell the time with now, for timestamps, triggers and signatures.
func (ws *Workspace) SetClock(now func() time.Time) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.clock = now
}

// SetScopes replaces what the bot token may do. At first it may do everything in AllScopes.
func (ws *Workspace) SetScopes(scopes ...string) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.scopes = slices.Clone(scopes)
}

// DropScope takes one scope away from the bot token.
func (ws *Workspace) DropScope(scope string) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.scopes = slices.DeleteFunc(ws.scopes, func(s string) bool { return s == scope })
}

// AllowProblems keeps broken limits from failing the test. Problems still lists them.
func (ws *Workspace) AllowProblems() {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.allowed = true
}

// Problems lists what the app sent that Slack would not have, one sentence each.
func (ws *Workspace) Problems() []string {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return slices.Clone(ws.problems)
}

func (ws *Workspace) problem(format string, a ...any) {
	ws.problems = append(ws.problems, fmt.Sprintf(format, a...))
}

// id makes an identifier such as C0000007.
func (ws *Workspace) id(prefix string) string {
	ws.lastID++
	return fmt.Sprintf("%s%07d", prefix, ws.lastID)
}

// ts makes a message timestamp that no other message has.
func (ws *Workspace) ts() string {
	ws.lastTS = max(ws.lastTS+1, ws.clock().UnixMicro())
	return fmt.Sprintf("%d.%06d", ws.lastTS/1e6, ws.lastTS%1e6)
}

// background runs f beside the test. The workspace is locked, and waits for f when it closes.
func (ws *Workspace) background(f func()) {
	if !ws.closed {
		ws.work.Go(f)
	}
}

// locked runs f alone. A test that ends inside f leaves the workspace usable for its cleanup.
func (ws *Workspace) locked(f func()) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	f()
}
