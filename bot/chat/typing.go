package chat

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// A Typing says the lines that people are told to type as they are typed where
// commands have a slash, and perhaps another name. The zero Typing changes
// nothing.
type Typing struct {
	lines *regexp.Regexp    // between backticks, that begin with what is typed in another way
	typed map[string]string // what a line begins with -> how that is typed, without the slash
}

// Typing is how the lines of the vocabulary are typed. Moved are the commands that a
// platform has in another place: "cre rate" -> "cre more rate".
func (v Vocabulary) Typing(moved map[string]string) Typing {
	t := Typing{typed: map[string]string{}}
	for _, s := range v.Slash {
		t.typed[s.Line] = s.Name
	}
	maps.Copy(t.typed, moved)
	var begins []string
	for line := range t.typed {
		begins = append(begins, regexp.QuoteMeta(line))
	}
	if len(begins) > 0 { // an escaped backtick is somebody's own
		t.lines = regexp.MustCompile("(^|[^\\\\`])`(" + strings.Join(begins, "|") + ")([ `])")
		t.lines.Longest() // "cre customer add" is no "cre customer"
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
		return part[1] + "`/" + t.typed[part[2]] + part[3]
	}))
}
