package slack

import (
	"bytes"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"cresset/bot/chat"
	"cresset/integrations/slack/slacktest"
)

// Everything that the bot sends has the shape of Slack's own types.
func TestSlacksTypes(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(slacktest.TypesSchema(t))
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, v any) {
		t.Helper()
		js := indented(t, v)
		instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(js))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(instance); err != nil {
			t.Errorf("%s: %v\n%s", what, err, js)
		}
	}
	for called, m := range fixtures() {
		for _, picture := range []string{"", "F024BE91L"} {
			check(called, map[string]any{"blocks": second(render(m, picture))})
		}
	}
	form := declareForm(chat.Event{Place: room})
	check("form", map[string]any{"view": modal(form)})
	check("form on a message", map[string]any{"view": modal(chat.Form{Line: "x", About: &chat.Post{Text: strings.Repeat("x", 9000)}})})
	check("invitation", map[string]any{"blocks": second(render(invitation(form)))})
	if err := schema.Validate(map[string]any{"blocks": []any{map[string]any{"type": "header"}}}); err == nil {
		t.Error("the schema takes a header without text")
	}
}
