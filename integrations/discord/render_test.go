package discord

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"

	"cresset/bot/chat"
)

func rendered(t testing.TB, m chat.Message) letter {
	t.Helper()
	p := &Platform{vocabulary: vocabulary, typing: vocabulary.Typing(nil)}
	return p.render(m, "outbox-1")
}

// texts are all that is shown of a letter as text.
func texts(all []component) (found []string) {
	for _, c := range all {
		if c.Type == discordgo.TextDisplayComponent {
			found = append(found, c.Content)
		}
		found = append(found, texts(c.Components)...)
	}
	return found
}

func TestNothingThatPeopleWriteIsMarkup(t *testing.T) {
	for wrote, want := range map[string]string{
		"@everyone @here":             `\@everyone \@here`,
		"<@123456789012345678>":       `\<\@123456789012345678\>`,
		"<@&123456789012345678>":      `\<\@&123456789012345678\>`,
		"<#123456789012345678>":       `\<\#123456789012345678\>`,
		"</run:123456789012345678>":   `\</run:123456789012345678\>`,
		"<t:1700000000:R>":            `\<t:1700000000:R\>`,
		"<:party:123456789012345678>": `\<:party:123456789012345678\>`,
		"[pay](https://evil.example)": `\[pay\](https\://evil.example)`,
		"<https://evil.example>":      `\<https\://evil.example\>`,
		"see https://evil.example":    `see https\://evil.example`,
		"# big\n-# small\n- list":     "\\# big\n\\-\\# small\n\\- list",
		"  - list\n\t# big":           "  \\- list\n\t\\# big",
		"1. one\n20. two":             "1\\. one\n20\\. two",
		"> quote\n>>> more":           "\\> quote\n\\>\\>\\> more",
		"**b** _i_ __u__ ~~s~~ `c`":   "\\*\\*b\\*\\* \\_i\\_ \\_\\_u\\_\\_ \\~\\~s\\~\\~ \\`c\\`",
		"||spoiler|| ```\ncode```":    "\\|\\|spoiler\\|\\| \\`\\`\\`\ncode\\`\\`\\`",
		`\*not\* \\`:                  `\\\*not\\\* \\\\`,
		"snake_case 3.5 a-b 10:00":    "snake_case 3.5 a-b 10:00",
	} {
		l := rendered(t, chat.Message{Text: chat.Plain(wrote)})
		if got := texts(l.Components)[0]; got != want {
			t.Errorf("%q becomes %q, want %q", wrote, got, want)
		}
		if len(l.AllowedMentions.Parse)+len(l.AllowedMentions.Users) > 0 {
			t.Errorf("%q may ping: %+v", wrote, l.AllowedMentions)
		}
	}
}

func TestOurOwnMarkup(t *testing.T) {
	ada := chat.Person{Platform: name, ID: "123456789012345678", Name: "ada"}
	eve := chat.Person{Platform: "slack", ID: "U024BE7LH", Name: "eve"}
	room := chat.Place{Platform: name, Channel: "223456789012345678"}
	for wrote, want := range map[chat.Text]string{
		"**bold** _italic_ `co\\`de`":                    "**bold** _italic_ `coˋde`",
		"** spaced **":                                   " **spaced** ",
		chat.Mention(ada) + " and " + chat.Mention(eve):  "<@123456789012345678> and \\@eve",
		chat.Channel(room, "inc-1"):                      "<#223456789012345678>",
		chat.Channel(chat.Place{Channel: "C1"}, "inc-1"): `\#inc-1`,
		chat.Link("a [b](c)", "https://x.test/(y)"):      `[a \[b\](c)](https://x.test/%28y%29)`,
		"- one\n- **two**":                               "- one\n- **two**",
		chat.Quote("# said\n1. so"):                      "> \\# said\n> 1\\. so",
	} {
		if got := texts(rendered(t, chat.Message{Text: wrote}).Components)[0]; got != want {
			t.Errorf("%q becomes %q, want %q", wrote, got, want)
		}
	}
	l := rendered(t, chat.Message{Text: chat.Mention(ada), Fields: []chat.Field{{Label: "Lead", Value: chat.Mention(ada)}}, Footer: chat.Mention(eve)})
	if got := strings.Join(l.AllowedMentions.Users, " "); got != ada.ID {
		t.Errorf("it may ping %q, want ada alone, once", got)
	}
}

func TestLinesAreTypedWithTheirSlash(t *testing.T) {
	l := rendered(t, chat.Message{Text: chat.Textf("Say `incident resolve` or `cre done`, not `other`, nor %s.", "`incident x`"), Footer: "`cre help`"})
	want := "Say `/incident resolve` or `/cre done`, not `other`, nor \\`incident x\\`."
	if got := texts(l.Components); got[0] != want || got[1] != "-# `/cre help`" {
		t.Errorf("got %q", got)
	}
}

// TestLargeMessages: whatever is said fits, and what is left out is attached whole.
func TestLargeMessages(t *testing.T) {
	long := chat.Plain(strings.Repeat("a line of **words** that has to be escaped\n", 300))
	many := chat.Message{Title: strings.Repeat("*", 1000), Text: long, Details: long, Footer: long}
	for i := range 60 {
		many.Fields = append(many.Fields, chat.Field{Label: fmt.Sprintf("label %d", i), Value: chat.Plain(strings.Repeat("*v", 100))})
		many.Buttons = append(many.Buttons, chat.Button{Label: strings.Repeat("b", 200), Line: fmt.Sprintf("incident show INC-%d", i)})
		many.Menus = append(many.Menus, chat.Menu{Label: "Who", Line: fmt.Sprintf("incident lead INC-%d", i), Kind: chat.Somebody})
		many.Files = append(many.Files, chat.File{Name: "same name.md", Type: "text/markdown", Content: []byte("x")})
	}
	many.Table = &chat.Table{Columns: []string{"a", "b", "c"}}
	for i := range 200 {
		many.Table.Rows = append(many.Table.Rows, []chat.Text{chat.Plain(fmt.Sprint(i)), chat.Plain(strings.Repeat("`w` ", 30)), "c"})
	}
	many.Chart = &chat.Chart{Title: "t", Alt: strings.Repeat("alt ", 1000)}
	l := rendered(t, many)
	held(t, l)
	last := l.files[len(l.files)-1]
	if last.Name != "full-text.md" || !strings.Contains(string(last.Content), strings.TrimSpace(long.Markdown())) {
		t.Errorf("the whole text is not attached, but %q", last.Name)
	}
	for _, m := range []chat.Message{{}, {Buttons: []chat.Button{{Label: "", Line: "x"}}}, {Files: []chat.File{{Name: "", Content: nil}}},
		{Chart: many.Chart}, {Table: many.Table}, {Text: chat.Plain(strings.Repeat("*", 9000))}, {Details: long}, {Text: "\n\n"}, {Title: " "}} {
		held(t, rendered(t, m))
	}
}

// held checks a letter against Discord's limits.
func held(t testing.TB, l letter) {
	t.Helper()
	total := 0
	for _, s := range texts(l.Components) {
		if strings.TrimSpace(s) == "" {
			t.Errorf("an empty text")
		}
		total += length(s)
	}
	if n := count(l.Components); total > 4000 || n > 40 || len(l.files) > 10 || len(l.files) != len(l.Attachments) {
		t.Errorf("%d characters, %d components, %d files, %d attachments", total, n, len(l.files), len(l.Attachments))
	}
	seen := map[string]bool{}
	var walk func([]component)
	walk = func(all []component) {
		for _, c := range all {
			walk(c.Components)
			if len(c.CustomID) > 100 || seen[c.CustomID] && c.CustomID != "" || length(c.Label) > 80 || len(c.Components) > 5 && c.Type == discordgo.ActionsRowComponent {
				t.Errorf("control %+v", c)
			}
			seen[c.CustomID] = true
			for _, i := range c.Items {
				if length(i.Description) > 1024 {
					t.Errorf("%d characters of alt text", length(i.Description))
				}
			}
		}
	}
	walk(l.Components)
	names := map[string]bool{}
	for _, f := range l.files {
		if names[f.Name] || len(f.Content) == 0 {
			t.Errorf("file %q twice, or empty", f.Name)
		}
		names[f.Name] = true
	}
}

func TestControls(t *testing.T) {
	long := "incident update " + strings.Repeat("x", 100)
	l := rendered(t, chat.Message{Text: "x", Buttons: []chat.Button{
		{Label: "One", Line: "incident list"}, {Label: "Two", Line: "incident list"}, {Label: "Sure", Line: "cre drop 1", Confirm: "Really?", Style: chat.Danger},
		{Label: "Long", Line: long}, {Label: "Web", URL: "https://x.test/"}, {Label: "Bad", URL: "javascript:alert(1)"}},
		Menus: []chat.Menu{{Label: "Sev", Line: "incident severity INC-1", Kind: chat.Choice, Options: []chat.Option{{Value: "sev1", Label: "sev1"}}},
			{Label: "Who", Line: "incident lead INC-1", Kind: chat.Somebody}, {Label: "Many", Line: "incident show", Kind: chat.Choice, Options: manyOptions(26)}}})
	var got []string
	for _, r := range l.Components[0].Components {
		for _, c := range r.Components {
			got = append(got, fmt.Sprintf("%d %s%s %s", c.Type, c.CustomID, c.URL, cmp.Or(c.Label, c.Placeholder)))
		}
	}
	want := []string{"2 l:incident list One", "2 l2:incident list Two", "2 c:cre drop 1 Sure", "2 https://x.test/ Web",
		"3 m:incident severity INC-1 Sev", "5 u:incident lead INC-1 Who", "2 l:incident show Many"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if all := strings.Join(texts(l.Components), "\n"); !strings.Contains(all, "**Long:** `/incident update xxx") {
		t.Errorf("the long line is not told to be typed: %q", all)
	}
}

func manyOptions(n int) (all []chat.Option) {
	for i := range n {
		all = append(all, chat.Option{Value: fmt.Sprint("v", i), Label: fmt.Sprint("Option ", i)})
	}
	return all
}

func TestLineOf(t *testing.T) {
	for id, want := range map[string][2]string{"l:incident list": {"l", "incident list"}, "l12:incident list": {"l", "incident list"},
		"c:cre drop 1": {"c", "cre drop 1"}, "": {"", ""}, "other": {"other", ""}} {
		if does, line := lineOf(id); does != want[0] || line != want[1] {
			t.Errorf("%q is %q and %q", id, does, line)
		}
	}
}

// unescapedMarkup is what means something to Discord and is not behind a backslash.
var unescapedMarkup = regexp.MustCompile("(^|[^\\\\])(?:\\\\\\\\)*(<[@#:/ta]|[*~`|\\[]|://|@everyone|@here)")

// FuzzRender: whatever people write, in whatever part, it pings nobody, means
// nothing, and fits.
func FuzzLetters(f *testing.F) {
	for _, seed := range []string{"<@123456789012345678>", "@everyone", "[x](https://evil.example)", "```\n# x```", "\\", "1. a\n- b", "||", "\u202e\x1b[31m", strings.Repeat("*_", 3000)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m := chat.Message{Title: text, Text: chat.Plain(text), Fields: []chat.Field{{Label: text, Value: chat.Plain(text)}}, Details: chat.Quote(text), Footer: chat.Plain(text),
			Table: &chat.Table{Columns: []string{text, "b"}, Rows: [][]chat.Text{{chat.Plain(text), chat.Plain(text)}}}, Buttons: []chat.Button{{Label: text, Line: text, Confirm: text}}}
		l := rendered(t, m)
		held(t, l)
		if len(l.AllowedMentions.Parse)+len(l.AllowedMentions.Users) > 0 {
			t.Errorf("it may ping %+v", l.AllowedMentions)
		}
		if _, err := json.Marshal(l); err != nil {
			t.Error(err)
		}
		plain := texts(rendered(t, chat.Message{Text: chat.Plain(text)}).Components)[0]
		plain, _, _ = strings.Cut(plain, "\n_… ")
		if found := unescapedMarkup.FindString(plain); found != "" {
			t.Errorf("%q becomes %q, in which %q means something", text, plain, found)
		}
	})
}
