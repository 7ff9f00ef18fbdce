package github_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/config"
	"cresset/integrations/github"
	"cresset/integrations/github/githubtest"
	"cresset/integrations/tracker"
	"cresset/integrations/trackertest"
)

func open(t *testing.T, yaml string) ([]*github.Tracker, config.Problems) {
	t.Helper()
	section, problems := config.NewSection("cresset.yaml", "integrations.github", []byte(yaml), func(string) (string, bool) { return "", false })
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return github.Open(section, tracker.Options{})
}

func TestConform(t *testing.T) {
	trackertest.Conform(t, func(t *testing.T) trackertest.Subject {
		server := githubtest.Start(t)
		all, problems := open(t, fmt.Sprintf("[{name: api, repo: acme/api, token: %s, labels: [house], api_url: %q}]", githubtest.Token, server.URL))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		return trackertest.Subject{Tracker: all[0], Server: server, Name: "api", Reason: "not planned",
			Number: func(id string) int { n, _ := strconv.Atoi(id); return n }}
	})
}

// Issues that are switched off are not gone: somebody may switch them on again.
func TestIssuesAreSwitchedOff(t *testing.T) {
	server := githubtest.Start(t)
	all, problems := open(t, fmt.Sprintf("[{repo: acme/api, token: %s, api_url: %q}]", githubtest.Token, server.URL))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if _, err := all[0].Create(t.Context(), cre.Issue{Title: "x"}, "k"); err != nil {
		t.Fatal(err)
	}
	server.Suffer(githubtest.Off)
	_, err := all[0].State(t.Context(), "1")
	var sent *chat.SendError
	if !errors.As(err, &sent) || errors.Is(err, chat.ErrGone) || !strings.Contains(sent.Advice, "switched off") {
		t.Errorf("got %+v", sent)
	}
	if f := all[0].Check(t.Context())[0]; f.OK || f.Detail != "has issues switched off" {
		t.Errorf("check: %+v", f)
	}
}

// Every problem of a section is reported, where it is.
func TestProblemsOfASection(t *testing.T) {
	for yaml, want := range map[string]string{
		"[{repo: api, token: x}]": `repo is "api"; write owner and name, such as acme/api`,
		"[{repo: acme/api}]":      "token is missing",
		"[{repo: acme/api, token: x}, {repo: acme/web, token: x}]":        `name is "github", which another one has`,
		`[{repo: acme/api, token: x, api_url: "http://ghe.example.com"}]`: "api_url would send the tokens in the clear",
	} {
		if all, problems := open(t, yaml); !strings.Contains(problems.Error(), want) {
			t.Errorf("%s: opened %d, problems %v, want %q", yaml, len(all), problems, want)
		}
	}
}
