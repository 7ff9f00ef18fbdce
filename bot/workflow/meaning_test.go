package workflow_test

import (
	"testing"

	"cresset/bot/cre"
	"cresset/bot/workflow"
)

// The word engineering stands in two lists, and means something in one of them.
func TestMeaning(t *testing.T) {
	s := &workflow.Step{Rules: &cre.Settings{Severities: map[cre.Severity]cre.SeverityRule{"sev1": {Means: "Nobody can pay, and nobody can see what was paid, in any of our shops."}}}}
	for _, c := range []struct {
		kind       any
		word, want string
	}{
		{cre.ToilClass(""), "engineering", "engineering: it makes something better for good"},
		{cre.Waiting(""), "engineering", "engineering"},
		{cre.Role(""), "comms", "comms: talks to customers"},
		{cre.Impact(""), "low", "low: nobody is held up"},
		{cre.Severity(""), "sev1", "sev1: Nobody can pay, and nobody can see what was paid, in any of our shop…"},
		{cre.Severity(""), "sev4", "sev4"},
	} {
		if got := s.Meaning(c.kind, c.word); got != c.want {
			t.Errorf("%T %s: %q, want %q", c.kind, c.word, got, c.want)
		}
	}
}
