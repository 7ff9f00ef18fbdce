package cre

import (
	"slices"
	"strings"
)

// A Completeness is how many of a department's requests told what they had to.
type Completeness struct {
	Department string // "" of those who are in none
	AtFiling   int    // told all of it when they were filed
	AfterAsk   int    // told the rest once they were asked
	Never      int    // lack something to this day
}

// CompletenessOf counts requests by department, in the order of their names.
func CompletenessOf(requests []Request) []Completeness {
	var all []Completeness
	for _, r := range requests {
		i, found := slices.BinarySearchFunc(all, r.Department, func(c Completeness, name string) int { return strings.Compare(c.Department, name) })
		if !found {
			all = slices.Insert(all, i, Completeness{Department: r.Department})
		}
		switch lacks := func(fact string) bool { return !r.Tells(fact) }; {
		case len(r.Lacked) == 0:
			all[i].AtFiling++
		case slices.ContainsFunc(r.Lacked, lacks):
			all[i].Never++
		default:
			all[i].AfterAsk++
		}
	}
	return all
}
