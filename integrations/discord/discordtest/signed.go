package discordtest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// interactionsPath is where an app takes signed requests.
const interactionsPath = "/discord/interactions"

// DeliverTo makes Discord send interactions as signed requests to
// /discord/interactions under base, instead of over the gateway. An empty base goes
// back to the gateway. Before the first interaction Discord tries the address as
// VerifyEndpoint does; what it does not like is a violation.
func (s *Server) DeliverTo(base string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.base, s.client, s.probed = strings.TrimSuffix(base, "/"), sender(overPorts), false
}

// Sign makes the headers with which Discord signs a request at a time.
func (s *Server) Sign(at time.Time, body []byte) http.Header {
	stamp := strconv.FormatInt(at.Unix(), 10)
	header := http.Header{}
	header.Set("X-Signature-Timestamp", stamp)
	header.Set("X-Signature-Ed25519", hex.EncodeToString(ed25519.Sign(s.key, append([]byte(stamp), body...))))
	return header
}

// VerifyEndpoint does what Discord does when somebody enters the address, and
// from time to time after that: it sends a PING and wants a PONG, and PINGs with
// bad signatures, which must be answered with 401.
func (s *Server) VerifyEndpoint() error {
	s.mu.Lock()
	base, patience := s.base, max(s.window(), answerWithin)
	body := []byte(encode(obj{"id": s.id(), "application_id": s.AppID, "type": ping, "token": "ping-token", "version": 1,
		"user": s.userJSON(s.owner()), "entitlements": []any{}, "authorizing_integration_owners": obj{}}))
	s.mu.Unlock()
	if base == "" {
		return errors.New("verify the endpoint: there is none, see DeliverTo")
	}
	good := s.Sign(time.Now(), body)
	status, answer, err := s.deliver(base, body, good, patience)
	var said struct {
		Type int `json:"type"`
	}
	switch {
	case err != nil:
		return fmt.Errorf("verify the endpoint: %w", err)
	case status != http.StatusOK || json.Unmarshal(answer.content, &said) != nil || said.Type != pong:
		return fmt.Errorf("verify the endpoint: a PING was answered %d %q, want a PONG", status, answer.content)
	}
	for name, header := range badSignatures(good) {
		status, _, err := s.deliver(base, body, header, patience)
		if err != nil || status != http.StatusUnauthorized {
			return fmt.Errorf("verify the endpoint: a request with %s was answered %d %v, want 401", name, status, err)
		}
	}
	return nil
}

// badSignatures are headers that an app must refuse.
func badSignatures(good http.Header) map[string]http.Header {
	other := good.Clone()
	other.Set("X-Signature-Timestamp", good.Get("X-Signature-Timestamp")+"0")
	short := good.Clone()
	short.Set("X-Signature-Ed25519", good.Get("X-Signature-Ed25519")[:20])
	forged := good.Clone()
	forged.Set("X-Signature-Ed25519", strings.Repeat("00", ed25519.SignatureSize))
	return map[string]http.Header{"another timestamp": other, "a short signature": short, "a forged signature": forged,
		"no signature": {}}
}

// sendSigned posts one interaction, and takes the answer that may come back at once.
// It says false when there is nothing to wait for.
func (s *Server) sendSigned(base string, in *interaction) bool {
	s.probe()
	var body []byte
	var window time.Duration
	s.locked(func() { body, window = encode(in.payload), s.window() })
	// The real time, whatever SetClock says: apps hold it against the machine's clock.
	status, answer, err := s.deliver(base, body, s.Sign(time.Now(), body), window)
	if err != nil || status/100 != 2 {
		return false
	}
	if status != http.StatusOK || len(answer.content) == 0 {
		return true // it will call back
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &call{Server: s, request: &request{value: func(string) string { return "" }}, route: &route{method: http.MethodPost, path: interactionsPath}}
	if err := c.read(answer.kind, answer.content); err != nil {
		c.violation("%s: the answer to an interaction is not JSON: %v", c.route, err)
		return false
	}
	if err := c.respond(in); err != nil {
		c.note(err)
		return in.answered != 0
	}
	return true
}

// probe tries the address once.
func (s *Server) probe() {
	var first bool
	s.locked(func() { first, s.probed = !s.probed, true })
	if !first {
		return
	}
	if err := s.VerifyEndpoint(); err != nil {
		s.locked(func() { s.violation("%v", err) })
	}
}

// returned is a body that came back.
type returned struct {
	kind    string
	content []byte
}

func (s *Server) deliver(base string, body []byte, header http.Header, within time.Duration) (status int, answer returned, err error) {
	s.mu.Lock()
	client := s.client
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(s.ctx, within)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, base+interactionsPath, bytes.NewReader(body))
	if err != nil {
		return 0, returned{}, err
	}
	request.Header = header.Clone()
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "Discord-Interactions/1.0 (+https://discord.com)")
	response, err := client.Do(request)
	if err != nil {
		return 0, returned{}, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	return response.StatusCode, returned{response.Header.Get("Content-Type"), content}, err
}

// sender follows no redirect.
func sender(through http.RoundTripper) *http.Client {
	return &http.Client{Transport: through,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// overPorts reuses no connection, so that an app may restart between two requests.
var overPorts = &http.Transport{DisableKeepAlives: true}
