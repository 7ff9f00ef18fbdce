package cre

import "strings"

// Verdict is what a requester says of a request that is over.
type Verdict string

const (
	GoodVerdict Verdict = "good"
	BadVerdict  Verdict = "bad"
)

// UnmarshalText reads good or bad.
func (v *Verdict) UnmarshalText(text []byte) error {
	w := Verdict(strings.ToLower(strings.TrimSpace(string(text))))
	if w != GoodVerdict && w != BadVerdict {
		return Errorf(Invalid, "It was `good` or `bad`, not %s.", string(text)).About("verdict")
	}
	*v = w
	return nil
}

// Choices are the words offered where one is asked for.
func (v Verdict) Choices() []string { return []string{string(GoodVerdict), string(BadVerdict)} }
