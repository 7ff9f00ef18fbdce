package web

import (
	"bytes"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"cresset/config"
)

// The host of url is served, and nobody is let in under it without a login. The
// problem says what to paste.
func TestTheHostOfURL(t *testing.T) {
	for site, open := range map[string]bool{"": true, "http://localhost:8737": true, "http://127.0.0.1/": true, "https://cresset.example.org": false, "https://cresset.example.org:444/": false} {
		rules := settings()
		rules.Site = site
		_, problems := Open(sectionOf(t, ""), Deps{Settings: rules, Now: time.Now, Listen: "localhost:8737"})
		if (len(problems) == 0) != open {
			t.Errorf("url %q without a login: %v", site, problems)
			continue
		}
		c, wrong := Open(sectionOf(t, twoPeople), Deps{Settings: rules, Now: time.Now, Listen: "localhost:8737"})
		if len(wrong) > 0 || c.hosts["cresset.example.org"] == open {
			t.Errorf("url %q with a login: %v, serves %v", site, wrong, c.hosts)
		}
		if paste := regexp.MustCompile(`login: \[.*?\]`).FindString(problems.Error()); !open {
			section, unreadable := config.NewSection("cresset.yaml", "integrations.console", []byte(paste), func(string) (string, bool) { return adaSecret, true })
			if _, wrong := Open(section, Deps{Settings: rules, Now: time.Now, Listen: "localhost:8737"}); len(unreadable)+len(wrong) > 0 {
				t.Errorf("with what it says to paste, %s: %v %v", paste, unreadable, wrong)
			}
		}
	}
}

// Who opens the console under another name reads what to write; the log has it
// once a minute.
func TestAStrangeHostIsToldWhatToWrite(t *testing.T) {
	var log bytes.Buffer
	b := startBench(t, openStore(t, t.TempDir()+"/test.db"), "", func(d *Deps) { d.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	strange := func(r *http.Request) { r.Host = "cresset.example.org:8737" }
	for minute := range 2 {
		for range 10 {
			status, _, body := b.request("GET", "/", nil, strange)
			if status != http.StatusForbidden || !strings.Contains(body, `integrations.console: hosts: ["cresset.example.org"]`) {
				t.Errorf("answered %d %q", status, body)
			}
		}
		if n := strings.Count(log.String(), "host=cresset.example.org"); n != minute+1 {
			t.Errorf("in minute %d it was logged %d times:\n%s", minute+1, n, &log)
		}
		b.pass(time.Minute)
	}
}
