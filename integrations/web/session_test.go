package web

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cresset/store"
)

func TestSessionsEnd(t *testing.T) {
	b := private(t)
	b.logIn("ada", adaSecret)
	b.pass(sessionIdle - time.Minute)
	if !b.inside() {
		t.Fatal("the session ended before its time")
	}
	b.pass(sessionIdle - time.Minute) // since the request before, which was seen
	if !b.inside() {
		t.Error("the session ended although it was used")
	}
	b.pass(sessionIdle)
	if b.inside() {
		t.Error("the session goes on, although nobody used it")
	}
	b.logIn("ada", adaSecret)
	for range 12 {
		b.pass(time.Hour - time.Second)
		if !b.inside() {
			t.Fatal("the session ended before its time")
		}
	}
	b.pass(12 * time.Second)
	if b.inside() {
		t.Error("the session goes on for ever, if it is used")
	}
}

// A login gives a new token, whatever token the browser came with.
func TestTokenOfSomebodyElse(t *testing.T) {
	b := private(t)
	planted := &http.Cookie{Name: b.cookieName(), Value: strings.Repeat("A", 43)}
	b.cookie = planted
	if b.inside() {
		t.Fatal("a made-up token is somebody's")
	}
	first := b.logIn("ada", adaSecret)
	if first.Value == planted.Value {
		t.Error("the login took the token that it was given")
	}
	second := b.logIn("bob", bobSecret)
	if second.Value == first.Value {
		t.Error("the second login has the token of the first")
	}
	for what, cookie := range map[string]*http.Cookie{"planted": planted, "first": first} {
		b.cookie = &http.Cookie{Name: cookie.Name, Value: cookie.Value}
		if b.inside() {
			t.Errorf("the %s token is good after the login", what)
		}
	}
}

func TestLogout(t *testing.T) {
	b := private(t)
	b.logIn("ada", adaSecret)
	if status, _, _ := b.request("GET", "/logout", nil); status != http.StatusMethodNotAllowed && status != http.StatusNotFound || !b.inside() {
		t.Error("reading an address logs out")
	}
	status, header, _ := b.request("POST", "/logout", nil)
	cookie, err := http.ParseSetCookie(header.Get("Set-Cookie"))
	if status != http.StatusSeeOther || header.Get("Location") != "/login?left=1" || err != nil || cookie.MaxAge >= 0 || cookie.Value != "" {
		t.Errorf("POST /logout: %d %v", status, header)
	}
	if b.inside() { // the bench still sends the cookie
		t.Error("the token is good after the logout")
	}
	_, _, page := b.request("GET", "/login?left=1", nil, readsPages)
	b.wants(page, "You are logged out.")
}

// A session outlives the process and holds on every replica; ending it on one
// ends it on all.
func TestSessionsAreInTheStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	db := openStore(t, path)
	cookie := startBench(t, db, twoPeople).logIn("ada", adaSecret)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = openStore(t, path)
	one, other := startBench(t, db, twoPeople), startBench(t, db, twoPeople)
	one.cookie, other.cookie = cookie, cookie
	if !one.inside() || !other.inside() {
		t.Error("after a restart the session is not known to both replicas")
	}
	one.request("POST", "/logout", nil)
	if one.inside() || other.inside() {
		t.Error("the logout on one replica is not known to both")
	}
}

// What the configuration takes back is gone after the restart that it needs.
func TestConfigurationEndsSessions(t *testing.T) {
	db := openStore(t, t.TempDir()+"/test.db")
	b := startBench(t, db, twoPeople)
	b.logIn("ada", adaSecret)
	for section, want := range map[string]bool{
		twoPeople: true,
		"login: [{name: bob, secret: " + bobSecret + "}, {name: ada, secret: " + adaSecret + "}]": true,
		"login: [{name: ada, secret: another-secret-1}]":                                          false,
		"login: [{name: bob, secret: " + bobSecret + "}]":                                         false,
		"login: [{name: bob, secret: " + adaSecret + "}]":                                         false,
		"proxy: {from: [192.0.2.1]}":                                                              false,
	} {
		after := startBench(t, db, section)
		after.cookie = b.cookie
		if got := after.inside(); got != want {
			t.Errorf("with %s ada's session is good: %t, want %t", section, got, want)
		}
	}
}

// The store has nothing to log in with.
func TestStoreHasNoTokens(t *testing.T) {
	b := private(t)
	token := b.logIn("ada", adaSecret).Value
	err := b.DB.View(b.Context(), func(tx store.Tx) error {
		return tx.Scan(sessions.Name, store.Range{}, func(key, val []byte) error {
			b.lacks(string(key)+string(val), token, adaSecret)
			b.wants(string(val), hashOf(token), `"ada"`)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	b.cookie.Value = hashOf(token)
	if b.inside() {
		t.Error("what the store has is a token")
	}
}

func TestOldSessionsArePruned(t *testing.T) {
	b := private(t)
	b.logIn("ada", adaSecret)
	b.cookie = nil
	b.pass(sessionLife - time.Minute)
	b.logIn("bob", bobSecret)
	count := func() (n int) {
		b.update(func(tx store.Tx) (err error) {
			n, err = sessions.Count(tx, "", nil)
			return err
		})
		return n
	}
	if n := count(); n != 2 {
		t.Fatalf("there are %d sessions, want 2", n)
	}
	if err := b.pruneSessions(b.Context()); err != nil {
		t.Fatal(err)
	}
	if n := count(); n != 1 || !b.inside() {
		t.Errorf("%d sessions are left, and bob's is good: %t; want his alone", n, b.inside())
	}
}

// listen opens the stream of changes, with a header. It fails when it goes on for
// too long.
func (b *bench) listen(name, value string) io.Reader {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 30*time.Second)
	b.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", b.server.URL+"/live?channel=general", nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set(name, value)
	stream, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { stream.Body.Close() })
	if stream.StatusCode != http.StatusOK {
		b.Fatalf("the stream answers %d", stream.StatusCode)
	}
	return stream.Body
}

// The stream of changes ends with the session, and then is refused.
func TestLiveEndsWithTheSession(t *testing.T) {
	for what, end := range map[string]func(*bench){
		"log out":  func(b *bench) { b.request("POST", "/logout", nil) },
		"time out": func(b *bench) { b.pass(sessionLife) },
	} {
		b := private(t)
		b.beat = 10 * time.Millisecond
		b.logIn("ada", adaSecret)
		lines := bufio.NewScanner(b.listen("Cookie", b.cookie.String()))
		for beats := 0; beats < 3; {
			if !lines.Scan() {
				t.Fatal("the stream ended before the session")
			}
			if lines.Text() == ":" {
				beats++
			}
		}
		end(b)
		for lines.Scan() { // until the server ends it
		}
		if lines.Err() != nil {
			t.Errorf("%s: %v", what, lines.Err())
		}
		if status, _, _ := b.request("GET", "/live", nil); status != http.StatusUnauthorized {
			t.Errorf("%s: the stream answers %d, want 401", what, status)
		}
	}
}
