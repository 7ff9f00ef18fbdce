package app

import (
	"context"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"cresset/integrations/slack/slacktest"
)

// slackHome is the fake Slack, over one of its transports, with every event
// delivered twice.
type slackHome struct {
	t      testing.TB
	http   bool
	path   string
	probed string
	ws     *slacktest.Workspace
	app    *App
	down   bool   // Slack takes no calls
	more   string // configuration
	end    func()
	forms  map[string]*slacktest.View
	failed map[string][]entry // what a form refused
	types  *jsonschema.Schema
	told   map[string][]int // how much a person alone was told before each of their acts
}

func newSlackSocketHome(t testing.TB) home { return newSlackHome(t, false) }
func newSlackHTTPHome(t testing.TB) home   { return newSlackHome(t, true) }

func newSlackHome(t testing.TB, http bool) home {
	h := &slackHome{t: t, http: http, path: filepath.Join(t.TempDir(), "cresset.db"), probed: probedServer(t), ws: slacktest.Start(t),
		forms: map[string]*slacktest.View{}, failed: map[string][]entry{}, types: typesOfSlack(t), told: map[string][]int{}}
	t.Cleanup(h.prove)
	for _, p := range people {
		h.ws.AddUser(p)
	}
	for _, c := range []string{"incidents", "cre", "reliability", "support-acme", "support-globex"} {
		h.ws.AddChannel(c, append([]string{"cresset"}, people...)...)
	}
	h.ws.As(people[0]).Invite("#general", "cresset") // or it would not see reactions there
	h.ws.DeliverTwice(true)
	return h
}

func (h *slackHome) start(clock *clock) {
	h.meet(clock)
	h.live(openApp(h.t, fmt.Sprintf(scriptConfig, h.path, h.probed, "integrations: {"+h.section()+"}\n"+h.more), clock.Now))
}

func (h *slackHome) configure(yaml string) {
	h.more = accounts(yaml, h.key)
}

func (h *slackHome) key(who string) string { return "slack:" + h.ws.As(who).User().ID }

func (h *slackHome) meet(clock *clock) { h.ws.SetClock(clock.Now) }

// section is what the configuration says of this workspace.
func (h *slackHome) section() string {
	transport := "app_token: " + h.ws.AppToken
	if h.http {
		transport = "signing_secret: " + h.ws.SigningSecret
	}
	return fmt.Sprintf("slack: {bot_token: %s, %s, api_url: %s/api/}", h.ws.BotToken, transport, h.ws.URL)
}

// live has the bot hear the workspace.
func (h *slackHome) live(a *App) {
	h.app = a
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := a.platforms["slack"].Run(ctx, a.Handle); err != nil && ctx.Err() == nil {
			h.t.Errorf("slack: %v", err)
		}
	})
	server := httptest.NewServer(a.routes())
	if h.http {
		h.ws.DeliverTo(server.URL)
	}
	h.hear()
	h.end = func() {
		server.Close()
		cancel()
		running.Wait()
		for h.ws.Connections() > 0 { // or the next event goes to one that is dead
			time.Sleep(5 * time.Millisecond)
		}
	}
}

func (h *slackHome) deafen() { h.end() }

// takes has Slack take calls again, and waits until it is heard, or take none.
func (h *slackHome) takes(calls bool) {
	h.down = !calls
	h.ws.Outage(h.down)
	h.hear()
}

// hear waits until the bot hears the workspace, if it can.
func (h *slackHome) hear() {
	if !h.http && !h.down {
		h.ws.AwaitConnections(1)
	}
}

func (h *slackHome) stop() {
	h.end()
	if err := h.app.Close(); err != nil {
		h.t.Error(err)
	}
}

func (h *slackHome) settle() {
	h.ws.Settle()
	if err := h.app.Settle(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	h.ws.Settle()
}
