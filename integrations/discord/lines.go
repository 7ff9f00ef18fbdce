package discord

import (
	"regexp"
	"slices"
	"strings"

	"cresset/bot/chat"
)

// typeable finds lines between backticks that begin with one of the words; an
// escaped backtick is somebody's own.
func typeable(v chat.Vocabulary) *regexp.Regexp {
	var words []string
	for _, s := range v.Slash {
		words = append(words, regexp.QuoteMeta(s.Line))
	}
	if len(words) == 0 {
		return nil
	}
	return regexp.MustCompile("(^|[^\\\\`])`(" + strings.Join(words, "|") + ")([ `])")
}

// typed is m with the lines that it tells people to type as they are typed here:
// with the slash, and under the name that the command has in this server.
func (p *Platform) typed(m chat.Message) chat.Message {
	m.Text, m.Details, m.Footer = p.typedText(m.Text), p.typedText(m.Details), p.typedText(m.Footer)
	m.Fields = slices.Clone(m.Fields)
	for i := range m.Fields {
		m.Fields[i].Value = p.typedText(m.Fields[i].Value)
	}
	return m
}

func (p *Platform) typedText(t chat.Text) chat.Text {
	if p.lines == nil || !strings.Contains(string(t), "`") {
		return t
	}
	return chat.Text(p.lines.ReplaceAllStringFunc(string(t), func(found string) string {
		part := p.lines.FindStringSubmatch(found)
		return part[1] + "`/" + p.slashOf(part[2]) + part[3]
	}))
}

// slashOf is the name of the slash command whose lines begin with the word.
func (p *Platform) slashOf(word string) string {
	i := slices.IndexFunc(p.vocabulary.Slash, func(s chat.Slash) bool { return s.Line == word })
	if i < 0 {
		return word
	}
	return p.vocabulary.Slash[i].Name
}
