package chat

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// hostile is what people may write to deceive others.
var hostile = []string{
	"", " ", "\n", "\\", "\\\\", "a\\", "- ", "- item", "> quote", "x\n- y\n> z", "# head", "1. one",
	"**bold**", "_it_", "`code`", "```\ncode\n```", "~~gone~~", "||spoiler||",
	"<@slack:U1|ada>", "<@U1>", "<!channel>", "<!here>", "<!subteam^S1>", "@everyone", "@here", "<#slack:C1|general>",
	"[x](https://evil.test)", "<https://evil.test|bank>", "](https://evil.test)", "[", "]", "](", ")", "[a](b)[c](d)",
	"javascript:alert(1)", "\x1b[31mred\x1b[0m", "\x1b]8;;https://evil.test\x07bank\x1b]8;;\x07", "\u009b31mred",
	"\u202egpj.exe", "a\u2066b\u2069c", "zero\u200bwidth\ufeff", "soft\u00adhyphen", "\U000e0041\U000e0042tags",
	"line\u2028- sep\u2029> para", "\r\nwindows\r", "\x00\x07", "\xff\xfe", "\ufffd", "👩‍🚒", "日本語", "e\u0301",
}

func TestPlainMeansNothing(t *testing.T) {
	for _, s := range hostile {
		means(t, s)
	}
}

func FuzzText(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = s[:min(len(s), 4000)] // no platform takes more
		means(t, s)
		clean(t, s)
		whole(t, s)
		args(t, s)
	})
}

// means checks that Plain shows s and nothing but s.
func means(t *testing.T, s string) {
	t.Helper()
	if got, want := Plain(s).String(), Clean(s); got != want {
		t.Errorf("Plain(%q) reads %q, want %q", s, got, want)
	}
	if got, want := Plain(s).Markdown(), Clean(s); got != want {
		t.Errorf("Plain(%q) as Markdown is %q, want %q", s, got, want)
	}
	for _, l := range Plain(s).Lines() {
		if l.Bullet || l.Quote || len(l.Spans) > 1 || len(l.Spans) == 1 && l.Spans[0].Kind != SpanPlain {
			t.Errorf("Plain(%q) has markup: %+v", s, l)
		}
	}
}

// clean checks that what Clean leaves is visible and stays.
func clean(t *testing.T, s string) {
	t.Helper()
	c := Clean(s)
	if Clean(c) != c {
		t.Errorf("Clean(%q) changes when it is cleaned again", s)
	}
	for _, r := range c {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || deceptive(r) || r == utf8.RuneError {
			t.Errorf("Clean(%q) leaves %U", s, r)
		}
	}
}

// whole checks that every string parses, and that nothing of it gets lost but
// the marks.
func whole(t *testing.T, s string) {
	t.Helper()
	lines := Text(s).Lines()
	if want := strings.Count(s, "\n") + 1; len(lines) != want {
		t.Errorf("%q has %d lines, want %d", s, len(lines), want)
	}
	for _, l := range lines {
		for _, span := range l.Spans {
			if span.Kind == SpanLink && !strings.HasPrefix(span.Link, "http") {
				t.Errorf("%q links to %q", s, span.Link)
			}
			if span.Kind == SpanPlain && span.Text == "" {
				t.Errorf("%q has an empty span", s)
			}
		}
	}
}

type word string

// args checks that an argument stays an argument, whatever its type and verb.
func args(t *testing.T, s string) {
	t.Helper()
	text := Textf("**a** %s and %v %q %.5s %s %s %v", s, []string{s}, s, s, word(s), errors.New(s), struct{ A, B string }{s, s})
	text += Textf("\n%s", Quote(s)) + Textf("\n%s %s", Person{Platform: "x", ID: s, Name: s}, Channel(Place{Platform: "x", Channel: s}, s)) +
		"\n" + Link(s, "https://ours.test/"+s)
	var mentions, channels, bold int
	for _, l := range text.Lines() {
		for _, span := range l.Spans {
			switch span.Kind {
			case SpanMention:
				mentions++
			case SpanChannel:
				channels++
			case SpanBold:
				bold++
			case SpanLink:
				if !strings.HasPrefix(span.Link, "https://ours.test/") {
					t.Errorf("%q forged a link to %q", s, span.Link)
				}
			case SpanItalic, SpanCode:
				t.Errorf("%q is %v %q", s, span.Kind, span.Text)
			}
		}
		if l.Bullet {
			t.Errorf("%q forged a bullet", s)
		}
	}
	wantMentions := 1
	if s == "" {
		wantMentions = 0 // nobody
	}
	if mentions != wantMentions || channels > 1 || bold != 1 {
		t.Errorf("%q: %d mentions, %d channels, %d bold in %q", s, mentions, channels, bold, text)
	}
}

func TestTextf(t *testing.T) {
	for s := range slices.Values(hostile) {
		args(t, s)
	}
	for _, c := range []struct {
		got  Text
		want string
	}{
		{Textf("%d of %d, %.1f %%, %v", 3, uint(4), 12.345, true), "3 of 4, 12.3 %, true"},
		{Textf("%s", 90*time.Second), "1m30s"},
		{Textf("%s", fmt.Errorf("open %q", "*")), `open "*"`},
		{Textf("%5d|", -7), "   -7|"},
		{Textf("%s", []string{"a", "_b_"}), "[a _b_]"},
		{Textf("%s", Text("**b**")), "b"},
		{Textf("%s", Person{}), "nobody"},
		{Textf("%s", Person{Platform: "slack", ID: "U1"}), "@U1"},
	} {
		if got := c.got.String(); got != c.want {
			t.Errorf("%q reads %q, want %q", c.got, got, c.want)
		}
	}
}

func TestLines(t *testing.T) {
	ada := Person{Platform: "slack", ID: "U1", Name: "ada"}
	for text, want := range map[Text][]Line{
		"":                {{}},
		"plain":           {{Spans: []Span{{Text: "plain"}}}},
		"- a\n> b":        {{Bullet: true, Spans: []Span{{Text: "a"}}}, {Quote: true, Spans: []Span{{Text: "b"}}}},
		"-a\n>b":          {{Spans: []Span{{Text: "-a"}}}, {Spans: []Span{{Text: ">b"}}}},
		"**b** _i_ `c`":   {{Spans: []Span{{Kind: SpanBold, Text: "b"}, {Text: " "}, {Kind: SpanItalic, Text: "i"}, {Text: " "}, {Kind: SpanCode, Text: "c"}}}},
		"**open `c":       {{Spans: []Span{{Text: "**open `c"}}}},
		`\*\*no\*\* \`:    {{Spans: []Span{{Text: `**no** \`}}}},
		"****":            {{Spans: []Span{{Text: "****"}}}},
		"[l](https://x)":  {{Spans: []Span{{Kind: SpanLink, Text: "l", Link: "https://x"}}}},
		"[l](data:,x)":    {{Spans: []Span{{Text: "[l](data:,x)"}}}},
		`[a\]](http://x)`: {{Spans: []Span{{Kind: SpanLink, Text: "a]", Link: "http://x"}}}},
		"hi <@slack:U1|ada>": {{Spans: []Span{{Text: "hi "},
			{Kind: SpanMention, Text: "ada", Who: ada}}}},
		"<#web:C1|ops>": {{Spans: []Span{{Kind: SpanChannel, Text: "ops", Room: Place{Platform: "web", Channel: "C1"}}}}},
		"<@nobody>":     {{Spans: []Span{{Text: "<@nobody>"}}}},
	} {
		if got := text.Lines(); !reflect.DeepEqual(got, want) {
			t.Errorf("%q\n got %+v\nwant %+v", text, got, want)
		}
	}
}

func TestMarkdown(t *testing.T) {
	text := Textf("**%s** _i_ `%s` %s in %s, %s\n- x\n", "a*b", "c", Person{Platform: "slack", ID: "U1", Name: "ada"},
		Channel(Place{Platform: "slack", Channel: "C1"}, "ops"), Link("log [1]", "https://x.test/a b(c)")) + Quote("one\ntwo")
	want := "**a*b** _i_ `c` @ada in #ops, [log [1]](https://x.test/a%20b%28c%29)\n- x\n> one\n> two"
	if got := text.Markdown(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	want = "a*b i c @ada in #ops, log [1] (https://x.test/a%20b%28c%29)\n- x\n> one\n> two"
	if got := text.String(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestLink(t *testing.T) {
	for address, want := range map[string]string{
		"https://x.test/a?b=c#d":      "https://x.test/a?b=c#d",
		"HTTP://x.test":               "http://x.test",
		"https://x.test/)](evil":      "https://x.test/%29]%28evil",
		"https://x.test/?q=a|b>c<d":   "https://x.test/?q=a%7Cb%3Ec%3Cd",
		"https://x.test/\u202egpj":    "https://x.test/gpj",
		"javascript:alert(1)":         "",
		"JaVaScRiPt:alert(1)":         "",
		"data:text/html,<script>":     "",
		"vbscript:x":                  "",
		"file:///etc/passwd":          "",
		"//x.test":                    "",
		"https:javascript:alert(1)":   "",
		"https://":                    "",
		"":                            "",
		" javascript:alert(1)":        "",
		"java\nscript:alert(1)":       "",
		"https://x.test/\njavascript": "",
	} {
		text := Link("label", address)
		spans := text.Lines()[0].Spans
		if got := spans[0].Link; got != want || spans[0].Text != "label" || len(spans) != 1 || len(text.Lines()) != 1 {
			t.Errorf("Link(%q) is %q, leading to %q; want %q", address, text, got, want)
		}
	}
	if got := Link("two\nlines", "https://x.test").String(); got != "two lines (https://x.test)" {
		t.Errorf("a label of two lines reads %q", got)
	}
	if got := Link("\u200b", "https://x.test").String(); got != "x.test (https://x.test)" {
		t.Errorf("an invisible label reads %q", got)
	}
}

func TestClean(t *testing.T) {
	for s, want := range map[string]string{
		"\x1b[31mred\x1b[0m":                            "red",
		"\x1b]8;;https://evil.test\x07bank\x1b]8;;\x07": "bank",
		"\x1b]0;title\x1b\\x":                           "x",
		"\u009b1;31mred":                                "red",
		"\x1b\x1b[31m[31mx":                             "[31mx",
		"\x1bc":                                         "c",
		"user\u202egpj.exe":                             "usergpj.exe",
		"a\u2066b\u2069":                                "ab",
		"z\u200be\u200cr\ufeffo\u2060":                  "zero",
		"pass\u00adword":                                "password",
		"hi\U000e0020\U000e007f":                        "hi",
		"\u3164\u115f":                                  "",
		"a\r\nb\rc":                                     "a\nbc",
		"a\u2028b\u2029c":                               "a\nb\nc",
		"a\tb":                                          "a\tb",
		"\x00a\x7f\xff":                                 "a",
		"👩\u200d🚒":                                      "👩\u200d🚒",
		"café, naïve, 日本語, עברית":                       "café, naïve, 日本語, עברית",
	} {
		if got := Clean(s); got != want {
			t.Errorf("Clean(%q) is %q, want %q", s, got, want)
		}
	}
}

func TestQuote(t *testing.T) {
	for _, s := range hostile {
		for i, l := range Quote(s).Lines() {
			if !l.Quote || l.Bullet || len(l.Spans) > 1 {
				t.Errorf("line %d of Quote(%q) is %+v", i, s, l)
			}
		}
	}
	if got, want := Quote("\n a\n\n- b ").String(), "> a\n> \n> - b"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		s    string
		n    int
		want string
	}{
		{"short", 5, "short"}, {"longer", 5, "long…"}, {"日本語です", 3, "日本…"}, {"a b c", 3, "a…"},
		{"abc", 1, "…"}, {"abc", 0, ""}, {"abc", -1, ""}, {"", 0, ""},
	} {
		got := Cut(c.s, c.n)
		if got != c.want || utf8.RuneCountInString(got) > max(c.n, 0) {
			t.Errorf("Cut(%q, %d) is %q, want %q", c.s, c.n, got, c.want)
		}
	}
}

func TestJoin(t *testing.T) {
	if got := Join([]Text{"a", Plain("*"), "c"}, ", "); got.String() != "a, *, c" {
		t.Errorf("got %q", got)
	}
}
