package tracker

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"cresset/bot/chat"
)

// What every tracker takes: GitHub 256 and 65,536 characters, GitLab 255 and a
// million, Jira 255 and 32,767. A character may take five once it is escaped.
const (
	mostTitle = 200
	mostBody  = 6000
)

// Body is the text of an issue, as long as every tracker takes it.
func Body(text string) string { return chat.Cut(strings.TrimSpace(chat.Clean(text)), mostBody) }

// Title is the title of an issue. Trackers find people and issues in it, and have
// no way to escape them, so what could name one is broken up invisibly.
func Title(text string) string {
	line := chat.Cut(strings.Join(strings.Fields(chat.Clean(text)), " "), mostTitle)
	var b strings.Builder
	writeRunes(&b, line, func(r rune) string { return string(r) })
	return b.String()
}

// breaker breaks up what would be a name. It has no width.
const breaker = "\u200b"

// names are the characters that begin the name of something: a person, an issue,
// a merge request, a label, a milestone, an epic, a snippet, an iteration.
const names = "@#!~%&$*"

// writeRunes writes a text, each rune as show has it, with names broken up. An
// e-mail address is nobody's name.
func writeRunes(b *strings.Builder, text string, show func(rune) string) {
	before := ' '
	runes := []rune(text)
	for i, r := range runes {
		b.WriteString(show(r))
		named := i+1 < len(runes) && !unicode.IsSpace(runes[i+1])
		if named && strings.ContainsRune(names, r) && !(r == '@' && isWord(before)) {
			b.WriteString(breaker)
		}
		before = r
	}
}

func isWord(r rune) bool {
	return r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_')
}

// address finds a web address of plain characters, none of which is markup where
// addresses stand.
var address = regexp.MustCompile(`https?://[A-Za-z0-9._~:/?#@&=%+,;$-]*[A-Za-z0-9/_~=-]`)

// A Span is a piece of a line: text, or a web address that stays one.
type Span struct {
	Text string
	Link bool
}

// Spans takes a line apart.
func Spans(line string) (all []Span) {
	for line != "" {
		at := address.FindStringIndex(line)
		if at == nil {
			return append(all, Span{Text: line})
		}
		if at[0] > 0 {
			all = append(all, Span{Text: line[:at[0]]})
		}
		all = append(all, Span{Text: line[at[0]:at[1]], Link: true})
		line = line[at[1]:]
	}
	return all
}

// markup are the characters that mean something to Markdown anywhere in a line, in
// the dialects of trackers too.
const markup = "\\`*_{}[]<>#!~|&$^@%"

// lineStart is what means something at the beginning of a line: headings, lists,
// rules, front matter, includes, and the orders of GitLab, such as /close.
var lineStart = regexp.MustCompile(`^(?:[-+=/:]|\d+[.)])`)

// Markdown is a text as Markdown that reads as the text does. Line breaks stay,
// addresses are links.
func Markdown(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = markdownLine(line)
		if i+1 < len(lines) && strings.TrimSpace(line) != "" && strings.TrimSpace(lines[i+1]) != "" {
			lines[i] += "  " // a line break in a paragraph
		}
	}
	return strings.Join(lines, "\n")
}

func markdownLine(line string) string {
	rest := strings.TrimLeftFunc(line, unicode.IsSpace)
	if rest == "" {
		return ""
	}
	var b strings.Builder
	b.WriteString(strings.Repeat("\u00a0", len([]rune(line))-len([]rune(rest)))) // spaces would make it code
	if start := lineStart.FindString(rest); start != "" {
		mark := len(start) - 1
		b.WriteString(start[:mark] + "\\" + start[mark:])
		rest = rest[len(start):]
	}
	for _, s := range Spans(strings.TrimRightFunc(rest, unicode.IsSpace)) {
		if s.Link {
			b.WriteString("<" + s.Text + ">")
			continue
		}
		writeRunes(&b, s.Text, func(r rune) string {
			if strings.ContainsRune(markup, r) {
				return "\\" + string(r)
			}
			return string(r)
		})
	}
	return b.String()
}

// Marker is a line of Markdown that nobody sees, and by which an issue is found
// again.
func Marker(key string) string { return fmt.Sprintf("<!-- cresset %s -->", key) }
