package app

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// consoleBot is the bot with its console, under one address however often it is
// restarted.
type consoleBot struct {
	t      testing.TB
	yaml   string // the configuration
	more   string // … and more of it
	server *httptest.Server
	twice  bool // every act comes twice, and must be answered alike

	app *App
	end func()

	mu     sync.Mutex
	routes http.Handler // nil: the bot is stopped
	last   *delivery
}

// A delivery is an act as it came in.
type delivery struct {
	request *http.Request
	body    string
	answer  *httptest.ResponseRecorder
}

// newConsoleBot configures the bot of the scripts.
func newConsoleBot(t testing.TB) *consoleBot {
	b := serveConsoleBot(t)
	b.yaml = fmt.Sprintf(scriptConfig, filepath.Join(t.TempDir(), "cresset.db"), probedServer(t),
		fmt.Sprintf("listen: %q\nintegrations: {console: %s}", b.server.Listener.Addr(), logins()))
	return b
}

// serveConsoleBot has the address, and no configuration yet.
func serveConsoleBot(t testing.TB) *consoleBot {
	b := &consoleBot{t: t}
	b.server = httptest.NewServer(b)
	t.Cleanup(b.server.Close)
	return b
}

// logins is the section of a console that all people of the scripts log into.
func logins() string {
	var all []string
	for _, who := range people {
		all = append(all, fmt.Sprintf("{name: %s, secret: %s}", who, secretOf(who)))
	}
	return "{login: [" + strings.Join(all, ", ") + "]}"
}

// secretOf is what a person logs in with.
func secretOf(who string) string { return "not-a-secret-of-" + who }

func (b *consoleBot) start(clock *clock) {
	b.app = openApp(b.t, b.yaml+b.more, clock.Now)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for _, p := range b.app.platforms {
		running.Go(func() {
			if err := p.Run(ctx, b.app.Handle); err != nil {
				b.t.Errorf("%s: %v", p.Name(), err)
			}
		})
	}
	b.serve(b.app.routes())
	b.end = func() {
		b.serve(nil)
		cancel()
		running.Wait()
	}
}

func (b *consoleBot) configure(yaml string) {
	b.more = accounts(yaml, func(who string) string { return "console:" + who })
}

func (b *consoleBot) serve(routes http.Handler) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.routes = routes
}

func (b *consoleBot) stop() {
	b.end()
	if err := b.app.Close(); err != nil {
		b.t.Error(err)
	}
}

func (b *consoleBot) settle() {
	if err := b.app.Settle(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
}

// ServeHTTP stands between the browsers and the bot, as a proxy does.
func (b *consoleBot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	routes := b.routes
	b.mu.Unlock()
	switch {
	case routes == nil:
		http.Error(w, "the bot is stopped", http.StatusBadGateway)
	case r.Method == http.MethodPost && r.URL.Path != "/login":
		b.deliver(w, r, routes)
	default:
		routes.ServeHTTP(w, r)
	}
}

func (b *consoleBot) deliver(w http.ResponseWriter, r *http.Request, routes http.Handler) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	d := &delivery{request: r, body: string(body)}
	d.answer = d.to(routes)
	if b.twice {
		b.once(d, routes)
	}
	b.mu.Lock()
	b.last = d
	b.mu.Unlock()
	for name, all := range d.answer.Header() {
		w.Header()[name] = all
	}
	w.WriteHeader(d.answer.Code)
	_, _ = w.Write(d.answer.Body.Bytes()) // whoever went away does not see it
}

// to delivers the act, and gives the answer.
func (d *delivery) to(routes http.Handler) *httptest.ResponseRecorder {
	r := d.request.Clone(context.WithoutCancel(d.request.Context()))
	r.Body = io.NopCloser(strings.NewReader(d.body))
	answer := httptest.NewRecorder()
	routes.ServeHTTP(answer, r)
	return answer
}

// again delivers the last act once more.
func (b *consoleBot) again() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.once(b.last, b.routes)
}

// once holds that a second delivery is answered like the first.
func (b *consoleBot) once(d *delivery, routes http.Handler) {
	if second := d.to(routes); second.Code != d.answer.Code || second.Body.String() != d.answer.Body.String() {
		b.t.Errorf("%s %s is answered %d %s, and delivered again %d %s", d.request.URL.Path, d.body,
			d.answer.Code, d.answer.Body, second.Code, second.Body)
	}
}
