package tracker_test

import (
	"regexp"
	"strings"
	"testing"

	"cresset/integrations/tracker"
	"cresset/integrations/trackertest"
)

var nobody = regexp.MustCompile(`(\B@\w+|[#!%&$~*]\w+)`)

// Whatever a customer writes is paragraphs and links, names nobody, gives no order
// and reads as it was written.
func FuzzMarkdown(f *testing.F) {
	for _, seed := range []string{"plain", "@grace", "/close", " /close", "a\n===", "<b>x</b>", "a\\", "\\@x", "1) a", "\t\tcode", "https://a.example/_b_ *c*",
		"`a\n\nb`", "&#64;ada", "<!-- x", "![a](b \"c\")", "a\n\n\n  - b", "[x]: http://y", "```\n", "http://a@b", "|a|\n|-|", "~~x~~", "x@y.example", "www.a.example/*b*"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = tracker.Body(text)
		got := tracker.Markdown(text)
		shown, touched := trackertest.Markdown(got, nobody)
		if len(touched) > 0 {
			t.Errorf("%q becomes %q, which touches %q", text, got, touched)
		}
		if letters(shown) != letters(text) {
			t.Errorf("%q becomes %q, which reads %q", text, got, shown)
		}
		if regexp.MustCompile(`(?m)^\s*/\w`).MatchString(got) {
			t.Errorf("%q becomes %q, which is an order", text, got)
		}
	})
}

// letters is a text without what takes space only.
func letters(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "\u200b", "")), "")
}

func TestMarkdown(t *testing.T) {
	for text, want := range map[string]string{
		"one\ntwo\n\nthree":         "one  \ntwo\n\nthree",
		"see https://a.example/b_c": "see <https://a.example/b_c>",
		"(https://a.example/b).":    "(<https://a.example/b>).",
		"/close":                    "\\/close",
		"10. a":                     "10\\. a",
		"R-12 is 50% done":          "R-12 is 50\\% done",
		"ops@acme.example":          "ops\\@acme.example",
		"  two":                     "\u00a0\u00a0two",
		"ask @grace":                "ask \\@\u200bgrace",
	} {
		if got := tracker.Markdown(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
