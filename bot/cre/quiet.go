package cre

import "strings"

// A Switch is on unless somebody says off.
type Switch string

// UnmarshalText reads on or off.
func (w *Switch) UnmarshalText(text []byte) error {
	v := Switch(strings.ToLower(string(text)))
	if !w.Looks(string(v)) {
		return Errorf(Invalid, "%s is neither `on` nor `off`.", string(text)).About("off")
	}
	*w = v
	return nil
}

// Looks reports whether a word is meant as a switch.
func (w Switch) Looks(word string) bool {
	word = strings.ToLower(word)
	return word == "on" || word == "off"
}

// Choices are the words offered where one is asked for.
func (w Switch) Choices() []string { return []string{"on", "off"} }

// On reports whether it is on.
func (w Switch) On() bool { return w != "off" }

// Hush makes the incident quiet, or speak up again.
func (i *Incident) Hush(quiet bool) error {
	switch {
	case i.Quiet == quiet && quiet:
		return Errorf(Conflict, "**%s** is already quiet. `incident quiet off` ends it.", i.ID)
	case i.Quiet == quiet:
		return Errorf(Conflict, "**%s** is not quiet.", i.ID)
	}
	i.Quiet = quiet
	return nil
}
