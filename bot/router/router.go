package router

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
)

// A Router handles events. [New] makes one.
type Router struct {
	commands []Command
	named    map[string]*Command // by each name, in lower case with single spaces
	longest  int                 // in words, of the names
	with     With
	gate     *gate
}

// With is what a router works with.
type With struct {
	DB    store.DB
	Rules *cre.Settings
	Now   func() time.Time
	Log   *slog.Logger
	// After is told after each commit, so that errands are begun at once.
	After func()
	// Count is told how each event ended: "ok", "refused", "form", "again", "ignored",
	// "failed", or "busy" when there was no place for it.
	Count func(command, outcome string)
}

// New makes a router for the commands and for help about them.
func New(commands []Command, with With) *Router {
	r := &Router{with: with, gate: newGate(), named: map[string]*Command{}}
	r.commands = append(slices.Clone(commands), r.help())
	for i := range r.commands {
		c := &r.commands[i]
		c.names = append([]string{c.Name}, c.Aliases...)
		for _, name := range c.names {
			words := strings.Fields(strings.ToLower(name))
			r.longest = max(r.longest, len(words))
			if key := strings.Join(words, " "); r.named[key] == nil {
				r.named[key] = c
			}
		}
	}
	return r
}

// Commands lists what people can do, in the order of help.
func (r *Router) Commands() []Command { return r.commands }

// Handle does what the event asks. It is a [chat.Handler]. In a storm it gives
// [ErrBusy] for what is too much.
func (r *Router) Handle(ctx context.Context, ev chat.Event) (reply chat.Reply, err error) {
	valid(&ev)
	leave, err := r.gate.enter(ctx, &ev)
	if err != nil {
		r.with.Count("", "busy")
		return chat.Reply{}, err
	}
	defer leave()
	c, rest := r.find(ev.Line)
	if c == nil {
		c = r.talk(&ev)
	}
	if c == nil {
		r.with.Count("", "refused")
		return r.unknown(&ev, r.theirs(ev.By, ev.Role)), nil
	}
	defer func() {
		if p := recover(); p != nil {
			r.with.Log.Error("command panicked", "command", c.Name, "event", ev.Key, "err", fmt.Sprint(p), "stack", string(debug.Stack()))
			r.with.Count(c.Name, "failed")
			reply, err = r.trouble(c, &ev, fmt.Errorf("panic: %v", p)), nil
		}
	}()
	if ev.Key == "" {
		ev.Key = "once:" + reference() + reference()
	}
	reply, outcome, err := r.do(ctx, &ev, c, rest)
	if err != nil {
		outcome = "failed"
		if !errors.Is(err, context.Canceled) {
			reply, err = r.trouble(c, &ev, err), r.unsaved(err)
		}
	}
	r.with.Count(c.Name, outcome)
	return reply, err
}

// valid makes what is kept of an event readable by the codec: it would come back
// changed, and the seal of the audit line not fit.
func valid(ev *chat.Event) {
	for _, s := range []*string{&ev.Key, &ev.Line, &ev.By.Platform, &ev.By.ID, &ev.By.Name} {
		*s = strings.ToValidUTF8(*s, "\ufffd")
	}
}

// step is a step of whoever did the event.
func (r *Router) step(tx store.Tx, ev *chat.Event) *workflow.Step {
	return &workflow.Step{Tx: tx, Now: r.with.Now(), By: ev.By, At: ev.Place, Event: ev, Rules: r.with.Rules, Chance: rand.Text()}
}

// may reports whether the person of a step may run a command.
func may(s *workflow.Step, granted string, c *Command) (bool, error) {
	rank, err := s.Rank(granted)
	return runs(s.By, granted, rank)(c) || c.Heard && s.Event.Quiet && s.By.External, err
}

// runs tells which commands a person of a rank may run. People from outside may
// run none, unless their way in grants them a role.
func runs(p chat.Person, granted string, rank cre.Rank) func(*Command) bool {
	return func(c *Command) bool { return (!p.External || granted != "") && rank >= c.Rank }
}

// theirs tells which commands a person may run, where none is run. If the store
// does not say with whom they are linked, it is as if with nobody.
func (r *Router) theirs(p chat.Person, granted string) func(*Command) bool {
	rank := r.with.Rules.Roles.Rank(p, granted)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := r.with.DB.View(ctx, func(tx store.Tx) (err error) {
		rank, err = r.step(tx, &chat.Event{By: p}).Rank(granted)
		return err
	})
	if err != nil {
		r.with.Log.Warn("nobody knows who is linked", "err", err)
	}
	return runs(p, granted, rank)
}

// meet learns what an event says of its person, and reports whether they may run
// the command. From what a platform only assumes nothing is learnt.
func (r *Router) meet(ctx context.Context, ev *chat.Event, c *Command) (allowed bool, err error) {
	unmet := false
	err = r.with.DB.View(ctx, func(tx store.Tx) (err error) {
		s := r.step(tx, ev)
		if unmet, err = s.Unmet(ev.Email); err == nil {
			allowed, err = may(s, ev.Role, c)
		}
		return err
	})
	if err != nil || !unmet || ev.Role != "" || ev.Unsure {
		return allowed, err
	}
	err = r.with.DB.Update(ctx, func(tx store.Tx) error {
		s := r.step(tx, ev)
		outcome, err := s.Meet(ev.Email)
		if err != nil || outcome == "" {
			return err
		}
		if allowed, err = may(s, ev.Role, c); err != nil {
			return err
		}
		return s.Note(&chat.Event{Key: ev.Key, By: ev.By}, "link", outcome)
	})
	return allowed, err
}

// do is the way of every event: read the words, ask for what is missing, run.
func (r *Router) do(ctx context.Context, ev *chat.Event, c *Command, rest string) (chat.Reply, string, error) {
	if c.Heeds != nil && ev.Quiet {
		if reply, outcome, err := r.heeds(ctx, ev, c); outcome != "" || err != nil {
			return reply, outcome, err
		}
	}
	env := &reading{ev: ev, now: r.with.Now(), zone: r.with.Rules.Zone, rules: r.with.Rules}
	call := env.read(c, rest)
	allowed, err := r.meet(ctx, ev, c)
	if err != nil {
		return chat.Reply{}, "", err
	}
	if ev.Draft && allowed {
		form, err := r.draw(ctx, c, ev, call)
		return chat.Reply{Form: form}, "form", err
	}
	if allowed && call.err != nil {
		return r.misread(c, ev, call), "refused", nil
	}
	if allowed && len(call.missing) == 0 {
		if call.missing, err = r.undecided(ctx, c, ev, call); err != nil {
			return chat.Reply{}, "", err
		}
	}
	if allowed && len(call.missing) > 0 {
		reply, err := r.ask(ctx, c, ev, call)
		return reply, "form", err
	}
	return r.commit(ctx, ev, c, call)
}

// heeds asks whether anything comes of the event. It gives an outcome where that is
// known already.
func (r *Router) heeds(ctx context.Context, ev *chat.Event, c *Command) (reply chat.Reply, outcome string, err error) {
	err = r.with.DB.View(ctx, func(tx store.Tx) error {
		outcome = "again"
		if known, err := answered(tx, ev, &reply); known || err != nil {
			return err
		}
		outcome = "ignored"
		heeded, err := c.Heeds(r.step(tx, ev))
		if heeded {
			outcome = ""
		}
		return err
	})
	return reply, outcome, err
}

// errRefused rolls the transaction back when the domain refuses.
type errRefused struct{ cause *cre.Error }

func (e *errRefused) Error() string { return e.cause.Error() }

// commit runs the command in one transaction with the inbox and the audit. A
// refusal is noted in a transaction of its own, since the first was undone.
func (r *Router) commit(ctx context.Context, ev *chat.Event, c *Command, call call) (chat.Reply, string, error) {
	var reply chat.Reply
	outcome := "ok"
	err := r.with.DB.Update(ctx, func(tx store.Tx) error {
		reply, outcome = chat.Reply{}, "ok"
		if known, err := answered(tx, ev, &reply); known || err != nil {
			outcome = "again"
			return err
		}
		s := r.step(tx, ev)
		allowed, err := may(s, ev.Role, c)
		if err != nil {
			return err
		}
		refusal := forbidden(c, ev, allowed)
		if refusal == nil {
			if reply, err = c.run(s, call.args); err != nil {
				if cause := (*cre.Error)(nil); errors.As(err, &cause) {
					return &errRefused{cause}
				}
				return err
			}
		} else {
			reply, outcome = chat.Reply{Message: chat.Message{Text: refusal.Text}, Failed: true}, "refused"
		}
		return r.seal(s, ev, c, &reply, refusal)
	})
	if refused := (*errRefused)(nil); errors.As(err, &refused) {
		err = r.with.DB.Update(ctx, func(tx store.Tx) error {
			reply, outcome = refuse(ev, refused.cause), "refused"
			if known, err := answered(tx, ev, &reply); known || err != nil {
				outcome = "again" // the same event was handled meanwhile
				return err
			}
			return r.seal(r.step(tx, ev), ev, c, &reply, refused.cause)
		})
	}
	if err == nil {
		r.with.After()
	}
	return reply, outcome, err
}

// answered gives an event that was handled before the answer it got then.
func answered(tx store.Tx, ev *chat.Event, reply *chat.Reply) (bool, error) {
	earlier, err := store.Inbox.Get(tx, store.Key(ev.Key))
	if err != nil || earlier == nil {
		return false, err
	}
	*reply = earlier.Reply
	return true, nil
}

func forbidden(c *Command, ev *chat.Event, allowed bool) *cre.Error {
	if allowed {
		return nil
	}
	if ev.By.External {
		return cre.Errorf(cre.Forbidden, "`%s` is only for people of this organisation.", c.Name)
	}
	return cre.Errorf(cre.Forbidden, "`%s` needs the role %s, which you do not have. Ask somebody who has it, or ask an admin to add you under `roles` in the configuration.", c.Name, c.Rank.String())
}

// seal leaves a public reply as an errand, and notes the event and what came of
// it.
func (r *Router) seal(s *workflow.Step, ev *chat.Event, c *Command, reply *chat.Reply, refusal *cre.Error) error {
	reply.Public = reply.Public && !ev.Place.IsZero() // a program has no place where others hear it
	if reply.Public && !reply.Message.IsZero() {
		if _, err := s.Say(ev.Place, reply.Message, store.ForReply); err != nil {
			return err
		}
		reply.Message = chat.Message{Text: reply.Message.Text}
	}
	outcome := "done"
	if refusal != nil {
		outcome = refusal.Error()
	}
	if err := s.Note(ev, c.Name, outcome); err != nil {
		return err
	}
	return store.Inbox.Put(s.Tx, &store.Received{Key: ev.Key, At: s.Now, Reply: *reply})
}

// refuse is the answer to what the domain refused; on a form it stands at the
// field.
func refuse(ev *chat.Event, cause *cre.Error) chat.Reply {
	reply := chat.Reply{Message: chat.Message{Text: cause.Text}, Failed: true}
	if _, asked := ev.Values[cause.Field]; asked {
		reply.Problems = map[string]string{cause.Field: cause.Error()}
	}
	return reply
}

// misread says what is wrong with the words, and shows how it is done.
func (r *Router) misread(c *Command, ev *chat.Event, call call) chat.Reply {
	reply := chat.Reply{Failed: true, Message: chat.Message{
		Text: chat.Textf("%s\nExample: `%s`", sentence(call.err), c.Example),
	}}
	if len(ev.Values) > 0 && len(call.problems) > 0 {
		reply.Problems = call.problems
	}
	return reply
}

// trouble is what a person sees of an error that is ours: a number that the log
// has too.
func (r *Router) trouble(c *Command, ev *chat.Event, err error) chat.Reply {
	if errors.Is(err, store.ErrFull) {
		return chat.Reply{Failed: true, Unsaved: true, Message: chat.Message{Text: "Nothing was saved: the bot's disk is full. Tell whoever runs the bot, then try again."}}
	}
	if errors.Is(err, store.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) {
		r.with.Log.Error("nothing can be saved, the database does not answer", "command", c.Name, "event", ev.Key, "err", err)
		return chat.Reply{Failed: true, Unsaved: true, Message: chat.Message{Text: "Nothing was saved: the database does not answer. Try again in a minute. If it happens again, tell whoever runs the bot."}}
	}
	ref := reference()
	r.with.Log.Error("command failed", "command", c.Name, "event", ev.Key, "ref", ref, "err", err)
	return chat.Reply{Failed: true, Unsaved: true, Message: chat.Message{
		Text: chat.Textf("Nothing was saved: something went wrong inside the bot. Try again. If it happens again, give whoever runs the bot the reference `%s`.", ref),
	}}
}

// unsaved keeps the errors after which the outcome is unknown: the platform must
// not be told that all is well.
func (r *Router) unsaved(err error) error {
	if errors.Is(err, store.ErrUnknown) || errors.Is(err, store.ErrClosed) {
		return err
	}
	return nil
}

func reference() string {
	var b [4]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(err) // the system has no randomness: nothing is safe
	}
	return hex.EncodeToString(b[:])
}
