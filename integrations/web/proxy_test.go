package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// from asks for a page as if the connection came from there.
func (b *bench) from(peer string, header ...string) *httptest.ResponseRecorder {
	b.Helper()
	r := httptest.NewRequest("GET", "http://localhost/incidents", nil)
	r.RemoteAddr = peer
	readsPages(r)
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	if b.cookie != nil {
		r.AddCookie(b.cookie)
	}
	w := httptest.NewRecorder()
	b.server.Config.Handler.ServeHTTP(w, r)
	return w
}

func TestProxy(t *testing.T) {
	const header = "X-Forwarded-User"
	b := startBench(t, openStore(t, t.TempDir()+"/test.db"), "proxy: {from: [10.1.0.0/16, 'fd00::1']}")
	for _, c := range []struct {
		peer    string
		headers []string
		want    int
		says    string
	}{
		{"10.1.2.3:4711", []string{header, "ada"}, 200, "You are </span><strong>ada</strong>"},
		{"[fd00::1]:4711", []string{header, "ada"}, 200, "You are </span><strong>ada</strong>"},
		{"[::ffff:10.1.2.3]:4711", []string{header, "ada"}, 200, "You are </span><strong>ada</strong>"},
		{"10.2.0.1:4711", []string{header, "ada"}, 403, "through the proxy"},
		{"127.0.0.1:4711", []string{header, "ada"}, 403, "through the proxy"},
		{"[fd00::2]:4711", []string{header, "ada"}, 403, "through the proxy"},
		{"10.2.0.1:4711", []string{header, "ada", "X-Forwarded-For", "10.1.2.3", "X-Real-Ip", "10.1.2.3"}, 403, "through the proxy"},
		{"nonsense", []string{header, "ada"}, 403, "through the proxy"},
		{"10.1.2.3:4711", nil, 403, "of you it said nothing"},
		{"10.1.2.3:4711", []string{header, ""}, 403, "of you it said nothing"},
		{"10.1.2.3:4711", []string{"X-Remote-User", "ada"}, 403, "of you it said nothing"},
		{"10.1.2.3:4711", []string{header, "ada", header, "eve"}, 403, "more than one person"},
		{"10.1.2.3:4711", []string{header, "ada@example.org"}, 403, "lower-case letters"},
		{"10.1.2.3:4711", []string{header, "Ada Lovelace"}, 403, "lower-case letters"},
		{"10.1.2.3:4711", []string{header, "cresset"}, 403, "lower-case letters"},
		{"10.1.2.3:4711", []string{header, "<b>"}, 403, "&lt;b&gt;"},
	} {
		w := b.from(c.peer, c.headers...)
		if w.Code != c.want || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("from %s with %q: %d, want %d and %q\n%s", c.peer, c.headers, w.Code, c.want, c.says, w.Body)
		}
		b.lacks(w.Body.String(), "<b>", "Log out", `action="/login"`)
	}
}

// Where both are there, the proxy's word counts, and who comes past it logs in.
func TestProxyAndLogin(t *testing.T) {
	b := startBench(t, openStore(t, t.TempDir()+"/test.db"), twoPeople+"\nproxy: {header: Remote-User, from: [10.1.2.3]}")
	if w := b.from("10.1.2.4:1", "Remote-User", "bob"); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/login") {
		t.Errorf("past the proxy: %d %v, want the login", w.Code, w.Header())
	}
	b.logIn("ada", adaSecret)
	b.wants(b.from("10.1.2.4:1", "Remote-User", "bob").Body.String(), "You are </span><strong>ada</strong>")
	b.wants(b.from("10.1.2.3:1", "Remote-User", "bob").Body.String(), "You are </span><strong>bob</strong>")
	if w := b.from("10.1.2.3:1", "Remote-User", "b o b"); w.Code != http.StatusForbidden {
		t.Errorf("as somebody who cannot be: %d, want 403", w.Code)
	}
}

// A proxy's word for a stream is as old as the stream, so it must be given again.
func TestLiveOfAProxyEnds(t *testing.T) {
	b := startBench(t, openStore(t, t.TempDir()+"/test.db"), "proxy: {from: [127.0.0.1]}")
	b.beat = 10 * time.Millisecond
	stream := b.listen("X-Forwarded-User", "ada")
	buffer := make([]byte, 100)
	if _, err := stream.Read(buffer); err != nil {
		t.Fatal(err)
	}
	b.pass(vouched)
	var err error
	for err == nil { // until the server ends it
		_, err = stream.Read(buffer)
	}
	if err != io.EOF {
		t.Error(err)
	}
}
