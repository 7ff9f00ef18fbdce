package app

import (
	"fmt"
	"html/template"
	"path"
	"regexp"
	"strings"
	"testing"
	"time"
)

// called are the people and the room of the golden files, by the ids that the
// platforms give them.
var called = map[string]string{"U024BE7LH": "ada", "U02BOB7LH": "bob", "C024BE91L": "inc-42-checkout",
	"1300000000000000001": "ada", "1300000000000000002": "bob", "1300000000000000042": "inc-42-checkout"}

// TestDrawnMarkup: a drawing reads a platform's markup as its client does.
func TestDrawnMarkup(t *testing.T) {
	for _, c := range []struct {
		read     func(string) (template.HTML, error)
		in, want string
	}{
		{slackMarkup, "*Lead:* <@U024BE7LH> in <#C024BE91L>\n`a &lt; b` _soon_ snake_case_name", `<b>Lead:</b> <span class="mention">@ada</span> in ` +
			`<span class="mention">#inc-42-checkout</span><br><code>a &lt; b</code> <i>soon</i> snake_case_name`},
		{slackMarkup, "<https://a.example|the timeline>", "<a>the timeline</a>"},
		{discordMarkdown, "### INC-42\n- **one** `two`\n- _three_\n> quoted\nplain\nmore\n-# small", "<h3>INC-42</h3><ul><li><b>one</b> <code>two</code><li><i>three</i></ul>" +
			"<blockquote>quoted</blockquote><p>plain<br>more</p><small>small</small>"},
		{discordMarkdown, `\*no\* \<b> https\://x [it \[is\]](https://a.example) a_b_c`, `<p>*no* &lt;b&gt; https://x <a>it [is]</a> a_b_c</p>`},
		{discordMarkdown, "Budget\n```\na  **b**\n```\nafter", "<p>Budget</p><pre>a  **b**</pre><p>after</p>"},
	} {
		if got, err := c.read(c.in); err != nil || string(got) != c.want {
			t.Errorf("%q is drawn as\n%s (%v), want\n%s", c.in, got, err, c.want)
		}
	}
	for _, stranger := range []string{"<@U0>", "<#C0>"} {
		if _, err := slackMarkup(stranger); err == nil {
			t.Errorf("%s is drawn, and nobody knows who or what it is", stranger)
		}
	}
}

// templates draw what a platform was sent. What they have no shape for is an
// error: nothing is left out of a picture in silence.
func (d *drawing) templates(t testing.TB) *template.Template {
	t.Helper()
	all, err := template.New("").Funcs(template.FuncMap{
		"undrawn": func(kind any) (string, error) { return "", fmt.Errorf("there is no drawing of a %v", kind) },
		"called":  calledBy,
		"trim":    strings.TrimSpace,
		"has":     strings.Contains,
		"day":     func(date string) (string, error) { return dated(time.DateOnly, date) },
		"dayOf":   func(unix float64) string { return time.Unix(int64(unix), 0).UTC().Format("2 Jan 2006") },
		"timeOf":  func(unix float64) string { return time.Unix(int64(unix), 0).UTC().Format("15:04") },

		"mrkdwn":   slackMarkup,
		"styled":   slackStyled,
		"chosen":   slackChosen,
		"uploaded": d.uploaded,
		"pictured": func(name string) bool { return path.Ext(name) == ".png" },

		"markdown": discordMarkdown,
		"kind":     func(n float64) string { return discordKinds[n] },
		"button":   func(n float64) string { return discordButtons[n] },
		"attached": func(address string) string { return strings.TrimPrefix(address, "attachment://") },
		"hex":      func(colour float64) template.CSS { return template.CSS(fmt.Sprintf("#%06x", int(colour))) },
		"required": func(component map[string]any) bool { return component["required"] != false },
	}).ParseGlob("testdata/drawings/*.html")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func calledBy(id string) (string, error) {
	if name, ok := called[id]; ok {
		return name, nil
	}
	return "", fmt.Errorf("nobody knows who or what %s is", id)
}

func dated(layout, date string) (string, error) {
	at, err := time.Parse(layout, date)
	return at.Format("2 Jan 2006"), err
}

// uploaded is the name of a file by the id that Slack gave it.
func (d *drawing) uploaded(id string) (string, error) {
	for _, v := range d.Views {
		files, _ := v.Body["files"].([]any)
		for _, f := range files {
			if f := f.(map[string]any); f["id"] == id {
				return f["name"].(string), nil
			}
		}
	}
	return "", fmt.Errorf("there is no file %s", id)
}

// slackStyled is a text of a rich text block.
func slackStyled(e map[string]any) template.HTML {
	s := breaks(template.HTMLEscapeString(e["text"].(string)))
	style, _ := e["style"].(map[string]any)
	for _, kind := range []struct{ name, tag string }{{"bold", "b"}, {"italic", "i"}, {"strike", "s"}, {"code", "code"}} {
		if style[kind.name] == true {
			s = "<" + kind.tag + ">" + s + "</" + kind.tag + ">"
		}
	}
	return template.HTML(s)
}

func breaks(s string) string { return strings.ReplaceAll(s, "\n", "<br>") }

func slackChosen(options []any) map[string]bool {
	chosen := map[string]bool{}
	for _, o := range options {
		chosen[o.(map[string]any)["value"].(string)] = true
	}
	return chosen
}

// A rule is how one kind of markup in a line is shown. %s is what it marks.
type rule struct {
	at   *regexp.Regexp
	show string
	name bool // what it marks is an id, to be shown by its name
}

var slackRules = []rule{
	{at: regexp.MustCompile(`<@(\w+)>`), show: `<span class="mention">@%s</span>`, name: true},
	{at: regexp.MustCompile(`<#(\w+)>`), show: `<span class="mention">#%s</span>`, name: true},
	{at: regexp.MustCompile(`<[^|>]+\|([^>]*)>`), show: `<a>%s</a>`},
	{at: regexp.MustCompile("`([^`\n]+)`"), show: `<code>%s</code>`},
	{at: regexp.MustCompile(`\*([^*\n]+)\*`), show: `<b>%s</b>`},
	{at: regexp.MustCompile(`\b_([^_\n]+)_\b`), show: `<i>%s</i>`},
}

var discordRules = []rule{
	{at: regexp.MustCompile(`\\([^0-9A-Za-z\s])`), show: "%s"},
	{at: regexp.MustCompile(`<@!?(\d+)>`), show: `<span class="mention">@%s</span>`, name: true},
	{at: regexp.MustCompile(`<#(\d+)>`), show: `<span class="mention">#%s</span>`, name: true},
	{at: regexp.MustCompile(`\[((?:\\.|[^\]\\])+)\]\([^)]*\)`), show: `<a>%s</a>`},
	{at: regexp.MustCompile("`([^`]+)`"), show: `<code>%s</code>`},
	{at: regexp.MustCompile(`\*\*(.+?)\*\*`), show: `<b>%s</b>`},
	{at: regexp.MustCompile(`\*([^*]+)\*`), show: `<i>%s</i>`},
	{at: regexp.MustCompile(`\b_([^_]+)_\b`), show: `<i>%s</i>`},
}

// marked shows a line: at each place the first rule that fits.
func marked(s string, rules []rule, plain func(string) string) (string, error) {
	best, first := rule{}, []int(nil)
	for _, r := range rules {
		if at := r.at.FindStringSubmatchIndex(s); at != nil && (first == nil || at[0] < first[0]) {
			best, first = r, at
		}
	}
	if first == nil {
		return plain(s), nil
	}
	inner, err := best.inner(s[first[2]:first[3]], rules, plain)
	if err != nil {
		return "", err
	}
	rest, err := marked(s[first[1]:], rules, plain)
	return plain(s[:first[0]]) + fmt.Sprintf(best.show, inner) + rest, err
}

func (r rule) inner(s string, rules []rule, plain func(string) string) (string, error) {
	switch {
	case r.name:
		return calledBy(s)
	case r.show == "%s" || strings.HasPrefix(r.show, "<code"): // as it was written
		return plain(s), nil
	}
	return marked(s, rules, plain)
}

// slackMarkup is a text in Slack's older markup, in which & < > are escaped as in
// HTML already.
func slackMarkup(s string) (template.HTML, error) {
	html, err := marked(s, slackRules, func(s string) string { return s })
	return template.HTML(breaks(html)), err
}

var (
	discordKinds = map[float64]string{1: "row", 2: "button", 3: "select", 4: "input", 5: "select",
		10: "text", 12: "gallery", 13: "file", 14: "separator", 17: "container", 18: "label"}
	discordButtons = map[float64]string{3: "good", 4: "danger"}
	discordBlocks  = []struct{ mark, tag string }{{"### ", "h3"}, {"-# ", "small"}, {"> ", "blockquote"}, {"- ", "li"}}
)

// discordMarkdown is a text display: blocks of lines, and blocks of code.
func discordMarkdown(s string) (template.HTML, error) {
	var b strings.Builder
	for i, part := range strings.Split(s, "```") {
		if i%2 == 1 {
			b.WriteString("<pre>" + template.HTMLEscapeString(strings.Trim(part, "\n")) + "</pre>")
			continue
		}
		if err := discordLines(&b, strings.Trim(part, "\n")); err != nil {
			return "", err
		}
	}
	return template.HTML(b.String()), nil
}

// discordLines writes lines. Neighbours of one kind stand in one block.
func discordLines(b *strings.Builder, s string) error {
	open := ""
	for line := range strings.Lines(s) {
		tag, line := "p", strings.TrimSuffix(line, "\n")
		for _, block := range discordBlocks {
			if rest, ok := strings.CutPrefix(line, block.mark); ok {
				tag, line = block.tag, rest
				break
			}
		}
		html, err := marked(line, discordRules, template.HTMLEscapeString)
		if err != nil {
			return err
		}
		switch {
		case tag != open:
			b.WriteString(endOf(open) + "<" + startOf(tag) + html)
		case tag == "li":
			b.WriteString("<li>" + html)
		default:
			b.WriteString("<br>" + html)
		}
		open = tag
	}
	b.WriteString(endOf(open))
	return nil
}

func startOf(tag string) string {
	if tag == "li" {
		return "ul><li>"
	}
	return tag + ">"
}

func endOf(tag string) string {
	switch tag {
	case "":
		return ""
	case "li":
		return "</ul>"
	}
	return "</" + tag + ">"
}
