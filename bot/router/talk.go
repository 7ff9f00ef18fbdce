package router

import (
	"strings"

	"github.com/agnivade/levenshtein"

	"cresset/bot/chat"
	"cresset/bot/cre"
)

// slips are as many wrong letters as a command has that was mistyped.
const slips = 2

// talk is the command for what was said to the bot alone and is no command: it gets
// what was said, word for word. Nil is what was meant as a command, and what is not
// worth an answer of its own.
func (r *Router) talk(ev *chat.Event) *Command {
	line := strings.TrimSpace(ev.Line)
	if !ev.Alone || ev.By.External || strings.HasPrefix(line, "/") || r.group(firstWord(line)) != "" {
		return nil
	}
	if _, worth := cre.Worth(line); !worth || r.mistyped(line) {
		return nil
	}
	for i := range r.commands {
		if c := &r.commands[i]; c.Talk {
			ev.Line, ev.Named = c.Name, map[string]string{c.args[0].name: line}
			return c
		}
	}
	return nil
}

// mistyped reports whether a line begins with a command, but for a slip or two.
func (r *Router) mistyped(line string) bool {
	typed := strings.Fields(strings.ToLower(chat.Cut(line, 80)))
	for _, c := range r.commands {
		for _, name := range c.names {
			n := strings.Count(name, " ") + 1
			if n > 1 && len(typed) >= n && !c.Hidden && levenshtein.ComputeDistance(strings.Join(typed[:n], " "), name) <= slips {
				return true
			}
		}
	}
	return false
}
