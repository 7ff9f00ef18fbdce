package router

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
)

// An argument is one field of a command's argument struct.
type argument struct {
	name     string
	help     string
	index    int
	typ      reflect.Type
	from     string // where the choices come from
	looker   looker // of the type; nil if it does not know its words
	optional bool
	asked    bool // although optional, where there are several to choose among
	key      bool
	rest     bool
	lines    bool
	hidden   bool

	facts     bool // what kinds of requests want to know besides, by name
	lacking   bool // asked for in a form only where the request that is meant lacks it
	otherwise bool // needed where no other optional argument was said
}

func argumentsOf(t reflect.Type) []argument {
	var args []argument
	for f := range fields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("arg"), ",")
		if name == "" {
			panic(fmt.Sprintf("router: field %s of %s has no arg tag", f.Name, t))
		}
		a := argument{name: name, help: f.Tag.Get("help"), from: f.Tag.Get("from"), index: f.Index[0], typ: f.Type}
		a.looker, _ = reflect.New(a.typ).Interface().(looker)
		switch a.typ {
		case reflect.TypeFor[cre.IncidentID]():
			a.from = chat.Incidents
		case reflect.TypeFor[cre.RequestID]():
			a.from = chat.Requests
		}
		for o := range strings.SplitSeq(options, ",") {
			switch o {
			case "optional":
				a.optional = true
			case "asked":
				a.asked, a.optional = true, true
			case "key":
				a.key, a.optional = true, true
			case "rest":
				a.rest = true
			case "lines":
				a.lines = true
			case "hidden":
				a.hidden = true
			case "facts":
				a.facts, a.key, a.optional = true, true, true
			case "lacking":
				a.lacking = true
			case "otherwise":
				a.otherwise = true
			}
		}
		if a.flag() {
			a.optional = true
		}
		args = append(args, a)
	}
	return args
}

func fields(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}

func (a *argument) flag() bool { return a.typ.Kind() == reflect.Bool }

func (a *argument) list() bool {
	return a.typ.Kind() == reflect.Slice && a.typ.Elem().Kind() == reflect.String
}

func (a *argument) person() bool { return a.typ == reflect.TypeFor[chat.Person]() }

func (a *argument) usage() string {
	u := strings.ToUpper(a.name)
	switch {
	case a.flag():
		u = "--" + a.name
	case a.person():
		u = "@" + a.name
	case a.key:
		u = a.name + ":…"
	}
	if a.optional {
		return "[" + u + "]"
	}
	return u
}

// A chooser has a fixed set of words.
type chooser interface{ Choices() []string }

// A looker tells whether a word is meant as a value of its type, right or wrong,
// so that an optional word can be told from the text after it.
type looker interface{ Looks(word string) bool }

// picky reports whether the argument knows its words when it sees them.
func (a *argument) picky() bool { return a.looker != nil || a.person() }

// meant reports whether the word is meant for the argument.
func (a *argument) meant(word string) bool {
	if a.person() {
		return strings.HasPrefix(word, "@") && len(word) > 1 || strings.EqualFold(word, "me")
	}
	if a.looker != nil {
		return a.looker.Looks(word)
	}
	return !a.optional
}

// set reads text into the field. Values of a list are separated by commas.
func (a *argument) set(args reflect.Value, text string, env *reading) error {
	field := args.Field(a.index)
	switch {
	case a.person():
		who, err := env.person(text)
		if err != nil {
			return err
		}
		field.Set(reflect.ValueOf(who))
		return nil
	case a.list():
		for one := range strings.SplitSeq(text, ",") {
			if one = strings.TrimSpace(one); one != "" {
				field.Set(reflect.Append(field, reflect.ValueOf(one).Convert(a.typ.Elem())))
			}
		}
		return nil
	}
	if u, ok := field.Addr().Interface().(encoding.TextUnmarshaler); ok && a.typ != reflect.TypeFor[time.Time]() && a.typ != reflect.TypeFor[cre.When]() {
		return u.UnmarshalText([]byte(text))
	}
	return a.setPlain(field, text, env)
}

func (a *argument) setPlain(field reflect.Value, text string, env *reading) error {
	switch v := field.Addr().Interface().(type) {
	case *string:
		*v = text
	case *bool:
		*v = text != "" && text != "false"
	case *int:
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return cre.Errorf(cre.Invalid, "%s is not a number for `%s`.", text, a.name)
		}
		*v = n
	case *time.Duration:
		d, err := parseDuration(text)
		if err != nil {
			return cre.Errorf(cre.Invalid, "%s is not a length of time. Write `30m`, `2h` or `1d`.", text)
		}
		*v = d
	case *cre.When:
		t, err := parseMoment(text, env.now, env.zone)
		if err != nil {
			return cre.Errorf(cre.Invalid, "%s is not a time. Write `09:50`, or `2026-11-30 09:50`.", text)
		}
		v.Time = t
	case *time.Time:
		t, err := parseDay(text, env.now, env.zone)
		if err != nil {
			return cre.Errorf(cre.Invalid, "%s is not a day. Write `2026-11-30`, `friday`, `tomorrow` or `3d`.", text)
		}
		*v = t
	default:
		panic(fmt.Sprintf("router: no way to read a %s", a.typ))
	}
	return nil
}

func parseDuration(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.Atoi(days)
		if err != nil || n < 0 || n > 366 {
			return 0, fmt.Errorf("days %q", text)
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
	if _, err := strconv.Atoi(text); err == nil {
		text += "m"
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < time.Minute || d > 366*24*time.Hour {
		return 0, fmt.Errorf("duration %q", text)
	}
	return d, nil
}

// parseDay reads a day, its end in the zone: a date, a weekday, or days from now.
func parseDay(text string, now time.Time, zone *time.Location) (time.Time, error) {
	today := now.In(zone)
	in := func(days int) (time.Time, error) {
		return time.Date(today.Year(), today.Month(), today.Day()+days, 23, 59, 0, 0, zone), nil
	}
	word := strings.ToLower(text)
	switch word {
	case "today":
		return in(0)
	case "tomorrow":
		return in(1)
	}
	for d := range 7 {
		day := time.Weekday((int(today.Weekday()) + d + 1) % 7).String()
		if len(word) >= 3 && strings.HasPrefix(strings.ToLower(day), word) {
			return in(d + 1)
		}
	}
	if d, err := parseDuration(word); err == nil && strings.HasSuffix(word, "d") {
		return in(int(d / (24 * time.Hour)))
	}
	t, err := time.ParseInLocation(time.DateOnly, text, zone)
	return time.Date(t.Year(), t.Month(), t.Day(), 23, 59, 0, 0, zone), err // a day may have 23 hours
}

// parseMoment reads a time that is over: an hour, the last that was so, or a day
// with one.
func parseMoment(text string, now time.Time, zone *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, nil
		}
	}
	hour, err := time.Parse("15:04", text)
	if err != nil {
		return time.Time{}, err
	}
	today := now.In(zone)
	t := time.Date(today.Year(), today.Month(), today.Day(), hour.Hour(), hour.Minute(), 0, 0, zone)
	if t.After(now) {
		t = time.Date(today.Year(), today.Month(), today.Day()-1, hour.Hour(), hour.Minute(), 0, 0, zone)
	}
	return t, nil
}
