package discord

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"cresset/bot/chat"
)

const (
	widestColumn = 40
	widestTable  = 60 // a phone shows about half of that
)

// table is aligned columns, or, where those are wide, for each row its name and
// under it everything else with the names of the columns.
func (w *writer) table(t chat.Table, n int) string {
	text := aligned(t, n-8)
	for line := range strings.SplitSeq(text, "\n") {
		if utf8.RuneCountInString(line) > widestTable && len(t.Columns) > 1 {
			return w.listed(t, n)
		}
	}
	return "```\n" + text + "\n```"
}

// listed is a wide table as text, row after row, as far as there is room.
func (w *writer) listed(t chat.Table, n int) string {
	var b strings.Builder
	for i, r := range t.Rows {
		row, _ := w.text(listedRow(t.Columns, r), n)
		if length(b.String()+row) > n-remarkRoom {
			fmt.Fprintf(&b, "_… %d more rows_", len(t.Rows)-i)
			break
		}
		b.WriteString(row + "\n\n")
	}
	return cmp.Or(strings.TrimSpace(b.String()), "–")
}

func listedRow(columns []string, cells []chat.Text) chat.Text {
	called := "–"
	var facts []chat.Text
	for i, c := range cells {
		value := oneLineOf(c.String(), widestColumn)
		switch {
		case value == "" || i >= len(columns):
		case i == 0:
			called = value
		default:
			facts = append(facts, chat.Textf("%s: %s", oneLineOf(columns[i], widestColumn), value))
		}
	}
	return chat.Textf("**%s**\n", called) + chat.Join(facts, " · ")
}

// aligned is a table in columns, as far as there is room.
func aligned(t chat.Table, n int) string {
	rows := [][]string{cellsOf(t.Columns)}
	for _, r := range t.Rows {
		cells := make([]string, len(r))
		for i, c := range r {
			cells[i] = c.String()
		}
		rows = append(rows, cellsOf(cells))
	}
	widths := map[int]int{}
	for _, r := range rows {
		for i, c := range r {
			widths[i] = max(widths[i], utf8.RuneCountInString(c))
		}
	}
	var b strings.Builder
	for i, r := range rows {
		line := alignedRow(r, widths)
		if length(b.String()+line) > n-remarkRoom {
			fmt.Fprintf(&b, "… %d more rows", len(rows)-i)
			break
		}
		b.WriteString(line)
	}
	return cmp.Or(strings.TrimRight(b.String(), "\n"), "–")
}

func cellsOf(cells []string) []string {
	all := make([]string, len(cells))
	for i, c := range cells {
		all[i] = code1(oneLineOf(c, widestColumn))
	}
	return all
}

func alignedRow(cells []string, widths map[int]int) string {
	var b strings.Builder
	for i, c := range cells {
		b.WriteString(c)
		if i < len(cells)-1 {
			b.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c)+2))
		}
	}
	return strings.TrimRight(b.String(), " ") + "\n"
}

// oneLineOf is at most n characters of s on one line.
func oneLineOf(s string, n int) string {
	return chat.Cut(strings.Join(strings.Fields(chat.Clean(s)), " "), n)
}
