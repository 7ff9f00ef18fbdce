package cre

import (
	"slices"
	"strings"
	"time"

	"cresset/bot/chat"
)

// A Member is somebody of the team that works on requests.
type Member struct {
	Duty
	Skills []string // components and kinds of requests
	Limit  int      // requests in work at once; 0: what holds for everybody
}

// Is reports whether one of the accounts is the member's.
func (m *Member) Is(accounts []chat.Person) bool {
	return slices.ContainsFunc(m.Accounts, func(a chat.Person) bool {
		return slices.ContainsFunc(accounts, func(b chat.Person) bool { return a.Key() == b.Key() })
	})
}

// Knows is the skill that the member has for a request, "" for none.
func (m *Member) Knows(component, kind string) string {
	for _, skill := range []string{component, kind} {
		if skill != "" && slices.ContainsFunc(m.Skills, func(s string) bool { return strings.EqualFold(s, skill) }) {
			return skill
		}
	}
	return ""
}

// Owns reports whether the customer is the member's.
func (m *Member) Owns(c *Customer) bool {
	return c != nil && m.Name != "" && strings.EqualFold(m.Name, strings.TrimPrefix(c.Owner, "@"))
}

// Member is who of the team has one of the accounts, nil for nobody.
func (s *Settings) Member(accounts []chat.Person) *Member {
	if i := slices.IndexFunc(s.Team, func(m Member) bool { return m.Is(accounts) }); i >= 0 {
		return &s.Team[i]
	}
	return nil
}

// LimitOf is how many requests the person behind the accounts may have in work at
// once, 0 for any number.
func (s *Settings) LimitOf(accounts []chat.Person) int {
	if m := s.Member(accounts); m != nil && m.Limit > 0 {
		return m.Limit
	}
	return s.Limit
}

// A Candidate is a member who could take a request, with what speaks for it.
type Candidate struct {
	Member *Member
	Knows  string // the skill
	Owns   bool   // the customer
	Work   int    // how many requests are in work
	Since  time.Time
}

// Best chooses who takes a request: by skill, then the customer's owner, then who has
// the least in work, then who took one longest ago, then the order of the team. It
// says why, and is nil without candidates.
func Best(all []Candidate) (best *Candidate, why string) {
	skilled := slices.DeleteFunc(slices.Clone(all), func(c Candidate) bool { return c.Knows == "" })
	if len(skilled) > 0 {
		all = skilled
	}
	for i := range all {
		if c := &all[i]; best == nil || c.before(best) {
			best = c
		}
	}
	if best == nil {
		return nil, ""
	}
	tied := slices.ContainsFunc(all, func(c Candidate) bool { return c.Member != best.Member && c.Work == best.Work })
	var reasons []string
	if best.Knows != "" {
		reasons = append(reasons, "knows "+best.Knows)
	}
	switch {
	case best.Owns:
		reasons = append(reasons, "owns the customer")
	case len(all) > 1 && !tied:
		reasons = append(reasons, "has the least in work")
	case len(all) > 1:
		reasons = append(reasons, "has waited longest for one")
	case best.Knows == "":
		reasons = append(reasons, "is the only one with room")
	}
	return best, strings.Join(reasons, " and ")
}

func (c *Candidate) before(d *Candidate) bool {
	switch {
	case c.Owns != d.Owns:
		return c.Owns
	case c.Work != d.Work:
		return c.Work < d.Work
	}
	return c.Since.Before(d.Since)
}
