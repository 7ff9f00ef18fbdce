package cre

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Handoff are the rules of handing off.
type Handoff struct {
	// Names says that a customer's name may stand in an issue. Customers that named
	// people see alone are named nowhere.
	Names bool
	To    map[string]string // the tracker of a component
}

// TooLong reports whether a request that takes so much work is for a product team.
func (s *Settings) TooLong(estimate time.Duration) bool {
	return s.HandoffAt > 0 && estimate > s.HandoffAt
}

// TrackerOf is the tracker that a request about the component goes to, "" where
// somebody has to say.
func (s *Settings) TrackerOf(component string) string {
	for of, tracker := range s.Handoff.To {
		if component != "" && strings.EqualFold(of, component) {
			return tracker
		}
	}
	if len(s.Trackers) == 1 {
		return s.Trackers[0]
	}
	return ""
}

// IssueFor is what a product team reads of the request: the summary, what is known,
// and a link back. customers are all that there are; who asked is not told.
func (s *Settings) IssueFor(r *Request, summary, link string, customers []Customer) Issue {
	i := slices.IndexFunc(customers, func(c Customer) bool { return c.Key == r.Customer && r.Customer != "" })
	var facts []string
	add := func(label, value string) {
		if value != "" {
			facts = append(facts, label+": "+value)
		}
	}
	if i >= 0 {
		who := "one of tier " + cmp.Or(customers[i].Tier, "standard")
		if s.Handoff.Names {
			who = fmt.Sprintf("%s, tier %s", cmp.Or(customers[i].Name, r.Customer), cmp.Or(customers[i].Tier, "standard"))
		}
		add("Customer", who)
	}
	add("Kind", r.Kind)
	add("Component", r.Component)
	add("Environment", r.Environment)
	add("Impact", string(r.Impact))
	if !r.Due.IsZero() {
		add("Wanted by", r.Due.In(s.Zone).Format("Mon 2 Jan 2006"))
	}
	for _, name := range slices.Sorted(maps.Keys(r.Facts)) {
		add(strings.ToUpper(name[:1])+name[1:], r.Facts[name])
	}
	first, rest, _ := strings.Cut(strings.TrimSpace(summary), "\n")
	parts := []string{strings.TrimSpace(rest), strings.Join(facts, "\n"), "As it was asked: " + r.Title, r.Detail,
		strings.TrimSpace("Handed off by the CRE team as " + r.ID + ". " + link)}
	parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	unnamed := customers
	if s.Handoff.Names {
		unnamed = slices.DeleteFunc(slices.Clone(customers), func(c Customer) bool { return len(c.SeenBy) == 0 })
	}
	return Issue{Title: Unnamed(first, unnamed), Body: Unnamed(strings.Join(parts, "\n\n"), unnamed)}
}

// legal are the forms of companies that people leave out when they name one.
var legal = regexp.MustCompile(`(?i)[ ,]+(gmbh|ag|kg|se|sa|bv|oy|ab|inc|ltd|llc|plc|corp|corporation|company|co|group|limited)\.?$`)

// Unnamed is a text in which "[customer]" stands for the keys, names, mail domains and
// contacts of customers, in any case, unless a letter or a digit goes on with it.
func Unnamed(text string, customers []Customer) string {
	var names []string
	for _, c := range customers {
		names = append(names, c.Key, c.Name, legal.ReplaceAllString(c.Name, ""))
		names = append(append(names, c.Domains...), c.Contacts...)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(len(b), len(a)) }) // acme.com before acme
	for _, name := range slices.Compact(names) {
		if name = strings.TrimSpace(name); name != "" {
			text = withoutName(text, name)
		}
	}
	return text
}

func withoutName(text, name string) string {
	var b strings.Builder
	from := 0
	for _, at := range regexp.MustCompile(`(?i)`+regexp.QuoteMeta(name)).FindAllStringIndex(text, -1) {
		before, _ := utf8.DecodeLastRuneInString(text[:at[0]])
		after, _ := utf8.DecodeRuneInString(text[at[1]:])
		if goesOn(before) || goesOn(after) {
			continue
		}
		b.WriteString(text[from:at[0]] + "[customer]")
		from = at[1]
	}
	return b.String() + text[from:]
}

// goesOn is narrower than [inWord]: acme-prod tells of acme.
func goesOn(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }
