package config

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Section is a part of a configuration file that knows where it stands. The
// zero Section is an empty one of no file.
type Section struct {
	node *yaml.Node // nil when the file has no such part
	doc  *document
	path string
	name string // the last word of the path
	line int    // of the name, or of the entry in a list
}

// NewSection reads a text that is a section by itself, standing at a path such
// as "integrations.slack". It is how the tests of an integration make theirs.
// The problems are those of reading; the Section can be decoded all the same.
func NewSection(file, path string, data []byte, getenv func(string) (string, bool)) (Section, Problems) {
	doc := &document{file: file, getenv: getenv}
	node := doc.read(path, data)
	name := path[strings.LastIndex(path, ".")+1:]
	return Section{node: node, doc: doc, path: path, name: name, line: 1}, Join(doc.problems)
}

// Path says where the section stands in its file, such as "integrations.slack".
func (s Section) Path() string { return s.path }

// Line says on which line of its file the section begins.
func (s Section) Line() int { return s.line }

// Empty says that nothing is written there: no section, no value, or an empty
// text. `console:` and `console: {}` decode alike, but only the first is Empty.
func (s Section) Empty() bool {
	return s.node == nil || s.node.Kind == yaml.ScalarNode && (s.node.Tag == "!!null" || s.node.Value == "")
}

// Has says that the section sets a name, even to a value that could not be read.
func (s Section) Has(name string) bool {
	child := s.child(name)
	return !child.Empty() || child.broken()
}

// Each returns the entries of a list. A section that is no list is its own
// only entry, so that a list of one may be written without dashes.
func (s Section) Each() []Section {
	if s.node == nil || s.node.Kind != yaml.SequenceNode {
		return []Section{s}
	}
	all := make([]Section, len(s.node.Content))
	for i := range all {
		all[i] = s.entry(i)
	}
	return all
}

// entry returns one entry of a list.
func (s Section) entry(i int) Section {
	n := s.node.Content[i]
	return Section{node: n, doc: s.doc, path: fmt.Sprintf("%s[%d]", s.path, i), name: s.name, line: n.Line}
}

// Problem reports something wrong at a path below the section, such as
// "probe.url", or at the section itself when path is "". The text continues
// the path: "is missing". The line is that of the path, or of the nearest part
// of it that the file has.
func (s Section) Problem(path, format string, args ...any) Problem {
	at := s.find(path)
	p := Problem{Line: at.line, Path: joinPath(s.path, path), Text: fmt.Sprintf(format, args...)}
	if s.doc != nil {
		p.File = s.doc.file
	}
	return p
}

// Written returns the value at a path below the section, or at the section
// itself when path is "", as it stands in the file: with its references, and
// cut when it is long. It may be repeated in a problem.
func (s Section) Written(path string) string {
	at := s.find(path)
	if at.node == nil {
		return ""
	}
	text := at.node.Value
	if w, ok := at.doc.written[at.node]; ok {
		text = w
	}
	if r := []rune(text); len(r) > 40 {
		text = string(r[:40]) + "…"
	}
	return text
}

// find goes down a path as far as the file does.
func (s Section) find(path string) Section {
	if index, rest, ok := strings.Cut(strings.TrimPrefix(path, "["), "]"); ok && path[0] == '[' {
		i, err := strconv.Atoi(index)
		if err != nil || s.node == nil || s.node.Kind != yaml.SequenceNode || i < 0 || i >= len(s.node.Content) {
			return s
		}
		return s.entry(i).find(strings.TrimPrefix(rest, "."))
	}
	for _, entry := range s.names() {
		rest, ok := strings.CutPrefix(path, entry.name)
		if ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return entry.find(strings.TrimPrefix(rest, "."))
		}
	}
	return s
}

// names returns what a mapping sets, in the order of the file.
func (s Section) names() []Section {
	if s.node == nil || s.node.Kind != yaml.MappingNode {
		return nil
	}
	all := make([]Section, 0, len(s.node.Content)/2)
	for i := 0; i < len(s.node.Content); i += 2 {
		key, value := s.node.Content[i], s.node.Content[i+1]
		line := key.Line
		if value.Kind == yaml.ScalarNode && value.Tag != "!!null" {
			line = value.Line
		}
		all = append(all, Section{node: value, doc: s.doc, path: joinPath(s.path, key.Value), name: key.Value, line: line})
	}
	return all
}

// child returns what a mapping sets for a name, without a node when nothing.
func (s Section) child(name string) Section {
	for _, entry := range s.names() {
		if entry.name == name {
			return entry
		}
	}
	return Section{doc: s.doc, path: joinPath(s.path, name), name: name, line: s.line}
}

// broken says that a reference in the value could not be replaced, which has
// been reported.
func (s Section) broken() bool { return s.doc != nil && s.doc.broken[s.node] }

func joinPath(parent, path string) string {
	if parent == "" || path == "" || path[0] == '[' {
		return parent + path
	}
	return parent + "." + path
}
