package cre

import (
	"slices"
	"testing"
)

func TestSeverity(t *testing.T) {
	reads(t, map[string]Severity{
		"sev1": Sev1, "SEV1": Sev1, "SEV-1": Sev1, "s1": Sev1, "P1": Sev1, "p-1": Sev1, "sev0": Sev1, "p0": Sev1, "Critical": Sev1,
		"sev2": Sev2, "sev-2": Sev2, "major": Sev2, "sev3": Sev3, "minor": Sev3, "p3": Sev3, "sev4": Sev4, "s4": Sev4,
		"sev9": "", "sev5": "", "p9": "", "high": "", "1": "", "sev 1": "", "sev1!": "",
	})
	for _, word := range []string{"", "unset", "UNSET"} {
		s := Sev1
		if err := s.UnmarshalText([]byte(word)); err != nil || s != Unset {
			t.Errorf("%q gives %s, %v", word, s, err)
		}
	}
}

// TestSeverityLooks: a word that is meant as a severity is taken as one, so that
// it can be refused when it is wrong; the first word of a title is not.
func TestSeverityLooks(t *testing.T) {
	for word, want := range map[string]bool{"sev1": true, "SEV-2": true, "sev9": true, "sev10": true, "p7": true, "critical": true, "unset": true,
		"p99": false, "P95": false, "p999": false, "s3cret": false, "severe": false, "checkout": false, "5xx": false, "": false} {
		if got := Unset.Looks(word); got != want {
			t.Errorf("%q looks like a severity: %v", word, got)
		}
	}
}

func TestWorse(t *testing.T) {
	order := append(slices.Clone(Severities), Unset)
	for i, a := range order {
		for k, b := range order {
			if a.Worse(b) != (i < k) {
				t.Errorf("%s is worse than %s: %v", a, b, a.Worse(b))
			}
		}
	}
	for i, word := range Unset.Choices() {
		if word != Severities[i].String() {
			t.Errorf("choice %d is %s", i, word)
		}
	}
}
