// Package config reads cresset's configuration: one YAML file, strict.
//
// It promises that a wrong file is refused whole: every problem at once, in the
// order of the lines, each with file, line, path and what to write instead. It
// promises that every setting that is left out has a value that works, secrets
// excepted, and that a [Secret] does not print itself.
//
// References in values are replaced after the YAML was read, so what the
// environment or a file says can change a value but never the structure:
// ${NAME} and ${NAME:-default} read the environment, ${file:PATH} reads a file,
// and $$ is a dollar. An empty value is the same as a setting left out.
//
// It knows no integration. Each decodes and checks its own [Section] with the
// same rules. It parses no cron expression and asks no network.
package config

import (
	"cmp"
	_ "embed"
	"fmt"
	"os"
	"slices"
)

//go:embed starter.yaml
var starter []byte

// StarterName is the file name in problems found in the built-in configuration.
const StarterName = "starter.yaml"

// Config is the whole configuration. In it, all defaults are filled in.
type Config struct {
	Listen       string          `yaml:"listen" default:"localhost:8737" doc:"Address of the one HTTP listener, as host:port."`
	URL          string          `yaml:"url" doc:"Where people reach the console, such as https://cresset.example.com: war rooms then carry a link to their timeline."`
	Store        Address         `yaml:"store" default:"bolt:cresset.db" doc:"Where state is kept: bolt:FILE, or postgres://user:secret@host/db."`
	Timezone     Zone            `yaml:"timezone" default:"UTC" doc:"IANA time zone of everything that names none of its own."`
	Prefix       string          `yaml:"prefix" doc:"Put before the name of every slash command, for workspaces where another bot claims /incident."`
	Severities   Severities      `yaml:"severities" doc:"What each severity means to people, and how often it wants an update. A severity left out keeps its built-in definition."`
	Roles        Roles           `yaml:"roles" doc:"Who may run what. With no roles, everybody is commander and responder, and only a console without a login is admin."`
	Channels     Channels        `yaml:"channels" doc:"Where the bot announces."`
	Customers    []Customer      `yaml:"customers" doc:"The customers that incidents, requests and SLOs hang on."`
	Tiers        map[string]Tier `yaml:"tiers" doc:"What the tiers of customers are promised, by the tier's name."`
	Requests     Requests        `yaml:"requests" doc:"When requests are looked at, and where the bot hears of them."`
	Departments  []Department    `yaml:"departments" doc:"Parts of the company whose people file requests. Who is no responder sees their own requests and those of their department."`
	SLOs         []SLO           `yaml:"slos" doc:"The objectives that are measured."`
	Digests      []Digest        `yaml:"digests" doc:"Digests of SLOs and of the requests that are posted by schedule."`
	OnCall       []OnCall        `yaml:"oncall" doc:"Who is on call, by team. They are brought into each new war room that is not private, and cre oncall shows them."`
	Integrations Integrations    `yaml:"integrations" doc:"Outside systems, each a section under its name. Each integration documents its own settings. The first chat service is home: digests, and what comes through the API, go there; without one, the console."`
	Hooks        []Hook          `yaml:"hooks" doc:"Where mail services and other programs deliver, each at its own address."`
	API          API             `yaml:"api" doc:"Who may call the HTTP API. With no tokens, a bot with a file makes one in cresset.token beside it; on PostgreSQL nobody may."`

	root Section
}

// Load reads the file at path, or the starter configuration when path is "".
// The error is [Problems] when the file could be read but is wrong; the Config
// then holds what was understood, so that integrations can add their problems.
func Load(path string, getenv func(string) (string, bool)) (*Config, error) {
	if path == "" {
		return Parse(StarterName, Starter(), getenv)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return Parse(path, data, getenv)
}

// Parse is [Load] for a file already read. The name stands in problems, and
// its folder is where ${file:PATH} starts.
func Parse(name string, data []byte, getenv func(string) (string, bool)) (*Config, error) {
	root, problems := NewSection(name, "", data, getenv)
	c := &Config{root: root}
	problems = Join(problems, root.Decode(c))
	c.inherit()
	problems = Join(problems, c.check())
	if len(problems) > 0 {
		return c, problems
	}
	return c, nil
}

// Starter returns the configuration that a bot without a file runs on.
func Starter() []byte { return slices.Clone(starter) }

// Problem reports something wrong at a path such as "digests[0].schedule",
// which only the caller can check. The text continues the path: "is missing".
func (c *Config) Problem(path, format string, args ...any) Problem {
	return c.root.Problem(path, format, args...)
}

// Customer finds a customer by its key.
func (c *Config) Customer(key string) (Customer, bool) {
	i := slices.IndexFunc(c.Customers, func(cu Customer) bool { return cu.Key == key })
	if i < 0 {
		return Customer{}, false
	}
	return c.Customers[i], true
}

// inherit fills settings whose default is another setting.
func (c *Config) inherit() {
	if c.Requests.Timezone.IsZero() {
		c.Requests.Timezone = c.Timezone
	}
	if c.Requests.Kinds == nil {
		c.Requests.Kinds = builtinKinds()
	}
	for i := range c.Requests.Teams {
		if t := &c.Requests.Teams[i]; t.Timezone.IsZero() {
			t.Timezone = c.Timezone
		}
	}
	for i := range c.Customers {
		c.Customers[i].Name = cmp.Or(c.Customers[i].Name, c.Customers[i].Key)
	}
	c.listenWhereCustomersAre()
	for i := range c.SLOs {
		c.SLOs[i].Title = cmp.Or(c.SLOs[i].Title, c.SLOs[i].Name)
	}
	for i := range c.Digests {
		d := &c.Digests[i]
		d.To = cmp.Or(d.To, c.Channels.Digests)
		if d.Timezone.IsZero() {
			d.Timezone = c.Timezone
		}
	}
	for i := range c.OnCall {
		if o := &c.OnCall[i]; o.Timezone.IsZero() {
			o.Timezone = c.Timezone
		}
	}
}
