package chat_test

import (
	"testing"

	"cresset/bot/chat"
)

// Where a command has a slash and a prefix, people are told so.
func TestLinesAreSaidAsTheyAreTyped(t *testing.T) {
	typing := chat.Vocabulary{Slash: []chat.Slash{{Name: "xincident", Line: "incident"}, {Name: "cre", Line: "cre"}}}.Typing()
	for said, want := range map[chat.Text]chat.Text{
		"Try `incident list`.":                     "Try `/xincident list`.",
		"`incident list`, `cre queue` or `cre`":    "`/xincident list`, `/cre queue` or `/cre`",
		"`/incident list` stays":                   "`/incident list` stays",
		"a word: `creation`, `sev1`":               "a word: `creation`, `sev1`",
		chat.Textf("**%s**", "`incident list`"):    chat.Textf("**%s**", "`incident list`"),
		chat.Textf("%s", "x `incident list` said"): chat.Textf("%s", "x `incident list` said"),
	} {
		if got := typing.Text(said); got != want {
			t.Errorf("%q: got %q, want %q", said, got, want)
		}
	}
	m := chat.Message{Text: "`cre x`", Details: "`cre x`", Footer: "`cre x`", Fields: []chat.Field{{Value: "`cre x`"}}}
	got := typing.Message(m)
	if got.Text != "`/cre x`" || got.Details != got.Text || got.Footer != got.Text || got.Fields[0].Value != got.Text || m.Fields[0].Value != "`cre x`" {
		t.Errorf("got %+v of %+v", got, m)
	}
	if got := (chat.Vocabulary{}).Typing().Text("`cre x`"); got != "`cre x`" {
		t.Errorf("with no slash commands: %q", got)
	}
}
