package app

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/store"
)

const hooked = `listen: 127.0.0.1:0
store: bolt:%s
customers: [{key: globex, domains: [globex.example]}]
hooks: [{name: mail, kind: request, token: not-a-real-secret-1}]
integrations: {console: {}}
`

// A mail that is delivered becomes a request of the whole bot, once, and the bot
// counts what was delivered.
func TestMailBecomesARequest(t *testing.T) {
	config := fmt.Sprintf(hooked, filepath.Join(t.TempDir(), "cresset.db"))
	for range 2 { // delivered again after a restart
		a := openApp(t, config, time.Now)
		server := httptest.NewServer(a.routes())
		for secret, want := range map[string]string{
			"not-a-real-secret-1": `200 {"request":"R-1"}`,
			"not-a-real-secret-2": "401 ",
		} {
			code, text := ask(t, "POST", server.URL+"/hooks/mail", strings.NewReader(`{"from": "kim@globex.example", "subject": "slow", "message_id": "1"}`),
				http.Header{"Authorization": {"Bearer " + secret}, "Content-Type": {"application/json"}})
			if got := fmt.Sprint(code, " ", text); !strings.HasPrefix(got, want) {
				t.Errorf("with %s: %s, want %s", secret, got, want)
			}
		}
		_, metrics := ask(t, "GET", server.URL+"/metrics", nil, nil)
		for _, want := range []string{`cresset_deliveries_total{hook="mail",outcome="done"} 1`, `cresset_bad_signatures_total{platform="hooks"} 1`} {
			if !strings.Contains(metrics, want) {
				t.Errorf("/metrics lacks %s", want)
			}
		}
		// What becomes of it is said to nobody by mail, and nothing waits to be.
		if _, err := a.Handle(t.Context(), chat.Event{Line: "cre done R-1 minutes:5", By: chat.Person{Platform: "console", ID: "ada", Name: "ada"}, At: time.Now()}); err != nil {
			t.Error(err)
		}
		err := errors.Join(a.Settle(t.Context()), a.db.View(t.Context(), func(tx store.Tx) error {
			for e, err := range store.Errands.By(tx, "subject", store.Key("R-1"), store.Page{}) {
				if err != nil || !e.Timed() && e.Platform() != "console" || e.State == store.Parked {
					return fmt.Errorf("%+v: %w", e, err)
				}
			}
			return nil
		}))
		if err != nil {
			t.Error(err)
		}
		server.Close()
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// checkedFile is what `cresset check` prints, and its error, for a configuration.
func checkedFile(t *testing.T, config string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cresset.yaml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	env := Environment{Out: &out, Err: &out, Log: slog.New(slog.DiscardHandler), Getenv: func(string) (string, bool) { return "", false }, ConfigPath: path}
	err := env.Check(t.Context())
	return fmt.Sprint(out.String(), err)
}

func TestCheckOfHooks(t *testing.T) {
	config := fmt.Sprintf(hooked, filepath.Join(t.TempDir(), "cresset.db"))
	if said := strings.Join(strings.Fields(checkedFile(t, config)), " "); !strings.Contains(said, "ok hooks POST /hooks/mail files e-mails as requests") || strings.Contains(said, "not-a-real") {
		t.Errorf("it prints %s", said)
	}
	said := checkedFile(t, strings.NewReplacer("request", "pigeon", "globex.example", "Gmail.com").Replace(config))
	for _, want := range []string{`:3: customers[0].domains[0] is "Gmail.com", where everybody gets an address`, `:4: hooks[0].kind is "pigeon", which is not a kind; choose one of request`} {
		if !strings.Contains(said, want) {
			t.Errorf("it lacks %q: %s", want, said)
		}
	}
}
