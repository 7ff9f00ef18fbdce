package app

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"cresset/bot/chart"
	"cresset/bot/chat"
	"cresset/bot/chat/chattest"
)

const (
	messagesPage   = "../../docs/messages.md"
	messagesFolder = "../../docs/messages"
)

// TestDrawings: docs/messages.md shows every fixture of the model as each platform
// shows it, drawn from what the golden files hold now. With -pictures it is drawn
// and written anew.
func TestDrawings(t *testing.T) {
	all := drawings(t)
	if *pictures {
		drawAll(t, all)
	}
	page, err := os.ReadFile(messagesPage)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if !strings.Contains(string(page), d.section()) {
			t.Errorf("docs/messages.md shows another %s than the golden files have: run make pictures, and look at it", d.Name)
		}
	}
	if !t.Failed() && string(page) != messagesMarkdown(all) {
		t.Error("docs/messages.md has more or other words than it should: run make pictures")
	}
	checkPictures(t, all)
}

// checkPictures wants a picture of each drawing, small enough, and no others.
func checkPictures(t *testing.T, all []*drawing) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(messagesFolder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		loadsQuickly(t, d.picture())
		found = slices.DeleteFunc(found, func(path string) bool { return path == d.picture() })
	}
	if len(found) > 0 {
		t.Errorf("%q show nothing that there is", found)
	}
}

// loadsQuickly holds that a picture is there and small enough.
func loadsQuickly(t testing.TB, path string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Errorf("%s is not drawn: run make pictures", path)
	} else if info.Size() > largestPicture {
		t.Errorf("%s has %d bytes, at most %d load quickly", path, info.Size(), largestPicture)
	}
}

// A drawing is one fixture, as each platform shows it.
type drawing struct {
	Name    string // of its golden files and its picture
	Shows   string
	Message chat.Message
	Form    *chat.Form
	Views   []view
	Sum     string // of all that it is drawn from
}

// A view is a drawing's golden file of one platform.
type view struct {
	Platform string
	Class    string // of its style sheet
	Golden   string
	Body     map[string]any // of what is JSON
}

// golden is where each platform keeps its golden files.
var golden = []struct{ platform, class, path string }{
	{"Slack", "slack", "../../integrations/slack/testdata/fixture/%s.json"},
	{"Discord", "discord", "../../integrations/discord/testdata/fixture/%s.json"},
	{"Console", "console", "../../integrations/web/testdata/fixture/%s.html"},
	{"Plain text", "plain", "../chat/testdata/message/%s.md"},
}

func drawings(t *testing.T) []*drawing {
	t.Helper()
	var nobody chat.Person
	var all []*drawing
	for _, f := range chattest.Fixtures(nobody, nobody, chat.Place{}) {
		all = append(all, &drawing{Name: f.Name, Shows: f.Shows, Message: f.Message})
	}
	for _, f := range chattest.FormFixtures(nobody, chat.Place{}) {
		all = append(all, &drawing{Name: "form_" + f.Name, Shows: f.Shows, Form: &f.Form})
	}
	for _, d := range all {
		d.read(t)
	}
	return all
}

// read takes in the golden files. A form has none in plain text: there is no form
// where there is only text.
func (d *drawing) read(t testing.TB) {
	t.Helper()
	for _, g := range golden {
		if d.Form != nil && g.class == "plain" {
			continue
		}
		text, err := os.ReadFile(fmt.Sprintf(g.path, d.Name))
		if err != nil {
			t.Fatal(err)
		}
		v := view{Platform: g.platform, Class: g.class, Golden: string(text)}
		if strings.HasSuffix(g.path, ".json") {
			if err := json.Unmarshal(text, &v.Body); err != nil {
				t.Fatalf("%s: %v", d.Name, err)
			}
		}
		d.Views = append(d.Views, v)
	}
	d.Sum = d.sum(t)
}

// sum changes with what the picture shows: the golden files, the pictures in the
// message, and the templates.
func (d *drawing) sum(t testing.TB) string {
	t.Helper()
	sum := sha256.New()
	add := func(called string, part []byte) { fmt.Fprintf(sum, "%s %d %s", called, len(part), part) }
	for _, v := range d.Views {
		add(v.Platform, []byte(v.Golden))
	}
	for _, f := range d.Message.Files {
		add(f.Name, f.Content)
	}
	if d.Message.Chart != nil {
		add(chartFile, d.chart(t))
	}
	templates, err := filepath.Glob("testdata/drawings/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range templates {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		add(path, text)
	}
	return fmt.Sprintf("%x", sum.Sum(nil))[:16]
}

func (d *drawing) picture() string { return filepath.Join(messagesFolder, d.Name+".png") }

// drawAll writes the pictures and the page.
func drawAll(t *testing.T, all []*drawing) {
	needFonts(t)
	if err := os.MkdirAll(messagesFolder, 0o755); err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, ctx: browse(t)}
	for _, d := range all {
		if err := os.WriteFile(d.picture(), d.draw(b), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(messagesPage, []byte(messagesMarkdown(all)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// needFonts lets the browser see the same fonts on every machine.
func needFonts(t *testing.T) {
	t.Helper()
	conf, err := filepath.Abs("testdata/fonts.conf")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("FONTCONFIG_FILE", conf)
	for _, font := range []string{"Inter", "DejaVu Sans Mono", "Noto Color Emoji"} {
		if list, err := exec.Command("fc-list", font).Output(); err != nil || len(list) == 0 {
			t.Fatalf("the pictures want the font %s (%v): run .ci/needs pictures", font, err)
		}
	}
}

// draw is the picture, at twice the size of the sheet.
func (d *drawing) draw(b *browser) []byte {
	server := httptest.NewServer(d.routes(b.t))
	defer server.Close()
	b.do("lay out "+d.Name, chromedp.EmulateViewport(1400, 2400, chromedp.EmulateScale(2)), chromedp.Navigate(server.URL),
		until(laidOut))
	shot, err := chromedp.Run(b.ctx, chromedp.Screenshot(chromedp.CSS("#picture")))
	if err != nil {
		b.t.Fatal(err)
	}
	small, err := smaller(shot)
	if err != nil {
		b.t.Fatal(err)
	}
	return small
}

// laidOut is when all pictures have come and every frame is as high as its page.
const laidOut = `[...document.querySelectorAll("iframe")].every(f => f.offsetHeight === f.contentDocument.body.offsetHeight + 2) &&
	[document, ...[...document.querySelectorAll("iframe")].map(f => f.contentDocument)]
		.every(page => [...page.images].every(i => i.complete && i.naturalWidth > 0))`

// view is the drawing's view of a class, nil if it has none.
func (d *drawing) view(class string) *view {
	for i := range d.Views {
		if d.Views[i].Class == class {
			return &d.Views[i]
		}
	}
	return nil
}

// routes serves the sheet, and what stands on it, at the addresses that the
// console's own page has.
func (d *drawing) routes(t testing.TB) http.Handler {
	templates := d.templates(t)
	show := func(name string, data any) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			if err := templates.ExecuteTemplate(w, name, data); err != nil {
				t.Errorf("%s: %v", d.Name, err)
			}
		}
	}
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", show("page", d))
	mux.Handle("GET /console", show("console", template.HTML(d.view("console").Golden)))
	mux.Handle("GET /drawings/", http.StripPrefix("/drawings/", http.FileServer(http.Dir("testdata/drawings"))))
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServer(http.Dir("../../integrations/web/static"))))
	mux.HandleFunc("GET /m/1/chart.png", func(w http.ResponseWriter, _ *http.Request) { d.serve(t, w, chartFile) })
	mux.HandleFunc("GET /m/1/file/{n}", func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.PathValue("n"))
		if err != nil || n >= len(d.Message.Files) {
			t.Errorf("%s wants file %s", d.Name, r.PathValue("n"))
			return
		}
		d.serve(t, w, d.Message.Files[n].Name)
	})
	mux.HandleFunc("GET /picture/{name}", func(w http.ResponseWriter, r *http.Request) { d.serve(t, w, r.PathValue("name")) })
	return mux
}

// chartFile is what the platforms that take files call the chart.
const chartFile = "chart.png"

// serve gives a picture of the message by the name of its file.
func (d *drawing) serve(t testing.TB, w http.ResponseWriter, name string) {
	if name == chartFile {
		w.Write(d.chart(t))
		return
	}
	for _, f := range d.Message.Files {
		if f.Name == name {
			w.Write(f.Content)
			return
		}
	}
	t.Errorf("%s has no picture %s", d.Name, name)
}

func (d *drawing) chart(t testing.TB) []byte {
	picture, err := chart.PNG(d.Message.Chart, chart.Options{})
	if err != nil {
		t.Error(err)
	}
	return picture
}
