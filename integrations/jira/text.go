package jira

import (
	"fmt"
	"regexp"
	"strings"

	"cresset/integrations/tracker"
)

// A node is one of an Atlassian document, in which text is never markup.
type node struct {
	Type    string         `json:"type"`
	Version int            `json:"version,omitempty"`
	Text    string         `json:"text,omitempty"`
	Marks   []node         `json:"marks,omitempty"`
	Attrs   map[string]any `json:"attrs,omitempty"`
	Content []node         `json:"content,omitempty"`
}

// document is a text as a document: its paragraphs, with line breaks, and links
// where there are addresses.
func document(text string) node {
	doc := node{Type: "doc", Version: 1}
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		p := node{Type: "paragraph"}
		for i, line := range strings.Split(paragraph, "\n") {
			if i > 0 {
				p.Content = append(p.Content, node{Type: "hardBreak"})
			}
			for _, s := range tracker.Spans(line) {
				n := node{Type: "text", Text: s.Text}
				if s.Link {
					n.Marks = []node{{Type: "link", Attrs: map[string]any{"href": s.Text}}}
				}
				p.Content = append(p.Content, n)
			}
		}
		doc.Content = append(doc.Content, p)
	}
	return doc
}

// special is what means something to the wiki text of Jira. A backslash escapes
// most of it, but two of them are a line break; entities escape all.
const special = `\{}[]()*_-+^~?!|#&@<>%`

// wikiStart is a word that makes a heading or a quotation of its line.
var wikiStart = regexp.MustCompile(`^\s*(?:h[1-6]|bq)\.`)

// wiki is a text as wiki text that reads as the text does.
func wiki(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		start := wikiStart.FindString(line)
		var b strings.Builder
		b.WriteString(strings.Replace(start, ".", "&#46;", 1))
		for _, s := range tracker.Spans(line[len(start):]) {
			if s.Link {
				b.WriteString(s.Text)
				continue
			}
			for _, r := range s.Text {
				if strings.ContainsRune(special, r) {
					fmt.Fprintf(&b, "&#%d;", r)
				} else {
					b.WriteRune(r)
				}
			}
		}
		lines[i] = b.String()
	}
	return strings.Join(lines, "\n")
}
