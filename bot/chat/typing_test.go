package chat_test

import (
	"testing"

	"cresset/bot/chat"
)

// Where a command has a slash and a prefix, people are told so.
func TestLinesAreSaidAsTheyAreTyped(t *testing.T) {
	typing := chat.Vocabulary{Slash: []chat.Slash{{Name: "xincident", Line: "incident"}, {Name: "cre", Line: "cre"}}}.Typing(nil)
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
	typing = chat.Vocabulary{Slash: []chat.Slash{{Name: "x-cre", Line: "cre"}}}.Typing(map[string]string{
		"cre rate": "x-cre more rate", "cre customer": "x-cre customer show", "cre customer add": "x-cre customer add"})
	for said, want := range map[chat.Text]chat.Text{
		"`cre rate R-1 good`, `cre rates` or `cre`": "`/x-cre more rate R-1 good`, `/x-cre rates` or `/x-cre`",
		"`cre customer acme`, `cre customer add`":   "`/x-cre customer show acme`, `/x-cre customer add`",
	} {
		if got := typing.Text(said); got != want {
			t.Errorf("where commands stand elsewhere, %q: got %q, want %q", said, got, want)
		}
	}
	typing = chat.Vocabulary{Slash: []chat.Slash{{Name: "cre", Line: "cre"}}}.Typing(nil)
	m := chat.Message{Text: "`cre x`", Details: "`cre x`", Footer: "`cre x`", Fields: []chat.Field{{Value: "`cre x`"}}}
	got := typing.Message(m)
	if got.Text != "`/cre x`" || got.Details != got.Text || got.Footer != got.Text || got.Fields[0].Value != got.Text || m.Fields[0].Value != "`cre x`" {
		t.Errorf("got %+v of %+v", got, m)
	}
	if got := (chat.Vocabulary{}).Typing(nil).Text("`cre x`"); got != "`cre x`" {
		t.Errorf("with no slash commands: %q", got)
	}
}
