package discord

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"cresset/bot/chat"
)

const (
	fieldPrefix       = "field."
	mostInForm        = 5 // components
	longestFormTitle  = 45
	longestFieldLabel = 45
	longestHint       = 100
	longestInput      = 4000
	mostKept          = 2000
)

// A modal is a form as Discord takes it.
type modal struct {
	CustomID   string      `json:"custom_id"`
	Title      string      `json:"title"`
	Components []component `json:"components"`
}

// modal is the form with as many fields as Discord takes: those that must be
// filled in, those that are, and the first of the rest. What is left out is named,
// to be typed in a line, and what was said of it stays in the line.
func (p *Platform) modal(f chat.Form) modal {
	fields, left := chosenFields(f.Fields)
	for _, field := range left {
		if field.Value != "" {
			f.Line += inLine(field)
		}
	}
	m := modal{CustomID: p.formID(f), Title: cmp.Or(oneLineOf(f.Title, longestFormTitle), oneLineOf(f.Line, longestFormTitle))}
	if intro := p.intro(f.Intro, left); intro != "" && len(fields) < mostInForm {
		m.Components = append(m.Components, display(intro))
	}
	for _, field := range fields {
		m.Components = append(m.Components, fieldComponent(field))
	}
	if len(m.Components) == 0 {
		m.Components = append(m.Components, display(p.intro(chat.Textf("Runs `%s`.", f.Line), nil)))
	}
	return m
}

// chosenFields are the fields of a form that has room for them, in their order.
func chosenFields(all []chat.FormField) (shown, left []chat.FormField) {
	room := mostInForm
	if len(all) > room {
		room-- // for the names of the others
	}
	picked := map[string]bool{}
	for _, wanted := range []func(chat.FormField) bool{
		func(f chat.FormField) bool { return !f.Optional },
		func(f chat.FormField) bool { return f.Value != "" },
		func(chat.FormField) bool { return true },
	} {
		for _, f := range all {
			if wanted(f) && len(picked) < room {
				picked[f.Name] = true
			}
		}
	}
	for _, f := range all {
		if picked[f.Name] {
			shown = append(shown, f)
		} else {
			left = append(left, f)
		}
	}
	return shown, left
}

// inLine is a value as it is said in a line.
func inLine(f chat.FormField) string {
	if f.Kind == chat.Yes {
		return " --" + f.Name
	}
	return fmt.Sprintf(` %s:"%s"`, f.Name, strings.ReplaceAll(f.Value, `"`, "'"))
}

func (p *Platform) intro(t chat.Text, left []chat.FormField) string {
	var words []chat.Text
	for _, f := range left {
		if f.Kind == chat.Yes {
			words = append(words, chat.Textf("`--%s`", f.Name))
		} else {
			words = append(words, chat.Textf("`%s:…`", f.Name))
		}
	}
	if len(words) > 0 {
		t = chat.Text(strings.TrimSpace(string(t + " More can be said in a line: " + chat.Join(words, ", ") + ".")))
	}
	var w writer
	s, _ := w.text(p.typing.Text(t), 1000)
	return s
}

func fieldComponent(f chat.FormField) component {
	in := inputFor(f)
	in.CustomID = fieldPrefix + f.Name
	return component{Type: labelComponent, Label: cmp.Or(oneLineOf(cmp.Or(f.Label, f.Name), longestFieldLabel), "–"),
		Description: oneLineOf(f.Help, longestHint), Component: &in}
}

func inputFor(f chat.FormField) component {
	required := !f.Optional && f.Kind != chat.Yes // what is not ticked is an answer
	chosen := strings.Split(f.Value, ",")
	options := optionsOf(f.Options, chosen...)
	switch {
	case f.Kind == chat.Yes:
		yes := []choice{{Label: "Yes", Value: "true", Default: f.Value == "true"}}
		return menuFor(component{Type: discordgo.SelectMenuComponent, Options: yes}, required)
	case f.Kind == chat.Choice && options != nil:
		return menuFor(component{Type: discordgo.SelectMenuComponent, Options: options}, required)
	case f.Kind == chat.Choices && options != nil:
		return menuFor(component{Type: discordgo.SelectMenuComponent, Options: options, MaxValues: len(options)}, required)
	case f.Kind == chat.Somebody:
		c := component{Type: discordgo.UserSelectMenuComponent}
		if id, ok := strings.CutPrefix(f.Value, name+":"); ok && isID(id) {
			c.Defaults = []chosenOne{{ID: id, Type: "user"}}
		}
		return menuFor(c, required)
	}
	in := component{Type: discordgo.TextInputComponent, Style: oneLine, Required: &required, MaxLength: longestInput,
		Value: oneLineOf(f.Value, longestInput), Placeholder: cmp.Or(placeholders[f.Kind], examples(f.Options))}
	if f.Kind == chat.ManyLines {
		in.Style, in.Value = manyLines, chat.Cut(chat.Clean(f.Value), longestInput)
	}
	return in
}

var placeholders = map[chat.FieldKind]string{chat.Day: "2026-11-30, friday or 3d", chat.Moment: "09:50, or 2026-11-30 09:50",
	chat.Choices: "with commas between", chat.Somebody: "@name"}

// examples are the first of what there is to choose from where it has to be typed.
func examples(options []chat.Option) string {
	var values []string
	for _, o := range options[:min(len(options), 5)] {
		values = append(values, o.Value)
	}
	if len(options) > len(values) {
		values = append(values, "…")
	}
	return oneLineOf(strings.Join(values, ", "), longestHint)
}

func menuFor(c component, required bool) component {
	c.Required = &required
	if !required {
		c.MinValues = new(int)
	}
	return c
}

// keptForms are the forms that were shown, for as long as there is room, and the
// questions that stand before buttons.
type keptForms struct {
	forms     map[string]chat.Form
	order     []string
	questions map[string]string // by line
}

// keepForm remembers a form and gives the word by which it is known.
func (p *Platform) keepForm(f chat.Form) string {
	token := strings.ToLower(rand.Text()[:10])
	p.mu.Lock()
	defer p.mu.Unlock()
	k := &p.kept
	if k.forms == nil {
		k.forms = map[string]chat.Form{}
	}
	k.forms[token], k.order = f, append(k.order, token)
	if len(k.order) > mostKept {
		delete(k.forms, k.order[0])
		k.order = k.order[1:]
	}
	return token
}

func (p *Platform) form(token string) (chat.Form, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f, ok := p.kept.forms[token]
	return f, ok
}

// formID is what a form carries: by what word it is kept, and, for when it is
// not any more, what it is about and what it runs.
func (p *Platform) formID(f chat.Form) string {
	id := forms + ":" + p.keepForm(f) + ":"
	rest := ":" + f.Line
	if f.About != nil {
		rest = f.About.ID + rest
	}
	if len(id)+len(rest) > longestCustomID {
		return id
	}
	return id + rest
}

// filledForm is the form that was filled in, and the id of the message that it is
// about if the rest of it is lost.
func (p *Platform) filledForm(id string) (f chat.Form, about string, ok bool) {
	does, rest := lineOf(id)
	token, rest, _ := strings.Cut(rest, ":")
	if f, kept := p.form(token); kept && does == forms {
		return f, "", true
	}
	about, line, _ := strings.Cut(rest, ":")
	return chat.Form{Line: line}, about, does == forms && line != ""
}

// keepQuestion remembers what to ask before a line is run.
func (p *Platform) keepQuestion(line, question string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kept.questions == nil || len(p.kept.questions) > mostKept {
		p.kept.questions = map[string]string{}
	}
	p.kept.questions[line] = question
}

func (p *Platform) question(line string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return cmp.Or(p.kept.questions[line], fmt.Sprintf("This runs %q. Are you sure?", line))
}

// refilled is the form of an act with what was filled in.
func (a *act) refilled() chat.Form {
	f := *a.shown
	f.Fields = slices.Clone(f.Fields)
	f.Place, f.About = a.Place, a.About
	for i, field := range f.Fields {
		if v, filled := a.Values[field.Name]; filled {
			f.Fields[i].Value = a.keyed(v)
		}
	}
	return f
}

// keyed is a value of a form with somebody in it as their key.
func (a *act) keyed(value string) string {
	if called, is := strings.CutPrefix(value, "@"); is {
		if who, ok := a.People[called]; ok {
			return who.Key()
		}
	}
	return value
}

// wrong says what is wrong with a form, field by field. Discord shows nothing at
// the fields themselves.
func wrong(f chat.Form, problems map[string]string) chat.Message {
	m := chat.Message{Tone: chat.Warning}
	for _, field := range slices.Sorted(maps.Keys(problems)) {
		label := field
		if i := slices.IndexFunc(f.Fields, func(one chat.FormField) bool { return one.Name == field }); i >= 0 {
			label = cmp.Or(f.Fields[i].Label, field)
		}
		m.Fields = append(m.Fields, chat.Field{Label: label, Value: chat.Plain(problems[field])})
	}
	return m
}

// fetch reads a message that somebody acted on. Where the bot may not read, the
// post has no text.
func (p *Platform) fetch(ctx context.Context, where chat.Place, id string) *chat.Post {
	post := &chat.Post{Ref: chat.Ref{Place: where, ID: id}, At: timeOf(id, p.options.Now()), Link: p.linkTo(cmp.Or(where.Thread, where.Channel)) + "/" + id}
	m, err := p.readMessage(ctx, cmp.Or(where.Thread, where.Channel), id)
	if err != nil {
		p.options.Log.Warn("message not read", "platform", name, "channel", where.Channel, "err", err)
		return post
	}
	return p.postOf(ctx, where, m)
}
