package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

func TestHeaders(t *testing.T) {
	b := newBench(t)
	for _, path := range []string{"/", "/nowhere", "/c/nowhere", "/incidents", "/static/1/main.js", "/complete"} {
		_, header, _ := b.request("GET", path, nil)
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
			"X-Content-Type-Options":  "nosniff",
			"Referrer-Policy":         "no-referrer",

			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := header.Get(name); got != want {
				t.Errorf("%s has %s %q, want %q", path, name, got, want)
			}
		}
	}
}

// No page may need what the policy forbids.
func TestNothingInline(t *testing.T) {
	b := newBench(t)
	b.seed()
	for _, path := range []string{"/", "/incidents", "/incidents/INC-1", "/queue", "/customers", "/customers/acme", "/slos", "/slos/acme-checkout", "/outbox"} {
		b.lacks(b.get(path), "<style", " style=", "<script>", " onclick", "http://www", "//cdn")
	}
}

func TestForgedHost(t *testing.T) {
	b := newBench(t)
	for host, want := range map[string]int{
		"localhost:8737": 200, "127.0.0.1": 200, "[::1]:8737": 200, "LOCALHOST": 200,
		"evil.example": 403, "localhost.evil.example:8737": 403, "127.0.0.1.nip.io": 403, "10.0.0.1:8737": 403,
	} {
		status, _, _ := b.request("GET", "/incidents", nil, func(r *http.Request) { r.Host = host })
		if status != want {
			t.Errorf("as %q: %d, want %d", host, status, want)
		}
	}
}

func TestCrossOrigin(t *testing.T) {
	b := newBench(t)
	form := url.Values{"key": {"abcdefgh"}, "channel": {"general"}, "text": {"/incident declare"}, "name": {"eve"}, "line": {"help"}}
	for _, path := range []string{"/say", "/press", "/submit", "/react", "/me"} {
		for name, value := range map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"} {
			status, _, _ := b.request("POST", path, form, func(r *http.Request) { r.Header.Set(name, value) })
			if status != http.StatusForbidden {
				t.Errorf("POST %s with %s %s: %d, want 403", path, name, value, status)
			}
		}
	}
	if len(b.events) > 0 {
		t.Errorf("another site caused %v", b.events)
	}
}

func TestNoStateOnGet(t *testing.T) {
	b := newBench(t)
	for _, path := range []string{"/say", "/press", "/submit", "/react", "/me"} {
		if status, _, _ := b.request("GET", path+"?key=abcdefgh&channel=general&text=help&line=help&name=eve", nil); status != http.StatusMethodNotAllowed && status != 404 {
			t.Errorf("GET %s: %d, want 405", path, status)
		}
	}
	b.get("/c/incidents")
	b.request("GET", "/c/made-up", nil)
	err := b.DB.View(b.Context(), func(tx store.Tx) error {
		n, err := channels.Count(tx, "", nil)
		if n != 0 {
			t.Errorf("reading made %d channels", n)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestHugeBody(t *testing.T) {
	b := newBench(t)
	status, a := b.post("/say", "channel", "general", "text", strings.Repeat("x", maxBody))
	if status != http.StatusRequestEntityTooLarge || a.Error == "" {
		t.Errorf("got %d %q, want 413 and why", status, a.Error)
	}
	b.get("/")
}

// hostile is what somebody might write anywhere.
var hostile = []string{
	`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `"><svg/onload=alert(1)>`, `' autofocus onfocus=alert(1) x='`,
	`javascript:alert(1)`, `[x](javascript:alert(1))`, `[x](data:text/html,<script>alert(1)</script>)`, `</textarea><script>alert(1)</script>`,
	"`<b>`", `{{.}}`, `<!--`, `]]>`, `<@console:x|<script>>`, `<#console:"onclick=x|y>`, "\u202egnp.exe", `&lt;script&gt;`,
	`![x](https://evil.example/?q=1)`, `<a href="javascript:alert(1)">x</a>`, `<javascript:alert(1)>`, `<data:text/html,x>`, `[x](https://a"onmouseover="alert(1))`,
}

// dangers can only come out of a failed escape: nothing hostile has them once
// it was escaped, and no template has them.
var dangers = []string{"<script>", "<img src=x", "<svg/", "<b>", "<!--", `href="javascript:`, `href="data:`, `href="JavaScript:`, `src="https://evil`,
	` onclick=`, ` onmouseover=`, `"onclick`, `"onmouseover`, "\u202e", `' autofocus onfocus=alert(1) x='>`}

func TestHostileText(t *testing.T) {
	b := newBench(t)
	for i, h := range hostile {
		for _, said := range []chat.Text{chat.Plain(h), chat.Text(h)} { // escaped, and as markup that somebody let through
			m := chat.Message{Title: h, Text: said, Details: said, Footer: said, Tone: chat.Good,
				Fields:  []chat.Field{{Label: h, Value: said}},
				Table:   &chat.Table{Columns: []string{h}, Rows: [][]chat.Text{{said}}},
				Chart:   &chat.Chart{Title: h, Alt: h},
				Files:   []chat.File{{Name: h, Type: "text/markdown", Content: []byte(h)}, {Name: h, Type: "text/plain", Content: []byte(h)}, {Name: h, Type: h}},
				Buttons: []chat.Button{{Label: h, Line: h, Confirm: h}, {Label: h, URL: h}}}
			if _, err := b.Post(b.Context(), placeOf("general"), m, h+string(said)); err != nil {
				t.Fatal(err)
			}
			b.script = func(chat.Event) (chat.Reply, error) {
				f := &chat.Form{Line: h, Title: h, Submit: h, Intro: said}
				for _, k := range []chat.FieldKind{chat.OneLine, chat.ManyLines, chat.Choice, chat.Choices, chat.Somebody, chat.Day, chat.Yes} {
					f.Fields = append(f.Fields, chat.FormField{Name: h, Label: h, Help: h, Value: h, Kind: k, Options: []chat.Option{{Value: h, Label: h}}})
				}
				return chat.Reply{Form: f}, nil
			}
			b.lacks(b.did("/press", "channel", "general", "line", "x").Form, dangers...)
		}
		b.did("/say", "channel", "general", "text", "talk "+h)
		if i%5 == 4 || i == len(hostile)-1 {
			b.lacks(b.get("/"), dangers...)
		}
	}
	room, err := b.OpenRoom(b.Context(), chat.RoomSpec{Name: "inc-1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range hostile {
		if err := b.Describe(b.Context(), room.Place, h, h); err != nil {
			t.Fatal(err)
		}
		if err := b.Bookmark(b.Context(), room.Place, h, h); err != nil {
			t.Fatal(err)
		}
		b.lacks(b.get("/c/inc-1"), dangers...)
	}
}

// What means something to a terminal must not take a page apart.
func TestEscapeSequences(t *testing.T) {
	b := newBench(t)
	for i, title := range []string{"first \x1b]0;", "\x1b[", "in the middle \u009d", "last \a"} {
		if _, err := b.Post(b.Context(), placeOf("general"), chat.Message{Title: title}, fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	page := b.get("/")
	b.wants(page, "<h3>first ]0;</h3>", "<h3>[</h3>", "<h3>in the middle </h3>", "<h3>last </h3>")
	b.lacks(page, "\x1b", "\a", "\u009d")
}

func TestHostileRecords(t *testing.T) {
	b := newBench(t)
	for n, h := range hostile {
		who := chat.Person{Platform: "slack", ID: h, Name: h}
		b.update(func(tx store.Tx) error {
			number := uint64(n + 1)
			inc := &cre.Incident{ID: "INC-1", Number: 1, Title: h, Status: cre.Triage, Customers: []string{h}, Services: []string{h}, Declarer: who, Reporter: who,
				Roles: map[cre.Role]chat.Person{cre.Lead: who}, Events: 1, MergedInto: h, Requests: []string{h},
				RoomRecord: cre.RoomRecord{RoomTrouble: h, Room: &chat.Room{Place: chat.Place{Platform: "slack", Channel: h}, Link: h}},
				Times:      map[cre.Moment]time.Time{cre.DeclaredAt: noon}, Tasks: []cre.Task{{N: 1, Text: h, Who: who}}}
			if err := store.Incidents.Put(tx, inc); err != nil {
				return err
			}
			if err := store.Timeline.Put(tx, &cre.Entry{Incident: "INC-1", N: 1, At: noon, Kind: cre.EntryKind(h), By: who, Text: h}); err != nil {
				return err
			}
			if err := store.Requests.Put(tx, &cre.Request{ID: h, Number: number, Title: h, Customer: h, Status: cre.OnCustomer, Reason: h, Requester: who, Owner: who}); err != nil {
				return err
			}
			if err := store.Errands.Put(tx, &store.Errand{ID: number, Kind: store.ErrandKind(h), State: store.Parked, Subject: h, Trouble: h, Message: &chat.Message{}, Place: chat.Place{Platform: h, Channel: h}}); err != nil {
				return err
			}
			return store.Customers.Put(tx, &cre.Customer{Key: h, Name: h, Tier: h, Owner: h, Contacts: []string{h}, Services: []string{h}, Channel: h})
		})
		b.lacks(b.get("/incidents/INC-1"), dangers...)
		b.lacks(b.get("/customers/"+url.PathEscape(h)), dangers...)
	}
	for _, path := range []string{"/incidents", "/queue", "/customers", "/outbox"} {
		b.lacks(b.get(path), dangers...)
	}
}
