package workflow_test

import (
	"slices"
	"testing"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
)

// hushed is a quiet incident, its card, and a word that waits under that.
func (h *house) hushed() (inc *cre.Incident, card chat.Ref, word store.Errand) {
	h.t.Helper()
	inc = h.declare(outage)
	h.as(ada, func(s *workflow.Step) error { return s.Hush(h.sameIncident(s, inc.ID), true) })
	h.does()
	word = h.says(inc, "a word")
	return h.incident(inc.ID), chat.Ref{Place: inc.Room.Place, ID: word.Place.Thread}, word
}

// says has a word crossed to the rooms of an incident, and gives the errand.
func (h *house) says(inc *cre.Incident, word string) store.Errand {
	h.t.Helper()
	h.as(ada, func(s *workflow.Step) error {
		return s.Cross(h.sameIncident(s, inc.ID), chat.Message{Text: chat.Plain(word)})
	})
	due := h.due()
	return due[len(due)-1]
}

// A card that was deleted is said anew and pinned, and what waited under it waits
// under the new one.
func TestWhatWaitsUnderADeletedCard(t *testing.T) {
	h := newHouse(t)
	inc, card, _ := h.hushed()
	h.as(ada, func(s *workflow.Step) error { return s.Grade(h.sameIncident(s, inc.ID), cre.Sev1) })
	anew := chat.Ref{Place: inc.Room.Place, ID: "anew"}
	for _, e := range h.due() {
		if e.Message.Key == "card" {
			h.closes(e, workflow.Outcome{Ref: anew, Lost: card})
		}
	}
	if !slices.Contains(h.kinds(), store.Pin) {
		t.Errorf("the new card is not pinned: %v", h.kinds())
	}
	if said := h.does(); !slices.Equal(texts(said, inc.Room.Place.In(anew.ID)), []string{"a word"}) {
		t.Errorf("said under the new card: %q", texts(said, inc.Room.Place.In(anew.ID)))
	}
}

// A word that finds no card to be said under has the card said again, and is said
// under the new one, or in the room if the card stands.
func TestAWordThatFindsNoCard(t *testing.T) {
	for name, deleted := range map[string]bool{"the card is deleted": true, "only its thread is": false} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			inc, card, word := h.hushed()
			other := h.says(inc, "another")
			gone := workflow.Outcome{Trouble: "gone", Gone: true}
			h.closes(word, gone)
			h.closes(other, gone)
			if left := h.due(); len(left) != 1 || left[0].Message.Key != "card" {
				t.Fatalf("left: %+v", left)
			}
			outcome, to := workflow.Outcome{Ref: card}, inc.Room.Place
			if deleted {
				outcome = workflow.Outcome{Ref: chat.Ref{Place: inc.Room.Place, ID: "anew"}, Lost: card}
				to = to.In("anew")
			}
			h.closes(h.due()[0], outcome)
			var words []string
			for _, e := range h.does() {
				if e.Place == to {
					words = append(words, e.Message.Text.String())
				}
			}
			if !slices.Equal(words, []string{"a word", "another"}) {
				t.Errorf("said in %+v: %q", to, words)
			}
		})
	}
}

// What was under way when the card was said anew follows it when it fails.
func TestAWordThatComesBehindTheNewCard(t *testing.T) {
	h := newHouse(t)
	inc, card, word := h.hushed()
	h.as(ada, func(s *workflow.Step) error {
		word.State = store.Sending
		if err := store.Errands.Put(s.Tx, &word); err != nil {
			return err
		}
		return s.Grade(h.sameIncident(s, inc.ID), cre.Sev1)
	})
	for _, e := range h.due() {
		if e.Message.Key == "card" {
			h.closes(e, workflow.Outcome{Ref: chat.Ref{Place: inc.Room.Place, ID: "anew"}, Lost: card})
		}
	}
	h.closes(word, workflow.Outcome{Trouble: "gone", Gone: true})
	if said := h.does(); !slices.Equal(texts(said, inc.Room.Place.In("anew")), []string{"a word"}) {
		t.Errorf("said under the new card: %q", texts(said, inc.Room.Place.In("anew")))
	}
}

// What another thread of the room is about stays with that.
func TestAnotherThreadOfTheRoomIsLeftAlone(t *testing.T) {
	h := newHouse(t)
	inc, _, word := h.hushed()
	h.closes(word, workflow.Outcome{Ref: chat.Ref{Place: word.Place, ID: "w"}})
	h.as(ada, func(s *workflow.Step) error {
		_, err := s.Leave(store.Errand{Kind: store.Say, Place: inc.Room.Place.In("asked"), Subject: "R-7", Message: &chat.Message{Text: "of a request"}})
		return err
	})
	h.closes(h.of(store.Say), workflow.Outcome{Trouble: "gone", Gone: true})
	if left := h.due(); len(left) != 0 {
		t.Errorf("left: %+v", left)
	}
}

// An announcement that was deleted takes the incident's thread with it to the new
// one, its card and what waited.
func TestADeletedAnnouncementMovesTheThread(t *testing.T) {
	for _, edits := range []bool{true, false} {
		h := roomless(t)
		inc := h.declare(outage)
		word := h.says(inc, "a word")
		h.closes(word, workflow.Outcome{Trouble: "gone", Gone: true})
		announcement := h.of(store.Say)
		if announcement.Message.Key != "incident INC-1" {
			t.Fatalf("left: %+v", announcement)
		}
		outcome := workflow.Outcome{Ref: chat.Ref{Place: incidents, ID: "anew"}}
		if edits { // else nobody knows what became of the old one
			outcome.Lost = chat.Ref{Place: incidents, ID: thread(inc).Thread}
		}
		h.closes(announcement, outcome)
		now := h.incident(inc.ID)
		if thread(now) != incidents.In("anew") {
			t.Fatalf("it is worked on in %+v", thread(now))
		}
		said := h.does()
		if under := texts(said, thread(now)); len(under) != 2 || !slices.Contains(under, "a word") {
			t.Errorf("said under the new one: %q", under)
		}
		if old := texts(said, thread(inc)); len(old) != 0 {
			t.Errorf("said under the old one: %q", old)
		}
	}
}

// What was under way in the old thread follows to the new one when it fails.
func TestAWordThatComesBehindTheThread(t *testing.T) {
	h := roomless(t)
	inc := h.declare(outage)
	word := h.says(inc, "a word")
	h.as(ada, func(s *workflow.Step) error {
		word.State = store.Sending
		if err := store.Errands.Put(s.Tx, &word); err != nil {
			return err
		}
		return s.Grade(h.sameIncident(s, inc.ID), cre.Sev1)
	})
	for _, e := range h.due() {
		if e.Message.Key == "incident INC-1" {
			h.closes(e, workflow.Outcome{Ref: chat.Ref{Place: incidents, ID: "anew"}, Lost: chat.Ref{Place: incidents, ID: thread(inc).Thread}})
		}
	}
	h.closes(word, workflow.Outcome{Trouble: "gone", Gone: true})
	if said := h.does(); !slices.Contains(texts(said, incidents.In("anew")), "a word") {
		t.Errorf("said in the new thread: %q", texts(said, incidents.In("anew")))
	}
}

// One that stands although its thread is gone is where the words are: beside it.
func TestAnAnnouncementWhoseThreadIsGone(t *testing.T) {
	h := roomless(t)
	inc := h.declare(outage)
	h.closes(h.says(inc, "a word"), workflow.Outcome{Trouble: "gone", Gone: true})
	h.closes(h.of(store.Say), workflow.Outcome{Ref: chat.Ref{Place: incidents, ID: thread(inc).Thread}})
	for _, e := range h.does() {
		if e.Place != incidents {
			t.Errorf("said in %+v: %q", e.Place, e.Message.Text)
		}
	}
}
