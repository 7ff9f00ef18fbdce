package workflow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
)

// errand is how an errand stands.
func (h *house) errand(id uint64) (e *store.Errand) {
	h.t.Helper()
	h.as(ada, func(s *workflow.Step) (err error) { e, err = store.Errands.Get(s.Tx, store.Key(id)); return err })
	if e == nil {
		h.t.Fatalf("errand %d is forgotten", id)
	}
	return e
}

func (h *house) retry(who chat.Person, id uint64) error {
	return h.try(who, func(s *workflow.Step) error { _, err := s.Retry(id); return err })
}

func (h *house) drop(who chat.Person, id uint64) error {
	return h.try(who, func(s *workflow.Step) error { _, err := s.Drop(id); return err })
}

// of picks the errand of a kind, the last that was left.
func (h *house) of(kind store.ErrandKind) store.Errand {
	h.t.Helper()
	all := slices.DeleteFunc(h.due(), func(e store.Errand) bool { return e.Kind != kind })
	if len(all) == 0 {
		h.t.Fatalf("nothing of the kind %q is due: %v", kind, h.kinds())
	}
	return all[len(all)-1]
}

// parks has the last errand of a kind fail for good.
func (h *house) parks(kind store.ErrandKind, trouble string) store.Errand {
	h.t.Helper()
	e := h.of(kind)
	h.closes(e, workflow.Outcome{Trouble: trouble})
	return e
}

// What is given up is over, says by whom and why it was parked, and cannot be
// taken up again.
func TestAParkedErrandIsGivenUp(t *testing.T) {
	h := newHouse(t)
	h.declared(outage)
	open := h.parks(store.OpenRoom, "ask a workspace admin")
	if err := h.drop(bob, open.ID); err != nil {
		t.Fatal(err)
	}
	e := h.errand(open.ID)
	if e.State != store.Dropped || !e.Ended.Equal(h.now) || e.Trouble != "ask a workspace admin (given up by bob)" || e.Open() || !e.Over() {
		t.Errorf("given up, it stands as %+v", e)
	}
	h.as(ada, func(s *workflow.Step) error {
		ended, err := store.Errands.First(s.Tx, "ended", store.Key(h.now))
		if err == nil && (ended == nil || ended.ID != open.ID) {
			t.Errorf("what is over, to be forgotten in a week: %+v", ended)
		}
		return err
	})
	for what, err := range map[string]error{"drop": h.drop(bob, open.ID), "retry": h.retry(bob, open.ID)} {
		if !cre.Is(err, cre.NotFound) {
			t.Errorf("%s of what was given up: %v", what, err)
		}
	}
}

// Of a private incident's errands nobody else decides, nor learns that there are
// any.
func TestOnlyWhoSeesAnErrandDecides(t *testing.T) {
	h := newHouse(t)
	h.declared(breach)
	open := h.parks(store.OpenRoom, "ask a workspace admin")
	for _, decide := range []func(chat.Person, uint64) error{h.retry, h.drop} {
		hidden, none := decide(eve, open.ID), decide(eve, open.ID+1000)
		if !cre.Is(hidden, cre.NotFound) || strings.ReplaceAll(none.Error(), fmt.Sprint(open.ID+1000), fmt.Sprint(open.ID)) != hidden.Error() {
			t.Errorf("eve is told %q; where there is none %q", hidden, none)
		}
	}
	if h.errand(open.ID).State != store.Parked {
		t.Fatal("eve decided")
	}
	if err := h.retry(ada, open.ID); err != nil {
		t.Error(err)
	}
}

// What an incident does not need any more is not done because somebody presses a
// button.
func TestWhatIsOverIsNotTriedAgain(t *testing.T) {
	inRoom := func(h *house, kind store.ErrandKind) store.Errand {
		h.declare(outage)
		h.as(ada, func(s *workflow.Step) error { return s.Assign(h.sameIncident(s, "INC-1"), cre.Ops, bob) })
		return h.parks(kind, "not today")
	}
	for name, c := range map[string]struct {
		parked func(h *house) store.Errand
		then   func(h *house, inc *cre.Incident)
		why    string
	}{
		"a room of what is over": {
			func(h *house) store.Errand { h.declared(outage); return h.parks(store.OpenRoom, "not today") },
			func(h *house, inc *cre.Incident) {
				h.as(ada, func(s *workflow.Step) error { return s.Move(h.sameIncident(s, inc.ID), cre.Resolved, "") })
			}, "INC-1 is resolved"},
		"a second room": {
			func(h *house) store.Errand { h.declared(outage); return h.parks(store.OpenRoom, "not today") },
			func(h *house, inc *cre.Incident) {
				inc.Room = &chat.Room{Place: chat.Place{Platform: "chat", Channel: "C9"}, Name: "x"}
				h.as(ada, func(s *workflow.Step) error { return store.Incidents.Put(s.Tx, inc) })
			}, "INC-1 has a war room"},
		"an invitation to a room that was given up": {
			func(h *house) store.Errand { return inRoom(h, store.Invite) },
			func(h *house, inc *cre.Incident) {
				inc.Room = &chat.Room{Place: chat.Place{Platform: "chat", Channel: "C9"}, Name: "x"}
				h.as(ada, func(s *workflow.Step) error { return store.Incidents.Put(s.Tx, inc) })
			}, "that is not the war room of INC-1 now"},
		"the end of a room whose incident goes on": {
			func(h *house) store.Errand {
				_, archive := h.resting()
				h.closes(archive, workflow.Outcome{Trouble: "not today"})
				return archive
			},
			func(h *house, inc *cre.Incident) {
				inc.Status = cre.Investigating
				h.as(ada, func(s *workflow.Step) error { return store.Incidents.Put(s.Tx, inc) })
			}, "INC-1 is investigating"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			e := c.parked(h)
			c.then(h, h.incident("INC-1"))
			err := h.retry(ada, e.ID)
			if !cre.Is(err, cre.Conflict) || !strings.Contains(err.Error(), c.why) {
				t.Errorf("retry: %v; want that %s", err, c.why)
			}
			if h.errand(e.ID).State != store.Parked {
				t.Error("it is tried again all the same")
			}
			if err := h.drop(ada, e.ID); err != nil {
				t.Error(err)
			}
		})
	}
}

// An incident that is reopened has no use for what would archive its room.
func TestReopeningGivesUpTheArchiving(t *testing.T) {
	h := newHouse(t)
	inc, archive := h.resting()
	h.closes(archive, workflow.Outcome{Trouble: "not today"})
	h.reopen(inc.ID)
	if e := h.errand(archive.ID); e.State != store.Dropped {
		t.Errorf("the archiving is %s", e.State)
	}
}

// A card and an announcement that are parked are tried again when there is
// something new to say, and say it.
func TestAMessageIsTriedAgainAsItNowReads(t *testing.T) {
	h := newHouse(t)
	inc := h.declared(outage)
	h.closes(h.of(store.OpenRoom), workflow.Outcome{Room: &chat.Room{Place: chat.Place{Platform: "chat", Channel: "C9"}, Name: inc.RoomName}})
	h.closes(h.of(store.Invite), workflow.Outcome{})
	var announced, card store.Errand
	for _, e := range h.due() {
		switch {
		case e.Place == incidents:
			announced = e
		case e.Kind == store.Say:
			card = e
		}
	}
	h.closes(announced, workflow.Outcome{Trouble: "the channel is archived"})
	h.closes(card, workflow.Outcome{Trouble: "not today"})
	h.as(ada, func(s *workflow.Step) error { return s.Move(h.sameIncident(s, inc.ID), cre.Mitigated, "") })
	for _, e := range []store.Errand{announced, card} {
		now := h.errand(e.ID)
		if now.State == store.Parked {
			t.Errorf("errand %d is still parked", e.ID)
		}
		m := now.Message
		if words := m.Text.String() + fields(m); !strings.Contains(words, "mitigated") {
			t.Errorf("tried again, it says %q", words)
		}
	}
}

// A request that became private does not come out by a retry.
func TestARetryTellsNothingOfAPrivateRequest(t *testing.T) {
	h := newHouse(t)
	r := h.file(workflow.Filing{Title: "our keys are on a public page"})
	var parked []uint64
	for _, e := range h.due() {
		h.closes(e, workflow.Outcome{Trouble: "not today"})
		parked = append(parked, e.ID)
	}
	h.change(r.ID, func(s *workflow.Step, r *cre.Request) error {
		_, err := s.Escalate(r, cre.Sev1, true)
		return err
	})
	if len(parked) < 2 {
		t.Fatalf("only %d messages said something of it", len(parked))
	}
	for _, id := range parked {
		_ = h.retry(bob, id) // a refusal is as good
		e := h.errand(id)
		if words := e.Message.Title + e.Message.Text.String(); e.Open() && strings.Contains(words, "public page") {
			t.Errorf("tried again in %+v, it says %q", e.Place, words)
		}
	}
}

// A room that could not be opened is not opened beside another try.
func TestAReopenedIncidentTakesUpTheOpening(t *testing.T) {
	h := newHouse(t)
	inc := h.declared(outage)
	open := h.parks(store.OpenRoom, "not today")
	h.as(ada, func(s *workflow.Step) error { return s.Move(h.sameIncident(s, inc.ID), cre.Resolved, "") })
	h.reopen(inc.ID)
	if n := h.left(store.OpenRoom); n != 1 || !h.errand(open.ID).Open() {
		t.Errorf("%d rooms are being opened, want the first to go on", n)
	}
}

func fields(m *chat.Message) (all string) {
	for _, f := range m.Fields {
		all += f.Label + ": " + f.Value.String() + "\n"
	}
	return all
}

// When what stopped them is mended, all that are still needed are taken up at
// once; of a private incident only by who may see it.
func TestAllParkedErrandsAreTakenUp(t *testing.T) {
	h := newHouse(t)
	inc := h.declared(outage)
	open := h.parks(store.OpenRoom, "the token was revoked")
	secret := h.declared(workflow.Declaration{Title: "a leak", Severity: cre.Sev2, Private: true})
	hidden := h.parks(store.OpenRoom, "the token was revoked")
	var n int
	h.as(bob, func(s *workflow.Step) (err error) { n, err = s.RetryAll(); return err })
	if n != 1 || h.errand(open.ID).State == store.Parked || h.errand(hidden.ID).State != store.Parked {
		t.Errorf("bob took up %d: %s of %s, %s of %s", n, h.errand(open.ID).State, inc.ID, h.errand(hidden.ID).State, secret.ID)
	}
	h.as(ada, func(s *workflow.Step) (err error) { n, err = s.RetryAll(); return err })
	if n != 1 || h.errand(hidden.ID).State == store.Parked {
		t.Errorf("ada took up %d, and hers is %s", n, h.errand(hidden.ID).State)
	}
}

// What has something new to say while it is parked is tried again, and does not
// pile up beside itself.
func TestAParkedMessageIsOne(t *testing.T) {
	h := newHouse(t)
	inc := h.declared(outage)
	h.later(5 * time.Second)
	parked := h.of(store.Say)
	h.closes(parked, workflow.Outcome{Trouble: "the channel is gone"})
	for i := range 3 {
		h.as(ada, func(s *workflow.Step) error {
			now, err := s.Incident(inc.ID)
			if err == nil {
				err = s.Grade(now, []cre.Severity{cre.Sev1, cre.Sev3, cre.Sev4}[i])
			}
			return err
		})
		e := h.errand(parked.ID)
		if e.State == store.Parked || !strings.Contains(e.Message.Text.String()+e.Message.Title, string([]cre.Severity{cre.Sev1, cre.Sev3, cre.Sev4}[i])) {
			t.Errorf("change %d: the announcement is %s and says %q %q", i, e.State, e.Message.Title, e.Message.Text)
		}
		h.closes(*e, workflow.Outcome{Trouble: "the channel is gone"})
	}
	n := 0
	h.as(ada, func(s *workflow.Step) error {
		o, err := s.Outbox()
		n = len(o.Parked)
		return err
	})
	if n != 1 {
		t.Errorf("%d errands are parked", n)
	}
}
