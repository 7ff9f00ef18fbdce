package hooks

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// textOf is what a page says, as text: lines where it has blocks, dashes where it
// has items, and quoted what it quotes. It has nothing of what is not shown.
func textOf(page string) string {
	var p printer
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken: // the end, since a string always reads
			return p.String()
		case html.TextToken:
			p.say(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			p.open(token)
			if token.Type == html.SelfClosingTagToken && token.DataAtom != atom.Br {
				p.shut(token.DataAtom)
			}
		case html.EndTagToken:
			p.shut(z.Token().DataAtom)
		}
	}
}

// A printer writes lines.
type printer struct {
	strings.Builder
	line   strings.Builder
	hidden atom.Atom // the element whose text is not shown, and 0 outside
	quoted int
	link   string
	linked int // where its text begins in the line
}

func (p *printer) say(text string) {
	if p.hidden != 0 {
		return
	}
	if before := p.line.String(); before == "" || strings.HasSuffix(before, " ") {
		text = strings.TrimLeft(text, " \t\r\n")
	}
	words := strings.Join(strings.Fields(text), " ")
	if words != "" && strings.ContainsAny(text[:1], " \t\r\n") {
		words = " " + words
	}
	if text != "" && strings.ContainsAny(text[len(text)-1:], " \t\r\n") {
		words += " "
	}
	p.line.WriteString(words)
}

// end ends the line.
func (p *printer) end() {
	line := strings.TrimSpace(p.line.String())
	p.line.Reset()
	p.linked = 0
	if p.quoted > 0 {
		line = "> " + line
	}
	p.WriteString(line + "\n")
}

// rest ends the line if there is one.
func (p *printer) rest() {
	if strings.TrimSpace(p.line.String()) != "" {
		p.end()
	}
}

func (p *printer) open(t html.Token) {
	switch t.DataAtom {
	case atom.Script, atom.Style, atom.Head, atom.Title, atom.Template, atom.Noscript:
		if p.hidden == 0 {
			p.hidden = t.DataAtom
		}
	case atom.Body:
		p.hidden = 0 // of a head that nobody closed
	case atom.Br:
		p.end()
	case atom.Blockquote:
		p.rest()
		p.quoted++
	case atom.Li:
		p.rest()
		p.say("- ")
	case atom.A:
		p.link, p.linked = "", p.line.Len()
		for _, a := range t.Attr {
			if a.Key == "href" && (strings.HasPrefix(a.Val, "https://") || strings.HasPrefix(a.Val, "http://")) {
				p.link = a.Val
			}
		}
	case atom.P, atom.Div, atom.Tr, atom.H1, atom.H2, atom.H3, atom.H4, atom.Table, atom.Ul, atom.Ol, atom.Pre, atom.Hr:
		p.rest()
	case atom.Td, atom.Th:
		p.say(" ")
	}
}

func (p *printer) shut(tag atom.Atom) {
	switch tag {
	case p.hidden:
		p.hidden = 0
	case atom.Blockquote:
		p.rest()
		p.quoted = max(0, p.quoted-1)
	case atom.A:
		if said := p.line.String(); p.link != "" && !strings.Contains(said[min(p.linked, len(said)):], p.link) {
			p.say(" (" + p.link + ")")
		}
		p.link = ""
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.Table, atom.Ul, atom.Ol, atom.Pre:
		p.rest()
		p.WriteString("\n")
	case atom.Div, atom.Tr, atom.Li:
		p.rest()
	}
}

// String is all that was written.
func (p *printer) String() string {
	p.rest()
	return strings.TrimSpace(p.Builder.String())
}
