package discord

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"cresset/bot/chat"
)

// A writer writes text in Discord's markdown, in which people's characters mean
// nothing, and remembers whom it mentions.
type writer struct {
	mentions []string // user IDs
}

// text is at most n characters of t, and whether that is all of it. What is left
// out is said in lines.
func (w *writer) text(t chat.Text, n int) (s string, whole bool) {
	lines := t.Lines()
	var b strings.Builder
	for i, l := range lines {
		room := n - length(b.String()) - 1
		if i < len(lines)-1 {
			room -= remarkRoom
		}
		written, fits := w.fitted(l, room, i == 0)
		if i > 0 && written != "" || fits && i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(written)
		if !fits {
			more := len(lines) - i
			if i == 0 {
				more--
			}
			if more > 0 {
				fmt.Fprintf(&b, "\n_… %d more lines_", more)
			}
			return b.String(), false
		}
	}
	return b.String(), true
}

// fitted is a line, if there is room for it; otherwise nothing, or, if something
// has to stand there, its beginning.
func (w *writer) fitted(l chat.Line, room int, must bool) (s string, fits bool) {
	if s := w.line(l); length(s) <= room {
		return s, true
	}
	if !must {
		return "", false
	}
	for n := room; n > 8; n = n * 3 / 4 { // escaping makes it longer
		if s := w.line(shortened(l, n)); length(s) <= room {
			return s, false
		}
	}
	return "…", false
}

// remarkRoom is what "… 1234 more lines" takes.
const remarkRoom = 30

// length is what Discord's limits count, or more.
func length(s string) int {
	n := 0
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

func (w *writer) line(l chat.Line) string {
	var b strings.Builder
	switch {
	case l.Bullet:
		b.WriteString("- ")
	case l.Quote:
		b.WriteString("> ")
	}
	for _, s := range l.Spans {
		b.WriteString(w.span(s))
	}
	return lineStart(b.String(), l)
}

// lineStart takes the meaning from what a line of people's words may begin with:
// a number and a dot make a list.
func lineStart(s string, l chat.Line) string {
	if l.Bullet || len(l.Spans) == 0 || l.Spans[0].Kind != chat.SpanPlain {
		return s
	}
	mark := ""
	if l.Quote {
		mark, s = s[:2], s[2:]
	}
	spaces := s[:len(s)-len(strings.TrimLeft(s, " \t"))]
	rest := s[len(spaces):]
	digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	if digits > 0 && digits < len(rest) && rest[digits] == '.' {
		rest = rest[:digits] + `\` + rest[digits:]
	}
	return mark + spaces + rest
}

func (w *writer) span(s chat.Span) string {
	text := chat.Clean(s.Text)
	switch s.Kind {
	case chat.SpanMention:
		if s.Who.Platform == name && isID(s.Who.ID) {
			w.mention(s.Who.ID)
			return "<@" + s.Who.ID + ">"
		}
		return escaped("@" + text)
	case chat.SpanChannel:
		if s.Room.Platform == name && isID(s.Room.Channel) {
			return "<#" + s.Room.Channel + ">"
		}
		return escaped("#" + text)
	case chat.SpanLink:
		if isWeb(s.Link) && strings.TrimSpace(text) != "" {
			return "[" + escaped(text) + "](" + address.Replace(s.Link) + ")"
		}
	case chat.SpanBold:
		return around("**", text)
	case chat.SpanItalic:
		return around("_", text)
	case chat.SpanCode:
		if strings.TrimSpace(text) != "" {
			return "`" + code1(text) + "`"
		}
	}
	return escaped(text)
}

// mostMentions is how many people a message may name as those it pings.
const mostMentions = 100

func (w *writer) mention(id string) {
	if !slices.Contains(w.mentions, id) && len(w.mentions) < mostMentions {
		w.mentions = append(w.mentions, id)
	}
}

// around sets marks around a text; space between a mark and a word would undo it.
func around(mark, text string) string {
	inner := strings.TrimSpace(text)
	if inner == "" {
		return escaped(text)
	}
	before, after, _ := strings.Cut(text, inner)
	return before + mark + escaped(inner) + mark + after
}

// code1 is text between backticks, where nothing can be escaped.
func code1(s string) string { return strings.ReplaceAll(s, "`", "ˋ") }

// address keeps an address from ending the link that it stands in.
var address = strings.NewReplacer("(", "%28", ")", "%29", " ", "%20", "<", "%3C", ">", "%3E", "\\", "%5C", "\n", "", "\r", "", "\t", "")

// special are the characters that may begin or end something in Discord's
// markdown. A backslash takes the meaning from any punctuation.
const special = "\\*_~`|<>[]#@-+"

// escaped is a text in which nothing means anything: no mention, no link, not
// even an address that the reader's program would make one.
func escaped(s string) string {
	if !strings.ContainsAny(s, special+":") {
		return s
	}
	var b strings.Builder
	begins := true // nothing stands before in the line but space and marks
	for i, r := range s {
		switch {
		case (r == '-' || r == '+') && !begins, r == '_' && inWord(s, i), r == ':' && !strings.HasPrefix(s[i:], "://"):
		case strings.ContainsRune(special, r), r == ':':
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		begins = r == '\n' || begins && strings.ContainsRune(" \t#>-*+", r)
	}
	return b.String()
}

// inWord says whether the character at i stands between letters or digits, where
// an underscore means nothing.
func inWord(s string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i+1:])
	return wordly(before) && wordly(after)
}

func wordly(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// shortened is the beginning of a line.
func shortened(l chat.Line, n int) chat.Line {
	var kept []chat.Span
	for _, s := range l.Spans {
		if n < 2 {
			break
		}
		size := length(s.Text)
		if size > n {
			s.Text = chat.Cut(s.Text, n)
		}
		n -= size
		kept = append(kept, s)
	}
	l.Spans = kept
	return l
}

func isWeb(link string) bool {
	u, err := url.Parse(link)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}
