package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// What a configuration file may hold at most. Aliases count as often as they
// are used, so a small file cannot become a large one.
const (
	maxBytes = 1 << 20
	maxNodes = 100_000
)

// document is a file after YAML was read and references were replaced: a tree
// without aliases, duplicates and merges.
type document struct {
	file     string
	getenv   func(string) (string, bool)
	written  map[*yaml.Node]string // values before references were replaced
	broken   map[*yaml.Node]bool   // values whose references could not be
	problems Problems
	nodes    int
}

// read returns the tree, nil when the text is empty or cannot be read.
func (d *document) read(path string, data []byte) *yaml.Node {
	d.written, d.broken = map[*yaml.Node]string{}, map[*yaml.Node]bool{}
	if len(data) > maxBytes {
		d.report(0, "", "is larger than %d bytes; is it a configuration file?", maxBytes)
		return nil
	}
	if i := bytes.IndexAny(data, shields); i >= 0 {
		d.report(1+bytes.Count(data[:i], []byte("\n")), "", "holds a character from Unicode's private-use area; take it out")
		return nil
	}
	decoder := yaml.NewDecoder(strings.NewReader(shield(string(data))))
	var root, second yaml.Node
	if err := decoder.Decode(&root); errors.Is(err, io.EOF) {
		return nil
	} else if err != nil {
		d.reportYAML(err)
		return nil
	}
	if err := decoder.Decode(&second); err == nil {
		d.report(second.Line, "", "holds a second document; keep one, without \"---\"")
	} else if !errors.Is(err, io.EOF) {
		d.reportYAML(err)
	}
	return d.grow(root.Content[0], path, nil)
}

func (d *document) report(line int, path, format string, args ...any) {
	d.problems = append(d.problems, Problem{File: d.file, Line: line, Path: path, Text: fmt.Sprintf(format, args...)})
}

var yamlError = regexp.MustCompile(`(?s)^yaml: (?:line (\d+): )?(.*)$`)

// reportYAML tells in whose words the complaint is, and where it is about.
func (d *document) reportYAML(err error) {
	line, text := 0, err.Error()
	if m := yamlError.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1])
		text = m[2]
	}
	d.report(line, "", "is not YAML: %s; look there and in the line before at indentation and colons, and quote values that begin with @ * & or %%", unshield.Replace(text))
}

// grow copies a node, replacing aliases by what they name and references by
// what they refer to. open holds the nodes that this one is inside of.
func (d *document) grow(n *yaml.Node, path string, open []*yaml.Node) *yaml.Node {
	line := n.Line
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	d.nodes++
	switch {
	case d.nodes == maxNodes:
		d.report(line, path, "makes the file too large: it holds more than %d values, aliases counted", maxNodes)
		fallthrough
	case d.nodes > maxNodes:
		return empty(line)
	case slices.Contains(open, n):
		d.report(line, path, "contains itself; write it out instead of using an alias")
		return empty(line)
	}
	fresh := &yaml.Node{Kind: n.Kind, Tag: n.Tag, Style: n.Style, Line: n.Line, Column: n.Column}
	open = append(open, n)
	switch n.Kind {
	case yaml.MappingNode:
		fresh.Content = d.growMapping(n, path, open)
	case yaml.SequenceNode:
		for i, child := range n.Content {
			fresh.Content = append(fresh.Content, d.grow(child, fmt.Sprintf("%s[%d]", path, i), open))
		}
	default:
		d.growScalar(fresh, unshield.Replace(n.Value), path)
	}
	return fresh
}

func empty(line int) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Line: line}
}

func (d *document) growMapping(n *yaml.Node, path string, open []*yaml.Node) []*yaml.Node {
	var content []*yaml.Node
	first := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		name := unshield.Replace(key.Value)
		at := joinPath(path, name)
		switch line := first[name]; {
		case key.Kind != yaml.ScalarNode || name == "":
			d.report(key.Line, path, "has a name that is not a plain word; write name: value")
		case key.Tag == "!!merge":
			d.report(key.Line, at, "is not understood here; write the settings out")
		case line > 0:
			d.report(key.Line, at, "is set twice, first on line %d; keep one", line)
		default:
			first[name] = key.Line
			label := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name, Line: key.Line, Column: key.Column}
			content = append(content, label, d.grow(n.Content[i+1], at, open))
		}
	}
	return content
}

func (d *document) growScalar(n *yaml.Node, text, path string) {
	value, complaints := d.replace(text)
	n.Value = value
	if value != text {
		d.written[n] = text
	}
	for _, c := range complaints {
		d.broken[n] = true
		d.report(n.Line, path, "%s", c)
	}
}
