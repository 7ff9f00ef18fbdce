package slack

import (
	"cmp"
	"fmt"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"cresset/bot/chat"
)

// linesTogether is how much stands in one rich text block before the next begins.
const linesTogether = 2500

// richText is a text as rich text blocks, in which no character needs escaping.
// Past n characters it says how many lines are left out.
func richText(t chat.Text, n int) []slack.Block {
	var blocks []slack.Block
	var b richBlock
	lines := t.Lines()
	total := 0
	for i, l := range lines {
		length := lineLength(l)
		if total+length > n && i > 0 {
			b.add(chat.Line{Spans: []chat.Span{{Kind: chat.SpanItalic, Text: fmt.Sprintf("… %d more lines", len(lines)-i)}}})
			break
		}
		if b.length+length > linesTogether && b.length > 0 {
			blocks = append(blocks, b.block())
			b = richBlock{}
		}
		if length > linesTogether {
			l = shortened(l, linesTogether)
		}
		b.add(l)
		total += length
	}
	return append(blocks, b.block())
}

func lineLength(l chat.Line) int {
	n := 1
	for _, s := range l.Spans {
		n += utf8.RuneCountInString(s.Text)
	}
	return n
}

func shortened(l chat.Line, n int) chat.Line {
	var kept []chat.Span
	for _, s := range l.Spans {
		if n < 2 {
			break
		}
		n -= utf8.RuneCountInString(s.Text)
		if n < 0 {
			s.Text = chat.Cut(s.Text, max(utf8.RuneCountInString(s.Text)+n, 1))
		}
		kept = append(kept, s)
	}
	l.Spans = kept
	return l
}

// richBlock gathers lines into the parts of one rich text block: a list for
// bullets, a quote for quotes, a section for the rest.
type richBlock struct {
	parts  []slack.RichTextElement
	list   *bullets
	quote  *slack.RichTextQuote
	text   *slack.RichTextSection
	length int
}

// bullets is a list as Slack's own types have it; the library's sends an offset
// besides, which only numbered lists know.
type bullets struct {
	Type     slack.RichTextElementType     `json:"type"`
	Style    slack.RichTextListElementType `json:"style"`
	Elements []slack.RichTextElement       `json:"elements"`
}

func (b *bullets) RichTextElementType() slack.RichTextElementType { return b.Type }

func (b *richBlock) add(l chat.Line) {
	b.length += lineLength(l)
	spans := elements(l.Spans)
	switch {
	case l.Bullet:
		if b.list == nil {
			b.start()
			b.list = &bullets{Type: slack.RTEList, Style: slack.RTEListBullet}
			b.parts = append(b.parts, b.list)
		}
		b.list.Elements = append(b.list.Elements, slack.NewRichTextSection(orBlank(spans)...))
	case l.Quote:
		if b.quote == nil {
			b.start()
			b.quote = &slack.RichTextQuote{Type: slack.RTEQuote}
			b.parts = append(b.parts, b.quote)
		} else {
			b.quote.Elements = joined(b.quote.Elements, newLine)
		}
		b.quote.Elements = joined(b.quote.Elements, spans...)
	default:
		if b.text == nil {
			b.start()
			b.text = slack.NewRichTextSection()
			b.parts = append(b.parts, b.text)
		} else {
			b.text.Elements = joined(b.text.Elements, newLine)
		}
		b.text.Elements = joined(b.text.Elements, spans...)
	}
}

var newLine = textElement("\n", nil)

// joined puts elements together; neighbours without style become one.
func joined(all []slack.RichTextSectionElement, more ...slack.RichTextSectionElement) []slack.RichTextSectionElement {
	for _, e := range more {
		text, ok := e.(*slack.RichTextSectionTextElement)
		if n := len(all); ok && n > 0 && text.Style == nil {
			if before, ok := all[n-1].(*slack.RichTextSectionTextElement); ok && before.Style == nil {
				all[n-1] = textElement(before.Text+text.Text, nil)
				continue
			}
		}
		all = append(all, e)
	}
	return all
}

func (b *richBlock) start() { b.list, b.quote, b.text = nil, nil, nil }

// block is what was gathered. Slack takes no part without an element.
func (b *richBlock) block() slack.Block {
	for _, part := range b.parts {
		switch part := part.(type) {
		case *slack.RichTextSection:
			part.Elements = orBlank(part.Elements)
		case *slack.RichTextQuote:
			part.Elements = orBlank(part.Elements)
		}
	}
	if len(b.parts) == 0 {
		b.parts = []slack.RichTextElement{slack.NewRichTextSection(orBlank(nil)...)}
	}
	return slack.NewRichTextBlock("", b.parts...)
}

func orBlank(spans []slack.RichTextSectionElement) []slack.RichTextSectionElement {
	if len(spans) == 0 {
		return []slack.RichTextSectionElement{textElement(" ", nil)}
	}
	return spans
}

// textElement is text in which nothing means anything. Slack takes no empty one.
func textElement(s string, style *slack.RichTextSectionTextStyle) slack.RichTextSectionElement {
	return slack.NewRichTextSectionTextElement(cmp.Or(chat.Clean(s), "–"), style)
}

func elements(spans []chat.Span) []slack.RichTextSectionElement {
	var all []slack.RichTextSectionElement
	for _, s := range spans {
		if e := elementOf(s); e != nil {
			all = joined(all, e)
		}
	}
	return all
}

func elementOf(s chat.Span) slack.RichTextSectionElement {
	text := chat.Clean(s.Text)
	switch {
	case s.Kind == chat.SpanMention && s.Who.Platform == name && isID(s.Who.ID):
		return slack.NewRichTextSectionUserElement(s.Who.ID, nil)
	case s.Kind == chat.SpanChannel && s.Room.Platform == name && isID(s.Room.Channel):
		return slack.NewRichTextSectionChannelElement(s.Room.Channel, nil)
	case s.Kind == chat.SpanMention:
		return textElement("@"+text, nil)
	case s.Kind == chat.SpanChannel:
		return textElement("#"+text, nil)
	case text == "":
		return nil
	case s.Kind == chat.SpanLink && isWeb(s.Link):
		return &slack.RichTextSectionLinkElement{Type: slack.RTSELink, URL: address.Replace(s.Link), Text: text}
	case s.Kind == chat.SpanBold:
		return textElement(text, &slack.RichTextSectionTextStyle{Bold: true})
	case s.Kind == chat.SpanItalic:
		return textElement(text, &slack.RichTextSectionTextStyle{Italic: true})
	case s.Kind == chat.SpanCode:
		return textElement(text, &slack.RichTextSectionTextStyle{Code: true})
	}
	return textElement(text, nil)
}
