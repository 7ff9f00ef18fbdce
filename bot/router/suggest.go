package router

import (
	"context"
	"reflect"
	"slices"
	"strings"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
)

// Where an argument comes from besides what platforms know of.
const (
	services     = "services"     // what the customers who are affected call critical
	environments = "environments" // where they run
	kinds        = "kinds"        // sorts of requests
	trackers     = "trackers"     // where product teams keep issues
	departments  = "departments"  // parts of the company whose people file requests
	about        = "about"        // the message that was acted on, of which nothing is proposed
)

// proposed is how many options are proposed at once, offered how many a form has.
const (
	proposed = 25
	offered  = 100
)

// comesFrom reports whether an argument of the command comes from there.
func (c *Command) comesFrom(from string) bool {
	return slices.ContainsFunc(c.args, func(a argument) bool { return a.from == from })
}

// options are what a form offers for an argument. What was said stays among them.
func (c *Command) options(a *argument, said reflect.Value, s *workflow.Step) ([]chat.Option, error) {
	var options []chat.Option
	if all, ok := reflect.New(a.typ).Elem().Interface().(chooser); ok {
		for _, w := range all.Choices() {
			options = append(options, chat.Option{Value: w, Label: s.Meaning(all, w)})
		}
	}
	switch a.from {
	case chat.Customers:
		all, err := s.Customers()
		if err != nil {
			return nil, err
		}
		for _, c := range all[:min(len(all), offered)] {
			options = append(options, chat.Option{Value: c.Key, Label: c.Name})
		}
	case services:
		critical, err := s.Services(c.customers(said))
		if err != nil {
			return nil, err
		}
		for _, one := range critical[:min(len(critical), offered)] {
			options = append(options, chat.Option{Value: one, Label: one})
		}
	case environments:
		all, err := s.Environments(c.customers(said))
		if err != nil {
			return nil, err
		}
		for _, one := range all[:min(len(all), offered)] {
			options = append(options, chat.Option{Value: one, Label: one})
		}
	case kinds:
		for _, k := range s.Rules.Kinds {
			options = append(options, chat.Option{Value: k.Name, Label: workflow.Choice(k.Name, k.Means)})
		}
	case trackers:
		all, err := s.TrackersOffered(c.record(chat.Requests, said))
		if err != nil {
			return nil, err
		}
		for _, one := range all {
			options = append(options, chat.Option{Value: one, Label: one})
		}
	case chat.Platforms:
		all, err := s.MirrorsOffered(c.record(chat.Incidents, said))
		switch {
		case cre.Is(err, cre.NotFound) && c.record(chat.Incidents, said) == "": // it is still to be said which is meant
			all = s.Rules.Platforms
		case cre.Is(err, cre.NotFound): // the command says so
		case err != nil:
			return nil, err
		}
		options = append(options, platformOptions(all)...)
	}
	if len(options) == 0 || a.from == "" {
		return options, nil
	}
	for one := range strings.SplitSeq(shown(said.Field(a.index)), ",") {
		if one != "" && !slices.ContainsFunc(options, func(o chat.Option) bool { return o.Value == one }) {
			options = append(options, chat.Option{Value: one, Label: one})
		}
	}
	return options, nil
}

func platformOptions(all []string) (options []chat.Option) {
	for _, p := range all {
		options = append(options, chat.Option{Value: p, Label: cre.PlatformLabel(p)})
	}
	return options
}

// record is the incident or the request that was said, "" if none was.
func (c *Command) record(from string, said reflect.Value) string {
	for i := range c.args {
		if a := &c.args[i]; a.from == from {
			return shown(said.Field(a.index))
		}
	}
	return ""
}

// customers are the customers that were said.
func (c *Command) customers(said reflect.Value) []string {
	for i := range c.args {
		if a := &c.args[i]; a.from == chat.Customers {
			return strings.FieldsFunc(shown(said.Field(a.index)), func(r rune) bool { return r == ',' })
		}
	}
	return nil
}

// Suggest proposes values of what an argument comes from that p may see and in
// which the typed words are found, what is open first.
func (r *Router) Suggest(p chat.Person, from, typed string) []chat.Option {
	if p.External || p.IsZero() { // nobody is the bot itself, which sees what the team does
		return nil
	}
	var options []chat.Option
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := r.with.DB.View(ctx, func(tx store.Tx) (err error) {
		s := &workflow.Step{Tx: tx, Now: r.with.Now(), By: p, Rules: r.with.Rules}
		options, err = known(s, from, typed)
		return err
	})
	if err != nil {
		r.with.Log.Warn("nothing can be proposed", "from", from, "err", err)
		return nil
	}
	typed = strings.ToLower(strings.TrimSpace(typed))
	options = slices.DeleteFunc(options, func(o chat.Option) bool {
		return !strings.Contains(strings.ToLower(o.Value+" "+o.Label), typed)
	})
	return options[:min(len(options), proposed)]
}

// lookedAt is how many records are looked at to propose some.
const lookedAt = 200

// known lists what there is to propose to who typed something.
func known(s *workflow.Step, from, typed string) (options []chat.Option, err error) {
	add := func(value, label string) { options = append(options, chat.Option{Value: value, Label: label}) }
	switch from {
	case chat.Customers:
		all, err := s.Customers()
		if err != nil {
			return nil, err
		}
		for _, c := range all {
			add(c.Key, c.Name)
		}
	case services:
		all, err := s.Services(nil)
		if err != nil {
			return nil, err
		}
		for _, one := range all {
			add(one, one)
		}
	case environments:
		all, err := s.Environments(nil)
		if err != nil {
			return nil, err
		}
		for _, one := range all {
			add(one, one)
		}
	case kinds:
		for _, k := range s.Rules.Kinds {
			add(k.Name, k.Name)
		}
	case chat.Incidents:
		all, err := s.Incidents(false, lookedAt)
		if err != nil {
			return nil, err
		}
		slices.SortStableFunc(all, func(a, b cre.Incident) int { return openFirst(a.Status.Open(), b.Status.Open()) })
		for _, i := range all {
			add(i.ID, i.ID+" "+i.Title)
		}
	case chat.Requests:
		all, err := s.Proposed(strings.TrimSpace(typed), lookedAt)
		if err != nil {
			return nil, err
		}
		for _, r := range all {
			add(r.ID, r.ID+" "+r.Title)
		}
	case departments:
		for _, one := range s.Rules.Departments {
			add(one.Name, one.Name)
		}
	case trackers:
		for _, one := range s.Rules.Trackers {
			add(one, one)
		}
	case chat.Platforms:
		return platformOptions(s.Rules.Platforms), nil
	}
	return options, nil
}

func openFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// Verbs are the commands that are shown to people, with what may be said to them.
// Help comes first, as "cre help": on a platform each begins with a slash command.
func Verbs(commands []Command) []chat.Verb {
	help := new(Router).help()
	help.Name = "cre help"
	commands = append([]Command{help}, commands...)
	var all []chat.Verb
	for i := range commands {
		c := &commands[i]
		if c.Hidden {
			continue
		}
		v := chat.Verb{Line: c.Name, Aliases: c.Aliases, Summary: c.Summary}
		for k := range c.args {
			a := &c.args[k]
			if a.hidden {
				continue
			}
			f := chat.FormField{Name: a.name, Label: label(a.name), Help: a.help, Kind: a.kind(), From: a.from, Optional: a.optional}
			if a.from == about {
				f.From = ""
			}
			if words, ok := reflect.New(a.typ).Elem().Interface().(chooser); ok {
				for _, w := range words.Choices() {
					f.Options = append(f.Options, chat.Option{Value: w, Label: w})
				}
			}
			v.Fields = append(v.Fields, f)
		}
		inTurn(v.Fields, nil)
		all = append(all, v)
	}
	return all
}
