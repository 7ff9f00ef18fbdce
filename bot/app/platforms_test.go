package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/chat/chattest"
	"cresset/config"
	"cresset/integrations"
	"cresset/integrations/slack/slacktest"
)

// running runs the whole bot on the fake Slack, and gives its address, its log and
// how it ends.
func running(t *testing.T, ws *slacktest.Workspace, more string) (url string, log *loud, ended chan error, stop func()) {
	t.Helper()
	log = &loud{TB: t}
	a := openApp(log, fmt.Sprintf("listen: 127.0.0.1:0\nstore: bolt:%s/cresset.db\nintegrations: {%sslack: {bot_token: %s, app_token: %s, api_url: %s/api/}}\n",
		t.TempDir(), more, ws.BotToken, ws.AppToken, ws.URL), time.Now)
	url, err := a.Listen()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended = make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return url, log, ended, stop
}

// TestARevokedTokenLeavesTheConsole: Slack refuses the token, at the start and in
// the middle. People go on in the console, and the bot says that Slack is deaf and
// why.
func TestARevokedTokenLeavesTheConsole(t *testing.T) {
	for _, method := range []string{"auth.test", "apps.connections.open"} {
		t.Run(method, func(t *testing.T) {
			ws := slacktest.Start(t)
			if method == "auth.test" {
				ws.Refuse(method, "token_revoked", 100)
			}
			url, log, ended, stop := running(t, ws, "console: {}, ")
			if method != "auth.test" {
				ws.AwaitConnections(1)
				ws.Refuse(method, "token_revoked", 100)
				ws.Cut()
			}
			for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
				code, text := ask(t, http.MethodGet, url+"/readyz", nil, nil)
				if code == http.StatusServiceUnavailable && strings.Contains(text, "it ended") {
					if !strings.Contains(text, `"slack":`) || !strings.Contains(text, "token_revoked") || !strings.Contains(text, "reinstall the app") {
						t.Errorf("/readyz answers %d %s, want Slack, why, and what to do", code, text)
					}
					break
				}
				if time.Now().After(end) {
					t.Fatalf("/readyz answers %d %s a minute after the token was revoked", code, text)
				}
			}
			if code, page := ask(t, http.MethodGet, url+"/", nil, nil); code != http.StatusOK || !strings.Contains(page, "incidents") {
				t.Errorf("the console answers %d", code)
			}
			if _, metrics := ask(t, http.MethodGet, url+"/metrics", nil, nil); !strings.Contains(metrics, `cresset_platforms_ended_total{platform="slack"} 1`) {
				t.Error("/metrics does not count it")
			}
			if said := log.logged(); !strings.Contains(said, "level=ERROR") || !strings.Contains(said, "a platform ended") || !strings.Contains(said, "advice=") {
				t.Errorf("the log has no word of it:\n%s", said)
			}
			stop()
			if err := <-ended; err != nil {
				t.Errorf("the bot ended with %v", err)
			}
			if said := log.logged(); strings.Count(said, "msg=stopping errands=0") != 1 || !strings.HasSuffix(said, "msg=stopped\n") {
				t.Errorf("the log does not say that it stops and stopped:\n%s", said)
			}
		})
	}
}

// With no other platform the bot ends, and says why.
func TestARevokedTokenOfTheOnlyPlatform(t *testing.T) {
	ws := slacktest.Start(t)
	ws.Refuse("auth.test", "token_revoked", 100)
	_, _, ended, stop := running(t, ws, "")
	defer stop()
	var refused *chat.SendError
	if err := <-ended; !errors.As(err, &refused) || !strings.Contains(err.Error(), "token_revoked") {
		t.Errorf("the bot ended with %v", err)
	}
}

// A configuration in which nobody is heard is refused, and what it says to paste
// is enough. A file that is not there is a wrong configuration.
func TestSomebodyMustBeHeard(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string]string{
		"listen: localhost:8737\n": "integrations has no platform",
		"integrations: {prometheus: [{url: \"http://localhost:9090\"}]}\n": ":1: integrations has no platform",
		"timezon: UTC\n": "integrations has no platform",
		"store: bolt:" + dir + "/cresset.db\nintegrations: {console: {}}\n": "",
		"": "no such file",
	} {
		e := Environment{Out: t.Output(), Err: t.Output(), Log: testLog(t), Getenv: func(string) (string, bool) { return "", false }, ConfigPath: filepath.Join(dir, "cresset.yaml")}
		if text != "" {
			if err := os.WriteFile(e.ConfigPath, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		} else {
			e.ConfigPath = filepath.Join(dir, "nowhere.yaml")
		}
		a, err := e.open()
		if a != nil {
			_ = a.Close()
		}
		var problems config.Problems
		if errors.As(err, &problems) != (want != "") || want != "" && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
		if want == "no such file" && !strings.Contains(err.Error(), e.ConfigPath) {
			t.Errorf("%v does not name the file", err)
		}
	}
}

// Only where there is a console it is said to open it.
func TestWhereTheBotIs(t *testing.T) {
	for integrations, want := range map[string]string{
		"console: {}": "open it and say: /incident declare",
		"slack: {bot_token: xoxb-fake, signing_secret: fake, api_url: \"http://127.0.0.1:1/\"}": " — say on Slack: /incident declare",
	} {
		dir := t.TempDir()
		var out bytes.Buffer
		e := Environment{Out: &out, Err: t.Output(), Log: testLog(t), Getenv: func(string) (string, bool) { return "", false }, ConfigPath: filepath.Join(dir, "cresset.yaml")}
		text := fmt.Sprintf("listen: 127.0.0.1:0\nstore: bolt:%s/cresset.db\nintegrations: {%s}\n", dir, integrations)
		if err := os.WriteFile(e.ConfigPath, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if err := e.Run(ctx); err != nil {
			t.Errorf("%s: %v", integrations, err)
		}
		if !strings.HasPrefix(out.String(), "cresset is at http://127.0.0.1:") || !strings.Contains(out.String(), want) {
			t.Errorf("%s: said %q, want %q", integrations, &out, want)
		}
	}
}

// Home is the first chat service of the configuration, and the console where there is
// no other platform. What is no platform is no home.
func TestHomeIsTheFirstChatService(t *testing.T) {
	now := func() time.Time { return someday }
	console, pigeon, crow := chattest.NewMemory("console", now), chattest.NewMemory("pigeon", now), chattest.NewMemory("crow", now)
	for want, does := range map[string][]any{
		"pigeon":  {"a source", console, pigeon, crow},
		"crow":    {crow, console, pigeon},
		"console": {"a source", console},
		"":        {"a source"},
	} {
		var parts []integrations.Part
		for _, one := range does {
			parts = append(parts, integrations.Part{Does: one})
		}
		if got := homeOf(parts); got != want {
			t.Errorf("home is %q, want %q", got, want)
		}
	}
}

// check asks about the url as a start does: the host of it is served.
func TestAPublicURLWantsALogin(t *testing.T) {
	c, err := config.Parse("cresset.yaml", []byte("url: https://cresset.example.org\nstore: bolt:"+t.TempDir()+"/cresset.db\nintegrations: {console: {}}\n"), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(Options{Config: c, Log: testLog(t)})
	path := filepath.Join(t.TempDir(), "cresset.yaml")
	if err := os.WriteFile(path, []byte("url: https://cresset.example.org\nintegrations: {console: {}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	e := Environment{Out: t.Output(), Err: t.Output(), Log: testLog(t), Getenv: func(string) (string, bool) { return "", false }, ConfigPath: path}
	for what, err := range map[string]error{"start": err, "check": e.Check(t.Context())} {
		if err == nil || !strings.Contains(err.Error(), `integrations.console has no login, and "cresset.example.org" is not only this machine`) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
