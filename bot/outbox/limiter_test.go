package outbox_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cresset/bot/chat"
	"cresset/store"
)

// inPacedWorld runs a test in a world whose platform publishes its limits and
// takes 150 ms for each call.
func inPacedWorld(t *testing.T, test func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newStage("chat")
		s.goes(func(call) fate { return fate{takes: 150 * time.Millisecond} })
		w := newWorld(t, s, paced{capable{s}})
		defer w.close()
		test(w)
		s.inTime(t)
	})
}

// digest leaves n messages of a digest for a channel.
func (w *world) digest(channel string, n int) {
	w.t.Helper()
	for i := range n {
		w.leave(store.Errand{Kind: store.Say, Place: place(channel), Priority: store.ForDigest, Message: text(fmt.Sprint("digest ", i))})
	}
}

// A channel hears one message in a second, whatever says it, and however it is
// addressed.
func TestAChannelHearsOneMessageInASecond(t *testing.T) {
	inPacedWorld(t, func(w *world) {
		for i := range 5 {
			w.digest("C1", 3)
			w.say("C1", fmt.Sprint("reply ", i))
		}
		w.run()
		w.pass(time.Minute)
		if n := len(w.stage.texts()); n != 20 {
			t.Errorf("%d of 20 were said in a minute", n)
		}
	})
}

// What this process said before a restart counts as well.
func TestThePaceSurvivesARestart(t *testing.T) {
	inPacedWorld(t, func(w *world) {
		w.run()
		for i := range 5 {
			w.say("C1", fmt.Sprint(i))
			w.pass(100 * time.Millisecond)
			w.restart()
		}
		w.pass(time.Minute)
		same(t, "said", w.stage.texts(), "0", "1", "2", "3", "4")
	})
}

// Two hundred messages of a digest, to one channel or to as many, do not hold up
// a war room by more than one call, and the announcement of it by more than one
// message of its channel.
func TestADigestDoesNotDelayARoom(t *testing.T) {
	for _, channels := range []int{1, 200} {
		t.Run(fmt.Sprint(channels, " channels"), func(t *testing.T) {
			alone := roomBeside(t, 0, channels)
			beside := roomBeside(t, 200/channels, channels)
			const call = 150 * time.Millisecond
			if beside.in > alone.in+call || beside.card > alone.card+call || beside.told > alone.told+call+time.Second {
				t.Errorf("got %+v, and without a digest %+v", beside, alone)
			}
		})
	}
}

// A roomTime is how long it takes until the declarer is in, the card stands in
// the room, and others are told.
type roomTime struct{ in, card, told time.Duration }

// roomBeside declares while each of so many channels, the one of the
// announcements first, gets n messages of a digest.
func roomBeside(t *testing.T, n, channels int) (took roomTime) {
	inPacedWorld(t, func(w *world) {
		w.digest("#incidents", n)
		for i := 1; i < channels; i++ {
			w.digest(fmt.Sprint("D", i), n)
		}
		o := w.run()
		w.pass(20 * time.Second) // the burst is used up
		began := time.Now()
		w.declare("checkout is down")
		o.Wake()
		w.pass(5 * time.Minute)
		took.in = w.stage.at("invite", began)[0]
		for _, m := range w.stage.messages {
			switch {
			case strings.HasPrefix(m.text, "digest"):
			case m.ref.Place.Channel == "#incidents":
				took.told = m.at.Sub(began)
			case took.card == 0:
				took.card = m.at.Sub(began)
			}
		}
		if got := len(w.stage.did("post")); got < n*channels {
			t.Errorf("%d of %d messages of the digest were said", got, n*channels)
		}
	})
	return took
}

// A storm of announcements leaves the rooms what they need of the burst.
func TestTheUrgentFindTheBurstFree(t *testing.T) {
	inPacedWorld(t, func(w *world) {
		for i := range 300 {
			w.leave(store.Errand{Kind: store.Say, Place: place(fmt.Sprint("A", i)), Priority: store.ForAnnouncement, Message: text("news")})
		}
		o := w.run()
		w.pass(10 * time.Second)
		began := time.Now()
		for i := range 5 {
			w.leave(store.Errand{Kind: store.Say, Place: place(fmt.Sprint("R", i)), Priority: store.ForRoom, Message: text("room")})
		}
		o.Wake()
		w.pass(time.Second)
		said := 0
		for _, text := range w.stage.texts() {
			if text == "room" {
				said++
			}
		}
		if said != 5 {
			t.Errorf("%d of 5 rooms heard theirs within %v", said, time.Since(began))
		}
	})
}

// A channel that was addressed by its name is the same channel.
func TestANameAndItsChannelShareOnePace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage("chat")
		w := newWorld(t, s, named{paced{capable{s}}})
		defer w.close()
		w.say("#general", "by name")
		o := w.run()
		w.pass(5 * time.Second)
		w.say("#general", "by name again")
		w.say("C-general", "by channel")
		o.Wake()
		w.pass(5 * time.Second)
		for i := range s.posts {
			s.posts[i].channel = "C-general"
		}
		s.inTime(t)
		if len(s.posts) != 3 {
			t.Errorf("said %d of 3", len(s.posts))
		}
	})
}

// named is a platform that answers with the channel behind a name.
type named struct{ paced }

func (n named) Post(ctx context.Context, p chat.Place, m chat.Message, id string) (chat.Ref, error) {
	ref, err := n.paced.Post(ctx, p, m, id)
	if channel, ok := strings.CutPrefix(p.Channel, "#"); ok {
		ref.Place.Channel = "C-" + channel
	}
	return ref, err
}
