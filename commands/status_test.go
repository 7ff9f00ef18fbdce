package commands_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
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

// Of what is parked the first few are shown, each with where it was to happen,
// and the others counted.
func TestStatusShowsTheFirstFew(t *testing.T) {
	db, err := bolt.Open(filepath.Join(t.TempDir(), "cresset.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	h := houseOn(db)
	h.must(t, "incident declare sev2 checkout returns 500")
	room := chat.Place{Platform: "slack", Channel: "C9"}
	h.step(t, func(s *workflow.Step) error {
		inc, err := s.Incident("INC-1")
		if err != nil {
			return err
		}
		inc.Room = &chat.Room{Place: room, Name: "inc-1-checkout"}
		if err := store.Incidents.Put(s.Tx, inc); err != nil {
			return err
		}
		announced := &chat.Message{Key: "incident INC-1"}
		for _, e := range []store.Errand{
			{Kind: store.Say, Message: announced, Place: chat.Place{Platform: "slack", Channel: "#incidnts"}},
			{Kind: store.Invite, Place: room}, {Kind: store.Describe, Place: room}, {Kind: store.Pin, Place: room},
			{Kind: store.Say, Message: &chat.Message{Text: "x"}, Place: chat.Place{Platform: "slack", Direct: "U1"}},
			{Kind: store.Bookmark, Place: room}, {Kind: store.CloseRoom, Place: room},
		} {
			if e.Place.Direct == "" {
				e.Subject = "INC-1"
			}
			left, err := s.Leave(e)
			if err != nil {
				return err
			}
			left.State, left.Trouble = store.Parked, "not today"
			if err := store.Errands.Put(s.Tx, left); err != nil {
				return err
			}
		}
		return nil
	})
	got := h.say(t, "cre status", ada, "responder").Message.Text.String()
	for _, want := range []string{"7 parked", "(announcement in #incidnts, INC-1): not today", "(invitation in #inc-1-checkout, INC-1)",
		"(topic in #inc-1-checkout", "(pin in #inc-1-checkout", "(message in private): not today", "\n- and 2 more"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in %q", want, got)
		}
	}
	if strings.Contains(got, "link to the timeline") {
		t.Errorf("more than five are shown: %q", got)
	}
}
