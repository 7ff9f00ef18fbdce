package cre

import (
	"slices"
	"strings"
)

// DigestAbout is what a digest is about.
type DigestAbout string

const (
	AboutSLO   DigestAbout = "slo"
	AboutQueue DigestAbout = "queue" // as it is now
	AboutWeek  DigestAbout = "week"  // the last seven days of the departments
)

// UnmarshalText reads queue or week. The digest of SLOs has a command of its own.
func (a *DigestAbout) UnmarshalText(text []byte) error {
	v := DigestAbout(strings.ToLower(strings.TrimSpace(string(text))))
	if !slices.Contains(a.Choices(), string(v)) {
		return Errorf(Invalid, "Say `queue` or `week`, not %s. `slo digest` is about reliability.", string(text)).About("about")
	}
	*a = v
	return nil
}

// Choices are the words offered where one is asked for.
func (a DigestAbout) Choices() []string { return []string{string(AboutQueue), string(AboutWeek)} }

// Looks reports whether a word is meant as one.
func (a DigestAbout) Looks(word string) bool {
	return slices.Contains(a.Choices(), strings.ToLower(word))
}
