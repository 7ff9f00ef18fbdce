package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"cresset/store"
)

func TestLoginInABrowser(t *testing.T) {
	b := private(t)
	b.seed()
	ctx := browse(t, 1280, 860)
	do(t, ctx, "ask for a page", chromedp.Navigate(b.server.URL+"/incidents/INC-1"), seen("Log in to cresset"), until(`document.activeElement.id === "name"`))
	do(t, ctx, "be wrong", keys("#name", "Ada"), keys("#secret", "wrong-secret-1\r"), shows("#trouble"), seen("do not belong together"),
		until(`document.activeElement.id === "secret" && document.getElementById("name").value === "ada"`))
	do(t, ctx, "log in", keys("#secret", adaSecret+"\r"), shows("#me button"), seen("Checkout returns 500"), until(`location.pathname === "/incidents/INC-1" && document.querySelector("#me strong").textContent === "ada"`))
	do(t, ctx, "say a line", click("#side .brand"), shows("#line"), keys("#line", "/incident list\r"), seen("heard incident list"))
	if e := b.last(); e.By.Key() != "console:ada" {
		t.Errorf("the line is %s's, want ada's", e.By.Key())
	}
	if cookies := ask[string](t, ctx, "document.cookie"); cookies != "" {
		t.Errorf("a script can read %q", cookies)
	}
	do(t, ctx, "log out", click("#me button"), shows(".left"), seen("You are logged out"), until(`document.cookie === "" && sessionStorage.length === 0`))
	do(t, ctx, "go back", chromedp.NavigateBack(), chromedp.WaitNotPresent(chromedp.CSS(".left")), shows("#secret"))
	if page := ask[string](t, ctx, "document.body.innerText"); strings.Contains(page, "heard incident list") {
		t.Errorf("after the logout the page says\n%s", page)
	}
}

// A page whose session ends leads to the login by itself, and back, with what
// was typed.
func TestSessionThatEndsUnderAPage(t *testing.T) {
	b := private(t)
	ctx := browse(t, 1280, 860)
	do(t, ctx, "log in", chromedp.Navigate(b.server.URL+"/c/cre"), keys("#name", "ada"), keys("#secret", adaSecret+"\r"), shows("#line"), keys("#line", "half a line"))
	b.update(func(tx store.Tx) error {
		for s, err := range sessions.All(tx, store.Page{}) {
			if err != nil {
				return err
			}
			if err := sessions.Delete(tx, store.Key(s.Hash)); err != nil {
				return err
			}
		}
		return nil
	})
	b.say("cre", "a word")
	do(t, ctx, "be led to the login", shows("#secret"))
	do(t, ctx, "and back", keys("#name", "ada"), keys("#secret", adaSecret+"\r"), shows("#line"), seen("a word"),
		until(`location.pathname === "/c/cre" && document.getElementById("line").value === "half a line"`))
}

// Who is logged in and follows a link from another site is not asked again,
// although browsers keep the cookie back at first.
func TestLinkFromAnotherSiteInABrowser(t *testing.T) {
	b := private(t)
	b.seed()
	ctx := browse(t, 1280, 860)
	site := strings.Replace(b.server.URL, "127.0.0.1", "localhost", 1)
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<a id="link" href="%s/incidents/INC-1">INC-1</a>`, site)
	}))
	t.Cleanup(other.Close)
	do(t, ctx, "log in", chromedp.Navigate(site+"/"), keys("#name", "ada"), keys("#secret", adaSecret+"\r"), shows("#me button"))
	do(t, ctx, "follow a link", chromedp.Navigate(other.URL), click("#link"), shows("#me button"), seen("Checkout returns 500"), until(`location.pathname === "/incidents/INC-1"`))
}

// The login works on a phone, and without any script.
func TestLoginOnAPhone(t *testing.T) {
	b := private(t)
	ctx := browse(t, 1280, 860)
	do(t, ctx, "make the window small", chromedp.EmulateViewport(320, 568))
	do(t, ctx, "open", chromedp.Navigate(b.server.URL+"/"), shows("#secret"))
	if over := ask[float64](t, ctx, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); over > 0 {
		t.Errorf("the login is %v pixels too wide", over)
	}
	if n := ask[int](t, ctx, `document.querySelectorAll("script").length`); n != 0 {
		t.Errorf("the login has %d scripts", n)
	}
	do(t, ctx, "log in", keys("#name", "ada"), keys("#secret", adaSecret+"\r"), shows("#line"))
}
