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

// Of a request that came by mail the team tells the customer, and is reminded of it,
// once.
func TestTheTeamTellsWhoWroteAMail(t *testing.T) {
	h := newHouse(t)
	h.file(workflow.Filing{Title: "dark mode", Customer: "acme"})
	h.does()
	h.change("R-1", func(s *workflow.Step, r *cre.Request) error {
		r.Asked = chat.Place{}
		return store.Requests.Put(s.Tx, r)
	})
	h.change("R-1", func(s *workflow.Step, r *cre.Request) error { return s.Finish(r, workflow.Finish{What: "it is there"}) })
	said := strings.Join(texts(h.does(), triage), "\n")
	if !strings.Contains(said, "Tell the customer, for instance:\n> Hello,\n> you asked us about this: dark mode\n> What we did: it is there\n") {
		t.Errorf("the team hears %q", said)
	}
	h.later(15 * time.Hour)
	if said := texts(h.does(), triage); len(said) > 0 {
		t.Errorf("too early it hears %q", said)
	}
	h.later(time.Hour)
	if said := strings.Join(texts(h.does(), triage), "\n"); !strings.HasPrefix(said, "@ada, does the customer know that R-1 is done?") {
		t.Errorf("in the end it hears %q", said)
	}
	h.later(100 * time.Hour)
	if said := texts(h.does(), triage); len(said) > 0 {
		t.Errorf("once more it hears %q", said)
	}
}

// A loop that was closed, or opened again, is not the one that somebody is reminded of.
func TestALoopThatWasOpenedAgain(t *testing.T) {
	h := newHouse(t)
	h.file(workflow.Filing{Title: "dark mode", Customer: "acme"})
	h.does()
	done := func(s *workflow.Step, r *cre.Request) error { return s.Finish(r, workflow.Finish{}) }
	h.change("R-1", done)
	h.later(10 * time.Hour)
	h.change("R-1", func(s *workflow.Step, r *cre.Request) error { return s.Take(r, ada) })
	h.change("R-1", done)
	h.does()
	h.later(10 * time.Hour)
	if said := texts(h.does(), general); len(said) > 0 {
		t.Errorf("the first loop is spoken of: %q", said)
	}
	h.later(6 * time.Hour)
	if said := texts(h.does(), general); len(said) != 1 || !strings.HasPrefix(said[0], "@bob, does the customer know that R-1 is done?") {
		t.Errorf("of the second is said %q", said)
	}
}
