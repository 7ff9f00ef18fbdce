package discordtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Slash types a command and sends it, such as
//
//	/incident declare severity:sev2 title:checkout returns 500
//
// The words choose the sub-command, and each name:value an option, whose value
// goes on to the next name. A command that is not offered, and a name that it does
// not have, end the test; a value that Discord does not accept is Answer.Failed.
func (p *Person) Slash(where, line string) *Answer {
	p.s.t.Helper()
	var in *interaction
	var refused string
	p.s.locked(func() {
		ch := p.commands(where)
		typed := p.parse(ch, line)
		if refused = p.s.complete(typed); refused != "" {
			return
		}
		in = p.interaction(applicationCommand, ch, typed.data(p.s))
		in.name = typed.name()
	})
	if refused != "" {
		return &Answer{Failed: refused}
	}
	return p.interact(in)
}

// Autocomplete types a part of a command and asks what the last value could be.
func (p *Person) Autocomplete(where, partial string) *Answer {
	p.s.t.Helper()
	var in *interaction
	p.s.locked(func() {
		ch := p.commands(where)
		typed := p.parse(ch, partial)
		last := len(typed.values) - 1
		if last < 0 || !typed.values[last].option.Autocomplete {
			p.s.t.Fatalf("discordtest: %q does not end with an option that Discord completes", partial)
		}
		typed.values[last].focused = true
		in = p.interaction(autocomplete, ch, typed.data(p.s))
	})
	return p.interact(in)
}

// commands is a channel in which this person may use commands.
func (p *Person) commands(where string) *channel {
	p.s.t.Helper()
	ch := p.at(where)
	if ch.with == "" && !p.s.permissions(p.user, ch).has(UseCommands) {
		p.s.t.Fatalf("discordtest: @%s may not use commands in #%s", p.user.Name, ch.name)
	}
	return ch
}

// typedLine is a command as the client understood it.
type typedLine struct {
	command Command
	words   []CommandOption // the group and the sub-command
	options []CommandOption // that may be given
	values  []typedValue
}

type typedValue struct {
	option  CommandOption
	said    string
	focused bool
}

func (l *typedLine) name() string {
	names := []string{l.command.Name}
	for _, word := range l.words {
		names = append(names, word.Name)
	}
	return strings.Join(names, " ")
}

// parse reads a line as the client does.
func (p *Person) parse(ch *channel, line string) *typedLine {
	p.s.t.Helper()
	name, rest, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "/"), " ")
	l := &typedLine{}
	var names []string
	for _, command := range p.offered(ch) {
		if command.Type != chatInput {
			continue
		}
		names = append(names, command.Name)
		if command.Name == name && l.command.Name == "" {
			l.command = command
		}
	}
	if l.command.Name == "" {
		p.s.t.Fatalf("discordtest: there is no command %q, only %q", name, names)
	}
	l.options = l.command.Options
	for len(l.options) > 0 && l.options[0].Type <= groupOption {
		word, after, _ := strings.Cut(strings.TrimSpace(rest), " ")
		i := slices.IndexFunc(l.options, func(o CommandOption) bool { return o.Name == word })
		if i < 0 {
			p.s.t.Fatalf("discordtest: /%s has no %q, only %q", l.name(), word, optionNames(l.options))
		}
		l.words, rest, l.options = append(l.words, l.options[i]), after, l.options[i].Options
	}
	p.s.readValues(l, rest)
	return l
}

func optionNames(options []CommandOption) []string {
	var names []string
	for _, o := range options {
		names = append(names, o.Name)
	}
	return names
}

// readValues splits the rest of a line at the names of options.
func (s *Server) readValues(l *typedLine, rest string) {
	s.t.Helper()
	for _, word := range strings.SplitAfter(rest, " ") {
		name, value, named := strings.Cut(word, ":")
		i := slices.IndexFunc(l.options, func(o CommandOption) bool { return named && o.Name == name })
		used := slices.ContainsFunc(l.values, func(v typedValue) bool { return v.option.Name == name })
		switch {
		case i >= 0 && !used:
			l.values = append(l.values, typedValue{option: l.options[i], said: value})
		case len(l.values) > 0:
			l.values[len(l.values)-1].said += word
		case strings.TrimSpace(word) != "" && len(l.options) > 0 && l.options[0].Required:
			l.values = append(l.values, typedValue{option: l.options[0], said: word}) // the client waits in the first required option
		case strings.TrimSpace(word) != "":
			s.t.Fatalf("discordtest: /%s: %q is the value of no option, there are %q", l.name(), word, optionNames(l.options))
		}
	}
	for i := range l.values {
		l.values[i].said = strings.TrimSpace(l.values[i].said)
	}
}

// complete says what Discord would have the person correct, or nothing.
func (s *Server) complete(l *typedLine) string {
	for _, o := range l.options {
		given := slices.ContainsFunc(l.values, func(v typedValue) bool { return v.option.Name == o.Name && v.said != "" })
		if o.Required && !given {
			return o.Name + ": This option is required. Specify a value"
		}
	}
	for _, v := range l.values {
		if _, problem := s.entered(v); problem != "" {
			return v.option.Name + ": " + problem
		}
	}
	return ""
}

// Types of options that hold values.
const (
	stringOption  = 3
	integerOption = 4
	boolOption    = 5
	userOption    = 6
	channelOption = 7
	roleOption    = 8
	numberOption  = 10
)

// entered is what an option holds, or what is wrong with it.
func (s *Server) entered(v typedValue) (any, string) {
	for _, choice := range v.option.Choices {
		if choice.Name == v.said || fmt.Sprint(choice.Value) == v.said {
			return choice.Value, ""
		}
	}
	if len(v.option.Choices) > 0 {
		return nil, "Choose one of the options"
	}
	switch v.option.Type {
	case stringOption:
		return s.stringValue(v)
	case integerOption:
		n, err := strconv.ParseInt(v.said, 10, 64)
		return n, outside(v.option, float64(n), err, "Enter a valid integer")
	case numberOption:
		n, err := strconv.ParseFloat(v.said, 64)
		return n, outside(v.option, n, err, "Enter a valid number")
	case boolOption:
		b, err := strconv.ParseBool(strings.ToLower(v.said))
		if err != nil {
			return nil, "Choose True or False"
		}
		return b, ""
	}
	if id := s.thing(v.option.Type, v.said); id != "" {
		return id, ""
	}
	return nil, "Enter a valid value"
}

func (s *Server) stringValue(v typedValue) (any, string) {
	said := s.typed(v.said)
	n := utf8.RuneCountInString(said)
	least, most := 0, 6000
	if v.option.MinLength != nil {
		least = *v.option.MinLength
	}
	if v.option.MaxLength != nil {
		most = *v.option.MaxLength
	}
	if n < least || n > most {
		return nil, fmt.Sprintf("Enter %d to %d characters", least, most)
	}
	return said, ""
}

func outside(o CommandOption, n float64, err error, problem string) string {
	if err != nil || o.MinValue != nil && n < *o.MinValue || o.MaxValue != nil && n > *o.MaxValue {
		return problem
	}
	return ""
}

// thing is the ID of a person, channel or role that somebody wrote, empty for none.
func (s *Server) thing(kind int, said string) string {
	said = strings.Trim(said, "<@!&#>")
	switch kind {
	case userOption:
		if u := s.userBy(said); u != nil && !u.gone {
			return u.ID
		}
	case channelOption:
		if ch := s.channelBy(said); ch != nil && ch.with == "" {
			return ch.id
		}
	case roleOption:
		if r := s.roleBy(said); r != nil {
			return r.id
		}
	}
	return ""
}

// data is what the app gets of a line.
func (l *typedLine) data(s *Server) obj {
	values := []any{}
	resolved := obj{}
	for _, v := range l.values {
		value, problem := s.entered(v)
		if v.focused || problem != "" {
			value = v.said // half a value
		}
		one := obj{"name": v.option.Name, "type": v.option.Type, "value": value}
		if v.focused {
			one["focused"] = true
		}
		values = append(values, one)
		if problem == "" {
			s.resolve(resolved, v.option.Type, text(value))
		}
	}
	for _, word := range slices.Backward(l.words) {
		values = []any{obj{"name": word.Name, "type": word.Type, "options": values}}
	}
	data := obj{"id": l.command.ID, "name": l.command.Name, "type": chatInput}
	if l.command.GuildID != "" {
		data["guild_id"] = l.command.GuildID
	}
	if len(values) > 0 {
		data["options"] = values
	}
	if len(resolved) > 0 {
		data["resolved"] = resolved
	}
	return data
}

// resolve adds what an ID in a payload stands for.
func (s *Server) resolve(into obj, kind int, id string) {
	put := func(field string, about obj) {
		if into[field] == nil {
			into[field] = obj{}
		}
		into[field].(obj)[id] = about
	}
	switch kind {
	case userOption:
		u := s.userBy(id)
		member := s.partialMember(u)
		member["permissions"] = s.guildPermissions(u)
		put("users", s.userJSON(u))
		put("members", member)
	case channelOption:
		ch := s.channelBy(id)
		put("channels", obj{"id": ch.id, "name": ch.name, "type": ch.kind, "permissions": everything})
	case roleOption:
		put("roles", s.roleJSON(s.roleBy(id)))
	}
}
