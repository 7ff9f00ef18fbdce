package slack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"cresset/bot/chat"
	"cresset/bot/chat/chattest"
	"cresset/integrations/slack/slacktest"
)

// A sentMessage is what Slack is given to show a message. A picture is in a block
// that names its file; every other file is shared in the thread.
type sentMessage struct {
	Text   string          `json:"text"`
	Blocks json.RawMessage `json:"blocks"`
	Files  []sentFile      `json:"files,omitempty"`
}

type sentFile struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Alt    string `json:"alt_txt,omitempty"`
	Thread bool   `json:"in_thread,omitempty"`
}

// TestFixtures: every part of a message and of a form is sent as the golden files
// have it, in the shape of Slack's own types. docs/messages.md draws them.
func TestFixtures(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(slacktest.TypesSchema(t))
	if err != nil {
		t.Fatal(err)
	}
	typed := func(called, part string, js []byte) {
		t.Helper()
		if err := schema.Validate(map[string]any{part: decoded(t, js)}); err != nil {
			t.Errorf("%s: %v\n%s", called, err, js)
		}
	}
	at := chat.Place{Platform: name, Channel: room.Channel}
	for _, f := range chattest.Fixtures(ada, bob, at) {
		m := sent(t, f.Message)
		golden(t, "fixture/"+f.Name+".json", indented(t, m))
		typed(f.Name, "blocks", m.Blocks)
	}
	for _, f := range chattest.FormFixtures(ada, at) {
		view := opened(t, f.Form)
		golden(t, "fixture/form_"+f.Name+".json", indented(t, view))
		typed(f.Name, "view", view)
	}
}

var bob = chat.Person{Platform: name, ID: "U02BOB7LH", Name: "bob"}

// home is a workspace in which the people and the room of the fixtures are.
func home(t *testing.T) *stage {
	s := &stage{Workspace: slacktest.Start(t), answers: &answers{}}
	s.ada = s.AddUserLike(slacktest.User{Name: ada.Name, ID: ada.ID})
	s.bob = s.AddUserLike(slacktest.User{Name: bob.Name, ID: bob.ID})
	s.ops = s.AddChannel("ops", "ada", "bob", "cresset")
	s.platform = open(t, settingsOf(s.Workspace, false, true), Options{Log: logTo(t)})
	return s
}

// sent posts m and gives what Slack got.
func sent(t *testing.T, m chat.Message) sentMessage {
	t.Helper()
	s := home(t)
	if _, err := s.platform.Post(t.Context(), chat.Place{Platform: name, Channel: s.ops.ID}, m, "fixture"); err != nil {
		t.Fatal(err)
	}
	posts, uploads := s.CallsOf("chat.postMessage"), s.CallsOf("files.getUploadURLExternal")
	if len(posts) != 1 {
		t.Fatalf("%d messages were posted, want one", len(posts))
	}
	got := sentMessage{Text: posts[0].Args["text"], Blocks: json.RawMessage(posts[0].Args["blocks"])}
	for i, f := range s.Files() {
		id := fmt.Sprintf("F%d", i+1) // the fake counts everything that it makes
		got.Blocks = bytes.ReplaceAll(got.Blocks, []byte(f.ID), []byte(id))
		got.Files = append(got.Files, sentFile{ID: id, Name: f.Name, Alt: uploads[i].Args["alt_txt"], Thread: len(f.Channels) > 0})
	}
	return got
}

// opened asks for f and gives the view that Slack got.
func opened(t *testing.T, f chat.Form) json.RawMessage {
	t.Helper()
	s := home(t)
	s.run(t)
	s.serve(t)
	s.with(func(chat.Event) (chat.Reply, error) { return chat.Reply{Form: &f}, nil })
	s.As("ada").Slash("ops", "/incident", "update")
	views := s.CallsOf("views.open")
	if len(views) != 1 || views[0].Outcome != "ok" {
		t.Fatalf("the form was opened by %v", views)
	}
	return json.RawMessage(views[0].Args["view"])
}
