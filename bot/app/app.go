// Package app is the whole bot in one Open and Run. It is the only package that
// knows every part by name, and the only one that reads the clock.
//
// It promises that a wrong configuration starts nothing, that what was
// acknowledged before a stop is there after it, and that a stop lets what is
// under way end.
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/outbox"
	"cresset/bot/router"
	"cresset/bot/workflow"
	"cresset/commands"
	"cresset/config"
	"cresset/integrations"
	"cresset/integrations/api"
	"cresset/integrations/web"
	"cresset/store"
)

// Options are what an app is opened with.
type Options struct {
	Config *config.Config
	Log    *slog.Logger
	Now    func() time.Time // nil: time.Now
	// Platforms are used besides those of the configuration; the first is home.
	Platforms []chat.Platform
	Parts     []integrations.Part // are used besides those of the configuration
	// Transport carries every call to the outside, and Dial connects to gateways;
	// nil: the network.
	Transport http.RoundTripper
	Dial      func(ctx context.Context, network, address string) (net.Conn, error)
}

// An App is a bot that can run. Make it with [Open] and end it with Close.
type App struct {
	config    *config.Config
	log       *slog.Logger
	now       func() time.Time
	rules     *cre.Settings
	db        store.DB
	state     state
	place     place
	router    *router.Router
	outbox    *outbox.Outbox
	parts     []integrations.Part
	platforms map[string]chat.Platform
	ended     ended
	metrics   *metrics
	tokens    []api.Token
	failed    chan error
	listener  net.Listener
}

// Open reads the state, opens every integration and wires them together. It
// starts nothing. A wrong configuration gives [config.Problems].
func Open(o Options) (*App, error) {
	a := &App{config: o.Config, log: o.Log, now: o.Now, platforms: map[string]chat.Platform{}, metrics: newMetrics(), failed: make(chan error, 1)}
	if a.now == nil {
		a.now = time.Now
	}
	rules, problems := settingsOf(o.Config)
	a.rules = rules
	rules.Roles.In = a.inGroup
	place, wrong := placeOf(o.Config)
	if wrong := config.Join(problems, wrong, a.openParts(o)); len(wrong) > 0 {
		return nil, wrong
	}
	a.place = place
	db, err := place.open(a.now, a.log, a.fail)
	if err != nil {
		return nil, err
	}
	if err := place.mustBeHere(context.Background(), db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if !place.alone() {
		db = fenced{db, a.fail}
	}
	a.db, a.state.DB = db, db
	a.metrics.registry.MustRegister(newBacklog(db, a.now))
	if err := a.prepare(); err != nil {
		return nil, errors.Join(err, a.db.Close())
	}
	return a, nil
}

// fail ends the bot, once.
func (a *App) fail(err error) {
	select {
	case a.failed <- err:
	default: // it is ending already
	}
}

// A state is the store as the parts get it: before it is opened, so that a wrong
// configuration opens none.
type state struct{ store.DB }

// openParts opens the integrations and sorts them by what they can.
func (a *App) openParts(o Options) config.Problems {
	a.rules.Site = strings.TrimSuffix(a.config.URL, "/")
	vocabulary := vocabularyOf(a.config)
	vocabulary.Suggest = func(p chat.Person, from, typed string) []chat.Option { return a.router.Suggest(p, from, typed) }
	vocabulary.Complete = func(p chat.Person, typed string) []chat.Option { return a.router.Complete(p, typed) }
	with := integrations.With{Vocabulary: vocabulary, Rules: a.rules, Now: a.now, Log: a.log, Listen: a.config.Listen,
		OnBadSignature: a.metrics.badSignature, OnUnreadable: a.keepUnreadable, DB: &a.state, Transport: o.Transport, Dial: o.Dial}
	var parts []integrations.Part
	for _, p := range o.Platforms {
		parts = append(parts, integrations.Part{Kind: p.Name(), Name: p.Name(), Does: p})
	}
	configured, problems := integrations.Open(a.config.Integrations, with)
	parts = append(append(parts, configured...), o.Parts...)
	a.parts, a.rules.Home = parts, homeOf(parts)
	if a.rules.Site == "" && a.rules.Home == web.Name {
		a.rules.Site = "http://" + a.config.Listen
	}
	var sources []string
	for _, part := range parts {
		if _, ok := part.Does.(outbox.Source); ok {
			sources = append(sources, part.Name)
		}
		if _, ok := part.Does.(outbox.Tracker); ok {
			if slices.Contains(a.rules.Trackers, part.Name) {
				problems = append(problems, a.config.Problem("integrations", "has two trackers with the name %q; give each its own", part.Name))
			}
			a.rules.Trackers = append(a.rules.Trackers, part.Name)
		}
		if p, ok := part.Does.(chat.Platform); ok {
			a.platforms[p.Name()] = p
			a.rules.Platforms = append(a.rules.Platforms, p.Name())
			if _, ok := p.(chat.Rooms); !ok {
				a.rules.Roomless = append(a.rules.Roomless, p.Name())
			}
		}
	}
	if len(a.platforms) == 0 && len(problems) == 0 { // else one of them could not be opened
		problems = unheard(a.config)
	}
	return config.Join(problems, unmeasurable(a.config, a.rules, sources), unhandable(a.config, a.rules.Trackers), undeliverable(a.config))
}

// prepare wires the parts and brings the state up to the configuration.
func (a *App) prepare() error {
	with := outbox.With{DB: a.db, Rules: a.rules, Platforms: a.platforms, Sources: map[string]outbox.Source{}, Trackers: map[string]outbox.Tracker{},
		Now: a.now, Log: a.log, Count: a.metrics.errand,
		Holder: newGeneration(), Alone: a.place.alone()}
	for _, part := range a.parts {
		if source, ok := part.Does.(outbox.Source); ok {
			with.Sources[part.Name] = source
			a.rhythm(part)
		}
		if drafter, ok := part.Does.(outbox.Drafter); ok {
			with.Drafter = drafter
		}
		if tracker, ok := part.Does.(outbox.Tracker); ok {
			with.Trackers[part.Name] = tracker
		}
	}
	a.outbox = outbox.New(with)
	a.router = router.New(commands.All(), router.With{DB: a.db, Rules: a.rules, Now: a.now, Log: a.log, After: a.outbox.Wake, Count: a.metrics.command})
	if err := a.loadTokens(a.place.dir()); err != nil {
		return err
	}
	ctx := context.Background()
	if err := a.db.Update(ctx, identify); err != nil {
		return err
	}
	if err := store.Build(ctx, a.db, everything(), func(index string) { a.log.Info("an index is new here and is built once", "index", index) }); err != nil {
		return err
	}
	return a.db.Update(ctx, func(tx store.Tx) error {
		s := &workflow.Step{Tx: tx, Now: a.now(), Rules: a.rules}
		if err := s.SyncCustomers(); err != nil {
			return err
		}
		return s.Schedule()
	})
}

// identify gives a database that is new an identity, if what is in it can be read.
func identify(tx store.Tx) error {
	if err := mustBeReadable(tx); err != nil {
		return err
	}
	generation, err := store.Fact(tx, store.Generation)
	if err != nil || generation != "" {
		return err
	}
	return store.SetFact(tx, store.Generation, newGeneration())
}

// newGeneration is a new identity for a database.
func newGeneration() string { return strings.ToLower(rand.Text()[:8]) }

// rhythm gives the SLOs of a source the source's own interval.
func (a *App) rhythm(part integrations.Part) {
	source, ok := part.Does.(interface{ Every() time.Duration })
	if !ok {
		return
	}
	for i := range a.rules.SLOs {
		if sli := &a.rules.SLOs[i].SLI; sli.Source == part.Name {
			sli.Every = source.Every()
		}
	}
}

// loadTokens reads the API's tokens, or makes one in a file that only the owner
// reads.
func (a *App) loadTokens(dir string) error {
	for _, t := range a.config.API.Tokens {
		a.tokens = append(a.tokens, api.Token{Name: t.Name, Secret: t.Token, Role: t.Role})
	}
	if len(a.tokens) > 0 {
		return nil
	}
	if a.place.server != "" { // a token of its own would be another on every replica
		a.log.Info("without api.tokens, neither programs nor cresset say can ask this bot")
		return nil
	}
	path := filepath.Join(dir, TokenFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		text, err = newToken(path)
	}
	if err != nil {
		return fmt.Errorf("token of the API: %w", err)
	}
	a.tokens = []api.Token{{Name: "local", Secret: config.NewSecret(strings.TrimSpace(string(text))), Role: "admin"}}
	return nil
}

// Handle does what an event asks, as the platforms do.
func (a *App) Handle(ctx context.Context, ev chat.Event) (chat.Reply, error) {
	return a.router.Handle(ctx, ev)
}

// Settle does the errands that are due, one after the other, where Run does not
// run: in a test, with a clock of its own.
func (a *App) Settle(ctx context.Context) error { return a.outbox.Settle(ctx) }

// Listen opens the listener, so that a port in use is known before anything
// starts, and gives its address.
func (a *App) Listen() (string, error) {
	var err error
	if a.listener, err = net.Listen("tcp", a.config.Listen); err != nil {
		return "", fmt.Errorf("listen on %s: %w; is another cresset running? `listen` in the configuration, or CRESSET_LISTEN without one, names another port", a.config.Listen, err)
	}
	host, _, _ := net.SplitHostPort(a.config.Listen) // it was listened on
	_, port, _ := net.SplitHostPort(a.listener.Addr().String())
	return "http://" + net.JoinHostPort(host, port), nil
}

// grace is how long a stop waits for what is under way. Docker kills what is not
// gone after ten seconds.
const grace = 8 * time.Second

// Run serves until ctx is done or something fails that no retry mends. Listen
// comes before it.
func (a *App) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var running sync.WaitGroup
	start := func(what string, run func(context.Context) error) {
		running.Go(func() {
			if err := run(ctx); err != nil && ctx.Err() == nil {
				cancel(fmt.Errorf("%s: %w", what, err))
			}
		})
	}
	start("http", a.serve)
	start("outbox", a.outbox.Run)
	for name, p := range a.platforms {
		start(name, func(ctx context.Context) error { return a.hear(ctx, name, p) })
	}
	start("store", func(ctx context.Context) error {
		select {
		case err := <-a.failed:
			if errors.Is(err, store.ErrAway) {
				return err
			}
			return fmt.Errorf("the disk failed, so the bot stops; what was acknowledged is safe: %w", err)
		case <-ctx.Done():
			return nil
		}
	})
	<-ctx.Done()
	a.log.Info("stopping", "errands", a.underWay())
	running.Wait()
	a.log.Info("stopped")
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// underWay is how many errands are being done, which a stop lets end.
func (a *App) underWay() (n int) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err := a.db.View(ctx, func(tx store.Tx) error {
		n = 0
		for e, err := range store.Errands.By(tx, "lane", nil, store.Page{Limit: 1000}) {
			if err != nil {
				return err
			}
			if e.State == store.Sending {
				n++
			}
		}
		return nil
	})
	if err != nil { // why the bot stops, perhaps, and said then
		return 0
	}
	return n
}

func (a *App) serve(ctx context.Context) error {
	server := &http.Server{Handler: a.routes(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelWarn)}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		end, cancel := context.WithTimeout(context.Background(), grace)
		defer cancel()
		stopped <- server.Shutdown(end)
	}()
	if err := server.Serve(a.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	if err := <-stopped; err != nil {
		return server.Close()
	}
	return nil
}

// Close ends the app. What was acknowledged is on the disk.
func (a *App) Close() error {
	if a.listener != nil {
		_ = a.listener.Close() // closed already when Run ended
	}
	return a.db.Close()
}

func indexed(list string, i int, field string) string {
	path := fmt.Sprintf("%s[%d]", list, i)
	if field != "" {
		path += "." + field
	}
	return path
}
