package router

import (
	"context"
	"slices"
	"strings"

	"cresset/bot/chat"
	"cresset/store"
)

// undecided are the arguments that may be left out where there is no choice, and
// were left out although there is one.
func (r *Router) undecided(ctx context.Context, c *Command, ev *chat.Event, call call) (names []string, err error) {
	for i := range c.args {
		a := &c.args[i]
		if !a.asked || !call.args.Field(a.index).IsZero() {
			continue
		}
		err = r.with.DB.View(ctx, func(tx store.Tx) error {
			options, err := c.options(a, call.args, r.step(tx, ev))
			if len(options) > 1 {
				names = append(names, a.name)
			}
			return err
		})
	}
	return names, err
}

// ask opens the form for what is missing. Nothing is written.
func (r *Router) ask(ctx context.Context, c *Command, ev *chat.Event, call call) (chat.Reply, error) {
	text := chat.Textf("`%s` needs %s.\nExample: `%s`", c.Name, words2list(call.missing), c.Example)
	if len(ev.Values) > 0 {
		problems := map[string]string{}
		for _, name := range call.missing {
			problems[name] = "This is required."
		}
		return chat.Reply{Failed: true, Problems: problems, Message: chat.Message{Text: text}}, nil
	}
	form, err := r.draw(ctx, c, ev, call)
	if err != nil {
		return chat.Reply{}, err
	}
	for _, f := range form.Fields {
		if (f.From == chat.Platforms || f.From == trackers) && slices.Contains(call.missing, f.Name) {
			text += chat.Textf("\nThere is %s.", words2list(optionValues(f.Options)))
		}
	}
	return chat.Reply{Failed: true, Message: chat.Message{Text: text}, Form: form}, nil
}

// draw is the form of a command with what was said already.
func (r *Router) draw(ctx context.Context, c *Command, ev *chat.Event, call call) (form *chat.Form, err error) {
	err = r.with.DB.View(ctx, func(tx store.Tx) (err error) {
		form, err = c.form(ev, call.args, r.step(tx, ev))
		return err
	})
	return form, err
}

func optionValues(options []chat.Option) (values []string) {
	for _, o := range options {
		values = append(values, o.Value)
	}
	return values
}

func words2list(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
