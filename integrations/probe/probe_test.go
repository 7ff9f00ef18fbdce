package probe

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cresset/bot/cre"
)

var at = time.Date(2026, 3, 4, 12, 0, 44, 0, time.UTC)

func sloOf(url string, expect ...int) cre.SLO {
	return cre.SLO{Name: "shop", SLI: cre.SLI{Source: Name, Every: 30 * time.Second,
		Probe: &cre.Probe{URL: url, Timeout: 300 * time.Millisecond, Expect: expect}}}
}

func source() *Source { return New(Options{Now: func() time.Time { return at }}) }

// shop answers every path with what the path says.
func shop(t *testing.T) (url string, seen chan *http.Request) {
	seen = make(chan *http.Request, 100)
	done := make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("/200", func(w http.ResponseWriter, r *http.Request) { seen <- r })
	mux.HandleFunc("/500", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500) })
	mux.HandleFunc("/404", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(404) })
	mux.HandleFunc("/302", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/500", http.StatusFound) })
	mux.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://169.254.169.254/", http.StatusFound)
	})
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) { <-done })
	mux.HandleFunc("/endless", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(200)
		w.(http.Flusher).Flush()
		<-done
	})
	mux.HandleFunc("/cut", func(w http.ResponseWriter, r *http.Request) {
		if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
			c.Close()
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(func() { close(done); server.Close() })
	return server.URL, seen
}

func TestCounts(t *testing.T) {
	url, _ := shop(t)
	closed := freeAddress(t)
	tls := httptest.NewTLSServer(http.NotFoundHandler()) // nobody trusts its certificate
	defer tls.Close()
	for _, test := range []struct {
		name string
		slo  cre.SLO
		good bool
	}{
		{"200", sloOf(url + "/200"), true},
		{"500", sloOf(url + "/500"), false},
		{"404", sloOf(url + "/404"), false},
		{"404 is expected", sloOf(url+"/404", 404, 410), true},
		{"200 is not expected", sloOf(url+"/200", 404, 410), false},
		{"a redirect is an answer", sloOf(url + "/302"), true},
		{"a redirect is not what was expected", sloOf(url+"/302", 200), false},
		{"a redirect is not followed", sloOf(url + "/away"), true},
		{"slow", sloOf(url + "/slow"), false},
		{"a body without end", sloOf(url + "/endless"), true},
		{"cut off", sloOf(url + "/cut"), false},
		{"refused", sloOf("http://" + closed), false},
		{"no such host", sloOf("http://shop.invalid/"), false},
		{"a certificate of nobody", sloOf(tls.URL), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := source().Counts(t.Context(), test.slo, time.Time{}, time.Time{})
			if err != nil || len(got) != 1 {
				t.Fatalf("got %v, %v", got, err)
			}
			want := cre.Bucket{From: at.Truncate(30 * time.Second), To: at.Truncate(30 * time.Second).Add(30 * time.Second), Bad: 1}
			if test.good {
				want.Good, want.Bad = 1, 0
			}
			if got[0] != want {
				t.Errorf("got %+v, want %+v", got[0], want)
			}
		})
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// TestOurOwnFaultIsNoBadEvent: what is wrong here says nothing about customers.
func TestOurOwnFaultIsNoBadEvent(t *testing.T) {
	url, _ := shop(t)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for _, test := range []struct {
		name string
		ctx  context.Context
		slo  cre.SLO
		want string
	}{
		{"no scheme", t.Context(), sloOf("localhost/healthz"), "not an http or https address"},
		{"another scheme", t.Context(), sloOf("file:///etc/passwd"), "not an http or https address"},
		{"no address", t.Context(), sloOf("http://a b/"), "not an http or https address"},
		{"metadata", t.Context(), sloOf("http://169.254.169.254/latest"), "does not ask"},
		{"shutting down", over, sloOf(url + "/200"), "canceled"},
		{"no probe", t.Context(), cre.SLO{Name: "shop"}, "has no probe"},
	} {
		got, err := source().Counts(test.ctx, test.slo, time.Time{}, time.Time{})
		if len(got) != 0 || err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, %v", test.name, got, err)
		}
	}
	_, err := source().Counts(t.Context(), sloOf("ftp://ada:hunter2@shop/"), time.Time{}, time.Time{})
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the password is in %v", err)
	}
}

func TestOneRequestThatSaysWhoAsks(t *testing.T) {
	url, seen := shop(t)
	s := source()
	for range 2 {
		if _, err := s.Counts(t.Context(), sloOf(url+"/200"), time.Time{}, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	first, second := <-seen, <-seen
	if first.Method != "GET" || first.UserAgent() != "cresset-probe" || len(seen) > 0 {
		t.Errorf("asked by %s %s, and %d times more", first.Method, first.UserAgent(), len(seen))
	}
	if first.RemoteAddr == second.RemoteAddr {
		t.Error("the second probe used the first one's connection")
	}
}

func TestCheck(t *testing.T) {
	url, _ := shop(t)
	found := source().Check(t.Context(), []cre.SLO{sloOf(url + "/200"), {Name: "ratio"}, sloOf(url + "/500"), sloOf(url + "/slow"), sloOf("nowhere")})
	want := []string{"answered 200", "answered 500", "did not answer within 300ms", "not an http or https address"}
	if len(found) != len(want) {
		t.Fatalf("found %+v", found)
	}
	for i, f := range found {
		if !strings.Contains(f.Detail, want[i]) || f.OK != (i == 0) || f.OK == (f.Advice != "") {
			t.Errorf("%+v, want %q", f, want[i])
		}
	}
}
