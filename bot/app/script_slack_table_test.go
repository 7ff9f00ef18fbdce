package app

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var rowName = regexp.MustCompile(`^\*\*([^*]+)\*\*$`)

// tabled finds the rows of a table that is too wide for a phone, and writes them
// as the scripts have tables. Its first column has no name there: what the rows of
// such a table are is told by their first fact.
func tabled(lines []string) []string {
	var rows []string
	for i := 0; i < len(lines); i++ {
		name := rowName.FindStringSubmatch(lines[i])
		if name == nil || i+1 == len(lines) || !strings.Contains(lines[i+1], " · ") {
			return lines
		}
		columns, cells := []string{"SLO"}, []string{name[1]}
		if strings.HasPrefix(lines[i+1], "Filed: ") {
			columns[0] = "Department"
		}
		for fact := range strings.SplitSeq(lines[i+1], " · ") {
			column, cell, named := strings.Cut(fact, ": ")
			if !named {
				return lines
			}
			columns, cells = append(columns, column), append(cells, cell)
		}
		head := strings.Join(columns, " | ")
		if len(rows) == 0 {
			rows = []string{head}
		}
		if rows[0] != head {
			return lines
		}
		rows = append(rows, strings.Join(cells, " | "))
		if i += 2; i < len(lines) && lines[i] != "" {
			return lines
		}
	}
	return rows
}

func TestTabled(t *testing.T) {
	for _, c := range []struct{ lines, want []string }{
		{[]string{"**a**", "One: 1 · Two: 2", "", "**b**", "One: 3 · Two: 4"}, []string{"SLO | One | Two", "a | 1 | 2", "b | 3 | 4"}},
		{[]string{"**a**", "One: 1 · Two: 2", "", "**b**", "One: 3"}, nil},
		{[]string{"**a**", "One: 1 · Two: 2", "", "**b**", "One: 3 · Three: 4"}, nil},
		{[]string{"**a**", "One: 1 · Two: 2", "and more"}, nil},
		{[]string{"**a** b"}, nil},
	} {
		if c.want == nil {
			c.want = c.lines
		}
		if got := tabled(c.lines); !slices.Equal(got, c.want) {
			t.Errorf("%q: got %q, want %q", c.lines, got, c.want)
		}
	}
}
