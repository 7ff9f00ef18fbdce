package router

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"

	"cresset/bot/chat"
	"cresset/bot/cre"
)

// A reading is one attempt to understand the words of an event.
type reading struct {
	ev    *chat.Event
	now   time.Time
	zone  *time.Location
	rules *cre.Settings
}

// A call is a command with its arguments read.
type call struct {
	args     reflect.Value
	missing  []string          // required arguments that were not said
	problems map[string]string // what is wrong, by argument
	err      error             // the first of them
}

// A word of the line, with the white space before it.
type word struct {
	text  string
	space string
	taken bool
}

func words(line string) []word {
	var all []word
	for line != "" {
		start := strings.IndexFunc(line, func(r rune) bool { return !unicode.IsSpace(r) })
		if start < 0 {
			break
		}
		end := wordEnd(line[start:])
		all = append(all, word{text: line[start : start+end], space: line[:start]})
		line = line[start+end:]
	}
	return all
}

// wordEnd is where the word ends that s begins with. key:"two words" is one.
func wordEnd(s string) int {
	quoted := false
	for i, r := range s {
		switch {
		case r == '"' && (quoted || i > 0 && s[i-1] == ':'):
			quoted = !quoted
		case unicode.IsSpace(r) && !quoted:
			return i
		}
	}
	return len(s)
}

// read fills the command's arguments from the words after its name, and from
// the form that was filled in.
func (env *reading) read(c *Command, line string) call {
	out := call{args: c.zero(), problems: map[string]string{}}
	said := map[string]bool{}
	set := func(a *argument, text string) {
		said[a.name] = true
		if err := a.set(out.args, text, env); err != nil {
			out.wrong(a.name, err)
		}
	}
	ws := words(line)
	takeNamed(c, ws, set)
	others := env.takeFacts(c, ws, out.args) // what was said that is optional
	takeInOrder(c, ws, said, set)
	if !c.takesRest() {
		takeInOrder(c, ws, said, set) // an identifier may also stand last
	}
	takeRest(c, ws, set)
	for i := range c.args {
		a := &c.args[i]
		if a.facts {
			continue
		}
		for _, given := range []map[string]string{env.ev.Named, env.ev.Values} {
			if v := strings.TrimSpace(given[a.name]); v != "" {
				if a.list() {
					out.args.Field(a.index).SetZero()
				}
				set(a, v)
			}
		}
		others = others || a.optional && said[a.name]
		if !a.optional && !said[a.name] && !(a.otherwise && others) {
			out.missing = append(out.missing, a.name)
		}
	}
	if extra := leftover(ws); extra != "" && out.err == nil {
		out.err = cre.Errorf(cre.Invalid, "`%s` does not take `%s`. Say `%s`.", c.Name, short(extra), c.Usage())
	}
	return out
}

func (o *call) wrong(arg string, err error) {
	o.problems[arg] = err.Error()
	if o.err == nil {
		o.err = err
	}
}

// takeNamed takes key:value words and --flags wherever they stand.
func takeNamed(c *Command, ws []word, set func(*argument, string)) {
	for i := range ws {
		w := &ws[i]
		if name, ok := flagName(w.text); ok {
			if a := c.argument(name); a != nil && a.flag() {
				w.taken = true
				set(a, "true")
			}
			continue
		}
		name, value, ok := strings.Cut(w.text, ":")
		if a := c.argument(name); ok && value != "" && a != nil && !a.flag() && !a.rest && !a.facts {
			w.taken = true
			set(a, strings.Trim(value, `"`))
		}
	}
}

// flagName takes the dashes off a flag. Telephones make one long dash of two.
func flagName(word string) (string, bool) {
	for _, dashes := range []string{"--", "—", "–"} {
		if name, ok := strings.CutPrefix(word, dashes); ok {
			return name, true
		}
	}
	return "", false
}

func (c *Command) argument(name string) *argument {
	for i := range c.args {
		if strings.EqualFold(c.args[i].name, name) {
			return &c.args[i]
		}
	}
	return nil
}

// takeInOrder gives the first words to the positional arguments, as far as they
// are meant for them; a mentioned person may also stand at the end, before key:value
// words or behind them.
func takeInOrder(c *Command, ws []word, said map[string]bool, set func(*argument, string)) {
	next := 0
	take := func(a *argument, w *word) {
		w.taken = true
		set(a, strings.Trim(w.text, ","))
	}
	for i := range c.args {
		a := &c.args[i]
		if a.key || a.flag() || a.rest || said[a.name] {
			continue
		}
		for ; next < len(ws); next++ {
			w := &ws[next]
			if w.taken {
				continue
			}
			if id := c.identifier(w.text, said); id != nil && !a.picky() {
				take(id, w)
			} else if a.list() {
				take(a, w)
			} else {
				break
			}
		}
		if next < len(ws) && a.meant(ws[next].text) && !c.wanted(i, ws[next:], said) {
			take(a, &ws[next])
		} else if last := lastLeft(ws); a.person() && last >= next && strings.HasPrefix(ws[last].text, "@") && a.meant(ws[last].text) {
			take(a, &ws[last])
		}
	}
}

// lastLeft is the last word that nothing took, -1 for none.
func lastLeft(ws []word) int {
	for i := len(ws) - 1; i >= 0; i-- {
		if !ws[i].taken {
			return i
		}
	}
	return -1
}

// identifier is the argument that the word can only be meant for. It may stand
// before or after those that take any word.
func (c *Command) identifier(word string, said map[string]bool) *argument {
	for i := range c.args {
		if a := &c.args[i]; !a.key && !a.rest && !said[a.name] && !a.person() && a.picky() && a.meant(word) {
			return a
		}
	}
	return nil
}

// wanted reports whether an optional argument has to leave its words to those of
// its type that follow and cannot be left out.
func (c *Command) wanted(i int, ws []word, said map[string]bool) bool {
	a := &c.args[i]
	if !a.optional {
		return false
	}
	spare := 0
	for _, w := range ws {
		if !w.taken && a.meant(w.text) {
			spare++
		}
	}
	for _, b := range c.args[i+1:] {
		if b.typ == a.typ && !b.optional && !said[b.name] {
			spare--
		}
	}
	return spare <= 0
}

func (c *Command) takesRest() bool {
	return slices.ContainsFunc(c.args, func(a argument) bool { return a.rest })
}

func takeRest(c *Command, ws []word, set func(*argument, string)) {
	for i := range c.args {
		if a := &c.args[i]; a.rest {
			if text := leftover(ws); text != "" {
				set(a, text)
			}
			for k := range ws {
				ws[k].taken = true
			}
		}
	}
}

// leftover is what nothing took, spaced as it was written.
func leftover(ws []word) string {
	var b strings.Builder
	for _, w := range ws {
		if !w.taken {
			b.WriteString(w.space + w.text)
		}
	}
	return strings.TrimSpace(b.String())
}

// person finds whom a word means: "@ada", "me", or the key that a form gives.
func (env *reading) person(text string) (chat.Person, error) {
	name := strings.TrimPrefix(text, "@")
	if strings.EqualFold(text, "me") || strings.EqualFold(text, "@me") {
		return env.ev.By, nil
	}
	if p, ok := env.ev.People[name]; ok {
		return p, nil
	}
	if platform, id, ok := strings.Cut(text, ":"); ok && platform == env.ev.By.Platform && id != "" {
		return chat.Person{Platform: platform, ID: id, Name: env.ev.Values[text]}, nil
	}
	return chat.Person{}, cre.Errorf(cre.NotFound, "I know nobody here called %s. Check the spelling, or choose the person from the list that opens after @.", text)
}

// sentence is the refusal as markup.
func sentence(err error) chat.Text {
	var e *cre.Error
	if errors.As(err, &e) {
		return e.Text
	}
	return chat.Plain(err.Error())
}
