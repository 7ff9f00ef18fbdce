package router

import (
	"slices"
	"strings"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
)

// help is the command that lists the others.
func (r *Router) help() Command {
	type args struct {
		About string `arg:"about,optional,rest" help:"a command, or the first word of some"`
	}
	return Handle(Command{
		Name: "help", Aliases: []string{"incident help", "slo help", "postmortem help", "cre help"},
		Summary: "list what you can say here", Example: "help incident declare", Rank: cre.Viewer,
	}, func(s *workflow.Step, a args) (chat.Reply, error) {
		if c, _ := r.find(a.About); a.About != "" && c != nil && c.Name != "help" {
			return chat.Reply{Message: c.explain()}, nil
		}
		rank, err := s.Rank(s.Event.Role)
		return chat.Reply{Message: r.list(runs(s.By, s.Event.Role, rank), r.group(a.About))}, err
	})
}

// list is help for one person: what they may run, all of it that begins with one
// word, or an overview.
func (r *Router) list(may func(*Command) bool, group string) chat.Message {
	if group == "" {
		return r.overview(may)
	}
	var lines []chat.Text
	for _, c := range r.of(group, may) {
		lines = append(lines, chat.Textf("- `%s` %s", c.Usage(), c.Summary))
	}
	return chat.Message{Title: "What you can say: " + group, Text: chat.Join(lines, "\n"),
		Footer: "Words in [brackets] may be left out. If others are missing, a form opens. `cre help incident declare` explains one command."}
}

// explained is how many commands of each word an overview explains. The others it
// names.
const explained = 7

// overview explains what is used most.
func (r *Router) overview(may func(*Command) bool) chat.Message {
	var words []chat.Text
	var seen []string
	for i := range r.commands {
		group := firstWord(r.commands[i].Name)
		if all := r.of(group, may); len(all) > 0 && !slices.Contains(seen, group) {
			seen, words = append(seen, group), append(words, summary(group, all))
		}
	}
	return chat.Message{Title: "What you can say", Text: chat.Join(words, "\n\n"),
		Footer: "`cre help incident` shows the whole group, `cre help incident declare` explains one command."}
}

// summary is a word's part of the overview.
func summary(group string, all []*Command) chat.Text {
	lines := []chat.Text{chat.Textf("**%s**", group)}
	if len(all) == 1 && all[0].Name == group {
		lines = nil
	}
	for i, c := range all {
		if i == explained {
			break
		}
		lines = append(lines, chat.Textf("- `%s` %s", c.Name, c.Summary))
	}
	var names []chat.Text
	for _, c := range all[min(len(all), explained):] {
		names = append(names, chat.Textf("`%s`", c.Name))
	}
	if len(names) > 0 {
		lines = append(lines, "- also "+chat.Join(names, ", "))
	}
	return chat.Join(lines, "\n")
}

// of lists the commands that begin with a word and that somebody may run.
func (r *Router) of(group string, may func(*Command) bool) (all []*Command) {
	for i := range r.commands {
		if c := &r.commands[i]; firstWord(c.Name) == group && !c.Hidden && may(c) {
			all = append(all, c)
		}
	}
	return all
}

func (c *Command) explain() chat.Message {
	lines := []chat.Text{chat.Textf("`%s` will %s.", c.Usage(), c.Summary), chat.Textf("Example: `%s`", c.Example)}
	for _, a := range c.args {
		if a.help != "" && !a.hidden {
			lines = append(lines, chat.Textf("- `%s`: %s", strings.Trim(a.usage(), "[]"), a.help))
		}
	}
	if len(c.Aliases) > 0 {
		var also []chat.Text
		for _, alias := range c.Aliases {
			also = append(also, chat.Textf("`%s`", alias))
		}
		lines = append(lines, "Also: "+chat.Join(also, ", "))
	}
	return chat.Message{Text: chat.Join(lines, "\n")}
}
