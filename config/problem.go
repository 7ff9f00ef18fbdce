package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong in a file.
type Problem struct {
	File string
	Line int    // from 1; 0 when it is about no line
	Path string // such as "slos[0].probe.url"; "" when it is about the whole file
	Text string // continues the path: "is missing"
}

// String returns the sentence: "cresset.yaml:14: integrations.slack.app_token is missing".
func (p Problem) String() string {
	where := p.File
	if p.Line > 0 {
		where = fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	if p.Path == "" {
		return where + ": " + p.Text
	}
	return where + ": " + p.Path + " " + p.Text
}

// Problems is everything that is wrong, as an error with one line each.
type Problems []Problem

// Error returns a line for each problem.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Join puts problems into the order of their lines. Of several about the same
// path and line it keeps the first: the value that could not be read, not the
// one that is therefore missing.
func Join(lists ...Problems) Problems {
	type place struct {
		file string
		line int
		path string
	}
	seen := map[place]bool{}
	var all Problems
	for _, p := range slices.Concat(lists...) {
		at := place{p.File, p.Line, p.Path}
		if !seen[at] {
			seen[at] = true
			all = append(all, p)
		}
	}
	slices.SortStableFunc(all, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return all
}
