package slack

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"cresset/bot/chat"
)

// longestFallback is about what a phone shows of a message that it announces.
const longestFallback = 299

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// mrkdwn is a text in Slack's older markup. It is not safe when the text has
// characters that would format something, which cannot be escaped there.
func mrkdwn(t chat.Text) (s string, safe bool) {
	var b strings.Builder
	for i, l := range t.Lines() {
		if i > 0 {
			b.WriteByte('\n')
		}
		if l.Bullet {
			b.WriteString("• ")
		}
		if l.Quote {
			b.WriteString("&gt; ")
		}
		for j, span := range l.Spans {
			if !harmless(span, j == 0) {
				return "", false
			}
			b.WriteString(marked(span))
		}
	}
	return b.String(), strings.TrimSpace(b.String()) != ""
}

func harmless(s chat.Span, lineStart bool) bool {
	return !strings.ContainsAny(s.Text, "*_~`\n") && !(lineStart && strings.HasPrefix(strings.TrimSpace(s.Text), ">")) &&
		(s.Text == "" || s.Kind == chat.SpanPlain || strings.TrimSpace(s.Text) == s.Text)
}

func marked(s chat.Span) string {
	text := escape.Replace(chat.Clean(s.Text))
	if text != "" {
		switch s.Kind {
		case chat.SpanBold:
			return "*" + text + "*"
		case chat.SpanItalic:
			return "_" + text + "_"
		case chat.SpanCode:
			return "`" + text + "`"
		case chat.SpanLink:
			if isWeb(s.Link) {
				return "<" + escape.Replace(address.Replace(s.Link)) + "|" + strings.ReplaceAll(text, "|", "¦") + ">"
			}
		}
	}
	return token(s)
}

// address keeps an address from ending the token it stands in.
var address = strings.NewReplacer("<", "%3C", ">", "%3E", "|", "%7C", " ", "%20", "\n", "", "\r", "", "\t", "")

// token is a span without formatting: mentions and channels as Slack's tokens,
// where they are Slack's.
func token(s chat.Span) string {
	text := escape.Replace(chat.Clean(s.Text))
	switch {
	case s.Kind == chat.SpanMention && s.Who.Platform == name && isID(s.Who.ID):
		return "<@" + s.Who.ID + ">"
	case s.Kind == chat.SpanChannel && s.Room.Platform == name && isID(s.Room.Channel):
		return "<#" + s.Room.Channel + ">"
	case s.Kind == chat.SpanMention:
		return "@" + text
	case s.Kind == chat.SpanChannel:
		return "#" + text
	}
	return text
}

// fallback is what a notification shows of the message: its beginning, without
// markup. It never ends within an escaped character or a token.
func fallback(m chat.Message) string {
	var b bounded
	b.text(chat.Plain(titleOf(m)))
	if m.Text != "" {
		b.text(toned(m))
	}
	var facts []chat.Text
	for _, f := range m.Fields {
		facts = append(facts, fact(f))
	}
	b.text(chat.Join(facts, " · "))
	if m.Chart != nil {
		b.text(chat.Plain(m.Chart.Alt))
	}
	if m.Table != nil {
		for _, row := range m.Table.Rows {
			b.text(chat.Plain(inWords(row)))
		}
	}
	b.text(m.Details)
	b.text(m.Footer)
	if len(m.Files) > 0 {
		b.text(fileNames(m.Files))
	}
	return cmp.Or(strings.TrimSpace(b.String()), "–")
}

// bounded writes whole tokens until there is no more room.
type bounded struct {
	strings.Builder
	runes int
	full  bool
}

func (b *bounded) text(t chat.Text) {
	if t == "" || b.full {
		return
	}
	if b.Len() > 0 {
		b.put("\n")
	}
	b.line(t)
}

func (b *bounded) line(t chat.Text) {
	for i, l := range t.Lines() {
		if i > 0 {
			b.put("\n")
		}
		if l.Bullet {
			b.put("• ")
		}
		for _, s := range l.Spans {
			if s.Kind == chat.SpanMention || s.Kind == chat.SpanChannel {
				b.put(token(s))
				continue
			}
			b.escaped(chat.Clean(s.Text))
		}
	}
}

// escaped puts the whole text if there is room, or as many characters as there
// is room for.
func (b *bounded) escaped(text string) {
	if whole := escape.Replace(text); b.runes+utf8.RuneCountInString(whole) <= longestFallback {
		b.put(whole)
		return
	}
	for _, r := range text {
		b.put(escape.Replace(string(r)))
	}
}

func (b *bounded) put(s string) {
	if b.full {
		return
	}
	b.runes += utf8.RuneCountInString(s)
	if b.runes > longestFallback {
		b.full = true
		s = "…"
	}
	b.WriteString(s)
}
