package slack

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/config"
	"cresset/integrations/slack/slacktest"
)

var vocabulary = chat.Vocabulary{
	Slash: []chat.Slash{
		{Name: "incident", Line: "incident", Summary: "Declare and work incidents", Hint: "declare [sev2] [customer:acme] TEXT"},
		{Name: "cre", Line: "cre", Summary: "Requests, customers and the bot itself", Hint: "help"},
	},
	Reactions: map[string]string{"pushpin": "incident pin", "ticket": "cre request"},
	Shortcuts: []chat.Shortcut{{ID: "request", Label: "File a CRE request", Line: "cre request"}},
	Home:      "cre home", RoomChanged: "incident room-changed", RoomMoved: "incident room-moved",
}

// answers is a handler that remembers what it was given.
type answers struct {
	mu    sync.Mutex
	heard []chat.Event
	kept  []string // what could not be read, each behind its kind
	reply func(chat.Event) (chat.Reply, error)
}

func (a *answers) handle(_ context.Context, e chat.Event) (chat.Reply, error) {
	a.mu.Lock()
	a.heard = append(a.heard, e)
	reply := a.reply
	a.mu.Unlock()
	if reply == nil {
		return chat.Reply{}, nil
	}
	return reply(e)
}

func (a *answers) keep(kind string, raw []byte, _ error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.kept = append(a.kept, kind+" "+string(raw))
}

func (a *answers) with(reply func(chat.Event) (chat.Reply, error)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.reply = reply
}

func (a *answers) events() []chat.Event {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]chat.Event(nil), a.heard...)
}

func (a *answers) last(t *testing.T) chat.Event {
	t.Helper()
	all := a.events()
	if len(all) == 0 {
		t.Fatal("nothing was heard")
	}
	return all[len(all)-1]
}

// stage is a workspace with ada and bob in #ops, the bot too, and a platform on it.
type stage struct {
	*slacktest.Workspace
	*answers
	platform *Platform
	ops      slacktest.Channel
	ada, bob slacktest.User
}

func workspace(t *testing.T) *stage {
	t.Helper()
	ws := slacktest.Start(t)
	s := &stage{Workspace: ws, answers: &answers{}, ada: ws.AddUser("ada"), bob: ws.AddUser("bob")}
	s.ops = ws.AddChannel("ops", "ada", "bob", "cresset")
	s.platform = open(t, settingsOf(ws, true, true), Options{Log: logTo(t)})
	return s
}

func settingsOf(ws *slacktest.Workspace, socket, signed bool) string {
	text := "bot_token: " + ws.BotToken + "\napi_url: " + ws.URL + "/api/\n"
	if socket {
		text += "app_token: " + ws.AppToken + "\n"
	}
	if signed {
		text += "signing_secret: " + ws.SigningSecret + "\n"
	}
	return text
}

func section(t *testing.T, text string) config.Section {
	t.Helper()
	s, problems := config.NewSection("cresset.yaml", "integrations.slack", []byte(text), os.LookupEnv)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return s
}

func open(t *testing.T, text string, o Options) *Platform {
	t.Helper()
	p, problems := Open(section(t, text), vocabulary, o)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	p.stagger = 10 * time.Millisecond
	return p
}

func logTo(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// onBoth runs a test over Socket Mode and over signed HTTP.
func onBoth(t *testing.T, test func(*testing.T, *stage)) {
	t.Run("socket", func(t *testing.T) {
		s := workspace(t)
		s.run(t)
		s.AwaitConnections(connections)
		test(t, s)
	})
	t.Run("http", func(t *testing.T) {
		s := workspace(t)
		s.platform = open(t, settingsOf(s.Workspace, false, true), Options{Log: logTo(t)})
		s.run(t)
		s.serve(t)
		test(t, s)
	})
}

// run receives events until the test ends.
func (s *stage) run(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.platform.Run(ctx, s.handle) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	eventually(t, "the platform to be ready", func() bool { return s.platform.Ready() == nil })
}

func (s *stage) serve(t *testing.T) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	for pattern, h := range s.platform.Routes(s.handle) {
		mux.Handle(pattern, h)
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.DeliverTo(server.URL)
	return server
}

func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited a minute for %s", what)
		}
	}
}

var update = flag.Bool("update", false, "write the golden files anew, to be read and committed")

// golden compares with a file under testdata, or writes it with -update.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s differs; go test -update writes it anew.\ngot:\n%s\nwant:\n%s", path, got, want)
	}
}

func sendError(t *testing.T, err error) *chat.SendError {
	t.Helper()
	var e *chat.SendError
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a SendError", err)
	}
	return e
}

var errNoCommit = errors.New("no commit")

func userLike(handle string, bot bool, team string) slacktest.User {
	return slacktest.User{Name: handle, IsBot: bot, TeamID: team}
}

func picture() *chat.Chart {
	day := func(n int) time.Time { return time.Date(2026, 2, n, 0, 0, 0, 0, time.UTC) }
	return &chat.Chart{Title: "checkout", Alt: "29 % of the error budget of checkout is left.", Panels: []chat.Panel{{
		Name: "checkout", Value: "29 % left", From: day(1), To: day(28),
		Points: []chat.Point{{At: day(1), Value: 1}, {At: day(14), Value: 0.29}},
	}}}
}
