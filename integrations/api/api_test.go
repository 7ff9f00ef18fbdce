package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
	"cresset/commands"
	"cresset/config"
	"cresset/store"
	"cresset/store/bolt"
)

var now = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)

// A server is the API before a whole router and a store of its own.
type server struct {
	*testing.T
	*httptest.Server
	db  store.DB
	api *API
}

func serve(t *testing.T) *server {
	db, err := bolt.Open(filepath.Join(t.TempDir(), "cresset.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	rules := &cre.Settings{Zone: time.UTC, Home: "slack", Customers: []cre.Customer{{Key: "acme", Name: "Acme GmbH"}}}
	r := router.New(commands.All(), router.With{DB: db, Rules: rules, Now: func() time.Time { return now }, Log: log,
		After: func() {}, Count: func(string, string) {}})
	s := &server{T: t, db: db, api: &API{DB: db, Rules: rules, Now: func() time.Time { return now }, Log: log, Handle: r.Handle,
		Tokens: []Token{
			{Name: "ci", Secret: config.NewSecret("s3cret"), Role: "responder"},
			{Name: "look", Secret: config.NewSecret("eyes"), Role: "viewer"},
			{Name: "bare", Secret: config.NewSecret("b4re")},
			{Name: "empty"},
		}}}
	mux := http.NewServeMux()
	for pattern, h := range s.api.Routes() {
		mux.Handle(pattern, h)
	}
	s.Server = httptest.NewServer(mux)
	t.Cleanup(func() { s.Close(); db.Close() })
	s.update(func(tx store.Tx) error { return (&workflow.Step{Tx: tx, Now: now, Rules: rules}).SyncCustomers() })
	return s
}

func (s *server) update(fn func(store.Tx) error) {
	s.Helper()
	if err := s.db.Update(s.Context(), fn); err != nil {
		s.Fatal(err)
	}
}

// ask sends a request and gives the status and the JSON that came back.
func (s *server) ask(method, path, body string, header ...string) (int, map[string]any) {
	s.Helper()
	req, err := http.NewRequestWithContext(s.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer s3cret")
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := s.Client().Do(req)
	if err != nil {
		s.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(text, &out); err != nil {
		s.Fatalf("%s %s: %s with %q: %v", method, path, resp.Status, text, err)
	}
	if resp.Header.Get("Content-Type") != "application/json" || resp.Header.Get("X-Content-Type-Options") != "nosniff" {
		s.Errorf("%s %s: headers %v", method, path, resp.Header)
	}
	return resp.StatusCode, out
}

func (s *server) say(line string, header ...string) (int, map[string]any) {
	s.Helper()
	body, err := json.Marshal(map[string]string{"text": line})
	if err != nil {
		s.Fatal(err)
	}
	return s.ask("POST", "/api/v1/commands", string(body), header...)
}

func TestToken(t *testing.T) {
	s := serve(t)
	for _, path := range []string{"/api/v1/incidents", "/api/v1/incidents/INC-1", "/api/v1/requests", "/api/v1/customers/acme", "/api/v1/slos"} {
		for _, given := range []string{"", "Bearer", "Bearer ", "Bearer wrong", "s3cret", "Basic s3cret", "Bearer  s3cret", "Bearer s3cret2", "Bearer <secret>", "Bearer S3CRET"} {
			if status, out := s.ask("GET", path, "", "Authorization", given); status != 401 || out["error"] == "" || len(out) != 1 {
				t.Errorf("GET %s with %q: %d %v", path, given, status, out)
			}
		}
	}
	if status, _ := s.say("incident declare x", "Authorization", "Bearer wrong"); status != 401 {
		t.Errorf("a command with a wrong token: %d", status)
	}
	if _, out := s.ask("GET", "/api/v1/incidents", ""); len(out["items"].([]any)) != 0 {
		t.Errorf("it was run: %v", out)
	}
	if status, _ := s.ask("GET", "/api/v1/incidents", "", "Authorization", "Bearer eyes"); status != 200 {
		t.Errorf("the second token: %d", status)
	}
}

func TestCommand(t *testing.T) {
	s := serve(t)
	status, out := s.say("incident declare sev2 customer:acme checkout *returns* 500")
	if status != 200 || out["incident"] != "INC-1" || !strings.Contains(fmt.Sprint(out["reply"]), "checkout *returns* 500") {
		t.Errorf("declared: %d %v", status, out)
	}
	if status, out := s.say("cre request customer:acme the export is slow"); status != 200 || out["request"] != "R-1" {
		t.Errorf("filed: %d %v", status, out)
	}
	for line, want := range map[string]string{
		"incident resolve INC-9": "INC-9", // the domain refuses
		"incident declare":       "title", // there are no forms here
		"incidnt list":           "incident list",
		"cre customer add x X":   "commander",
	} {
		if status, out := s.say(line); status != 422 || !strings.Contains(fmt.Sprint(out["reply"]), want) {
			t.Errorf("%q: %d %v, want 422 and %q", line, status, out, want)
		}
	}
	for _, token := range []string{"eyes", "b4re"} { // a token without a role only looks
		if status, out := s.say("incident resolve INC-1", "Authorization", "Bearer "+token); status != 422 {
			t.Errorf("%s resolves: %d %v", token, status, out)
		}
		if status, out := s.say("incident show INC-1", "Authorization", "Bearer "+token); status != 200 {
			t.Errorf("%s looks: %d %v", token, status, out)
		}
	}
	if _, out := s.ask("GET", "/api/v1/incidents/inc-1", ""); out["status"] != "investigating" || out["id"] != "INC-1" {
		t.Errorf("got %v", out)
	}
}

func TestBody(t *testing.T) {
	s := serve(t)
	long := strings.Repeat("x", mostBody)
	for body, want := range map[string]int{
		"":                                   400,
		"{}":                                 400,
		"null":                               400,
		`{"text": "  \n"}`:                   400,
		`{"text": 7}`:                        400,
		`{"text": "incident list"`:           400,
		`{"text": "help", "as": "admin"}`:    400,
		`{"text": "help"} {"text": "help"}`:  400,
		`{"text": "help"} x`:                 400,
		`[{"text": "help"}]`:                 400,
		"text=help":                          400,
		strings.Repeat(`{"text":`, 20_000):   413,
		`{"text": "help ` + long + `"}`:      413,
		`{"text": "help"}` + " " + long:      400,
		`{"text": "help"}` + blank(mostBody): 413,
		`{"text": "help"}`:                   200,
		" {\"text\":\n\"help\"}\n":           200,
	} {
		if status, out := s.ask("POST", "/api/v1/commands", body); status != want {
			t.Errorf("%.40q: %d %v, want %d", body, status, out, want)
		}
	}
}

func blank(n int) string { return strings.Repeat(" ", n) }

func TestIdempotencyKey(t *testing.T) {
	s := serve(t)
	const line = "incident declare sev4 --again a disk is full"
	_, first := s.say(line, "Idempotency-Key", "deploy 7")
	_, again := s.say(line, "Idempotency-Key", "deploy 7")
	if fmt.Sprint(first) != fmt.Sprint(again) || first["incident"] != "INC-1" {
		t.Errorf("got %v, then %v", first, again)
	}
	if _, out := s.say(line, "Idempotency-Key", "deploy 8"); out["incident"] != "INC-2" {
		t.Errorf("another key: %v", out)
	}
	for range 2 {
		s.say(line) // no key: each is its own
	}
	if _, out := s.say("incident list", "Idempotency-Key", "deploy 7", "Authorization", "Bearer eyes"); out["incident"] == "INC-1" {
		t.Errorf("the key of one token gave another its answer: %v", out)
	}
	if _, out := s.ask("GET", "/api/v1/incidents", ""); len(out["items"].([]any)) != 4 {
		t.Errorf("%d incidents, want 4", len(out["items"].([]any)))
	}
	for _, key := range []string{strings.Repeat("k", 201), "\xff\xfe", "ключ", "a\tb"} {
		if status, out := s.say(line, "Idempotency-Key", key); status != 400 {
			t.Errorf("the key %.20q: %d %v", key, status, out)
		}
	}
	if err := s.db.View(t.Context(), workflow.CheckAudit); err != nil {
		t.Error(err)
	}
}

// TestNothingIsKnown: a program must not take it for done.
func TestNothingIsKnown(t *testing.T) {
	s := serve(t)
	s.api.Handle = func(context.Context, chat.Event) (chat.Reply, error) { return chat.Reply{}, errors.New("disk on fire") }
	if status, out := s.say("incident list"); status != 503 || strings.Contains(fmt.Sprint(out), "fire") {
		t.Errorf("%d %v", status, out)
	}
}

// TestNothingWasSaved: what was not kept is no refusal, so a program may try again.
func TestNothingWasSaved(t *testing.T) {
	s := serve(t)
	s.api.Handle = func(context.Context, chat.Event) (chat.Reply, error) {
		return chat.Reply{Failed: true, Unsaved: true, Message: chat.Message{Text: "The disk is full."}}, nil
	}
	if status, out := s.say("incident list"); status != 503 || out["error"] != "The disk is full." {
		t.Errorf("%d %v", status, out)
	}
}

func TestPrivateIsNeverListed(t *testing.T) {
	s := serve(t)
	s.say("incident declare sev1 --private canary leaked") // by a token itself
	s.say("incident declare sev1 public one")
	s.update(func(tx store.Tx) error {
		return store.Requests.Put(tx, &cre.Request{ID: "R-1", Number: 1, Title: "canary request", Private: true, Incident: "INC-1"})
	})
	status, absent := s.ask("GET", "/api/v1/incidents/INC-99", "")
	if status != 404 {
		t.Errorf("what is not there: %d", status)
	}
	for _, path := range []string{"incidents/INC-1", "incidents/1", "incidents/inc-1", "requests/R-1"} {
		if status, out := s.ask("GET", "/api/v1/"+path, ""); status != 404 || fmt.Sprint(out) != fmt.Sprint(absent) {
			t.Errorf("%s: %d %v, want what one gets that is not there", path, status, out)
		}
	}
	for _, path := range []string{"incidents", "requests", "customers", "slos"} {
		if _, out := s.ask("GET", "/api/v1/"+path, ""); strings.Contains(fmt.Sprint(out), "canary") {
			t.Errorf("%s shows %v", path, out)
		}
	}
	if _, out := s.ask("GET", "/api/v1/incidents", ""); len(out["items"].([]any)) != 1 {
		t.Errorf("got %v", out)
	}
	for _, line := range []string{"incident list", "incident show INC-1"} {
		if _, out := s.say(line, "Authorization", "Bearer eyes"); strings.Contains(fmt.Sprint(out), "canary") {
			t.Errorf("%q says %v to another token", line, out)
		}
	}
}

// fill writes n of everything that is listed; each third incident is private.
func (s *server) fill(n int) {
	s.Helper()
	s.update(func(tx store.Tx) error {
		for i := range n {
			number := uint64(i + 1)
			err := errors.Join(
				store.Incidents.Put(tx, &cre.Incident{ID: fmt.Sprintf("INC-%d", number), Number: number, Private: i%3 == 0}),
				store.Requests.Put(tx, &cre.Request{ID: fmt.Sprintf("R-%d", number), Number: number}),
				store.Customers.Put(tx, &cre.Customer{Key: fmt.Sprintf("c%04d", i)}))
			if err != nil {
				return err
			}
		}
		return nil
	})
	for i := range n { // in the order of the configuration, which is none
		s.api.Rules.SLOs = append(s.api.Rules.SLOs, cre.SLO{Name: fmt.Sprintf("slo-%03d", (i*7)%n), Window: cre.Window{Length: time.Hour}})
	}
}

func TestPages(t *testing.T) {
	s := serve(t)
	const n = 250
	s.fill(n)
	for path, want := range map[string]struct {
		key   string
		items int
		pages int
	}{
		"incidents": {"id", n - 84, 3},
		"requests":  {"id", n, 3},
		"customers": {"key", n + 1, 3}, // and acme
		"slos":      {"name", n, 3},
	} {
		seen := map[string]int{}
		var order []string
		cursor, pages := "", 0
		for {
			status, out := s.ask("GET", "/api/v1/"+path+"?cursor="+cursor, "")
			if pages++; status != 200 || pages > 10 {
				t.Fatalf("%s, page %d: %d %v", path, pages, status, out["error"])
			}
			items := out["items"].([]any)
			if len(items) > perPage || pages == 1 && path != "incidents" && len(items) != perPage {
				t.Errorf("%s, page %d: %d records", path, pages, len(items))
			}
			for _, item := range items {
				id := item.(map[string]any)[want.key].(string)
				seen[id]++
				order = append(order, id)
			}
			next, more := out["next"].(string)
			if !more {
				break
			}
			cursor = next
		}
		if len(seen) != want.items || len(order) != want.items || pages != want.pages {
			t.Errorf("%s: %d visits of %d records on %d pages, want %d on %d", path, len(order), len(seen), pages, want.items, want.pages)
		}
		if (path == "customers" || path == "slos") && !slices.IsSorted(order) {
			t.Errorf("%s is in no order: %q", path, order)
		}
	}
}

func TestWrongCursor(t *testing.T) {
	s := serve(t)
	s.fill(150)
	_, out := s.ask("GET", "/api/v1/customers", "")
	other := out["next"].(string)
	for _, cursor := range []string{"%21", "x", "AAAA", "INC-1", "aW5jaWRlbnRz", "aW5jaWRlbnRzIA", other, other + "=", strings.Repeat("A", 4000)} {
		if status, out := s.ask("GET", "/api/v1/incidents?cursor="+cursor, ""); status != 400 || out["items"] != nil {
			t.Errorf("%.20q: %d %v", cursor, status, out["error"])
		}
	}
	if status, _ := s.ask("GET", "/api/v1/customers?cursor="+other, ""); status != 200 {
		t.Errorf("its own cursor: %d", status)
	}
}

func TestOne(t *testing.T) {
	s := serve(t)
	s.fill(2)
	for path, want := range map[string]int{"incidents/INC-2": 200, "incidents/inc-2": 200, "incidents/INC-0": 404, "incidents/INC--2": 404, "incidents/+2": 404,
		"incidents/INC-99999999999999999999": 404, "incidents/%00": 404, "requests/R-1": 200, "requests/INC-1": 404,
		"customers/ACME": 200, "customers/nobody": 404, "slos/slo-001": 200, "slos/none": 404} {
		if status, out := s.ask("GET", "/api/v1/"+path, ""); status != want {
			t.Errorf("%s: %d %v, want %d", path, status, out, want)
		}
	}
	if _, out := s.ask("GET", "/api/v1/slos/slo-001", ""); out["budget_left"] != nil || out["burn_last_hour"] != nil || out["state"] != string(cre.StateNoData) {
		t.Errorf("what was not measured has a number: %v", out)
	}
}

func TestAsk(t *testing.T) {
	s := serve(t)
	reply, failed, err := Ask(s.Client(), s.URL+"/", "s3cret", "incident declare sev4 x")
	if err != nil || failed || !strings.Contains(reply, "INC-1") {
		t.Errorf("got %q, %v, %v", reply, failed, err)
	}
	if reply, failed, err = Ask(s.Client(), s.URL, "s3cret", "incident resolve INC-9"); err != nil || !failed || !strings.Contains(reply, "INC-9") {
		t.Errorf("a refusal: %q, %v, %v", reply, failed, err)
	}
	if reply, failed, err = Ask(s.Client(), s.URL, "wrong", "incident list"); err != nil || !failed || !strings.Contains(reply, "token") {
		t.Errorf("a wrong token: %q, %v, %v", reply, failed, err)
	}
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.Copy(w, bytes.NewBufferString("<html>")) }))
	defer page.Close()
	if _, _, err = Ask(page.Client(), page.URL, "s3cret", "incident list"); err == nil || !strings.Contains(err.Error(), page.URL) {
		t.Errorf("something else answers: %v", err)
	}
}
