package app

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"cresset/bot/chat"
)

// messagesMarkdown is docs/messages.md.
func messagesMarkdown(all []*drawing) string {
	var b strings.Builder
	b.WriteString(`# What people see

The bot has one model of a message and one of a form, and each platform shows them in
its own way. Here is every part of the model on each platform, drawn from what that
platform is given: the golden files that its tests hold. Slack and Discord are our
drawings of their clients; the console is the console.
`)
	for _, d := range all {
		b.WriteString(d.section())
	}
	b.WriteString("\n`make pictures` draws this page anew. A test fails when it is older than what it is drawn from.\n")
	return b.String()
}

func (d *drawing) section() string {
	return fmt.Sprintf("\n## %s\n\n%s.\n\n![%s](messages/%s.png)\n\n%s\n<!-- drawn from %s -->\n",
		d.heading(), capital(d.Shows), d.alt(), d.Name, d.fallbacks(), d.Sum)
}

func (d *drawing) heading() string {
	if d.Form != nil {
		return "Form: " + strings.TrimPrefix(d.Name, "form_")
	}
	return capital(d.Name)
}

func (d *drawing) alt() string {
	var names []string
	for _, v := range d.Views {
		names = append(names, v.Platform)
	}
	return listed(names) + " side by side: " + d.Shows
}

// listed is names as a sentence has them.
func listed(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// fallbacks say what each platform makes of those parts that it has no shape for.
func (d *drawing) fallbacks() string {
	var whole []string
	var b strings.Builder
	for _, v := range d.Views {
		if instead := d.instead(v.Class); len(instead) > 0 {
			fmt.Fprintf(&b, "- **%s**: %s.\n", v.Platform, strings.Join(instead, "; "))
		} else {
			whole = append(whole, "**"+v.Platform+"**")
		}
	}
	if d.Form != nil {
		fmt.Fprintf(&b, "- **Plain text** has no forms: the words go into the line, `/%s …`.\n", d.Form.Line)
	}
	switch len(whole) {
	case 0:
		return b.String()
	case 1:
		return fmt.Sprintf("- %s shows all of it.\n%s", whole[0], b.String())
	}
	return fmt.Sprintf("- %s show all of it.\n%s", listed(whole), b.String())
}

func (d *drawing) instead(class string) []string {
	var words []string
	for _, part := range messageParts {
		if said := part.instead[class]; said != "" && d.Form == nil && part.in(d.Message) {
			words = append(words, said)
		}
	}
	for _, part := range formParts {
		if said := part.instead[class]; said != "" && d.Form != nil && part.in(*d.Form) {
			words = append(words, said)
		}
	}
	return words
}

// messageParts are what some platform has no shape for, and what it shows instead.
var messageParts = []struct {
	in      func(chat.Message) bool
	instead map[string]string
}{
	{func(m chat.Message) bool { return m.Tone != chat.Neutral }, map[string]string{
		"slack": "a circle stands for the tone", "plain": "the words alone carry the tone"}},
	{func(m chat.Message) bool { return len(m.Fields) > 0 }, map[string]string{
		"discord": "short fields share a line", "plain": "a field is a line"}},
	{func(m chat.Message) bool { return m.Table != nil }, map[string]string{
		"slack": "a table is aligned text, or a list where it is wide", "discord": "a table is aligned text, or a list where it is wide",
		"plain": "bars stand between the columns"}},
	{func(m chat.Message) bool { return m.Chart != nil }, map[string]string{
		"slack": "where the picture cannot be sent, the chart is told in words", "plain": "the chart is told in words"}},
	{func(m chat.Message) bool { return m.Details != "" }, map[string]string{
		"slack": "details stand open, under a line", "discord": "details stand open, under a line", "plain": "details stand open"}},
	{hasDocument, map[string]string{
		"slack": "a document is in the thread", "plain": "a document stands in the text"}},
	{hasPicture, map[string]string{
		"plain": "the picture is told in words"}},
	{asksFirst, map[string]string{
		"discord": "the question before a button is a message to whoever pressed it"}},
	{func(m chat.Message) bool { return len(m.Buttons) > 0 }, map[string]string{
		"plain": "a button is the line to type"}},
	{func(m chat.Message) bool { return len(m.Menus) > 0 }, map[string]string{
		"plain": "a menu is the line to complete"}},
}

func hasPicture(m chat.Message) bool { return slices.ContainsFunc(m.Files, chat.File.IsPicture) }

func hasDocument(m chat.Message) bool {
	return slices.ContainsFunc(m.Files, func(f chat.File) bool { return !f.IsPicture() })
}

func asksFirst(m chat.Message) bool {
	return slices.ContainsFunc(m.Buttons, func(b chat.Button) bool { return b.Confirm != "" })
}

// formParts are the same of a form.
var formParts = []struct {
	in      func(chat.Form) bool
	instead map[string]string
}{
	{asksFor(chat.Choices), map[string]string{
		"console": "several choices are boxes to tick"}},
	{asksFor(chat.Somebody), map[string]string{
		"console": "a person is an @name, with proposals"}},
	{asksFor(chat.Yes), map[string]string{
		"discord": "a tick is a menu"}},
	{asksFor(chat.Day, chat.Moment), map[string]string{
		"discord": "a day and a time are typed"}},
	{func(f chat.Form) bool { return len(f.Fields) >= 5 }, map[string]string{
		"discord": "five fields leave no room for the introduction, and what is more than five is named, to be typed"}},
}

func asksFor(kinds ...chat.FieldKind) func(chat.Form) bool {
	return func(f chat.Form) bool {
		return slices.ContainsFunc(f.Fields, func(f chat.FormField) bool { return slices.Contains(kinds, f.Kind) })
	}
}
