package slacktest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// errNoRetry is a failure after which the app asked not to be tried again.
var errNoRetry = errors.New("the app wants no retry")

// DeliverTo makes Slack send signed requests to /slack/commands, /slack/events
// and /slack/interactions under base, instead of using Socket Mode. An empty
// base goes back to Socket Mode.
func (ws *Workspace) DeliverTo(base string) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.base, ws.client = strings.TrimSuffix(base, "/"), sender(overPorts)
}

// Sign makes the headers with which Slack signs a request at a time.
func Sign(secret string, at time.Time, body []byte) http.Header {
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "v0:%s:%s", stamp, body)
	header := http.Header{}
	header.Set("X-Slack-Request-Timestamp", stamp)
	header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	return header
}

// VerifyEventsURL does what Slack does when somebody enters the address for
// events: it sends a challenge and wants it back.
func (ws *Workspace) VerifyEventsURL() error {
	ws.mu.Lock()
	base := ws.base
	ws.mu.Unlock()
	if base == "" {
		return errors.New("verify the events address: there is none, see DeliverTo")
	}
	challenge := "challenge-3eZbrw1aBm2rZgRNFdxV2595"
	answer, err := ws.bring(&envelope{kind: "events_api",
		payload: obj{"type": "url_verification", "token": "verification-token", "challenge": challenge}})
	if err != nil {
		return fmt.Errorf("verify the events address: %w", err)
	}
	if !bytes.Contains(answer, []byte(challenge)) {
		return fmt.Errorf("verify the events address: got %q, want the challenge back", answer)
	}
	return nil
}

// sendSigned posts one payload and reads the answer.
func (ws *Workspace) sendSigned(ctx context.Context, base string, e *envelope) ([]byte, error) {
	request, err := ws.signed(ctx, base, e)
	if err != nil {
		return nil, err
	}
	ws.mu.Lock()
	client := ws.client
	ws.mu.Unlock()
	response, err := client.Do(request)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return nil, errTimeout
	case err != nil:
		return nil, fmt.Errorf("connection_failed: %w", err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	switch {
	case err != nil:
		return nil, errTimeout
	case response.StatusCode/100 == 2:
		return body, nil
	case response.Header.Get("X-Slack-No-Retry") == "1":
		return nil, errNoRetry
	}
	return nil, fmt.Errorf("http_error: the app answered %s", response.Status)
}

// sender follows no redirect.
func sender(through http.RoundTripper) *http.Client {
	return &http.Client{Transport: through,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// overPorts reuses no connection, so that an app may restart between two requests.
var overPorts = &http.Transport{DisableKeepAlives: true}

func (ws *Workspace) signed(ctx context.Context, base string, e *envelope) (*http.Request, error) {
	path, kind, body := "/slack/events", "application/json", []byte(encode(e.payload))
	switch e.kind {
	case "slash_commands":
		path, kind, body = "/slack/commands", "application/x-www-form-urlencoded", []byte(form(e.payload).Encode())
	case "interactive":
		path, kind = "/slack/interactions", "application/x-www-form-urlencoded"
		body = []byte(url.Values{"payload": {string(body)}}.Encode())
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	// The real time, whatever SetClock says: verifiers read the machine's clock.
	request.Header = Sign(ws.SigningSecret, time.Now(), body)
	request.Header.Set("Content-Type", kind)
	request.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	if e.attempt > 0 {
		request.Header.Set("X-Slack-Retry-Num", strconv.Itoa(e.attempt))
		request.Header.Set("X-Slack-Retry-Reason", or(map[string]string{"timeout": "http_timeout"}[e.reason], e.reason))
	}
	return request, nil
}

func form(payload obj) url.Values {
	values := url.Values{}
	for name, value := range payload {
		values.Set(name, fmt.Sprint(value))
	}
	return values
}

// reasonOf is Slack's word for why a delivery failed.
func reasonOf(err error) string {
	if errors.Is(err, errTimeout) {
		return "timeout"
	}
	reason, _, _ := strings.Cut(err.Error(), ":")
	return reason
}
