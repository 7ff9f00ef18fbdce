package cre

import (
	"encoding"
	"strings"
	"testing"
)

// reads tests a type that reads itself from words: what they become, zero for
// a refusal.
func reads[T comparable](t *testing.T, cases map[string]T) {
	t.Helper()
	var none T
	for word, want := range cases {
		got := new(T)
		err := any(got).(encoding.TextUnmarshaler).UnmarshalText([]byte(word))
		if want == none {
			if !Is(err, Invalid) || *got != none || !strings.HasSuffix(err.Error(), ".") {
				t.Errorf("%q gives %v, %v; want a refusal", word, *got, err)
			}
			continue
		}
		if err != nil || *got != want {
			t.Errorf("%q gives %v, %v; want %v", word, *got, err, want)
		}
	}
}

func TestIncidentID(t *testing.T) {
	reads(t, map[string]IncidentID{"INC-7": "INC-7", "inc-7": "INC-7", "Inc7": "INC-7", "inc-999999999999999999": "INC-999999999999999999",
		"": "", "7": "", "INC-0": "", "INC-07": "", "INC-": "", "INC-7x": "", "R-7": "", "INC-1234567890123456789": "", "INC-٧": "", "INC--7": ""})
	if IncidentID("").Looks("incident") || !IncidentID("").Looks("inc-12") {
		t.Error("an identifier cannot be told from the text after it")
	}
}

func TestRequestID(t *testing.T) {
	reads(t, map[string]RequestID{"R-12": "R-12", "r12": "R-12", "r-1": "R-1", "": "", "12": "", "R-0": "", "INC-1": "", "R-x": ""})
	if RequestID("").Looks("r") || RequestID("").Looks("r2d2") || !RequestID("").Looks("R-9") {
		t.Error("an identifier cannot be told from the text after it")
	}
}

func TestRole(t *testing.T) {
	reads(t, map[string]Role{"lead": Lead, "IC": Lead, "commander": Lead, "ops": Ops, "operations": Ops, "comms": Comms,
		"messenger": Comms, "Liaison": Comms, "scribe": Scribe, "": "", "boss": ""})
	for _, r := range IncidentRoles {
		reads(t, map[string]Role{string(r): r})
		if r.Does() == "" {
			t.Errorf("nobody knows what %s does", r)
		}
	}
	for i, word := range Role("").Choices() {
		if Role(word) != IncidentRoles[i] {
			t.Errorf("choice %d is %s, the role %s", i, word, IncidentRoles[i])
		}
	}
}

func TestStatus(t *testing.T) {
	reads(t, map[string]Goal{"Investigating": Goal(Investigating), "identified": Goal(Identified), "mitigated": Goal(Mitigated), "RESOLVED": Goal(Resolved),
		"closed": Goal(Closed), "triage": "", "merged": "", "declined": "", "cancelled": "", "done": "", "": ""})
	for _, word := range Goal("").Choices() {
		reads(t, map[string]Goal{word: Goal(word)})
	}
	for _, s := range everyStatus {
		want := s == Triage || s == Investigating || s == Identified || s == Mitigated
		if s.Open() != want {
			t.Errorf("%s is open: %v", s, s.Open())
		}
	}
}

func TestWaiting(t *testing.T) {
	reads(t, map[string]Waiting{"customer": "customer", "Requester": "requester", "engineering": "engineering", "us": "", "": ""})
	for _, w := range Waiting("").Choices() {
		if s := Waiting(w).Status(); !s.Open() || !strings.Contains(s.Words(), w) {
			t.Errorf("waiting for %s is %q, in words %q", w, s, s.Words())
		}
	}
}

func TestCustomerKey(t *testing.T) {
	for in, want := range map[string]string{"acme": "acme", " ACME-GmbH ": "acme-gmbh", "3m": "3m", strings.Repeat("a", 40): strings.Repeat("a", 40),
		"": "", "-acme": "", "ac me": "", "acme_1": "", "ümlaut": "", "a:b": "", strings.Repeat("a", 41): "", "**": ""} {
		got, err := CheckCustomerKey(in)
		if want == "" && !Is(err, Invalid) || want != "" && (err != nil || got != want) {
			t.Errorf("%q gives %q, %v; want %q", in, got, err, want)
		}
	}
}
