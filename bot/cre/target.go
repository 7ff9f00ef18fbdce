package cre

import (
	"cmp"
	"time"
)

// Targets are what a request is promised, in business time. A zero one is no
// promise.
type Targets struct {
	FirstResponse, NextResponse, Resolution time.Duration
	WarnAt                                  float64 // share of a target that is used up when its clock is warned of
}

// A Group is the requests of one tier and one kind. An empty one of them is any.
type Group struct{ Tier, Kind string }

// Targets are those of requests of a kind for customers of a tier. What a tier says
// of the kind goes first, then what it says of all, then what the kind says.
func (s *Settings) Targets(tier, kind string) Targets {
	t := Targets{WarnAt: s.WarnAt}
	for _, g := range []Group{{tier, kind}, {tier, ""}, {"", kind}, {}} {
		said := s.Promised[g]
		t.FirstResponse = cmp.Or(t.FirstResponse, said.FirstResponse)
		t.NextResponse = cmp.Or(t.NextResponse, said.NextResponse)
		t.Resolution = cmp.Or(t.Resolution, said.Resolution)
	}
	return t
}
