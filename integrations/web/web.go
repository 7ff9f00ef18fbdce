// Package web is the console: a chat platform in the browser, named "console",
// and the pages of the product.
//
// It promises that what was said is on the disk before anybody sees it, that the
// same post is one message however often it is repeated, and that a page shows
// what is true now without being loaded again. On its own machine it needs no account:
// whoever reaches it may say who they are. It listens to other machines, or answers
// under a name that may be theirs, only when the configuration says who may log in,
// or which proxy knows; then nobody sees anything before that, on this machine
// either, and every event is by whom the session says. It answers under the names
// of its own machine, that of the url, and those that the operator lists.
//
// It refuses to change any record but its own, which are rooms and what was said
// in them: everything else that a person does leaves it as a [chat.Event]. It runs no script and loads no style or picture that is
// not its own, and what people wrote is text on every page.
package web

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/config"
	"cresset/store"
)

// Name is the console's name as a platform.
const Name = "console"

// botName is who speaks for the bot.
const botName = "cresset"

// Deps is what the console needs from the rest of the bot.
type Deps struct {
	DB         store.DB
	Vocabulary chat.Vocabulary
	Settings   *cre.Settings
	Now        func() time.Time
	Log        *slog.Logger
	Listen     string // the listener's address as configured: "localhost:8737"
	OnBadLogin func() // hears of each login that was refused; may be nil
}

// A Console is the platform and its pages. Make it with [Open].
type Console struct {
	Deps
	people  []string        // names that are offered
	hosts   map[string]bool // names under which it answers
	strange atomic.Int64    // the minute in which another name was last logged
	gate    gate            // who may come in
	own     bool            // only this machine reaches it, and anybody there may be anybody
	beat    time.Duration   // how often a silent stream says that it lives
	hub     *hub
	pages   pages
	assets  assets
	glyphs  *strings.Replacer // emoji that the pages draw themselves, as their buttons do
}

var (
	_ chat.Served     = (*Console)(nil)
	_ chat.Platform   = (*Console)(nil)
	_ chat.Finder     = (*Console)(nil)
	_ chat.Editor     = (*Console)(nil)
	_ chat.Rooms      = (*Console)(nil)
	_ chat.Pinner     = (*Console)(nil)
	_ chat.Bookmarker = (*Console)(nil)
	_ chat.Connected  = (*Console)(nil)
)

// Settings are what the section integrations.console may say.
type Settings struct {
	People []string `yaml:"people" doc:"Names that the console offers to whoever opens it: lower-case letters, digits and dashes."`
	Hosts  []string `yaml:"hosts" doc:"Names under which others reach the console, such as cresset.example.com. It always answers to localhost and to the hosts of listen and url."`
	Login  []Login  `yaml:"login" doc:"Who may log in. With it, or with a proxy, nobody sees the console before they are known, on its own machine either. It listens to other machines, and answers under their names, only then."`
	Proxy  *Proxy   `yaml:"proxy" doc:"Something in front of the console that asked people who they are."`
}

// Open reads the section and makes the console. It starts nothing.
func Open(section config.Section, d Deps) (*Console, config.Problems) {
	var s Settings
	problems := section.Decode(&s)
	for _, name := range s.People {
		if !isPersonName(name) {
			problems = append(problems, section.Problem("people", "has %q: a name is up to 40 lower-case letters, digits and dashes", name))
		}
	}
	logins, wrongLogins := readLogins(section, s.Login)
	proxy, wrongProxy := readProxy(section, s.Proxy)
	problems = config.Join(problems, wrongLogins, wrongProxy)
	c := &Console{Deps: d, people: s.People, gate: gate{logins, proxy, newBrake(logins)}, hub: newHub(), beat: heartbeat}
	names := append([]string{hostOf(d.Listen), hostOfURL(d.Settings.Site)}, s.Hosts...)
	c.hosts = allowedHosts(names)
	foreign := slices.IndexFunc(names, func(name string) bool { return !isLoopback(name) })
	c.own = foreign < 0 && c.gate.open()
	if c.gate.open() && !c.own {
		problems = append(problems, section.Problem("", `has no login, and %q is not only this machine: whoever reaches it could be anybody. Write who may log in, as login: [{name: ada, secret: "${ADA_SECRET}"}], or under proxy what in front of it knows who people are; or keep listen, url and hosts to localhost`, names[foreign]))
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.assets = loadAssets()
	c.pages = c.loadPages()
	c.glyphs = strings.NewReplacer("📌", c.fragment("glyph", "pushpin"), "🎫", c.fragment("glyph", "ticket"))
	return c, problems
}

// Name implements [chat.Platform].
func (c *Console) Name() string { return Name }

// Ready implements [chat.Connected]: people reach the console whenever the bot
// runs.
func (c *Console) Ready() error { return nil }

// pruneEvery is how often answers that only one person saw, and sessions, are
// cleared away.
const pruneEvery = time.Hour

// Run implements [chat.Platform]. Events come in over HTTP; what is left to do
// here is to look what other replicas changed, to clear away old private answers
// and sessions and, at the end, to let go of the browsers that listen.
func (c *Console) Run(ctx context.Context, _ chat.Handler) error {
	defer c.hub.close()
	prune, look := time.NewTicker(pruneEvery), time.NewTicker(lookEvery)
	defer prune.Stop()
	defer look.Stop()
	c.clearAway(ctx)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-prune.C:
			c.clearAway(ctx)
		case <-look.C:
			if err := c.lookAround(ctx); err != nil && ctx.Err() == nil {
				c.Log.Warn("what other replicas said is not seen", "platform", Name, "err", err)
			}
		}
	}
}

func (c *Console) clearAway(ctx context.Context) {
	if err := errors.Join(c.prune(ctx), c.pruneSessions(ctx)); err != nil && ctx.Err() == nil {
		c.Log.Warn("old private answers and sessions were not cleared away", "platform", Name, "err", err)
	}
}

// Routes implements [chat.Served]. All but the login and what its page loads is
// for people who were admitted.
func (c *Console) Routes(handle chat.Handler) map[string]http.Handler {
	a := &acts{Console: c, handle: handle}
	admitted := map[string]http.HandlerFunc{
		"GET /{$}":               c.showFirst,
		"GET /c/{channel}":       c.showChannel,
		"GET /m/{seq}/chart.png": c.serveChart,
		"GET /m/{seq}/file/{n}":  c.serveFile,
		"GET /incidents":         c.showIncidents,
		"GET /incidents/{id}":    c.showIncident,
		"GET /queue":             c.showQueue,
		"GET /queue/import":      c.showImport,
		"GET /queue/export.csv":  c.exportSheet,
		"GET /requests/{id}":     c.showRequest,
		"GET /customers":         c.showCustomers,
		"GET /customers/{key}":   c.showCustomer,
		"GET /slos":              c.showSLOs,
		"GET /slos/{name}":       c.showSLO,
		"GET /chart/slo/{name}":  c.serveSLOChart,
		"GET /outbox":            c.showOutbox,
		"GET /live":              c.serveLive,
		"GET /complete":          c.complete,
		"GET /suggest":           c.suggest,
		"POST /me":               c.rename,
		"POST /logout":           c.logout,
		"POST /say":              a.say,
		"POST /press":            a.press,
		"POST /submit":           a.submit,
		"POST /draft":            a.draft,
		"POST /react":            a.react,
	}
	maps.Copy(admitted, a.roomActs())
	open := map[string]http.HandlerFunc{
		"GET /static/{version}/{file}": c.assets.serve,
		"GET /login":                   c.showLogin,
		"POST /login":                  c.login,
	}
	routes := map[string]http.Handler{}
	for pattern, h := range admitted {
		routes[pattern] = c.guard(c.admit(bounded(h)))
	}
	routes["GET /{path...}"] = c.guard(c.nowhere())
	routes["POST /queue/import"] = c.guard(c.admit(http.HandlerFunc(a.importSheet))) // which has a bound of its own
	for pattern, h := range open {
		routes[pattern] = c.guard(bounded(h))
	}
	return routes
}

// site is the address under which the console is reached, without a slash at
// the end.
func (c *Console) site() string {
	if c.Settings.Site != "" {
		return trimSlash(c.Settings.Site)
	}
	return "http://" + c.Listen
}

func (c *Console) zone() *time.Location {
	if c.Settings.Zone != nil {
		return c.Settings.Zone
	}
	return time.UTC
}
