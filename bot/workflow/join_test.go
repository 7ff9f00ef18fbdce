package workflow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
)

// of is the request in the step.
func of(s *workflow.Step, id string, do func(*cre.Request) error) error {
	r, err := s.Request(id)
	if err != nil {
		return err
	}
	return do(r)
}

func (h *house) acmeDown(d workflow.Declaration) *cre.Incident {
	d.Title, d.Severity, d.Customers, d.Services = "checkout returns 500", cre.Sev2, []string{"acme"}, []string{"Checkout"}
	return h.declare(d)
}

func (h *house) move(id string, to cre.Status) []store.Errand {
	h.t.Helper()
	h.as(ada, func(s *workflow.Step) error {
		inc, err := s.Incident(id)
		if err != nil {
			return err
		}
		return s.Move(inc, to, "")
	})
	return h.does()
}

// What is about the same component of the same customer is part of the incident at
// once; the incident's end is not the end of the request.
func TestTheSameComponentJoins(t *testing.T) {
	h := filingHouse(t)
	inc := h.acmeDown(workflow.Declaration{})
	r := h.file(workflow.Filing{Title: "acme cannot pay, the checkout fails"})
	other := h.file(workflow.Filing{Title: "acme cannot pay"})
	said := h.does()
	if r = h.request(r.ID); r.Incident != inc.ID || r.Status != cre.OnEngineering || !r.Answered.Equal(h.now) {
		t.Fatalf("filed %+v", r)
	}
	if got := texts(said, r.Asked); !slices.Equal(got, []string{"R-1 is now part of INC-1 checkout returns 500. Updates on the incident come to this thread."}) {
		t.Errorf("its thread hears %q", got)
	}
	if other = h.request(other.ID); other.Incident != "" || !slices.Equal(h.incident(inc.ID).Requests, []string{r.ID}) {
		t.Errorf("the other is part of %q, the incident has %v", other.Incident, h.incident(inc.ID).Requests)
	}
	h.as(bob, func(s *workflow.Step) error {
		return of(s, other.ID, func(r *cre.Request) error {
			all, err := s.Candidates(r)
			if len(all) != 1 || all[0].ID != inc.ID {
				t.Errorf("it may be one of %v", all)
			}
			return err
		})
	})
	h.as(ada, func(s *workflow.Step) error {
		inc, err := s.Incident(inc.ID)
		if err != nil {
			return err
		}
		_, err = s.Tell(inc, "rolling back", 0)
		return err
	})
	if got := texts(h.does(), r.Asked); !slices.Equal(got, []string{"INC-1 (which your R-1 joined), update by @ada:\n> rolling back"}) {
		t.Errorf("its thread hears %q", got)
	}
	if got := texts(h.move(inc.ID, cre.Identified), r.Asked); !slices.Equal(got, []string{"@bob, INC-1 (which your R-1 joined) is identified."}) {
		t.Errorf("its thread hears %q", got)
	}
	if got := texts(h.move(inc.ID, cre.Resolved), r.Asked); len(got) != 1 || !strings.Contains(got[0], "Tell the customer, for instance:\n> Hello,") {
		t.Errorf("its thread hears %q", got)
	}
	if r = h.request(r.ID); r.Status != cre.CloseLoop {
		t.Errorf("then it is %s", r.Status)
	}
	h.as(ada, func(s *workflow.Step) error {
		inc, err := s.Incident(inc.ID)
		if err != nil {
			return err
		}
		return s.Reopen(inc)
	})
	if r = h.request(r.ID); r.Status != cre.OnEngineering {
		t.Errorf("reopened, it is %s", r.Status)
	}
}

// Who adds the component later joins then; who works on it already does not.
func TestAddingTheComponentJoins(t *testing.T) {
	h := filingHouse(t)
	h.acmeDown(workflow.Declaration{})
	first, second := h.file(workflow.Filing{Title: "acme cannot pay"}), h.file(workflow.Filing{Title: "acme cannot pay either"})
	h.change(second.ID, func(s *workflow.Step, r *cre.Request) error { return s.Take(r, ada) })
	for _, id := range []string{first.ID, second.ID} {
		h.as(bob, func(s *workflow.Step) error {
			return of(s, id, func(r *cre.Request) error { return s.Add(r, workflow.Filing{Component: "checkout"}) })
		})
	}
	if h.request(first.ID).Incident != "INC-1" || h.request(second.ID).Incident != "" {
		t.Errorf("joined %+v and %+v", h.request(first.ID), h.request(second.ID))
	}
}

// No private incident and no drill is offered or joined, to whoever sees it neither.
func TestNobodyJoinsWhatIsPrivate(t *testing.T) {
	h := filingHouse(t)
	private := h.acmeDown(workflow.Declaration{Private: true})
	h.acmeDown(workflow.Declaration{Drill: true, Again: true})
	r := h.file(workflow.Filing{Title: "acme cannot pay, the checkout fails"})
	if r.Incident != "" {
		t.Fatalf("it is part of %s", r.Incident)
	}
	h.as(ada, func(s *workflow.Step) error {
		return of(s, r.ID, func(r *cre.Request) error {
			if all, err := s.Candidates(r); err != nil || len(all) != 0 {
				t.Errorf("offered %v, %v", all, err)
			}
			if err := s.Join(r, private); !cre.Is(err, cre.Conflict) {
				t.Errorf("joined: %v", err)
			}
			return nil
		})
	})
}

// An incident that ends without an end to its requests gives them back, and one that
// is merged takes them along.
func TestRequestsOfWhatIsOverGoOn(t *testing.T) {
	h := filingHouse(t)
	inc := h.acmeDown(workflow.Declaration{})
	into := h.declare(workflow.Declaration{Title: "payments are slow", Severity: cre.Sev2, Customers: []string{"acme"}})
	r := h.file(workflow.Filing{Title: "acme cannot pay, the checkout fails"})
	h.as(ada, func(s *workflow.Step) error { return s.Merge(h.incidentIn(s, inc.ID), h.incidentIn(s, into.ID)) })
	if r = h.request(r.ID); r.Incident != into.ID || r.Status != cre.OnEngineering || !slices.Equal(h.incident(into.ID).Requests, []string{r.ID}) {
		t.Errorf("merged: %+v", r)
	}
	h.does()
	said := h.move(into.ID, cre.Cancelled)
	if got := texts(said, r.Asked); len(got) != 1 || !strings.HasSuffix(got[0], "is cancelled. R-1 is back in the queue.") {
		t.Errorf("its thread hears %q", got)
	}
	if r = h.request(r.ID); r.Incident != "" || r.Status != cre.Triaged {
		t.Errorf("cancelled: %+v", r)
	}
}

func (h *house) incidentIn(s *workflow.Step, id string) *cre.Incident {
	h.t.Helper()
	inc, err := s.Incident(id)
	if err != nil {
		h.t.Fatal(err)
	}
	return inc
}

// Who asked and the team join a request to an incident, and change their mind.
func TestJoin(t *testing.T) {
	h := filingHouse(t)
	h.rules.Departments = []cre.Department{{Name: "sales", Members: []string{bob.Key(), eve.Key()}}}
	one := h.declare(workflow.Declaration{Title: "one", Severity: cre.Sev2})
	two := h.declare(workflow.Declaration{Title: "two", Severity: cre.Sev2})
	r := h.file(workflow.Filing{Title: "acme cannot pay"})
	join := func(who chat.Person, id string) error {
		return h.try(who, func(s *workflow.Step) error {
			return of(s, r.ID, func(r *cre.Request) error { return s.Join(r, h.incidentIn(s, id)) })
		})
	}
	if err := join(eve, one.ID); !cre.Is(err, cre.Forbidden) {
		t.Errorf("by eve: %v", err)
	}
	if err := join(bob, one.ID); err != nil {
		t.Errorf("by who asked: %v", err)
	}
	if err := join(ada, one.ID); !cre.Is(err, cre.Conflict) {
		t.Errorf("again: %v", err)
	}
	if err := join(ada, two.ID); err != nil {
		t.Errorf("to another: %v", err)
	}
	if r = h.request(r.ID); r.Incident != two.ID || len(h.incident(one.ID).Requests) != 0 || !r.Answered.Equal(h.now) {
		t.Errorf("joined %+v, %v", r, h.incident(one.ID).Requests)
	}
}

// What was part of an incident and becomes another is no longer part of the first.
func TestWhatConvergesLeavesTheIncidentThatItJoined(t *testing.T) {
	h := filingHouse(t)
	before := h.acmeDown(workflow.Declaration{})
	joined := h.file(workflow.Filing{Title: "acme cannot pay, the checkout fails"})
	other := h.file(workflow.Filing{Title: "acme cannot pay"})
	var inc *cre.Incident
	h.as(bob, func(s *workflow.Step) error {
		var all []*cre.Request
		for _, id := range []string{joined.ID, other.ID} {
			r, err := s.Request(id)
			if err != nil {
				return err
			}
			all = append(all, r)
		}
		var err error
		inc, err = s.Converge(all, cre.Sev2)
		return err
	})
	if got := h.incident(before.ID).Requests; len(got) != 0 {
		t.Errorf("the first incident still has %v", got)
	}
	if got := h.incident(inc.ID).Requests; !slices.Equal(got, []string{joined.ID, other.ID}) || h.request(joined.ID).Incident != inc.ID {
		t.Errorf("the second has %v", got)
	}
}

// A proposal whose oldest request becomes an incident in another way asks nobody any more.
func TestAProposalThatIsOvertaken(t *testing.T) {
	for what, overtakes := range map[string]func(*workflow.Step, []*cre.Request) error{
		"escalated": func(s *workflow.Step, all []*cre.Request) error {
			_, err := s.Escalate(all[1], cre.Sev2, false)
			return err
		},
		"escalated in private": func(s *workflow.Step, all []*cre.Request) error {
			_, err := s.Escalate(all[1], cre.Sev2, true)
			return err
		},
		"with an older one": func(s *workflow.Step, all []*cre.Request) error { _, err := s.Converge(all[:2], cre.Sev2); return err },
	} {
		h := filingHouse(t)
		h.rules.Converge = cre.Converge{Requests: 2, Customers: 2, Within: time.Hour}
		for _, f := range []workflow.Filing{{Title: "the invoice is wrong", Customer: "acme"},
			{Title: "the export to Paris fails", Customer: "acme"}, {Title: "the export to Paris fails", Customer: "globex"}} {
			h.file(f)
		}
		if said := h.does(); !slices.ContainsFunc(said, func(e store.Errand) bool { return e.Message.Key == "converge R-2" }) {
			t.Fatalf("%s: nothing is proposed: %q", what, texts(said, triage))
		}
		h.as(ada, func(s *workflow.Step) error {
			var all []*cre.Request
			for _, id := range []string{"R-1", "R-2"} {
				r, err := s.Request(id)
				if err != nil {
					return err
				}
				all = append(all, r)
			}
			return overtakes(s, all)
		})
		settled := false
		for _, e := range h.does() {
			settled = settled || e.Message.Key == "converge R-2" && len(e.Message.Buttons) == 0
		}
		if !settled {
			t.Errorf("%s: the proposal still asks", what)
		}
	}
}
