package discord

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"cresset/bot/chat"
	"cresset/bot/chat/chattest"
	"cresset/integrations/discord/discordtest"
)

// TestFixtures: every part of a message and of a form is sent as the golden files
// have it, the bytes of files left out. docs/messages.md draws them.
func TestFixtures(t *testing.T) {
	ada := chat.Person{Platform: name, ID: "1300000000000000001", Name: "ada"}
	bob := chat.Person{Platform: name, ID: "1300000000000000002", Name: "bob"}
	room := chat.Place{Platform: name, Channel: "1300000000000000042"}
	for _, f := range chattest.Fixtures(ada, bob, room) {
		s := home(t, ada, bob)
		if _, err := s.platform.Post(t.Context(), chat.Place{Platform: name, Channel: s.ops.ID}, f.Message, "fixture"); err != nil {
			t.Fatal(err)
		}
		posts := s.CallsOf("POST /channels/{channel}/messages")
		if len(posts) != 1 {
			t.Fatalf("%d messages were posted, want one", len(posts))
		}
		golden(t, "fixture/"+f.Name+".json", indented(t, posts[0].Body))
	}
	for _, f := range chattest.FormFixtures(ada, room) {
		s := home(t, ada, bob)
		s.run(t)
		s.says(chat.Reply{Form: &f.Form})
		s.As("ada").Slash("ops", "/incident declare")
		answers := s.CallsOf("POST /interactions/{id}/{token}/callback")
		if len(answers) != 1 {
			t.Fatalf("a command has %d answers, want the form", len(answers))
		}
		golden(t, "fixture/form_"+f.Name+".json", indented(t, keptAs.ReplaceAll(answers[0].Body, []byte(`"f:kept:`))))
	}
}

// keptAs is the word by which a form is remembered, another one each time.
var keptAs = regexp.MustCompile(`"f:[a-z0-9]{10}:`)

// home is a server in which the people of the fixtures are.
func home(t *testing.T, people ...chat.Person) *stage {
	t.Helper()
	s := &stage{Server: discordtest.Start(t), answers: &answers{}}
	for _, p := range people {
		s.AddUserLike(discordtest.User{ID: p.ID, Name: p.Name, GlobalName: p.Name})
	}
	s.ops = s.AddChannel("ops")
	s.platform = open(t, settingsOf(s.Server, true), Options{Log: logTo(t)})
	return s
}

func indented(t *testing.T, js []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, bytes.TrimSpace(js), "", "  "); err != nil {
		t.Fatal(err)
	}
	return []byte(plainly.Replace(b.String()) + "\n")
}

// plainly is JSON for people to read.
var plainly = strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&")
