package cre

import (
	"testing"
	"time"
)

// promising is a house at work from nine to five on weekdays in UTC.
func promising() *Settings {
	return &Settings{Hours: officeIn(time.UTC), WarnAt: 0.75, Promised: map[Group]Targets{
		{}:                           {FirstResponse: 4 * time.Hour, NextResponse: 8 * time.Hour, Resolution: 40 * time.Hour},
		{Kind: "access"}:             {FirstResponse: 2 * time.Hour, Resolution: 16 * time.Hour},
		{Tier: "gold"}:               {FirstResponse: time.Hour},
		{Tier: "gold", Kind: "bug"}:  {FirstResponse: 30 * time.Minute, Resolution: 8 * time.Hour},
		{Tier: "iron", Kind: "tour"}: {NextResponse: 24 * time.Hour},
	}}
}

func TestTargets(t *testing.T) {
	for _, test := range []struct {
		tier, kind        string
		first, next, done time.Duration
	}{
		{"", "", 4 * time.Hour, 8 * time.Hour, 40 * time.Hour},
		{"iron", "question", 4 * time.Hour, 8 * time.Hour, 40 * time.Hour},
		{"iron", "access", 2 * time.Hour, 8 * time.Hour, 16 * time.Hour},
		{"gold", "question", time.Hour, 8 * time.Hour, 40 * time.Hour},
		{"gold", "access", time.Hour, 8 * time.Hour, 16 * time.Hour}, // a tier is promised more firmly than a kind
		{"gold", "bug", 30 * time.Minute, 8 * time.Hour, 8 * time.Hour},
		{"iron", "tour", 4 * time.Hour, 24 * time.Hour, 40 * time.Hour},
	} {
		if got, want := promising().Targets(test.tier, test.kind), (Targets{test.first, test.next, test.done, 0.75}); got != want {
			t.Errorf("%s, %s: %+v, want %+v", test.tier, test.kind, got, want)
		}
	}
}
