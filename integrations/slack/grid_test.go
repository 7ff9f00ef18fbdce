package slack

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"cresset/bot/chat"
	"cresset/integrations/slack/slacktest"
)

// onGrid is a stage on which the app is installed for a whole organisation.
func onGrid(t *testing.T, team string) *stage {
	t.Helper()
	s := workspace(t)
	s.InstallForOrganisation("E0ORG")
	settings := settingsOf(s.Workspace, true, false)
	if team != "" {
		settings += "team: " + team + "\n"
	}
	s.platform = open(t, settings, Options{Log: logTo(t), Channels: []string{"ops"}})
	return s
}

func TestOnAWholeOrganisation(t *testing.T) {
	s := onGrid(t, "T0TEAM")
	sre := s.AddGroup("sre", "ada")
	s.platform.options.Groups = []string{sre}
	room, err := s.platform.OpenRoom(t.Context(), chat.RoomSpec{Name: "inc-1-checkout"})
	if err != nil {
		t.Fatal(err)
	}
	if found, ok, err := s.platform.FindRoom(t.Context(), "inc-1-checkout"); err != nil || !ok || found.Place != room.Place {
		t.Errorf("found %+v, %v, %v", found, ok, err)
	}
	for _, f := range s.platform.Check(t.Context()) {
		if !f.OK {
			t.Errorf("%+v", f)
		}
	}
	if said, err := s.platform.Post(t.Context(), chat.Place{Platform: name, Channel: "#ops"}, chat.Message{Text: "x"}, "0"); err != nil || said.Place.Channel != s.ops.ID {
		t.Errorf("by name: said in %+v, %v", said.Place, err)
	}
	s.run(t)
	s.AwaitConnections(connections)
	if !s.platform.InGroup(sre, person(s.ada.ID)) {
		t.Error("who is in a user group is not known")
	}
	s.with(always(chat.Reply{Message: chat.Message{Text: "Done."}}))
	if a := s.As("ada").Slash("ops", "/incident", "list"); a.Text != "Done." {
		t.Errorf("answer %+v", a)
	}
	if e := s.last(t); e.By.External || !strings.HasPrefix(e.Key, "slack:E0ORG:") {
		t.Errorf("event %+v", e)
	}
	ref, err := s.platform.Post(t.Context(), room.Place, chat.Message{Buttons: []chat.Button{{Label: "Go", Line: "go"}}}, "1")
	if err != nil {
		t.Fatal(err)
	}
	s.As("ada").Join("inc-1-checkout")
	s.As("ada").Click("inc-1-checkout", ref.ID, "Go")
	if e := s.last(t); e.Line != "go" || e.By.External || !strings.HasPrefix(e.Key, "slack:E0ORG:") {
		t.Errorf("event %+v", e)
	}
}

func TestOrganisationWithoutAWorkspace(t *testing.T) {
	s := onGrid(t, "")
	_, err := s.platform.OpenRoom(t.Context(), chat.RoomSpec{Name: "inc-1-checkout"})
	if e := sendError(t, err); e.Retry || !strings.Contains(e.Advice, "integrations.slack.team") {
		t.Errorf("%+v", e)
	}
	_, err = s.platform.Post(t.Context(), chat.Place{Platform: name, Channel: "#ops"}, chat.Message{Text: "x"}, "1")
	if e := sendError(t, err); e.Retry || e.Advice != noTeam {
		t.Errorf("%+v", e)
	}
	if _, _, err = s.platform.FindRoom(t.Context(), "ops"); sendError(t, err).Advice != noTeam {
		t.Errorf("a look for a room: %v", err)
	}
	var advice string
	for _, f := range s.platform.Check(t.Context()) {
		if f.What == "workspace" {
			advice = f.Advice
		}
	}
	if !strings.Contains(advice, "integrations.slack.team") {
		t.Errorf("check advises %q", advice)
	}
}

func TestWorkspaceThatTheAppIsNotIn(t *testing.T) {
	s := onGrid(t, "T0SISTER")
	_, err := s.platform.OpenRoom(t.Context(), chat.RoomSpec{Name: "inc-1-checkout"})
	if e := sendError(t, err); e.Retry || !strings.Contains(e.Advice, "add it in the organisation's settings") {
		t.Errorf("%+v", e)
	}
}

// On GovSlack everything has another host. Whatever the bot does there, it asks
// nobody else.
func TestGovSlackIsAskedForEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ws := slacktest.New(t)
		ws.URL = "https://slack-gov.com"
		s := &stage{Workspace: ws, answers: &answers{}, ada: ws.AddUser("ada")}
		s.ops = ws.AddChannel("ops", "ada", "cresset")
		var mu sync.Mutex
		hosts := map[string]bool{}
		through := func(host string) {
			mu.Lock()
			defer mu.Unlock()
			hosts[host] = true
		}
		s.platform = open(t, settingsOf(ws, true, false), Options{Log: logTo(t),
			Transport: watched{ws.Transport(), through},
			Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
				through(address)
				return ws.Dial(ctx, network, address)
			}})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- s.platform.Run(ctx, s.handle) }()
		s.AwaitConnections(connections)
		s.with(always(chat.Reply{Message: chat.Message{Text: "Done.", Files: []chat.File{{Name: "a.md", Content: []byte("# a")}}}}))
		s.As("ada").Slash("ops", "/incident", "recap")
		synctest.Wait()
		room, err := s.platform.OpenRoom(t.Context(), chat.RoomSpec{Name: "inc-1-checkout"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.platform.Post(t.Context(), room.Place, chat.Message{Text: "x", Chart: picture()}, "1"); err != nil {
			t.Error(err)
		}
		if !strings.HasPrefix(room.Link, "https://slack-gov.com/") {
			t.Errorf("link %s", room.Link)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if len(ws.Files()) != 2 || len(ws.CallsOf("apps.connections.open")) != connections {
			t.Errorf("%d files, %d sockets", len(ws.Files()), len(ws.CallsOf("apps.connections.open")))
		}
		for host := range hosts {
			if host != "slack-gov.com" && host != "slack-gov.com:443" {
				t.Errorf("%s was asked", host)
			}
		}
	})
}

// watched tells which hosts are asked.
type watched struct {
	to   http.RoundTripper
	told func(host string)
}

func (w watched) RoundTrip(r *http.Request) (*http.Response, error) {
	w.told(r.URL.Host)
	return w.to.RoundTrip(r)
}
