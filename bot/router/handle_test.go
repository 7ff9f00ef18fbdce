package router_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/router"
	"cresset/bot/workflow"
	"cresset/store"
)

const declare = "incident declare sev2 customer:acme checkout returns 500"

func TestOnce(t *testing.T) {
	h := opened(t)
	ev := h.event(ada, declare)
	first := h.handle(ev)
	if first.Failed || first.Incident != "INC-1" {
		t.Fatalf("got %+v", first)
	}
	kept, audited := h.records(), len(h.audit())
	h.now = h.now.AddDate(0, 0, 1)
	second := h.handle(ev)
	if !reflect.DeepEqual(first, second) {
		t.Errorf("delivered again\n got %+v\nwant %+v", second, first)
	}
	h.unchanged("delivered again", kept)
	if got := len(h.audit()); got != audited {
		t.Errorf("%d lines of audit, %d before", got, audited)
	}
	if h.counts["ok"] != 1 || h.counts["again"] != 1 {
		t.Errorf("counted %v", h.counts)
	}
}

func TestOnceAtTheSameTime(t *testing.T) {
	h := opened(t)
	ev := h.event(ada, declare)
	var all sync.WaitGroup
	replies := make([]chat.Reply, 16)
	for i := range replies {
		all.Go(func() {
			var err error
			if replies[i], err = h.router.Handle(t.Context(), ev); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, r := range replies {
		if r.Incident != "INC-1" || r.Failed {
			t.Errorf("got %+v", r)
		}
	}
	if n := len(h.audit()); n != 1 {
		t.Errorf("%d lines of audit, want 1", n)
	}
}

func TestRefusalIsNotedAndStays(t *testing.T) {
	h := opened(t)
	kept := h.records()
	ev := h.event(ada, "incident resolve INC-1")
	first := h.handle(ev)
	if !first.Failed || first.Unsaved || !strings.Contains(first.Message.Text.String(), "INC-1") {
		t.Fatalf("got %+v", first)
	}
	h.unchanged("a refusal", kept)
	if act := h.last(); act.Command != "incident resolve" || act.By != ada || act.Outcome == "done" || act.Line != ev.Line || act.Event != ev.Key {
		t.Errorf("the audit says %+v", act)
	}
	h.must(ada, declare)
	if again := h.handle(ev); !reflect.DeepEqual(again, first) {
		t.Errorf("delivered again, with INC-1 there now: %+v", again)
	}
	if h.must(ada, "incident show INC-1"); len(h.audit()) != 3 {
		t.Errorf("%d lines of audit, want 3", len(h.audit()))
	}
}

// TestRefusalUndoesEverything: a command that wrote before it refused.
func TestRefusalUndoesEverything(t *testing.T) {
	h := opened(t, half("test refuse", cre.Errorf(cre.Conflict, "Not now.")), half("test fail", errors.New("disk on fire")))
	kept := h.records()
	if r := h.say(ada, "test refuse"); !r.Failed || r.Message.Text != "Not now." {
		t.Errorf("got %+v", r)
	}
	h.unchanged("a refusal after a write", kept)
	ev := h.event(ada, "test fail")
	r := h.handle(ev)
	h.unchanged("an error after a write", kept)
	h.hasReference(r, "disk on fire")
	if len(h.audit()) != 1 {
		t.Errorf("an error that is ours was noted as if it had happened: %+v", h.audit())
	}
	if h.counts["failed"] != 1 || h.counts["refused"] != 1 {
		t.Errorf("counted %v", h.counts)
	}
}

// half declares an incident, and then does not.
func half(name string, err error) router.Command {
	return router.Handle(router.Command{Name: name, Summary: "fail", Example: name}, func(s *workflow.Step, _ struct{}) (chat.Reply, error) {
		if _, err := s.Declare(workflow.Declaration{Title: "half"}); err != nil {
			return chat.Reply{}, err
		}
		if err == nil {
			panic("boom: " + name)
		}
		return chat.Reply{}, err
	})
}

var referenced = regexp.MustCompile("`([0-9a-f]{8})`")

// hasReference checks that a person sees a number and no cause, and that the log
// has both.
func (h *house) hasReference(r chat.Reply, cause string) {
	h.Helper()
	m := referenced.FindStringSubmatch(r.Message.Text.Markdown())
	if !r.Failed || !r.Unsaved || m == nil || strings.Contains(r.Message.Text.String(), cause) {
		h.Errorf("a person sees %q", r.Message.Text)
		return
	}
	if log := h.log.String(); !strings.Contains(log, "ref="+m[1]) || !strings.Contains(log, cause) {
		h.Errorf("the log has %q, want %s and %q", log, m[1], cause)
	}
}

func TestPanic(t *testing.T) {
	h := opened(t, half("test panic", nil))
	kept := h.records()
	ev := h.event(ada, "test panic")
	for range 2 {
		h.hasReference(h.handle(ev), "boom: test panic")
		h.unchanged("a panic", kept)
	}
	if len(h.audit()) != 0 || h.counts["failed"] != 2 || h.woken != 0 {
		t.Errorf("audit %v, counted %v, woken %d", h.audit(), h.counts, h.woken)
	}
	if r := h.must(ada, declare); r.Incident != "INC-1" {
		t.Errorf("after a panic: %+v", r)
	}
}

// TestUnknownOutcome: when nobody knows what is on the disk, nothing is
// acknowledged.
func TestUnknownOutcome(t *testing.T) {
	h := opened(t, half("test unknown", fmt.Errorf("commit: %w", store.ErrUnknown)), half("test full", store.ErrFull),
		half("test away", fmt.Errorf("not saved: %w", store.ErrUnavailable)), half("test late", fmt.Errorf("not saved: %w", context.DeadlineExceeded)))
	if _, err := h.router.Handle(t.Context(), h.event(ada, "test unknown")); !errors.Is(err, store.ErrUnknown) {
		t.Errorf("got %v", err)
	}
	if r := h.say(ada, "test full"); !r.Failed || !r.Unsaved || !strings.Contains(r.Message.Text.String(), "full") {
		t.Errorf("got %+v", r)
	}
	for _, line := range []string{"test away", "test late"} {
		if r := h.say(ada, line); !r.Failed || !r.Unsaved || !strings.Contains(r.Message.Text.String(), "Nothing was saved: the database does not answer") {
			t.Errorf("%s: got %+v", line, r)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.router.Handle(ctx, h.event(ada, declare)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// Who comes from outside by a way that grants a role, as a mail does, may do what
// that role may, whoever has the same account.
func TestAWayInForOutsiders(t *testing.T) {
	h := opened(t)
	ev := h.event(guest, "cre request invoices are slow")
	ev.Role = "viewer"
	if r := h.handle(ev); r.Failed || r.Request != "R-1" {
		t.Errorf("a request from outside: %+v", r)
	}
	ev = h.event(guest, "cre customer add umbrella Umbrella") // ada might
	ev.Role = "viewer"
	if r := h.handle(ev); !r.Failed {
		t.Errorf("more than the role: %+v", r)
	}
}

func TestForbidden(t *testing.T) {
	h := opened(t)
	h.must(ada, declare)
	for _, c := range []struct {
		who  chat.Person
		role string
		line string
	}{
		{eve, "", declare},
		{eve, "", "incident resolve INC-1"},
		{eve, "", "incident declare"}, // not even the form
		{eve, "", "incident severity INC-1 sev9"},
		{bob, "", "cre customer add umbrella Umbrella"},
		{ada, "viewer", "incident resolve INC-1"},
		{ada, "responder", "cre customer add umbrella Umbrella"},
		{guest, "", "incident list"},
		{guest, "", "incident show INC-1"},
		{guest, "", "cre customer list"},
		{guest, "", "cre request invoices are slow"},
		{guest, "", "help"},
	} {
		kept, audited := h.records(), len(h.audit())
		ev := h.event(c.who, c.line)
		ev.Role = c.role
		r := h.handle(ev)
		if !r.Failed || r.Form != nil || r.Public || !strings.HasSuffix(r.Message.Text.String(), ".") || strings.Contains(r.Message.Text.String(), "checkout") {
			t.Errorf("%s (%s) says %q and hears %+v", c.who.Name, c.role, c.line, r)
		}
		h.unchanged(c.line, kept)
		act := h.last()
		if len(h.audit()) != audited+1 || act.By != c.who || act.Line != c.line || act.Outcome == "done" || len(act.Changed) != 0 {
			t.Errorf("%q: the audit says %+v", c.line, act)
		}
		if again := h.handle(ev); !reflect.DeepEqual(again, r) || len(h.audit()) != audited+1 {
			t.Errorf("%q again: %+v", c.line, again)
		}
	}
}

// TestPrivate: who may not see an incident hears, of each way to name it, what
// they hear of one that does not exist.
func TestPrivate(t *testing.T) {
	h := opened(t)
	h.must(ada, "incident declare sev2 --private customer:acme canary leaked")
	h.must(ada, "incident declare sev2 customer:acme public one")
	for _, c := range h.router.Commands() {
		line := strings.ReplaceAll(c.Example, "INC-2", "INC-3")
		if !strings.Contains(line, "INC-1") {
			continue
		}
		secret := h.say(bob, line)
		absent := h.say(bob, strings.ReplaceAll(line, "INC-1", "INC-99"))
		got := strings.ReplaceAll(fmt.Sprintf("%+v", secret), "INC-1", "INC-99")
		if got != fmt.Sprintf("%+v", absent) || !secret.Failed {
			t.Errorf("%s\n got %s\nwant %+v", line, got, absent)
		}
	}
	for _, line := range []string{"incident merge INC-2 INC-1", "incident list", "incident list --all", "cre customer acme", "cre status", "help"} {
		if r := fmt.Sprintf("%+v", h.say(bob, line)); strings.Contains(r, "canary") || strings.Contains(r, "INC-1 ") {
			t.Errorf("%q shows %s", line, r)
		}
	}
	if r := h.must(ada, "incident show INC-1"); !strings.Contains(fmt.Sprintf("%+v", r), "canary") {
		t.Errorf("its declarer does not see it: %+v", r)
	}
	h.must(ada, "incident ops @bob INC-1")
	if r := h.must(bob, "incident show INC-1"); !strings.Contains(fmt.Sprintf("%+v", r), "canary") {
		t.Errorf("who has a role in it does not see it: %+v", r)
	}
}

func TestAuditFindsWhatWasAltered(t *testing.T) {
	for name, alter := range map[string]func(*store.Act){
		"who":     func(a *store.Act) { a.By = bob },
		"line":    func(a *store.Act) { a.Line = "help" },
		"outcome": func(a *store.Act) { a.Outcome = "done " },
		"changed": func(a *store.Act) { a.Changed = nil },
		"when":    func(a *store.Act) { a.At = a.At.Add(1) },
		"sealed anew": func(a *store.Act) {
			a.Line = "help"
			a.Hash = workflow.Seal(*a)
		},
	} {
		h := opened(t)
		for i := range 4 {
			h.must(ada, fmt.Sprintf("incident declare trouble %d", i))
		}
		act := h.audit()[1]
		alter(&act)
		h.update(func(tx store.Tx) error { return store.Audit.Put(tx, &act) })
		h.view(func(tx store.Tx) error {
			if err := workflow.CheckAudit(tx); err == nil || !strings.Contains(err.Error(), "line") {
				t.Errorf("%s altered: %v", name, err)
			}
			return nil
		})
		h.update(func(tx store.Tx) error { return store.Audit.Delete(tx, store.Key(act.N)) })
		h.view(func(tx store.Tx) error {
			if workflow.CheckAudit(tx) == nil {
				t.Error("a missing line is not found")
			}
			return nil
		})
	}
}

// TestAuditFindsALostEnd: the last lines are missed as well.
func TestAuditFindsALostEnd(t *testing.T) {
	h := opened(t)
	for i := range 4 {
		h.must(ada, fmt.Sprintf("incident declare trouble %d", i))
	}
	all := h.audit()
	h.update(func(tx store.Tx) error { return store.Audit.Delete(tx, store.Key(all[len(all)-1].N)) })
	h.view(func(tx store.Tx) error {
		if err := workflow.CheckAudit(tx); err == nil || !strings.Contains(err.Error(), "once had 4") {
			t.Errorf("got %v", err)
		}
		return nil
	})
}

// TestAuditOfAnything: whatever bytes an event is made of, the chain holds.
func TestAuditOfAnything(t *testing.T) {
	h := opened(t)
	bad := "a\xff\xfe\u2028<&>\x00\u202e"
	for _, line := range []string{"incident declare sev4 " + bad, "incident note INC-1 " + bad, "incident show " + bad, "help " + bad} {
		ev := h.event(chat.Person{Platform: "slack", ID: ada.ID, Name: bad}, line)
		ev.Key += bad
		first := h.handle(ev)
		if again := h.handle(ev); again.Message.Text != first.Message.Text {
			t.Errorf("%q again: %+v, want %+v", line, again, first)
		}
	}
	if n := len(h.audit()); n != 3 {
		t.Errorf("%d lines of audit, want 3: what cannot be read leaves none", n)
	}
	h.view(func(tx store.Tx) error { return store.Check(tx, store.All()) })
}

func TestFormForMissingWords(t *testing.T) {
	h := opened(t)
	kept := h.records()
	ev := h.event(ada, "incident declare --again customer:acme")
	r := h.handle(ev)
	if r.Form == nil || len(h.audit()) != 0 || h.counts["form"] != 1 {
		t.Fatalf("got %+v, audit %v, counted %v", r, h.audit(), h.counts)
	}
	if text := r.Message.Text.String(); !strings.Contains(text, "title") || !strings.Contains(text, "Example") {
		t.Errorf("where there are no forms, a person reads %q", text)
	}
	h.unchanged("a form", kept)

	filled := h.event(ada, r.Form.Line)
	filled.Values = map[string]string{"title": " "}
	if r := h.handle(filled); !r.Failed || r.Problems["title"] == "" || r.Form != nil {
		t.Errorf("an empty form: %+v", r)
	}
	filled = h.event(ada, r.Form.Line)
	filled.Values = map[string]string{"title": "down", "customer": "nobody"}
	if r := h.handle(filled); !r.Failed || r.Problems["customer"] == "" {
		t.Errorf("a customer who is none: %+v", r)
	}
	filled = h.event(ada, r.Form.Line)
	filled.Values = map[string]string{"title": "down", "customer": "acme,globex", "severity": "sev2"}
	if r := h.handle(filled); r.Failed || r.Incident != "INC-1" {
		t.Errorf("got %+v", r)
	}
	filled = h.event(ada, r.Form.Line) // --again is still in it
	filled.Values = map[string]string{"title": "down"}
	if r := h.handle(filled); r.Failed || r.Incident != "INC-2" {
		t.Errorf("got %+v", r)
	}
}

func TestPublicReplyIsAnErrand(t *testing.T) {
	h := opened(t)
	h.must(ada, declare)
	h.update(func(tx store.Tx) error {
		inc, err := store.Incidents.Get(tx, store.Key(uint64(1)))
		if err != nil {
			return err
		}
		inc.Room = &chat.Room{Place: chat.Place{Platform: "slack", Channel: "C9"}}
		return store.Incidents.Put(tx, inc)
	})
	ev := h.event(ada, "incident note the cache is cold")
	ev.Place = chat.Place{Platform: "slack", Channel: "C9"}
	r := h.handle(ev)
	if r.Failed || !r.Public {
		t.Fatalf("got %+v", r)
	}
	var said int
	h.view(func(tx store.Tx) error {
		for e, err := range store.Errands.All(tx, store.Page{}) {
			if err != nil {
				return err
			}
			if e.Kind == store.Say && e.Place == ev.Place && e.Message.Text == r.Message.Text {
				said++
			}
		}
		return nil
	})
	if said != 1 {
		t.Errorf("%d errands say it, want 1", said)
	}
}

// A word too many is named, with what the command takes.
func TestAWordTooMany(t *testing.T) {
	r := opened(t).say(ada, "incident show INC-1 banana")
	if text := r.Message.Text.String(); !r.Failed || !strings.Contains(text, "does not take banana. Say incident show [INCIDENT]") {
		t.Errorf("got %q", text)
	}
}
