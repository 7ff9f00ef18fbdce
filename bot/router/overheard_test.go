package router_test

import (
	"strings"
	"testing"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/commands"
	"cresset/store"
)

var support = chat.Place{Platform: "slack", Channel: "C7"}

// overheard is somebody saying something in a channel that the house listens in.
func (h *house) overheard(who chat.Person, said string) chat.Event {
	h.rules.Listen = []cre.Listening{{Channel: "support", Customer: "acme"}}
	ev := h.event(who, "")
	post := chat.Post{Ref: chat.Ref{Place: support, ID: ev.Key}, By: who, Text: said, At: h.now}
	return commands.Overhear([]string{"support"}).Event(ev.Key, "support", post, ev.People, h.now)
}

// Of what is ignored nothing is kept: no answer for a second delivery, no line in the
// audit, nothing at all.
func TestWhatIsIgnoredLeavesNothing(t *testing.T) {
	h := opened(t)
	kept := h.records()
	for _, said := range []string{"thanks!", "good morning", "👍"} {
		if reply := h.handle(h.overheard(guest, said)); !reply.IsZero() {
			t.Errorf("%q is answered %+v", said, reply)
		}
	}
	h.handle(h.overheard(bob, "why is the export of invoices so slow?")) // of the team
	h.unchanged("talk", kept)
	if h.counts["ignored"] != 4 || h.woken != 0 {
		t.Errorf("counted %v, and %d errands were begun", h.counts, h.woken)
	}
}

// People from outside are heard, and may still do nothing: not even what is heard of
// them.
func TestPeopleFromOutsideAreHeard(t *testing.T) {
	h := opened(t)
	ev := h.overheard(guest, "why is the export of invoices so slow?")
	for range 2 {
		if reply := h.handle(ev); !reply.IsZero() {
			t.Errorf("the customer is answered %+v", reply)
		}
	}
	if len(h.audit()) != 1 || h.last().Outcome != "done" || h.counts["again"] != 1 {
		t.Errorf("the audit says %+v, counted %v", h.audit(), h.counts)
	}
	for _, line := range []string{"cre overheard support", "cre file-overheard 1", "cre talk the export is slow"} {
		if reply := h.handle(h.event(guest, line)); !reply.Failed {
			t.Errorf("%q: %+v", line, reply)
		}
	}
}

// What is said to the bot alone and is no command is taken as it stands, words with
// colons too. In a channel, or with a slip in it, it is answered as before.
func TestTalkWithTheBotAlone(t *testing.T) {
	h := opened(t)
	const said = `customer:acme says "error: too many" since Monday`
	say := func(line string, alone bool) chat.Reply {
		ev := h.event(eve, line)
		ev.Alone = alone
		return h.handle(ev)
	}
	reply := say(said, true)
	if reply.Failed || len(reply.Message.Buttons) != 1 || !strings.Contains(reply.Message.Text.String(), said) {
		t.Fatalf("got %+v", reply)
	}
	if r := say(reply.Message.Buttons[0].Line, true); r.Request != "R-1" {
		t.Errorf("the button says %+v", r)
	}
	for line, alone := range map[string]bool{said: false, "incidnt list everything": true, "thanks a lot": true, "cre what is this": true, "/what is this thing": true} {
		if r := say(line, alone); !r.Failed || !strings.Contains(r.Message.Text.String(), "I do not know") {
			t.Errorf("%q: %+v", line, r)
		}
	}
	h.view(func(tx store.Tx) error {
		r, err := store.Requests.Get(tx, store.Key(uint64(1)))
		if err == nil && (r.Title != said || r.Requester != eve) {
			t.Errorf("filed %+v", r)
		}
		return err
	})
}
