package discord

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// ask sends a body with headers to the endpoint, and gives the answer.
func (s *stage) ask(t *testing.T, body []byte, header http.Header) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/discord/interactions", bytes.NewReader(body))
	r.Header = header
	w := httptest.NewRecorder()
	s.platform.Routes(s.handle)["POST /discord/interactions"].ServeHTTP(w, r)
	return w
}

func TestSignatures(t *testing.T) {
	s := server(t)
	var refused atomic.Int64
	s.platform.options.OnBadSignature = func() { refused.Add(1) }
	ping := []byte(`{"id":"1","application_id":"2","type":1,"token":"t","version":1}`)
	if w := s.ask(t, ping, s.Sign(time.Now(), ping)); w.Code != http.StatusOK || strings.TrimSpace(w.Body.String()) != `{"type":1}` {
		t.Fatalf("a PING is answered %d %s", w.Code, w.Body)
	}
	twice := s.Sign(time.Now(), ping)
	twice.Add("X-Signature-Timestamp", twice.Get("X-Signature-Timestamp"))
	flipped := s.Sign(time.Now(), ping)
	flipped.Set("X-Signature-Ed25519", "0"+flipped.Get("X-Signature-Ed25519")[1:])
	if flipped.Get("X-Signature-Ed25519") == s.Sign(time.Now(), ping).Get("X-Signature-Ed25519") {
		flipped.Set("X-Signature-Ed25519", "f"+flipped.Get("X-Signature-Ed25519")[1:])
	}
	for what, h := range map[string]http.Header{
		"none": {}, "of another body": s.Sign(time.Now(), []byte("{}")), "six minutes old": s.Sign(time.Now().Add(-6*time.Minute), ping),
		"from the future": s.Sign(time.Now().Add(6*time.Minute), ping), "with two timestamps": twice, "with a digit changed": flipped,
		"that is short": {"X-Signature-Ed25519": {"00"}, "X-Signature-Timestamp": {"1"}}, "that is no hex": {"X-Signature-Ed25519": {"zz"}, "X-Signature-Timestamp": {"1"}},
		"with no number": s.Sign(time.Now(), ping),
	} {
		if what == "with no number" {
			h.Set("X-Signature-Timestamp", "soon")
		}
		before := refused.Load()
		if w := s.ask(t, ping, h); w.Code != http.StatusUnauthorized || refused.Load() != before+1 {
			t.Errorf("a signature %s is answered %d", what, w.Code)
		}
	}
	var kept []string
	s.platform.options.OnUnreadable = func(kind string, raw []byte, _ error) { kept = append(kept, kind+" "+string(raw)) }
	for _, odd := range []string{`{"type":`, `{"type":2}`, `{"id":"1","type":77}`} {
		if w := s.ask(t, []byte(odd), s.Sign(time.Now(), []byte(odd))); w.Code != http.StatusBadRequest || kept[len(kept)-1] != "interaction "+odd {
			t.Errorf("%s is answered %d, kept %q", odd, w.Code, kept)
		}
	}
	large := bytes.Repeat([]byte(" "), maxBody+1)
	if w := s.ask(t, large, s.Sign(time.Now(), large)); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("what is too large is answered %d", w.Code)
	}
	if len(s.events()) > 0 {
		t.Errorf("something was handled: %+v", s.events())
	}
}

func TestTheEndpointIsWhatDiscordWants(t *testing.T) {
	s := server(t)
	s.serve(t)
	if err := s.VerifyEndpoint(); err != nil {
		t.Error(err)
	}
	s.platform = open(t, settingsOf(s.Server, false), Options{Log: logTo(t)})
	if routes := s.platform.Routes(s.handle); len(routes) > 0 {
		t.Errorf("without a public key there are routes: %v", routes)
	}
}
