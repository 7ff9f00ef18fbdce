package cre

import (
	"slices"
	"strings"

	"cresset/bot/chat"
)

// A RequestKind is a sort of request, with what must be known of one before somebody can
// work on it.
type RequestKind struct {
	Name  string // bug
	Means string // in words for who files one
	Facts []Fact // in the order in which they are asked for
	// Symptom says that several of the kind at once may be one thing that is wrong.
	Symptom bool
	// Told says that one is done when the customer was told, and not before.
	Told bool
}

// A Fact is one thing that a kind of request wants to know: one of the fields that
// every request has, by its name in [Builtin], or one of the kind's own.
type Fact struct {
	Name     string // version
	Help     string
	Required bool
	Choices  []string
}

// Builtin are the names of the facts that every request has a field for.
var Builtin = []string{"customer", "component", "environment", "impact", "due", "detail"}

// Own reports whether the fact is kept among the request's own, by name.
func (f Fact) Own() bool { return !slices.Contains(Builtin, f.Name) }

// OwnFact finds one of the own facts of any kind by its name.
func (s *Settings) OwnFact(name string) (Fact, bool) {
	for _, k := range s.Kinds {
		for _, f := range k.Facts {
			if f.Name == name && f.Own() {
				return f, true
			}
		}
	}
	return Fact{}, false
}

// Check says that a value may be told as the fact, as its choices spell it, or which
// there are.
func (f Fact) Check(value string) (string, error) {
	if len(f.Choices) == 0 {
		return value, nil
	}
	i := slices.IndexFunc(f.Choices, func(c string) bool { return strings.EqualFold(c, value) })
	if i < 0 {
		return "", Errorf(Invalid, "%s is `%s`, not %s.", f.Name, strings.Join(f.Choices, "`, `"), value).About(f.Name)
	}
	return f.Choices[i], nil
}

// RequestKind finds a kind by its name. One that is not known wants to know the customer
// only, and the customer to be told.
func (s *Settings) RequestKind(name string) RequestKind {
	if i := slices.IndexFunc(s.Kinds, func(k RequestKind) bool { return k.Name == name }); i >= 0 {
		return s.Kinds[i]
	}
	return RequestKind{Name: name, Facts: []Fact{{Name: "customer", Required: true}}, Told: true}
}

// FactNames lists what the kinds want to know besides what every request has, each
// once, in order.
func (s *Settings) FactNames() []string {
	var names []string
	for _, k := range s.Kinds {
		for _, f := range k.Facts {
			if f.Own() {
				names = append(names, f.Name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// CheckKind tidies the name of a kind, or says which there are.
func (s *Settings) CheckKind(name string) (string, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	var names []chat.Text
	for _, k := range s.Kinds {
		if k.Name == name {
			return name, nil
		}
		names = append(names, chat.Textf("`%s`", k.Name))
	}
	if name == "" {
		return "", nil
	}
	return "", Errorf(Invalid, "There is no kind of request %s. Choose one of %s.", name, chat.Join(names, ", ")).About("kind")
}

// Missing lists the required facts that the request does not tell, in the order in
// which its kind asks for them.
func (r *Request) Missing(k RequestKind) []Fact {
	return slices.DeleteFunc(slices.Clone(k.Facts), func(f Fact) bool { return !f.Required || r.Tells(f.Name) })
}

// Tells reports whether the request tells a fact.
func (r *Request) Tells(fact string) bool {
	switch fact {
	case "customer":
		return r.Customer != ""
	case "component":
		return r.Component != ""
	case "environment":
		return r.Environment != ""
	case "impact":
		return r.Impact != ""
	case "due":
		return !r.Due.IsZero()
	case "detail":
		return r.Detail != ""
	}
	return r.Facts[fact] != ""
}
