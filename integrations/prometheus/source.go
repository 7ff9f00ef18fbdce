// Package prometheus counts events from the counters of a Prometheus, or of any
// server that speaks its HTTP API: Mimir, Thanos, VictoriaMetrics, Google's.
//
// It promises to read only, to need no rules on the server, and to count every
// event once: in buckets that follow each other, from the first error of a
// series that is born with it, over restarts and over gaps of up to an hour. A
// bucket without events says that nobody called; where nothing is known there
// is no bucket.
//
// It refuses to ask anything but the configured origin, to follow redirects, to
// read answers of more than 16 MiB, and to run expressions: SLOs name counters.
//
// Three things it cannot know. Between two scrapes of a process that restarts,
// events are lost. A process that is scraped for the first time while others of
// its family already are counts from zero, as if it had just started. And hours
// older than two days, in which a counter restarted, are estimated by the server.
package prometheus

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"

	"cresset/config"
	"cresset/integrations/probe/guard"
)

const (
	mostAnswer = 16 << 20
	patience   = 10 * time.Second
)

// Settings are those of one server.
type Settings struct {
	Name     string          `yaml:"name" default:"main" doc:"What SLOs call it in source."`
	URL      string          `yaml:"url" required:"true" doc:"Its address, such as http://localhost:9090."`
	Token    config.Secret   `yaml:"token" doc:"Bearer token; not together with username."`
	Username string          `yaml:"username" doc:"User name of basic authentication."`
	Password config.Secret   `yaml:"password" doc:"Password of basic authentication."`
	Tenant   string          `yaml:"tenant" doc:"X-Scope-OrgID, for Mimir and others with tenants."`
	Every    config.Duration `yaml:"every" default:"1m" doc:"How often it is asked and how long a bucket is: whole seconds that divide an hour, 5s or more."`
	Delay    config.Duration `yaml:"delay" doc:"How long the server may take until a scrape can be read; 1m when left out, or every if that is shorter."`
}

// Options are what tests replace.
type Options struct {
	Transport http.RoundTripper // nil: guard.Transport
}

// A Source is one server.
type Source struct {
	name         string
	every, delay time.Duration
	api          v1.API
}

// Open reads a list of servers. The problems say what is wrong in the file; no
// server is asked.
func Open(section config.Section, o Options) ([]*Source, config.Problems) {
	var all []*Source
	var problems config.Problems
	names := map[string]bool{}
	for _, entry := range section.Each() {
		var s Settings
		found := entry.Decode(&s)
		found = config.Join(found, s.check(entry))
		if names[s.Name] {
			found = append(found, entry.Problem("name", "is %q, which another one has; give each its own name", s.Name))
		}
		names[s.Name] = true
		problems = append(problems, found...)
		if len(found) == 0 {
			all = append(all, s.open(o))
		}
	}
	return all, config.Join(problems)
}

var nameShape = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

func (s *Settings) check(at config.Section) (all config.Problems) {
	add := func(path, format string, args ...any) { all = append(all, at.Problem(path, format, args...)) }
	if !nameShape.MatchString(s.Name) {
		add("name", "is %q; write up to 40 lower-case letters, digits and dashes", s.Name)
	}
	u, err := url.Parse(s.URL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		add("url", "is not a web address; write it like http://localhost:9090")
	case u.User != nil:
		add("url", "holds a password; write username and password on their own lines")
	case u.RawQuery != "" || u.Fragment != "":
		add("url", "has something after the path; write the address without ? and #")
	}
	if !s.Token.IsZero() && (s.Username != "" || !s.Password.IsZero()) {
		add("token", "stands beside username; keep one of them")
	}
	if !s.Password.IsZero() && s.Username == "" {
		add("password", "has no username beside it")
	}
	if e := s.Every.Std(); e < 5*time.Second || e%time.Second != 0 || time.Hour%e != 0 {
		add("every", "is %s; write whole seconds that divide an hour, 5s or more, such as 30s, 1m or 5m", s.Every)
	}
	if s.Delay.Std() > time.Hour {
		add("delay", "is %s; write 1h or less", s.Delay)
	}
	if s.Delay == 0 && !at.Has("delay") {
		s.Delay = min(config.Duration(time.Minute), s.Every)
	}
	return all
}

func (s *Settings) open(o Options) *Source {
	u, err := url.Parse(s.URL)
	if err != nil {
		panic(fmt.Sprintf("prometheus: url was checked: %v", err))
	}
	client, err := api.NewClient(api.Config{Address: s.URL, Client: &http.Client{
		Transport:     &door{guard.NewGate(o.Transport, u, mostAnswer), *s},
		CheckRedirect: guard.Stay,
		Timeout:       patience,
	}})
	if err != nil {
		panic(fmt.Sprintf("prometheus: url was checked: %v", err))
	}
	return &Source{name: s.Name, every: s.Every.Std(), delay: s.Delay.Std(), api: v1.NewAPI(client)}
}

// Name is the name by which SLOs call the source.
func (s *Source) Name() string { return s.name }

// Every is how often the source wants to be asked, and the length of a bucket.
func (s *Source) Every() time.Duration { return s.every }

// door is where requests leave: it adds the credentials, behind which stands the
// gate to the one place that may see them.
type door struct {
	gate     *guard.Gate
	settings Settings
}

func (d *door) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("User-Agent", "cresset")
	if !d.settings.Token.IsZero() {
		req.Header.Set("Authorization", "Bearer "+d.settings.Token.Reveal())
	}
	if d.settings.Username != "" {
		req.SetBasicAuth(d.settings.Username, d.settings.Password.Reveal())
	}
	if d.settings.Tenant != "" {
		req.Header.Set("X-Scope-OrgID", d.settings.Tenant)
	}
	return d.gate.RoundTrip(req)
}

// words say what an error means, for people.
func words(err error) string {
	var e *v1.Error
	switch {
	case errors.Is(err, guard.ErrTooLarge):
		return "its answer is larger than 16 MiB"
	case errors.Is(err, context.DeadlineExceeded):
		return "it did not answer in time"
	case errors.As(err, &e):
		return e.Msg
	}
	return err.Error()
}
