package workflow

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// A Filing is what a person says when they file a request.
type Filing struct {
	Title       string
	Detail      string
	Customer    string
	Kind        string
	Component   string
	Environment string
	Impact      cre.Impact
	Facts       map[string]string // what its kind wants to know besides
	Due         time.Time
	About       *chat.Post // the message it was made from

	For   chat.Person // who asks; nobody: who files it
	Asked chat.Place  // where it hears what becomes of it; nowhere: where it was said
}

// TitleOf makes a title of a message: its first line, cut; what is left over is
// the detail.
func TitleOf(text string) (title, detail string) {
	text = strings.TrimSpace(chat.Clean(text))
	first, rest, _ := strings.Cut(text, "\n")
	title = chat.Cut(strings.TrimSpace(first), 120)
	if title == "" {
		return "a message without text", ""
	}
	if rest != "" || title != strings.TrimSpace(first) {
		detail = text
	}
	return title, detail
}

// File files a request: a card for triage, and a message where it was asked,
// whose thread hears every change. It is filed whatever it lacks.
func (s *Step) File(f Filing) (*cre.Request, error) {
	if err := s.mustBeNew(f.About); err != nil {
		return nil, err
	}
	if err := s.check(&f); err != nil {
		return nil, err
	}
	eyes, err := store.EyesOf(s.Tx, s.Rules, f.For, "")
	if err != nil {
		return nil, err
	}
	if f.Asked.IsZero() {
		if f.Asked, err = s.askedIn(f); err != nil {
			return nil, err
		}
	}
	n, err := store.Sequence(s.Tx, "request")
	if err != nil {
		return nil, err
	}
	r := &cre.Request{ID: fmt.Sprintf("R-%d", n), Number: n, Title: f.Title, Detail: f.Detail, Customer: f.Customer, Due: f.Due,
		Kind: f.Kind, Department: eyes.Department, Component: f.Component, Environment: f.Environment, Impact: f.Impact, Facts: f.Facts,
		Requester: f.For, Created: s.Now, Asked: f.Asked}
	if !s.openly(r) {
		r.Asked = alone(r)
	}
	r.Pass(cre.New, s.Now)
	r.Lacked = factNames(s.Missing(r))
	if f.About != nil {
		r.Origin = f.About.Link
	}
	like, err := s.noteLike(r)
	if err != nil {
		return nil, err
	}
	if err := s.keepRequest(r); err != nil {
		return nil, err
	}
	if err := s.anchor(r); err != nil {
		return nil, err
	}
	if err := s.joinSame(r); err != nil || r.Incident != "" {
		return r, err
	}
	return r, s.watchConvergence(r, like)
}

// keepRequest writes a request that changed, or whose clocks are to be looked at.
func (s *Step) keepRequest(r *cre.Request) error {
	if err := s.runClocks(r); err != nil {
		return err
	}
	s.Changed(r.ID)
	return store.Requests.Put(s.Tx, r)
}

// Request finds the request that a person means.
func (s *Step) Request(id string) (*cre.Request, error) {
	r, err := s.findRequest(id)
	if err != nil {
		return nil, err
	}
	if r == nil || !s.maySee(r) {
		return nil, cre.Errorf(cre.NotFound, "There is no request %s. Try `cre queue`.", strings.ToUpper(id)).About("request")
	}
	return r, nil
}

// maySee reports whether the asker may see the request.
func (s *Step) maySee(r *cre.Request) bool {
	eyes, err := s.Eyes()
	if err != nil {
		return false
	}
	visible, err := store.Sees(s.Tx, eyes, r)
	return err == nil && visible
}

// Eyes are with what the asker looks at requests: the bot itself as a CRE.
func (s *Step) Eyes() (cre.Eyes, error) {
	if s.eyes != nil {
		return *s.eyes, nil
	}
	if s.By.IsZero() && s.Event == nil { // the bot itself
		return cre.Eyes{CRE: true}, nil
	}
	granted := ""
	if s.Event != nil {
		granted = s.Event.Role
	}
	eyes, err := store.EyesOf(s.Tx, s.Rules, s.By, granted)
	if err == nil {
		s.eyes = &eyes
	}
	return eyes, err
}

func (s *Step) maySeeIncident(id string) bool {
	inc, err := s.find(id)
	return err == nil && inc != nil && s.sees(inc)
}

func (s *Step) findRequest(id string) (*cre.Request, error) {
	n, err := strconv.ParseUint(strings.TrimPrefix(strings.ToUpper(id), "R-"), 10, 64)
	if err != nil {
		return nil, nil
	}
	return store.Requests.Get(s.Tx, store.Key(n))
}

// Take gives the request to a person.
func (s *Step) Take(r *cre.Request, who chat.Person) error {
	if err := r.Must(); err != nil {
		return err
	}
	if same, err := s.same(r.Owner, who); err != nil {
		return err
	} else if same && r.Status == cre.OnUs {
		return cre.Errorf(cre.Conflict, "%s already has **%s**.", who, r.ID)
	}
	r.Pass(cre.OnUs, s.Now)
	r.Owner, r.Reason = who, ""
	if r.Taken.IsZero() {
		r.Taken = s.Now
	}
	return s.respond(r, chat.Textf("%s is working on **%s**.", who, r.ID))
}

// Wait gives the ball to somebody else.
func (s *Step) Wait(r *cre.Request, on cre.Waiting, why string) error {
	if err := r.Must(); err != nil {
		return err
	}
	r.Pass(on.Status(), s.Now)
	r.Reason = why
	text := chat.Textf("**%s** is %s.", r.ID, r.Status.Words())
	if on == "requester" {
		text = chat.Textf("%s, **%s** waits for you.", r.Requester, r.ID)
	}
	if err := s.watchIssue(r); err != nil {
		return err
	}
	return s.respond(r, text+because(why))
}

func because(why string) chat.Text {
	if why == "" {
		return ""
	}
	return chat.Textf("\n%s", chat.Quote(why))
}

// Refuse ends the request without doing it, with the reason.
func (s *Step) Refuse(r *cre.Request, why string) error {
	if err := r.Must(); err != nil {
		return err
	}
	r.End(cre.RefusedRequest, why, s.Now)
	return s.respond(r, chat.Textf("%s, **%s** will not be done.", r.Requester, r.ID)+because(why))
}

// Duplicate ends the request because another is the same; who asked hears of
// that one too.
func (s *Step) Duplicate(r, of *cre.Request) error {
	if r.ID == of.ID {
		return cre.Errorf(cre.Invalid, "**%s** cannot be a duplicate of itself.", r.ID)
	}
	if err := r.Must(); err != nil {
		return err
	}
	if of.DuplicateOf != "" {
		return cre.Errorf(cre.Conflict, "**%s** is itself a duplicate of %s. Name that one.", of.ID, of.DuplicateOf)
	}
	if of.Private {
		return cre.Errorf(cre.Conflict, "**%s** is private, so whoever asked for **%s** could not follow it. Decline or finish theirs instead.", of.ID, r.ID)
	}
	r.End(cre.Duplicate, "", s.Now)
	r.DuplicateOf = of.ID
	of.Duplicates = append(append(of.Duplicates, r.ID), r.Duplicates...)
	if err := s.keepRequest(of); err != nil {
		return err
	}
	sees, err := s.askerSees(r, of)
	if err != nil {
		return err
	}
	if !sees {
		return s.respond(r, chat.Textf("**%s** is a duplicate of a request that the team already has. The outcome will be posted here.", r.ID))
	}
	return s.respond(r, chat.Textf("**%s** is a duplicate of **%s** %s. Updates on that one come here.", r.ID, of.ID, of.Title))
}

// askerSees reports whether who asked for r may see another request.
func (s *Step) askerSees(r, other *cre.Request) (bool, error) {
	eyes, err := store.EyesOf(s.Tx, s.Rules, r.Requester, "")
	if err != nil {
		return false, err
	}
	return store.Sees(s.Tx, eyes, other)
}

// Escalate declares an incident from the request; both stay linked. Of a private
// one the request no longer tells anything to others.
func (s *Step) Escalate(r *cre.Request, severity cre.Severity, private bool) (*cre.Incident, error) {
	if err := r.Must(); err != nil {
		return nil, err
	}
	if !private {
		if err := s.mayPublish(r); err != nil {
			return nil, err
		}
	}
	inc, err := s.becomeIncident([]*cre.Request{r}, severity, private)
	if err != nil {
		return nil, err
	}
	becomes := chat.Textf("**%s** became **%s** (%s). %s leads it.", r.ID, inc.ID, inc.Severity.Words(), s.By)
	if private {
		if err := s.hide(r); err != nil {
			return nil, err
		}
		becomes = chat.Textf("%s is taking care of **%s**, and will tell those who need to know.", s.By, r.ID)
	}
	if err := s.settleProposal(r, becomes); err != nil {
		return nil, err
	}
	return inc, s.respond(r, becomes)
}

// becomeIncident declares the incident that requests become, the oldest first: with all
// their customers and components. Who reported it when is on the timeline.
func (s *Step) becomeIncident(all []*cre.Request, severity cre.Severity, private bool) (*cre.Incident, error) {
	for _, r := range all {
		if err := s.leave(r); err != nil {
			return nil, err
		}
	}
	c := &cre.Convergence{Requests: all}
	first := all[0]
	inc, err := s.Declare(Declaration{Title: first.Title, Severity: severity, Private: private, Customers: c.Customers(), Services: c.Components(), Again: true})
	if err != nil {
		return nil, err
	}
	inc.Reporter = first.Requester
	inc.Stamp(cre.CustomerFirstReported, first.Created)
	said := " reported it first: "
	for _, r := range all {
		inc.Requests = append(inc.Requests, r.ID)
		if err := s.Record(inc, cre.Entry{Kind: cre.Linked, At: r.Created, By: r.Requester, Text: r.ID + said + r.Title, Link: r.Origin}); err != nil {
			return nil, err
		}
		said = " reported it too: "
		r.End(cre.BecameIncident, "", s.Now)
		r.Incident, r.Private = inc.ID, private
	}
	return inc, s.keep(inc)
}

// changeRequest writes the request, tells who asked, with buttons for them, and brings
// its card up to date.
func (s *Step) changeRequest(r *cre.Request, text chat.Text, buttons ...chat.Button) error {
	if err := s.keepRequest(r); err != nil {
		return err
	}
	if err := s.tellAsker(r, text, buttons...); err != nil {
		return err
	}
	return s.showRequest(r)
}

// tellAsker says something where the request was asked, where its duplicates were,
// and to who follows it.
func (s *Step) tellAsker(r *cre.Request, text chat.Text, buttons ...chat.Button) error {
	if err := s.tellThread(r, text, buttons...); err != nil {
		return err
	}
	if err := s.tellFollowers(r, r, text); err != nil {
		return err
	}
	for _, id := range r.Duplicates {
		d, err := s.findRequest(id)
		if err != nil {
			return err
		}
		if d == nil {
			continue
		}
		if err := s.tellDuplicate(d, r, text); err != nil {
			return err
		}
	}
	return nil
}

// tellDuplicate says something about a request to those of a duplicate. Where who asked
// for that one does not see the request, only its end is said.
func (s *Step) tellDuplicate(d, r *cre.Request, text chat.Text) error {
	sees, err := s.askerSees(d, r)
	switch {
	case err != nil:
		return err
	case !sees && (!r.Ended.Equal(s.Now) || r.Status == cre.Duplicate): // open, over before, or it goes on as another
		return nil
	case !sees:
		becomes := "is " + r.Status.Words()
		if r.Status == cre.BecameIncident {
			becomes = "goes on elsewhere"
		}
		return s.tellThread(d, chat.Textf("%s, the request that **%s** is a duplicate of %s.", d.Requester, d.ID, becomes))
	}
	if err := s.tellThread(d, text); err != nil {
		return err
	}
	return s.tellFollowers(d, r, text)
}

func (s *Step) tellThread(r *cre.Request, text chat.Text, buttons ...chat.Button) error {
	_, err := s.say(store.Errand{Kind: store.Say, Place: r.Asked, Message: &chat.Message{Text: text, Buttons: buttons}, Subject: r.ID, Priority: store.ForReply})
	return err
}
