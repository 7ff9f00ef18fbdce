package cre

import (
	"errors"
	"testing"
	"time"
)

func TestMissing(t *testing.T) {
	bug := RequestKind{Name: "bug", Facts: []Fact{{Name: "customer", Required: true}, {Name: "environment", Required: true},
		{Name: "version", Required: true}, {Name: "browser"}, {Name: "due", Required: true}}}
	r := &Request{Customer: "acme"}
	names := func() (all []string) {
		for _, f := range r.Missing(bug) {
			all = append(all, f.Name)
		}
		return all
	}
	if got := names(); len(got) != 3 || got[0] != "environment" || got[1] != "version" || got[2] != "due" {
		t.Errorf("missing %v", got)
	}
	r.Environment, r.Facts, r.Due = "production", map[string]string{"version": "2.4.1"}, time.Unix(1, 0)
	if got := names(); len(got) != 0 {
		t.Errorf("missing %v of what is complete", got)
	}
	s := &Settings{Kinds: []RequestKind{bug}}
	if got := s.RequestKind("").Facts; len(got) != 1 || got[0].Name != "customer" {
		t.Errorf("of no kind: %v", got)
	}
	if name, err := s.CheckKind(" BUG "); name != "bug" || err != nil {
		t.Errorf("%q, %v", name, err)
	}
	_, err := s.CheckKind("bgu")
	var refused *Error
	if !errors.As(err, &refused) || refused.Kind != Invalid || refused.Text != "There is no kind of request bgu. Choose one of `bug`." {
		t.Errorf("no kind: %v", err)
	}
}

func TestOwnFact(t *testing.T) {
	s := &Settings{Kinds: []RequestKind{{Name: "bug", Facts: []Fact{{Name: "component"}, {Name: "plan", Choices: []string{"Small", "Large"}}}}}}
	if _, own := s.OwnFact("component"); own {
		t.Error("component is a fact that every request has")
	}
	plan, own := s.OwnFact("plan")
	if value, err := plan.Check("small"); !own || value != "Small" || err != nil {
		t.Errorf("%v, %q, %v", own, value, err)
	}
	if _, err := plan.Check("medium"); !Is(err, Invalid) {
		t.Errorf("no choice of it: %v", err)
	}
}

func TestPass(t *testing.T) {
	r := &Request{Status: OnCustomer, Created: noon, Taken: noon.Add(time.Hour)} // from before hands were noted
	r.Pass(OnUs, noon.Add(2*time.Hour))
	r.Pass(OnUs, noon.Add(3*time.Hour))
	want := []Hand{{noon, New}, {noon.Add(time.Hour), OnCustomer}, {noon.Add(2 * time.Hour), OnUs}}
	if len(r.Hands) != len(want) {
		t.Fatalf("hands %v", r.Hands)
	}
	for i := range want {
		if r.Hands[i] != want[i] {
			t.Errorf("hand %d: %v, want %v", i, r.Hands[i], want[i])
		}
	}
}
