// Package integrations lists the outside systems that cresset works with: the
// name in the configuration, and how it is opened.
//
// It promises that a section with an unknown name is refused with the known
// ones, and that every section's problems are reported at once.
//
// It refuses to know what an integration does: that is found out by what it can.
package integrations

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/config"
	"cresset/integrations/discord"
	"cresset/integrations/openai"
	"cresset/integrations/probe"
	"cresset/integrations/prometheus"
	"cresset/integrations/slack"
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
	Transport      http.RoundTripper // nil: the network, each with its own guard
}

// A Part is one opened integration; what it can is found by type assertion.
type Part struct {
	Kind, Name string
	Does       any
}

type kind struct {
	name string
	open func(config.Section, With) ([]Part, config.Problems)
}

// kinds are the sections of the configuration. To add one, add a line.
var kinds = []kind{
	{"console", openConsole},
	{"slack", openSlack},
	{"discord", openDiscord},
	{"prometheus", openPrometheus},
	{"openai", openOpenAI},
}

// Open opens every section, and what needs none: the probe.
func Open(sections config.Integrations, with With) ([]Part, config.Problems) {
	parts := []Part{{"probe", probe.Name, probe.New(probe.Options{Now: with.Now, Transport: with.Transport})}}
	var problems config.Problems
	for _, s := range sections {
		i := slices.IndexFunc(kinds, func(k kind) bool { return k.name == s.Kind })
		if i < 0 {
			problems = append(problems, s.Problem("", "is no integration; there are %s", Names()))
			continue
		}
		opened, wrong := kinds[i].open(s.Section, with)
		parts, problems = append(parts, opened...), append(problems, wrong...)
	}
	return parts, problems
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
	return strings.Join([]string{
		config.Describe("integrations.console", web.Settings{}),
		config.Describe("integrations.slack", slack.Settings{}),
		config.Describe("integrations.discord", discord.Settings{}),
		config.Describe("integrations.prometheus[]", prometheus.Settings{}),
		config.Describe("integrations.openai", openai.Settings{}),
	}, "")
}

func openConsole(s config.Section, with With) ([]Part, config.Problems) {
	c, problems := web.Open(s, web.Deps{DB: with.DB, Vocabulary: with.Vocabulary, Settings: with.Rules, Now: with.Now, Log: with.Log, Listen: with.Listen,
		OnBadLogin: func() { with.OnBadSignature(web.Name) }})
	return one("console", web.Name, c, problems)
}

func openSlack(s config.Section, with With) ([]Part, config.Problems) {
	c := with.Rules.Channels
	p, problems := slack.Open(s, with.Vocabulary, slack.Options{Log: with.Log, Now: with.Now,
		OnBadSignature: func() { with.OnBadSignature("slack") }, Channels: []string{c.Incidents, c.Requests, c.Digests}, Transport: with.Transport})
	return one("slack", "slack", p, problems)
}

func openDiscord(s config.Section, with With) ([]Part, config.Problems) {
	c := with.Rules.Channels
	p, problems := discord.Open(s, with.Vocabulary, discord.Options{Log: with.Log, Now: with.Now,
		OnBadSignature: func() { with.OnBadSignature("discord") }, Channels: []string{c.Incidents, c.Requests, c.Digests}, Transport: with.Transport})
	return one("discord", "discord", p, problems)
}

func openPrometheus(s config.Section, with With) ([]Part, config.Problems) {
	sources, problems := prometheus.Open(s, prometheus.Options{Transport: with.Transport})
	var parts []Part
	for _, source := range sources {
		parts = append(parts, Part{"prometheus", source.Name(), source})
	}
	return parts, problems
}

func openOpenAI(s config.Section, with With) ([]Part, config.Problems) {
	d, problems := openai.Open(s, openai.Options{Transport: with.Transport})
	return one("openai", "openai", d, problems)
}

// one is a list of the one part, unless there were problems.
func one[T any](kind, name string, part *T, problems config.Problems) ([]Part, config.Problems) {
	if len(problems) > 0 {
		return nil, problems
	}
	return []Part{{kind, name, part}}, nil
}
