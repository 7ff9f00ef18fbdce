package web

import (
	"html/template"
	"net/url"
	"regexp"
	"strings"

	"cresset/bot/chat"
)

// markup shows the bot's text. Commands in it can be clicked.
func (c *Console) markup(t chat.Text) template.HTML {
	var b strings.Builder
	open := "" // the block that the lines before stand in
	for _, l := range t.Lines() {
		block := blockOf(l)
		if block != open {
			b.WriteString(end(open) + start(block))
			open = block
		} else if block == "p" || block == "blockquote" {
			b.WriteString("<br>")
		}
		if block == "ul" {
			b.WriteString(c.item(l))
		} else {
			b.WriteString(c.spans(l.Spans))
		}
	}
	b.WriteString(end(open))
	return template.HTML(b.String())
}

// item is a point of a list. A command and what it does, as in help, stand side
// by side.
func (c *Console) item(l chat.Line) string {
	if len(l.Spans) > 1 && l.Spans[0].Kind == chat.SpanCode && c.isCommand(l.Spans[0].Text) {
		return `<li class="command">` + c.span(l.Spans[0]) + "<span>" + c.spans(l.Spans[1:]) + "</span>"
	}
	return "<li>" + c.spans(l.Spans)
}

func blockOf(l chat.Line) string {
	switch {
	case l.Bullet:
		return "ul"
	case l.Quote:
		return "blockquote"
	case len(l.Spans) == 0:
		return ""
	}
	return "p"
}

func start(block string) string {
	if block == "" {
		return ""
	}
	return "<" + block + ">"
}

func end(block string) string {
	if block == "" {
		return ""
	}
	return "</" + block + ">"
}

// inline shows a text that stands in a line: in a cell of a table, for example.
func (c *Console) inline(t chat.Text) template.HTML {
	var b strings.Builder
	for i, l := range t.Lines() {
		if i > 0 {
			b.WriteString("<br>")
		}
		b.WriteString(c.spans(l.Spans))
	}
	return template.HTML(b.String())
}

func (c *Console) spans(all []chat.Span) string {
	var b strings.Builder
	for _, s := range all {
		b.WriteString(c.span(s))
	}
	return b.String()
}

func (c *Console) span(s chat.Span) string {
	text := template.HTMLEscapeString(s.Text)
	switch s.Kind {
	case chat.SpanBold:
		return recorded(s.Text, "<strong>"+text+"</strong>")
	case chat.SpanItalic:
		return "<em>" + text + "</em>"
	case chat.SpanCode:
		if c.isCommand(s.Text) {
			fill := template.HTMLEscapeString(fillable(s.Text))
			return `<button type="button" class="try" title="Put it into the line" data-fill="` + fill + `">` + text + "</button>"
		}
		return "<code>" + text + "</code>"
	case chat.SpanLink:
		return c.anchor(s.Link, text)
	case chat.SpanMention:
		return `<span class="mention" data-who="` + template.HTMLEscapeString(s.Who.ID) + `">@` + text + "</span>"
	case chat.SpanChannel:
		if s.Room.Platform == Name {
			return `<a class="mention" href="/c/` + template.HTMLEscapeString(url.PathEscape(s.Room.Channel)) + `">#` + text + "</a>"
		}
		return `<span class="mention">#` + text + "</span>"
	}
	return c.glyphs.Replace(text)
}

var record = regexp.MustCompile(`^(INC|R)-[1-9][0-9]*$`)

// recorded leads from the number of a record to the record.
func recorded(id, shown string) string {
	switch kind := record.FindStringSubmatch(id); {
	case kind == nil:
		return shown
	case kind[1] == "R":
		return `<a class="record" href="/requests/` + id + `">` + shown + "</a>"
	}
	return `<a class="record" href="/incidents/` + id + `">` + shown + "</a>"
}

// fillable is the part of a command that can be typed as it stands: it ends
// before the first word that stands for another, like TEXT or [INCIDENT].
func fillable(line string) string {
	words := strings.Split(line, " ")
	for i, w := range words {
		if strings.ContainsAny(w, "[<…") || w == "@who" || placeholder.MatchString(w) {
			return strings.Join(words[:i], " ") + " "
		}
	}
	return line
}

var placeholder = regexp.MustCompile(`^[A-Z]{2,}$`)

// anchor links label, which is escaped already, to an http(s) address, and
// leaves it without a link for any other.
func (c *Console) anchor(address, label string) string {
	href, own := c.href(address)
	switch {
	case href == "":
		return label
	case own:
		return `<a href="` + template.HTMLEscapeString(href) + `">` + label + "</a>"
	}
	return `<a href="` + template.HTMLEscapeString(href) + `" rel="noopener noreferrer" target="_blank">` + label + "</a>"
}

// href is the address as a page may link to it, "" if it may not. Addresses of
// the console itself become paths, which hold under each of its names.
func (c *Console) href(address string) (href string, own bool) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", false
	}
	if path, ok := strings.CutPrefix(address, c.site()); ok && strings.HasPrefix(path, "/") {
		return ownPath(path), true
	}
	return u.String(), false
}

var worthMarking = regexp.MustCompile(`https?://[^\s<>"'` + "`" + `]+[^\s<>"'` + "`" + `.,;:!?)\]]|@[a-z0-9][a-z0-9-]{0,39}\b`)

// talk shows what a person wrote: as it was written, with its addresses to
// click and its @names in sight.
func (c *Console) talk(text string) template.HTML {
	var b strings.Builder
	at := 0
	for _, m := range worthMarking.FindAllStringIndex(text, -1) {
		word := text[m[0]:m[1]]
		b.WriteString(template.HTMLEscapeString(text[at:m[0]]))
		at = m[1]
		shown := template.HTMLEscapeString(word)
		switch {
		case word[0] != '@':
			b.WriteString(c.anchor(word, shown))
		case m[0] > 0 && !strings.ContainsRune(" \n\t(,;:=", rune(text[m[0]-1])): // an address of mail
			b.WriteString(shown)
		default:
			b.WriteString(`<span class="mention" data-who="` + shown[1:] + `">` + shown + "</span>")
		}
	}
	b.WriteString(template.HTMLEscapeString(text[at:]))
	return template.HTML(b.String())
}
