package cre

import (
	"regexp"
	"strings"
	"time"
)

// Severity is how bad an incident is for customers. The zero value is unset.
type Severity string

const (
	Unset Severity = ""
	Sev1  Severity = "sev1"
	Sev2  Severity = "sev2"
	Sev3  Severity = "sev3"
	Sev4  Severity = "sev4"
)

// Severities lists what a person may choose, worst first.
var Severities = []Severity{Sev1, Sev2, Sev3, Sev4}

var severityWords = map[string]Severity{
	"unset": Unset, "critical": Sev1, "major": Sev2, "minor": Sev3,
	"sev0": Sev1, "s0": Sev1, "p0": Sev1,
	"sev1": Sev1, "s1": Sev1, "p1": Sev1, "sev2": Sev2, "s2": Sev2, "p2": Sev2,
	"sev3": Sev3, "s3": Sev3, "p3": Sev3, "sev4": Sev4, "s4": Sev4, "p4": Sev4,
}

// severityLike leaves p99 to the text: it is a latency.
var severityLike = regexp.MustCompile(`(?i)^(sev-?\d+|[sp]-?\d)$`)

// severityWord is the word in the spelling of severityWords: SEV-1 is sev1.
func severityWord(word string) string {
	return strings.Replace(strings.ToLower(word), "-", "", 1)
}

// Looks reports whether a word is meant as a severity, right or wrong.
func (s Severity) Looks(word string) bool {
	_, known := severityWords[severityWord(word)]
	return known || severityLike.MatchString(word)
}

// UnmarshalText reads any of the words people use: sev1, s1, p1, sev0, critical.
func (s *Severity) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*s = Unset
		return nil
	}
	v, ok := severityWords[severityWord(string(text))]
	if !ok {
		return Errorf(Invalid, "%s is not a severity. Say `sev1`, `sev2`, `sev3` or `sev4`.", string(text)).About("severity")
	}
	*s = v
	return nil
}

func (s Severity) String() string {
	if s == Unset {
		return "unset"
	}
	return string(s)
}

// Words say the severity where no label stands before it.
func (s Severity) Words() string {
	if s == Unset {
		return "severity unset"
	}
	return string(s)
}

// Choices are the words offered where one is asked for.
func (s Severity) Choices() []string {
	words := make([]string, len(Severities))
	for i, v := range Severities {
		words[i] = string(v)
	}
	return words
}

// Worse reports whether s is worse than t. Unset is the least.
func (s Severity) Worse(t Severity) bool { return s.rank() < t.rank() }

func (s Severity) rank() string {
	if s == Unset {
		return "sev9"
	}
	return string(s)
}

// A SeverityRule says what a severity means and how often people hear of it.
type SeverityRule struct {
	Means               string
	UpdateEvery         time.Duration // to the room; 0: no clock
	CustomerUpdateEvery time.Duration // to customers; 0: no clock
}
