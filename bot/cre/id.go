package cre

import (
	"regexp"
	"strings"
)

// An IncidentID is INC-7, as people write it: inc-7, inc7.
type IncidentID string

var incidentID = regexp.MustCompile(`(?i)^inc-?([1-9]\d{0,17})$`)

// Looks reports whether a word is meant as an incident.
func (id IncidentID) Looks(word string) bool { return incidentID.MatchString(word) }

// UnmarshalText reads an identifier.
func (id *IncidentID) UnmarshalText(text []byte) error {
	m := incidentID.FindStringSubmatch(string(text))
	if m == nil {
		return Errorf(Invalid, "%s is not an incident. Write it like `INC-7`.", string(text)).About("incident")
	}
	*id = IncidentID("INC-" + m[1])
	return nil
}

// A RequestID is R-12, as people write it: r-12, r12.
type RequestID string

var requestID = regexp.MustCompile(`(?i)^r-?([1-9]\d{0,17})$`)

// Looks reports whether a word is meant as a request.
func (id RequestID) Looks(word string) bool { return requestID.MatchString(word) }

// UnmarshalText reads an identifier.
func (id *RequestID) UnmarshalText(text []byte) error {
	m := requestID.FindStringSubmatch(strings.TrimSpace(string(text)))
	if m == nil {
		return Errorf(Invalid, "%s is not a request. Write it like `R-12`.", string(text)).About("request")
	}
	*id = RequestID("R-" + m[1])
	return nil
}
