package web

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"cresset/bot/chat"
)

var (
	// element is what a page may be made of, and what may stand in it.
	element = regexp.MustCompile(`<(/?)(p|br|ul|ol|li|strong|em|code|pre|blockquote|span|button|a|h[1-6]|hr|del|table|thead|tbody|tr|th|td|input)((?: [a-z-]+(?:="[^"<>]*")?)*)( /)?>`)
	named   = regexp.MustCompile(` ([a-z-]+)="([^"]*)"`)
	allowed = map[string]bool{"class": true, "type": true, "title": true, "data-fill": true, "data-who": true, "href": true, "rel": true, "target": true, "start": true, "align": true,
		"style": true, "checked": true, "disabled": true}
)

// quiet checks a part of a page that was made of what people wrote.
func quiet(t *testing.T, what, page string) {
	t.Helper()
	if left := element.ReplaceAllString(page, ""); strings.ContainsAny(left, "<>") {
		t.Errorf("%s has an element of nobody's: %q", what, page)
	}
	for _, e := range element.FindAllStringSubmatch(page, -1) {
		for _, a := range named.FindAllStringSubmatch(e[3], -1) {
			name, value := a[1], html.UnescapeString(a[2])
			switch {
			case !allowed[name]:
				t.Errorf("%s sets %s: %q", what, name, page)
			case name == "href" && !strings.HasPrefix(value, "http://") && !strings.HasPrefix(value, "https://") && !strings.HasPrefix(value, "/") && !strings.HasPrefix(value, "#") && !strings.HasPrefix(value, "mailto:"),
				name == "href" && strings.HasPrefix(value, "//"):
				t.Errorf("%s leads to %q", what, value)
			case name == "style" && !strings.HasPrefix(value, "text-align:"):
				t.Errorf("%s is styled %q", what, value)
			}
		}
	}
}

// FuzzMarkup: whatever people write, as talk, in a command or in a document, a
// page has only its own elements, leads to the web only, and loads nothing.
func FuzzMarkup(f *testing.F) {
	for _, h := range hostile {
		f.Add(h)
	}
	for _, s := range []string{"[a](https://x.example/\"onclick=\"y)", "https://x.example/<script>", "@ada<b>", "<https://x.example>", "<JAVASCRIPT:alert(1)>", "[x]: javascript:alert(1)\n[x]", "[x](vbscript:y)", "[x](//evil.example)",
		"![x][y]\n\n[y]: https://evil.example/p.png", "<svg><style>@import 'x'", "[a](\\\\evil.example)", "| a |\n|---|\n| <b> |", "a\x00b<c", "<a href='x'>", "&#x6a;avascript:", "[x](java\nscript:alert(1))", "**INC-1** **R-2\"**", "`incident \"><b>`"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = s[:min(len(s), 3000)]
		c := &Console{Deps: Deps{Settings: settings(), Vocabulary: vocabulary(), Listen: "localhost:8737"}, glyphs: strings.NewReplacer("📌", "*")}
		for _, said := range []chat.Text{chat.Text(s), chat.Plain(s), chat.Textf("a **%s** `%s` [x](https://a.example/%s) %s", s, s, s, chat.Link(s, s)), chat.Quote(s), "- " + chat.Plain(s)} {
			quiet(t, "markup", string(c.markup(said)))
			quiet(t, "a line", string(c.inline(said)))
		}
		quiet(t, "talk", string(c.talk(s)))
		quiet(t, "a document", string(document([]byte(s))))
		if href, own := c.href(s); href != "" && !own && !strings.HasPrefix(href, "http://") && !strings.HasPrefix(href, "https://") {
			t.Errorf("%q leads to %q", s, href)
		}
	})
}
