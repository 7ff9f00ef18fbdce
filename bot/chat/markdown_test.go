package chat_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"cresset/bot/chat"
	"cresset/bot/chat/chattest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestMarkdown: every message makes sense where there is only text.
func TestMarkdown(t *testing.T) {
	ada, bob := chat.Person{Platform: "here", ID: "1", Name: "ada"}, chat.Person{Platform: "here", ID: "2", Name: "bob"}
	for _, f := range chattest.Fixtures(ada, bob, chat.Place{Platform: "here", Channel: "7"}) {
		path := filepath.Join("testdata", "message", f.Name+".md")
		got := f.Message.Markdown() + "\n"
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil || got != string(want) {
			t.Errorf("%s (%v)\n got:\n%s\nwant:\n%s", path, err, got, want)
		}
	}
}
