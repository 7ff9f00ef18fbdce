package cre

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Fewest is of how many there is a share. Fewer are counted.
const Fewest = 5

// ShareWords say a part of something: with a share where there are enough of them.
func ShareWords(part, of int) string {
	if of < Fewest {
		return fmt.Sprintf("%d of %d", part, of)
	}
	return fmt.Sprintf("%s (%d of %d)", Percent(float64(part)/float64(of)), part, of)
}

// A DepartmentWeek is what became of what a department asked for within some days.
// What was imported happened elsewhere, and does not count.
type DepartmentWeek struct {
	Department string // "" of those who are in none
	Filed      int
	Done       int
	Answered   Median // business time until the first response, of what was filed
	Finished   Median // business time from filing until done, of what was done
	Complete   Completeness
	Satisfied  Satisfaction // of what ended
}

// A Median is the middle one of some times, of two in the middle the shorter.
type Median struct {
	Of int
	Is time.Duration
}

func medianOf(all []time.Duration) Median {
	if len(all) == 0 {
		return Median{}
	}
	slices.Sort(all)
	return Median{len(all), all[(len(all)-1)/2]}
}

// Words say it with its base, "" where there is none.
func (m Median) Words() string {
	if m.Of == 0 {
		return ""
	}
	return fmt.Sprintf("%s (of %d)", WorkTime(int(m.Is.Round(time.Minute)/time.Minute)), m.Of)
}

// Weeks sums up by department, in the order of their names, what was filed and what
// ended within some days.
func (s *Settings) Weeks(filed, ended []*Request) []DepartmentWeek {
	sums := map[string]*DepartmentWeek{}
	of := func(r *Request) *DepartmentWeek {
		if sums[r.Department] == nil {
			sums[r.Department] = &DepartmentWeek{Department: r.Department}
		}
		return sums[r.Department]
	}
	answered, finished := map[string][]time.Duration{}, map[string][]time.Duration{}
	var asked []Request
	for _, r := range filed {
		of(r).Filed++
		asked = append(asked, *r)
		if !r.Answered.IsZero() {
			answered[r.Department] = append(answered[r.Department], s.Hours.Between(r.Created, r.Answered))
		}
	}
	for _, r := range slices.Backward(ended) { // ratings are added the latest first
		w := of(r)
		if r.Status == Done {
			w.Done++
			finished[r.Department] = append(finished[r.Department], s.Hours.Between(r.Created, r.Ended))
		}
		if r.Rating != nil {
			w.Satisfied.Add(r.Rating)
		}
	}
	for _, c := range CompletenessOf(asked) {
		sums[c.Department].Complete = c
	}
	var all []DepartmentWeek
	for name, w := range sums {
		w.Answered, w.Finished = medianOf(answered[name]), medianOf(finished[name])
		all = append(all, *w)
	}
	slices.SortFunc(all, func(a, b DepartmentWeek) int { return strings.Compare(a.Department, b.Department) })
	return all
}

// Words say how many told all that they had to: "7 of 9 at filing, 1 when asked, 1 not yet".
func (c Completeness) Words() string {
	all := c.AtFiling + c.AfterAsk + c.Never
	if all == 0 {
		return ""
	}
	words := ShareWords(c.AtFiling, all) + " at filing"
	if c.AfterAsk > 0 {
		words += fmt.Sprintf(", %d when asked", c.AfterAsk)
	}
	if c.Never > 0 {
		words += fmt.Sprintf(", %d not yet", c.Never)
	}
	return words
}

// Words say how much of the work was toil: a share where it was done often enough.
func (t *Tally) Words() string {
	if t.Times < Fewest {
		return fmt.Sprintf("%s of %s", WorkTime(t.Classes[ToilWork]), WorkTime(t.Minutes))
	}
	return fmt.Sprintf("%s of %s", Percent(t.Toil()), WorkTime(t.Minutes))
}

// mostCompared is how many requests are compared with each other.
const mostCompared = 1000

// Repeats are groups of requests that ask for much the same, the largest first: each
// shares half of the words of its title, and two at least, with the first of its
// group. One that stands alone is none. Of more than a thousand the first are compared.
func Repeats(requests []*Request) [][]*Request {
	var groups [][]*Request
	var words [][]string // of the first of each
	for _, r := range requests[:min(len(requests), mostCompared)] {
		terms := Terms(r.Title, "")
		i := slices.IndexFunc(words, func(first []string) bool { return shareHalf(first, terms) })
		if i < 0 {
			i, groups, words = len(groups), append(groups, nil), append(words, terms)
		}
		groups[i] = append(groups[i], r)
	}
	groups = slices.DeleteFunc(groups, func(g []*Request) bool { return len(g) < 2 })
	slices.SortStableFunc(groups, func(a, b []*Request) int { return cmp.Compare(len(b), len(a)) })
	return groups
}

// shareHalf reports whether both have half of the words of the longer one, and two of
// them, or all where there is but one.
func shareHalf(a, b []string) bool {
	both := 0
	for _, w := range a {
		if slices.Contains(b, w) {
			both++
		}
	}
	longer := max(len(a), len(b))
	return longer > 0 && both >= min(2, longer) && 2*both >= longer
}
