package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/config"
	"cresset/store"
	"cresset/store/bolt"
)

// A bench is a console on a real database behind a real server, with a handler
// that the test scripts.
type bench struct {
	*testing.T
	*Console
	server *httptest.Server
	who    string       // who asks in get and post; "" has said no name
	cookie *http.Cookie // of a login

	mu     sync.Mutex
	events []chat.Event
	script func(chat.Event) (chat.Reply, error)
	clock  time.Time
	keys   int
}

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func newBench(t *testing.T) *bench {
	t.Helper()
	return startBench(t, openStore(t, filepath.Join(t.TempDir(), "test.db")), "")
}

func openStore(t *testing.T, path string) store.DB {
	t.Helper()
	db, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// startBench starts a console on a store, with a section of the configuration.
func startBench(t *testing.T, db store.DB, section string, change ...func(*Deps)) *bench {
	t.Helper()
	b := &bench{T: t, clock: noon}
	b.server = httptest.NewUnstartedServer(http.NotFoundHandler())
	deps := Deps{DB: db, Vocabulary: vocabulary(), Settings: settings(), Now: b.now,
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Listen: b.server.Listener.Addr().String()}
	for _, c := range change {
		c(&deps)
	}
	c, problems := Open(sectionOf(t, section), deps)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	b.Console = c
	mux := http.NewServeMux()
	for pattern, h := range c.Routes(b.handle) {
		mux.Handle(pattern, h)
	}
	b.server.Config.Handler = mux
	b.server.Start()
	t.Cleanup(b.server.Close)
	t.Cleanup(c.hub.close)
	return b
}

// sectionOf is integrations.console with these settings.
func sectionOf(t *testing.T, text string) config.Section {
	t.Helper()
	section, problems := config.NewSection("cresset.yaml", "integrations.console", []byte(text), func(string) (string, bool) { return "", false })
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return section
}

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.clock
}

func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clock = b.clock.Add(d)
}

func (b *bench) handle(_ context.Context, e chat.Event) (chat.Reply, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.events = append(b.events, e)
	if b.script == nil {
		return chat.Replyf("heard %s", e.Line), nil
	}
	return b.script(e)
}

// last is the last event that the handler got.
func (b *bench) last() chat.Event {
	b.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.events) == 0 {
		b.Fatal("no event came")
	}
	return b.events[len(b.events)-1]
}

func vocabulary() chat.Vocabulary {
	lines := []string{"incident declare", "incident list", "incident resolve", "slo digest"}
	return chat.Vocabulary{
		Slash:     []chat.Slash{{Name: "incident", Line: "incident"}, {Name: "cre", Line: "cre"}, {Name: "x-slo", Line: "slo"}, {Name: "postmortem", Line: "postmortem"}},
		Reactions: map[string]string{"pushpin": "incident pin", "ticket": "cre request"},
		Shortcuts: []chat.Shortcut{{ID: "request", Label: "File a request", Line: "cre request"}},
		Complete: func(p chat.Person, typed string) []chat.Option {
			var found []chat.Option
			for _, l := range lines {
				if strings.HasPrefix(l, typed) {
					found = append(found, chat.Option{Value: l, Label: "for " + p.Name})
				}
			}
			return found
		},
	}
}

func settings() *cre.Settings {
	return &cre.Settings{
		Zone:       time.UTC,
		Severities: map[cre.Severity]cre.SeverityRule{cre.Sev2: {Means: "Some customers cannot do something important."}},
		Channels:   cre.Channels{Incidents: "incidents", Requests: "cre", Digests: "reliability"},
		TierWeight: map[string]int{"enterprise": 4, "standard": 1},
		Weights:    cre.Weights{Tier: 20, Deadline: 20},
		Customers: []cre.Customer{
			{Key: "acme", Name: "Acme GmbH", Tier: "enterprise", Owner: "@ada", Services: []string{"checkout", "payments"}, Configured: true},
			{Key: "globex", Name: "Globex Corporation", Tier: "standard", Configured: true},
		},
		SLOs: []cre.SLO{
			{Name: "acme-checkout", Title: "Checkout for Acme", Customers: []string{"acme"}, Objective: "99.9%", Budget: 0.001,
				Window: cre.Window{Length: 30 * 24 * time.Hour}, SLI: cre.SLI{Every: time.Minute}},
			{Name: "globex-api", Title: "API for Globex", Customers: []string{"globex"}, Objective: "99.5%", Budget: 0.005,
				Window: cre.Window{Length: 30 * 24 * time.Hour}, SLI: cre.SLI{Every: time.Minute}},
		},
	}
}

// request sends one, as the person that the bench is.
func (b *bench) request(method, path string, form url.Values, change ...func(*http.Request)) (int, http.Header, string) {
	b.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(b.Context(), method, b.server.URL+path, body)
	if err != nil {
		b.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if b.who != "" {
		r.AddCookie(&http.Cookie{Name: nameCookie, Value: b.who})
	}
	if b.cookie != nil {
		r.AddCookie(b.cookie)
	}
	for _, c := range change {
		c(r)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		b.Fatal(err)
	}
	return answer.StatusCode, answer.Header, string(text)
}

// get gives a page, which must be there.
func (b *bench) get(path string) string {
	b.Helper()
	status, _, text := b.request("GET", path, nil)
	if status != http.StatusOK {
		b.Fatalf("GET %s: %d, want 200\n%s", path, status, text)
	}
	return text
}

// post sends an act with a new key, unless it has one.
func (b *bench) post(path string, pairs ...string) (int, answer) {
	b.Helper()
	form := url.Values{}
	b.keys++
	form.Set("key", fmt.Sprintf("key-%08d", b.keys))
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	status, _, text := b.request("POST", path, form)
	var a answer
	if err := json.NewDecoder(bytes.NewReader([]byte(text))).Decode(&a); err != nil {
		b.Fatalf("POST %s: %d %s", path, status, text)
	}
	return status, a
}

// did is post where all must go well.
func (b *bench) did(path string, pairs ...string) answer {
	b.Helper()
	status, a := b.post(path, pairs...)
	if status != http.StatusOK || a.Error != "" {
		b.Fatalf("POST %s %q: %d %q", path, pairs, status, a.Error)
	}
	return a
}

func (b *bench) say(channel, text string) {
	b.Helper()
	if _, err := b.Post(b.Context(), chat.Place{Platform: Name, Channel: channel}, chat.Message{Text: chat.Plain(text)}, text); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) update(fn func(store.Tx) error) {
	b.Helper()
	if err := b.DB.Update(b.Context(), fn); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) wants(text string, parts ...string) {
	b.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			b.Errorf("got\n%s\nwant it to have %q", text, p)
		}
	}
}

func (b *bench) lacks(text string, parts ...string) {
	b.Helper()
	for _, p := range parts {
		if strings.Contains(text, p) {
			b.Errorf("got\n%s\nwant it without %q", text, p)
		}
	}
}
