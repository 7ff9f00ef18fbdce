package cre_test

import (
	"strings"
	"testing"
	"time"

	"cresset/bot/cre"
)

var known = []cre.Customer{
	{Key: "acme", Name: "Acme GmbH", Tier: "enterprise", Domains: []string{"acme.com"}, Contacts: []string{"Jane Roe"}},
	{Key: "gx", Name: "Globex Corporation"},
	{Key: "hush", Name: "Hush Ltd.", SeenBy: []string{"slack:U1"}},
}

func TestAnIssueNamesNoCustomer(t *testing.T) {
	for text, want := range map[string]string{
		"ACME cannot pay":                           "[customer] cannot pay",
		"Acme GmbH's checkout, and Globex's":        "[customer]'s checkout, and [customer]'s",
		"acme-prod-1, acme_prod":                    "[customer]-prod-1, [customer]_prod",
		"jane@acme.com saw shop.acme.com":           "jane@[customer] saw shop.[customer]",
		"ask Jane Roe":                              "ask [customer]",
		"the acmeist gxy":                           "the acmeist gxy",
		"acme acme":                                 "[customer] [customer]",
		"İstanbul and acme":                         "İstanbul and [customer]",
		"acmeé is another, so is acme2; gx is not":  "acmeé is another, so is acme2; [customer] is not",
		"Hush and Globex Corporation (GLOBEX) hush": "[customer] and [customer] ([customer]) [customer]",
	} {
		if got := cre.Unnamed(text, known); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestIssueFor(t *testing.T) {
	r := &cre.Request{ID: "R-12", Title: "Acme wants to import members", Detail: "Jane Roe has 40,000", Customer: "acme", Kind: "feature",
		Component: "members", Environment: "acme-prod", Impact: "high", Facts: map[string]string{"version": "4.2"},
		Due: time.Date(2026, 3, 6, 0, 0, 0, 0, time.UTC)}
	s := &cre.Settings{Zone: time.UTC}
	got := s.IssueFor(r, "Bulk import, as for Hush\nThe API takes one at a time.", "https://cresset.example/queue", known)
	want := cre.Issue{Title: "Bulk import, as for [customer]", Body: `The API takes one at a time.

Customer: one of tier enterprise
Kind: feature
Component: members
Environment: [customer]-prod
Impact: high
Wanted by: Fri 6 Mar 2026
Version: 4.2

As it was asked: [customer] wants to import members

[customer] has 40,000

Handed off by the CRE team as R-12. https://cresset.example/queue`}
	if got.Title != want.Title || got.Body != want.Body {
		t.Errorf("got %s\n%s", got.Title, got.Body)
	}
	s.Handoff.Names = true
	got = s.IssueFor(r, "Bulk import, as for Hush and Globex", "", known)
	if got.Title != "Bulk import, as for [customer] and Globex" || !strings.Contains(got.Body, "Customer: Acme GmbH, tier enterprise\n") {
		t.Errorf("with names: %s\n%s", got.Title, got.Body)
	}
}

func TestTrackerOf(t *testing.T) {
	s := &cre.Settings{Trackers: []string{"api", "shop"}, Handoff: cre.Handoff{To: map[string]string{"checkout": "shop"}}}
	if got := s.TrackerOf("Checkout"); got != "shop" {
		t.Errorf("checkout goes to %q", got)
	}
	if got := s.TrackerOf("search"); got != "" {
		t.Errorf("what nobody mapped goes to %q", got)
	}
	s.Trackers = s.Trackers[:1]
	if got := s.TrackerOf(""); got != "api" {
		t.Errorf("where there is one, it goes to %q", got)
	}
}

func TestIssueStates(t *testing.T) {
	for _, c := range []struct {
		state  cre.IssueState
		words  string
		solved bool
	}{
		{cre.IssueState{State: "open"}, "open", false},
		{cre.IssueState{State: "open", Assignee: "grace"}, "open, assigned to grace", false},
		{cre.IssueState{State: "closed", Closed: true, Reason: "completed"}, "closed, completed", true},
		{cre.IssueState{State: "closed", Closed: true}, "closed", true},
		{cre.IssueState{State: "closed", Closed: true, Reason: "not planned"}, "closed, not planned", false},
		{cre.IssueState{State: "closed", Closed: true, Reason: "moved to another project"}, "closed, moved to another project", false},
		{cre.IssueState{State: "Done", Closed: true, Reason: "Done"}, "Done", true},
		{cre.IssueState{State: "Done", Closed: true, Reason: "Won't Do", Assignee: "Grace"}, "Done, Won't Do, assigned to Grace", false},
		{cre.IssueState{State: "In Review", Reason: "Fixed"}, "In Review", false},
	} {
		if c.state.Words() != c.words || c.state.Solved() != c.solved {
			t.Errorf("%+v: %q, solved %v", c.state, c.state.Words(), c.state.Solved())
		}
	}
}
