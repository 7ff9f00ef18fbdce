package web

import (
	"strings"
	"testing"

	"cresset/bot/chat"
	"cresset/store"
)

// The head of a war room says each thing once, and the heart of the pinned card
// when that is folded.
func TestHeadSaysThingsOnce(t *testing.T) {
	b := newBench(t)
	b.seed()
	const room = "inc-1-checkout-returns-500"
	ref, err := b.Post(b.Context(), placeOf(room), chat.Message{Title: "INC-1 Checkout returns 500", Footer: "A 📌 on a message puts it on the timeline.",
		Fields: []chat.Field{{Label: "Status", Value: "investigating"}, {Label: "Severity", Value: "sev2"}, {Label: "Lead", Value: "ada"}}}, "card")
	if err != nil {
		t.Fatal(err)
	}
	b.update(func(tx store.Tx) error {
		ch, err := b.ensure(tx, room)
		if err != nil {
			return err
		}
		ch.Topic, ch.Pinned = "INC-1 Checkout returns 500", []string{ref.ID}
		ch.Bookmarks = []bookmark{{Title: "INC-1 timeline", Link: b.site() + "/incidents/INC-1"}}
		return channels.Put(tx, ch)
	})
	head, _, _ := strings.Cut(b.get("/c/"+room), `id="stream"`)
	b.wants(head, "INC-1 timeline", `<span class="gist"> · investigating · sev2 · INC-1 Checkout returns 500</span>`)
	b.lacks(head, `class="topic"`, `class="pill link"`)
	if n := strings.Count(head, `href="/incidents/INC-1"`); n != 1 {
		t.Errorf("the head leads to the incident %d times, want once", n)
	}
}

func TestEyesAreNamedOnce(t *testing.T) {
	b := newBench(t)
	b.did("/say", "channel", general, "text", "/incident list")
	b.did("/press", "channel", general, "line", "incident show INC-1")
	if n := strings.Count(b.get("/"), "only you see this"); n != 2 {
		t.Errorf("the page says %d times who sees it, want once at the typed line and once at the button's answer", n)
	}
}
