package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
)

func TestPaging(t *testing.T) {
	b := newBench(t)
	for i := range perPage + 5 {
		b.say("general", fmt.Sprintf("line number %03d", i))
	}
	page := b.get("/")
	b.wants(page, "line number 005", "line number 104", "?before=6")
	b.lacks(page, "line number 004")
	page = b.get("/?before=6")
	b.wants(page, "line number 000", "line number 004", "Newer messages")
	b.lacks(page, "line number 005", "Earlier messages")
	b.wants(b.get("/c/general?m=2"), "line number 001")
	b.wants(b.get("/c/general?m=50"), "line number 104")
}

// What somebody does for their own eyes only leaves other people's pages as they were.
func TestOthersSeeNoGap(t *testing.T) {
	b := newBench(t)
	b.say("general", "the first line")
	for range 2*perPage + 1 {
		b.did("/say", "channel", "general", "text", "/incident list")
	}
	b.who = "bob"
	b.wants(b.get("/"), "the first line")
}

func TestWarRoomsAreListedFromTheLatest(t *testing.T) {
	b := newBench(t)
	for n := range 11 {
		b.pass(time.Minute)
		if _, err := b.OpenRoom(b.Context(), chat.RoomSpec{Name: fmt.Sprintf("inc-%d-slow", n+1)}); err != nil {
			t.Fatal(err)
		}
	}
	if page := b.get("/"); strings.Index(page, "/c/inc-11-slow") > strings.Index(page, "/c/inc-9-slow") || strings.Index(page, "/c/inc-9-slow") > strings.Index(page, "/c/inc-2-slow") {
		t.Error("the menu does not have the war rooms from the latest to the first")
	}
}

func TestDays(t *testing.T) {
	b := newBench(t)
	for i, after := range []time.Duration{0, 24 * time.Hour, time.Minute, time.Hour} {
		b.pass(after)
		b.say("general", fmt.Sprint("line ", i))
	}
	page := b.get("/")
	b.wants(page, "Yesterday", "Today")
	if n := strings.Count(page, "message follows"); n != 1 {
		t.Errorf("%d messages go on from the one before, want 1", n)
	}
}
