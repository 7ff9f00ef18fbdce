package web

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/store"
)

// acts turns what browsers send into events.
type acts struct {
	*Console
	handle chat.Handler
}

// An answer is what the page does about it. Exactly one of Error and the rest
// is set.
type answer struct {
	Error    string            `json:"error,omitempty"`    // nothing happened, for this reason
	Form     string            `json:"form,omitempty"`     // a dialog to open, as HTML
	Problems map[string]string `json:"problems,omitempty"` // of the form that was sent, by field
	Notice   string            `json:"notice,omitempty"`   // to show where there is no conversation, as HTML
	Failed   bool              `json:"failed,omitempty"`   // the command did nothing
	Away     bool              `json:"away,omitempty"`     // the page is not for the reader's eyes any more
}

const notSaved = "Not saved. Try again."

// actTime is how long an act may take. It goes on when the browser turns away.
const actTime = 30 * time.Second

// say is a line that somebody typed: a command, or talk.
func (a *acts) say(w http.ResponseWriter, r *http.Request) {
	act, ok := a.read(w, r)
	if !ok {
		return
	}
	text := strings.TrimSpace(chat.Clean(r.PostFormValue("text")))
	if text == "" || act.channel == nil {
		refuse(w, http.StatusUnprocessableEntity, "There is nothing to say, or nowhere to say it.")
		return
	}
	if act.channel.Archived {
		refuse(w, http.StatusConflict, "This room is archived. Nothing more can be said in it.")
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), actTime)
	defer cancel()
	line, command := a.command(text, act.channel)
	typed := message{ID: act.id("said"), Thread: act.thread, By: act.who.ID, At: a.Now().UTC(), Text: text}
	if command {
		typed.Only = act.who.ID
	}
	if err := a.keep(ctx, act.channel, &typed); err != nil {
		a.lost(w, r, err)
		return
	}
	if !command {
		a.overhear(ctx, w, r, act, &typed)
		return
	}
	act.line = line
	reply, err := a.handle(ctx, act.event(a.Console))
	if err != nil || reply.Form != nil {
		a.forget(ctx, act.channel, typed.ID)
	}
	if err == nil && reply.Public {
		err = a.publish(ctx, act.channel, typed.ID)
	}
	a.conclude(ctx, w, r, act, reply, err)
}

// overhear hands talk on where the bot listens. What it says to that, only who
// talked sees.
func (a *acts) overhear(ctx context.Context, w http.ResponseWriter, r *http.Request, act *act, said *message) {
	hear := a.Vocabulary.Overhear
	if !hear.In(act.channel.ID) || !hear.Worth(said.Text) {
		respond(w, http.StatusOK, answer{})
		return
	}
	e := act.event(a.Console)
	heard := hear.Event(e.Key, act.channel.ID, *a.post(said), e.People, e.At)
	heard.Role, heard.Email = e.Role, e.Email
	reply, err := a.handle(ctx, heard)
	a.conclude(ctx, w, r, act, reply, err)
}

// press is a button: a command line, perhaps about a message.
func (a *acts) press(w http.ResponseWriter, r *http.Request) {
	act, ok := a.read(w, r)
	if !ok {
		return
	}
	a.run(w, r, act)
}

// submit is a filled form.
func (a *acts) submit(w http.ResponseWriter, r *http.Request) {
	act, ok := a.read(w, r)
	if !ok {
		return
	}
	act.values = formValues(r.PostForm)
	a.run(w, r, act)
}

// draft is a form that is still being filled in, where other fields hang on the
// one that changed.
func (a *acts) draft(w http.ResponseWriter, r *http.Request) {
	act, ok := a.read(w, r)
	if !ok {
		return
	}
	act.values, act.draft = formValues(r.PostForm), true
	a.run(w, r, act)
}

func (a *acts) run(w http.ResponseWriter, r *http.Request, act *act) {
	if act.line == "" {
		refuse(w, http.StatusUnprocessableEntity, "That button carries no command.")
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), actTime)
	defer cancel()
	reply, err := a.handle(ctx, act.event(a.Console))
	a.conclude(ctx, w, r, act, reply, err)
}

// react is an emoji under a message. Giving it twice is giving it once.
func (a *acts) react(w http.ResponseWriter, r *http.Request) {
	act, ok := a.read(w, r)
	if !ok {
		return
	}
	name := r.PostFormValue("name")
	line, known := a.Vocabulary.Reactions[name]
	if !known || act.about == nil {
		refuse(w, http.StatusUnprocessableEntity, "That reaction means nothing here.")
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), actTime)
	defer cancel()
	act.line, act.key = line, "react-"+name+"-"+strconv.FormatUint(act.about.Seq, 10)
	e := act.event(a.Console)
	e.Quiet = true
	reply, err := a.handle(ctx, e)
	if err == nil {
		err = a.mark(ctx, act, name)
	}
	a.conclude(ctx, w, r, act, reply, err)
}

// mark keeps that somebody gave a reaction.
func (a *acts) mark(ctx context.Context, act *act, name string) error {
	place := act.channel.place()
	return a.change(ctx, &place, func(tx store.Tx) error {
		m, err := messages.Get(tx, store.Key(act.about.ID))
		if err != nil || m == nil || slices.Contains(m.Reactions[name], act.who.ID) {
			return err
		}
		if m.Reactions == nil {
			m.Reactions = map[string][]string{}
		}
		m.Reactions[name] = append(m.Reactions[name], act.who.ID)
		return messages.Put(tx, m)
	})
}

// conclude shows the reply: as a form, on the form that was sent, in the
// conversation, or as a notice on a page.
func (a *acts) conclude(ctx context.Context, w http.ResponseWriter, r *http.Request, act *act, reply chat.Reply, err error) {
	if err != nil {
		a.lost(w, r, err)
		return
	}
	filled := act.values != nil
	var out answer
	switch {
	case reply.Form != nil && len(reply.Problems) == 0:
		out.Form, err = a.form(ctx, act, reply.Form)
	case len(reply.Problems) > 0, filled && reply.Failed:
		out = answer{Problems: cleaned(reply.Problems), Failed: true, Notice: a.fragment("said", a.viewSaid(&reply.Message))}
	case reply.Message.IsZero():
	case reply.Public && act.channel != nil: // the bot says it to everybody itself
	case reply.Public && act.room != "":
		out.Notice = a.fragment("said", a.viewSaid(&chat.Message{Text: chat.Textf("Said in %s.", act.room)}))
	case act.channel == nil:
		out.Failed, out.Notice = reply.Failed, a.fragment("said", a.viewSaid(&reply.Message))
	default:
		err = a.reply(ctx, act, reply)
	}
	if err != nil {
		a.lost(w, r, err)
		return
	}
	if !act.draft {
		a.hub.tell("")
	}
	respond(w, http.StatusOK, out)
}

// cleaned are problems without what can deceive a reader's eye.
func cleaned(problems map[string]string) map[string]string {
	clean := map[string]string{}
	for field, text := range problems {
		clean[field] = chat.Clean(text)
	}
	return clean
}

// reply puts the answer under what was done.
func (a *acts) reply(ctx context.Context, act *act, reply chat.Reply) error {
	m := &message{ID: act.id("answer"), Thread: act.thread, At: a.Now().UTC(), Said: &reply.Message, Picture: measure(reply.Message.Chart)}
	m.Only = act.who.ID
	return a.keep(ctx, act.channel, m)
}

// keep writes a message once. One that is there already becomes m.
func (a *acts) keep(ctx context.Context, where *channel, m *message) error {
	place := where.place()
	return a.change(ctx, &place, func(tx store.Tx) error {
		old, err := messages.Get(tx, store.Key(m.ID))
		if err != nil {
			return err
		}
		if old != nil {
			*m = *old
			return nil
		}
		if m.By != "" {
			if err := a.remember(tx, m.By); err != nil {
				return err
			}
		}
		ch, err := a.ensure(tx, where.ID)
		if err != nil {
			return err
		}
		return add(tx, ch, m)
	})
}

// publish shows to everybody what only its author saw.
func (a *acts) publish(ctx context.Context, where *channel, id string) error {
	place := where.place()
	return a.change(ctx, &place, func(tx store.Tx) error {
		m, err := messages.Get(tx, store.Key(id))
		if err != nil || m == nil {
			return err
		}
		m.Only = ""
		return messages.Put(tx, m)
	})
}

// forget takes a typed line back that led to nothing. If that fails, the line
// stays for its author to see, and is cleared away with the others.
func (a *acts) forget(ctx context.Context, where *channel, id string) {
	place := where.place()
	if err := a.change(ctx, &place, func(tx store.Tx) error { return messages.Delete(tx, store.Key(id)) }); err != nil {
		a.Log.Warn("a typed line was not taken back", "platform", Name, "err", err)
	}
}

// lost tells that nothing is known to have happened.
func (a *acts) lost(w http.ResponseWriter, r *http.Request, err error) {
	a.Log.Error("an act was not saved", "platform", Name, "path", r.URL.Path, "err", err)
	refuse(w, http.StatusServiceUnavailable, notSaved)
}

func refuse(w http.ResponseWriter, status int, why string) {
	respond(w, status, answer{Error: why})
}

func respond(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // whoever went away does not hear it
}
