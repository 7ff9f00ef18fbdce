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

// clockHouse is at work from nine to five, on Friday 6 March 2026 at 15:00. A first
// response is promised within 4 h, the next within 8, the end within 16; each is warned
// of after three quarters. eve manages the queue.
func clockHouse(t *testing.T) *house {
	h := newHouse(t)
	h.now = time.Date(2026, 3, 6, 15, 0, 0, 0, time.UTC)
	week := []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	h.rules.Hours = cre.Calendar{{Days: week, From: 9 * time.Hour, To: 17 * time.Hour, Zone: time.UTC}}
	h.rules.Promised = map[cre.Group]cre.Targets{{}: {FirstResponse: 4 * time.Hour, NextResponse: 8 * time.Hour, Resolution: 16 * time.Hour}}
	h.rules.WarnAt, h.rules.KeepShare = 0.75, 0.95
	h.rules.Roles = cre.Access{Responder: []string{ada.Key(), eve.Key()}}
	h.rules.Manager = "leads"
	h.rules.OnCall = []cre.Rota{{Team: "leads", Every: 7 * 24 * time.Hour, Since: h.now.AddDate(0, 0, -1),
		People: []cre.Duty{{Name: "eve", Accounts: []chat.Person{eve}}}}}
	return h
}

// goes lets time go by until then, and gives what the channel of requests hears of
// clocks, with when.
func (h *house) goes(until string) (heard []string) {
	h.t.Helper()
	end, err := time.Parse("2006-01-02 15:04", "2026-03-"+until)
	if err != nil {
		h.t.Fatal(err)
	}
	for h.now.Before(end) {
		next := end
		for _, e := range h.errands() {
			if e.Due.After(h.now) && e.Due.Before(next) {
				next = e.Due
			}
		}
		h.now = next
		heard = append(heard, h.clocksSay()...)
	}
	return heard
}

// clocksSay does what is due, and gives what the channel of requests hears of clocks.
func (h *house) clocksSay() (heard []string) {
	h.t.Helper()
	for _, text := range texts(h.does(), triage) {
		first, _, _ := strings.Cut(text, "\n")
		if strings.Contains(text, "needs its") || strings.Contains(text, "It was due at") {
			heard = append(heard, h.now.Format("Mon 15:04 ")+first)
		}
	}
	return heard
}

func (h *house) must(who chat.Person, id string, f func(*workflow.Step, *cre.Request) error) {
	h.t.Helper()
	h.as(who, func(s *workflow.Step) error {
		r, err := s.Request(id)
		if err != nil {
			return err
		}
		return f(s, r)
	})
}

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Each clock is warned of once and told of once, to whom it concerns.
func TestTheClocksOfARequestSpeakOnce(t *testing.T) {
	h := clockHouse(t)
	h.file(workflow.Filing{Title: "the export is slow"})
	// 4 h are 2 on Friday and 2 on Monday, 3 h of them are over at ten.
	same(t, "nobody answers", h.goes("09 16:00"),
		"Mon 10:00 R-1 needs its first response by 11:00, with 1h left: the export is slow",
		"Mon 11:00 @eve, R-1 has had no first response yet. It was due at 11:00.")
	h.must(ada, "R-1", func(s *workflow.Step, r *cre.Request) error { return s.Take(r, ada) })
	h.must(ada, "R-1", func(s *workflow.Step, r *cre.Request) error { return s.Wait(r, "requester", "which export?") })
	same(t, "it waits", h.goes("11 09:00"))
	h.must(bob, "R-1", func(s *workflow.Step, r *cre.Request) error { return s.Add(r, workflow.Filing{Detail: "all"}) })
	// 9 h were used up until Monday at four: 12 are at noon. Of 8 h until the next response, 6 are at three.
	same(t, "the answer came", h.goes("11 16:00"),
		"Wed 12:00 @ada, R-1 needs its resolution by 16:00, with 4h left: the export is slow",
		"Wed 15:00 @ada, R-1 needs its next response by 17:00, with 2h left: the export is slow",
		"Wed 16:00 @eve, R-1 is not resolved yet. It was due at 16:00.")
	h.must(ada, "R-1", func(s *workflow.Step, r *cre.Request) error { return s.Reply(r, "soon", false) })
	same(t, "she answers", h.goes("13 12:00"))
	r := h.request("R-1")
	if len(r.Breaches) != 2 || len(r.Replies) != 1 || !r.NextLook.Equal(r.Breaches[0].Due) {
		t.Errorf("broken %v, replies %v, next look %v", r.Breaches, r.Replies, r.NextLook)
	}
}

// However often a request changes, there is one timer for it, and none when it is over.
func TestARequestHasOneTimer(t *testing.T) {
	h := clockHouse(t)
	r := h.file(workflow.Filing{Title: "the export is slow"})
	timers := func() (due []string) {
		for _, e := range h.errands() {
			if e.Kind == store.Timer {
				due = append(due, e.Due.Format("Mon 15:04"))
			}
		}
		return due
	}
	same(t, "filed", timers(), "Mon 10:00")
	for i := range 5 {
		h.must(bob, r.ID, func(s *workflow.Step, r *cre.Request) error {
			return s.Add(r, workflow.Filing{Detail: fmt.Sprint("more ", i)})
		})
	}
	same(t, "changed", timers(), "Mon 10:00")
	h.must(ada, r.ID, func(s *workflow.Step, r *cre.Request) error { return s.Take(r, ada) })
	same(t, "taken", timers(), "Tue 11:00") // 12 h: 2 on Friday, 8 on Monday, 2 on Tuesday
	h.must(ada, r.ID, func(s *workflow.Step, r *cre.Request) error { return s.Wait(r, "customer", "") })
	same(t, "waits", timers())
	h.must(ada, r.ID, func(s *workflow.Step, r *cre.Request) error { return s.Take(r, ada) })
	same(t, "back", timers(), "Tue 11:00")
	h.must(ada, r.ID, func(s *workflow.Step, r *cre.Request) error {
		return s.Finish(r, workflow.Finish{Minutes: 10, What: "", Told: true})
	})
	same(t, "done", timers())
}

// What the bot missed it does not make up for: no warning after the end, and no word of
// an end after the answer.
func TestADowntimeIsNotMadeUpFor(t *testing.T) {
	h := clockHouse(t)
	h.file(workflow.Filing{Title: "the export is slow"})
	h.file(workflow.Filing{Title: "the import is slow"})
	h.file(workflow.Filing{Title: "it rains"})
	h.does()
	h.now = h.now.AddDate(0, 0, 3) // Monday at 15:00
	h.must(ada, "R-2", func(s *workflow.Step, r *cre.Request) error { return s.Reply(r, "soon", false) })
	h.must(bob, "R-3", func(s *workflow.Step, r *cre.Request) error { return s.Withdraw(r, "not any more") })
	same(t, "back again", h.clocksSay(), "Mon 15:00 @eve, R-1 has had no first response yet. It was due at 11:00.")
	same(t, "and then", h.goes("09 17:00"))
	b := h.request("R-2").Breaches
	if len(b) != 1 || !b[0].Came.Equal(time.Date(2026, 3, 9, 15, 0, 0, 0, time.UTC)) {
		t.Errorf("R-2 was answered late: %+v", b)
	}
	h.must(ada, "R-2", func(s *workflow.Step, r *cre.Request) error { return s.Wait(r, "requester", "which?") })
	h.must(bob, "R-2", func(s *workflow.Step, r *cre.Request) error { return s.Add(r, workflow.Filing{Detail: "all"}) })
	h.does()
	h.now = h.now.AddDate(0, 0, 2) // the next response was due on Tuesday at 17:00
	h.must(ada, "R-2", func(s *workflow.Step, r *cre.Request) error { return s.Reply(r, "soon", false) })
	if r := h.request("R-2"); len(r.Replies) != 0 || len(r.Breaches) < 2 || r.Breaches[1].Clock != cre.NextResponse {
		t.Errorf("R-2 was answered late again: %+v, %v", r.Breaches, r.Replies)
	}
}

// The owner is warned under the card, or beside it when somebody deleted that. A warning
// that could not be said until the end is of no use.
func TestTheOwnerIsWarnedUnderTheCard(t *testing.T) {
	h := clockHouse(t)
	h.file(workflow.Filing{Title: "the export is slow"})
	h.must(ada, "R-1", func(s *workflow.Step, r *cre.Request) error { return s.Take(r, ada) })
	h.does()
	h.now = time.Date(2026, 3, 10, 11, 0, 0, 0, time.UTC)
	h.closes(h.due()[0], workflow.Outcome{}) // the timer
	warning := h.due()[0]
	if warning.Place.Key() != triage.Key() || warning.Place.Thread == "" || !warning.Until.Equal(time.Date(2026, 3, 10, 15, 0, 0, 0, time.UTC)) {
		t.Errorf("said in %+v until %v", warning.Place, warning.Until)
	}
	if b := warning.Message.Buttons; len(b) != 1 || b[0].Line != "cre answer R-1" {
		t.Errorf("buttons: %v", b)
	}
	h.closes(warning, workflow.Outcome{Trouble: "the message is gone", Gone: true})
	again := h.due()
	if len(again) != 1 || again[0].Place != triage || !strings.HasPrefix(again[0].Message.Text.String(), "@ada, R-1 needs its resolution by 15:00") {
		t.Errorf("then %+v", again)
	}
}

// Of what was imported nobody is told until somebody does something about it. What ended
// elsewhere was promised nothing here.
func TestImportedRequestsAreQuiet(t *testing.T) {
	h := clockHouse(t)
	const sheet = "line,title,requester,status,created,ended\n2,slow export,bob,new,2026-01-02,\n3,old export,bob,done,2026-01-02,2026-03-05\n"
	h.as(ada, func(s *workflow.Step) error {
		done, err := s.Import(sheet, "old", false)
		if err == nil && done.Filed != 2 {
			t.Errorf("%+v", done)
		}
		return err
	})
	same(t, "imported", h.goes("09 12:00"))
	if b := h.request("R-1").Breaches; len(b) != 1 || !b[0].Due.Equal(time.Date(2026, 3, 9, 11, 0, 0, 0, time.UTC)) {
		t.Errorf("since it was imported: %+v", b)
	}
	h.must(ada, "R-1", func(s *workflow.Step, r *cre.Request) error { return s.Take(r, ada) })
	same(t, "taken", h.goes("10 12:00"), "Tue 11:00 @ada, R-1 needs its resolution by 15:00, with 4h left: slow export")
	if m := h.promises(ada, cre.ThisMonth, "", ""); !strings.Contains(m.Text.String(), "0 of 1") {
		t.Errorf("what ended before counts: %s", m.Text)
	}
}

// A request that joins an incident is promised what that promises.
func TestAnIncidentTakesOverTheClocks(t *testing.T) {
	h := clockHouse(t)
	inc := h.declare(workflow.Declaration{Title: "exports hang", Severity: cre.Sev2, Customers: []string{"acme"}})
	h.file(workflow.Filing{Title: "the export is slow", Customer: "acme"})
	h.must(bob, "R-1", func(s *workflow.Step, r *cre.Request) error { return s.Join(r, inc) })
	same(t, "joined", h.goes("10 12:00"))
	h.as(ada, func(s *workflow.Step) error {
		inc, err := s.Incident(inc.ID)
		if err != nil {
			return err
		}
		return s.Move(inc, cre.Cancelled, "it was the office")
	})
	// Back on Tuesday at noon: 6 of 8 h are over at ten on Wednesday. Friday's 0 h were used of 16.
	same(t, "back in the queue", h.goes("11 11:00"), "Wed 10:00 R-1 needs its next response by 12:00, with 2h left: the export is slow")
}

// Hand-worked: the office in Berlin is at work from nine to five, but not on Good Friday
// and Easter Monday, 3 and 6 April 2026.
func TestTheArithmeticOfClocksIsTold(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	h := clockHouse(t)
	h.rules.Zone = berlin
	h.rules.Hours[0].Zone = berlin
	h.rules.Hours[0].Holidays = []cre.Day{cre.DayOf(2026, 4, 3), cre.DayOf(2026, 4, 6)}
	h.rules.Kinds = []cre.RequestKind{{Name: "bug"}}
	h.rules.Customers[0].Tier = "business"
	h.as(chat.Person{}, func(s *workflow.Step) error { return s.SyncCustomers() })
	at := func(day, hour int) { h.now = time.Date(2026, 4, day, hour, 0, 0, 0, berlin) }
	const hours = "Only business hours count."
	why := func(id string) (lines []string) {
		h.must(ada, id, func(s *workflow.Step, r *cre.Request) error {
			said, err := s.WhyClocks(r)
			for _, l := range said {
				lines = append(lines, l.String())
			}
			return err
		})
		return lines
	}
	at(2, 15) // Maundy Thursday
	h.file(workflow.Filing{Title: "the export is slow", Customer: "acme", Kind: "bug"})
	at(7, 9) // Tuesday: 2 h of Thursday; 4 h end at eleven, 16 h after 8 more of Tuesday and 6 of Wednesday
	same(t, "after Easter", why("R-1"),
		"First response: 4h promised (business, bug), 2h used since 2 Apr 15:00: due by 11:00.",
		"Resolution: 16h promised (business, bug), 2h used since 2 Apr 15:00: due by Wed 15:00.", hours)
	at(7, 10)
	h.must(ada, "R-1", func(s *workflow.Step, r *cre.Request) error { return s.Take(r, ada) })
	at(7, 12)
	h.must(ada, "R-1", func(s *workflow.Step, r *cre.Request) error { return s.Wait(r, "requester", "which?") })
	at(8, 9) // 2 h of Thursday and 3 of Tuesday with us, 5 of Tuesday with bob
	same(t, "it waits", why("R-1"),
		"First response: 4h promised (business, bug), 3h used since 2 Apr 15:00: in time.",
		"Resolution: 16h promised (business, bug), 5h used since 2 Apr 15:00, paused 5h: paused now, with 11h left.", hours)
	at(8, 10)
	h.must(bob, "R-1", func(s *workflow.Step, r *cre.Request) error { return s.Add(r, workflow.Filing{Detail: "all"}) })
	at(8, 12) // 2 h more are used, 1 more was bob's; 9 h are left: 5 of Wednesday, 4 of Thursday
	same(t, "back", why("R-1"),
		"First response: 4h promised (business, bug), 3h used since 2 Apr 15:00: in time.",
		"Next response: 8h promised (business, bug), 2h used since 10:00: due by Thu 10:00.",
		"Resolution: 16h promised (business, bug), 7h used since 2 Apr 15:00, paused 6h: due by Thu 13:00.", hours)
	at(9, 14) // one hour too late, and four
	same(t, "too late", why("R-1"),
		"First response: 4h promised (business, bug), 3h used since 2 Apr 15:00: in time.",
		"Next response: 8h promised (business, bug), 12h used since 8 Apr 10:00: it was due at 10:00.",
		"Resolution: 16h promised (business, bug), 17h used since 2 Apr 15:00, paused 6h: it was due at 13:00.", hours)
}

// Hand-worked: a night shift in Berlin from midnight to six. On Sunday 29 March 2026 the
// clocks go from two to three, so the shift has five hours.
func TestTheArithmeticOfClocksKnowsWhenClocksChange(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	h := clockHouse(t)
	h.rules.Zone = berlin
	night := []time.Weekday{time.Saturday, time.Sunday, time.Monday}
	h.rules.Hours = cre.Calendar{{Days: night, To: 6 * time.Hour, Zone: berlin}}
	h.rules.Promised = map[cre.Group]cre.Targets{{}: {FirstResponse: 8 * time.Hour}}
	h.now = time.Date(2026, 3, 28, 4, 0, 0, 0, berlin)
	r := h.file(workflow.Filing{Title: "the export is slow"})
	// 2 h of Saturday, 5 of Sunday, and 1 of Monday.
	if due := time.Date(2026, 3, 30, 1, 0, 0, 0, berlin); !r.NextLook.Equal(due) {
		t.Errorf("it is looked at %v, want %v", r.NextLook, due)
	}
	h.now = time.Date(2026, 3, 29, 4, 0, 0, 0, berlin) // 2 h of Saturday; of Sunday those from 0 to 2 and from 3 to 4
	h.must(ada, "R-1", func(s *workflow.Step, r *cre.Request) error {
		lines, err := s.WhyClocks(r)
		if want := "First response: 8h promised, 5h used since 28 Mar 04:00: due by Mon 01:00."; err != nil || lines[0].String() != want {
			t.Errorf("%v, %v, want %s", lines, err, want)
		}
		return nil
	})
}
