package workflow

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// Nothing is done until the customer was told. Who asked tells them, in words that the
// bot makes ready; it writes to no customer itself.

// loopDue is the step of a loop that nobody closed.
const loopDue = "loop due"

// tellWithin is how long somebody may take to tell the customer: two days of eight
// business hours.
const tellWithin = 16 * time.Hour

// A Finish is what is said of a request that is done.
type Finish struct {
	Minutes cre.Minutes
	Class   cre.ToilClass
	What    string // in words for the requester
	Told    bool   // the customer knows already
}

// Finish ends the request as done, if the customer was told or need not be: else it
// waits for that.
func (s *Step) Finish(r *cre.Request, f Finish) error {
	if err := r.Must(); err != nil {
		return err
	}
	asker, err := s.Mine(r.Requester)
	if err != nil {
		return err
	}
	told := f.Told || asker && s.wantsTold(r)
	if r.Status == cre.CloseLoop && !told {
		return cre.Errorf(cre.Conflict, "**%s** only waits for the customer to be told. Once they know, say `cre told %s`.", r.ID, r.ID)
	}
	r.Minutes, r.Class = cmp.Or(int(f.Minutes), r.Minutes), cmp.Or(f.Class, r.Class)
	if r.Owner.IsZero() {
		r.Owner = s.By
	}
	after := cre.Short(s.Now.Sub(r.Created))
	if s.wantsTold(r) && !told {
		return s.closeLoop(r, chat.Textf("%s, **%s** is done on our side, %s after you asked.", r.Requester, r.ID, after)+because(f.What), f.What)
	}
	if told {
		r.Told, r.ToldBy = s.Now, s.By
	}
	return s.finish(r, chat.Textf("%s, **%s** is done, %s after you asked.", r.Requester, r.ID, after)+because(f.What), f.What)
}

// wantsTold reports whether a request of its kind has a customer who is to be told.
func (s *Step) wantsTold(r *cre.Request) bool {
	return r.Customer != "" && s.Rules.RequestKind(r.Kind).Told
}

// finish ends the request, and asks how it went.
func (s *Step) finish(r *cre.Request, text chat.Text, what string) error {
	r.End(cre.Done, what, s.Now)
	rating, err := s.askRating(r)
	if err != nil {
		return err
	}
	return s.respond(r, text, rating...)
}

// closeLoop gives the ball to who asked, with what they may tell the customer. What was
// done is told there, too.
func (s *Step) closeLoop(r *cre.Request, text chat.Text, what string) error {
	r.Pass(cre.CloseLoop, s.Now)
	r.Reason = what
	if err := s.Later(s.Rules.Hours.Add(s.Now, tellWithin), loopDue, r.ID, loop(r)); err != nil {
		return err
	}
	ready := text + "\n" + tellCustomer(r)
	if isHeard(r) {
		return s.respond(r, ready, toldButton(r))
	}
	if err := s.respond(r, text); err != nil {
		return err
	}
	return s.tellTeam(r, chat.Message{Text: ready, Buttons: []chat.Button{toldButton(r)}})
}

// isHeard reports whether who asked hears of the request: not who wrote a mail, or
// asked in another tool. There the team tells the customer.
func isHeard(r *cre.Request) bool { return r.Asked.Channel != "" || r.Asked.Direct != "" }

// loop names one stay of a request with its loop open.
func loop(r *cre.Request) string { return fmt.Sprintf("loop %s %d", r.ID, len(r.Hands)) }

// tellCustomer is a message for the customer, to be copied.
func tellCustomer(r *cre.Request) chat.Text {
	done := "It is done now."
	switch {
	case r.Incident != "":
		done = "It works again."
	case r.Reason != "":
		done = "What we did: " + r.Reason
	}
	draft := strings.Join([]string{"Hello,", "you asked us about this: " + r.Title, done, "Thank you for telling us. Does it work for you?"}, "\n")
	return chat.Textf("Tell the customer, for instance:\n%s", chat.Quote(draft))
}

func toldButton(r *cre.Request) chat.Button {
	return chat.Button{Label: "The customer was told", Line: "cre told " + r.ID, Style: chat.Good}
}

// loopDue reminds who asked, once, that the customer does not know yet.
func (s *Step) loopDue(e *store.Errand, _ Outcome) error {
	r, err := s.findRequest(e.Subject)
	if err != nil || r == nil || r.Status != cre.CloseLoop || e.Once != loop(r) {
		return err
	}
	text := chat.Textf("does the customer know that **%s** is done? Nobody has said so yet.\n", r.ID) + tellCustomer(r)
	if !isHeard(r) {
		return s.tellTeam(r, chat.Message{Text: chat.Textf("%s, ", r.Owner) + text, Buttons: []chat.Button{toldButton(r)}})
	}
	return s.tellThread(r, chat.Textf("%s, ", r.Requester)+text, toldButton(r))
}

// Told ends a request that is done but for the customer, who was told by whoever says
// so: who asked, or the team.
func (s *Step) Told(r *cre.Request, how string) error {
	if err := r.Must(); err != nil {
		return err
	}
	if err := s.mustOwn(r, "say that the customer was told about"); err != nil {
		return err
	}
	if r.Status != cre.CloseLoop {
		return cre.Errorf(cre.Conflict, "**%s** is %s. When it is done and the customer knows, say `cre done %s --told`.", r.ID, r.Status.Words(), r.ID)
	}
	r.Told, r.ToldBy = s.Now, s.By
	return s.finish(r, chat.Textf("%s told the customer, so **%s** is done.", s.By, r.ID)+because(how), r.Reason)
}
