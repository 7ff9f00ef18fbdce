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

// What is tried again waits for its platform, not for the clock.
func TestARetryIsNoTimer(t *testing.T) {
	h := newHouse(t)
	var before, after *workflow.Outbox
	h.as(ada, func(s *workflow.Step) (err error) { before, err = s.Outbox(); return err })
	h.as(ada, func(s *workflow.Step) error {
		later := h.now.Add(time.Minute)
		for _, e := range []store.Errand{
			{Kind: store.Pin, Place: general},
			{Kind: store.Pin, Place: general, Due: later, Attempts: 3},
			{Kind: store.Pin, Place: general, Due: later},
			{Kind: store.Timer, Due: later, Attempts: 3},
			{Kind: store.Timer, Due: h.now},
		} {
			if _, err := s.Leave(e); err != nil {
				return err
			}
		}
		return nil
	})
	h.as(ada, func(s *workflow.Step) (err error) { after, err = s.Outbox(); return err })
	if waiting, timed := after.Waiting-before.Waiting, after.Timed-before.Timed; waiting != 3 || timed != 2 {
		t.Errorf("%d wait and %d are timed, want 3 and 2", waiting, timed)
	}
}

// A message that replaces others is what is read in the end, also when two with its
// key wait: one was left while another was under way, which then failed.
func TestTheNewestWordIsTheLast(t *testing.T) {
	h := newHouse(t)
	say := func(text string) {
		h.as(ada, func(s *workflow.Step) error {
			_, err := s.Say(general, chat.Message{Key: "line", Text: chat.Plain(text)}, store.ForReply)
			return err
		})
	}
	becomes := func(state store.ErrandState) {
		e := h.errands()[0]
		e.State = state
		h.as(ada, func(s *workflow.Step) error { return store.Errands.Put(s.Tx, &e) })
	}
	say("first")
	becomes(store.Sending)
	say("second")
	becomes(store.Todo)
	say("third")
	if got := texts(h.does(), general); !slices.Equal(got, []string{"first", "third"}) {
		t.Errorf("said %q", got)
	}
}

// What fails for one cause is told in one message, which says all of it.
func TestOneCauseIsToldOnce(t *testing.T) {
	h := newHouse(t)
	inc, _ := h.furnished()
	fails := func(kind store.ErrandKind, trouble string) store.Errand {
		h.as(ada, func(s *workflow.Step) error {
			_, err := s.Leave(store.Errand{Kind: kind, Place: inc.Room.Place, Subject: inc.ID})
			return err
		})
		return h.parks(kind, trouble)
	}
	pin := fails(store.Pin, "a scope is missing")
	one := h.of(store.Say)
	if got := one.Message.Text.String(); got != "I could not do this for INC-1 (pin): a scope is missing" || one.Subject != inc.ID {
		t.Errorf("of %q: %q", one.Subject, got)
	}
	if got := lines(one.Message); !slices.Equal(got, []string{fmt.Sprintf("cre retry %d", pin.ID), fmt.Sprintf("cre drop %d", pin.ID)}) {
		t.Errorf("the first offers %q", got)
	}
	h.does()
	fails(store.Bookmark, "a scope is missing")
	fails(store.Pin, "a scope is missing")
	said := h.does()
	if len(said) != 1 || said[0].Message.Key != one.Message.Key {
		t.Fatalf("said: %+v", said)
	}
	if got := said[0].Message.Text.String(); got != "I could not do this for INC-1 (pin, link to the timeline): a scope is missing\ncre status lists them." {
		t.Errorf("said: %q", got)
	}
	if got := lines(said[0].Message); !slices.Equal(got, []string{"cre retry all"}) {
		t.Errorf("both offer %q", got)
	}
	fails(store.Pin, "the channel has too many pins")
	if said := h.does(); len(said) != 1 || said[0].Message.Key == one.Message.Key ||
		said[0].Message.Text.String() != "I could not do this for INC-1 (pin): the channel has too many pins" {
		t.Errorf("of another cause: %+v", said)
	}
}

func lines(m *chat.Message) (all []string) {
	for _, b := range m.Buttons {
		all = append(all, b.Line)
	}
	return all
}

// A notice of a trouble that cannot be said is nobody's to decide about.
func TestANoticeIsNeverParked(t *testing.T) {
	for _, gone := range []bool{false, true} {
		h := newHouse(t)
		inc, _ := h.furnished()
		h.as(ada, func(s *workflow.Step) error {
			_, err := s.Leave(store.Errand{Kind: store.Pin, Place: inc.Room.Place, Subject: inc.ID})
			return err
		})
		h.parks(store.Pin, "a scope is missing")
		notice := h.of(store.Say)
		h.closes(notice, workflow.Outcome{Trouble: "not here", Gone: gone})
		if e := h.errand(notice.ID); e.State != store.Dropped || e.Subject != inc.ID || !strings.HasPrefix(e.Trouble, "not here") {
			t.Errorf("gone %v: the notice is %s: %+v", gone, e.State, e)
		}
		if lost := h.incident(inc.ID).RoomTrouble != ""; lost != gone {
			t.Errorf("gone %v: the room is lost: %v", gone, lost)
		}
	}
}

// What was parked on a channel that the configuration does not name any more is
// said where it names one now.
func TestARetryGoesWhereTheConfigurationSays(t *testing.T) {
	h := newHouse(t)
	h.rules.Channels.Incidents, h.rules.Channels.Requests = "incidnts", "cer"
	h.declare(workflow.Declaration{Title: "earlier", Severity: cre.Sev2})
	h.declared(outage)
	h.file(workflow.Filing{Title: "rotate keys"})
	h.later(time.Minute)
	parked := map[string]uint64{}
	for _, e := range h.due() {
		if e.Place.Channel == "#incidnts" || e.Place.Channel == "#cer" {
			h.begins(e)
			h.closes(e, workflow.Outcome{Trouble: "there is no such channel"})
			parked[e.Place.Channel] = e.ID
		}
	}
	h.rules.Channels.Incidents, h.rules.Channels.Requests = "incidents", "cre"
	for was, want := range map[string]chat.Place{"#incidnts": incidents, "#cer": triage} {
		if err := h.retry(ada, parked[was]); err != nil {
			t.Fatal(err)
		}
		if e := h.errand(parked[was]); e.Place != want || e.Lane != want.Key() || e.State != store.Todo || !e.Began.IsZero() {
			t.Errorf("from %s to %+v in the lane %q, %s since %v", was, e.Place, e.Lane, e.State, e.Began)
		}
	}
}

// begins marks an errand as the outbox does.
func (h *house) begins(e store.Errand) {
	h.t.Helper()
	h.as(chat.Person{}, func(s *workflow.Step) error {
		e.State, e.Began, e.Attempts = store.Sending, h.now, 1
		return store.Errands.Put(s.Tx, &e)
	})
}

// Where nobody can know which incident is meant, the example is what was typed.
func TestTheExampleIsWhatWasTyped(t *testing.T) {
	h := newHouse(t)
	for line, want := range map[string]string{
		"/incident update it is the cache": "`incident update INC-1`", "cre incident  Repair": "`incident repair INC-1`", "postmortem": "`postmortem INC-1`",
	} {
		err := h.try(ada, func(s *workflow.Step) error {
			s.Event = &chat.Event{Line: line}
			_, err := s.Incident("")
			return err
		})
		if want = "for example " + strings.Trim(want, "`") + "."; !cre.Is(err, cre.NotFound) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want %q", line, err, want)
		}
	}
}
