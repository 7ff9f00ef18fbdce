package app

import (
	"strings"
	"testing"

	"cresset/bot/chat"
)

// TestWithoutRooms runs the conversations of testdata/roomless: on a platform that
// can open no room, and on that one and another that can, which is called annex.
// #inc-1 is there the thread of what announces INC-1 now; who deletes #inc-1 deletes
// that message.
func TestWithoutRooms(t *testing.T) {
	eachScript(t, "testdata/roomless", func(file, section string, script *string) {
		open := newRoomless
		if file == "two" {
			open = newRoomlessAndAnnex
		}
		t.Run(section, func(t *testing.T) { updated(script, runScript(t, *script, open)) })
	})
}

func newRoomless(t testing.TB) home {
	log := &loud{TB: t}
	t.Cleanup(func() {
		if said := log.logged(); strings.Contains(said, "level=ERROR") && !strings.Contains(t.Name(), "deletes") {
			t.Errorf("an operator is alarmed:\n%s", said)
		}
	})
	h := inMemory(log)
	h.roomless = true
	return h
}

func newRoomlessAndAnnex(t testing.TB) home {
	far := inMemory(t)
	far.name = "annex"
	near := newRoomless(t).(*memoryHome)
	return newTwoHomes(near.t, near, far, far.name)
}

// A roomless platform has what a memory has, but for rooms and what is above them.
type roomless struct {
	chat.Platform
	chat.Finder
	chat.Editor
}

// offered is the platform as the bot gets it.
func (h *memoryHome) offered() chat.Platform {
	if h.roomless {
		return roomless{h.platform, h.platform, h.platform}
	}
	return h.platform
}

// thread is where an incident is worked on without a room.
func (h *memoryHome) thread(name string) (place chat.Place) {
	for _, c := range h.platform.Channels() {
		for _, m := range c.Messages {
			if c.Name == "incidents" && m.Said.Key == announces(name) && !m.Deleted {
				place = chat.Place{Platform: h.name, Channel: c.ID, Thread: m.ID}
			}
		}
	}
	if place.IsZero() {
		h.t.Fatalf("nothing announces %s", name)
	}
	return place
}

func announces(thread string) string {
	return "incident " + strings.ToUpper(strings.TrimPrefix(thread, "#"))
}

// deletes is what a person does to a card, or to an announcement.
func (h *memoryHome) deletes(channel string) {
	if h.roomless {
		h.platform.Delete("incidents", announces(channel))
	} else {
		h.platform.Delete(channel, "card")
	}
}
