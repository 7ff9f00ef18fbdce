package slack

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"cresset/bot/chat"
)

// warRoom is a room with ada in it and its card, pinned.
func (s *stage) warRoom(t *testing.T, private bool) (chat.Room, chat.Ref) {
	t.Helper()
	room, err := s.platform.OpenRoom(t.Context(), chat.RoomSpec{Name: "inc-1", Private: private})
	if err != nil {
		t.Fatal(err)
	}
	card, err := s.platform.Post(t.Context(), room.Place, chat.Message{Text: "card"}, "card-1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.platform.Invite(t.Context(), room.Place, []chat.Person{person(s.ada.ID)}); err != nil {
		t.Fatal(err)
	}
	if err := s.platform.Pin(t.Context(), card); err != nil {
		t.Fatal(err)
	}
	return room, card
}

func (s *stage) inspect(t *testing.T, room chat.Room, card chat.Ref) chat.RoomState {
	t.Helper()
	seen, err := s.platform.Inspect(t.Context(), room.Place, card)
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

// What people do to a room is seen in it.
func TestInspectAfterMisrule(t *testing.T) {
	for name, c := range map[string]struct {
		private bool
		does    func(s *stage)
		want    func(chat.RoomState) bool
	}{
		"nothing":                 {false, func(s *stage) {}, func(r chat.RoomState) bool { return r.CardThere && r.CardPinned && r.Name == "inc-1" }},
		"the pin is gone":         {false, func(s *stage) { s.As("ada").Unpin("inc-1") }, func(r chat.RoomState) bool { return r.CardThere && !r.CardPinned }},
		"the card is gone":        {false, func(s *stage) { s.As("ada").DeleteMessage("inc-1", s.Messages("inc-1")[0].TS) }, func(r chat.RoomState) bool { return !r.CardThere && !r.CardPinned }},
		"ada is gone":             {false, func(s *stage) { s.As("ada").Remove("inc-1", "ada") }, func(r chat.RoomState) bool { return !slices.Contains(r.Members, "ada") && len(r.Members) == 1 }},
		"it has another name":     {false, func(s *stage) { s.As("ada").Rename("inc-1", "bridge") }, func(r chat.RoomState) bool { return r.Name == "bridge" && r.CardThere }},
		"it is archived":          {false, func(s *stage) { s.As("ada").Archive("inc-1") }, func(r chat.RoomState) bool { return r.Archived && !r.Gone }},
		"it is deleted":           {false, func(s *stage) { s.As("ada").Delete("inc-1") }, func(r chat.RoomState) bool { return r.Gone }},
		"the bot is out":          {false, func(s *stage) { s.As("ada").Remove("inc-1", "cresset") }, func(r chat.RoomState) bool { return r.Gone && !r.Archived && r.Name == "inc-1" }},
		"out of a private one":    {true, func(s *stage) { s.As("ada").Remove("inc-1", "cresset") }, func(r chat.RoomState) bool { return r.Gone }},
		"archived while it looks": {false, func(s *stage) { s.Refuse("bookmarks.list", "is_archived", 1) }, func(r chat.RoomState) bool { return r.Archived }},
		"deleted while it looks":  {false, func(s *stage) { s.Refuse("pins.list", "channel_not_found", 1) }, func(r chat.RoomState) bool { return r.Gone }},
	} {
		t.Run(name, func(t *testing.T) {
			s := workspace(t)
			room, card := s.warRoom(t, c.private)
			c.does(s)
			if seen := s.inspect(t, room, card); !c.want(seen) {
				t.Errorf("it looks like %+v", seen)
			}
		})
	}
}

// A room with more people than one page holds has all of them.
func TestInspectCountsEverybody(t *testing.T) {
	s := workspace(t)
	names := []string{"cresset"}
	for i := range 1001 {
		names = append(names, s.AddUser(fmt.Sprintf("p%d", i)).Name)
	}
	room := chat.Room{Place: chat.Place{Platform: name, Channel: s.AddChannel("crowd", names...).ID}}
	if seen := s.inspect(t, room, chat.Ref{}); len(seen.Members) != 1002 || seen.Members[1001] == seen.Members[0] {
		t.Errorf("%d people are in it, want 1002", len(seen.Members))
	}
}

// An app that was installed before pins were read is told what to do.
func TestInspectWithoutTheScope(t *testing.T) {
	s := workspace(t)
	room, card := s.warRoom(t, false)
	s.DropScope("pins:read")
	_, err := s.platform.Inspect(t.Context(), room.Place, card)
	if e := sendError(t, err); e.Retry || !strings.Contains(e.Advice, "pins:read") {
		t.Errorf("%+v", e)
	}
}

// A look that may or may not have arrived is just taken again.
func TestALookIsHarmless(t *testing.T) {
	s := workspace(t)
	room, card := s.warRoom(t, false)
	for _, method := range []string{"conversations.info", "conversations.members", "pins.list", "bookmarks.list", "conversations.history"} {
		s.FailAfterWork(method, "internal_error", 1)
		_, err := s.platform.Inspect(t.Context(), room.Place, card)
		if e := sendError(t, err); !e.Retry || e.Unknown || errors.Is(err, chat.ErrGone) {
			t.Errorf("%s: %+v", method, e)
		}
	}
}
