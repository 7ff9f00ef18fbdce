package slack

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"cresset/bot/chat"
)

const (
	widestColumn = 40
	widestTable  = 60 // a phone shows about half of that
	longestTable = 3000
)

// table is aligned columns, or, where those are wide, for each row its name and
// under it everything else with the names of the columns.
func table(t chat.Table) []slack.Block {
	text := tableText(t)
	for line := range strings.SplitSeq(text, "\n") {
		if utf8.RuneCountInString(line) > widestTable && len(t.Columns) > 1 {
			return richText(listed(t), 2*longestTable) // listed leaves out what is too long
		}
	}
	return []slack.Block{preformatted(text)}
}

// listed is a wide table as text, row after row, as far as there is room.
func listed(t chat.Table) chat.Text {
	var rows []chat.Text
	total := 0
	for n, r := range t.Rows {
		row := listedRow(t.Columns, r)
		if total += utf8.RuneCountInString(row.String()); total > longestTable {
			rows = append(rows, chat.Textf("_… %d more rows_", len(t.Rows)-n))
			break
		}
		rows = append(rows, row)
	}
	return chat.Join(rows, "\n\n")
}

func listedRow(columns []string, cells []chat.Text) chat.Text {
	called := "–"
	var facts []chat.Text
	for i, c := range cells {
		value := oneLine(c)
		switch {
		case value == "" || i >= len(columns):
		case i == 0:
			called = value
		default:
			facts = append(facts, chat.Textf("%s: %s", columns[i], value))
		}
	}
	return chat.Textf("**%s**\n", called) + chat.Join(facts, " · ")
}

// inWords is a row without the names of its columns.
func inWords(cells []chat.Text) string {
	var words []string
	for _, c := range cells {
		if value := oneLine(c); value != "" {
			words = append(words, value)
		}
	}
	return strings.Join(words, " · ")
}

func oneLine(cell chat.Text) string {
	return chat.Cut(strings.TrimSpace(strings.ReplaceAll(chat.Clean(cell.String()), "\n", " ")), widestColumn)
}

// tableText is a table in aligned columns, as far as there is room.
func tableText(t chat.Table) string {
	rows := [][]string{slices.Clone(t.Columns)}
	for _, r := range t.Rows {
		var cells []string
		for _, c := range r {
			cells = append(cells, oneLine(c))
		}
		rows = append(rows, cells)
	}
	widths := map[int]int{}
	for _, r := range rows {
		for i := range r {
			r[i] = chat.Cut(r[i], widestColumn)
			widths[i] = max(widths[i], utf8.RuneCountInString(r[i]))
		}
	}
	var b strings.Builder
	for n, r := range rows {
		line := aligned(r, widths)
		if utf8.RuneCountInString(b.String()+line) > longestTable {
			fmt.Fprintf(&b, "… %d more rows\n", len(rows)-n)
			break
		}
		b.WriteString(line)
	}
	return cmp.Or(strings.TrimRight(b.String(), "\n"), "–")
}

func aligned(cells []string, widths map[int]int) string {
	var b strings.Builder
	for i, c := range cells {
		b.WriteString(c)
		if i < len(cells)-1 {
			b.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c)+2))
		}
	}
	return strings.TrimRight(b.String(), " ") + "\n"
}

func preformatted(s string) slack.Block {
	return slack.NewRichTextBlock("", &slack.RichTextPreformatted{Type: slack.RTEPreformatted,
		Elements: []slack.RichTextSectionElement{textElement(s, nil)}})
}
