package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"cresset/bot/chat"
)

// TestWithoutRooms runs the conversations of testdata/roomless: on a platform that
// can open no room, and on that one and another that can, which is called annex.
// #inc-1 is there the thread of what announces INC-1 now; who deletes #inc-1 deletes
// that message.
func TestWithoutRooms(t *testing.T) {
	files, err := filepath.Glob("testdata/roomless/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		open := newRoomless
		if strings.HasSuffix(file, "two.txtar") {
			open = newRoomlessAndAnnex
		}
		for i := range archive.Files {
			f := &archive.Files[i]
			t.Run(strings.ReplaceAll(f.Name, " ", "_"), func(t *testing.T) {
				if said := runScript(t, string(f.Data), open); *update {
					f.Data = []byte(said)
				}
			})
		}
		if *update {
			if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
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
