package slacktest_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"cresset/integrations/slack/slacktest"
)

// recorder is a test that keeps its errors to itself.
type recorder struct {
	testing.TB
	inner  *testing.T
	errors []string
}

func (r *recorder) Cleanup(f func()) { r.inner.Cleanup(f) }
func (r *recorder) Errorf(format string, a ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, a...))
}

func startFor(t testing.TB) (*slacktest.Workspace, string) {
	ws := slacktest.Start(t)
	return ws, ws.AddChannel("war", "cresset").ID
}

func TestRefuse(t *testing.T) {
	ws, api, ch := start(t)
	ws.Refuse("chat.postMessage", "internal_error", 2)
	for range 2 {
		_, _, err := api.PostMessage(ch.ID, slack.MsgOptionText("x", false))
		wantCode(t, err, "internal_error")
	}
	equal(t, "messages", len(ws.Messages("war")), 0)
	_, _, err := api.PostMessage(ch.ID, slack.MsgOptionText("x", false))
	ok(t, err)
	var outcomes []string
	for _, call := range ws.CallsOf("chat.postMessage") {
		outcomes = append(outcomes, call.Outcome)
	}
	equal(t, "outcomes", outcomes, []string{"internal_error", "internal_error", "ok"})
}

func TestRateLimits(t *testing.T) {
	ws, api, ch := start(t)
	ws.RateLimit("chat.postMessage", 1, 7)
	_, _, err := api.PostMessage(ch.ID, slack.MsgOptionText("x", false))
	var limited *slack.RateLimitedError
	if !errors.As(err, &limited) || limited.RetryAfter != 7*time.Second {
		t.Fatalf("got %v, want to wait 7 seconds", err)
	}
	ws.RateLimitPolitely("chat.postMessage", 1)
	_, _, err = api.PostMessage(ch.ID, slack.MsgOptionText("x", false))
	wantCode(t, err, "rate_limited")
	ws.RateLimitSilently("chat.postMessage", 1)
	response, err := http.PostForm(ws.URL+"/api/chat.postMessage", url.Values{"token": {ws.BotToken}})
	ok(t, err)
	response.Body.Close()
	if response.StatusCode != 429 || response.Header.Get("Retry-After") != "" {
		t.Fatalf("got %s %v, want 429 without Retry-After", response.Status, response.Header)
	}
	ws.BreakDown("auth.test", 503, 1)
	_, err = api.AuthTest()
	var status slack.StatusCodeError
	if !errors.As(err, &status) || status.Code != 503 {
		t.Fatalf("got %v, want 503", err)
	}
	equal(t, "messages", len(ws.Messages("war")), 0)
}

func TestWorkDoneAnswerLost(t *testing.T) {
	ws, api, ch := start(t)
	ws.DropAnswer("chat.postMessage", 1)
	_, _, err := api.PostMessage(ch.ID, slack.MsgOptionText("x", false))
	if err == nil {
		t.Fatal("got an answer, want none")
	}
	ws.FailAfterWork("chat.postMessage", "internal_error", 1)
	_, _, err = api.PostMessage(ch.ID, slack.MsgOptionText("y", false))
	wantCode(t, err, "internal_error")
	equal(t, "messages", len(ws.Messages("war")), 2)
	equal(t, "dropped", ws.CallsOf("chat.postMessage")[0].Dropped, true)
}

func TestDelayAndHooks(t *testing.T) {
	ws, api, ch := start(t)
	var seen []string
	ws.BeforeCall(func(method string) { seen = append(seen, fmt.Sprint("before ", method, len(ws.Messages("war")))) })
	ws.AfterCall(func(method string) { seen = append(seen, fmt.Sprint("after ", method, len(ws.Messages("war")))) })
	ws.Delay("chat.postMessage", 30*time.Millisecond)
	began := time.Now()
	_, _, err := api.PostMessage(ch.ID, slack.MsgOptionText("x", false))
	ok(t, err)
	if took := time.Since(began); took < 30*time.Millisecond {
		t.Fatalf("answered after %s", took)
	}
	equal(t, "hooks", seen, []string{"before chat.postMessage0", "after chat.postMessage1"})
}

func TestScopesInHeaders(t *testing.T) {
	ws, _, _ := start(t)
	ws.SetScopes("chat:write", "pins:read")
	response, err := http.PostForm(ws.URL+"/api/pins.list", url.Values{"token": {ws.BotToken}, "channel": {"C0"}})
	ok(t, err)
	response.Body.Close()
	got := []string{response.Header.Get("X-OAuth-Scopes"), response.Header.Get("X-Accepted-OAuth-Scopes")}
	if !slices.Equal(got, []string{"chat:write,pins:read", "pins:read"}) {
		t.Fatalf("got %q", got)
	}
}
