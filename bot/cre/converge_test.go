package cre

import (
	"slices"
	"testing"
	"time"
)

func TestConverging(t *testing.T) {
	rule := Converge{Requests: 3, Customers: 2, Within: 4 * time.Hour}
	req := func(n uint64, customer, component, version string) *Request {
		r := &Request{Number: n, ID: "R-" + string(rune('0'+n)), Customer: customer, Component: component}
		if version != "" {
			r.Facts = map[string]string{"version": version}
		}
		return r
	}
	words := func(said map[string][]string) func(*Request) []string {
		return func(r *Request) []string { return said[r.ID] }
	}
	for name, c := range map[string]struct {
		all   []*Request // the last is the new one
		said  map[string][]string
		want  []string
		about []string
	}{
		"one component": {[]*Request{req(2, "globex", "api", ""), req(1, "acme", "api", ""), req(3, "acme", "api", "")}, nil,
			[]string{"R-1", "R-2", "R-3"}, []string{"api"}},
		"one version goes before the component": {[]*Request{req(1, "acme", "api", "2.4"), req(2, "globex", "web", "2.4"), req(4, "globex", "api", "2.3"), req(3, "acme", "api", "2.4")}, nil,
			[]string{"R-1", "R-2", "R-3"}, []string{"version 2.4"}},
		"words, and of them what all say": {[]*Request{req(1, "acme", "", ""), req(2, "globex", "", ""), req(3, "acme", "", "")},
			map[string][]string{"R-1": {"login", "slow"}, "R-2": {"login"}}, []string{"R-1", "R-2", "R-3"}, []string{"login"}},
		"one customer":    {[]*Request{req(1, "acme", "api", ""), req(2, "acme", "api", ""), req(3, "acme", "api", "")}, nil, nil, nil},
		"no customer":     {[]*Request{req(1, "acme", "api", ""), req(2, "", "api", ""), req(3, "acme", "api", "")}, nil, nil, nil},
		"too few":         {[]*Request{req(1, "acme", "api", ""), req(2, "globex", "web", ""), req(3, "globex", "api", "")}, nil, nil, nil},
		"nothing is said": {[]*Request{req(1, "acme", "", ""), req(2, "globex", "", ""), req(3, "globex", "", "")}, nil, nil, nil},
	} {
		got := rule.Converging(c.all[len(c.all)-1], c.all, words(c.said))
		if got == nil {
			if c.want != nil {
				t.Errorf("%s: nothing converges, want %v", name, c.want)
			}
			continue
		}
		var ids []string
		for _, r := range got.Requests {
			ids = append(ids, r.ID)
		}
		if !slices.Equal(ids, c.want) || !slices.Equal(got.About, c.about) {
			t.Errorf("%s: %v about %v, want %v about %v", name, ids, got.About, c.want, c.about)
		}
	}
}
