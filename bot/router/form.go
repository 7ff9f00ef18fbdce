package router

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
)

// form asks for the arguments of c; what was said already is filled in.
func (c *Command) form(ev *chat.Event, said reflect.Value, s *workflow.Step) (*chat.Form, error) {
	f := &chat.Form{Line: c.Name, Title: title(c.Name), Submit: "Send", About: ev.About, Place: ev.Place,
		Intro: chat.Textf("This will %s.", c.Summary)}
	if err := c.begin(said, ev, s); err != nil {
		return nil, err
	}
	wanted, err := c.factsFor(said, s)
	if err != nil {
		return nil, err
	}
	for i := range c.args {
		a := &c.args[i]
		if a.facts {
			f.Fields = append(f.Fields, factFields(wanted, said.Field(a.index))...)
			continue
		}
		if a.hidden || a.isPlace(s) || a.isKnown(c, said) || a.leavesOut(wanted) {
			f.Line += a.word(shown(said.Field(a.index)))
			continue
		}
		value := shown(said.Field(a.index))
		options, err := c.options(a, said, s)
		if err != nil {
			return nil, err
		}
		if a.from == about && value == "" && ev.About != nil {
			value, _ = workflow.TitleOf(ev.About.Text)
		}
		f.Fields = append(f.Fields, chat.FormField{
			Name: a.name, Label: label(a.name), Help: a.help, Kind: a.kindWith(options), Options: options,
			From: a.from, Value: value, Optional: a.optional, Live: c.hangOn(a),
		})
	}
	inTurn(f.Fields, wanted)
	if c.asksForLacking() && len(wanted) == 1 {
		f.Fields[0].Optional = false // there is nothing else to fill in
	}
	return f, nil
}

// begin fills the form of a new request with the customer whose channel this is.
func (c *Command) begin(said reflect.Value, ev *chat.Event, s *workflow.Step) error {
	i := slices.IndexFunc(c.args, func(a argument) bool { return a.from == chat.Customers && a.typ.Kind() == reflect.String })
	if i < 0 || c.facts() == nil || c.asksForLacking() || ev.Values != nil || !said.Field(c.args[i].index).IsZero() {
		return nil
	}
	here, err := s.CustomerHere()
	said.Field(c.args[i].index).SetString(here)
	return err
}

// hangOn reports whether other fields of the form hang on the argument.
func (c *Command) hangOn(a *argument) bool {
	return a.from == chat.Customers && (c.comesFrom(services) || c.comesFrom(environments)) ||
		a.from == kinds && c.facts() != nil
}

// isKnown reports whether the argument is the request whose form this is.
func (a *argument) isKnown(c *Command, said reflect.Value) bool {
	return c.asksForLacking() && a.typ == reflect.TypeFor[cre.RequestID]() && !said.Field(a.index).IsZero()
}

// isPlace reports whether the argument is the incident whose war room this is:
// nobody needs to be asked for it here.
func (a *argument) isPlace(s *workflow.Step) bool {
	if a.typ != reflect.TypeFor[cre.IncidentID]() || !a.optional {
		return false
	}
	_, err := s.Incident("")
	return err == nil
}

// inTurn puts what must be said first, then what the kind of a request must know,
// and what is only ticked last: a form is filled in from the top, on a phone.
func inTurn(fields []chat.FormField, wanted []cre.Fact) {
	turn := func(f chat.FormField) int {
		switch {
		case f.Kind == chat.Yes:
			return 3
		case required(wanted, f.Name) || f.From == kinds && len(wanted) > 0:
			return 1
		case f.Optional:
			return 2
		}
		return 0
	}
	slices.SortStableFunc(fields, func(a, b chat.FormField) int { return turn(a) - turn(b) })
}

// word is how a value is said in a line; read takes it back.
func (a *argument) word(value string) string {
	switch {
	case value == "":
		return ""
	case a.flag():
		return " --" + a.name
	}
	return fmt.Sprintf(` %s:"%s"`, a.name, strings.ReplaceAll(value, `"`, "'"))
}

func (a *argument) kind() chat.FieldKind {
	_, chooses := reflect.New(a.typ).Elem().Interface().(chooser)
	switch {
	case a.flag():
		return chat.Yes
	case a.person():
		return chat.Somebody
	case a.list() && a.from != "":
		return chat.Choices
	case chooses || slices.Contains([]string{chat.Customers, chat.Platforms, kinds, trackers}, a.from):
		return chat.Choice
	case a.lines:
		return chat.ManyLines
	case a.typ == reflect.TypeFor[time.Time]():
		return chat.Day
	case a.typ == reflect.TypeFor[cre.When]():
		return chat.Moment
	}
	return chat.OneLine
}

// kindWith is the kind of a field with these options: nobody can choose among
// none.
func (a *argument) kindWith(options []chat.Option) chat.FieldKind {
	if k := a.kind(); len(options) > 0 || k != chat.Choice && k != chat.Choices {
		return k
	}
	return chat.OneLine
}

// shown is a value as a form shows it.
func shown(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case chat.Person:
		if x.IsZero() {
			return ""
		}
		return x.Key()
	case time.Time:
		if x.IsZero() {
			return ""
		}
		return x.Format(time.DateOnly)
	case cre.When:
		if x.IsZero() {
			return ""
		}
		return x.UTC().Format(time.RFC3339)
	case time.Duration:
		if x == 0 {
			return ""
		}
		return cre.Short(x)
	}
	switch v.Kind() {
	case reflect.Slice:
		return strings.Join(reflectStrings(v), ",")
	case reflect.String:
		return v.String()
	case reflect.Bool:
		if v.Bool() {
			return "true"
		}
	case reflect.Int:
		if v.Int() != 0 {
			return fmt.Sprint(v.Int())
		}
	}
	return ""
}

func reflectStrings(v reflect.Value) []string {
	all := make([]string, v.Len())
	for i := range all {
		all[i] = v.Index(i).String()
	}
	return all
}

// title is at most 24 characters, which is what the narrowest platform shows.
func title(name string) string { return chat.Cut(label(strings.TrimPrefix(name, "cre ")), 24) }

func label(name string) string {
	return strings.ToUpper(name[:1]) + strings.ReplaceAll(name[1:], "_", " ")
}
