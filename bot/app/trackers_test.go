package app

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat/chattest"
	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/config"
	"cresset/integrations/github/githubtest"
	"cresset/integrations/gitlab/gitlabtest"
	"cresset/store"
)

// What is handed off goes to the tracker of that name, whatever it is, and the
// errand keeps where it is.
func TestHandOffReachesTheTrackerOfThatName(t *testing.T) {
	gh, gl := githubtest.Start(t), gitlabtest.Start(t)
	a := openApp(t, fmt.Sprintf(`
store: bolt:%s
integrations:
  github: [{name: api, repo: %s, token: %s, api_url: %q}]
  gitlab: [{name: shop, project: %s, token: %s, url: %q}]
`, filepath.Join(t.TempDir(), "cresset.db"), githubtest.Repo, githubtest.Token, gh.URL, gitlabtest.Project, gitlabtest.Token, gl.URL),
		time.Now, chattest.NewMemory("memory", time.Now))
	defer a.Close()
	if got := strings.Join(a.rules.Trackers, " "); got != "api shop" {
		t.Errorf("trackers are %q", got)
	}
	handed := map[string]uint64{}
	for _, name := range a.rules.Trackers {
		handed[name] = leave(t, a, store.Errand{Kind: store.HandOff, Issue: &cre.Issue{Title: "for " + name}, IssueRef: cre.IssueRef{Tracker: name}})
	}
	if err := a.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if at := gh.Listed(); len(at) != 1 || at[0].Title != "for api" {
		t.Errorf("GitHub has %+v", at)
	}
	if at := gl.Listed(); len(at) != 1 || at[0].Title != "for shop" {
		t.Errorf("GitLab has %+v", at)
	}
	for name, id := range handed {
		var e *store.Errand
		if err := a.db.View(t.Context(), func(tx store.Tx) (err error) { e, err = store.Errands.Get(tx, store.Key(id)); return err }); err != nil {
			t.Fatal(err)
		}
		if e.State != store.Done || e.IssueRef.Tracker != name || e.IssueRef.ID != "1" || !strings.HasPrefix(e.IssueRef.URL, "http") {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

func leave(t *testing.T, a *App, e store.Errand) (id uint64) {
	t.Helper()
	if err := a.db.Update(t.Context(), func(tx store.Tx) error {
		s := &workflow.Step{Tx: tx, Now: time.Now(), Rules: a.rules}
		left, err := s.Leave(e)
		if err == nil {
			id = left.ID
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return id
}

// A name means one tracker, also among trackers of several kinds.
func TestTrackersHaveNamesOfTheirOwn(t *testing.T) {
	c, err := config.Parse("cresset.yaml", []byte(`
integrations:
  github: [{name: api, repo: acme/api, token: fake}]
  gitlab: [{name: api, project: acme/api, token: fake}]
`), os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(Options{Config: c, Log: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.Contains(err.Error(), `integrations has two trackers with the name "api"; give each its own`) {
		t.Errorf("got %v", err)
	}
}

// check asks trackers too.
func TestCheckAsksTrackers(t *testing.T) {
	gh := githubtest.Start(t)
	path := filepath.Join(t.TempDir(), "cresset.yaml")
	text := fmt.Sprintf("store: bolt:%s\nlisten: %s\nintegrations:\n  console: {}\n  github: [{name: api, repo: %s, token: %s, api_url: %q}]\n",
		filepath.Join(t.TempDir(), "cresset.db"), freeAddress(t), githubtest.Repo, githubtest.Token, gh.URL)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	env := Environment{ConfigPath: path, Out: &out, Log: slog.New(slog.DiscardHandler), Getenv: os.LookupEnv}
	if err := env.Check(t.Context()); err != nil || !strings.Contains(out.String(), "opening issues") {
		t.Errorf("got %v:\n%s", err, out.String())
	}
}

// A component goes to a tracker that there is.
func TestComponentsGoToTrackersThatThereAre(t *testing.T) {
	c, err := config.Parse("cresset.yaml", []byte(`
integrations:
  github: [{name: api, repo: acme/api, token: fake}]
requests:
  handoff:
    - {component: checkout, to: api}
    - {component: search, to: apis}
`), os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(Options{Config: c, Log: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.Contains(err.Error(), `cresset.yaml:7: requests.handoff[1].to is "apis", which is not a tracker`) {
		t.Errorf("got %v", err)
	}
}
