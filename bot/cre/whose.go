package cre

import (
	"slices"
	"strings"
)

// Whose says of whom a list is to be.
type Whose string

const (
	All  Whose = "all"
	Mine Whose = "mine"
)

// UnmarshalText reads all or mine.
func (w *Whose) UnmarshalText(text []byte) error {
	v := Whose(strings.ToLower(strings.TrimSpace(string(text))))
	if !slices.Contains(w.Choices(), string(v)) {
		return Errorf(Invalid, "Say `mine` or `all`, not %s.", string(text)).About("whose")
	}
	*w = v
	return nil
}

// Choices are the words offered where one is asked for.
func (w Whose) Choices() []string { return []string{string(All), string(Mine)} }

// Looks reports whether a word is meant as one.
func (w Whose) Looks(word string) bool { return slices.Contains(w.Choices(), strings.ToLower(word)) }
