package router

import (
	"slices"
	"strings"
	"unicode"

	"github.com/agnivade/levenshtein"

	"cresset/bot/chat"
)

// find is the command that the line begins with, and the rest of the line. The
// longest name wins. "/incident", "cre incident" and "incident" are the same.
func (r *Router) find(line string) (*Command, string) {
	line = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "/"))
	if c, rest := r.begun(line); c != nil {
		return c, rest
	}
	return r.begun(withoutFirst(line, "cre"))
}

// begun is find for a line without what may stand before a command. The case of
// its words does not matter, nor the space between them.
func (r *Router) begun(line string) (found *Command, rest string) {
	name := ""
	for range r.longest {
		word, tail := cutWord(line)
		name = strings.TrimSpace(name + " " + strings.ToLower(word))
		if c := r.named[name]; c != nil {
			found, rest = c, tail
		}
		line = tail
	}
	return found, rest
}

func withoutFirst(line, word string) string {
	if first, tail := cutWord(line); strings.EqualFold(first, word) {
		return tail
	}
	return ""
}

// cutWord cuts the first word off the line, and the space around it.
func cutWord(line string) (word, rest string) {
	line = strings.TrimLeftFunc(line, unicode.IsSpace)
	end := strings.IndexFunc(line, unicode.IsSpace)
	if end < 0 {
		return line, ""
	}
	return line[:end], strings.TrimLeftFunc(line[end:], unicode.IsSpace)
}

// unknown answers a line that is no command with the nearest one.
func (r *Router) unknown(ev *chat.Event, may func(*Command) bool) chat.Reply {
	line := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(ev.Line), "/"))
	if tail := withoutFirst(line, "cre"); r.group(firstWord(tail)) != "" {
		line = tail // "cre incident" is "incident"
	}
	if group := r.group(line); line == "" || group != "" {
		return chat.Reply{Message: r.list(may, group)}
	}
	if ev.By.External {
		return chat.Reply{Failed: true, Message: chat.Message{Text: "I only work for people of this organisation."}}
	}
	near := r.nearest(line)
	return chat.Reply{Failed: true, Message: chat.Message{
		Text: chat.Textf("I do not know `%s`. Did you mean `%s`?\nExample: `%s`\n`cre help` lists what you can say.",
			short(line), near.Name, near.Example),
	}}
}

// short is what was typed as it is repeated to the person, on one line.
func short(line string) string { return chat.Cut(strings.Join(strings.Fields(line), " "), 60) }

// group is the first word of commands that the whole line is, if it is one.
func (r *Router) group(line string) string {
	for i := range r.commands {
		if first := firstWord(r.commands[i].Name); strings.EqualFold(first, line) {
			return first
		}
	}
	return ""
}

func firstWord(line string) string {
	for w := range strings.FieldsSeq(line) {
		return w
	}
	return ""
}

// nearest is the command whose name is the fewest typing errors away.
func (r *Router) nearest(line string) *Command {
	best, least := &r.commands[0], 1<<30
	for i := range r.commands {
		c := &r.commands[i]
		for _, name := range c.names {
			if c.Hidden {
				continue
			}
			typed := strings.Fields(strings.ToLower(chat.Cut(line, 80)))
			typed = typed[:min(len(typed), max(2, strings.Count(name, " ")+1))]
			if d := levenshtein.ComputeDistance(strings.Join(typed, " "), name); d < least {
				best, least = c, d
			}
		}
	}
	return best
}

// Complete proposes lines that continue what was typed.
func (r *Router) Complete(p chat.Person, typed string) []chat.Option {
	return r.complete(r.theirs(p, ""), typed)
}

func (r *Router) complete(may func(*Command) bool, typed string) []chat.Option {
	typed = strings.ToLower(strings.TrimPrefix(strings.TrimLeft(typed, " "), "/"))
	var options []chat.Option
	for i := range r.commands {
		c := &r.commands[i]
		if c.Hidden || !may(c) {
			continue
		}
		if strings.HasPrefix(c.Name, typed) || slices.ContainsFunc(c.Aliases, func(a string) bool { return strings.HasPrefix(a, typed) }) {
			options = append(options, chat.Option{Value: c.Name + " ", Label: c.Usage() + " · " + c.Summary})
		}
	}
	return options
}
