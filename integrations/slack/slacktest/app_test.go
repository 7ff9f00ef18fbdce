package slacktest_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"

	"cresset/integrations/slack/slacktest"
)

// app is a Slack app made of slack-go. It notes what it hears and answers with its functions.
type app struct {
	api         *slack.Client
	slash       func(slack.SlashCommand) any
	interaction func(slack.InteractionCallback) any

	mu     sync.Mutex
	events []heard
	slashs []slack.SlashCommand
}

// heard is one event delivery.
type heard struct {
	kind  string
	id    string
	retry string
	inner any
}

func newApp(ws *slacktest.Workspace) *app {
	return &app{api: client(ws), slash: func(slack.SlashCommand) any { return nil },
		interaction: func(slack.InteractionCallback) any { return nil }}
}

// onBoth runs the same test over Socket Mode, with two connections, and over signed HTTP.
func onBoth(t *testing.T, test func(t *testing.T, ws *slacktest.Workspace, a *app)) {
	t.Run("socket", func(t *testing.T) {
		ws, _, _ := start(t)
		a := newApp(ws)
		a.connect(t, ws)
		a.connect(t, ws)
		ws.AwaitConnections(2)
		test(t, ws, a)
	})
	t.Run("http", func(t *testing.T) {
		ws, _, _ := start(t)
		a := newApp(ws)
		server := httptest.NewServer(a.handler(ws.SigningSecret))
		t.Cleanup(server.Close)
		ws.DeliverTo(server.URL)
		test(t, ws, a)
	})
}

// connect opens one Socket Mode connection and serves it until the test ends.
func (a *app) connect(t *testing.T, ws *slacktest.Workspace) {
	sock := socketmode.New(client(ws))
	ctx, cancel := context.WithCancel(t.Context())
	var work sync.WaitGroup
	work.Go(func() { _ = sock.RunContext(ctx) })
	work.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case event := <-sock.Events:
				a.serveEnvelope(sock, event)
			}
		}
	})
	t.Cleanup(func() { cancel(); work.Wait() })
}

func (a *app) serveEnvelope(sock *socketmode.Client, event socketmode.Event) {
	var answer any
	switch data := event.Data.(type) {
	case slack.SlashCommand:
		answer = a.heardSlash(data)
	case slack.InteractionCallback:
		answer = a.interaction(data)
	case slackevents.EventsAPIEvent:
		retry := ""
		if event.Request.RetryAttempt > 0 {
			retry = event.Request.RetryReason
		}
		a.heardEvent(data, event.Request.Payload, retry)
	default:
		return
	}
	if answer == nil {
		_ = sock.Ack(*event.Request)
		return
	}
	_ = sock.Ack(*event.Request, answer)
}

func (a *app) heardSlash(command slack.SlashCommand) any {
	a.mu.Lock()
	a.slashs = append(a.slashs, command)
	a.mu.Unlock()
	return a.slash(command)
}

func (a *app) heardEvent(event slackevents.EventsAPIEvent, raw json.RawMessage, retry string) {
	var outer struct {
		EventID string `json:"event_id"`
	}
	_ = json.Unmarshal(raw, &outer)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.events = append(a.events, heard{event.InnerEvent.Type, outer.EventID, retry, event.InnerEvent.Data})
}

// heardOf lists the deliveries of one kind of event.
func (a *app) heardOf(kind string) []heard {
	a.mu.Lock()
	defer a.mu.Unlock()
	var found []heard
	for _, h := range a.events {
		if h.kind == kind {
			found = append(found, h)
		}
	}
	return found
}

// handler is the app over signed HTTP.
func (a *app) handler(secret string) http.Handler {
	mux := http.NewServeMux()
	handle := func(path string, answer func(r *http.Request, body []byte) any) {
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			verifier, err := slack.NewSecretsVerifier(r.Header, secret)
			if err == nil {
				_, _ = verifier.Write(body)
				err = verifier.Ensure()
			}
			if err != nil {
				http.Error(w, "not from Slack", http.StatusUnauthorized)
				return
			}
			if reply := answer(r, body); reply != nil {
				w.Header().Set("Content-Type", "application/json")
				_ = json.NewEncoder(w).Encode(reply)
			}
		})
	}
	handle("/slack/commands", func(r *http.Request, body []byte) any {
		command, _ := slack.SlashCommandParse(withBody(r, body))
		return a.heardSlash(command)
	})
	handle("/slack/interactions", func(r *http.Request, body []byte) any {
		var callback slack.InteractionCallback
		_ = json.Unmarshal([]byte(withBody(r, body).FormValue("payload")), &callback)
		return a.interaction(callback)
	})
	handle("/slack/events", func(r *http.Request, body []byte) any {
		event, _ := slackevents.ParseEvent(body, slackevents.OptionNoVerifyToken())
		if challenge, asked := event.Data.(*slackevents.EventsAPIURLVerificationEvent); asked {
			return map[string]string{"challenge": challenge.Challenge}
		}
		a.heardEvent(event, body, r.Header.Get("X-Slack-Retry-Reason"))
		return nil
	})
	return mux
}
