package jiratest

import (
	"encoding/json"
	"html"
	"regexp"
	"slices"
	"strings"
)

// A node is one of an Atlassian document.
type node struct {
	Type    string
	Text    string
	Marks   []node
	Content []node
}

// showsDocument is a document as people read it; what is more than paragraphs and
// links touches something.
func showsDocument(body string) (text string, touched []string) {
	var doc node
	if json.Unmarshal([]byte(body), &doc) != nil {
		return "", []string{"no document"}
	}
	var b strings.Builder
	var walk func(n node)
	walk = func(n node) {
		switch n.Type {
		case "text":
			b.WriteString(n.Text)
		case "hardBreak":
			b.WriteByte('\n')
		case "doc", "paragraph":
		default:
			touched = append(touched, n.Type)
		}
		if n.Type == "text" && n.Text == "" {
			touched = append(touched, "an empty text, which Jira refuses")
		}
		for _, m := range n.Marks {
			if m.Type != "link" {
				touched = append(touched, m.Type)
			}
		}
		for i, c := range n.Content {
			if n.Type == "doc" && i > 0 {
				b.WriteString("\n\n")
			}
			walk(c)
		}
	}
	walk(doc)
	return b.String(), touched
}

var (
	links = regexp.MustCompile(`https?://[^\s|\]]+`)
	// wikiMarkup is what wiki text obeys: mentions and links, macros, pictures,
	// phrases, breaks, tables, icons, headings, quotations, lists, rules.
	wikiMarkup = regexp.MustCompile(`(?m)\[[^\]\n]+\]|\{[^}\n]+\}|![^!\s]+!|[*_^~+-]\S[^\n]*?[*_^~+-]|\?\?[^\n]+\?\?|\\\\|\|[^\n]*\||\([!/xyni?+*-]\)|^\s*(?:h[1-6]|bq)\.|^\s*[*#-]+ |^-{4}`)
)

// showsWiki is wiki text as people read it, and the markup in it.
func showsWiki(body string) (text string, touched []string) {
	if json.Unmarshal([]byte(body), &text) != nil {
		return "", []string{"no text"}
	}
	touched = slices.Clip(wikiMarkup.FindAllString(links.ReplaceAllString(text, "link"), -1))
	return html.UnescapeString(text), touched
}
