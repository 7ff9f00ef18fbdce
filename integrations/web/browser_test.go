package web

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"cresset/bot/chat"
	"cresset/integrations/web/pagetest"
)

// browse opens a headless browser with a window of the given size.
func browse(t *testing.T, wide, high int) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("this test clicks through the console in a browser, and there is none: install chromium (apt-get install chromium)")
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.Headless,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(wide, high),
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute) // the machine may be busy
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil && !errors.Is(err, context.Canceled) {
			t.Log(err)
		}
		cancel()
	})
	if err := chromedp.Do(ctx); err != nil { // the browser lives as long as the context that starts it
		t.Fatal(err)
	}
	var mu sync.Mutex
	var wrong []string
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err == nil && (m.IsException() || m.Type == "error" && m.Source != "network") {
				mu.Lock()
				wrong = append(wrong, m.String())
				mu.Unlock()
			}
		}
	}()
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		if len(wrong) > 0 {
			t.Errorf("the browser complains: %q", wrong)
		}
	})
	return ctx
}

func do(t *testing.T, ctx context.Context, what string, steps ...step) {
	t.Helper()
	outer := ctx
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		page, _ := chromedp.Run(outer, chromedp.Evaluate[string]("document.body.innerText"))
		t.Fatalf("%s: %v\nthe page says:\n%s", what, err, page)
	}
}

type step = pagetest.Step

var seen, shows, until, click, keys, quote = pagetest.Seen, pagetest.Shows, pagetest.Until, pagetest.Click, pagetest.Keys, pagetest.Quote

// ask is what an expression gives on the page.
func ask[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return v
}

func TestBrowser(t *testing.T) {
	b := newBench(t)
	b.script = scripted
	ctx := browse(t, 1280, 860)

	do(t, ctx, "open the console", chromedp.Navigate(b.server.URL+"/"), seen("What to try"))
	do(t, ctx, "complete a command", keys("#line", "/incident d"), shows("#line-list [role=option]"), keys("#line", "\t"),
		until(`document.getElementById("line").value === "/incident declare "`))
	do(t, ctx, "type a command", keys("#line", "checkout returns 500\r"), seen("INC-1 is declared"), seen("only you see this"))
	do(t, ctx, "open a form", click(`button[data-line="incident update"]`), shows("dialog.form[open]"))
	do(t, ctx, "send a wrong form", keys(`[name="v.next"]`, "soon"), keys(`[name="v.text"]`, "we roll back"),
		click("dialog.form button.good"), seen("soon is no duration"))
	invalid := ask[string](t, ctx, `document.querySelector('[name="v.next"]').getAttribute("aria-invalid")`)
	kept := ask[string](t, ctx, `document.querySelector('[name="v.text"]').value`)
	if invalid != "true" || kept != "we roll back" {
		t.Errorf("the wrong field has aria-invalid %q, the other kept %q", invalid, kept)
	}
	do(t, ctx, "send it again", chromedp.SetValue(chromedp.CSS(`[name="v.next"]`), "30m"), click("dialog.form button.good"),
		chromedp.WaitNotPresent(chromedp.CSS("dialog.form")), seen("Next update in 30m"))

	do(t, ctx, "open it by a line and send it", keys("#line", "/incident update\r"), shows("dialog.form[open]"),
		keys(`[name="v.next"]`, "30m"), click("dialog.form button.good"), chromedp.WaitNotPresent(chromedp.CSS("dialog.form")))
	do(t, ctx, "go on typing where the focus is", until(`document.activeElement.id === "line"`), chromedp.KeyEvent("on"), until(`document.getElementById("line").value === "on"`),
		chromedp.KeyEvent(kb.Backspace+kb.Backspace))

	do(t, ctx, "type half a line", keys("#line", "incident"), shows("#line-list [role=option]"))
	b.say("#general", "the room is open")
	do(t, ctx, "hear of a message without loading the page", seen("the room is open"), shows("#line-list [role=option]"))
	if line := ask[string](t, ctx, `document.getElementById("line").value`); line != "incident" {
		t.Errorf("the line has %q after a message came, want what was typed", line)
	}
	do(t, ctx, "load the page again", chromedp.Reload(), seen("INC-1 is declared"), seen("the room is open"))
}

// scripted plays the bot.
func scripted(e chat.Event) (chat.Reply, error) {
	switch {
	case strings.HasPrefix(e.Line, "incident declare"):
		r := chat.Replyf("**INC-1** is declared. Its war room is on its way.")
		r.Message.Buttons = []chat.Button{{Label: "Update", Line: "incident update", Style: chat.Good}}
		return r, nil
	case e.Line == "incident update" && e.Values == nil:
		return chat.Reply{Form: &chat.Form{Line: "incident update", Title: "Post an update", Submit: "Post", Fields: []chat.FormField{
			{Name: "text", Label: "What is new", Kind: chat.ManyLines},
			{Name: "next", Label: "Next update", Help: "Like 30m or 2h.", Kind: chat.OneLine, Optional: true},
		}}}, nil
	case e.Line == "incident update" && e.Values["next"] != "30m":
		return chat.Reply{Problems: map[string]string{"next": e.Values["next"] + " is no duration. Say 30m or 2h."}}, nil
	case e.Line == "incident update":
		return chat.Replyf("%s\nNext update in 30m.", e.Values["text"]), nil
	}
	return chat.Replyf("There is no `%s`.", e.Line), nil
}
