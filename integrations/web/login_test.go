package web

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

const (
	adaSecret = "correct-horse-1"
	bobSecret = "battery-staple"
	twoPeople = "login: [{name: ada, secret: " + adaSecret + ", email: ada@example.com}, {name: bob, secret: " + bobSecret + "}]"
)

func ada() url.Values { return filled("ada", adaSecret, "/") }

func filled(name, secret, to string) url.Values {
	return url.Values{"name": {name}, "secret": {secret}, "to": {to}}
}

// private starts a console that ada and bob may log into.
func private(t *testing.T, change ...func(*Deps)) *bench {
	t.Helper()
	return startBench(t, openStore(t, t.TempDir()+"/test.db"), twoPeople, change...)
}

// logIn makes the bench somebody, and gives the cookie.
func (b *bench) logIn(name, secret string) *http.Cookie {
	b.Helper()
	status, header, body := b.request("POST", "/login", filled(name, secret, "/"))
	cookie, err := http.ParseSetCookie(header.Get("Set-Cookie"))
	if status != http.StatusSeeOther || err != nil {
		b.Fatalf("%s cannot log in: %d %v\n%s", name, status, header, body)
	}
	b.cookie = &http.Cookie{Name: cookie.Name, Value: cookie.Value}
	return cookie
}

// inside reports whether the bench sees pages.
func (b *bench) inside() bool {
	b.Helper()
	status, _, _ := b.request("GET", "/incidents", nil, readsPages)
	return status == http.StatusOK
}

func TestLogin(t *testing.T) {
	b := private(t)
	_, header, page := b.request("GET", "/login?to=/queue", nil, readsPages)
	b.wants(page, `<form method="post" action="/login">`, `name="to" value="/queue"`, `type="password"`)
	if header.Get("Cache-Control") != "no-store" || header.Get("Set-Cookie") != "" {
		t.Errorf("the page of the login has %v", header)
	}
	status, header, _ := b.request("POST", "/login", filled(" Ada ", adaSecret, "/queue"))
	if status != http.StatusSeeOther || header.Get("Location") != "/queue" {
		t.Fatalf("ada logs in: %d %v", status, header)
	}
	b.logIn("ada", adaSecret)
	page = b.get("/")
	b.wants(page, "You are </span><strong>ada</strong>", `action="/logout"`)
	b.lacks(page, "guest", "Speak as somebody else", "change who you are")
	status, header, _ = b.request("GET", "/login?to=/slos", nil, readsPages)
	if status != http.StatusSeeOther || header.Get("Location") != "/slos" {
		t.Errorf("who is logged in gets the login: %d %v", status, header)
	}
}

func TestLoginThatIsWrong(t *testing.T) {
	var log bytes.Buffer
	refused := 0
	b := private(t, func(d *Deps) {
		d.Log = slog.New(slog.NewTextHandler(&log, nil))
		d.OnBadLogin = func() { refused++ }
	})
	var pages []string
	for _, form := range []url.Values{filled("ada", "wrong-secret-1", "/queue"), filled("zoe", "wrong-secret-1", "/queue"), filled("ada", bobSecret, "/queue"),
		filled("ada", "", "/queue"), filled("ada", adaSecret+" ", "/queue"), filled("", "", "/queue"), filled("my-secret-as-name", "x", "/queue")} {
		status, header, page := b.request("POST", "/login", form)
		if status != http.StatusUnauthorized || header.Get("Set-Cookie") != "" {
			t.Errorf("%v: %d %v", form, status, header)
		}
		b.wants(page, "do not belong together", `name="to" value="/queue"`)
		pages = append(pages, strings.ReplaceAll(page, `value="`+form.Get("name")+`"`, `value="NAME"`))
	}
	if pages[0] != pages[1] || pages[0] != pages[2] {
		t.Error("the page tells a wrong name from a wrong secret")
	}
	if refused != len(pages) {
		t.Errorf("%d refusals were counted, want %d", refused, len(pages))
	}
	b.wants(log.String(), "a login was refused", "person=ada", `person="nobody known"`, "peer=127.0.0.1")
	b.lacks(log.String(), "wrong-secret-1", "my-secret-as-name", bobSecret, adaSecret)
	if status, _, _ := b.request("POST", "/login", filled("ada", strings.Repeat("x", maxBody), "/")); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a huge secret: %d, want 413", status)
	}
}

func TestCookieOfALogin(t *testing.T) {
	for site, secure := range map[string]bool{"https://cresset.example.com": true, "http://localhost:8737": false, "": false} {
		b := private(t, func(d *Deps) { d.Settings.Site = site })
		cookie := b.logIn("ada", adaSecret)
		if !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode || cookie.Path != "/" || cookie.Domain != "" || cookie.MaxAge != 12*60*60 ||
			cookie.Secure != secure || strings.HasPrefix(cookie.Name, "__Host-") != secure {
			t.Errorf("at %q the cookie is %v", site, cookie)
		}
		if len(cookie.Value) != 43 { // 256 bits
			t.Errorf("the token is %q", cookie.Value)
		}
	}
}

// Where a login leads to is a page of this site, whatever was asked for.
func TestLoginLeadsNowhereElse(t *testing.T) {
	b := private(t)
	for to, want := range map[string]string{
		"/incidents/INC-1?x=1": "/incidents/INC-1?x=1", "": "/", "https://evil.example/": "/", "//evil.example": "/", `/\evil.example`: "/", `\\evil.example`: "/",
		"/\t/evil.example": "/", "/\n/evil.example": "/", "evil.example": "/", "javascript:alert(1)": "/", " //evil.example": "/", "/.//evil.example": "/evil.example",
	} {
		status, header, _ := b.request("POST", "/login", filled("ada", adaSecret, to))
		if got := header.Get("Location"); status != http.StatusSeeOther || got != want {
			t.Errorf("to %q: %d, leads to %q, want %q", to, status, got, want)
		}
		_, header, page := b.request("GET", "/login?"+url.Values{"to": {to}}.Encode(), nil, readsPages)
		b.lacks(page+header.Get("Location"), `value="https://evil`, `value="//evil`, "javascript:")
	}
	_, header, _ := b.request("GET", "/incidents/INC-1?x=1", nil, readsPages)
	if got := header.Get("Location"); got != "/login?to=%2Fincidents%2FINC-1%3Fx%3D1" {
		t.Errorf("a page leads to %q", got)
	}
}

// A link on another site comes without the cookie; the page asks again by itself.
func TestLinkFromAnotherSite(t *testing.T) {
	b := private(t)
	elsewhere := func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }
	_, _, page := b.request("GET", "/login?to=/queue", nil, readsPages, elsewhere)
	b.wants(page, `http-equiv="refresh"`, "/login?again=1&amp;to=%2Fqueue")
	_, _, page = b.request("GET", "/login?again=1&to=/queue", nil, readsPages, elsewhere)
	b.wants(page, `action="/login"`)
	b.lacks(page, `http-equiv="refresh"`)
}

func TestEventsAreOfWhoLoggedIn(t *testing.T) {
	b := private(t)
	b.who = "eve" // the cookie of a name that was said counts for nothing
	b.logIn("ada", adaSecret)
	b.did("/say", "channel", "general", "text", "/incident list")
	if e := b.last(); e.By.Key() != "console:ada" || e.Role != "" || e.Email != "ada@example.com" {
		t.Errorf("the event is %+v, want ada's, with no role but the configured", e)
	}
	status, header, text := b.request("POST", "/me", url.Values{"name": {"eve"}})
	if status != http.StatusForbidden || header.Get("Set-Cookie") != "" || !strings.Contains(text, "You are ada") {
		t.Errorf("POST /me: %d %v %s", status, header, text)
	}
	b.wants(b.get("/"), "heard incident list")
	b.logIn("bob", bobSecret)
	b.lacks(b.get("/"), "heard incident list")
}

func TestPrivateIncidentsOfALogin(t *testing.T) {
	b := private(t)
	b.seed()
	b.update(func(tx store.Tx) error {
		inc, err := store.Incidents.Get(tx, store.Key(uint64(2)))
		if err != nil {
			return err
		}
		inc.Roles = map[cre.Role]chat.Person{cre.Lead: known("ada")}
		return store.Incidents.Put(tx, inc)
	})
	b.logIn("bob", bobSecret)
	for _, path := range []string{"/", "/incidents", "/queue", "/customers", "/customers/acme", "/outbox"} {
		b.lacks(b.get(path), "canary-secret", "INC-2")
	}
	if status, _, _ := b.request("GET", "/incidents/INC-2", nil); status != http.StatusNotFound {
		t.Errorf("bob opens INC-2: %d, want 404", status)
	}
	b.logIn("ada", adaSecret)
	b.wants(b.get("/incidents/INC-2"), "canary-secret")
}

func TestAnswersAreNotKeptByBrowsers(t *testing.T) {
	b := private(t)
	b.seed()
	b.logIn("ada", adaSecret)
	for _, path := range []string{"/", "/incidents/INC-1", "/nowhere", "/chart/slo/acme-checkout.png", "/complete"} {
		if _, header, _ := b.request("GET", path, nil); header.Get("Cache-Control") != "no-store" && path != "/nowhere" {
			t.Errorf("GET %s may be kept: %q", path, header.Get("Cache-Control"))
		}
	}
}

func TestGuessingIsSlowed(t *testing.T) {
	b := private(t)
	for _, name := range []string{"ada", "zoe"} { // who exists and who does not are treated alike
		for range freeGuesses {
			if status, _, _ := b.request("POST", "/login", filled(name, "wrong", "/")); status != http.StatusUnauthorized {
				t.Fatalf("a first guess at %s: %d, want 401", name, status)
			}
		}
		status, header, page := b.request("POST", "/login", filled(name, adaSecret, "/"))
		if status != http.StatusTooManyRequests || header.Get("Retry-After") != "1" || header.Get("Set-Cookie") != "" {
			t.Errorf("a guess too many at %s: %d %v", name, status, header)
		}
		b.wants(page, "Wait 1 second, then try again.")
	}
	b.pass(time.Second)
	b.logIn("ada", adaSecret)
	for range freeGuesses { // the right secret makes good what was wrong
		if status, _, _ := b.request("POST", "/login", filled("ada", "wrong", "/")); status != http.StatusUnauthorized {
			t.Errorf("after a login: %d, want 401", status)
		}
	}
}

// Where people log in it is known who there is, and a slip of the pen names
// nobody.
func TestOnlyWhoIsThereIsMentioned(t *testing.T) {
	b := private(t)
	b.logIn("ada", adaSecret)
	b.did("/say", "channel", "cre", "text", "/incident lead @bob or @nobody")
	if got, want := b.last().People, map[string]chat.Person{"bob": known("bob")}; !reflect.DeepEqual(got, want) {
		t.Errorf("the names mean %v, want %v", got, want)
	}
	b.did("/submit", "channel", "cre", "line", "incident lead", "p.who", "bob")
	if got, want := b.last().People, map[string]chat.Person{"bob": known("bob")}; !reflect.DeepEqual(got, want) {
		t.Errorf("the name in a form means %v, want %v", got, want)
	}
}
