package app

import (
	"context"
	"fmt"
	"net/http/httptest"
	"regexp"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/chat/chattest"
	"cresset/store"
)

// Whoever watches the bot sees that something waits, for how long, and that a
// person is wanted.
func TestBacklogIsMeasured(t *testing.T) {
	c := &clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	platform := chattest.NewMemory("memory", c.Now)
	a := openApp(t, fmt.Sprintf("store: bolt:%s/cresset.db\n", t.TempDir()), c.Now, platform)
	defer a.Close()
	server := httptest.NewServer(a.routes())
	defer server.Close()
	say := func(place string) {
		t.Helper()
		err := a.db.Update(context.Background(), func(tx store.Tx) error {
			_, err := a.outboxStep(tx).Say(chat.Place{Platform: "memory", Channel: place}, chat.Message{Text: "hello"}, store.ForReply)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	wants := func(what, value string) {
		t.Helper()
		_, text := ask(t, "GET", server.URL+"/metrics", nil, nil)
		if !regexp.MustCompile(`(?m)^cresset_` + what + ` ` + value + `$`).MatchString(text) {
			t.Errorf("/metrics does not say %s %s", what, value)
		}
	}
	say("C404") // nowhere: it is refused for good
	if err := a.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	wants("errands_parked", "1")
	wants("errands_waiting", "0")
	say("#general")
	say("#general")
	c.set(c.Now().Add(90 * time.Second))
	wants("errands_waiting", "2")
	wants("errand_oldest_seconds", "90")
}
