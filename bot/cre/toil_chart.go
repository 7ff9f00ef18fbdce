package cre

import (
	"fmt"
	"strings"

	"cresset/bot/chat"
)

// mostBars is how many names of one dimension get a line of their own.
const mostBars = 3

// A ToilLine is one line of the ledger: a name, and what it is told apart by.
type ToilLine struct {
	By string // "department", "" for all of it
	Tally
}

// Lines are the ledger as it is shown: all of it, the weeks if there are several, and
// of each dimension in which something is known, the names with most minutes.
func (l *Ledger) Lines() []ToilLine {
	all := l.All
	all.Name = "all work"
	lines := []ToilLine{{Tally: all}}
	add := func(by string, tallies []Tally) {
		for _, t := range tallies {
			lines = append(lines, ToilLine{By: by, Tally: t})
		}
	}
	if len(l.Weeks) > 1 {
		add("week", l.Weeks)
	}
	for _, d := range Dimensions {
		if sums := l.By[d]; len(sums) > 1 || len(sums) == 1 && sums[0].Name != d.none() {
			add(string(d), Top(sums, mostBars))
		}
	}
	return lines
}

// Chart draws the lines against the limit.
func (l *Ledger) Chart(title string, limit float64) *chat.Chart {
	c := &chat.Chart{Title: title, Subtitle: fmt.Sprintf("%s of %s is toil, %s", WorkTime(l.All.Classes[ToilWork]), WorkTime(l.All.Minutes), l.verdict(limit)), Limit: limit}
	alt := fmt.Sprintf("%s of %s is toil, %s.", l.All.ToilWords(limit), WorkTime(l.All.Minutes), l.verdict(limit))
	group := ""
	for _, line := range l.Lines() {
		b := chat.Bar{Name: line.Name, Note: WorkTime(line.Minutes), Value: line.ToilWords(limit)}
		if line.Over(limit) && (line.By == "" || line.By == "week") { // the limit is of all work, not of one customer's
			b.Tone = chat.Danger
		}
		for _, class := range toilClasses {
			b.Parts = append(b.Parts, chat.Share{Label: string(class), Value: line.share(class)})
		}
		b.Parts[0].Tone = chat.Warning
		if line.By != "" {
			b.Group = "by " + line.By
			said := fmt.Sprintf("%s %s of %s", line.Name, b.Value, b.Note)
			if line.By != group {
				alt += fmt.Sprintf(" By %s: %s.", line.By, said)
			} else {
				alt = strings.TrimSuffix(alt, ".") + ", " + said + "."
			}
			group = line.By
		}
		c.Bars = append(c.Bars, b)
	}
	c.Alt = chat.Cut(alt, 1900)
	return c
}

func (l *Ledger) verdict(limit float64) string {
	if l.All.Over(limit) {
		return "over the limit of " + Percent(limit)
	}
	return "within the limit of " + Percent(limit)
}
