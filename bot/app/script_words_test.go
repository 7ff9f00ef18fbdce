package app

import (
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cresset/bot/chat"
)

// linesOf is a message as the scripts write it.
func linesOf(m chat.Message) []string {
	var lines []string
	add := func(l ...string) { lines = append(lines, l...) }
	if m.Title != "" {
		add("= " + m.Title)
	}
	if m.Text != "" {
		add(strings.Split(m.Text.Markdown(), "\n")...)
	}
	var facts []string
	for _, f := range m.Fields {
		facts = append(facts, f.Label+": "+unmarked(f.Value.Markdown()))
	}
	if len(facts) > 0 {
		add(strings.Join(facts, " · "))
	}
	if m.Table != nil {
		add(strings.Join(m.Table.Columns, " | "))
		for _, row := range m.Table.Rows {
			var cells []string
			for _, c := range row {
				cells = append(cells, c.String())
			}
			add(strings.Join(cells, " | "))
		}
	}
	if m.Chart != nil {
		add("(picture) " + m.Chart.Alt)
	}
	if len(m.Buttons) > 0 {
		var labels []string
		for _, b := range m.Buttons {
			labels = append(labels, "["+b.Label+"]")
		}
		add(strings.Join(labels, " "))
	}
	if len(m.Menus) > 0 {
		var labels []string
		for _, menu := range m.Menus {
			labels = append(labels, "{"+menu.Label+"}")
		}
		add(strings.Join(labels, " "))
	}
	if m.Footer != "" {
		add("~ " + unmarked(m.Footer.Markdown()))
	}
	for i, l := range lines {
		lines[i] = address.ReplaceAllString(strings.TrimRight(l, " "), "](link)")
	}
	return lines
}

// address is where a link of the platform leads, which differs by platform.
var address = regexp.MustCompile(`\]\(https?://[^)]*/(archives|channels|C\d+)[^)]*\)`)

// unmarked drops formatting, which not every platform has everywhere.
func unmarked(s string) string { return strings.NewReplacer("*", "", "_", "", "`", "").Replace(s) }

func sortPlaces(places []placeSeen) {
	slices.SortStableFunc(places, func(a, b placeSeen) int { return strings.Compare(a.name, b.name) })
}

// testLog keeps the log with the test.
func testLog(t testing.TB) *slog.Logger { return slog.New(slog.NewTextHandler(t.Output(), nil)) }
