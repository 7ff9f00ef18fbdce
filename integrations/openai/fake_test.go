package openai

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/config"
)

// A fake is a model's service that says what a test tells it to.
type fake struct {
	*httptest.Server
	mu     sync.Mutex
	bodies []string
	header http.Header
	path   string
}

func newFake(t *testing.T, answer http.HandlerFunc) *fake {
	f := &fake{}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		f.mu.Lock()
		f.bodies = append(f.bodies, string(body))
		f.header, f.path = r.Header.Clone(), r.URL.Path
		f.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

// raw answers with a status and a body.
func raw(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// says answers as a model that said text.
func says(text string) http.HandlerFunc {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return raw(200, "application/json", fmt.Sprintf(
		`{"id":"c1","object":"chat.completion","created":1,"model":"test-model-2026","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":%s}}]}`, quoted))
}

const canaryKey = "local-key-for-the-test"

// drafter opens a section that leads to the fake.
func drafter(t *testing.T, f *fake, more string) *Drafter {
	t.Helper()
	d, problems := openText(t, fmt.Sprintf("base_url: %s/v1\napi_key: %s\nmodel: test-model\n%s", f.URL, canaryKey, more))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return d
}

func openText(t *testing.T, text string) (*Drafter, config.Problems) {
	t.Helper()
	section, problems := config.NewSection("cresset.yaml", "integrations.openai", []byte(text), os.LookupEnv)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return Open(section, Options{})
}

var (
	noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	ada  = chat.Person{Platform: "slack", ID: "U1", Name: "Ada Lovelace"}
	bob  = chat.Person{Platform: "slack", ID: "U2", Name: "Bob Customer", External: true}
)

func evidence(texts ...string) cre.Evidence {
	e := cre.Evidence{
		Incident: cre.Incident{
			ID: "INC-1", Title: "checkout returns 500", Severity: cre.Sev2, Status: cre.Resolved,
			Declarer: ada, Reporter: bob, Roles: map[cre.Role]chat.Person{cre.Lead: ada},
			Times: map[cre.Moment]time.Time{cre.DeclaredAt: noon},
		},
		Customers: []cre.Customer{{Key: "acme", Name: "Acme GmbH", Contacts: []string{"cto@acme.example"}}},
	}
	for i, text := range texts {
		e.Timeline = append(e.Timeline, cre.Entry{Incident: "INC-1", N: uint64(i + 1), At: noon, Kind: cre.Note, By: ada, Text: text})
	}
	return e
}

func draft(t *testing.T, answer http.HandlerFunc) (*cre.Prose, error) {
	t.Helper()
	return drafter(t, newFake(t, answer), "").Draft(t.Context(), evidence("first", "second", "third"))
}

func lines(p *cre.Prose) string {
	return strings.Join(p.Summary, " | ") + " || " + strings.Join(p.Factors, " | ")
}
