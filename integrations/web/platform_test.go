package web

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/store"
)

func TestPostOnce(t *testing.T) {
	b := newBench(t)
	place := chat.Place{Platform: Name, Channel: "#incidents"}
	first, err := b.Post(b.Context(), place, chat.Message{Text: "once"}, "errand-1")
	if err != nil {
		t.Fatal(err)
	}
	b.say("incidents", "the second")
	again, err := b.Post(b.Context(), place, chat.Message{Text: "once"}, "errand-1")
	if err != nil {
		t.Fatal(err)
	}
	if first != again {
		t.Errorf("the second post gave %v, want %v", again, first)
	}
	if first.Place.Channel != "incidents" {
		t.Errorf("the channel is %q, want its id %q", first.Place.Channel, "incidents")
	}
	page := b.get("/c/incidents")
	if n := strings.Count(page, "once"); n != 1 || strings.Index(page, "once") > strings.Index(page, "the second") {
		t.Errorf("the message is shown %d times, want once and where it was:\n%s", n, page)
	}
}

func TestFind(t *testing.T) {
	b := newBench(t)
	place := chat.Place{Platform: Name, Channel: "cre"}
	want, err := b.Post(b.Context(), place, chat.Message{Text: "hello"}, "1")
	if err != nil {
		t.Fatal(err)
	}
	got, found, err := b.Find(b.Context(), place, "1", noon.Add(-time.Hour))
	if err != nil || !found || got != want {
		t.Errorf("Find gave %v, %v, %v; want %v", got, found, err, want)
	}
	if _, found, err := b.Find(b.Context(), place, "11", noon.Add(-time.Hour)); err != nil || found {
		t.Errorf("Find of what was never said gave %v, %v", found, err)
	}
}

func TestEdit(t *testing.T) {
	b := newBench(t)
	ref, err := b.Post(b.Context(), chat.Place{Platform: Name, Channel: "cre"}, chat.Message{Text: "before"}, "1")
	if err != nil {
		t.Fatal(err)
	}
	b.pass(time.Hour)
	if err := b.Edit(b.Context(), ref, chat.Message{Text: "behind"}); err != nil {
		t.Fatal(err)
	}
	page := b.get("/c/cre")
	b.wants(page, "behind", "updated 13:00")
	b.lacks(page, "before")
	err = b.Edit(b.Context(), chat.Ref{Place: ref.Place, ID: "nothing"}, chat.Message{Text: "x"})
	if !errors.Is(err, chat.ErrGone) {
		t.Errorf("an edit of nothing gave %v, want ErrGone", err)
	}
}

func TestThread(t *testing.T) {
	b := newBench(t)
	place := chat.Place{Platform: Name, Channel: "cre"}
	root, _ := b.Post(b.Context(), place, chat.Message{Text: "the question"}, "1")
	reply, err := b.Post(b.Context(), place.In(root.ID), chat.Message{Text: "the answer"}, "2")
	if err != nil || reply.Place.Thread != root.ID {
		t.Fatalf("a reply gave %v, %v; want it in thread %q", reply, err, root.ID)
	}
	deeper, err := b.Post(b.Context(), place.In(reply.ID), chat.Message{Text: "more of it"}, "3")
	if err != nil || deeper.Place.Thread != root.ID {
		t.Errorf("a reply to the reply gave %v, %v; want it in thread %q", deeper, err, root.ID)
	}
	b.wants(b.get("/c/cre"), "2 answers", "the answer", "more of it")
	if _, err := b.Post(b.Context(), place.In("cresset:9"), chat.Message{Text: "x"}, "4"); !errors.Is(err, chat.ErrGone) {
		t.Errorf("a reply to nothing gave %v, want ErrGone", err)
	}
	if _, err := b.Post(b.Context(), chat.Place{Platform: Name, Channel: "other"}.In(root.ID), chat.Message{Text: "x"}, "5"); !errors.Is(err, chat.ErrGone) {
		t.Errorf("a reply in another channel gave %v, want ErrGone", err)
	}
}

func TestDirect(t *testing.T) {
	b := newBench(t)
	ref, err := b.Post(b.Context(), chat.Place{Platform: Name, Direct: "ada"}, chat.Message{Text: "for ada alone"}, "1")
	if err != nil || ref.Place.Key() != "console:@ada" {
		t.Fatalf("a direct message gave %v, %v", ref, err)
	}
	b.who = "ada"
	b.wants(b.get("/c/@ada"), "for ada alone")
	b.who = "bob"
	if status, _, _ := b.request("GET", "/c/@ada", nil); status != 404 {
		t.Errorf("bob opens ada's conversation: %d, want 404", status)
	}
	b.who = "ada"
	b.did("/say", "channel", "@ada", "text", "declare something")
	if e := b.last(); e.Line != "declare something" || e.Place != (chat.Place{Platform: Name, Direct: "ada"}) {
		t.Errorf("what is said to the bot alone became %q in %v", e.Line, e.Place)
	}
}

func TestRooms(t *testing.T) {
	b := newBench(t)
	room, err := b.OpenRoom(b.Context(), chat.RoomSpec{Name: "inc-1", Mark: "mark-1"})
	if err != nil {
		t.Fatal(err)
	}
	found, ok, err := b.FindRoom(b.Context(), "inc-1")
	if err != nil || !ok || !reflect.DeepEqual(found, room) || !found.Own || found.Purpose != "mark-1" {
		t.Errorf("FindRoom gave %+v, %v, %v; want %+v", found, ok, err, room)
	}
	for _, name := range []string{"inc-1", "general"} {
		var refused *chat.SendError
		if _, err := b.OpenRoom(b.Context(), chat.RoomSpec{Name: name}); !errors.Is(err, chat.ErrNameTaken) || !errors.As(err, &refused) || refused.Retry {
			t.Errorf("a second room %q gave %v, want ErrNameTaken", name, err)
		}
	}
	if _, err := b.OpenRoom(b.Context(), chat.RoomSpec{Name: "No Room"}); err == nil {
		t.Error("a room of an impossible name was opened")
	}
	if _, ok, err := b.FindRoom(b.Context(), "inc-2"); ok || err != nil {
		t.Errorf("FindRoom of none gave %v, %v", ok, err)
	}
}

func TestRoomHead(t *testing.T) {
	b := newBench(t)
	room, _ := b.OpenRoom(b.Context(), chat.RoomSpec{Name: "inc-1"})
	card, _ := b.Post(b.Context(), room.Place, chat.Message{Title: "The card"}, "1")
	for range 2 { // each of them may be repeated
		for _, err := range []error{
			b.Describe(b.Context(), room.Place, "the topic", "the purpose"),
			b.Bookmark(b.Context(), room.Place, "Runbook", "https://example.org/runbook"),
			b.Bookmark(b.Context(), room.Place, "Here", b.site()+"/incidents/INC-1"),
			b.Bookmark(b.Context(), room.Place, "Trap", "javascript:alert(1)"),
			b.Pin(b.Context(), card),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	page := b.get("/c/inc-1")
	b.wants(page, "the topic", `<a href="https://example.org/runbook" rel="noopener noreferrer"`, `<a href="/incidents/INC-1">`, `id="pin-m1"`)
	b.lacks(page, "javascript:")
	if n := strings.Count(page, ">Runbook<"); n != 1 {
		t.Errorf("the bookmark is shown %d times, want once", n)
	}
	if err := b.Describe(b.Context(), placeOf("nowhere"), "", ""); !errors.Is(err, chat.ErrGone) {
		t.Errorf("describing no room gave %v, want ErrGone", err)
	}
}

func TestPrivateRoom(t *testing.T) {
	b := newBench(t)
	room, _ := b.OpenRoom(b.Context(), chat.RoomSpec{Name: "inc-1-canary", Private: true})
	b.Post(b.Context(), room.Place, chat.Message{Text: "x", Files: []chat.File{{Name: "a", Content: []byte("x")}}}, "1")
	refused, err := b.Invite(b.Context(), room.Place, []chat.Person{known("ada"), {Platform: "slack", ID: "U1"}})
	if err != nil || len(refused) != 1 || refused[0].Who.ID != "U1" {
		t.Errorf("Invite refused %v, %v; want only the person of Slack", refused, err)
	}
	b.who = "ada"
	b.wants(b.get("/c/inc-1-canary"), "inc-1-canary")
	b.who = "bob"
	b.lacks(b.get("/"), "canary")
	for _, path := range []string{"/c/inc-1-canary", "/m/1/file/0", "/m/1/chart.png"} {
		if status, _, _ := b.request("GET", path, nil); status != 404 {
			t.Errorf("bob gets %s: %d, want 404", path, status)
		}
	}
	for _, path := range []string{"/say", "/press", "/react"} {
		if status, _ := b.post(path, "channel", "inc-1-canary", "text", "hi", "line", "help", "name", "pushpin", "about", "1"); status != 404 {
			t.Errorf("bob posts %s there: %d, want 404", path, status)
		}
	}
}

func TestArchived(t *testing.T) {
	b := newBench(t)
	room, _ := b.OpenRoom(b.Context(), chat.RoomSpec{Name: "inc-1"})
	b.say("inc-1", "what was said")
	if err := b.CloseRoom(b.Context(), room.Place); err != nil {
		t.Fatal(err)
	}
	page := b.get("/c/inc-1")
	b.wants(page, "what was said", "This room is archived", `id="archived"`)
	b.lacks(page, "<textarea")
	if _, err := b.Post(b.Context(), room.Place, chat.Message{Text: "late"}, "9"); !errors.Is(err, chat.ErrGone) {
		t.Errorf("a post into an archived room gave %v, want ErrGone", err)
	}
	if status, _ := b.post("/say", "channel", "inc-1", "text", "late"); status != 409 {
		t.Errorf("saying something there: %d, want 409", status)
	}
}

func TestRun(t *testing.T) {
	b := newBench(t)
	b.did("/say", "channel", "general", "text", "help")
	b.did("/say", "channel", "general", "text", "/incident list")
	b.did("/say", "channel", "general", "text", "thanks", "thread", "answer:guest:key-00000002")
	b.say("general", "for all")
	b.pass(25 * time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- b.Console.Run(ctx, b.handle) }()
	for deadline := time.Now().Add(5 * time.Second); strings.Contains(b.get("/"), "heard help"); {
		if time.Now().After(deadline) {
			t.Fatal("a private answer is still there after a day")
		}
		time.Sleep(10 * time.Millisecond)
	}
	b.wants(b.get("/"), "for all", "heard incident list", "thanks") // what somebody answered stays
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Run gave %v", err)
	}
	select {
	case <-b.hub.closing:
	case <-time.After(5 * time.Second):
		t.Error("the browsers' streams were not let go")
	}
}

func TestRecords(t *testing.T) {
	b := newBench(t)
	b.did("/say", "channel", "general", "text", "help")
	b.say("general", "hello")
	err := b.DB.View(b.Context(), func(tx store.Tx) error { return store.Check(tx, Collections()) })
	if err != nil {
		t.Error(err)
	}
}
