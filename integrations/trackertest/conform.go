package trackertest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/outbox"
)

// A Subject is an adapter, opened on the server of its fake, and its name in the
// configuration.
type Subject struct {
	Tracker interface {
		outbox.Tracker
		chat.Checker
	}
	Server *Server
	Name   string
	Number func(id string) int // of an issue at the server, by the id of its ref
	Reason string              // how "not planned" comes back; "" where a tracker has no reasons
}

const (
	key   = "8f14e45f-ceea-867a-9a36-dedd4bea2543"
	other = "c9f0f895-fb98-8b91-99f1-af1c2d4e8a6b"
)

var bulk = cre.Issue{Title: "Bulk import of members", Body: "Acme imports 40,000 members by hand.\nR-12 has all of it.", Labels: []string{"customer", "acme"}}

// Conform asks of an adapter what the outbox relies on.
func Conform(t *testing.T, open func(t *testing.T) Subject) {
	for name, test := range map[string]func(*testing.T, Subject){
		"an issue is opened and found by its key":  opened,
		"an answer that is lost leaves one issue":  lostAnswer,
		"an issue is listed late":                  listedLate,
		"an issue is found behind a hundred newer": foundBehindOthers,
		"the state comes back":                     stateComesBack,
		"an issue that is gone":                    gone,
		"a refusal is for a person":                refusedForGood,
		"a limit is respected":                     limited,
		"a breakdown passes":                       brokenDown,
		"text stays text":                          textStaysText,
		"a text without end is cut":                longText,
		"check says what is wrong":                 checked,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func (s Subject) create(t *testing.T, is cre.Issue) cre.IssueRef {
	t.Helper()
	ref, err := s.Tracker.Create(t.Context(), is, key)
	if err != nil {
		t.Fatalf("create: %v", err)
	}
	return ref
}

func (s Subject) find(t *testing.T, key string) (cre.IssueRef, bool) {
	t.Helper()
	ref, found, err := s.Tracker.Find(t.Context(), key, time.Now().Add(-2*time.Hour))
	if err != nil {
		t.Fatalf("find: %v", err)
	}
	return ref, found
}

func (s Subject) only(t *testing.T) Issue {
	t.Helper()
	all := s.Server.Listed()
	if len(all) != 1 {
		t.Fatalf("%d issues, want 1", len(all))
	}
	return all[0]
}

// refusal is an error as the outbox reads it.
func refusal(t *testing.T, err error) *chat.SendError {
	t.Helper()
	var sent *chat.SendError
	if !errors.As(err, &sent) {
		t.Fatalf("%v is no refusal", err)
	}
	return sent
}

func opened(t *testing.T, s Subject) {
	ref := s.create(t, bulk)
	is := s.only(t)
	if is.Title != bulk.Title || strings.Join(is.Labels, ",") != "house,customer,acme" {
		t.Errorf("the issue is %+v", is)
	}
	if ref.Tracker != s.Name || s.Number(ref.ID) != is.N || !strings.HasPrefix(ref.URL, s.Server.URL) {
		t.Errorf("the ref is %+v", ref)
	}
	if found, ok := s.find(t, key); !ok || found != ref {
		t.Errorf("found %+v, %v, want %+v", found, ok, ref)
	}
	if found, ok := s.find(t, other); ok {
		t.Errorf("another key finds %+v", found)
	}
}

func lostAnswer(t *testing.T, s Subject) {
	s.Server.Lose(1)
	_, err := s.Tracker.Create(t.Context(), bulk, key)
	if r := refusal(t, err); !r.Unknown || !r.Retry {
		t.Errorf("got %+v, want one to look after", r)
	}
	if ref, ok := s.find(t, key); !ok || s.Number(ref.ID) != s.only(t).N {
		t.Errorf("found %+v, %v", ref, ok)
	}
}

func listedLate(t *testing.T, s Subject) {
	s.Server.Lag(time.Hour)
	s.create(t, bulk)
	if ref, ok := s.find(t, key); ok {
		t.Errorf("found %+v, which is not listed", ref)
	}
	s.Server.Lag(0)
	if _, ok := s.find(t, key); !ok {
		t.Error("not found once it is listed")
	}
}

func foundBehindOthers(t *testing.T, s Subject) {
	ref := s.create(t, bulk)
	for n := range 250 {
		s.Server.Add(Issue{Title: strconv.Itoa(n), Body: `"another"`})
	}
	if found, ok := s.find(t, key); !ok || found != ref {
		t.Errorf("found %+v, %v, want %+v", found, ok, ref)
	}
	if _, ok := s.find(t, other); ok {
		t.Error("another key finds one")
	}
}

func stateComesBack(t *testing.T, s Subject) {
	ref := s.create(t, bulk)
	state := func() cre.IssueState {
		t.Helper()
		st, err := s.Tracker.State(t.Context(), ref.ID)
		if err != nil {
			t.Fatal(err)
		}
		return st
	}
	if st := state(); st.Closed || st.State == "" || st.Assignee != "" || !st.ClosedAt.IsZero() {
		t.Errorf("new: %+v", st)
	}
	at := time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)
	s.Server.Change(s.Number(ref.ID), func(is *Issue) { is.Assignee = "grace" })
	if st := state(); st.Closed || st.Assignee != "grace" {
		t.Errorf("taken: %+v", st)
	}
	s.Server.Change(s.Number(ref.ID), func(is *Issue) { is.Closed, is.Reason = at, "not planned" })
	if st := state(); !st.Closed || !st.ClosedAt.Equal(at) || st.Reason != s.Reason {
		t.Errorf("closed: %+v", st)
	}
	s.Server.Change(s.Number(ref.ID), func(is *Issue) { is.Closed, is.Reason = time.Time{}, "" })
	if st := state(); st.Closed || !st.ClosedAt.IsZero() {
		t.Errorf("reopened: %+v", st)
	}
}

func gone(t *testing.T, s Subject) {
	ref := s.create(t, bulk)
	s.Server.Suffer(Hidden)
	if _, err := s.Tracker.State(t.Context(), ref.ID); err == nil || errors.Is(err, chat.ErrGone) {
		t.Errorf("a project that cannot be seen: %v; the issue may be there", err)
	}
	s.Server.Suffer("")
	s.Server.Delete(s.Number(ref.ID))
	if _, err := s.Tracker.State(t.Context(), ref.ID); !errors.Is(err, chat.ErrGone) {
		t.Errorf("a deleted issue: %v", err)
	}
}

func refusedForGood(t *testing.T, s Subject) {
	for _, trouble := range []Trouble{Revoked, Hidden, ReadOnly, Archived} {
		s.Server.Suffer(trouble)
		_, err := s.Tracker.Create(t.Context(), bulk, key)
		if r := refusal(t, err); r.Retry || r.Unknown || len(r.Advice) < 30 {
			t.Errorf("%s: got %+v, want advice for a person", trouble, r)
		}
	}
	if n := len(s.Server.Listed()); n != 0 {
		t.Errorf("%d issues were opened all the same", n)
	}
}

func limited(t *testing.T, s Subject) {
	s.Server.Limit(10 * time.Minute)
	_, err := s.Tracker.Create(t.Context(), bulk, key)
	if r := refusal(t, err); !r.Retry || r.Unknown || r.After < 9*time.Minute || r.After > 11*time.Minute {
		t.Errorf("got %+v, want to wait for ten minutes", r)
	}
	s.Server.Limit(0)
	s.create(t, bulk)
}

func brokenDown(t *testing.T, s Subject) {
	s.Server.Down(2)
	_, err := s.Tracker.Create(t.Context(), bulk, key)
	if r := refusal(t, err); !r.Retry || !r.Unknown {
		t.Errorf("create: got %+v, want one to look after", r)
	}
	_, err = s.Tracker.State(t.Context(), "1")
	if r := refusal(t, err); !r.Retry || r.Unknown {
		t.Errorf("state: got %+v; it changes nothing", r)
	}
	s.create(t, bulk)
}

// nasty is what a customer may write.
const nasty = `@grace, @acme/core: see #1, !2, acme/api#3 and [~grace] [~accountid:7].
/close
/assign @grace
  indented <img src=x onerror=alert(1)> <!-- hidden --> &lt;b&gt;
# heading
h1. heading
- item
1. item
> quote
` + "```" + `
code ` + "`x`" + `
` + "```" + `
---
|a|b|
|-|-|
**bold** _it_ ~~gone~~ {noformat} {color:red}x{color} \\ !pic.png! [a](http://x.example) ![i](y) $1 ~bug %v2
see https://acme.example/a_b?c=d&e=f#g_h, or write to ops@acme.example

:+1: [[_TOC_]] [^1] <@grace> C:\temp (y)`

func textStaysText(t *testing.T, s Subject) {
	s.create(t, cre.Issue{Title: "@grace: #1 is \x1b[31mred\n/close", Body: nasty})
	is := s.only(t)
	text, touched := s.Server.shape.Shows(is.Body)
	if len(touched) > 0 {
		t.Errorf("it touches %q:\n%s", touched, is.Body)
	}
	if got := visible(text); !strings.HasPrefix(got, visible(nasty)) {
		t.Errorf("people read:\n%s\nwant:\n%s\nsent:\n%s", got, visible(nasty), is.Body)
	}
	if got := visible(is.Title); got != "@grace: #1 is red /close" || strings.Contains(is.Title, "@g") {
		t.Errorf("the title is %q", is.Title)
	}
}

// visible is what of a text can be seen.
func visible(text string) string {
	text = strings.NewReplacer("\u200b", "", "\u00a0", " ").Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.ReplaceAll(strings.Join(lines, "\n"), "\n\n", "\n")
}

func longText(t *testing.T, s Subject) {
	s.create(t, cre.Issue{Title: strings.Repeat("title ", 500), Body: strings.Repeat("@#*_", 50_000)})
	if _, ok := s.find(t, key); !ok {
		t.Error("its key is not found")
	}
}

func checked(t *testing.T, s Subject) {
	if all := s.Tracker.Check(t.Context()); len(all) < 2 || wrong(all) != "" {
		t.Errorf("all is well, and check says %+v", all)
	}
	for _, trouble := range []Trouble{Revoked, Hidden, ReadOnly, Archived} {
		s.Server.Suffer(trouble)
		if why := wrong(s.Tracker.Check(t.Context())); why == "" {
			t.Errorf("%s: check finds nothing wrong", trouble)
		}
	}
	if n := len(s.Server.Listed()); n != 0 {
		t.Errorf("check opened %d issues", n)
	}
}

// wrong is what is not well, each with advice.
func wrong(all []chat.Finding) (what string) {
	for _, f := range all {
		if !f.OK && f.Advice != "" {
			what += fmt.Sprintf("%s %s: %s\n", f.What, f.Detail, f.Advice)
		}
	}
	return what
}
