package web

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"cresset/bot/chat"
	"cresset/bot/chat/chattest"
)

var update = flag.Bool("update", false, "write the golden files anew, to be read and committed")

// TestFixtures: every part of a message and of a form stands on the page as the
// golden files have it. docs/messages.md draws them.
func TestFixtures(t *testing.T) {
	ada, bob, room := known("ada"), known("bob"), placeOf("inc-42-checkout")
	for _, f := range chattest.Fixtures(ada, bob, room) {
		b := newBench(t)
		if _, err := b.Post(b.Context(), placeOf("cre"), f.Message, "fixture"); err != nil {
			t.Fatal(err)
		}
		golden(t, f.Name, article.FindString(b.get("/c/cre")))
	}
	for _, f := range chattest.FormFixtures(ada, room) {
		b := newBench(t)
		b.script = func(chat.Event) (chat.Reply, error) { return chat.Reply{Form: &f.Form}, nil }
		golden(t, "form_"+f.Name, b.did("/press", "channel", "cre", "line", f.Form.Line).Form)
	}
}

// article is a message on a page.
var article = regexp.MustCompile(`(?s)<article .*</article>`)

// golden compares with a file in testdata/fixture, or writes it with -update.
func golden(t *testing.T, called, got string) {
	t.Helper()
	path := filepath.Join("testdata", "fixture", called+".html")
	got += "\n"
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(path); err != nil || got != string(want) {
		t.Errorf("%s (%v)\n got:\n%s\nwant:\n%s", path, err, got, want)
	}
}
