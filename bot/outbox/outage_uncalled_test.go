package outbox_test

import (
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/store"
)

// unmarked is a platform that cannot keep links above a conversation.
type unmarked struct {
	chat.Platform
	chat.Rooms
	chat.Finder
	chat.Editor
}

// What is done without a call, since the platform has no such thing or is not there any
// more, is no answer of it.
func TestWhatIsNotAskedIsNoAnswer(t *testing.T) {
	for what, reduce := range map[string]func(w *world){
		"no bookmarks": func(w *world) {
			c := capable{w.stage}
			w.with.Platforms["chat"] = unmarked{c, c, c, c}
		},
		"not configured": func(w *world) { delete(w.with.Platforms, "chat") },
	} {
		t.Run(what, func(t *testing.T) {
			twoStages(t, func(w *world, annex *stage) {
				w.stage.goes(func(call) fate { return fate{err: down()} })
				w.say("C1", "hello")
				w.run()
				w.pass(10 * time.Minute)
				same(t, "told", annex.texts(), gone)
				w.halt()
				reduce(w)
				w.leave(store.Errand{Kind: store.Bookmark, Place: place("C2"), Topic: "timeline", Link: "https://example.com"})
				w.run()
				w.pass(10 * time.Minute)
				same(t, "told then", annex.texts(), gone)
			})
		})
	}
}
