package chat

import (
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text is markup in a small subset of CommonMark: **bold**, _italic_, `code`,
// [label](https://link), mentions, lines, "- " lists and "> " quotes. A
// backslash takes the next character literally. Build it with [Textf] or
// [Plain], never by joining strings that people wrote.
type Text string

// Textf formats text. Markup in the format is ours; every argument is data and
// is escaped after its verb has written it, except a Text, which is already
// markup, and a Person, which becomes a mention.
func Textf(format string, args ...any) Text {
	safe := make([]any, len(args))
	for i, a := range args {
		switch v := a.(type) {
		case Text:
			safe[i] = string(v)
		case Person:
			safe[i] = string(Mention(v))
		default:
			safe[i] = data{v}
		}
	}
	return Text(fmt.Sprintf(format, safe...))
}

// data is an argument that means nothing, whatever its type and verb.
type data struct{ value any }

// Format writes the value as fmt would, escaped.
func (d data) Format(f fmt.State, verb rune) {
	_, _ = io.WriteString(f, string(Plain(fmt.Sprintf(fmt.FormatString(f, verb), d.value)))) // Sprintf's state takes everything
}

// special are the characters that could start markup anywhere in a line.
const special = "\\*_`[]<>@#~|"

// Plain is s with nothing in it meaning anything.
func Plain(s string) Text {
	var b strings.Builder
	lineStart := true
	for _, r := range Clean(s) {
		if strings.ContainsRune(special, r) || lineStart && (r == '-') {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		lineStart = r == '\n'
	}
	return Text(b.String())
}

// escapeSequence is what a terminal would obey: colours, titles, links.
var escapeSequence = regexp.MustCompile("(?:\x1b\\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\x1b\\]|\u009d)[^\a\x1b\u009c]*(?:\a|\x1b\\\\|\u009c)")

// Clean drops what can deceive a reader or break a rendering: control
// characters, terminal escape sequences, bidirectional overrides and invisible
// runes. Every way to end a line becomes a newline.
func Clean(s string) string {
	if !strings.ContainsFunc(s, unusual) {
		return s
	}
	s = escapeSequence.ReplaceAllString(strings.ToValidUTF8(s, ""), "")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == 0x2028, r == 0x2029: // line and paragraph separator
			return '\n'
		case r == unicode.ReplacementChar, unicode.IsControl(r), deceptive(r):
			return -1
		}
		return r
	}, s)
}

// unusual reports whether r is more than plain ASCII and line ends, which
// most texts are.
func unusual(r rune) bool { return r < ' ' && r != '\n' || r > '~' }

// deceptive reports whether r is invisible or turns the text around it. The
// joiner of emoji (200d) stays.
func deceptive(r rune) bool {
	switch {
	case r >= 0x200b && r <= 0x200f:
		return r != 0x200d
	case r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r >= 0xfff9 && r <= 0xfffb:
		return true
	case r >= 0xe0000 && r <= 0xe007f: // tags: a whole text that only machines see
		return true
	}
	return slices.Contains(blanks, r)
}

// blanks have no shape of their own: soft hyphen, joiners, fillers.
var blanks = []rune{0x00ad, 0x034f, 0x061c, 0x115f, 0x1160, 0x180e, 0x3164, 0xfeff, 0xffa0}

// Mention names a person so that the platform tells them.
func Mention(p Person) Text {
	if p.IsZero() {
		return "nobody"
	}
	return Text(fmt.Sprintf("<@%s|%s>", escapeToken(p.Key()), escapeToken(p.Shown())))
}

// Channel names a place so that it can be opened with a click.
func Channel(p Place, name string) Text {
	if p.Channel == "" {
		return Plain(name)
	}
	return Text(fmt.Sprintf("<#%s|%s>", escapeToken(p.Key()), escapeToken(name)))
}

// Link is a label that opens an http(s) address; any other address gives the
// label alone.
func Link(label, address string) Text {
	label = strings.Join(strings.Fields(Clean(label)), " ")
	u, err := url.Parse(Clean(address))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return Plain(label)
	}
	if label == "" {
		label = u.Host
	}
	return Text("[" + string(Plain(label)) + "](" + linkSafe.Replace(u.String()) + ")")
}

var linkSafe = strings.NewReplacer("(", "%28", ")", "%29", " ", "%20", "\n", "%0A", "\t", "%09",
	"<", "%3C", ">", "%3E", "|", "%7C", "\\", "%5C", `"`, "%22")

func escapeToken(s string) string { return tokenSafe.Replace(Clean(s)) }

var tokenSafe = strings.NewReplacer("|", "", "<", "", ">", "", "\\", "", "\n", " ")

// Join puts sep between texts.
func Join(texts []Text, sep string) Text {
	parts := make([]string, len(texts))
	for i, t := range texts {
		parts[i] = string(t)
	}
	return Text(strings.Join(parts, sep))
}

// A Line is one line of a text.
type Line struct {
	Bullet bool // "- "
	Quote  bool // "> "
	Spans  []Span
}

// A Span is a run of characters with one meaning.
type Span struct {
	Kind SpanKind
	Text string // what to show, unescaped: for a mention the name
	Link string // of a SpanLink
	Who  Person // of a SpanMention
	Room Place  // of a SpanChannel
}

// SpanKind is what a span means.
type SpanKind int

const (
	SpanPlain SpanKind = iota
	SpanBold
	SpanItalic
	SpanCode
	SpanLink
	SpanMention
	SpanChannel
)

// Lines parses the text. Every string parses: what is no markup is plain.
func (t Text) Lines() []Line {
	var lines []Line
	for raw := range strings.SplitSeq(string(t), "\n") {
		var l Line
		if rest, ok := strings.CutPrefix(raw, "- "); ok {
			l.Bullet, raw = true, rest
		} else if rest, ok := strings.CutPrefix(raw, "> "); ok {
			l.Quote, raw = true, rest
		}
		l.Spans = spans(raw)
		lines = append(lines, l)
	}
	return lines
}

// marks are the characters that a span or an escape may begin with.
const marks = "\\*_`[<"

// spans reads one line from left to right: at each mark, either a whole span
// stands there or the mark is an ordinary character.
func spans(s string) []Span {
	var out []Span
	var plain strings.Builder
	flush := func() {
		if plain.Len() > 0 {
			out = append(out, Span{Text: plain.String()})
			plain.Reset()
		}
	}
	for len(s) > 0 {
		if s[0] == '\\' && len(s) > 1 {
			_, n := utf8.DecodeRuneInString(s[1:])
			plain.WriteString(s[1 : 1+n])
			s = s[1+n:]
			continue
		}
		if span, n := spanAt(s); n > 0 {
			flush()
			out = append(out, span)
			s = s[n:]
			continue
		}
		n := nextMark(s)
		plain.WriteString(s[:n])
		s = s[n:]
	}
	flush()
	return out
}

// nextMark is where the next mark behind the beginning of s is, or its end.
func nextMark(s string) int {
	if n := strings.IndexAny(s[1:], marks); n >= 0 {
		return 1 + n
	}
	return len(s)
}

// spanAt returns the span that s begins with and its length, or 0.
func spanAt(s string) (Span, int) {
	switch {
	case strings.HasPrefix(s, "**"):
		return delimited(s, "**", SpanBold)
	case s[0] == '_':
		return delimited(s, "_", SpanItalic)
	case s[0] == '`':
		return delimited(s, "`", SpanCode)
	case s[0] == '[':
		return link(s)
	case strings.HasPrefix(s, "<@"), strings.HasPrefix(s, "<#"):
		return token(s)
	}
	return Span{}, 0
}

func delimited(s, mark string, kind SpanKind) (Span, int) {
	end := closing(s, len(mark), mark)
	if end <= len(mark) {
		return Span{}, 0
	}
	return Span{Kind: kind, Text: unescape(s[len(mark):end])}, end + len(mark)
}

func link(s string) (Span, int) {
	label := closing(s, 1, "](")
	if label < 0 {
		return Span{}, 0
	}
	end := strings.IndexByte(s[label:], ')')
	if end < 0 {
		return Span{}, 0
	}
	address := s[label+2 : label+end]
	if !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://") {
		return Span{}, 0
	}
	return Span{Kind: SpanLink, Text: unescape(s[1:label]), Link: address}, label + end + 1
}

func token(s string) (Span, int) {
	end := strings.IndexByte(s, '>')
	if end < 0 {
		return Span{}, 0
	}
	key, name, _ := strings.Cut(s[2:end], "|")
	platform, id, ok := strings.Cut(key, ":")
	if !ok {
		return Span{}, 0
	}
	if s[1] == '@' {
		return Span{Kind: SpanMention, Text: name, Who: Person{Platform: platform, ID: id, Name: name}}, end + 1
	}
	return Span{Kind: SpanChannel, Text: name, Room: Place{Platform: platform, Channel: id}}, end + 1
}

// closing is the index of the first unescaped mark in s from start on, or -1.
func closing(s string, start int, mark string) int {
	for i := start; i < len(s); i++ {
		if s[i] == '\\' {
			i++
			continue
		}
		if strings.HasPrefix(s[i:], mark) {
			return i
		}
	}
	return -1
}

func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// String is the text for where there is no markup at all: a notification, a
// log, a file of comma-separated values.
func (t Text) String() string { return t.render(func(s Span) string { return s.plain() }) }

// Markdown is the text as CommonMark for people to read: mentions and channels
// by name, and characters as they were written.
func (t Text) Markdown() string {
	return t.render(func(s Span) string {
		switch s.Kind {
		case SpanBold:
			return "**" + s.Text + "**"
		case SpanItalic:
			return "_" + s.Text + "_"
		case SpanCode:
			return "`" + s.Text + "`"
		case SpanLink:
			return "[" + s.Text + "](" + s.Link + ")"
		default:
			return s.plain()
		}
	})
}

func (s Span) plain() string {
	switch s.Kind {
	case SpanMention:
		return "@" + s.Text
	case SpanChannel:
		return "#" + s.Text
	case SpanLink:
		if s.Link != s.Text {
			return s.Text + " (" + s.Link + ")"
		}
	}
	return s.Text
}

func (t Text) render(show func(Span) string) string {
	var b strings.Builder
	for i, l := range t.Lines() {
		if i > 0 {
			b.WriteByte('\n')
		}
		if l.Bullet {
			b.WriteString("- ")
		}
		if l.Quote {
			b.WriteString("> ")
		}
		for _, s := range l.Spans {
			b.WriteString(show(s))
		}
	}
	return b.String()
}

// Quote sets what somebody wrote apart from what the bot says.
func Quote(s string) Text {
	lines := strings.Split(strings.TrimSpace(Clean(s)), "\n")
	for i, l := range lines {
		lines[i] = "> " + string(Plain(l))
	}
	return Text(strings.Join(lines, "\n"))
}

// Cut shortens s to at most n runes, with an ellipsis where it was cut.
func Cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	if n < 1 {
		return ""
	}
	return strings.TrimRightFunc(string([]rune(s)[:n-1]), unicode.IsSpace) + "…"
}
