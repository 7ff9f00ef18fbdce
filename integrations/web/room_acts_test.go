package web

import (
	"errors"
	"net/http"
	"slices"
	"testing"

	"cresset/bot/chat"
)

// warRoom opens a room with a pinned card.
func (b *bench) warRoom(private bool, in ...string) chat.Ref {
	b.Helper()
	room, err := b.OpenRoom(b.Context(), chat.RoomSpec{Name: "inc-1-slow", Private: private})
	if err != nil {
		b.Fatal(err)
	}
	var who []chat.Person
	for _, name := range in {
		who = append(who, known(name))
	}
	if _, err := b.Invite(b.Context(), room.Place, who); err != nil {
		b.Fatal(err)
	}
	card, err := b.Post(b.Context(), room.Place, chat.Message{Title: "INC-1 slow"}, "card")
	if err != nil {
		b.Fatal(err)
	}
	if err := b.Pin(b.Context(), card); err != nil {
		b.Fatal(err)
	}
	return card
}

func (b *bench) inspect(card chat.Ref) chat.RoomState {
	b.Helper()
	state, err := b.Inspect(b.Context(), card.Place, card)
	if err != nil {
		b.Fatal(err)
	}
	return state
}

func TestJoinAndLeave(t *testing.T) {
	b := newBench(t)
	card := b.warRoom(false, "ada")
	b.who = "bob"
	b.wants(b.get("/c/inc-1-slow"), "1 person", `data-act="join"`)
	for range 2 {
		b.did("/join", "channel", "inc-1-slow")
	}
	b.wants(b.get("/c/inc-1-slow"), "2 people", `data-act="leave"`)
	for range 2 {
		b.did("/leave", "channel", "inc-1-slow")
	}
	if in := b.inspect(card).Members; !slices.Equal(in, []string{"ada"}) {
		t.Errorf("%v are in, want ada alone", in)
	}
}

func TestWhoLeavesAPrivateRoomSeesItNoMore(t *testing.T) {
	b := newBench(t)
	b.warRoom(true, "ada", "bob")
	b.who = "eve"
	if status, _ := b.post("/join", "channel", "inc-1-slow"); status != http.StatusNotFound {
		t.Errorf("eve joins a private room: %d, want 404", status)
	}
	b.who = "bob"
	b.wants(b.get("/c/inc-1-slow"), "It is private: you see it again only when")
	if a := b.did("/leave", "channel", "inc-1-slow"); !a.Away {
		t.Error("the page of a room that bob does not see any more stays")
	}
	if status, _, _ := b.request("GET", "/c/inc-1-slow", nil); status != http.StatusNotFound {
		t.Errorf("bob still sees it: %d, want 404", status)
	}
}

func TestArchiveAndOpenAgain(t *testing.T) {
	b := newBench(t)
	card := b.warRoom(false, "ada")
	b.who = "ada"
	b.did("/archive", "channel", "inc-1-slow")
	if !b.inspect(card).Archived {
		t.Error("the room is not archived")
	}
	b.wants(b.get("/c/inc-1-slow"), "This room is archived", `data-act="unarchive"`)
	if err := b.Edit(b.Context(), card, chat.Message{Title: "INC-1 slower"}); !errors.Is(err, chat.ErrGone) {
		t.Errorf("an edit in an archived room gave %v, want ErrGone", err)
	}
	if _, err := b.Invite(b.Context(), card.Place, []chat.Person{known("bob")}); !errors.Is(err, chat.ErrGone) {
		t.Errorf("an invitation to an archived room gave %v, want ErrGone", err)
	}
	b.did("/unarchive", "channel", "inc-1-slow")
	b.lacks(b.get("/c/inc-1-slow"), "This room is archived")
	b.say("inc-1-slow", "it goes on")
}

func TestUnpin(t *testing.T) {
	b := newBench(t)
	card := b.warRoom(false, "ada")
	b.wants(b.get("/c/inc-1-slow"), `id="pin-m1"`)
	b.did("/unpin", "channel", "inc-1-slow", "about", "1")
	if state := b.inspect(card); state.CardPinned || !state.CardThere {
		t.Errorf("the room stands like %+v, want the card there and not pinned", state)
	}
}

func TestStandingChannelsAreEverybodys(t *testing.T) {
	b := newBench(t)
	b.say("cre", "hello")
	b.lacks(b.get("/c/cre"), `id="room-menu"`)
	for _, path := range []string{"/join", "/leave", "/archive", "/unarchive"} {
		if status, _ := b.post(path, "channel", "cre"); status != http.StatusUnprocessableEntity {
			t.Errorf("%s of #cre: %d, want 422", path, status)
		}
	}
	if status, _ := b.post("/unpin", "channel", "cre"); status != http.StatusUnprocessableEntity {
		t.Error("nothing was unpinned")
	}
}
