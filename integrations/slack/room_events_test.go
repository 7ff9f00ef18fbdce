package slack

import (
	"testing"

	"cresset/bot/chat"
)

// What people do to a room as a whole has the bot look at it, once for each thing.
func TestWhatPeopleDoToRoomsIsHeard(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		for _, private := range []bool{false, true} {
			add := s.AddChannel
			if private {
				add = s.AddPrivateChannel
			}
			called := map[bool]string{false: "inc-1", true: "inc-2"}[private]
			room := add(called, "ada", "bob", "cresset")
			for what, c := range map[string]struct {
				events int
				does   func()
			}{
				"rename":                {2, func() { s.As("ada").Rename(called, called+"-x"); s.As("ada").Rename(called+"-x", called) }},
				"archive":               {2, func() { s.As("ada").Archive(called); s.As("ada").Unarchive(called) }},
				"share":                 {2, func() { s.As("ada").Share(called, "T0OTHER"); s.As("ada").Unshare(called, "T0OTHER") }},
				"come, go":              {0, func() { s.As("ada").Remove(called, "bob"); s.As("ada").Invite(called, "bob") }},
				"throw out, bring back": {2, func() { s.As("ada").Remove(called, "cresset"); s.As("ada").Invite(called, "cresset") }},
			} {
				before := len(s.events())
				c.does()
				s.Settle()
				heard := s.events()[before:]
				if len(heard) != c.events {
					t.Errorf("%s: %d events, want %d", what, len(heard), c.events)
				}
				for _, e := range heard {
					if e.Line != "incident room-changed" || e.Place != (chat.Place{Platform: "slack", Channel: room.ID}) || !e.Quiet || e.By.ID != s.BotUser.ID || e.By.External {
						t.Errorf("%s: %+v", what, e)
					}
				}
			}
			s.As("ada").Delete(called)
			if e := s.last(t); e.Line != "incident room-changed" || e.Place.Channel != room.ID {
				t.Errorf("delete: %+v", e)
			}
		}
	})
}

func TestARoomThatTheBotArchivesIsNoNews(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		room, err := s.platform.OpenRoom(t.Context(), chat.RoomSpec{Name: "inc-1"})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.platform.CloseRoom(t.Context(), room.Place); err != nil {
			t.Fatal(err)
		}
		s.Settle()
		if n := len(s.events()); n != 0 {
			t.Errorf("%d events", n)
		}
	})
}

func TestAChannelWithAnotherId(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		ctx := t.Context()
		if _, err := s.platform.Post(ctx, chat.Place{Platform: "slack", Channel: "#ops"}, chat.Message{Text: "x"}, "1"); err != nil {
			t.Fatal(err)
		}
		id := s.As("ada").ChangeID("ops")
		if e := s.last(t); e.Line != "incident room-moved "+id || e.Place.Channel != s.ops.ID || !e.Quiet {
			t.Errorf("event %+v", e)
		}
		ref, err := s.platform.Post(ctx, chat.Place{Platform: "slack", Channel: "#ops"}, chat.Message{Text: "y"}, "2")
		if err != nil || ref.Place.Channel != id {
			t.Errorf("said in %+v, %v", ref.Place, err)
		}
	})
}

func TestASharedRoomLooksShared(t *testing.T) {
	s := workspace(t)
	room, err := s.platform.OpenRoom(t.Context(), chat.RoomSpec{Name: "inc-1"})
	if err != nil {
		t.Fatal(err)
	}
	s.As("ada").Join("inc-1")
	for _, shared := range []bool{false, true} {
		if shared {
			s.As("ada").Share("inc-1", "T0OTHER")
		}
		seen, err := s.platform.Inspect(t.Context(), room.Place, chat.Ref{})
		if err != nil || seen.Shared != shared {
			t.Errorf("shared %v: looks %+v, %v", shared, seen, err)
		}
	}
}
