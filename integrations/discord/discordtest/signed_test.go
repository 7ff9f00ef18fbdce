package discordtest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestSignedRequestsOverAPort(t *testing.T) {
	d, _ := start(t)
	a := appOf(t, d)
	a.commands(incident)
	server := httptest.NewServer(a.interactive(func(obj) obj { return message("Declared.") }))
	defer server.Close()
	d.DeliverTo(server.URL)
	ok(t, d.VerifyEndpoint())
	equal(t, "answer", d.As("ada").Slash("war", "/incident declare title:x").Message.Content, "Declared.")
	equal(t, "address", a.must("GET", "/applications/@me", nil).Body["interactions_endpoint_url"], any(server.URL+"/discord/interactions"))
}

func TestEndpointsThatDiscordWouldNotTake(t *testing.T) {
	d, _ := start(t)
	d.AllowViolations()
	a := appOf(t, d)
	for name, handler := range map[string]http.HandlerFunc{
		"PONG": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) },
		"401":  func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"type": 1}`)) },
		"trusts": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("X-Signature-Ed25519") == "" {
				w.WriteHeader(401)
				return
			}
			_, _ = w.Write([]byte(`{"type": 1}`))
		},
	} {
		d.DeliverInto(handler)
		if err := d.VerifyEndpoint(); err == nil {
			t.Errorf("%s: the endpoint is fine", name)
		}
	}
	a.commands(incident)
	d.DeliverInto(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"type": 1}`)) }))
	d.As("ada").Slash("war", "/incident declare title:x")
	if !strings.Contains(strings.Join(d.Violations(), "\n"), "want 401") {
		t.Errorf("nobody was told: %q", d.Violations())
	}
}

func TestSecondDelivery(t *testing.T) {
	d, _ := start(t)
	a := appOf(t, d)
	a.commands(incident)
	var ids []string
	d.DeliverInto(a.interactive(func(in obj) obj {
		ids = append(ids, in["id"].(string)+in["token"].(string))
		return message("Declared.")
	}))
	d.DeliverTwice(true)
	equal(t, "answer", d.As("ada").Slash("war", "/incident declare title:x").Message.Content, "Declared.")
	equal(t, "delivered", len(ids), 2)
	equal(t, "the same", ids[0], ids[1])
	equal(t, "shown", len(d.Ephemerals("ada")), 1)
}
