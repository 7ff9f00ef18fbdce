package commands_test

import (
	"path/filepath"
	"testing"

	"cresset/bot/chat"
	"cresset/bot/workflow"
	"cresset/store"
	"cresset/store/bolt"
)

// That a room has another id is for the platform to say: everybody in a war room can
// copy its mark into a room of their own.
func TestOnlyAPlatformMovesARoom(t *testing.T) {
	db, err := bolt.Open(filepath.Join(t.TempDir(), "cresset.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	h := houseOn(db)
	h.must(t, "incident declare --private sev1 a leak")
	room := chat.Place{Platform: "slack", Channel: "C1"}
	h.step(t, func(s *workflow.Step) error {
		inc, err := store.Incidents.First(s.Tx, "open", nil)
		if err != nil {
			return err
		}
		inc.Room = &chat.Room{Place: room, Name: "inc-1-a-leak"}
		return store.Incidents.Put(s.Tx, inc)
	})
	looks := func() (n int) {
		h.step(t, func(s *workflow.Step) error {
			for e, err := range store.Errands.By(s.Tx, "subject", store.Key("INC-1"), store.Page{}) {
				if err != nil {
					return err
				}
				if e.Kind == store.Inspect {
					n++
				}
			}
			return nil
		})
		return n
	}
	h.must(t, "incident room-moved C9")
	if looks() != 0 {
		t.Error("a person leads the incident into a room of their own")
	}
	bot := chat.Person{Platform: "slack", ID: "U0BOT"}
	if _, err := h.router.Handle(t.Context(), chat.Event{Key: "slack:1", By: bot, Line: "incident room-moved C9", Place: room, Quiet: true, At: now}); err != nil || looks() != 1 {
		t.Errorf("the platform says it, and there are %d looks, %v", looks(), err)
	}
}
