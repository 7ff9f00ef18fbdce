// Package web is the console: a chat platform in the browser, named "console",
// and the pages of the product.
//
// It promises that what was said is on the disk before anybody sees it, that the
// same post is one message however often it is repeated, and that a page shows
// what is true now without being loaded again. It needs no account: whoever
// reaches it may say who they are. That is why it serves the names of its own
// machine only, and takes no other address unless the operator lists its hosts.
//
// It refuses to change any record but its own: everything a person does leaves
// it as a [chat.Event]. It runs no script and loads no style or picture that is
// not its own, and what people wrote is text on every page.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
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
}

// A Console is the platform and its pages. Make it with [Open].
type Console struct {
	Deps
	people []string        // names that are offered
	hosts  map[string]bool // names under which it answers
	own    bool            // only this machine reaches it
	hub    *hub
	pages  pages
	assets assets
	glyphs *strings.Replacer // emoji that the pages draw themselves, as their buttons do
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
	Hosts  []string `yaml:"hosts" doc:"Names under which others reach the console, when something in front of it decides who may. Everybody who reaches it can be anybody."`
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
	c := &Console{Deps: d, people: s.People, own: isLoopback(d.Listen), hub: newHub()}
	c.hosts = allowedHosts(d.Listen, s.Hosts)
	if !c.own && len(s.Hosts) == 0 {
		problems = append(problems, section.Problem("", "has no login, and %s is not only this machine: listen on localhost, or list the names that others reach it by under hosts", d.Listen))
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

// pruneEvery is how often answers that only one person saw are cleared away.
const pruneEvery = time.Hour

// Run implements [chat.Platform]. Events come in over HTTP; what is left to do
// here is to clear away old private answers and, at the end, to let go of the
// browsers that listen.
func (c *Console) Run(ctx context.Context, _ chat.Handler) error {
	defer c.hub.close()
	tick := time.NewTicker(pruneEvery)
	defer tick.Stop()
	for {
		if err := c.prune(ctx); err != nil && ctx.Err() == nil {
			c.Log.Warn("old private answers were not cleared away", "platform", Name, "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Routes implements [chat.Served].
func (c *Console) Routes(handle chat.Handler) map[string]http.Handler {
	a := &acts{Console: c, handle: handle}
	routes := map[string]http.HandlerFunc{
		"GET /{$}":               c.showFirst,
		"GET /c/{channel}":       c.showChannel,
		"GET /m/{seq}/chart.png": c.serveChart,
		"GET /m/{seq}/file/{n}":  c.serveFile,
		"GET /incidents":         c.showIncidents,
		"GET /incidents/{id}":    c.showIncident,
		"GET /queue":             c.showQueue,
		"GET /customers":         c.showCustomers,
		"GET /customers/{key}":   c.showCustomer,
		"GET /slos":              c.showSLOs,
		"GET /slos/{name}":       c.showSLO,
		"GET /chart/slo/{name}":  c.serveSLOChart,
		"GET /outbox":            c.showOutbox,
		"GET /live":              c.serveLive,
		"GET /complete":          c.complete,
		"GET /static/{file}":     c.assets.serve,
		"POST /me":               c.rename,
		"POST /say":              a.say,
		"POST /press":            a.press,
		"POST /submit":           a.submit,
		"POST /react":            a.react,
	}
	guarded := map[string]http.Handler{}
	for pattern, h := range routes {
		guarded[pattern] = c.guard(h)
	}
	return guarded
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
