package discord

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/integrations/discord/discordtest"
)

const createChannel = "POST /guilds/{guild}/channels"

// changes are the calls that changed something, by route.
func (s *stage) changes(from int) (all []string) {
	for _, c := range s.Calls()[from:] {
		if !strings.HasPrefix(c.Route, "GET ") {
			all = append(all, c.Route)
		}
	}
	return all
}

// TestTheDeclarerIsInAfterTwoCalls: with the channels known from the gateway and the
// category there, opening a room is one call and bringing somebody in another.
func TestTheDeclarerIsInAfterTwoCalls(t *testing.T) {
	s := server(t)
	s.AddCategory("Incidents")
	s.run(t)
	eventually(t, "the channels to be known", func() bool { _, ok := s.platform.guild.known(); return ok })
	from := len(s.Calls())
	room, err := s.platform.OpenRoom(t.Context(), chat.RoomSpec{Name: "inc-1-checkout", Mark: "INC-1 in generation x", Since: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.platform.Invite(t.Context(), room.Place, []chat.Person{person(s.ada)}); err != nil {
		t.Fatal(err)
	}
	if calls := s.changes(from); len(calls) != 2 {
		t.Errorf("it took %v", calls)
	}
	if lists := s.CallsOf("GET /guilds/{guild}/channels"); len(lists) > 0 {
		t.Errorf("the channels were listed, which the gateway had told")
	}
	c := s.Channel("inc-1-checkout")
	if s.Channel(c.Parent).Name != "Incidents" || c.Topic != "INC-1 in generation x" || !room.Own || room.Purpose != c.Topic || !strings.HasSuffix(room.Link, "/channels/"+s.GuildID+"/"+c.ID) {
		t.Errorf("the room %+v is %+v", room, c)
	}
	if reason := s.CallsOf(createChannel)[0].Reason; reason != "cresset INC-1 in generation x" {
		t.Errorf("the audit log says %q", reason)
	}
}

func TestPrivateRooms(t *testing.T) {
	s := server(t)
	room, err := s.platform.OpenRoom(t.Context(), chat.RoomSpec{Name: "inc-2-keys", Mark: "m", Private: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.platform.Invite(t.Context(), room.Place, []chat.Person{person(s.ada)}); err != nil {
		t.Fatal(err)
	}
	if c := s.Channel("inc-2-keys"); fmt.Sprint(c.Members) != "[cresset ada]" {
		t.Errorf("it is seen by %v", c.Members)
	}
	if err := s.platform.CloseRoom(t.Context(), room.Place); err != nil {
		t.Fatal(err)
	}
	if c := s.Channel("inc-2-keys"); fmt.Sprint(c.Members) != "[cresset ada]" || len(c.Writers) > 0 {
		t.Errorf("archived, it is seen by %v and written by %v", c.Members, c.Writers)
	}
}

// TestDoubt: where an earlier call may have made the room, Discord is asked, in time
// that the room shows; names alone say nothing there.
func TestDoubt(t *testing.T) {
	now := time.Now()
	s := server(t)
	s.platform = open(t, settingsOf(s.Server, true), Options{Log: logTo(t), Now: func() time.Time { return now }})
	s.AddCategory("incidents")
	s.run(t)
	s.LoseAnswer(createChannel, 1)
	spec := chat.RoomSpec{Name: "inc-3-lost", Mark: "INC-3", Since: now}
	_, err := s.platform.OpenRoom(t.Context(), spec)
	if e := sendError(t, err); !e.Retry || !e.Unknown {
		t.Fatalf("a lost answer is %+v", e)
	}
	lost := s.Channel("inc-3-lost").ID
	eventually(t, "the gateway to tell of it", func() bool { _, ok := s.platform.guild.channel(lost); return ok })
	if _, err := s.platform.OpenRoom(t.Context(), spec); !errors.Is(err, chat.ErrNameTaken) {
		t.Errorf("once the gateway told: %v, want ErrNameTaken", err)
	}
	s.platform.guild.forget(lost) // it had not told
	s.Lag(0, time.Hour)           // and the list does not show it
	spec.Doubt = now.Add(-3 * time.Second)
	_, err = s.platform.OpenRoom(t.Context(), spec)
	if e := sendError(t, err); !e.Retry || e.Unknown || e.After != 7*time.Second {
		t.Errorf("a moment later: %+v, want to wait 7s", e)
	}
	s.Lag(0, 0)
	s.AddChannel("inc-3-lost")
	if _, err = s.platform.OpenRoom(t.Context(), spec); !errors.Is(err, chat.ErrNameTaken) {
		t.Errorf("once it shows, beside another: %v, want ErrNameTaken", err)
	}
	if found, ok, err := s.platform.FindRoom(t.Context(), "inc-3-lost"); err != nil || !ok || !found.Own || found.Purpose != "INC-3" {
		t.Errorf("found %+v %v %v", found, ok, err)
	}
	if n := len(s.CallsOf(createChannel)); n != 1 {
		t.Errorf("%d rooms were asked for", n)
	}
}

// TestAListOfLongAgo does not say that a room was not made: what counts is when it
// was asked for, not when it came.
func TestAListOfLongAgo(t *testing.T) {
	now := time.Now()
	s := server(t)
	s.platform = open(t, settingsOf(s.Server, true), Options{Log: logTo(t), Now: func() time.Time { return now }})
	s.AfterCall(func(string) { now = now.Add(20 * time.Second) })
	if _, err := s.platform.whoami(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := s.platform.OpenRoom(t.Context(), chat.RoomSpec{Name: "inc-3-lost", Mark: "INC-3", Doubt: now.Add(-3 * time.Second)})
	if e := sendError(t, err); !e.Retry || e.After != 7*time.Second {
		t.Errorf("%+v, want to wait 7s", e)
	}
	if n := len(s.CallsOf(createChannel)); n != 0 {
		t.Errorf("%d rooms were asked for", n)
	}
}

// TestSomebodyElsesChannel of the same name is neither adopted nor made again.
func TestSomebodyElsesChannel(t *testing.T) {
	s := server(t)
	s.AddChannel("inc-4-room")
	s.run(t)
	_, err := s.platform.OpenRoom(t.Context(), chat.RoomSpec{Name: "inc-4-room", Mark: "INC-4"})
	found, ok, _ := s.platform.FindRoom(t.Context(), "inc-4-room")
	if !errors.Is(err, chat.ErrNameTaken) || !ok || found.Own {
		t.Errorf("%v, found %+v", err, found)
	}
	_, err = s.platform.OpenRoom(t.Context(), chat.RoomSpec{Name: "inc-4-room", Mark: "INC-4", Doubt: time.Now()})
	if e := sendError(t, err); !e.Retry || e.After == 0 {
		t.Errorf("where ours may be beside it: %+v, want to wait", e)
	}
}

func TestCategoriesOverflow(t *testing.T) {
	s := server(t)
	s.Limit("*", 10_000, time.Second)
	s.GlobalLimit(0)
	var parents []string
	for i := range 52 {
		if _, err := s.platform.OpenRoom(t.Context(), chat.RoomSpec{Name: fmt.Sprintf("inc-%d-room", i), Mark: "m"}); err != nil {
			t.Fatal(err)
		}
		parents = append(parents, s.Channel(s.Channel(fmt.Sprintf("inc-%d-room", i)).Parent).Name)
	}
	if parents[0] != "incidents" || parents[49] != "incidents" || parents[50] != "incidents 2" || parents[51] != "incidents 2" {
		t.Errorf("the rooms are under %q, %q, %q and %q", parents[0], parents[49], parents[50], parents[51])
	}
}

// TestTopicsAreChangedSeldom: what is so already is not said again, and when
// Discord has enough, it is waited for as long as it says.
func TestTopicsAreChangedSeldom(t *testing.T) {
	s := server(t)
	room, err := s.platform.OpenRoom(t.Context(), chat.RoomSpec{Name: "inc-5-room", Mark: "War room of INC-5 x"})
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if err := s.platform.Describe(t.Context(), room.Place, "INC-5 a | b", "War room of INC-5 x"); err != nil {
			t.Fatal(err)
		}
	}
	if topic := s.Channel("inc-5-room").Topic; topic != "INC-5 a | b | War room of INC-5 x" || len(s.CallsOf("PATCH /channels/{channel}")) != 1 {
		t.Errorf("the topic %q was set %d times", topic, len(s.CallsOf("PATCH /channels/{channel}")))
	}
	if state, _ := s.platform.Inspect(t.Context(), room.Place, chat.Ref{}); state.Topic != "INC-5 a | b" || state.Purpose != "War room of INC-5 x" {
		t.Errorf("it says %+v", state)
	}
	if err := s.platform.Describe(t.Context(), room.Place, "another", ""); err != nil {
		t.Fatal(err)
	}
	e := sendError(t, s.platform.Describe(t.Context(), room.Place, "a third", ""))
	if !e.Retry || e.Unknown || e.Spare != "" || e.After < 9*time.Minute {
		t.Errorf("one change too many is %+v", e)
	}
	if err := s.platform.Describe(t.Context(), chat.Place{Platform: name, Channel: s.ops.ID}, strings.Repeat("long ", 500), strings.Repeat("p | ", 500)); err != nil {
		t.Error(err)
	}
}

func TestWhoCannotComeIsNamed(t *testing.T) {
	s := server(t)
	room, err := s.platform.OpenRoom(t.Context(), chat.RoomSpec{Name: "inc-6-room", Mark: "m"})
	if err != nil {
		t.Fatal(err)
	}
	nobody := chat.Person{Platform: name, ID: "999999999999999999", Name: "nobody"}
	foreign := chat.Person{Platform: "slack", ID: "U1", Name: "eve"}
	refused, err := s.platform.Invite(t.Context(), room.Place, []chat.Person{nobody, person(s.ada), foreign, person(s.bob)})
	if err != nil || len(refused) != 2 || refused[0].Who != nobody || refused[0].Reason != "the person is not in this server" || refused[1].Reason != "is not on Discord" {
		t.Errorf("refused %+v, %v", refused, err)
	}
	if c := s.Channel("inc-6-room"); len(c.Overwrites) != 3 {
		t.Errorf("the others are not in: %+v", c.Overwrites)
	}
	s.SetPermissions(discordtest.ViewChannel)
	if _, err := s.platform.Invite(t.Context(), room.Place, []chat.Person{person(s.ada)}); !strings.Contains(sendError(t, err).Advice, "lacks a permission") {
		t.Errorf("without the permission: %v", err)
	}
}

// TestARoomThatAPersonClosed or deleted is seen as what it is.
func TestRoomsThatPeopleTouch(t *testing.T) {
	s := server(t)
	s.run(t)
	rooms := map[string]chat.Room{}
	for _, called := range []string{"deleted", "hidden", "unpinned"} {
		room, err := s.platform.OpenRoom(t.Context(), chat.RoomSpec{Name: called, Mark: "m"})
		if err != nil {
			t.Fatal(err)
		}
		rooms[called] = room
	}
	card, err := s.platform.Post(t.Context(), rooms["unpinned"].Place, chat.Message{Text: "card"}, "card")
	if err == nil {
		err = s.platform.Pin(t.Context(), card)
	}
	if err != nil {
		t.Fatal(err)
	}
	owner := s.As("owner")
	owner.DeleteChannel("deleted")
	owner.Exclude("hidden", "cresset")
	owner.Unpin("unpinned")
	for called, want := range map[string]chat.RoomState{"deleted": {Gone: true}, "hidden": {Gone: true},
		"unpinned": {Name: "unpinned", Purpose: "m", Members: []string{s.BotUser.ID}, CardThere: true}} {
		state, err := s.platform.Inspect(t.Context(), rooms[called].Place, card)
		if err != nil || fmt.Sprint(state) != fmt.Sprint(want) {
			t.Errorf("%s: %+v, %v; want %+v", called, state, err, want)
		}
	}
	for _, called := range []string{"deleted", "hidden"} {
		if _, err := s.platform.Post(t.Context(), rooms[called].Place, chat.Message{Text: "x"}, "x"); !errors.Is(err, chat.ErrGone) {
			t.Errorf("%s: Post gave %v, want ErrGone", called, err)
		}
	}
}
