package app

import (
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"cresset/integrations/slack/slacktest"
)

// A house that says where its console is gets a link to the timeline in every
// war room.
func TestRoomsLinkToTheConsole(t *testing.T) {
	ws := slacktest.Start(t)
	ws.AddUser("ada")
	ws.AddChannel("incidents", "cresset")
	a := openApp(t, fmt.Sprintf("url: https://cresset.example.com/\nstore: bolt:%s\nintegrations: {slack: {bot_token: %s, signing_secret: %s, api_url: %s/api/}}\n",
		filepath.Join(t.TempDir(), "cresset.db"), ws.BotToken, ws.SigningSecret, ws.URL), time.Now)
	defer a.Close()
	server := httptest.NewServer(a.routes())
	defer server.Close()
	ws.DeliverTo(server.URL)
	ws.As("ada").Slash("#general", "/incident", "declare sev2 checkout returns 500")
	if err := a.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	all := ws.Channel("inc-1-checkout-returns-500").Bookmarks
	if len(all) != 1 || all[0].Title != "INC-1 timeline" || all[0].Link != "https://cresset.example.com/incidents/INC-1" {
		t.Errorf("the room has the links %+v", all)
	}
}
