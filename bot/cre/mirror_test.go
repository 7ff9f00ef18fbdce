package cre

import (
	"slices"
	"testing"

	"cresset/bot/chat"
)

func TestMirrorOn(t *testing.T) {
	room := func(platform string) *chat.Room {
		return &chat.Room{Place: chat.Place{Platform: platform, Channel: "C1"}, Name: "inc-1"}
	}
	two, three := []string{"slack", "discord"}, []string{"slack", "discord", "console"}
	for _, c := range []struct {
		what      string
		platforms []string
		mirrors   []Mirror
		status    Status
		word      string
		want      string
		refused   Kind
	}{
		{"the only other one", two, nil, Investigating, "", "discord", 0},
		{"the one that is named", three, nil, Investigating, "Console", "console", 0},
		{"one of several", three, nil, Investigating, "", "", Invalid},
		{"what is left", three, []Mirror{{Platform: "discord", RoomRecord: RoomRecord{Room: room("discord")}}}, Mitigated, "", "console", 0},
		{"home", two, nil, Investigating, "slack", "", Conflict},
		{"there already", two, []Mirror{{Platform: "discord", RoomRecord: RoomRecord{Room: room("discord")}}}, Investigating, "discord", "", Conflict},
		{"on its way", two, []Mirror{{Platform: "discord"}}, Investigating, "discord", "", Conflict},
		{"everywhere already", two, []Mirror{{Platform: "discord"}}, Investigating, "", "", Conflict},
		{"no such platform", two, nil, Investigating, "teams", "", NotFound},
		{"no other platform", two[:1], nil, Investigating, "", "", Conflict},
		{"over", two, nil, Resolved, "", "", Conflict},
	} {
		inc := Incident{ID: "INC-1", Status: c.status, Home: chat.Place{Platform: "slack"}, RoomRecord: RoomRecord{Room: room("slack")}, Mirrors: c.mirrors}
		got, err := inc.MirrorOn(c.platforms, c.word)
		if got != c.want || (err != nil) != (c.want == "") || err != nil && !Is(err, c.refused) {
			t.Errorf("%s: got %q, %v; want %q", c.what, got, err, c.want)
		}
	}
}

// A room is found by its platform and by any place in it, and what is changed in
// it is changed in the incident.
// A thread is a room of its own in a channel that is nobody's.
func TestAThreadIsARoom(t *testing.T) {
	channel := chat.Place{Platform: "chat", Channel: "C1"}
	thread := Incident{RoomRecord: RoomRecord{Room: &chat.Room{Place: channel.In("m1")}}}
	room := Incident{RoomRecord: RoomRecord{Room: &chat.Room{Place: channel}}}
	for _, c := range []struct {
		inc  Incident
		at   chat.Place
		want bool
	}{
		{thread, channel.In("m1"), true}, {thread, channel, false}, {thread, channel.In("m2"), false},
		{room, channel, true}, {room, channel.In("m1"), true}, {room, chat.Place{Platform: "chat", Channel: "C2"}, false},
	} {
		if got := c.inc.RoomAt(c.at) != nil; got != c.want {
			t.Errorf("%+v is in %+v: %v", c.at, c.inc.Room.Place, got)
		}
	}
	if len(thread.OwnRooms()) != 0 || len(room.OwnRooms()) != 1 {
		t.Errorf("to be archived: %v and %v", thread.OwnRooms(), room.OwnRooms())
	}
}

func TestRooms(t *testing.T) {
	inc := Incident{ID: "INC-1", Home: chat.Place{Platform: "slack", Channel: "C1"}, Declarer: chat.Person{Platform: "slack", ID: "U1"}}
	if inc.HasRoom() || inc.RoomAt(inc.Home) != nil {
		t.Error("an incident without a room has one")
	}
	bob := chat.Person{Platform: "discord", ID: "7"}
	inc.Mirror("console", chat.Person{})
	r := inc.Mirror("discord", bob)
	r.Room = &chat.Room{Place: chat.Place{Platform: "discord", Channel: "C1"}}
	if inc.Mirrors[1].Room == nil || !inc.HasRoom() || inc.RoomOn("discord").Host != bob {
		t.Errorf("the mirror: %+v", inc.Mirrors)
	}
	if at := inc.RoomAt(r.Room.Place.In("m1")); at == nil || at.Platform != "discord" {
		t.Errorf("in a thread of it: %+v", at)
	}
	if at := inc.RoomAt(chat.Place{Platform: "slack", Channel: "C1"}); at != nil {
		t.Errorf("on another platform: %+v", at)
	}
	r.RoomTrouble = "gone"
	var usable, all []string
	for _, r := range inc.Rooms() {
		if all = append(all, r.Platform); r.Usable() {
			usable = append(usable, r.Platform)
		}
	}
	if !slices.Equal(all, []string{"slack", "console", "discord"}) || len(usable) > 0 {
		t.Errorf("all %q, usable %q", all, usable)
	}
}
