package chattest

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
)

// A Subject is a platform under test.
type Subject struct {
	Platform chat.Platform
	Ada, Bob chat.Person // two people who are there
	Channel  string      // the name of a channel where the bot may speak
	Now      time.Time   // of the platform's clock
}

// Conform checks what the bot relies on in every platform. A platform without an
// ability passes its part by not having it.
func Conform(t *testing.T, open func(*testing.T) Subject) {
	for name, check := range map[string]func(*testing.T, Subject){
		"a message is said in a channel known by name only": saysByName,
		"the same intent is said once":                      saysOnce,
		"what was said is found":                            finds,
		"a message is replaced":                             edits,
		"a message that is gone says so":                    missesMessage,
		"a thread hangs on its message":                     answersInThread,
		"a person is told directly":                         tellsDirectly,
		"a room is opened once":                             opensRoom,
		"people are brought in, twice too":                  bringsIn,
		"a room is furnished, twice too":                    furnishes,
		"a room is looked at":                               looksAtRoom,
		"a room that nobody can use says so":                looksAtNoRoom,
		"an archived room keeps its name and takes no more": closes,
		"a place that is not there says so":                 missesPlace,
		"nothing that people write is markup":               saysHostile,
	} {
		t.Run(name, func(t *testing.T) { check(t, open(t)) })
	}
}

func (s Subject) named() chat.Place {
	return chat.Place{Platform: s.Platform.Name(), Channel: "#" + s.Channel}
}

func hello(text string) chat.Message { return chat.Message{Text: chat.Plain(text)} }

func (s Subject) post(t *testing.T, place chat.Place, m chat.Message, id string) chat.Ref {
	t.Helper()
	ref, err := s.Platform.Post(t.Context(), place, m, id)
	if err != nil {
		t.Fatalf("Post: %v", err)
	}
	if ref.ID == "" || ref.Place.Platform != s.Platform.Name() {
		t.Fatalf("Post gave %+v, which names no message", ref)
	}
	return ref
}

const (
	firstID  = "5e3b1f6e-8f5c-8a61-9d0f-0c9f3c1d2b01"
	secondID = "5e3b1f6e-8f5c-8a61-9d0f-0c9f3c1d2b02"
)

func saysByName(t *testing.T, s Subject) {
	ref := s.post(t, s.named(), hello("hello"), firstID)
	if strings.HasPrefix(ref.Place.Channel, "#") || ref.Place.Channel == "" {
		t.Errorf("the message is in %q, want the channel's id", ref.Place.Channel)
	}
	again := s.post(t, ref.Place, hello("hello again"), secondID)
	if again.Place.Channel != ref.Place.Channel {
		t.Errorf("said in %q by id, in %q by name", again.Place.Channel, ref.Place.Channel)
	}
}

func saysOnce(t *testing.T, s Subject) {
	one := s.post(t, s.named(), hello("once"), firstID)
	two := s.post(t, s.named(), hello("once"), firstID)
	if one.ID != two.ID {
		t.Errorf("one intent made the messages %s and %s", one.ID, two.ID)
	}
	if three := s.post(t, s.named(), hello("once"), secondID); three.ID == one.ID {
		t.Errorf("another intent with the same words was taken for the first")
	}
}

func finds(t *testing.T, s Subject) {
	finder, ok := s.Platform.(chat.Finder)
	if !ok {
		t.Log("it cannot look")
		return
	}
	ref := s.post(t, s.named(), hello("find me"), firstID)
	found, ok, err := finder.Find(t.Context(), ref.Place, firstID, s.Now.Add(-time.Minute))
	if err != nil || !ok || found.ID != ref.ID {
		t.Errorf("Find gave %+v, %v, %v; want %s", found, ok, err, ref.ID)
	}
	found, ok, err = finder.Find(t.Context(), s.named(), firstID, s.Now.Add(-time.Minute))
	if err != nil || !ok || found != ref {
		t.Errorf("Find where only the name is known gave %+v, %v, %v; want %+v", found, ok, err, ref)
	}
	if _, ok, err := finder.Find(t.Context(), ref.Place, secondID, s.Now.Add(-time.Minute)); ok || err != nil {
		t.Errorf("Find of what was never said gave %v, %v", ok, err)
	}
	thread := ref.Place.In(ref.ID)
	reply := s.post(t, thread, hello("in the thread"), secondID)
	if found, ok, err := finder.Find(t.Context(), thread, secondID, s.Now.Add(-time.Minute)); err != nil || !ok || found.ID != reply.ID {
		t.Errorf("Find in the thread gave %+v, %v, %v; want %s", found, ok, err, reply.ID)
	}
}

func edits(t *testing.T, s Subject) {
	editor, ok := s.Platform.(chat.Editor)
	if !ok {
		t.Log("it cannot edit")
		return
	}
	full := chat.Message{Title: "Title", Text: "**bold**", Fields: []chat.Field{{Label: "a", Value: "b"}},
		Buttons: []chat.Button{{Label: "Go", Line: "help"}}, Footer: "small"}
	ref := s.post(t, s.named(), full, firstID)
	for _, m := range []chat.Message{hello("short now"), full} {
		if err := editor.Edit(t.Context(), ref, m); err != nil {
			t.Errorf("Edit: %v", err)
		}
	}
}

func missesMessage(t *testing.T, s Subject) {
	editor, ok := s.Platform.(chat.Editor)
	if !ok {
		return
	}
	ref := s.post(t, s.named(), hello("here"), firstID)
	ref.ID = "1700000000.000001"
	if err := editor.Edit(t.Context(), ref, hello("x")); !errors.Is(err, chat.ErrGone) {
		t.Errorf("Edit of no message gave %v, want ErrGone", err)
	}
}

func answersInThread(t *testing.T, s Subject) {
	root := s.post(t, s.named(), hello("root"), firstID)
	reply := s.post(t, root.Place.In(root.ID), hello("reply"), secondID)
	if reply.Place.Thread != root.ID {
		t.Errorf("the reply is in the thread %q, want %q", reply.Place.Thread, root.ID)
	}
}

func tellsDirectly(t *testing.T, s Subject) {
	s.post(t, chat.Place{Platform: s.Platform.Name(), Direct: s.Ada.ID}, hello("for you"), firstID)
}

func (s Subject) open(t *testing.T, name string) (chat.Rooms, chat.Room) {
	t.Helper()
	rooms, ok := s.Platform.(chat.Rooms)
	if !ok {
		t.Log("it has no rooms")
		return nil, chat.Room{}
	}
	room, err := rooms.OpenRoom(t.Context(), chat.RoomSpec{Name: name, Mark: "INC-1 test", Since: s.Now})
	if err != nil {
		t.Fatalf("OpenRoom: %v", err)
	}
	return rooms, room
}

func opensRoom(t *testing.T, s Subject) {
	rooms, room := s.open(t, "inc-1-room")
	if rooms == nil {
		return
	}
	if _, err := rooms.OpenRoom(t.Context(), chat.RoomSpec{Name: "inc-1-room", Since: s.Now}); !errors.Is(err, chat.ErrNameTaken) {
		t.Errorf("the second room of the name gave %v, want ErrNameTaken", err)
	}
	found, ok, err := rooms.FindRoom(t.Context(), "inc-1-room")
	if err != nil || !ok || found.Place != room.Place || !found.Own {
		t.Errorf("FindRoom gave %+v, %v, %v; want our own room %+v", found, ok, err, room)
	}
	if found.Created.Before(s.Now.Add(-time.Minute)) {
		t.Errorf("the room says it was made at %v, before it was asked for at %v", found.Created, s.Now)
	}
	if _, ok, err := rooms.FindRoom(t.Context(), "inc-1"); ok || err != nil {
		t.Errorf("FindRoom of the beginning of a name gave %v, %v", ok, err)
	}
}

func bringsIn(t *testing.T, s Subject) {
	rooms, room := s.open(t, "inc-2-room")
	if rooms == nil {
		return
	}
	for range 2 {
		if refused, err := rooms.Invite(t.Context(), room.Place, []chat.Person{s.Ada, s.Bob}); err != nil || len(refused) > 0 {
			t.Errorf("Invite gave %v, %v", refused, err)
		}
	}
}

func furnishes(t *testing.T, s Subject) {
	rooms, room := s.open(t, "inc-3-room")
	if rooms == nil {
		return
	}
	card := s.post(t, room.Place, hello("card"), firstID)
	for range 2 {
		if err := rooms.Describe(t.Context(), room.Place, "INC-3 topic", "War room of INC-3 test"); err != nil {
			t.Errorf("Describe: %v", err)
		}
		if p, ok := s.Platform.(chat.Pinner); ok {
			if err := p.Pin(t.Context(), card); err != nil {
				t.Errorf("Pin: %v", err)
			}
		}
		if b, ok := s.Platform.(chat.Bookmarker); ok {
			if err := b.Bookmark(t.Context(), room.Place, "timeline", "https://cresset.example/incidents/INC-3"); err != nil {
				t.Errorf("Bookmark: %v", err)
			}
		}
	}
	found, _, err := rooms.FindRoom(t.Context(), "inc-3-room")
	if err != nil || !strings.Contains(found.Purpose, "INC-3 test") {
		t.Errorf("the room's purpose is %q (%v), want the mark in it", found.Purpose, err)
	}
}

const timeline = "https://cresset.example/incidents/INC-5"

// furnished is a room with all that a room can have, and its card.
func (s Subject) furnished(t *testing.T, rooms chat.Rooms, room chat.Room) chat.Ref {
	t.Helper()
	card := s.post(t, room.Place, hello("card"), firstID)
	_, err := rooms.Invite(t.Context(), room.Place, []chat.Person{s.Ada})
	err = errors.Join(err, rooms.Describe(t.Context(), room.Place, "INC-5 a < b & c", "War room of INC-5 test"))
	if p, ok := s.Platform.(chat.Pinner); ok {
		err = errors.Join(err, p.Pin(t.Context(), card))
	}
	if b, ok := s.Platform.(chat.Bookmarker); ok {
		err = errors.Join(err, b.Bookmark(t.Context(), room.Place, "timeline", timeline))
	}
	if err != nil {
		t.Fatal(err)
	}
	return card
}

func looksAtRoom(t *testing.T, s Subject) {
	inspector, can := s.Platform.(chat.Inspector)
	rooms, room := s.open(t, "inc-5-room")
	if !can || rooms == nil {
		t.Log("it cannot look at rooms")
		return
	}
	look := func(card chat.Ref) chat.RoomState {
		t.Helper()
		seen, err := inspector.Inspect(t.Context(), room.Place, card)
		if err != nil || seen.Gone || seen.Archived || seen.Name != room.Name {
			t.Errorf("Inspect gave %+v, %v; want the room %s", seen, err, room.Name)
		}
		return seen
	}
	if seen := look(chat.Ref{}); seen.Topic != "" || slices.Contains(seen.Members, s.Ada.ID) || seen.CardThere || seen.CardPinned || len(seen.Links) > 0 {
		t.Errorf("an empty room looks like %+v", seen)
	}
	card := s.furnished(t, rooms, room)
	seen := look(card)
	if seen.Topic != "INC-5 a < b & c" || seen.Purpose != "War room of INC-5 test" {
		t.Errorf("the room says %q and %q of itself", seen.Topic, seen.Purpose)
	}
	if !slices.Contains(seen.Members, s.Ada.ID) || slices.Contains(seen.Members, s.Bob.ID) {
		t.Errorf("in it are %v, want %s and not %s", seen.Members, s.Ada.ID, s.Bob.ID)
	}
	_, pins := s.Platform.(chat.Pinner)
	_, links := s.Platform.(chat.Bookmarker)
	if !seen.CardThere || seen.CardPinned != pins || slices.Contains(seen.Links, timeline) != links {
		t.Errorf("the furnished room looks like %+v", seen)
	}
	if seen := look(s.post(t, room.Place, hello("later"), secondID)); !seen.CardThere || seen.CardPinned {
		t.Errorf("a message that is not pinned looks like %+v", seen)
	}
	card.ID = "1700000000.000001"
	if seen := look(card); seen.CardThere || seen.CardPinned {
		t.Errorf("a message that is not there looks like %+v", seen)
	}
}

func looksAtNoRoom(t *testing.T, s Subject) {
	inspector, can := s.Platform.(chat.Inspector)
	rooms, room := s.open(t, "inc-6-room")
	if !can || rooms == nil {
		return
	}
	if err := rooms.CloseRoom(t.Context(), room.Place); err != nil {
		t.Fatal(err)
	}
	card := chat.Ref{Place: room.Place, ID: "1700000000.000001"}
	if seen, err := inspector.Inspect(t.Context(), room.Place, card); err != nil || !seen.Archived || seen.Gone {
		t.Errorf("an archived room looks like %+v, %v", seen, err)
	}
	nowhere := chat.Place{Platform: s.Platform.Name(), Channel: "C0NOWHERE"}
	if seen, err := inspector.Inspect(t.Context(), nowhere, card); err != nil || !seen.Gone {
		t.Errorf("a room that is not there looks like %+v, %v", seen, err)
	}
}

func closes(t *testing.T, s Subject) {
	rooms, room := s.open(t, "inc-4-room")
	if rooms == nil {
		return
	}
	for range 2 {
		if err := rooms.CloseRoom(t.Context(), room.Place); err != nil {
			t.Fatalf("CloseRoom: %v", err)
		}
	}
	if _, err := s.Platform.Post(t.Context(), room.Place, hello("late"), firstID); !errors.Is(err, chat.ErrGone) {
		t.Errorf("Post into an archived room gave %v, want ErrGone", err)
	}
	if _, err := rooms.OpenRoom(t.Context(), chat.RoomSpec{Name: "inc-4-room", Since: s.Now}); !errors.Is(err, chat.ErrNameTaken) {
		t.Errorf("the name of an archived room gave %v, want ErrNameTaken", err)
	}
}

func missesPlace(t *testing.T, s Subject) {
	_, err := s.Platform.Post(t.Context(), chat.Place{Platform: s.Platform.Name(), Channel: "C0NOWHERE"}, hello("x"), firstID)
	var refused *chat.SendError
	if !errors.As(err, &refused) || refused.Retry || refused.Unknown {
		t.Errorf("Post to no channel gave %#v, want a refusal for good", err)
	}
}

func saysHostile(t *testing.T, s Subject) {
	for i, text := range []string{"<!channel> @everyone <@U1> <https://evil.example|here>", "``` *x* _y_ ~z~ > q\n- a\n# h", "\u202egnp.exe \u0000\u001b[31m", strings.Repeat("long ", 2000)} {
		m := chat.Message{Title: text, Text: chat.Plain(text), Fields: []chat.Field{{Label: text, Value: chat.Plain(text)}},
			Buttons: []chat.Button{{Label: text, Line: "help"}}, Footer: chat.Plain(text), Details: chat.Quote(text),
			Table: &chat.Table{Columns: []string{text}, Rows: [][]chat.Text{{chat.Plain(text)}}}}
		s.post(t, s.named(), m, firstID[:len(firstID)-1]+string(rune('3'+i)))
	}
}
