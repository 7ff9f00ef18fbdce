package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"cresset/bot/chat"
)

const (
	maxBody  = 1 << 20
	bodyTime = 10 * time.Second // how long a body may take: Slack itself gives up after three
)

// Routes takes Slack's signed requests. Without a signing secret there are none.
func (p *Platform) Routes(handle chat.Handler) map[string]http.Handler {
	if p.settings.SigningSecret.IsZero() {
		return nil
	}
	places := &eventPlaces{taken: make(chan struct{}, 2*eventsAtOnce)}
	return map[string]http.Handler{
		"POST /slack/commands": p.signed(func(w http.ResponseWriter, r *http.Request, body []byte) { p.serveCommand(w, r, body, handle) }),
		"POST /slack/events": p.signed(func(w http.ResponseWriter, r *http.Request, body []byte) {
			p.serveEvent(w, r, body, places, handle)
		}),
		"POST /slack/interactions": p.signed(func(w http.ResponseWriter, r *http.Request, body []byte) { p.serveInteraction(w, r, body, handle) }),
	}
}

// signed lets through what Slack signed in the last five minutes. What is wrong
// with a signature is nobody's business.
func (p *Platform) signed(next func(http.ResponseWriter, *http.Request, []byte)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := readAll(w, r)
		var large *http.MaxBytesError
		switch {
		case errors.As(err, &large):
			http.Error(w, "the body is larger than 1 MiB", http.StatusRequestEntityTooLarge)
		case err != nil:
			http.Error(w, "the body could not be read", http.StatusBadRequest)
		case !p.genuine(r.Header, body):
			p.options.OnBadSignature()
			p.options.Log.Warn("wrong signature", "platform", name, "path", r.URL.Path)
			http.Error(w, "the signature is wrong", http.StatusUnauthorized)
		default:
			next(w, r, body)
		}
	})
}

// readAll reads a body that is neither large nor slow. After one that is, the
// deadline stays, or the server would wait for the rest of it.
func readAll(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	c := http.NewResponseController(w)
	_ = c.SetReadDeadline(time.Now().Add(bodyTime)) // every connection can
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err == nil {
		_ = c.SetReadDeadline(time.Time{})
	}
	return body, err
}

func (p *Platform) genuine(h http.Header, body []byte) bool {
	if len(h.Values("X-Slack-Signature")) != 1 || len(h.Values("X-Slack-Request-Timestamp")) != 1 {
		return false // two might be read differently here and in front of the bot
	}
	v, err := slack.NewSecretsVerifier(h, p.settings.SigningSecret.Reveal())
	if err != nil {
		return false
	}
	v.Write(body) // a hash takes everything
	return v.Ensure() == nil
}

func (p *Platform) serveCommand(w http.ResponseWriter, r *http.Request, body []byte, handle chat.Handler) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		p.options.OnUnreadable(kindSlash, body, fmt.Errorf("%w: %v", errUnreadable, err))
		http.Error(w, "the body is no form", http.StatusBadRequest)
		return
	}
	// What is kept has to be text: the codec would change anything else.
	field := func(name string) string { return strings.ToValidUTF8(form.Get(name), "\ufffd") }
	d := delivered{Command: field("command"), Text: field("text"), TeamID: field("team_id"), EnterpriseID: field("enterprise_id"), TriggerID: field("trigger_id"),
		UserID: field("user_id"), UserName: field("user_name"), ChannelID: field("channel_id"), ChannelName: field("channel_name")}
	out, err := p.do(r.Context(), handle, func(ctx context.Context) (*act, error) { return p.understand(ctx, kindSlash, d) })
	p.acknowledge(w, out, err)
}

func (p *Platform) serveInteraction(w http.ResponseWriter, r *http.Request, body []byte, handle chat.Handler) {
	form, err := url.ParseQuery(string(body))
	if err != nil || form.Get("payload") == "" {
		p.options.OnUnreadable(kindInteractive, body, errUnreadable)
		http.Error(w, "the body has no payload", http.StatusBadRequest)
		return
	}
	p.serve(w, r, kindInteractive, []byte(form.Get("payload")), handle)
}

// eventPlaces bound how many events are handled at once.
type eventPlaces struct {
	taken chan struct{}
	full  crowd
}

// serveEvent takes an event when there is a place for it. In a storm Slack keeps
// what there is none for, and delivers it again.
func (p *Platform) serveEvent(w http.ResponseWriter, r *http.Request, body []byte, places *eventPlaces, handle chat.Handler) {
	var hello struct{ Type, Challenge string }
	if json.Unmarshal(body, &hello) == nil && hello.Type == "url_verification" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		io.WriteString(w, hello.Challenge)
		return
	}
	enough := time.NewTimer(eventTime)
	defer enough.Stop()
	select {
	case places.taken <- struct{}{}:
		defer func() { <-places.taken }()
		p.serve(w, r, kindEvents, body, handle)
	case <-enough.C:
		p.tooMany(&places.full)
		http.Error(w, "too many events, deliver it again", http.StatusServiceUnavailable)
	case <-r.Context().Done():
	}
}

// eventTime is how long an event waits for a place.
const eventTime = 2 * time.Second

func (p *Platform) serve(w http.ResponseWriter, r *http.Request, kind string, payload []byte, handle chat.Handler) {
	out, err := p.take(r.Context(), kind, payload, handle)
	p.acknowledge(w, out, err)
}

// acknowledge answers 200 once the act is handled. An event that failed is
// refused, so that Slack delivers it again; other acts Slack never repeats, and
// their failure is said in words.
func (p *Platform) acknowledge(w http.ResponseWriter, out outcome, err error) {
	switch {
	case errors.Is(err, errUnreadable):
		w.Header().Set("X-Slack-No-Retry", "1") // a second delivery would read no better
		http.Error(w, "the payload cannot be read", http.StatusBadRequest)
		return
	case err != nil:
		p.options.Log.Error("event not handled, waiting for Slack to deliver it again", "platform", name, "err", err)
		http.Error(w, "not handled, deliver it again", http.StatusServiceUnavailable)
		return
	case out.ack != nil:
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Write(out.ack)
	}
	if out.then != nil {
		http.NewResponseController(w).Flush() // a writer that cannot just takes longer
		p.background(out.then)
	}
}
