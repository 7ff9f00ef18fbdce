package cre

import (
	"slices"
	"strings"
)

// Urgency is why a request cannot wait for its turn.
type Urgency string

const (
	Blocked    Urgency = "blocked"    // the customer cannot go on
	Deadline   Urgency = "deadline"   // a day of the customer's comes before the turn
	Escalation Urgency = "escalation" // somebody at the customer's asks for it by name
)

// UnmarshalText reads blocked, deadline or escalation.
func (u *Urgency) UnmarshalText(text []byte) error {
	v := Urgency(strings.ToLower(strings.TrimSpace(string(text))))
	if !slices.Contains(u.Choices(), string(v)) {
		return Errorf(Invalid, "Urgent is what is `blocked`, has a `deadline`, or is an `escalation`, not %s.", string(text)).About("urgency")
	}
	*u = v
	return nil
}

// Choices are the words offered where one is asked for.
func (u Urgency) Choices() []string {
	return []string{string(Blocked), string(Deadline), string(Escalation)}
}

// Looks reports whether a word is meant as an urgency.
func (u Urgency) Looks(word string) bool {
	return slices.Contains(u.Choices(), strings.ToLower(word))
}

// Means says the urgency in words.
func (u Urgency) Means() string {
	switch u {
	case Blocked:
		return "the customer cannot continue"
	case Deadline:
		return "the customer has a deadline before its turn comes"
	case Escalation:
		return "somebody at the customer keeps asking for it"
	}
	return ""
}
