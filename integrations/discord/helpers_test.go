package discord

import (
	"context"
	"errors"
	"flag"
	"fmt"
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
	"cresset/integrations/discord/discordtest"
)

var update = flag.Bool("update", false, "write the golden files, to be read and committed")

var vocabulary = chat.Vocabulary{
	Slash: []chat.Slash{
		{Name: "incident", Line: "incident", Summary: "Declare and work incidents", Hint: "declare [sev2] [customer:acme] TEXT"},
		{Name: "cre", Line: "cre", Summary: "Requests, customers and the bot itself", Hint: "help"},
	},
	Reactions: map[string]string{"pushpin": "incident pin", "ticket": "cre ticket-this"},
	Shortcuts: []chat.Shortcut{{ID: "request", Label: "File a CRE request", Line: "cre request"}},
	Verbs: []chat.Verb{
		{Line: "incident declare", Summary: "open an incident", Fields: []chat.FormField{
			{Name: "title", Label: "Title", Kind: chat.OneLine},
			{Name: "severity", Label: "Severity", Kind: chat.Choice, Options: []chat.Option{{Value: "sev1", Label: "sev1"}, {Value: "sev2", Label: "sev2"}}, Optional: true},
			{Name: "customer", Label: "Customer", Kind: chat.Choices, From: chat.Customers, Optional: true},
			{Name: "drill", Label: "Drill", Kind: chat.Yes, Optional: true}}},
		{Line: "incident ops", Summary: "name who changes things", Fields: []chat.FormField{{Name: "who", Label: "Who", Kind: chat.Somebody}}},
		{Line: "incident customers add", Summary: "add customers", Fields: []chat.FormField{{Name: "customers", Label: "Customers", Kind: chat.Choices, From: chat.Customers}}},
		{Line: "cre customer", Summary: "show a customer", Fields: []chat.FormField{{Name: "customer", Label: "Customer", Kind: chat.Choice, From: chat.Customers}}},
		{Line: "cre customer add", Summary: "add a customer", Fields: []chat.FormField{{Name: "key", Label: "Key", Kind: chat.OneLine}}},
	},
	Suggest: func(_ chat.Person, from, typed string) []chat.Option {
		return []chat.Option{{Value: from + "-" + typed, Label: "The " + from + " " + typed}}
	},
	Complete: func(_ chat.Person, typed string) []chat.Option {
		return []chat.Option{{Value: typed + "x ", Label: "what could follow"}}
	},
}

// answers is a handler that remembers what it was given.
type answers struct {
	mu    sync.Mutex
	heard []chat.Event
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

func (a *answers) with(reply func(chat.Event) (chat.Reply, error)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.reply = reply
}

func (a *answers) says(r chat.Reply) {
	a.with(func(chat.Event) (chat.Reply, error) { return r, nil })
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

// stage is a server with ada and bob, the channel #ops, and a platform on it.
type stage struct {
	*discordtest.Server
	*answers
	platform *Platform
	ops      discordtest.Channel
	ada, bob discordtest.User
}

func server(t *testing.T) *stage {
	t.Helper()
	return serverFor(t, vocabulary)
}

// serverFor is one with a vocabulary of its own.
func serverFor(t *testing.T, v chat.Vocabulary) *stage {
	t.Helper()
	d := discordtest.Start(t)
	s := &stage{Server: d, answers: &answers{}}
	s.ada = d.AddUserLike(discordtest.User{Name: "ada", GlobalName: "ada"})
	s.bob = d.AddUserLike(discordtest.User{Name: "bob", GlobalName: "bob"})
	s.ops = d.AddChannel("ops")
	s.platform = openFor(t, settingsOf(d, true), v, Options{Log: logTo(t)})
	return s
}

func settingsOf(d *discordtest.Server, signed bool) string {
	text := "bot_token: " + d.BotToken + "\napplication_id: " + d.AppID + "\nguild: " + d.GuildID + "\napi_url: " + d.URL + "\n"
	if signed {
		text += "public_key: " + d.PublicKey + "\n"
	}
	return text
}

func section(t *testing.T, text string) config.Section {
	t.Helper()
	s, problems := config.NewSection("cresset.yaml", "integrations.discord", []byte(text), os.LookupEnv)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return s
}

func open(t *testing.T, text string, o Options) *Platform {
	t.Helper()
	return openFor(t, text, vocabulary, o)
}

func openFor(t *testing.T, text string, v chat.Vocabulary, o Options) *Platform {
	t.Helper()
	p, problems := Open(section(t, text), v, o)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return p
}

func logTo(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// onBoth runs a test with interactions over the gateway and over signed HTTP.
func onBoth(t *testing.T, test func(*testing.T, *stage)) {
	t.Run("gateway", func(t *testing.T) {
		s := server(t)
		s.run(t)
		test(t, s)
	})
	t.Run("http", func(t *testing.T) {
		s := server(t)
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

func (s *stage) serve(t *testing.T) {
	t.Helper()
	mux := http.NewServeMux()
	for pattern, h := range s.platform.Routes(s.handle) {
		mux.Handle(pattern, h)
	}
	web := httptest.NewServer(mux)
	t.Cleanup(web.Close)
	s.DeliverTo(web.URL)
}

func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited a minute for %s", what)
		}
	}
}

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

func person(u discordtest.User) chat.Person {
	return chat.Person{Platform: name, ID: u.ID, Name: u.Name}
}

var errNoCommit = errors.New("no commit")

func testContext(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithCancel(t.Context())
}

// everything does all that the bot does to a server, up to the first refusal.
func (s *stage) everything(t *testing.T) error {
	p, ctx := s.platform, t.Context()
	room, err := p.OpenRoom(ctx, chat.RoomSpec{Name: "inc-1-room", Mark: "m", Private: true})
	if err != nil {
		return err
	}
	card, err := p.Post(ctx, room.Place, chat.Message{Text: "card", Files: []chat.File{{Name: "a.md", Content: []byte("x")}}}, "card")
	if err != nil {
		return err
	}
	if refused, err := p.Invite(ctx, room.Place, []chat.Person{person(s.ada)}); err != nil || len(refused) > 0 {
		return errors.Join(err, fmt.Errorf("refused %v", refused))
	}
	if err := errors.Join(p.Describe(ctx, room.Place, "topic", "purpose"), p.Pin(ctx, card), p.Edit(ctx, card, chat.Message{Text: "edited"})); err != nil {
		return err
	}
	if _, err := p.Post(ctx, room.Place.In(card.ID), chat.Message{Text: "in the thread"}, "thread"); err != nil {
		return err
	}
	if _, found, err := p.Find(ctx, room.Place.In(card.ID), "thread", time.Now()); err != nil || !found {
		return errors.Join(err, fmt.Errorf("found: %v", found))
	}
	return p.CloseRoom(ctx, room.Place)
}
