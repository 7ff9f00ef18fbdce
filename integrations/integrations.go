// Package integrations lists the outside systems that cresset works with: the
// name in the configuration, and how it is opened.
//
// It promises that a section with an unknown name is refused with the known
// ones, and that every section's problems are reported at once.
//
// It refuses to know what an integration does: that is found out by what it can.
package integrations

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/config"
	"cresset/integrations/discord"
	"cresset/integrations/github"
	"cresset/integrations/gitlab"
	"cresset/integrations/jira"
	"cresset/integrations/openai"
	"cresset/integrations/probe"
	"cresset/integrations/prometheus"
	"cresset/integrations/slack"
	"cresset/integrations/tracker"
	"cresset/integrations/web"
	"cresset/store"
)

// With is what integrations are opened with.
type With struct {
	DB             store.DB
	Vocabulary     chat.Vocabulary
	Rules          *cre.Settings
	Now            func() time.Time
	Log            *slog.Logger
	Listen         string
	OnBadSignature func(platform string)
	OnUnreadable   func(platform, kind string, raw []byte, err error) // keeps what was delivered and could not be read
	Transport      http.RoundTripper                                  // nil: the network, each with its own guard
	Dial           func(ctx context.Context, network, address string) (net.Conn, error)
}

// A Part is one opened integration; what it can is found by type assertion.
type Part struct {
	Kind, Name string
	Does       any
}

// A kind is what may stand in the configuration under its name.
type kind struct {
	name     string
	list     bool // of sections, each with a name of its own
	settings any  // the struct that a section is decoded into, for the reference
	open     func(config.Section, With) ([]Part, config.Problems)
	manifest func(config.Section, chat.Vocabulary, string) ([]byte, error) // nil: there is nothing to create
}

// kinds are the sections of the configuration. To add one, add a line.
var kinds = []kind{
	{name: "console", settings: web.Settings{}, open: openConsole},
	{name: "slack", settings: slack.Settings{}, open: openSlack, manifest: slackManifest},
	{name: "discord", settings: discord.Settings{}, open: openDiscord, manifest: discordManifest},
	{name: "prometheus", settings: prometheus.Settings{}, list: true, open: openPrometheus},
	{name: "openai", settings: openai.Settings{}, open: openOpenAI},
	{name: "github", settings: github.Settings{}, list: true, open: each(github.Open)},
	{name: "gitlab", settings: gitlab.Settings{}, list: true, open: each(gitlab.Open)},
	{name: "jira", settings: jira.Settings{}, list: true, open: each(jira.Open)},
}

// Open opens every section, and what needs none: the probe.
func Open(sections config.Integrations, with With) ([]Part, config.Problems) {
	parts := []Part{{"probe", probe.Name, probe.New(probe.Options{Now: with.Now, Transport: with.Transport})}}
	var problems config.Problems
	for _, s := range sections {
		i := slices.IndexFunc(kinds, func(k kind) bool { return k.name == s.Kind })
		if i < 0 {
			problems = append(problems, s.Problem("", "is not an integration; choose one of %s", Names()))
			continue
		}
		opened, wrong := kinds[i].open(s.Section, with)
		for _, p := range opened {
			parts = append(parts, Part{s.Kind, cmp.Or(p.Name, s.Kind), p.Does})
		}
		problems = append(problems, wrong...)
	}
	return parts, problems
}

// Manifests lists the kinds that need something created where they connect to.
func Manifests() []string {
	var names []string
	for _, k := range kinds {
		if k.manifest != nil {
			names = append(names, k.name)
		}
	}
	return names
}

// Manifest is what to paste, or to open, to create a bot on the kind of that
// name, which [Manifests] lists. At the address, if there is one, that service
// reaches the bot.
func Manifest(name string, sections config.Integrations, v chat.Vocabulary, address string) ([]byte, error) {
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.name == name && k.manifest != nil })
	if i < 0 {
		return nil, fmt.Errorf("%q needs no manifest", name)
	}
	section, _ := sections.Find(name)
	return kinds[i].manifest(section, v, address)
}

// Names lists the kinds.
func Names() string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return strings.Join(names, ", ")
}

// Describe is the reference of every integration's settings.
func Describe() string {
	var b strings.Builder
	for _, k := range kinds {
		path := "integrations." + k.name
		if k.list {
			path += "[]"
		}
		b.WriteString(config.Describe(path, k.settings))
	}
	return b.String()
}

func openConsole(s config.Section, with With) ([]Part, config.Problems) {
	return one(web.Open(s, web.Deps{DB: with.DB, Vocabulary: with.Vocabulary, Settings: with.Rules, Now: with.Now, Log: with.Log, Listen: with.Listen,
		OnBadLogin: func() { with.OnBadSignature(web.Name) }}))
}

func openSlack(s config.Section, with With) ([]Part, config.Problems) {
	c := with.Rules.Channels
	return one(slack.Open(s, with.Vocabulary, slack.Options{Log: with.Log, Now: with.Now,
		OnBadSignature: func() { with.OnBadSignature("slack") },
		OnUnreadable:   func(kind string, raw []byte, err error) { with.OnUnreadable("slack", kind, raw, err) },
		Channels:       []string{c.Incidents, c.Requests, c.Digests}, Groups: groups("slack:S", with.Rules), Transport: with.Transport}))
}

func slackManifest(_ config.Section, v chat.Vocabulary, address string) ([]byte, error) {
	return slack.Manifest(v, slack.ManifestOptions{Address: address}), nil
}

func openDiscord(s config.Section, with With) ([]Part, config.Problems) {
	c := with.Rules.Channels
	return one(discord.Open(s, with.Vocabulary, discord.Options{Log: with.Log, Now: with.Now,
		OnBadSignature: func() { with.OnBadSignature("discord") },
		OnUnreadable:   func(kind string, raw []byte, err error) { with.OnUnreadable("discord", kind, raw, err) },
		Channels:       []string{c.Incidents, c.Requests, c.Digests}, Transport: with.Transport, Dial: with.Dial}))
}

func discordManifest(s config.Section, v chat.Vocabulary, address string) ([]byte, error) {
	return discord.Manifest(v, discord.ManifestOptions{Application: discord.Application(s), Address: address}), nil
}

// groups are the ids of what roles and departments name that begins so.
func groups(prefix string, rules *cre.Settings) (ids []string) {
	entries := slices.Concat(rules.Roles.Admin, rules.Roles.Commander, rules.Roles.Responder)
	for _, d := range rules.Departments {
		entries = append(entries, d.Members...)
	}
	for _, entry := range entries {
		if id, ok := strings.CutPrefix(entry, prefix); ok {
			ids = append(ids, prefix[strings.Index(prefix, ":")+1:]+id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func openPrometheus(s config.Section, with With) ([]Part, config.Problems) {
	sources, problems := prometheus.Open(s, prometheus.Options{Transport: with.Transport})
	var parts []Part
	for _, source := range sources {
		parts = append(parts, Part{Name: source.Name(), Does: source})
	}
	return parts, problems
}

func openOpenAI(s config.Section, with With) ([]Part, config.Problems) {
	return one(openai.Open(s, openai.Options{Transport: with.Transport}))
}

// each opens a list of trackers, each a part with a name of its own.
func each[T interface{ Name() string }](open func(config.Section, tracker.Options) ([]T, config.Problems)) func(config.Section, With) ([]Part, config.Problems) {
	return func(s config.Section, with With) ([]Part, config.Problems) {
		all, problems := open(s, tracker.Options{Transport: with.Transport, Now: with.Now})
		var parts []Part
		for _, t := range all {
			parts = append(parts, Part{Name: t.Name(), Does: t})
		}
		return parts, problems
	}
}

// one is a list of the one part, unless there were problems. It goes by the name
// of its kind.
func one[T any](part *T, problems config.Problems) ([]Part, config.Problems) {
	if len(problems) > 0 {
		return nil, problems
	}
	return []Part{{Does: part}}, nil
}
