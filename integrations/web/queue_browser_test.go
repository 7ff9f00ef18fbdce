package web

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// shown on the page, and what is selected of it.
const (
	rowsShown = `[...document.querySelectorAll("tr[data-request]")].map((r) => r.dataset.request).join(" ")`
	rowsTaken = `[...document.querySelectorAll("tr[data-request]")].filter((r) => r.querySelector(".pick input").checked).map((r) => r.dataset.request).join(" ")`
	rowHere   = `(document.activeElement.closest("tr")?.dataset.request ?? "")`
)

func rowsAre(ids string) step  { return until(rowsShown + " === " + quote(ids)) }
func taken(ids string) step    { return until(rowsTaken + " === " + quote(ids)) }
func onRow(id string) step     { return until(rowHere + " === " + quote(id)) }
func typeKey(keys string) step { return chromedp.KeyEvent(keys) }
func shiftClick(id string) step {
	return until(`(document.getElementById("pick-` + id + `").dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true, shiftKey: true})), true)`)
}

// desk plays the bot for the queue.
func (b *bench) desk(e chat.Event) (chat.Reply, error) {
	refused := func(text string) (chat.Reply, error) {
		r := chat.Replyf("%s", text)
		r.Failed = true
		return r, nil
	}
	verb, id, _ := strings.Cut(strings.TrimPrefix(e.Line, "cre "), " ")
	switch {
	case verb == "take" && id == "R-4":
		return refused("R-4 ended on 19 Nov (done).")
	case verb == "assign" && e.Draft:
		return chat.Reply{Form: &chat.Form{Line: "cre assign", Title: "Cre assign", Fields: []chat.FormField{
			{Name: "request", Label: "Request", Kind: chat.OneLine, Value: id}, {Name: "who", Label: "Who", Kind: chat.Somebody}}}}, nil
	case verb == "assign" && e.Values["who"] == "@nobody":
		return chat.Reply{Problems: map[string]string{"who": "Nobody is called so."}, Failed: true}, nil
	}
	return chat.Replyf("heard %s %s", e.Line, e.Values["request"]), nil
}

func TestQueueFiltersLive(t *testing.T) {
	b := newBench(t)
	b.wait(six...)
	ctx := browse(t, 1280, 860)
	do(t, ctx, "open the queue", chromedp.Navigate(b.server.URL+"/queue"), rowsAre("R-1 R-2 R-3 R-4 R-5 R-6"))
	do(t, ctx, "choose a customer", keys("#filter-customer", "Globex"), rowsAre("R-4 R-5 R-6"), until(`location.search === "?customer=globex"`))
	do(t, ctx, "and words, while typing", typeKey("/"), until(`document.activeElement.id === "filter-customer"`), keys("#filter-text", "rol"), rowsAre("R-5"), until(`document.activeElement.id === "filter-text"`))
	do(t, ctx, "no key acts while somebody types", typeKey("xt"), seen("Nothing in the queue matches"), until(`document.getElementById("filter-text").value === "rolxt"`))
	do(t, ctx, "clear it", click("#filter-clear"), shows("#row-R-6"), rowsAre("R-1 R-2 R-3 R-4 R-5 R-6"))
	do(t, ctx, "see what is over", click(`.tabs a:not([aria-current])`), chromedp.WaitNotPresent(chromedp.CSS("#filter-text")), seen("No ended request matches"))
}

func TestQueueKeys(t *testing.T) {
	b := newBench(t)
	b.script = b.desk
	b.wait(six...)
	ctx := browse(t, 1280, 860)
	do(t, ctx, "move", chromedp.Navigate(b.server.URL+"/queue"), rowsAre("R-1 R-2 R-3 R-4 R-5 R-6"), until(`document.readyState === "complete"`),
		typeKey("j"), onRow("R-1"), typeKey("jj"), onRow("R-3"), typeKey("k"), onRow("R-2"), typeKey(kb.ArrowUp), onRow("R-1"), typeKey("k"), onRow("R-1"))
	do(t, ctx, "take what one is on", typeKey("t"), seen("heard cre take R-1"))
	do(t, ctx, "be asked before it is done", typeKey("jd"), shows("#confirm[open]"), click("#confirm-yes"), seen("heard cre done R-2"))
	do(t, ctx, "be asked whom", until(`!document.querySelector("dialog[open]")`), onRow("R-2"), typeKey("a"), shows("dialog.form[open]"), until(`document.querySelector('[name="v.request"]').value === "R-2"`), typeKey(kb.Escape), until(`!document.querySelector("dialog[open]")`))
	do(t, ctx, "select a range", onRow("R-2"), typeKey("x"), taken("R-2"), typeKey("jj"), onRow("R-4"), typeKey("X"), taken("R-2 R-3 R-4"), seen("3 selected"), typeKey(kb.Escape), taken(""))
	do(t, ctx, "see the keys", typeKey("?"), shows("#keys[open]"), typeKey("j"), click("#keys [data-close]"), until(`!document.querySelector("dialog[open]")`))
	do(t, ctx, "open one", chromedp.Focus(chromedp.CSS("#open-R-3")), typeKey("\r"), shows(".hands, .facts"), seen("Exporters want a date"))
	named := `[...document.querySelectorAll("main button, main a, main input, main select")].filter((e) => !(e.labels?.length || e.ariaLabel || e.textContent.trim())).length`
	do(t, ctx, "go back", chromedp.Navigate(b.server.URL+"/queue"), rowsAre("R-1 R-2 R-3 R-4 R-5 R-6"))
	do(t, ctx, "find a word", typeKey("/"), until(`document.activeElement.id === "filter-text"`))
	if n := ask[int](t, ctx, named); n > 0 {
		t.Errorf("%d things that can be reached have no name", n)
	}
}

func TestQueueInBulk(t *testing.T) {
	b := newBench(t)
	b.script = b.desk
	b.wait(six...)
	ctx := browse(t, 1280, 860)
	do(t, ctx, "select some", chromedp.Navigate(b.server.URL+"/queue"), rowsAre("R-1 R-2 R-3 R-4 R-5 R-6"), until(`document.readyState === "complete"`),
		click("#pick-R-1"), shiftClick("R-5"), taken("R-1 R-2 R-3 R-4 R-5"), seen("5 selected"))
	do(t, ctx, "take them, of which one is over", click(`[data-verb="cre take"]`), seen("4 of 5 went through"), taken("R-4"), seen("R-4 ended on 19 Nov (done)."))
	var lines []string
	for _, e := range b.events {
		lines = append(lines, e.Line)
	}
	if got := strings.Join(lines, ", "); got != "cre take R-1, cre take R-2, cre take R-3, cre take R-4, cre take R-5" {
		t.Errorf("the bar said %s", got)
	}
	do(t, ctx, "select all, and none", click("#pick-all"), taken("R-1 R-2 R-3 R-4 R-5 R-6"), click("[data-unpick]"), taken(""), until(`document.getElementById("bulk").hidden`))
	do(t, ctx, "give two to somebody", click("#pick-R-2"), click("#pick-R-3"), typeKey("a"), shows("dialog.form[open]"), seen("For R-2, R-3."))
	do(t, ctx, "who is not there", keys(`[name="p.who"]`, "@nobody"), click("dialog.form button.good"), seen("Nobody is called so."), taken("R-2 R-3"))
	do(t, ctx, "and who is", chromedp.SetValue(chromedp.CSS(`[name="p.who"]`), "@bob"), click("dialog.form button.good"), seen("2 of 2 went through"), taken(""))
	if e := b.last(); e.Line != "cre assign" || e.Values["request"] != "R-3" || e.Values["who"] != "@bob" {
		t.Errorf("the last form said %q %v", e.Line, e.Values)
	}
}

func TestQueueOnAPhone(t *testing.T) {
	b := newBench(t)
	b.wait(six...)
	ctx := browse(t, 1280, 860)
	do(t, ctx, "open it on a phone", chromedp.EmulateViewport(390, 844), chromedp.Navigate(b.server.URL+"/queue"), rowsAre("R-1 R-2 R-3 R-4 R-5 R-6"), until(`document.readyState === "complete"`))
	do(t, ctx, "select and take one", click("#pick-R-1"), taken("R-1"), click(`[data-verb="cre take"]`), seen("1 of 1 went through"))
	if e := b.last(); e.Line != "cre take R-1" {
		t.Errorf("the bar said %q", e.Line)
	}
	if over := ask[float64](t, ctx, `document.getElementById("main").scrollWidth - document.getElementById("main").clientWidth`); over > 0 {
		t.Errorf("the page is %v pixels too wide", over)
	}
}

// What changes elsewhere comes onto the page, and nothing slips: what is selected, the
// line that somebody is on, and how far they scrolled.
func TestQueueIsLive(t *testing.T) {
	b := newBench(t)
	b.wait(append(six, make([]cre.Request, 30)...)...)
	ctx := browse(t, 1280, 700)
	do(t, ctx, "select two", chromedp.Navigate(b.server.URL+"/queue"), until(`document.readyState === "complete"`), click("#pick-R-2"), click("#pick-R-5"),
		chromedp.Focus(chromedp.CSS("#open-R-30")), until(`document.getElementById("main").scrollTop > 100`))
	scrolled := ask[float64](t, ctx, `document.getElementById("main").scrollTop`)
	b.change(t, 30, func(r *cre.Request) { r.Title = "It is urgent now"; r.Status = cre.OnUs; r.Due = noon })
	b.change(t, 1, func(r *cre.Request) { r.End(cre.Done, "", noon) })
	b.say("general", "something happened")
	do(t, ctx, "see it", seen("It is urgent now"), until(`!document.getElementById("row-R-1")`), taken("R-2 R-5"), onRow("R-30"))
	if first := ask[string](t, ctx, `document.querySelector("tr[data-request]").dataset.request`); first != "R-30" {
		t.Errorf("%s is first", first)
	}
	if now := ask[float64](t, ctx, `document.getElementById("main").scrollTop`); now < scrolled-150 || now > scrolled+150 {
		t.Errorf("the page scrolled from %v to %v", scrolled, now)
	}
	b.change(t, 30, func(r *cre.Request) { r.End(cre.Done, "", noon) })
	b.say("general", "and more")
	do(t, ctx, "go on where the line was", until(`!document.getElementById("row-R-30")`), until(rowHere+` !== ""`))
}

// change changes a record as something else would.
func (b *bench) change(t *testing.T, number uint64, how func(*cre.Request)) {
	t.Helper()
	b.update(func(tx store.Tx) error {
		r, err := store.Requests.Get(tx, store.Key(number))
		if err != nil {
			return err
		}
		how(r)
		return store.Requests.Put(tx, r)
	})
}

func TestImportPage(t *testing.T) {
	b := newBench(t)
	const large = 400
	b.script = func(e chat.Event) (chat.Reply, error) {
		rows := strings.Count(e.Named["rows"], "blue") + strings.Count(e.Named["rows"], "red")
		m := chat.Message{Text: "Line 3: title is empty; say in one line what the customer needs", Footer: "Not taken: Colour."}
		m.Fields = []chat.Field{{Label: cre.ImportFiled, Value: chat.Textf("%d", rows-1)}, {Label: cre.ImportKnown, Value: "0"}}
		if e.Named["from"] != "old.csv" {
			m = chat.Message{Text: "Only commanders import."}
			return chat.Reply{Message: m, Failed: true}, nil
		}
		return chat.Reply{Message: m}, nil
	}
	sheet := func(name string) string {
		path := filepath.Join(t.TempDir(), name)
		text := "title,Colour\nfirst,red\n" + strings.Repeat("\"one, with a\nsecond line\",blue\n", large)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	ctx := browse(t, 1280, 860)
	do(t, ctx, "try a sheet", chromedp.Navigate(b.server.URL+"/queue/import"), until(`document.readyState === "complete"`),
		chromedp.SetUploadFiles(chromedp.CSS("#sheet-file"), []string{sheet("old.csv")}), seen("396 would be filed"), seen("Not taken: Colour."), seen("title is empty"))
	if e := b.last(); e.Line != "cre import --dry-run" || e.Role != "admin" {
		t.Errorf("a try became %q of %q", e.Line, e.Role)
	}
	if most := ask[float64](t, ctx, `document.getElementById("import-progress").max`); most != large+1 {
		t.Errorf("the page counts %v rows, want %d", most, large+1)
	}
	do(t, ctx, "file it", click("#import-go"), seen("396 filed, 0 imported before, 5 refused."), until(`document.getElementById("import-go").hidden`))
	if e := b.last(); e.Line != "cre import" {
		t.Errorf("the import became %q", e.Line)
	}
	do(t, ctx, "be refused", chromedp.SetUploadFiles(chromedp.CSS("#sheet-file"), []string{sheet("other.csv")}), seen("Only commanders import."), until(`document.getElementById("import-go").hidden`))
}

// A sheet is taken from the console's own pages only, and told when it is no sheet.
func TestSheetsAreGuarded(t *testing.T) {
	b := newBench(t)
	r := func(site string) (int, string) {
		status, _, body := b.request("POST", "/queue/import?from=x", url.Values{"title": {"x"}}, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", site) })
		return status, body
	}
	if status, body := r("cross-site"); status != 403 || len(b.events) != 0 {
		t.Errorf("another site gets %d %s", status, body)
	}
	if _, body := r("same-origin"); !strings.Contains(body, "no rows") {
		t.Errorf("a sheet without rows: %s", body)
	}
}
