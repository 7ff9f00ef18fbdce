package workflow_test

import (
	"slices"
	"strings"
	"testing"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
)

// Every change is heard in the thread of the message that said it was asked.
func TestEveryChangeIsHeardWhereItWasAsked(t *testing.T) {
	h := newHouse(t)
	r := h.file(workflow.Filing{Title: "raise the rate limit", Customer: "acme"})
	h.does()
	asked := h.request(r.ID).Asked
	if asked.Key() != general.Key() || asked.Thread == "" {
		t.Fatalf("asked in %+v", asked)
	}
	var heard []string
	for _, change := range []func(*workflow.Step, *cre.Request) error{
		func(s *workflow.Step, r *cre.Request) error { return s.Take(r, ada) },
		func(s *workflow.Step, r *cre.Request) error { return s.Wait(r, "requester", "which key?") },
		func(s *workflow.Step, r *cre.Request) error {
			return s.Finish(r, workflow.Finish{Minutes: 10, What: "raised to 500", Told: true})
		},
	} {
		h.change(r.ID, change)
		said := h.does()
		if got := texts(said, asked); len(got) == 1 && len(texts(said, general)) == 1 {
			heard = append(heard, strings.ReplaceAll(got[0], "\n", " "))
		} else {
			t.Errorf("said in the thread: %q", got)
		}
		if len(texts(said, triage)) != 1 {
			t.Error("the card for triage was not brought up to date")
		}
	}
	want := []string{"@ada is working on R-1.", "@bob, R-1 waits for you. > which key?", "@bob, R-1 is done, 0s after you asked. > raised to 500"}
	if !slices.Equal(heard, want) {
		t.Errorf("heard %q, want %q", heard, want)
	}
}

func (h *house) change(id string, f func(*workflow.Step, *cre.Request) error) {
	h.t.Helper()
	h.as(ada, func(s *workflow.Step) error {
		r, err := s.Request(id)
		if err != nil {
			return err
		}
		return f(s, r)
	})
}

// A change that comes before the thread is there waits for it.
func TestAnEarlyChangeGoesIntoTheThread(t *testing.T) {
	h := newHouse(t)
	r := h.file(workflow.Filing{Title: "raise the rate limit"})
	h.change(r.ID, func(s *workflow.Step, r *cre.Request) error { return s.Take(r, ada) })
	said := h.does()
	asked := h.request(r.ID).Asked
	if got := texts(said, asked); asked.Thread == "" || len(got) != 1 || got[0] != "@ada is working on R-1." {
		t.Errorf("said in the thread %+v: %q", asked, got)
	}
}

// Where the bot may not speak, the requester hears in private, in a thread of
// its own, also what was to be said meanwhile.
func TestWhereTheBotMayNotSpeakTheRequesterHears(t *testing.T) {
	h := newHouse(t)
	r := h.file(workflow.Filing{Title: "raise the rate limit"})
	h.change(r.ID, func(s *workflow.Step, r *cre.Request) error { return s.Take(r, ada) })
	anchor := h.due()[0]
	h.closes(anchor, workflow.Outcome{Trouble: "invite the bot"})
	direct := chat.Place{Platform: "chat", Direct: bob.ID}
	said := h.does()
	if got := texts(said, direct); len(got) != 2 || got[0] != "R-1 raise the rate limit\nAsked by @bob. Updates follow here." {
		t.Errorf("said to bob: %q", got)
	}
	if thread := h.request(r.ID).Asked; thread.Thread == "" || !slices.Equal(texts(said, thread), []string{"@ada is working on R-1."}) {
		t.Errorf("said to bob in the thread %+v: %q", thread, texts(said, thread))
	}
}

// Where the bot may not even speak in private, nothing is said again and again.
func TestWhereTheBotMaySpeakNowhereItStops(t *testing.T) {
	h := newHouse(t)
	r := h.file(workflow.Filing{Title: "raise the rate limit"})
	direct := chat.Place{Platform: "chat", Direct: bob.ID}
	for range 2 {
		i := slices.IndexFunc(h.due(), func(e store.Errand) bool { return e.Then != "" })
		h.closes(h.due()[i], workflow.Outcome{Trouble: "invite the bot"})
	}
	if got := texts(h.does(), direct); len(got) != 0 || h.request(r.ID).Asked != direct {
		t.Errorf("said to bob: %q, asked %+v", got, h.request(r.ID).Asked)
	}
}

// Who asked for the same hears what becomes of it, through a chain of
// duplicates too.
func TestDuplicatesHear(t *testing.T) {
	h := newHouse(t)
	var ids []string
	for _, title := range []string{"limit", "the limit", "raise the limit"} {
		ids = append(ids, h.file(workflow.Filing{Title: title}).ID)
	}
	h.does()
	for i := range 2 { // R-1 is the same as R-2, which is the same as R-3
		h.change(ids[i], func(s *workflow.Step, r *cre.Request) error {
			of, err := s.Request(ids[i+1])
			if err != nil {
				return err
			}
			return s.Duplicate(r, of)
		})
	}
	h.does()
	h.change(ids[2], func(s *workflow.Step, r *cre.Request) error { return s.Refuse(r, "too dear") })
	said := h.does()
	for _, id := range ids {
		if got := texts(said, h.request(id).Asked); len(got) != 1 || !strings.Contains(got[0], "R-3 will not be done") {
			t.Errorf("%s hears %q", id, got)
		}
	}
}

// An incident and the request that became it know each other.
func TestEscalateLinksBothWays(t *testing.T) {
	h := newHouse(t)
	r := h.file(workflow.Filing{Title: "payments fail", Customer: "acme", About: &chat.Post{
		Ref: chat.Ref{Place: general, ID: "m3"}, By: bob, Text: "payments fail", Link: "https://chat/m3"}})
	h.does()
	var inc *cre.Incident
	h.change(r.ID, func(s *workflow.Step, r *cre.Request) (err error) {
		inc, err = s.Escalate(r, cre.Sev1, false)
		return err
	})
	said := h.does()
	r, inc = h.request(r.ID), h.incident(inc.ID)
	if r.Incident != inc.ID || r.Status != cre.BecameIncident || !slices.Equal(inc.Requests, []string{r.ID}) || !slices.Equal(inc.Customers, []string{"acme"}) {
		t.Errorf("request %+v, incident %+v", r, inc)
	}
	if inc.Reporter.Key() != bob.Key() || !inc.Times[cre.CustomerFirstReported].Equal(r.Created) {
		t.Errorf("first reported by %v at %v", inc.Reporter, inc.Times[cre.CustomerFirstReported])
	}
	if got := texts(said, general.In("m3")); len(got) != 1 || !strings.Contains(got[0], "became INC-1") {
		t.Errorf("said in the thread: %q", got)
	}
	if inc.Room == nil || len(texts(said, incidents)) == 0 {
		t.Error("the incident has no room or no announcement")
	}
	if err := h.try(bob, func(s *workflow.Step) error {
		_, err := s.File(workflow.Filing{Title: "again", About: &chat.Post{Link: "https://chat/m3"}})
		return err
	}); !cre.Is(err, cre.Conflict) {
		t.Errorf("the same message again: %v", err)
	}
}

// left counts errands of a kind that are open.
func (h *house) left(kind store.ErrandKind) (n int) {
	h.t.Helper()
	for _, e := range h.errands() {
		if e.Kind == kind {
			n++
		}
	}
	return n
}
