package workflow_test

import (
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
)

var (
	jane    = chat.Person{Platform: "chat", ID: "U9", Name: "jane", External: true} // of the customer
	support = chat.Place{Platform: "chat", Channel: "C7"}
)

const question = "Why are the invoices of last month missing?"

// listening is a house with ada in the team, that listens in #support, for acme.
func listening(t *testing.T) *house {
	h := newHouse(t)
	h.rules.Roles = cre.Access{Responder: []string{ada.Key()}}
	h.rules.Listen = []cre.Listening{{Channel: "support", Customer: "acme"}, {Channel: "inbox", Customer: "acme", Always: true}}
	return h
}

// overhears is somebody saying something, and what the author alone is told.
func (h *house) overhears(who chat.Person, channel string, in chat.Place, id, said string, called ...chat.Person) (alone chat.Message, heeded bool) {
	h.t.Helper()
	post := chat.Post{Ref: chat.Ref{Place: in, ID: id}, By: who, Text: said, At: h.now, Link: "https://chat.example/" + in.Channel + "/" + id}
	ev := (&chat.Overhear{}).Event("chat:"+id, channel, post, map[string]chat.Person{}, h.now)
	for _, p := range called {
		ev.People[p.Name] = p
	}
	h.acts(ev, func(s *workflow.Step) (err error) {
		if heeded, err = s.Heeds(channel); err == nil && heeded {
			alone, err = s.Overhear(channel)
		}
		return err
	})
	return alone, heeded
}

// acts takes the step of an event.
func (h *house) acts(ev chat.Event, f func(*workflow.Step) error) {
	h.t.Helper()
	h.as(ev.By, func(s *workflow.Step) error {
		s.At, s.Event = ev.Place, &ev
		return f(s)
	})
}

// files presses the button of an offer.
func (h *house) files(who chat.Person, n int, offer chat.Ref) (r *cre.Request, refused error) {
	h.t.Helper()
	ev := chat.Event{Key: "chat:press", By: who, Place: offer.Place, About: &chat.Post{Ref: offer}}
	h.acts(ev, func(s *workflow.Step) error {
		o, err := s.Overheard(n)
		if err == nil {
			r, err = s.FileOverheard(o)
		}
		refused = err
		return nil
	})
	return r, refused
}

// What people from outside say is offered to the team, in the team's own channel
// alone. Who files it asks for it, and the customer's name is kept.
func TestACustomerIsOverheard(t *testing.T) {
	h := listening(t)
	if alone, heeded := h.overhears(jane, "support", support, "m1", question, ada); !heeded || !alone.IsZero() {
		t.Fatalf("heeded %v, and the customer is told %+v", heeded, alone)
	}
	offers := h.does()
	if len(offers) != 1 || offers[0].Place != triage {
		t.Fatalf("offered %+v", offers)
	}
	for _, want := range []string{"jane said in #support, for acme", question} {
		if !strings.Contains(offers[0].Message.Text.String(), want) {
			t.Errorf("offered %q, want %q", offers[0].Message.Text, want)
		}
	}
	if rule := offers[0].Message.Footer.String(); !strings.HasPrefix(rule, "It calls ada by name. Offered because it is a question of 8 words") {
		t.Errorf("the rule is %q", rule)
	}
	offer := chat.Ref{Place: chat.Place{Platform: "chat", Channel: "C2"}, ID: "m100"}
	r, err := h.files(ada, 1, offer)
	if err != nil || r.Customer != "acme" || r.Requester != ada || !strings.Contains(r.Detail, "jane wrote it in #support.") || r.Origin == "" {
		t.Fatalf("filed %+v, %v", r, err)
	}
	for _, e := range h.does() {
		if e.Place.Key() == support.Key() {
			t.Errorf("said where customers read: %s", e.Message.Text)
		}
	}
	if asked := h.request(r.ID).Asked; asked != offer.Place.In(offer.ID) {
		t.Errorf("it hears what becomes of it in %+v", asked)
	}
	if _, err := h.files(ada, 1, offer); !cre.Is(err, cre.Conflict) {
		t.Errorf("filed twice: %v", err)
	}
}

// Where nobody is to be asked, a request is there at once.
func TestFiledAtOnce(t *testing.T) {
	h := listening(t)
	h.overhears(jane, "inbox", support, "m1", question)
	said := h.does()
	if r := h.request("R-1"); r.Requester != jane || r.Asked.Key() == support.Key() {
		t.Errorf("filed %+v", r)
	}
	for _, e := range said {
		if e.Place.Key() != triage.Key() {
			t.Errorf("said in %+v: %s", e.Place, e.Message.Text)
		}
	}
	h.change("R-1", func(s *workflow.Step, r *cre.Request) error {
		return s.Finish(r, workflow.Finish{Minutes: 10, What: "it was a filter", Told: true})
	})
	for _, e := range h.does() {
		if len(e.Message.Buttons) > 0 {
			t.Errorf("who is outside is asked %v", e.Message.Buttons)
		}
	}
	h.closes(store.Errand{ID: said[0].ID}, workflow.Outcome{Trouble: "the bot may not speak there"})
	if got := texts(h.does(), chat.Place{Platform: "chat", Direct: jane.ID}); len(got) > 0 {
		t.Errorf("the bot writes to the customer: %q", got)
	}
}

// What is left alone, each for its own reason.
func TestWhatIsLeftAlone(t *testing.T) {
	for why, c := range map[string]struct {
		before  func(h *house)
		by      chat.Person
		channel string
		in      chat.Place
		said    string
		heeded  bool
	}{
		"nothing":                  {nil, jane, "support", support, question, true},
		"thanks":                   {nil, jane, "support", support, "thank you all!", false},
		"another channel":          {nil, jane, "lounge", support, question, false},
		"the team's own words":     {nil, ada, "support", support, question, false},
		"with everybody the team":  {func(h *house) { h.rules.Roles = cre.Access{} }, bob, "support", support, question, false},
		"… but people of others":   {func(h *house) { h.rules.Roles = cre.Access{} }, jane, "support", support, question, true},
		"of no role, inside":       {nil, bob, "support", support, question, true},
		"a thread that is offered": {func(h *house) { h.overhears(bob, "support", support, "m1", question) }, jane, "support", support.In("m1"), question, false},
		"another thread":           {func(h *house) { h.overhears(bob, "support", support, "m1", question) }, jane, "support", support.In("m2"), question, true},
		"the thread, a day later": {func(h *house) {
			h.overhears(bob, "support", support, "m1", question)
			h.later(cre.OfferedFor)
		}, jane, "support", support.In("m1"), question, true},
		"the same breath": {func(h *house) {
			h.overhears(jane, "support", support, "m1", question)
			h.later(cre.SameBreath - time.Second)
		}, jane, "support", support, question, false},
		"another breath": {func(h *house) {
			h.overhears(jane, "support", support, "m1", question)
			h.later(cre.SameBreath)
		}, jane, "support", support, question, true},
		"the thread of a request that was typed": {func(h *house) {
			h.as(bob, func(s *workflow.Step) error {
				s.At = support
				_, err := s.File(workflow.Filing{Title: "raise the limit"})
				return err
			})
			h.does() // the message is m000001
		}, jane, "support", support.In("m000001"), question, false},
		"the thread of a message that is a request": {func(h *house) {
			h.file(workflow.Filing{Title: "raise the limit", About: &chat.Post{Ref: chat.Ref{Place: support, ID: "m7"}, Link: "https://chat.example/7"}})
			h.does()
		}, jane, "support", support.In("m7"), question, false},
		"a message that is a request": {func(h *house) {
			h.file(workflow.Filing{Title: "raise the limit", About: &chat.Post{Ref: chat.Ref{Place: support, ID: "m9"}, Link: "https://chat.example/C7/m9"}})
		}, jane, "support", support, question, false},
		"a war room": {func(h *house) {
			h.rules.Listen[0].Channel = h.declare(outage).Room.Name
		}, jane, "inc-1-checkout-returns-500", chat.Place{Platform: "chat", Channel: "C-inc-1-checkout-returns-500"}, question, false},
	} {
		t.Run(why, func(t *testing.T) {
			h := listening(t)
			if c.before != nil {
				c.before(h)
			}
			if _, heeded := h.overhears(c.by, c.channel, c.in, "m9", c.said); heeded != c.heeded {
				t.Errorf("heeded: %v", heeded)
			}
		})
	}
}

// Who calls somebody of the team is asked alone, and decides alone.
func TestWhoCallsTheTeamIsAskedAlone(t *testing.T) {
	h := listening(t)
	alone, _ := h.overhears(bob, "support", support, "m1", question, eve, ada)
	if !strings.Contains(alone.Text.String(), "You called ada.") || len(h.does()) > 0 {
		t.Fatalf("bob is told %+v", alone)
	}
	for _, who := range []chat.Person{ada, eve} {
		if r, err := h.files(who, 1, chat.Ref{Place: general, ID: "m2"}); !cre.Is(err, cre.NotFound) {
			t.Errorf("%s files what bob was asked: %+v, %v", who.Name, r, err)
		}
	}
	r, err := h.files(bob, 1, chat.Ref{Place: support})
	if err != nil || r.Requester != bob || r.Asked != (chat.Place{Platform: "chat", Direct: bob.ID}) {
		t.Errorf("bob files %+v, %v", r, err)
	}
	if alone, _ := h.overhears(bob, "support", support.In("x"), "m3", question, eve); !alone.IsZero() || len(texts(h.does(), triage)) == 0 {
		t.Errorf("eve is nobody's team, and bob is told %+v", alone)
	}
}

// What the team was asked is for the team to decide, once.
func TestTheTeamDecides(t *testing.T) {
	h := listening(t)
	h.overhears(jane, "support", support, "m1", question)
	h.does()
	offer := chat.Ref{Place: triage, ID: "m2"}
	if r, err := h.files(eve, 1, offer); !cre.Is(err, cre.NotFound) {
		t.Errorf("eve files %+v, %v", r, err)
	}
	h.as(ada, func(s *workflow.Step) error {
		o, err := s.Overheard(1)
		if err != nil {
			return err
		}
		return s.LeaveOverheard(o)
	})
	said := h.does()
	if len(said) != 1 || len(said[0].Message.Buttons) > 0 || said[0].Message.Footer.String() != "ada said it is not a request." {
		t.Errorf("the offer is now %+v", said)
	}
	if r, err := h.files(ada, 1, offer); !cre.Is(err, cre.Conflict) {
		t.Errorf("filed all the same: %+v, %v", r, err)
	}
}
