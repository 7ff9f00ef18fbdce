package integrations_test

import (
	"slices"
	"strings"
	"testing"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/outbox"
	"cresset/config"
	"cresset/integrations"
)

func open(t *testing.T, yaml string) ([]integrations.Part, config.Problems) {
	t.Helper()
	c, err := config.Parse("cresset.yaml", []byte(yaml), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	return integrations.Open(c.Integrations, integrations.With{Rules: &cre.Settings{}, Listen: "localhost:0", OnBadSignature: func(string) {}})
}

func TestPartsAreFoundByWhatTheyCan(t *testing.T) {
	parts, problems := open(t, `
integrations:
  console: {}
  slack: {bot_token: xoxb-fake, app_token: xapp-fake}
  discord: {bot_token: fake, application_id: "100000000000000001", guild: "100000000000000002"}
  prometheus: [{name: main, url: "http://localhost:9090"}, {name: eu, url: "http://localhost:9091"}]
  openai: {model: a-model, api_key: sk-obviously-fake}
  github: [{name: api, repo: acme/api, token: fake}, {name: web, repo: acme/web, token: fake}]
  gitlab: [{project: acme/shop, token: fake}]
  jira: [{url: "https://acme.atlassian.net", project: API, email: bot@acme.example, token: fake}]
`)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var platforms, sources, drafters, trackers []string
	for _, p := range parts {
		if _, ok := p.Does.(chat.Platform); ok {
			platforms = append(platforms, p.Name)
		}
		if _, ok := p.Does.(outbox.Source); ok {
			sources = append(sources, p.Name)
		}
		if _, ok := p.Does.(outbox.Drafter); ok {
			drafters = append(drafters, p.Name)
		}
		if _, ok := p.Does.(outbox.Tracker); ok {
			trackers = append(trackers, p.Name)
		}
	}
	for what, pair := range map[string][2][]string{
		"platforms": {platforms, {"console", "slack", "discord"}},
		"sources":   {sources, {"probe", "main", "eu"}},
		"drafters":  {drafters, {"openai"}},
		"trackers":  {trackers, {"api", "web", "gitlab", "jira"}},
	} {
		if !slices.Equal(pair[0], pair[1]) {
			t.Errorf("%s are %q, want %q", what, pair[0], pair[1])
		}
	}
}

func TestEverySectionIsChecked(t *testing.T) {
	parts, problems := open(t, `
integrations:
  pigeon: {}
  slack: {bot_token: wrong}
  prometheus: [{url: nowhere}]
  openai: {}
  github: [{repo: api}]
  gitlab: [{project: api, token: fake}]
  jira: [{url: "http://jira.example.com", project: API, token: fake}]
`)
	for _, want := range []string{":3: integrations.pigeon is not an integration; choose one of " + integrations.Names() + "\n",
		":4: integrations.slack", ":5: integrations.prometheus", ":6: integrations.openai",
		":7: integrations.github", ":8: integrations.gitlab", ":9: integrations.jira"} {
		if !strings.Contains(problems.Error(), want) {
			t.Errorf("the problems lack %q:\n%v", want, problems)
		}
	}
	for _, p := range parts {
		if p.Kind != "probe" {
			t.Errorf("%s was opened although its section is wrong", p.Kind)
		}
	}
}

// Every kind has its settings in the reference.
func TestReferenceCoversEveryKind(t *testing.T) {
	text := integrations.Describe()
	for kind := range strings.SplitSeq(integrations.Names(), ", ") {
		if !strings.Contains(text, "integrations."+kind) {
			t.Errorf("the reference has nothing about %s", kind)
		}
	}
}

// What has a manifest prints one that says where it is reached; what has none, and
// what is no integration, says so.
func TestManifests(t *testing.T) {
	const address = "https://bot.example.com"
	if len(integrations.Manifests()) == 0 {
		t.Error("nothing has a manifest")
	}
	for _, name := range integrations.Manifests() {
		if text, err := integrations.Manifest(name, nil, chat.Vocabulary{}, address); err != nil || !strings.Contains(string(text), address) {
			t.Errorf("the manifest of %s is %q, %v; want the address in it", name, text, err)
		}
	}
	for _, name := range []string{"console", "prometheus", "pigeon"} {
		if text, err := integrations.Manifest(name, nil, chat.Vocabulary{}, ""); err == nil {
			t.Errorf("%s has the manifest %q", name, text)
		}
	}
}
