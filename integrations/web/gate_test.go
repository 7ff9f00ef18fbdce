package web

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"cresset/config"
)

func TestOpen(t *testing.T) {
	const ada, bob = "{name: ada, secret: correct-horse-1}", "{name: bob, secret: battery-staple}"
	for _, c := range []struct{ section, listen, want string }{
		{"", "localhost:8737", ""},
		{"", "127.0.0.1:8737", ""},
		{"", "[::1]:8737", ""},
		{"people: [ada, bob]", "localhost:8737", ""},
		{"people: [Ada Lovelace]", "localhost:8737", "is up to 40 lower-case letters"},
		{"poeple: [ada]", "localhost:8737", "poeple"},

		{"", "0.0.0.0:8737", "has no login"},
		{"", ":8737", "has no login"},
		{"hosts: [cresset.example.org]", "0.0.0.0:8737", "has no login"},
		{"hosts: [cresset.example.org]", "192.0.2.7:8737", "has no login"},
		{"login: []", "0.0.0.0:8737", "has no login"},
		{"hosts: [cresset.example.org]", "localhost:8737", `"cresset.example.org" is not only this machine`},
		{"hosts: [localhost, 192.0.2.7]", "localhost:8737", `"192.0.2.7" is not only this machine`},
		{"hosts: [localhost, '127.0.0.2', '::1']", "localhost:8737", ""},
		{"{hosts: [cresset.example.org], login: [" + ada + "]}", "localhost:8737", ""},
		{"{hosts: [cresset.example.org], proxy: {from: [127.0.0.1]}}", "localhost:8737", ""},
		{"login: [" + ada + "]", "0.0.0.0:8737", ""},
		{"login: [" + ada + ", " + bob + "]", "localhost:8737", ""},
		{"proxy: {from: [172.16.0.0/12, 127.0.0.1, '::1']}", "0.0.0.0:8737", ""},
		{"{proxy: {header: Remote-User, from: [10.0.0.1/32]}, login: [" + ada + "]}", "0.0.0.0:8737", ""},

		{"login: [{name: ada}]", "localhost:8737", "login[0].secret is missing"},
		{"login: [{name: ada, secret: ''}]", "localhost:8737", "login[0].secret is missing"},
		{"login: [{secret: correct-horse-1}]", "localhost:8737", "login[0].name is missing"},
		{"login: [{name: ada, secret: short}]", "localhost:8737", "login[0].secret is too short"},
		{"login: [{name: ada, secret: correct-horse-1, email: ada}]", "localhost:8737", `login[0].email is "ada"`},
		{"login: [{name: Ada, secret: correct-horse-1}]", "localhost:8737", `login[0].name is "Ada"`},
		{"login: [{name: cresset, secret: correct-horse-1}]", "localhost:8737", "not the bot's"},
		{"login: [" + ada + ", {name: ada, secret: battery-staple}]", "localhost:8737", "login[1].name is that of login[0]"},
		{"login: [" + ada + ", {name: bob, secret: correct-horse-1}]", "localhost:8737", "login[1].secret is the same as login[0]"},
		{"login: [{name: ada, password: correct-horse-1}]", "localhost:8737", "password"},
		{"proxy:", "localhost:8737", "proxy.from is missing"},
		{"proxy: {from: []}", "localhost:8737", "proxy.from is missing"},
		{"proxy: {from: [everywhere]}", "localhost:8737", "proxy.from[0] is not an address"},
		{"proxy: {from: [127.0.0.1, 0.0.0.0/0]}", "localhost:8737", "proxy.from[1] is every address"},
		{"proxy: {from: ['::/0']}", "localhost:8737", "proxy.from[0] is every address"},
		{"proxy: {header: 'X User:', from: [127.0.0.1]}", "localhost:8737", "proxy.header is not the name"},
	} {
		_, problems := Open(sectionOf(t, c.section), Deps{Settings: settings(), Now: time.Now, Listen: c.listen})
		switch said := problems.Error(); {
		case c.want == "" && len(problems) > 0:
			t.Errorf("%q at %s: %v", c.section, c.listen, problems)
		case !strings.Contains(said, c.want):
			t.Errorf("%q at %s: got %q, want %q", c.section, c.listen, said, c.want)
		case strings.Contains(said, "correct-horse") || strings.Contains(said, "short;"):
			t.Errorf("%q: the problem %q has the secret", c.section, said)
		}
	}
}

// A secret comes from the environment, and an empty one starts nothing.
func TestSecretOfTheEnvironment(t *testing.T) {
	for value, want := range map[string]bool{"correct-horse-1": true, "": false} {
		getenv := func(string) (string, bool) { return value, true }
		section, problems := config.NewSection("cresset.yaml", "integrations.console", []byte("login: [{name: ada, secret: '${ADA_SECRET}'}]"), getenv)
		_, wrong := Open(section, Deps{Settings: settings(), Now: time.Now, Listen: "0.0.0.0:8737"})
		if got := len(problems)+len(wrong) == 0; got != want {
			t.Errorf("with %q: %v %v", value, problems, wrong)
		}
	}
}

// The routes that a stranger may ask for. Whatever else the console serves wants
// to know who asks; a new route belongs here only if it shows nothing and does
// nothing.
var forStrangers = map[string]bool{"GET /static/{version}/{file}": true, "GET /login": true, "POST /login": true}

func TestEveryRouteWantsToKnowWhoAsks(t *testing.T) {
	for what, section := range map[string]string{"login": twoPeople, "proxy": "proxy: {from: [192.0.2.1]}"} {
		b := startBench(t, openStore(t, t.TempDir()+"/test.db"), section)
		b.seed()
		fill := strings.NewReplacer("{$}", "", "{channel}", "general", "{seq}", "1", "{n}", "0", "{id}", "INC-1", "{key}", "acme", "{name}", "acme-checkout.png", "{path...}", "nowhere")
		for _, pattern := range slices.Sorted(maps.Keys(b.Routes(b.handle))) {
			if forStrangers[pattern] {
				continue
			}
			method, path, _ := strings.Cut(fill.Replace(pattern), " ")
			b.who = "ada" // the name that people say counts for nothing
			status, _, body := b.request(method, path, nil)
			want := http.StatusUnauthorized
			if path == "/nowhere" {
				want = http.StatusNotFound
			}
			if status != want || len(body) > 200 {
				t.Errorf("%s: %s answers a stranger %d %s, want %d", what, pattern, status, body, want)
			}
			status, header, body := b.request(method, path, nil, readsPages)
			lead := what == "login" && method == "GET" && status == http.StatusSeeOther && strings.HasPrefix(header.Get("Location"), "/login")
			refused := (what == "proxy" || method == "POST") && status/100 == 4 && strings.Contains(body, `<body class="gate">`)
			if !lead && !refused {
				t.Errorf("%s: %s answers a stranger's browser %d %v", what, pattern, status, header)
			}
			b.lacks(body, "Checkout", "Acme")
		}
		if len(b.events) > 0 {
			t.Errorf("%s: strangers caused %v", what, b.events)
		}
	}
}

// readsPages makes a request like one of a browser that goes to a page.
func readsPages(r *http.Request) { r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8") }

// Who is asked comes after where: a stranger on a wrong name, or from another
// site, learns nothing of the login.
func TestGuardComesBeforeTheLogin(t *testing.T) {
	b := startBench(t, openStore(t, t.TempDir()+"/test.db"), twoPeople)
	status, _, _ := b.request("GET", "/login", nil, readsPages, func(r *http.Request) { r.Host = "evil.example" })
	if status != http.StatusForbidden {
		t.Errorf("the login answers %d under a forged name, want 403", status)
	}
	for _, path := range []string{"/login", "/logout"} {
		status, header, _ := b.request("POST", path, ada(), func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") })
		if status != http.StatusForbidden || header.Get("Set-Cookie") != "" {
			t.Errorf("POST %s from another site: %d %v, want 403", path, status, header)
		}
	}
}

// Without login and proxy nothing changes: no account, and nothing to log into.
func TestOwnMachineNeedsNoLogin(t *testing.T) {
	b := newBench(t)
	b.wants(b.get("/"), "You are <strong>guest</strong>", "Speak as somebody else", "change who you are")
	for _, path := range []string{"/login", "/login?to=/queue"} {
		status, header, _ := b.request("GET", path, nil, readsPages)
		if want := strings.TrimPrefix(strings.TrimPrefix(path, "/login"), "?to="); status != http.StatusSeeOther || header.Get("Location") != "/"+strings.TrimPrefix(want, "/") {
			t.Errorf("GET %s: %d %v", path, status, header)
		}
	}
	status, header, _ := b.request("POST", "/login", ada())
	if status != http.StatusSeeOther || header.Get("Location") != "/login" || header.Get("Set-Cookie") != "" {
		t.Errorf("POST /login: %d %v", status, header)
	}
	b.who = "ada"
	b.did("/say", "channel", "general", "text", "/incident list")
	if e := b.last(); e.By != known("ada") || e.Role != "admin" {
		t.Errorf("the event is %+v, want ada's, as admin", e)
	}
}
