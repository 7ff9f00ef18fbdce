package config_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"cresset/config"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func env(pairs ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

func parse(t *testing.T, text string, pairs ...string) *config.Config {
	t.Helper()
	c, err := config.Parse("cresset.yaml", []byte(text), env(pairs...))
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return c
}

func TestDefaults(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "{}", "requests:\nchannels:\nslos: []\nlisten:\ntimezone: ''"} {
		c := parse(t, text)
		got := []string{c.Listen, c.Store.Reveal(), c.Timezone.String(), c.Prefix, c.Channels.Incidents,
			c.Channels.Requests, c.Channels.Digests, c.Requests.FirstLook.String(), c.Requests.Timezone.String()}
		want := []string{"localhost:8737", "bolt:cresset.db", "UTC", "", "incidents", "cre", "reliability", "4h", "UTC"}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
		if len(c.Severities) != 4 || c.Severities["sev1"].UpdateEvery.Std() != 30*time.Minute || c.Severities["sev4"].CustomerUpdateEvery != 0 {
			t.Errorf("%q: severities %v", text, c.Severities)
		}
		if !c.Requests.Hours.Days[time.Monday] || c.Requests.Hours.Days[time.Sunday] || c.Requests.Hours.To != 17*time.Hour {
			t.Errorf("%q: hours %v", text, c.Requests.Hours)
		}
	}
}

func TestInheritedDefaults(t *testing.T) {
	c := parse(t, `
timezone: Europe/Paris
channels: {digests: slo}
tiers: {gold: {weight: 3}}
requests: {first_look: 2h}
customers: [{key: acme}]
slos: [{name: web, objective: 99%, probe: {url: "http://localhost/"}}]
digests: [{name: d, schedule: "@daily"}]
`)
	p := c.SLOs[0].Probe
	got := fmt.Sprintln(c.Digests[0].To, c.Digests[0].Timezone, c.Requests.Timezone, c.Requests.FirstLook,
		c.Customers[0].Name, c.Customers[0].Tier, c.SLOs[0].Title, c.SLOs[0].Window, p.Every, p.Timeout, p.Expect)
	want := "slo Europe/Paris Europe/Paris 2h acme standard web 30d 30s 5s 200-399\n"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestTeams(t *testing.T) {
	c := parse(t, `
timezone: Europe/Paris
requests:
  teams:
    - {name: paris, holidays: [2026-07-14]}
    - {name: tokyo, hours: "Mon-Fri 10:00-18:00", timezone: Asia/Tokyo}
`)
	got := fmt.Sprintln(c.Requests.Teams)
	want := "[{paris {[false true true true true true false] 9h0m0s 17h0m0s} Europe/Paris [2026-07-14]} {tokyo {[false true true true true true false] 10h0m0s 18h0m0s} Asia/Tokyo []}]\n"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPromises(t *testing.T) {
	c := parse(t, `
requests:
  resolution: 0
  warn_at: 0.75
  target: 99.9%
  kinds: [{name: bug, next_response: 2h}]
tiers: {gold: {first_look: 1h, kinds: {bug: {resolution: 3d}}}}
`)
	got := fmt.Sprintln(c.Requests.FirstLook, c.Requests.NextResponse, c.Requests.Resolution, c.Requests.WarnAt, c.Requests.Target,
		c.Requests.Kinds[0].NextResponse, c.Tiers["gold"].FirstLook, c.Tiers["gold"].Kinds["bug"].Resolution)
	want := "4h 8h 0 0.75 0.999 2h 1h 3d\n"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSeverityKeepsWhatIsLeftOut(t *testing.T) {
	c := parse(t, "severities: {sev2: {means: Ouch., customer_update_every: 0s}}")
	if s := c.Severities["sev2"]; s.Means != "Ouch." || s.UpdateEvery.String() != "1h" || s.CustomerUpdateEvery != 0 {
		t.Errorf("sev2 = %v", s)
	}
}

func TestIntegrationsKeepTheirOrder(t *testing.T) {
	c := parse(t, "integrations:\n  slack: {bot_token: x}\n  console:\n  discord: {}\n")
	var kinds []string
	for _, in := range c.Integrations {
		kinds = append(kinds, fmt.Sprintf("%s@%d", in.Kind, in.Line()))
	}
	if got := strings.Join(kinds, " "); got != "slack@2 console@3 discord@4" {
		t.Errorf("got %s", got)
	}
	if _, ok := c.Integrations.Find("pagerduty"); ok {
		t.Error("found an integration that is not configured")
	}
	if s, ok := c.Integrations.Find("slack"); !ok || s.Path() != "integrations.slack" || !s.Has("bot_token") {
		t.Errorf("slack: %v %v", s.Path(), ok)
	}
}

func TestStarter(t *testing.T) {
	c, err := config.Load("", env())
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, cu := range c.Customers {
		fmt.Fprintln(&b, "customer", cu.Key, cu.Name, cu.Tier, cu.Services, c.Tiers[cu.Tier].FirstLook)
	}
	for _, s := range c.SLOs {
		fmt.Fprintln(&b, "slo", s.Name, s.Customers, s.Objective, s.Window, s.Probe.URL, s.Probe.Every, s.Probe.Expect)
	}
	for _, d := range c.Digests {
		fmt.Fprintln(&b, "digest", d.Name, d.Schedule, d.To, d.Timezone)
	}
	for _, in := range c.Integrations {
		fmt.Fprintln(&b, "integration", in.Kind)
	}
	golden(t, "testdata/starter.golden", b.String())

	c, err = config.Load("", env("CRESSET_LISTEN", "localhost:9999"))
	if err != nil || c.Listen != "localhost:9999" || c.SLOs[0].Probe.URL != "http://localhost:9999/healthz" {
		t.Errorf("with CRESSET_LISTEN: %v %v", c.Listen, err)
	}
}

// What the starter configuration has behind # is right as well, once the # is gone.
func TestStarterWithoutComments(t *testing.T) {
	text := string(config.Starter())
	for _, hidden := range []struct{ find, write string }{
		{`(?m)^# (\w+:)`, "$1"}, {`(?m)^#(   ?\S)`, "$1"}, {`(?m)^  # (\w+:)`, "  $1"}, {`(?m)^  #   (\w)`, "    $1"},
	} {
		text = regexp.MustCompile(hidden.find).ReplaceAllString(text, hidden.write)
	}
	given := env("SLACK_BOT_TOKEN", "xoxb-not-real", "SLACK_APP_TOKEN", "xapp-not-real", "DISCORD_BOT_TOKEN", "not.a.token")
	c, err := config.Parse("starter.yaml", []byte(text), given)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if len(c.Integrations) != 4 || len(c.Roles.Admin) != 1 || len(c.OnCall) != 1 || c.Severities["sev1"].Means != "Many customers cannot pay." {
		t.Errorf("read: %d integrations, roles %v, on call %v, sev1 %q", len(c.Integrations), c.Roles, c.OnCall, c.Severities["sev1"].Means)
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run with -update and read the diff. got:\n%s\nwant:\n%s", path, got, want)
	}
}

func TestLoadNamesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "my.yaml")
	if err := os.WriteFile(path, []byte("listen: nowhere\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := config.Load(path, env())
	var problems config.Problems
	if !errors.As(err, &problems) || problems[0].File != path || problems[0].Line != 1 {
		t.Errorf("got %v", err)
	}
	if _, err := config.Load(path+".gone", env()); !errors.Is(err, os.ErrNotExist) || errors.As(err, &problems) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestReference(t *testing.T) {
	golden(t, "testdata/reference.golden", config.Reference())
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/wrong/*.yaml")
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add(config.Starter())
	f.Add([]byte("a: &a [*a, *a]\nb: *a\n<<: {c: ${D}}\n"))
	f.Add([]byte("{x: ${Y:-{[,:#}, z: '$${'}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := config.Parse("fuzz.yaml", data, env("NAME", "value: {"))
		if c == nil {
			t.Fatalf("no Config, %v", err)
		}
		var problems config.Problems
		if err != nil && (!errors.As(err, &problems) || len(problems) == 0) {
			t.Fatalf("not problems: %v", err)
		}
		for _, p := range problems {
			if p.Text == "" || p.File != "fuzz.yaml" || p.Line < 0 || p.Line > 1+strings.Count(string(data), "\n")+strings.Count(string(data), "\r")+strings.Count(string(data), "\u0085")+strings.Count(string(data), "\u2028")+strings.Count(string(data), "\u2029") {
				t.Fatalf("bad problem %#v", p)
			}
		}
	})
}
