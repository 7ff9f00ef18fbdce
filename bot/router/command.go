// Package router turns an event into a command's transaction: is it new, is the
// person allowed, what do the words mean, run, audit, reply.
//
// It promises that a command runs once for each event, whole or not at all, and
// that nothing runs which the gate did not authorise and the audit did not note,
// refusals included. What one event got as an answer it gets again when it is
// delivered again.
//
// What one account of a person may, all may that are linked with it: a role that
// the configuration gives to an account on one platform holds on the others. So a
// link is made only by the person, with a code that is shown on one side and said
// on the other, or by an e-mail address that both platforms vouch for; never for
// people from outside, and never where a way in grants the role to whoever comes.
//
// It refuses to do anything outside the transaction: what a command wants done
// it leaves as errands.
package router

import (
	"reflect"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
)

// A Command is what a person can do, by the words they type.
type Command struct {
	Name    string   // "incident declare"
	Aliases []string // whole: "incident new"
	Summary string   // completes "it will …": "open an incident and its war room"
	Example string   // a line that works, run as a test
	Rank    cre.Rank // what the asker must be; Viewer may be anybody inside
	Hidden  bool     // not in help: only buttons and reactions say it
	Heard   bool     // platforms say it of what people do who ask for nothing; so people from outside may do it
	Talk    bool     // what is said to the bot alone and is no command is given to its first argument
	// Heeds is asked first, in a transaction that only reads. Of a quiet event that it
	// does not heed nothing is kept, not even that it came. Nil heeds everything.
	Heeds func(*workflow.Step) (bool, error)

	names []string // its own and the aliases
	args  []argument
	run   func(*workflow.Step, reflect.Value) (chat.Reply, error)
	zero  func() reflect.Value
}

// Handle gives the command its body. A is its argument struct; its fields are
// tagged `arg:"name,options"` and `help:"…"`. Options:
//
//	optional  may be left out
//	asked     may be left out where there is no choice
//	key       only as name:value
//	rest      all words that nothing else took
//	lines     asked for with several lines in a form (with rest)
//	hidden    not asked for in a form
//	facts     a map: the own facts of any kind of request, each as name:value. A
//	          form asks for those of the kind that was said
//	lacking   asked for in a form only where the request that is meant lacks it
//	otherwise may be left out where an optional one before it was said
//
// A bool is a flag, --name. Tag from:"customers" offers the customers, and so do
// "services", "environments", "kinds" and "departments" those; from:"platforms"
// those where the incident has no room, from:"trackers" those that the request may
// go to; from:"about" begins with the first line of the message that was acted on.
func Handle[A any](c Command, body func(*workflow.Step, A) (chat.Reply, error)) Command {
	t := reflect.TypeFor[A]()
	c.args = argumentsOf(t)
	c.zero = func() reflect.Value { return reflect.New(t).Elem() }
	c.run = func(s *workflow.Step, v reflect.Value) (chat.Reply, error) { return body(s, v.Interface().(A)) }
	return c
}

// Usage is the command with its arguments: "incident declare [SEVERITY]
// [customer:…] TITLE".
func (c *Command) Usage() string {
	usage := c.Name
	for _, a := range c.args {
		if !a.hidden {
			usage += " " + a.usage()
		}
	}
	return usage
}
