package router

import (
	"reflect"
	"slices"
	"strings"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
)

// facts is the argument that takes what kinds of requests want to know besides; nil:
// the command takes none.
func (c *Command) facts() *argument {
	i := slices.IndexFunc(c.args, func(a argument) bool { return a.facts })
	if i < 0 {
		return nil
	}
	return &c.args[i]
}

// takeFacts takes name:value words and filled fields that name an own fact of some
// kind, into the argument for facts. Where a platform has options, that is one, too.
func (env *reading) takeFacts(c *Command, ws []word, args reflect.Value) (said bool) {
	a := c.facts()
	if a == nil {
		return false
	}
	told := map[string]string{}
	env.factsIn(words(env.ev.Named[a.name]), told)
	env.factsIn(ws, told)
	for name, value := range env.ev.Values {
		if _, own := env.rules.OwnFact(name); own && strings.TrimSpace(value) != "" {
			told[name] = strings.TrimSpace(value)
		}
	}
	if len(told) > 0 {
		args.Field(a.index).Set(reflect.ValueOf(told))
	}
	return len(told) > 0
}

// factsIn takes the words that name an own fact.
func (env *reading) factsIn(ws []word, told map[string]string) {
	for i := range ws {
		w := &ws[i]
		name, value, _ := strings.Cut(w.text, ":")
		name, value = strings.ToLower(name), strings.Trim(value, `"`)
		if _, own := env.rules.OwnFact(name); own && value != "" && !w.taken {
			w.taken, told[name] = true, value
		}
	}
}

// factsFor are the facts that a form asks for: what the request that is meant lacks, or
// what the kind that was said wants to know.
func (c *Command) factsFor(said reflect.Value, s *workflow.Step) ([]cre.Fact, error) {
	var kind string
	for i := range c.args {
		switch a := &c.args[i]; {
		case a.typ == reflect.TypeFor[cre.RequestID]():
			if id := shown(said.Field(a.index)); id != "" && c.asksForLacking() {
				return s.Lacks(id)
			}
		case a.from == kinds:
			kind = shown(said.Field(a.index))
		}
	}
	if kind == "" || c.facts() == nil || c.asksForLacking() {
		return nil, nil
	}
	return s.Rules.RequestKind(strings.ToLower(kind)).Facts, nil
}

// asksForLacking reports whether the form of the command has the fields of what a
// request lacks, and no others of the kind.
func (c *Command) asksForLacking() bool {
	return slices.ContainsFunc(c.args, func(a argument) bool { return a.lacking })
}

// leavesOut reports whether a form that wants these facts does not ask for a.
func (a *argument) leavesOut(wanted []cre.Fact) bool {
	switch {
	case a.otherwise:
		return len(wanted) > 0
	case a.lacking:
		return !slices.ContainsFunc(wanted, func(f cre.Fact) bool { return f.Name == a.name })
	}
	return false
}

// factFields are the fields for those facts that are a kind's own.
func factFields(wanted []cre.Fact, told reflect.Value) (fields []chat.FormField) {
	for _, f := range wanted {
		if !f.Own() {
			continue
		}
		field := chat.FormField{Name: f.Name, Label: label(f.Name), Help: f.Help, Kind: chat.OneLine, Optional: true}
		if v := told.MapIndex(reflect.ValueOf(f.Name)); v.IsValid() {
			field.Value = v.String()
		}
		for _, one := range f.Choices {
			field.Kind = chat.Choice
			field.Options = append(field.Options, chat.Option{Value: one, Label: one})
		}
		fields = append(fields, field)
	}
	return fields
}

// required reports whether a fact of that name is among those that must be known.
func required(wanted []cre.Fact, name string) bool {
	return slices.ContainsFunc(wanted, func(f cre.Fact) bool { return f.Name == name && f.Required })
}
