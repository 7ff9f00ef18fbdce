package slack

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/integrations/slack/slacktest"
)

func TestRoom(t *testing.T) {
	s := workspace(t)
	p, ctx := s.platform, t.Context()
	room, err := p.OpenRoom(ctx, chat.RoomSpec{Name: "inc-1-checkout"})
	if err != nil {
		t.Fatal(err)
	}
	if room.Name != "inc-1-checkout" || !room.Own || time.Since(room.Created) > time.Minute || !strings.HasSuffix(room.Link, "/archives/"+room.Place.Channel) {
		t.Errorf("room %+v", room)
	}
	purpose := "Mark 01ABC & <b>"
	if err := p.Describe(ctx, room.Place, "SEV2 <!channel> "+strings.Repeat("&", 300), purpose); err != nil {
		t.Fatal(err)
	}
	ch := s.Channel("inc-1-checkout")
	if !strings.HasPrefix(ch.Topic, "SEV2 &lt;!channel&gt;") {
		t.Errorf("topic %q", ch.Topic)
	}
	found, ok, err := p.FindRoom(ctx, "inc-1-checkout")
	if err != nil || !ok || found.Place != room.Place || found.Purpose != purpose || !found.Own {
		t.Errorf("found %+v, %v, %v", found, ok, err)
	}
	if _, err := p.OpenRoom(ctx, chat.RoomSpec{Name: "inc-1-checkout"}); !errors.Is(err, chat.ErrNameTaken) {
		t.Errorf("a second room: %v", err)
	}
	ref, err := p.Post(ctx, room.Place, chat.Message{Text: "card"}, "1")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := errors.Join(p.Pin(ctx, ref), p.Bookmark(ctx, room.Place, "Console", "https://x.test/INC-1")); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Bookmark(ctx, room.Place, "The console", "https://x.test/INC-1"); err != nil {
		t.Fatal(err)
	}
	if ch := s.Channel("inc-1-checkout"); len(ch.Pins) != 1 || len(ch.Bookmarks) != 1 || ch.Bookmarks[0].Title != "The console" {
		t.Errorf("channel %+v", ch)
	}
	for range 2 {
		if err := p.CloseRoom(ctx, room.Place); err != nil {
			t.Fatal(err)
		}
	}
	if !s.Channel("inc-1-checkout").Archived {
		t.Error("not archived")
	}
	if _, ok, err := p.FindRoom(ctx, "inc-1-checkout"); !ok || err != nil {
		t.Errorf("an archived room keeps its name: %v, %v", ok, err)
	}
}

func TestPrivateRoom(t *testing.T) {
	s := workspace(t)
	if _, err := s.platform.OpenRoom(t.Context(), chat.RoomSpec{Name: "inc-2", Private: true}); err != nil {
		t.Fatal(err)
	}
	if !s.Channel("inc-2").Private {
		t.Error("not private")
	}
}

func TestFindRoomOfOthersAndNone(t *testing.T) {
	s := workspace(t)
	s.AddChannel("theirs", "ada")
	room, ok, err := s.platform.FindRoom(t.Context(), "theirs")
	if err != nil || !ok || room.Own {
		t.Errorf("%+v, %v, %v", room, ok, err)
	}
	if _, ok, err := s.platform.FindRoom(t.Context(), "nothing"); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}

func TestLostAnswerOfOpenRoom(t *testing.T) {
	s := workspace(t)
	s.DropAnswer("conversations.create", 1)
	_, err := s.platform.OpenRoom(t.Context(), chat.RoomSpec{Name: "inc-3"})
	if e := sendError(t, err); !e.Unknown {
		t.Errorf("%+v", e)
	}
	if room, ok, err := s.platform.FindRoom(t.Context(), "inc-3"); !ok || err != nil || !room.Own {
		t.Errorf("%+v, %v, %v", room, ok, err)
	}
}

func person(id string) chat.Person { return chat.Person{Platform: "slack", ID: id} }

func TestInviteIsOneCall(t *testing.T) {
	s := workspace(t)
	room, err := s.platform.OpenRoom(t.Context(), chat.RoomSpec{Name: "inc-4"})
	if err != nil {
		t.Fatal(err)
	}
	refused, err := s.platform.Invite(t.Context(), room.Place, []chat.Person{person(s.ada.ID), person(s.bob.ID)})
	if err != nil || len(refused) != 0 || len(s.CallsOf("conversations.invite")) != 1 {
		t.Errorf("%+v, %v, %d calls", refused, err, len(s.CallsOf("conversations.invite")))
	}
	refused, err = s.platform.Invite(t.Context(), room.Place, []chat.Person{person(s.ada.ID)})
	if err != nil || len(refused) != 0 {
		t.Errorf("again: %+v, %v", refused, err)
	}
}

func TestInviteGoesOnWithoutThoseWhoCannotCome(t *testing.T) {
	s := workspace(t)
	room, err := s.platform.OpenRoom(t.Context(), chat.RoomSpec{Name: "inc-5"})
	if err != nil {
		t.Fatal(err)
	}
	who := []chat.Person{person(s.ada.ID), person("U0NOBODY"), {Platform: "discord", ID: "7"}, person(s.BotUser.ID), person(s.bob.ID)}
	refused, err := s.platform.Invite(t.Context(), room.Place, who)
	if err != nil {
		t.Fatal(err)
	}
	if len(refused) != 2 || refused[0].Reason != "is not on Slack" || refused[1].Who.ID != "U0NOBODY" || refused[1].Reason != "the person is not in this workspace" {
		t.Errorf("refused %+v", refused)
	}
	if m := s.Channel("inc-5").Members; len(m) != 3 {
		t.Errorf("members %v", m)
	}
}

func TestInviteThatFailsAsAWhole(t *testing.T) {
	s := workspace(t)
	s.RateLimit("conversations.invite", 1, 5)
	_, err := s.platform.Invite(t.Context(), chat.Place{Channel: s.ops.ID}, []chat.Person{person(s.ada.ID)})
	if e := sendError(t, err); e.After != 5*time.Second {
		t.Errorf("%+v", e)
	}
	_, err = s.platform.Invite(t.Context(), chat.Place{Channel: "C0GONE00"}, []chat.Person{person(s.ada.ID)})
	if !errors.Is(err, chat.ErrGone) {
		t.Error(err)
	}
	s.Refuse("conversations.invite", "cant_invite", 4) // nobody named: one by one
	refused, err := s.platform.Invite(t.Context(), chat.Place{Channel: s.ops.ID}, []chat.Person{person(s.ada.ID), person(s.bob.ID)})
	if err != nil || len(refused) != 2 {
		t.Errorf("%+v, %v", refused, err)
	}
}

func TestThoseWhoCannotComeAreTold(t *testing.T) {
	who := []chat.Person{person("U1"), person("U2"), person("U3")}
	refused, rest := sorted(who, map[string]string{"U1": "already_in_channel", "U2": "brand_new_error"})
	if len(refused) != 1 || refused[0].Who.ID != "U2" || refused[0].Reason != "Slack says brand_new_error" {
		t.Errorf("refused %+v", refused)
	}
	if len(rest) != 1 || rest[0].ID != "U3" {
		t.Errorf("rest %+v", rest)
	}
}

// More than a hundred people come in batches; who cannot come is named, and keeps
// nobody else away.
func TestInviteOfHundreds(t *testing.T) {
	s := workspace(t)
	room, err := s.platform.OpenRoom(t.Context(), chat.RoomSpec{Name: "inc-1"})
	if err != nil {
		t.Fatal(err)
	}
	var all []chat.Person
	for i := range 250 {
		u := s.AddUserLike(slacktest.User{Name: fmt.Sprintf("p%d", i), Deleted: i == 120 || i == 249})
		all = append(all, chat.Person{Platform: name, ID: u.ID})
	}
	refused, err := s.platform.Invite(t.Context(), room.Place, all)
	if err != nil {
		t.Fatal(err)
	}
	if len(refused) != 2 || refused[0].Who != all[120] || refused[1].Who != all[249] {
		t.Errorf("refused %+v", refused)
	}
	if n := len(s.Channel("inc-1").Members); n != 248+1 {
		t.Errorf("%d are in the room", n)
	}
	for _, c := range s.CallsOf("conversations.invite") {
		if n := strings.Count(c.Args["users"], ",") + 1; n > 100 {
			t.Errorf("%d in one call", n)
		}
	}
}
