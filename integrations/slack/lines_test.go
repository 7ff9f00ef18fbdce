package slack

import (
	"testing"

	"cresset/bot/chat"
)

// Where a command has a slash and a prefix, people are told so.
func TestLinesAreSaidAsTheyAreTyped(t *testing.T) {
	p := open(t, "bot_token: xoxb-1\napp_token: xapp-1\n", Options{})
	p.vocabulary = chat.Vocabulary{Slash: []chat.Slash{{Name: "xincident", Line: "incident"}, {Name: "cre", Line: "cre"}}}
	p.lines = typeable(p.vocabulary)
	for said, want := range map[chat.Text]chat.Text{
		"Try `incident list`.":                     "Try `/xincident list`.",
		"`incident list`, `cre queue` or `cre`":    "`/xincident list`, `/cre queue` or `/cre`",
		"`/incident list` stays":                   "`/incident list` stays",
		"a word: `creation`, `sev1`":               "a word: `creation`, `sev1`",
		chat.Textf("**%s**", "`incident list`"):    chat.Textf("**%s**", "`incident list`"),
		chat.Textf("%s", "x `incident list` said"): chat.Textf("%s", "x `incident list` said"),
	} {
		if got := p.typedText(said); got != want {
			t.Errorf("%q: got %q, want %q", said, got, want)
		}
	}
	m := chat.Message{Text: "`cre x`", Details: "`cre x`", Footer: "`cre x`", Fields: []chat.Field{{Value: "`cre x`"}}}
	got := p.typed(m)
	if got.Text != "`/cre x`" || got.Details != got.Text || got.Footer != got.Text || got.Fields[0].Value != got.Text || m.Fields[0].Value != "`cre x`" {
		t.Errorf("got %+v of %+v", got, m)
	}
	p.lines = typeable(chat.Vocabulary{})
	if got := p.typedText("`cre x`"); got != "`cre x`" {
		t.Errorf("with no slash commands: %q", got)
	}
}

func TestAnswersAreSaidAsTheyAreTyped(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.with(always(chat.Replyf("Try `incident list`.")))
		if answer := s.As("ada").Slash("ops", "/incident", "x"); answer.Text != "Try /incident list." {
			t.Errorf("answer %+v", answer)
		}
		if _, err := s.platform.Post(t.Context(), chat.Place{Channel: s.ops.ID}, chat.Message{Text: "`cre queue` shows it."}, "1"); err != nil {
			t.Fatal(err)
		}
		if said := s.Messages("ops")[0].Text; said != "/cre queue shows it." {
			t.Errorf("said %q", said)
		}
	})
}
