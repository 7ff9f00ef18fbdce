package hooks

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
	"sync"
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

const token = "not-a-real-secret-1"

// A world is an intake before a whole router and a store of its own.
type world struct {
	testing.TB
	path   string
	db     store.DB
	in     *Intake
	server *httptest.Server
	now    time.Time
	log    bytes.Buffer

	mu     sync.Mutex
	counts map[string]int
}

func opened(t testing.TB) *world {
	w := &world{TB: t, path: filepath.Join(t.TempDir(), "cresset.db"), now: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC), counts: map[string]int{}}
	w.start()
	t.Cleanup(w.stop)
	return w
}

func (w *world) start() {
	w.Helper()
	db, err := bolt.Open(w.path, bolt.Options{})
	if err != nil {
		w.Fatal(err)
	}
	now := func() time.Time { return w.now }
	log := slog.New(slog.NewTextHandler(&w.log, nil))
	rules := &cre.Settings{Zone: time.UTC, Home: "slack", Channels: cre.Channels{Requests: "cre"}, Customers: []cre.Customer{
		{Key: "acme", Name: "Acme GmbH", Domains: []string{"acme.example"}}, {Key: "globex", Name: "Globex", Domains: []string{"globex.example"}}}}
	r := router.New(commands.All(), router.With{DB: db, Rules: rules, Now: now, Log: log, After: func() {}, Count: func(string, string) {}})
	w.db = db
	w.in = New(With{DB: db, Rules: rules, Now: now, Log: log, Handle: r.Handle,
		Hooks:          []config.Hook{{Name: "mail", Kind: "request", Token: config.NewSecret(token)}, {Name: "other", Kind: "request", Token: config.NewSecret("not-a-real-secret-2")}},
		OnBadSignature: func() { w.count("", "wrong secret") }, Count: w.count})
	mux := http.NewServeMux()
	for pattern, h := range w.in.Routes() {
		mux.Handle(pattern, h)
	}
	w.server = httptest.NewServer(mux)
	w.update(func(tx store.Tx) error { return (&workflow.Step{Tx: tx, Now: w.now, Rules: rules}).SyncCustomers() })
}

func (w *world) stop() {
	w.server.Close()
	if err := w.db.Close(); err != nil {
		w.Error(err)
	}
}

func (w *world) restart() { w.stop(); w.start() }

func (w *world) update(fn func(store.Tx) error) {
	w.Helper()
	if err := w.db.Update(w.Context(), fn); err != nil {
		w.Fatal(err)
	}
}

func (w *world) count(_, outcome string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.counts[outcome]++
}

// post delivers, and gives the status and the answer.
func (w *world) post(path, contentType string, body io.Reader, header ...string) (int, answer) {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), "POST", w.server.URL+path, body)
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := w.server.Client().Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close()
	var out answer
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		w.Errorf("%s answers %s and no JSON: %v", path, resp.Status, err)
	}
	if limited := resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable; limited != (resp.Header.Get("Retry-After") != "") {
		w.Errorf("%s answers %s with Retry-After %q", path, resp.Status, resp.Header.Get("Retry-After"))
	}
	return resp.StatusCode, out
}

func (w *world) mail(body string) (int, answer) {
	w.Helper()
	return w.post("/hooks/mail", "application/json", strings.NewReader(body), "Authorization", "Bearer "+token)
}

// filed are the requests that there are.
func (w *world) filed() (all []cre.Request) {
	w.Helper()
	err := w.db.View(w.Context(), func(tx store.Tx) error {
		all = nil
		for r, err := range store.Requests.All(tx, store.Page{}) {
			if err != nil {
				return err
			}
			all = append(all, *r)
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	return all
}

func TestARequestIsFiled(t *testing.T) {
	w := opened(t)
	status, out := w.mail(`{"from": "Kim Lee <kim@globex.example>", "subject": "the export is slow", "text": "since Monday", "message_id": "1"}`)
	if status != 200 || out != (answer{Request: "R-1"}) {
		t.Fatalf("%d %+v", status, out)
	}
	r := w.filed()[0]
	want := chat.Person{Platform: "mail", ID: "kim@globex.example", Name: "Kim Lee (kim@globex.example)", External: true}
	if r.Requester != want || r.Title != "the export is slow" || r.Detail != "since Monday" || r.Customer != "globex" {
		t.Errorf("got %+v", r)
	}
	if _, out := w.mail(`{"from": "bo@nobody.example", "text": "who are you?"}`); out.Request != "R-2" || w.filed()[1].Customer != "" {
		t.Errorf("from nobody's domain: %+v %+v", out, w.filed())
	}
	// Only the triage hears of it: the bot has no way to whoever wrote.
	err := w.db.View(t.Context(), func(tx store.Tx) error {
		for e, err := range store.Errands.All(tx, store.Page{}) {
			if err != nil {
				return err
			}
			if e.Place.Channel != "#cre" {
				t.Errorf("it is said in %+v", e.Place)
			}
		}
		return workflow.CheckAudit(tx)
	})
	if err != nil {
		t.Error(err)
	}
}

func TestSecrets(t *testing.T) {
	w := opened(t)
	basic := func(password string) string {
		r := &http.Request{Header: http.Header{}}
		r.SetBasicAuth("mail", password)
		return r.Header.Get("Authorization")
	}
	n := 0
	for _, c := range []struct {
		path, header string
		want         int
	}{
		{"/hooks/mail", "Bearer " + token, 200},
		{"/hooks/mail", basic(token), 200},
		{"/hooks/mail?token=" + token, "", 200},
		{"/hooks/mail", "", 401},
		{"/hooks/mail?token=", "", 401},
		{"/hooks/mail", "Bearer ", 401},
		{"/hooks/mail", token, 401},
		{"/hooks/mail", "Bearer " + token + "x", 401},
		{"/hooks/mail?token=" + token, "Bearer wrong", 401}, // one way, not the one that fits
		{"/hooks/mail", basic("wrong"), 401},
		{"/hooks/other", "Bearer " + token, 401},
		{"/hooks/none", "Bearer " + token, 401},
		{"/hooks/none", "", 401},
	} {
		n++
		status, out := w.post(c.path, "application/json", strings.NewReader(fmt.Sprintf(`{"from": "a@b.example", "subject": "x", "message_id": "%d"}`, n)), "Authorization", c.header)
		if status != c.want || (out.Error == "") != (c.want == 200) {
			t.Errorf("%s with %q: %d %+v, want %d", c.path, c.header, status, out, c.want)
		}
	}
	if len(w.filed()) != 3 || w.counts["wrong secret"] != 10 || w.counts["done"] != 3 {
		t.Errorf("%d requests, counts %v", len(w.filed()), w.counts)
	}
	if strings.Contains(w.log.String(), token) {
		t.Error("the log has the token")
	}
}

func TestDeliveredAgain(t *testing.T) {
	w := opened(t)
	const one = `{"from": "kim@globex.example", "subject": "slow", "message_id": "<1@globex.example>"}`
	for range 2 {
		if status, out := w.mail(one); status != 200 || out.Request != "R-1" {
			t.Errorf("%d %+v", status, out)
		}
	}
	w.restart()
	w.now = w.now.Add(20 * time.Hour)
	if _, out := w.mail(one); out.Request != "R-1" || len(w.filed()) != 1 {
		t.Errorf("after a restart: %+v", out)
	}
	if _, out := w.post("/hooks/other", "application/json", strings.NewReader(one), "Authorization", "Bearer not-a-real-secret-2"); out.Request != "R-2" {
		t.Errorf("another hook has ids of its own: %+v", out)
	}
	const wrong = `{"from": "kim@globex.example", "subject": "slow", "message_id": "2", "customer": "umbrella"}`
	status, first := w.mail(wrong)
	if again, second := w.mail(wrong); status != 400 || again != 400 || first != second || !strings.Contains(first.Error, "umbrella") || w.counts["refused"] != 2 {
		t.Errorf("refused: %d %+v, then %d %+v", status, first, again, second)
	}
}

// Without an id it is the same within an hour, also where the hour turns.
func TestDeliveredAgainWithoutID(t *testing.T) {
	w := opened(t)
	const one = `{"from": "kim@globex.example", "subject": "slow", "text": "the export"}`
	deliver := func(after time.Duration, body, want string) {
		t.Helper()
		w.now = w.now.Add(after)
		if status, out := w.mail(body); status != 200 || out.Request != want {
			t.Errorf("at %s: %d %+v, want %s", w.now, status, out, want)
		}
	}
	w.now = w.now.Add(50 * time.Minute)
	deliver(0, one, "R-1")
	deliver(5*time.Minute, one, "R-1")
	deliver(10*time.Minute, one, "R-1") // past eleven
	deliver(0, strings.Replace(one, "export", "import", 1), "R-2")
	deliver(2*time.Hour, one, "R-3")
	deliver(70*time.Minute, one, "R-4") // the next hour on the clock, and more than one away
}

func TestDeliveredAtTheSameTime(t *testing.T) {
	w := opened(t)
	var all sync.WaitGroup
	for _, body := range []string{`{"from": "kim@globex.example", "subject": "slow", "message_id": "1"}`, `{"from": "kim@globex.example", "subject": "slow"}`} {
		for range 8 {
			all.Go(func() {
				if status, out := w.mail(body); status != 200 || out.Request == "" {
					t.Errorf("%d %+v", status, out)
				}
			})
		}
	}
	all.Wait()
	if len(w.filed()) != 2 {
		t.Errorf("%d requests, want 2", len(w.filed()))
	}
}

// A failing is a store whose next commits fail, before or after they are durable.
type failing struct {
	store.DB
	with func(fn func(store.Tx) error, update func(func(store.Tx) error) error) error
}

func (f *failing) Update(ctx context.Context, fn func(store.Tx) error) error {
	return f.with(fn, func(fn func(store.Tx) error) error { return f.DB.Update(ctx, fn) })
}

func TestNothingIsKnownToBeSaved(t *testing.T) {
	const one = `{"from": "kim@globex.example", "subject": "slow", "message_id": "1"}`
	full := fmt.Errorf("write: %w", store.ErrFull)
	for name, with := range map[string]func(func(store.Tx) error, func(func(store.Tx) error) error) error{
		"full":    func(func(store.Tx) error, func(func(store.Tx) error) error) error { return full },
		"away":    func(func(store.Tx) error, func(func(store.Tx) error) error) error { return store.ErrUnavailable },
		"unknown": func(func(store.Tx) error, func(func(store.Tx) error) error) error { return store.ErrUnknown },
		"panic":   func(func(store.Tx) error, func(func(store.Tx) error) error) error { panic("disk on fire") },
		"the undo": func(fn func(store.Tx) error, update func(func(store.Tx) error) error) error {
			return update(func(tx store.Tx) error { return errors.Join(fn(tx), full) })
		},
		"the answer": func(fn func(store.Tx) error, update func(func(store.Tx) error) error) error {
			return errors.Join(update(fn), store.ErrUnknown) // it was saved, and nobody knows
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := opened(t)
			broken := router.New(commands.All(), router.With{DB: &failing{w.db, with}, Rules: w.in.Rules, Now: w.in.Now, Log: w.in.Log, After: func() {}, Count: func(string, string) {}})
			well := w.in.Handle
			w.in.Handle = broken.Handle
			for range 2 {
				if status, out := w.mail(one); status != 503 || strings.Contains(out.Error, "fire") {
					t.Errorf("%d %+v, want 503", status, out)
				}
			}
			w.in.Handle = well
			if status, out := w.mail(one); status != 200 || out.Request != "R-1" || len(w.filed()) != 1 || w.counts["unsaved"] != 2 {
				t.Errorf("afterwards %d %+v, %d requests", status, out, len(w.filed()))
			}
			if said := w.log.String(); strings.Contains(said, "slow") || strings.Contains(said, "kim@") {
				t.Errorf("the log says what was written: %s", said)
			}
		})
	}
}

func TestTooMany(t *testing.T) {
	w := opened(t)
	const machine = `{"from": "mailer-daemon@b.example"}`
	for i := range burst {
		if status, out := w.mail(machine); status != 202 || out.Ignored != "a bounce" {
			t.Fatalf("delivery %d: %d %+v", i, status, out)
		}
	}
	for range 2 {
		if status, _ := w.mail(machine); status != 429 {
			t.Errorf("one too many: %d", status)
		}
	}
	if status, _ := w.post("/hooks/other", "application/json", strings.NewReader(machine), "Authorization", "Bearer not-a-real-secret-2"); status != 202 {
		t.Errorf("another hook: %d", status)
	}
	w.now = w.now.Add(every)
	if status, _ := w.mail(machine); status != 202 {
		t.Errorf("a second later: %d", status)
	}
	if w.counts["ignored"] != burst+2 || w.counts["limited"] != 2 || len(w.filed()) != 0 {
		t.Errorf("counts %v", w.counts)
	}
}

// TestAnswers: a letter says which request it is about, if its writer can know.
func TestAnswers(t *testing.T) {
	w := opened(t)
	w.mail(`{"from": "kim@globex.example", "subject": "slow", "message_id": "1@globex.example"}`)
	for _, c := range []struct{ from, subject, headers, want string }{
		{"bo@globex.example", "Re: slow", `"In-Reply-To": "<1@globex.example>"`, "It answers R-1."},
		{"bo@else.example", "Re: slow", `"References": "<0@x> <1@globex.example>\r\n <9@x>", "Message-ID": "<2nd@else.example>"`, "It answers R-1."},
		{"bo@else.example", "Re: slow", `"References": "<1@globex.example> <2nd@else.example>", "Message-ID": "3rd"`, "It answers R-3."},
		{"kim@globex.example", "Re: [R-1] slow", ``, "It answers R-1."},
		{"bo@mail.globex.example", "Re: [r-1] slow", ``, "It answers R-1."},
		{"bo@acme.example", "Re: [R-1] slow", ``, ""},
		{"bo@else.example", "Re: [R-1] slow", ``, ""},
		{"kim@globex.example", "Re: [R-99] [R-1] slow", ``, ""},
		{"kim@globex.example", "Re: slow", `"In-Reply-To": "<2@globex.example>"`, ""},
	} {
		body, err := json.Marshal(c.subject)
		if err != nil {
			t.Fatal(err)
		}
		status, _ := w.mail(fmt.Sprintf(`{"from": %q, "subject": %s, "headers": {%s}}`, c.from, body, c.headers))
		all := w.filed()
		if got := all[len(all)-1]; status != 200 || got.Detail != c.want || got.Title != "slow" {
			t.Errorf("%+v: %d %q %q", c, status, got.Title, got.Detail)
		}
	}
}

func TestBigBodies(t *testing.T) {
	w := opened(t)
	fill := func(n int) string { return strings.Repeat(`x\u00e9`, n/7) }
	attached := func(n int) string {
		return `{"FromFull": {"Email": "kim@globex.example"}, "Subject": "a big picture", "MessageID": "` + fmt.Sprint(n) + `", "Attachments": [{"Content": "` + fill(n) + `", "Name": "big.png"}]}`
	}
	file := func(n int, name string) string {
		return "--b\r\nContent-Disposition: form-data; name=\"from\"\r\n\r\nkim@globex.example\r\n--b\r\nContent-Disposition: form-data; name=\"subject\"\r\n\r\na file\r\n" +
			"--b\r\nContent-Disposition: form-data; name=\"" + name + "\r\n\r\n" + fill(n) + "\r\n--b--\r\n"
	}
	for name, c := range map[string]struct {
		contentType, body string
		want              int
	}{
		"picture in JSON":   {"application/json", attached(8 << 20), 200},
		"too big a picture": {"application/json", attached(mostDelivered), 413},
		"too many fields":   {"application/json", `{"headers": {` + strings.Repeat(`"a": "b", `, 120_000) + `"a": "b"}}`, 413},
		"deep":              {"application/json", strings.Repeat(`{"headers":`, 60_000), 400},
		"file in a form":    {"multipart/form-data; boundary=b", file(8<<20, `attachment-1"; filename="big.png"`), 200},
		"too big a file":    {"multipart/form-data; boundary=b", file(mostDelivered, `attachment-1"; filename="big.png"`), 413},
		"a long text":       {"multipart/form-data; boundary=b", file(8<<20, `text"`), 200},
		"too much text":     {"multipart/form-data; boundary=b", strings.Repeat("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"+fill(200<<10)+"\r\n", 6) + "--b--\r\n", 413},
		"too many parts":    {"multipart/form-data; boundary=b", strings.Repeat("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n", mostParts+1) + "--b--\r\n", 400},
		"a long form":       {"application/x-www-form-urlencoded", "from=kim%40globex.example&text=" + fill(2<<20), 413},
	} {
		if status, out := w.post("/hooks/mail", c.contentType, strings.NewReader(c.body), "Authorization", "Bearer "+token); status != c.want {
			t.Errorf("%s: %d %+v, want %d", name, status, out, c.want)
		}
	}
	for _, r := range w.filed() {
		if len([]rune(r.Detail)) > mostWords+100 {
			t.Errorf("%s keeps %d characters", r.ID, len(r.Detail))
		}
	}
	if details := fmt.Sprint(w.filed()); !strings.Contains(details, "Attached to the mail, not kept here: big.png") {
		t.Error("nobody says what was attached")
	}
}

// TestShortener: what is short enough passes as it is, in pieces of any size.
func TestShortener(t *testing.T) {
	long := strings.Repeat(`\u00e9\"`, mostField/8)
	for _, text := range []string{``, `{"a": "b\\", "c\"": ["\u00e9", 7]}`, `{"a": "` + long[:mostField-8] + `", "b": "x"}`} {
		for _, size := range []int{1, 7, 4096} {
			if got := shortened(t, text, size); got != text {
				t.Errorf("%.40q by %d became %.80q", text, size, got)
			}
		}
	}
	for shift := range 9 { // the limit falls on each byte of an escape sequence
		text := shortened(t, `["`+strings.Repeat("x", shift)+long+long+`", "end"]`, 4096)
		var all []string
		if err := json.Unmarshal([]byte(text), &all); err != nil || len(all) != 2 || all[1] != "end" || len(text) > mostField+40 {
			t.Errorf("shifted by %d: %v, %d bytes", shift, err, len(text))
		}
	}
}

func shortened(t *testing.T, text string, size int) string {
	t.Helper()
	var out bytes.Buffer
	s := &shortener{from: strings.NewReader(text)}
	if _, err := io.CopyBuffer(struct{ io.Writer }{&out}, s, make([]byte, size)); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Each kind is named once, and can be configured.
func TestKinds(t *testing.T) {
	if names := Kinds(); len(names) != len(slices.Compact(slices.Sorted(slices.Values(names)))) || len(Findings([]config.Hook{{Kind: names[0]}, {Kind: "none"}})) != 1 {
		t.Errorf("kinds %q", names)
	}
}
