package app_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"cresset/integrations/discord/discordtest"
)

// TestKilledAtAnyCallOfADeclareOnDiscord is the same promise where names of rooms
// are not unique, and a message is known again for some minutes at most: here not
// at all.
func TestKilledAtAnyCallOfADeclareOnDiscord(t *testing.T) {
	t.Parallel()
	s := newSweep(t)
	calls := undisturbedOnDiscord(t, s)
	s.all("killed at", 2*len(calls)+2, func(t *testing.T, i int) {
		n, when := (i+1)/2, []killing{beforeWork, afterWork}[i%2]
		if n > len(calls) {
			t.Logf("%s the call that answers", when)
			killedAtTheAnswer(t, s, when)
			return
		}
		t.Logf("%s call %d, %s", when, n, calls[n-1])
		killedOnDiscord(t, s, n, when)
	})
}

// discordCrash is a guild that outlives the bot, and the bot in a child process.
type discordCrash struct {
	*crash
	d *discordtest.Server
}

func newDiscordCrash(t *testing.T, s *sweep) *discordCrash {
	t.Helper()
	c := &discordCrash{&crash{t: t, bot: s.bot}, discordtest.Start(t)}
	c.hears, c.crash.missing = c.d, c.missing
	c.d.AddUser("ada")
	for _, name := range []string{"incidents", "cre", "reliability"} {
		c.d.AddChannel(name)
	}
	c.d.IdentifyEvery(0) // the next life is there at once
	c.d.HonourNonce(false)
	c.d.Patience(20 * time.Second) // the machine may be busy
	c.configure(fmt.Sprintf("discord: {bot_token: %s, application_id: %q, guild: %q, api_url: %s/}", c.d.BotToken, c.d.AppID, c.d.GuildID, c.d.URL))
	return c
}

// declare has ada declare an incident, and gives what she reads if nobody answers.
func (c *discordCrash) declare() (failed string) {
	c.asked++
	return c.d.As("ada").Slash("#general", "/incident declare severity:sev2 title:checkout returns 500").Failed
}

const answering = "POST /interactions/{interaction}/{token}/callback"

// counts reports whether a call is one of those that a declare makes: what only
// asks, keeps the connection or answers is left out.
func counts(route string) bool {
	return !strings.HasPrefix(route, "GET ") && !strings.Contains(route, "/commands") && route != answering
}

// undisturbedOnDiscord lists the calls of a declare that nothing disturbs.
func undisturbedOnDiscord(t *testing.T, s *sweep) []string {
	c := newDiscordCrash(t, s)
	c.start()
	if failed := c.declare(); failed != "" {
		t.Fatal(failed)
	}
	c.completed()
	c.terminate()
	var calls []string
	for _, call := range c.d.Calls() {
		if counts(call.Route) {
			calls = append(calls, call.Route)
		}
	}
	if len(calls) < 7 || calls[1] != "POST /guilds/{guild}/channels" || !strings.HasPrefix(calls[2], "PUT /channels/{channel}/permissions/") {
		t.Fatalf("the declarer is in after other calls than those for the category, the room and the way in: %v", calls)
	}
	t.Logf("calls of a declare: %v", calls)
	return calls
}

// killedOnDiscord kills the child at the call number n, once ada has her answer,
// restarts it, and sees that the declare is completed all the same.
func killedOnDiscord(t *testing.T, s *sweep, n int, when killing) {
	c := newDiscordCrash(t, s)
	seen := 0
	killed := c.killWhen(when, func(route string) bool {
		if counts(route) {
			seen++
		}
		return counts(route) && seen == n
	}, c.answered)
	c.start()
	if failed := c.declare(); failed != "" {
		t.Errorf("no reply: %s", failed)
	}
	close(c.answered)
	c.await(killed)
	s.hit.Add(1)
	c.start()
	c.completed()
	c.drained()
}

// killedAtTheAnswer kills the child when the incident is declared and ada does not
// know. She says it again, and has one incident.
func killedAtTheAnswer(t *testing.T, s *sweep, when killing) {
	c := newDiscordCrash(t, s)
	c.d.Patience(0)
	close(c.answered)
	killed := c.killWhen(when, func(route string) bool { return route == answering }, c.answered)
	c.start()
	failed := c.declare()
	c.await(killed)
	s.hit.Add(1)
	if when == beforeWork && failed == "" {
		t.Error("ada was answered by nobody")
	}
	c.d.Patience(20 * time.Second)
	c.start()
	if failed := c.declare(); failed != "" {
		t.Errorf("no reply: %s", failed)
	}
	c.completed()
	c.drained()
}

// killWhen has the child killed once, at the call that is meant, when ready is
// closed.
func (c *discordCrash) killWhen(when killing, meant func(route string) bool, ready <-chan struct{}) (killed chan struct{}) {
	killed = make(chan struct{})
	var mu sync.Mutex
	done := false
	now := func(route string) bool {
		mu.Lock()
		defer mu.Unlock()
		if done || !meant(route) {
			return false
		}
		done = true
		return true
	}
	at := func(route string, abort func()) {
		if !now(route) {
			return
		}
		<-ready
		c.kill()
		close(killed)
		abort()
	}
	if when == beforeWork {
		c.d.BeforeCall(func(route string) { at(route, abortCall) })
	} else {
		c.d.AfterCall(func(route string) { at(route, func() {}) })
	}
	return killed
}

func (c *discordCrash) await(killed <-chan struct{}) {
	c.t.Helper()
	select {
	case <-killed:
	case <-time.After(20 * time.Second):
		c.t.Fatalf("the call never came: %v", c.d.Calls())
	}
}

// missing says what a completed declare has and this one has not, and what it has
// too often.
func (c *discordCrash) missing() (all []string) {
	wrong := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	var rooms, categories []discordtest.Channel
	for _, ch := range c.d.Channels() {
		if strings.HasPrefix(ch.Name, "inc-") {
			rooms = append(rooms, ch)
		}
		if ch.Type == 4 {
			categories = append(categories, ch)
		}
	}
	if len(rooms) != 1 || len(categories) != 1 || rooms[0].Name != "inc-1-checkout-returns-500" || rooms[0].Parent != categories[0].ID {
		return []string{fmt.Sprintf("the rooms are %+v, the categories %+v", rooms, categories)}
	}
	room := rooms[0]
	if !c.isIn(room, "ada") {
		wrong("ada is not in the room")
	}
	if !strings.HasPrefix(room.Topic, "INC-1 checkout returns 500 | ") {
		wrong("topic %q", room.Topic)
	}
	cards := c.said(room.ID)
	if len(cards) != 1 || len(room.Pins) != 1 || room.Pins[0] != cards[0].ID {
		wrong("%d messages in the room, pinned %v", len(cards), room.Pins)
	}
	if lines := c.said("#incidents"); len(lines) != 1 || !strings.Contains(string(lines[0].Raw), room.ID) {
		wrong("announcements: %+v", lines)
	}
	if replies := c.d.Ephemerals("ada"); len(replies) > c.asked {
		wrong("%d replies", len(replies))
	}
	return all
}

// said are the bot's messages in a channel, without those that Discord makes when
// one is pinned.
func (c *discordCrash) said(channel string) (all []discordtest.Message) {
	for _, m := range c.d.Messages(channel) {
		if m.Author == "cresset" && m.Type == 0 {
			all = append(all, m)
		}
	}
	return all
}

// isIn reports whether somebody was brought into a room.
func (c *discordCrash) isIn(room discordtest.Channel, name string) bool {
	for _, o := range room.Overwrites {
		if c.d.UserName(o.ID) == name && o.Allow&discordtest.ViewChannel != 0 {
			return true
		}
	}
	return false
}
