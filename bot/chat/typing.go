package chat

import (
	"regexp"
	"slices"
	"strings"
)

// A Typing says the lines that people are told to type as they are typed where
// commands have a slash, and perhaps another name. The zero Typing changes
// nothing.
type Typing struct {
	lines *regexp.Regexp    // between backticks, that begin with one of the words
	names map[string]string // of the slash commands, by the word that their lines begin with
}

// Typing is how the lines of the vocabulary are typed.
func (v Vocabulary) Typing() Typing {
	t := Typing{names: map[string]string{}}
	var words []string
	for _, s := range v.Slash {
		words = append(words, regexp.QuoteMeta(s.Line))
		t.names[s.Line] = s.Name
	}
	if len(words) > 0 { // an escaped backtick is somebody's own
		t.lines = regexp.MustCompile("(^|[^\\\\`])`(" + strings.Join(words, "|") + ")([ `])")
	}
	return t
}

// Message is m with its lines as they are typed.
func (t Typing) Message(m Message) Message {
	m.Text, m.Details, m.Footer = t.Text(m.Text), t.Text(m.Details), t.Text(m.Footer)
	m.Fields = slices.Clone(m.Fields)
	for i := range m.Fields {
		m.Fields[i].Value = t.Text(m.Fields[i].Value)
	}
	return m
}

// Text is s with its lines as they are typed.
func (t Typing) Text(s Text) Text {
	if t.lines == nil || !strings.Contains(string(s), "`") {
		return s
	}
	return Text(t.lines.ReplaceAllStringFunc(string(s), func(found string) string {
		part := t.lines.FindStringSubmatch(found)
		return part[1] + "`/" + t.names[part[2]] + part[3]
	}))
}
