package commands_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"cresset/bot/chat"
	"cresset/bot/workflow"
	"cresset/store"
	"cresset/store/bolt"
)

// What is parked is shown with what can be decided about it, to those who may
// decide.
func TestStatusOffersDecisions(t *testing.T) {
	db, err := bolt.Open(filepath.Join(t.TempDir(), "cresset.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	h := houseOn(db)
	h.must(t, "incident declare --private sev1 a leak")
	var id uint64
	h.step(t, func(s *workflow.Step) error {
		e, err := store.Errands.First(s.Tx, "subject", store.Key("INC-1"))
		if err != nil {
			return err
		}
		id, e.State, e.Trouble = e.ID, store.Parked, "not today"
		e.Offer = chat.Button{Label: "Open a new room", Line: "incident repair INC-1 --new-room"}
		return store.Errands.Put(s.Tx, e)
	})
	for who, want := range map[chat.Person][]string{
		ada: {fmt.Sprintf("cre retry %d", id), fmt.Sprintf("cre drop %d", id), "incident repair INC-1 --new-room"}, bob: nil} {
		var got []string
		for _, b := range h.say(t, "cre status", who, "responder").Message.Buttons {
			got = append(got, b.Line)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s is offered %q, want %q", who.Name, got, want)
		}
	}
}
