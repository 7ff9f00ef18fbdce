package app

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"cresset/config"
	"cresset/integrations/web/pagetest"
)

// TestBrowser is a CRE team's day on the console, by typing and clicking only:
// declare, update and resolve an incident, file and finish a request, see a
// digest with a picture and a postmortem draft.
func TestBrowser(t *testing.T) {
	address := runStarter(t)
	page := &browser{t: t, ctx: browse(t)}
	page.do("open the console", chromedp.Navigate(address), seen("What to try"))

	page.do("click an example and send it", click(`#welcome button`),
		until(`document.getElementById("line").value.startsWith("/incident declare")`), keys("#line", "\r"),
		seen("is declared. Its war room is on its way"))
	page.do("go to the war room", click(`nav a[href="/c/inc-1-checkout-returns-500"]`), seen("Next update"), seen("investigating"))
	page.do("open the form of an update", click(`#log button[data-line="incident update INC-1"]`), shows("dialog[open]"))
	page.do("send the update", keys(`dialog[open] [name="v.text"]`, "rolling back the deploy"), keys(`dialog[open] [name="v.next"]`, "30m"),
		click(`dialog[open] button.good`), seen("Update by"), seen("rolling back the deploy"))
	page.do("refuse a wrong line", keys("#line", "/incident severity sev9\r"), seen("sev9 is not a severity"))
	page.do("resolve by a button", click(`#log button[data-line="incident resolve INC-1"]`), click(`#confirm button[value="yes"]`), seen("is resolved after"))
	page.do("draft the postmortem", click(`#log button[data-line="postmortem draft INC-1"]`), seen("Postmortem draft: INC-1"), seen("inc-1-postmortem.md"))

	page.do("become the sales colleague", chromedp.Navigate(address+"/c/general"), shows("#line"),
		keys("#line", "/cre request customer:globex export is slow\r"), seen("is filed, 1st in the queue"))
	page.do("see it in the queue", chromedp.Navigate(address+"/queue"), seen("export is slow"))
	page.do("take it", click(`button[data-line="cre take R-1"]`), seen("in work"))
	page.do("give it to somebody", click("#open-R-1"), click(`button[data-line="cre assign R-1"]`), shows("dialog.form[open]"),
		keys(`dialog.form [name="p.who"]`, "bob"), click("dialog.form button.good"), seen("is now assigned to @bob"), chromedp.Navigate(address+"/queue"), seen("bob"))
	page.do("finish it", click(`button[data-line="cre done R-1"]`), click(`#confirm button[value="yes"]`), seen("The queue is empty"))
	page.do("hear of it where it was asked", chromedp.Navigate(address+"/c/general"), seen("is done,"))

	page.do("see a digest with a picture", keys("#line", "/slo digest\r"), seen("Reliability digest"),
		until(`[...document.querySelectorAll("img")].some(i => i.src.includes("chart.png") && i.complete && i.naturalWidth > 1000 && i.alt)`))
	page.do("read the incident's page", chromedp.Navigate(address+"/incidents/INC-1"), seen("Timeline"), seen("rolling back the deploy"))
}

// runStarter runs the bot with the starter configuration on a free port.
func runStarter(t *testing.T) string {
	t.Helper()
	address := freeAddress(t)
	t.Chdir(t.TempDir())
	c, err := config.Load("", func(name string) (string, bool) {
		if name == "CRESSET_LISTEN" {
			return address, true
		}
		return os.LookupEnv(name)
	})
	if err != nil {
		t.Fatal(err)
	}
	a, err := Open(Options{Config: c, Log: testLog(t)})
	if err != nil {
		t.Fatal(err)
	}
	url, err := a.Listen()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-ended, a.Close()); err != nil {
			t.Error(err)
		}
	})
	return url
}

type browser struct {
	t   testing.TB
	ctx context.Context
}

type act1 = pagetest.Step

// do does the steps, and shows what the page says when one fails.
func (b *browser) do(what string, steps ...act1) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		text, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string]("document.body.innerText"))
		b.t.Fatalf("%s: %v\nthe page says:\n%s", what, err, text)
	}
}

// browse opens a headless browser.
func browse(t testing.TB, more ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("this test clicks through the console in a browser, and there is none: install chromium, or run make test, which does")
	}
	ctx, cancel := context.WithCancel(context.Background()) // what waits for a page has limits of its own
	t.Cleanup(cancel)
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.Headless,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.UserDataDir(filepath.Join(t.TempDir(), "browser")), chromedp.WindowSize(1280, 860)}
	ctx, cancel = chromedp.NewExecAllocator(ctx, append(options, more...)...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // it goes away with the test
		cancel()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

var seen, shows, until, click, keys = pagetest.Seen, pagetest.Shows, pagetest.Until, pagetest.Click, pagetest.Keys
