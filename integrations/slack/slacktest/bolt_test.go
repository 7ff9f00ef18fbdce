package slacktest_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"cresset/integrations/npmtest"
	"cresset/integrations/slack/slacktest"
)

// An app of Slack's own framework finds the workspace believable.
func TestBolt(t *testing.T) {
	ws := slacktest.Start(t)
	ws.AddUser("ada")
	ws.AddChannel("war", "ada", "cresset")
	runBolt(t, ws)
	ada := ws.As("ada")

	answer := ada.Slash("war", "/incident", "status resolved")
	equal(t, "answer", answer.Text+answer.Failed, "Heard status resolved.")
	eventually(t, "the second answer", func() bool { return len(ws.Ephemerals("ada")) == 2 })
	if !slices.ContainsFunc(ws.Ephemerals("ada"), func(m slacktest.Message) bool { return m.Text == "And later." }) { // two ways, no order
		t.Errorf("second answer: %+v", ws.Ephemerals("ada"))
	}

	equal(t, "failure", ada.Slash("war", "/incident", "declare").Failed, "")
	eventually(t, "a form", func() bool { return ada.View() != nil })
	refused := ada.Submit(ada.View(), map[string]string{"Title": "x"})
	equal(t, "error", refused.Errors["title"], "Say more.")
	if done := ada.Submit(ada.View(), map[string]string{"Title": "checkout returns 500"}); !done.Closed {
		t.Fatalf("got %+v", done)
	}
	eventually(t, "a pinned card", func() bool { return len(ws.Channel("war").Pins) == 1 })
	card := ws.Messages("war")[0]
	equal(t, "card", card.Text, "checkout returns 500")
	equal(t, "metadata", string(card.Metadata), `{"event_payload":{"title":"checkout returns 500"},"event_type":"declared"}`)

	equal(t, "failure", ada.Click("war", card.TS, "Take it").Failed, "")
	eventually(t, "an edit", func() bool { return ws.Messages("war")[0].EditCount == 1 })
	equal(t, "edited card", ws.Messages("war")[0].Text, "ada took R-1")

	said := ada.Mention("war", "are you there?")
	eventually(t, "a reply", func() bool { return len(ws.Messages("war")) == 3 })
	equal(t, "thread of the reply", ws.Messages("war")[2].ThreadTS, said.TS)

	ada.React("war", said.TS, "pushpin")
	eventually(t, "a file", func() bool { return len(ws.Files()) == 1 && ws.Files()[0].Complete })
	equal(t, "file", string(ws.Files()[0].Content), said.Text)

	connections := len(ws.CallsOf("apps.connections.open"))
	ws.Disconnect("refresh_requested")
	eventually(t, "a new connection", func() bool { return len(ws.CallsOf("apps.connections.open")) > connections })
	ws.AwaitConnections(1)
	equal(t, "answer on it", ada.Slash("war", "/incident", "again").Text, "Heard again.")
}

func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(15 * time.Second); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("there is no sign of %s after 15 seconds", what)
		}
	}
}

// runBolt starts testdata/bolt/app.js and waits until it is connected. Its Node
// comes from npm too, since distributions have older ones.
func runBolt(t *testing.T, ws *slacktest.Workspace) {
	t.Helper()
	dir := npmtest.Installed(t, os.DirFS("testdata/bolt"))
	ctx, cancel := context.WithCancel(context.Background())
	node := exec.CommandContext(ctx, filepath.Join(dir, "node_modules", ".bin", "node"), "app.js")
	node.Dir = dir
	node.Env = append(os.Environ(), "SLACK_API_URL="+ws.URL+"/api/", "SLACK_BOT_TOKEN="+ws.BotToken, "SLACK_APP_TOKEN="+ws.AppToken)
	node.Stdout, node.Stderr = t.Output(), t.Output()
	if err := node.Start(); err != nil {
		t.Fatalf("start the bolt app: %v", err)
	}
	t.Cleanup(func() {
		cancel()
		_ = node.Wait() // it was killed
	})
	ws.AwaitConnections(1)
}
