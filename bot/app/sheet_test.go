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

	"cresset/config"
	"cresset/store"
)

// A desk is a bot of its own that the command line reaches.
type desk struct {
	*testing.T
	app *App
	env Environment
	out bytes.Buffer
	url string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	dir := t.TempDir()
	c, err := config.Parse("desk.yaml", []byte("store: bolt:"+filepath.Join(dir, "cresset.db")+`
customers: [{key: acme, name: Acme GmbH}, {key: hush, seen_by: ["console:ada"]}]
api: {tokens: [{name: it, token: obviously-fake-1, role: admin}, {name: look, token: obviously-fake-2, role: responder}]}
integrations: {console: {}}
`), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	a, err := Open(Options{Config: c, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(a.routes())
	d := &desk{T: t, app: a, url: server.URL}
	d.as("obviously-fake-1")
	t.Cleanup(func() {
		server.Close()
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// as takes the token of somebody.
func (d *desk) as(token string) {
	d.env = Environment{Out: &d.out, Err: d.Output(), Getenv: func(name string) (string, bool) { return token, name == "CRESSET_TOKEN" }}
}

// imports sends a sheet and gives what was printed.
func (d *desk) imports(text string, dry bool) (string, error) {
	d.Helper()
	file := filepath.Join(d.TempDir(), "old.csv")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		d.Fatal(err)
	}
	d.out.Reset()
	err := d.env.Import(d.Context(), file, "", dry, d.url)
	return d.out.String(), err
}

// exports gives the requests as a sheet.
func (d *desk) exports() string {
	d.Helper()
	file := filepath.Join(d.TempDir(), "requests.csv")
	if err := d.env.Export(d.Context(), file, d.url); err != nil {
		d.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		d.Fatal(err)
	}
	if err := d.env.Export(d.Context(), file, d.url); err == nil || !strings.Contains(err.Error(), "name another file") {
		d.Errorf("over a file that is there: %v", err)
	}
	return string(text)
}

func (d *desk) requests() (n int) {
	d.Helper()
	err := d.app.db.View(d.Context(), func(tx store.Tx) (err error) {
		n, err = store.Requests.Count(tx, "", nil)
		return err
	})
	if err != nil {
		d.Fatal(err)
	}
	return n
}

const oldSheet = `Issue key,Summary,Reporter,Organization,Status,Colour,Created
X-1,The export is slow,eve,Acme GmbH,open,red,2026-03-02
X-2,Who sees this,eve,hush,open,red,2026-03-02
X-3,,eve,acme,open,red,2026-03-02
X-4,Umbrella cannot log in,eve,umbrella,open,red,2026-03-02
X-5,The logo is old,sam,acme,closed,red,2026-03-02
`

func TestASheetIsImportedOnce(t *testing.T) {
	d := newDesk(t)
	const refusals = "Line 4: title is empty; say in one line what the customer needs\n" +
		"Line 5: There is no customer umbrella. Choose one of acme, or add one with cre customer add.\n"
	said, err := d.imports(oldSheet, true)
	if !errors.Is(err, ErrRefused) || said != refusals+"3 would be filed, 0 were imported before, 2 are refused.\nNot taken: Colour.\n" {
		t.Errorf("tried:\n%s%v", said, err)
	}
	if n := d.requests(); n != 0 {
		t.Errorf("%d requests after a dry run", n)
	}
	said, err = d.imports(oldSheet, false)
	if !errors.Is(err, ErrRefused) || said != refusals+"3 filed, 0 were imported before, 2 are refused.\nNot taken: Colour.\n" {
		t.Errorf("imported:\n%s%v", said, err)
	}
	said, err = d.imports(strings.ReplaceAll(oldSheet, "umbrella,", "acme,"), false)
	if !errors.Is(err, ErrRefused) || !strings.HasSuffix(said, "1 filed, 3 were imported before, 1 are refused.\nNot taken: Colour.\n") {
		t.Errorf("the corrected sheet:\n%s%v", said, err)
	}
	if n := d.requests(); n != 4 {
		t.Errorf("%d requests, want 4", n)
	}
}

// What one bot gives out another takes in whole, but what its asker may not see.
func TestASheetMovesBetweenBots(t *testing.T) {
	from, to := newDesk(t), newDesk(t)
	if _, err := from.imports(oldSheet, false); !errors.Is(err, ErrRefused) {
		t.Fatal(err)
	}
	sheet := from.exports()
	if strings.Contains(sheet, "Who sees this") || !strings.Contains(sheet, "The export is slow") {
		t.Errorf("given out:\n%s", sheet)
	}
	if said, err := to.imports(sheet, false); err != nil || !strings.HasPrefix(said, "2 filed") {
		t.Errorf("%s%v", said, err)
	}
	again := to.exports()
	for old, now := range map[string]string{"R-3": "R-2"} { // numbers have no gaps
		sheet = strings.ReplaceAll(sheet, old, now)
	}
	if again != sheet {
		t.Errorf("came back as\n%s\nwas\n%s", again, sheet)
	}
}

// A sheet that is longer than what fits between two machines at once is read to its
// end, though the bot says how far it is.
func TestALongSheetIsReadToItsEnd(t *testing.T) {
	d := newDesk(t)
	var text strings.Builder
	text.WriteString("title,requester,detail\n")
	const rows = 4000
	for i := range rows {
		fmt.Fprintf(&text, "request %d,eve,%s\n", i, strings.Repeat("words of the customer ", 10))
	}
	said, err := d.imports(text.String(), true)
	if want := fmt.Sprintf("%d would be filed, 0 were imported before, 0 are refused.\n", rows); err != nil || said != want {
		t.Errorf("said %q, %v; want %q", said, err, want)
	}
}

func TestASheetTakesARole(t *testing.T) {
	d := newDesk(t)
	d.as("obviously-fake-2")
	if said, err := d.imports(oldSheet, false); err == nil || !strings.Contains(err.Error(), "needs the role commander") {
		t.Errorf("a responder: %s%v", said, err)
	}
	if d.exports(); d.requests() != 0 {
		t.Error("a responder imported something")
	}
	d.as("wrong")
	if _, err := d.imports(oldSheet, false); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("a wrong token: %v", err)
	}
	for text, want := range map[string]string{"": "sheet is empty", "title,requester\n": "no rows", "colour\nred\n": "No column is the title"} {
		d.as("obviously-fake-1")
		if _, err := d.imports(text, false); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// An imported request is worked on like any other; who asked for it cannot be told.
func TestAnImportedRequestIsWorkedOn(t *testing.T) {
	d := newDesk(t)
	if _, err := d.imports("title,requester\nthe export is slow,eve\n", false); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"cre take R-1", "cre wait R-1 requester numbers", "cre done R-1 minutes:30 the index"} {
		code, text := ask(t, http.MethodPost, d.url+"/api/v1/commands", strings.NewReader(`{"text": "`+line+`"}`),
			http.Header{"Authorization": {"Bearer obviously-fake-1"}})
		if code != http.StatusOK {
			t.Fatalf("%s: %d %s", line, code, text)
		}
	}
	if sheet := d.exports(); !strings.Contains(sheet, "R-1,the export is slow,,,,done,") || !strings.Contains(sheet, ",30,,the index") {
		t.Errorf("given out:\n%s", sheet)
	}
	for e, err := range errandsOf(t, d.app) {
		if err != nil || e.Place.Platform != "console" {
			t.Errorf("%+v, %v", e, err)
		}
	}
}

// errandsOf are all that were left.
func errandsOf(t *testing.T, a *App) map[*store.Errand]error {
	t.Helper()
	all := map[*store.Errand]error{}
	err := a.db.View(t.Context(), func(tx store.Tx) error {
		for e, err := range store.Errands.All(tx, store.Page{}) {
			if e.Kind == store.Say {
				all[e] = err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
