package cre

import (
	"testing"
	"time"

	"cresset/bot/chat"
)

func TestBest(t *testing.T) {
	names := map[string]*Member{}
	for _, name := range []string{"ada", "bob", "eve"} {
		names[name] = &Member{Duty: Duty{Name: name}}
	}
	one := func(name, knows string, owns bool, work, days int) Candidate {
		return Candidate{names[name], knows, owns, work, noon.AddDate(0, 0, -days)}
	}
	for _, c := range []struct {
		name      string
		all       []Candidate
		best, why string
	}{
		{"nobody", nil, "", ""},
		{"the only one", []Candidate{one("ada", "", false, 3, 1)}, "ada", "is the only one with room"},
		{"skill before the owner", []Candidate{one("ada", "", true, 0, 9), one("bob", "checkout", false, 4, 1)}, "bob", "knows checkout"},
		{"the owner among the skilled", []Candidate{one("ada", "checkout", false, 0, 9), one("bob", "checkout", true, 4, 1)}, "bob", "knows checkout and owns the customer"},
		{"the owner, whatever is in work", []Candidate{one("ada", "", false, 0, 9), one("eve", "", true, 4, 1)}, "eve", "owns the customer"},
		{"the least in work", []Candidate{one("ada", "", false, 2, 9), one("bob", "", false, 1, 1), one("eve", "", false, 3, 9)}, "bob", "has the least in work"},
		{"longest without", []Candidate{one("ada", "", false, 1, 1), one("bob", "", false, 1, 2), one("eve", "", false, 2, 9)}, "bob", "has waited longest for one"},
		{"the order of the team", []Candidate{one("bob", "", false, 1, 1), one("ada", "", false, 1, 1)}, "bob", "has waited longest for one"},
	} {
		best, why := Best(c.all)
		got := ""
		if best != nil {
			got = best.Member.Name
		}
		if got != c.best || why != c.why {
			t.Errorf("%s: %q, who %q; want %q, who %q", c.name, got, why, c.best, c.why)
		}
	}
}

func TestMembers(t *testing.T) {
	s := &Settings{Limit: 5, Team: []Member{
		{Duty: Duty{Name: "ada", Accounts: []chat.Person{{Platform: "slack", ID: "U1"}}}, Skills: []string{"Checkout", "access"}, Limit: 2},
		{Duty: Duty{Accounts: []chat.Person{{Platform: "slack", ID: "U2"}}}},
	}}
	first, second, none := []chat.Person{{Platform: "discord", ID: "7"}, {Platform: "slack", ID: "U1"}}, []chat.Person{{Platform: "slack", ID: "U2"}}, []chat.Person{{Platform: "slack", ID: "U3"}}
	if a, b, c := s.LimitOf(first), s.LimitOf(second), s.LimitOf(none); a != 2 || b != 5 || c != 5 {
		t.Errorf("limits %d, %d, %d, want 2, 5, 5", a, b, c)
	}
	if m := s.Member(none); m != nil {
		t.Errorf("a stranger is %+v", m)
	}
	m := s.Member(first)
	if a, b, c := m.Knows("checkout", "bug"), m.Knows("login", "access"), m.Knows("", ""); a != "checkout" || b != "access" || c != "" {
		t.Errorf("knows %q, %q, %q", a, b, c)
	}
	if !m.Owns(&Customer{Owner: "@ada"}) || m.Owns(&Customer{}) || m.Owns(nil) || s.Team[1].Owns(&Customer{}) {
		t.Error("whose customers they are")
	}
}

func TestEffort(t *testing.T) {
	for word, want := range map[string]string{"16h": "16h", "90m": "1h30m", "45m": "45m", "3d": "24h", "1W": "40h", " 0.5d ": "4h"} {
		var e Effort
		if err := e.UnmarshalText([]byte(word)); err != nil || e.String() != want {
			t.Errorf("%q is %q (%v), want %q", word, e.String(), err, want)
		}
	}
	for _, word := range []string{"", "soon", "16", "-3h", "0h", "9999d", "d", "NaNd"} {
		e := Effort(time.Hour)
		if err := e.UnmarshalText([]byte(word)); !Is(err, Invalid) || e != Effort(time.Hour) {
			t.Errorf("%q is read: %v", word, err)
		}
	}
}
