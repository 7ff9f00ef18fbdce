package app

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cresset/config"
	"cresset/integrations/slack/slacktest"
)

// served is the bot's listener with Slack over signed HTTP.
func served(t *testing.T) (*httptest.Server, *slacktest.Workspace) {
	t.Helper()
	ws := slacktest.Start(t)
	ws.SigningSecret = benchSecret
	a := benchApp(t, ws)
	server := httptest.NewServer(a.routes())
	t.Cleanup(func() {
		server.Close()
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return server, ws
}

func ask(t *testing.T, method, url string, body io.Reader, header http.Header) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		req.Header[k] = v
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func TestWrongSignatureIsRefusedAndCounted(t *testing.T) {
	server, _ := served(t)
	body := []byte("command=%2Fincident&text=list&team_id=T0TEAM&channel_id=C1&user_id=U1&trigger_id=1.1")
	for name, header := range map[string]http.Header{
		"none":    {},
		"another": slacktest.Sign("another-secret", time.Now(), body),
		"stale":   slacktest.Sign(benchSecret, time.Now().Add(-10*time.Minute), body),
		"future":  slacktest.Sign(benchSecret, time.Now().Add(10*time.Minute), body),
		"changed": slacktest.Sign(benchSecret, time.Now(), append(body, 'x')),
	} {
		if code, text := ask(t, "POST", server.URL+"/slack/commands", bytes.NewReader(body), header); code != http.StatusUnauthorized || strings.Contains(text, benchSecret) {
			t.Errorf("%s: answered %d %q, want 401", name, code, text)
		}
	}
	_, metrics := ask(t, "GET", server.URL+"/metrics", nil, nil)
	if want := `cresset_bad_signatures_total{platform="slack"} 5`; !strings.Contains(metrics, want) {
		t.Errorf("/metrics lacks %s", want)
	}
}

func TestHugeBodiesAreRefused(t *testing.T) {
	server, _ := served(t)
	huge := bytes.Repeat([]byte("x"), 3<<20)
	for _, path := range []string{"/slack/commands", "/slack/events", "/slack/interactions", "/api/v1/commands"} {
		if code, _ := ask(t, "POST", server.URL+path, bytes.NewReader(huge), slacktest.Sign(benchSecret, time.Now(), huge)); code < 400 || code >= 500 {
			t.Errorf("%s took 3 MiB and answered %d", path, code)
		}
	}
	if code, _ := ask(t, "GET", server.URL+"/healthz", nil, nil); code != http.StatusOK {
		t.Errorf("afterwards /healthz answers %d", code)
	}
}

func TestReadyzSaysWhoIsDeaf(t *testing.T) {
	server, _ := served(t)
	code, text := ask(t, "GET", server.URL+"/readyz", nil, nil)
	if code != http.StatusServiceUnavailable || !strings.Contains(text, `"slack":`) {
		t.Errorf("/readyz answers %d %s before Slack was heard of, want 503 that names it", code, text)
	}
}

func TestWrongConfigurationNamesEveryProblem(t *testing.T) {
	path := filepath.Join(t.TempDir(), "never.db")
	c, err := config.Parse("cresset.yaml", fmt.Appendf(nil, `store: bolt:%s
digests:
  - {name: a, schedule: "61 9 * * *"}
  - {name: b, schedule: "0 9 30 2 *"}
slos:
  - {name: s, objective: 99%%, ratio: {source: nowhere, good: a, total: b}}
  - {name: q, objective: 99%%, ratio: {good: "sum(a)", total: b}}
integrations:
  slack: {bot_token: x}
  pigeon: {}
  prometheus: [{url: "http://localhost:9090"}]
`, path), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(Options{Config: c, Log: testLog(t)})
	var problems config.Problems
	if !errors.As(err, &problems) {
		t.Fatalf("it opened, or failed otherwise: %v", err)
	}
	for _, want := range []string{":3: digests[0].schedule", ":4: digests[1].schedule", "which never comes", ":6: slos[0]", "nowhere",
		":7: slos[1]", "cannot be measured",
		":9: integrations.slack.bot_token", "neither app_token nor signing_secret", ":10: integrations.pigeon"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the problems lack %q:\n%v", want, err)
		}
	}
	if exists(path) {
		t.Error("a store was made for a configuration that is refused")
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
