package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// outbound is everything in the bot that opens a connection, and what keeps it
// from being led elsewhere. A new one wants a line here, and a test of its guard.
var outbound = map[string]string{
	"bot/app/backup.go http.DefaultClient":           "the command line, asking the bot that its user names",
	"bot/app/environment.go http.Client{":            "the command line, asking the bot that its user names",
	"bot/app/environment.go http.DefaultClient":      "the command line, asking the bot that the configuration names",
	"bot/app/sheet.go http.DefaultClient":            "the command line, asking the bot that its user names",
	"integrations/prometheus/source.go http.Client{": "guard.NewGate, guard.Stay: TestGuarded",
	"integrations/probe/probe.go http.Client{":       "guard.Transport, guard.Stay: TestOurOwnFaultIsNoBadEvent, TestCounts",
	"integrations/probe/guard/guard.go net.Dialer{":  "guard.Control: TestRebinding, TestWaysToWriteAnAddress",
	"integrations/openai/drafter.go http.Client{":    "guard.NewGate, guard.Stay: TestMetadataIsNotAsked, TestTroubleInWords",
	"integrations/tracker/tracker.go http.Client{":   "guard.NewGate, guard.Stay: TestCredentialsStayAtTheServer, TestRefusals",
	"integrations/discord/discord.go http.Client{":   "the configured address, encrypted, no redirect: TestRedirectsOfDiscordAreNotFollowed",
	"integrations/discord/discord.go net.Dialer{":    "guard.Control: TestDiscordIsNotLedToMetadata",
	"integrations/discord/wire.go websocket.Dialer{": "the address that Discord gave, encrypted: TestGatewaysAreEncryptedBeyondThisMachine",
	"integrations/slack/slack.go http.Client{":       "the configured address, encrypted, no redirect: TestRedirectsOfSlackAreNotFollowed",
	"integrations/slack/socket.go net.Dialer{":       "guard.Control: TestMetadataIsNotAsked",
	"integrations/slack/socket.go websocket.Dialer{": "the address that the Web API gave, encrypted: TestSocketsAreEncryptedBeyondThisMachine",
}

var opens = regexp.MustCompile(`http\.(Client\{|DefaultClient|DefaultTransport|Transport\{|Get\(|Post\(|PostForm\(|Head\()|net\.(Dial(Timeout|TCP|UDP|IP|Unix)?\(|Dialer\{)|tls\.(Dial|Dialer)|websocket\.(Dialer\{|DefaultDialer)|smtp\.`)

// TestEveryConnectionIsListed: nobody opens a connection that nobody thought of.
func TestEveryConnectionIsListed(t *testing.T) {
	found := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "slacktest") || strings.Contains(path, "discordtest") || strings.Contains(path, "/store/") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(text)) {
			code, _, _ := strings.Cut(line, "//")
			for _, what := range opens.FindAllString(code, -1) {
				if what == "http.Transport{" && strings.HasSuffix(path, "guard/guard.go") {
					continue // dials with the dialer that is listed
				}
				found[strings.TrimPrefix(filepath.ToSlash(path), "../")+" "+what] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for what := range found {
		if outbound[what] == "" {
			t.Errorf("%s opens connections and is not listed: say what keeps it from being led elsewhere", what)
		}
	}
	for what := range outbound {
		if !found[what] {
			t.Errorf("%s is listed and not there", what)
		}
	}
}
