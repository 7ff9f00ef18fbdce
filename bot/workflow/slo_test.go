package workflow_test

import (
	"slices"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
)

// daily schedules a digest every day at an hour of a zone.
func daily(zone *time.Location, hour int) []cre.Digest {
	next := func(after time.Time) time.Time {
		a := after.In(zone)
		slot := time.Date(a.Year(), a.Month(), a.Day(), hour, 0, 0, 0, zone)
		if !slot.After(after) {
			slot = time.Date(a.Year(), a.Month(), a.Day()+1, hour, 0, 0, 0, zone)
		}
		return slot
	}
	return []cre.Digest{{Name: "daily", To: "reliability", Zone: zone, Next: next}}
}

// schedule brings the clock up to the configuration, as a start does, and gives
// the digest's next slot.
func (h *house) schedule() time.Time {
	h.t.Helper()
	h.as(chat.Person{}, func(s *workflow.Step) error { return s.Schedule() })
	return h.slot()
}

// forDigest reports whether an errand is the timer of a digest: that of the toil has
// no subject.
func forDigest(e store.Errand) bool { return e.Kind == store.Timer && e.Subject != "" }

func (h *house) slot() (at time.Time) {
	h.t.Helper()
	n := 0
	for _, e := range h.errands() {
		if forDigest(e) {
			at, n = e.Due, n+1
		}
	}
	if n != 1 {
		h.t.Fatalf("%d timers for one digest", n)
	}
	return at
}

// digests is what #reliability hears until then, hour by hour.
func (h *house) digests(until time.Duration) (all []string) {
	h.t.Helper()
	for end := h.now.Add(until); h.now.Before(end); {
		h.later(time.Hour)
		for range texts(h.does(), chat.Place{Platform: "chat", Channel: "#reliability"}) {
			all = append(all, h.now.Format("2 Jan 15:04"))
		}
	}
	return all
}

// Nine o'clock in Paris stays nine o'clock when the clocks change, on 29 March
// 2026.
func TestADigestKeepsItsHourWhenTheClocksChange(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t)
	h.now = time.Date(2026, 3, 27, 12, 0, 0, 0, time.UTC)
	h.rules.Digests = daily(zone, 9)
	h.schedule()
	if got, want := h.digests(72*time.Hour), []string{"28 Mar 08:00", "29 Mar 07:00", "30 Mar 07:00"}; !slices.Equal(got, want) {
		t.Errorf("digests at %q, want %q", got, want)
	}
}

// After a downtime only the latest slot is posted, and then the next in time;
// starting again changes nothing.
func TestADigestAfterADowntime(t *testing.T) {
	h := newHouse(t)
	h.rules.Digests = daily(time.UTC, 9)
	h.schedule()
	h.later(5 * 24 * time.Hour) // to 7 March, 10:00
	h.as(chat.Person{}, func(s *workflow.Step) error { return s.Schedule() })
	h.as(chat.Person{}, func(s *workflow.Step) error { return s.Schedule() })
	if got := len(texts(h.does(), chat.Place{Platform: "chat", Channel: "#reliability"})); got != 1 {
		t.Errorf("%d digests after the downtime", got)
	}
	h.as(ada, func(s *workflow.Step) error {
		said, err := store.Digests.Get(s.Tx, store.Key("daily"))
		if err == nil && !said.Slot.Equal(time.Date(2026, 3, 7, 9, 0, 0, 0, time.UTC)) {
			t.Errorf("posted for the slot %v", said.Slot)
		}
		return err
	})
	if got := h.schedule(); !got.Equal(time.Date(2026, 3, 8, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("next slot: %v", got)
	}
}

// Another hour in the configuration moves the timer.
func TestAChangedScheduleMovesTheTimer(t *testing.T) {
	h := newHouse(t)
	h.rules.Digests = daily(time.UTC, 14)
	h.schedule()
	for _, hour := range []int{12, 16, 14} { // 14 again: the name of a slot that never fired is free
		h.rules.Digests = daily(time.UTC, hour)
		if got := h.schedule(); got.Hour() != hour || got.Day() != 2 {
			t.Errorf("moved to %v, want %d o'clock", got, hour)
		}
	}
	h.rules.Digests = nil
	h.later(24 * time.Hour)
	if said := h.does(); len(said) > 0 || slices.ContainsFunc(h.errands(), forDigest) {
		t.Errorf("a digest that is gone from the configuration: %+v", said)
	}
}

// A clock that is set back meets a slot that has fired. It is not posted twice,
// and the bot starts.
func TestAClockSetBack(t *testing.T) {
	h := newHouse(t)
	h.rules.Digests = daily(time.UTC, 11)
	h.schedule()
	h.later(time.Hour)
	h.does()
	h.later(-time.Minute)
	if got := h.schedule(); !got.Equal(time.Date(2026, 3, 3, 11, 0, 0, 0, time.UTC)) {
		t.Errorf("next slot: %v", got)
	}
}

// A schedule that never comes, such as the 30th of February, waits for nothing.
func TestAScheduleThatNeverComes(t *testing.T) {
	h := newHouse(t)
	h.rules.Digests = []cre.Digest{{Name: "never", To: "reliability", Next: func(time.Time) time.Time { return time.Time{} }}}
	h.as(chat.Person{}, func(s *workflow.Step) error { return s.Schedule() })
	if slices.ContainsFunc(h.errands(), forDigest) {
		t.Errorf("left: %+v", h.errands())
	}
}
