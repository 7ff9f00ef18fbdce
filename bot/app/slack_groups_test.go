package app

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cresset/integrations/slack/slacktest"
)

// TestRolesOfAUserGroup: who is in the group that a role names may do what the role
// may, and nobody else.
func TestRolesOfAUserGroup(t *testing.T) {
	ws := slacktest.Start(t)
	ws.AddUser("ada")
	ws.AddUser("bob")
	ws.AddChannel("cre", "ada", "bob", "cresset")
	ws.AddChannel("incidents", "ada", "bob", "cresset")
	sre := ws.AddGroup("sre", "ada")
	a := openApp(t, fmt.Sprintf("store: bolt:%s\nroles: {responder: [%q]}\nintegrations: {slack: {bot_token: %s, app_token: %s, api_url: %s/api/}}\n",
		filepath.Join(t.TempDir(), "cresset.db"), "slack:"+sre, ws.BotToken, ws.AppToken, ws.URL), time.Now)
	defer a.Close()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.platforms["slack"].Run(ctx, a.Handle) }()
	ws.AwaitConnections(1)
	if answer := ws.As("ada").Slash("cre", "/incident", "declare sev2 checkout returns 500"); !strings.Contains(answer.Text, "INC-1") {
		t.Errorf("ada is told %q", answer.Text)
	}
	if answer := ws.As("bob").Slash("cre", "/incident", "declare sev2 checkout returns 500"); !strings.Contains(answer.Text, "role responder") {
		t.Errorf("bob is told %q", answer.Text)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
