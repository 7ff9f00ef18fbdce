package app

import (
	"context"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"time"

	"cresset/integrations/discord/discordtest"
)

// simDiscord is Discord in a simulation. Half of the seeds have interactions over
// signed HTTP, the others over the gateway, on which everything else comes.
type simDiscord struct {
	*sim
	d    *discordtest.Server
	loud []string // answers that everybody reads
}

func newSimDiscord(s *sim) simService {
	w := &simDiscord{sim: s, d: discordtest.New(cautious{s.t})}
	w.d.URL = "http://localhost" // where a gateway may be in the clear
	w.d.AllowViolations()        // they are a promise of their own
	for _, p := range people {
		w.d.AddUserLike(discordtest.User{Name: p, GlobalName: p})
	}
	for _, c := range simChannels {
		w.d.AddChannel(c)
	}
	w.d.HonourNonce(s.temper.honours)
	w.d.DeliverTwice(s.temper.twice)
	w.d.Lag(s.temper.lag, s.temper.lag)
	if s.temper.signed {
		w.d.DeliverInto(door{s, w})
	}
	if s.temper.tight {
		w.d.Limit("POST /channels/{channel}/messages", 5, 5*time.Second)
		w.d.Limit("PATCH /channels/{channel}", 2, 10*time.Minute)
	}
	s.gateway = func(ctx context.Context) (net.Conn, error) {
		if s.isDown(w) {
			return nil, errDial
		}
		return w.d.Dial(ctx, "", "")
	}
	return w
}

func (w *simDiscord) name() string { return "discord" }

func (w *simDiscord) section() string {
	signed := ""
	if w.temper.signed {
		signed = ", public_key: " + w.d.PublicKey
	}
	return fmt.Sprintf("discord: {bot_token: %s, application_id: %q, guild: %q, api_url: %s/%s}", w.d.BotToken, w.d.AppID, w.d.GuildID, w.d.URL, signed)
}

// problems are what Discord would not have, and answers that are not for one person
// alone. That an endpoint does not answer is no fault of a bot that is away.
func (w *simDiscord) problems() []string {
	return slices.DeleteFunc(append(w.d.Violations(), w.loud...), func(p string) bool { return strings.Contains(p, "verify the endpoint") })
}

func (w *simDiscord) keyOf(name string) string { return "discord:" + w.d.As(name).User().ID }

var incidentID = regexp.MustCompile(`INC-\d+`)

func (w *simDiscord) channels() (all []seenChannel) {
	for _, c := range w.d.Channels() {
		if c.Type != 0 {
			continue
		}
		topic, purpose := "", c.Topic
		if i := strings.LastIndex(c.Topic, " | "); i >= 0 {
			topic, purpose = c.Topic[:i], c.Topic[i+len(" | "):]
		}
		seen := seenChannel{key: "discord:" + c.ID, id: c.ID, name: c.Name, topic: topic, purpose: purpose, incident: incidentID.FindString(purpose),
			pins: c.Pins, messages: w.messages(c.ID)}
		w.permissions(&seen, c.Overwrites)
		for _, t := range w.d.Threads(c.ID) {
			for _, m := range w.messages(t.ID) {
				m.thread = t.ID
				seen.messages = append(seen.messages, m)
			}
		}
		all = append(all, seen)
	}
	return all
}

// permissions are what the overwrites of a channel say: who is in it, whose it is,
// and whether it is closed.
func (w *simDiscord) permissions(c *seenChannel, all []discordtest.Overwrite) {
	for _, o := range all {
		switch {
		case o.ID == w.d.GuildID:
			c.private = o.Deny&discordtest.ViewChannel != 0
		case o.ID == w.d.BotUser.ID:
			c.own, c.archived = true, o.Deny&discordtest.SendMessages != 0
		case o.Allow&discordtest.ViewChannel != 0:
			c.members = append(c.members, "discord:"+o.ID)
		}
	}
}

func (w *simDiscord) direct(name string) []seenMessage { return w.messages("@" + name) }

func (w *simDiscord) messages(channel string) (all []seenMessage) {
	for _, m := range w.d.Messages(channel) {
		all = append(all, seenMessage{id: m.ID, text: discordWords(m.Components) + m.Content, mark: m.Nonce, raw: string(m.Raw),
			bot: m.Author == "cresset" && m.Type == 0})
	}
	return all
}

// discordWords are the words of components, plain.
func discordWords(all []discordtest.Component) string {
	var words strings.Builder
	for _, c := range all {
		for line := range strings.Lines(c.Content) {
			words.WriteString(unmarked(backslashed.ReplaceAllString(strings.TrimPrefix(strings.TrimPrefix(line, "### "), "-# "), "$1")))
		}
		if c.Content != "" {
			words.WriteString("\n")
		}
		words.WriteString(discordWords(c.Components))
	}
	return words.String()
}

// takeName makes a channel of a name that no channel has yet. None is archived
// here before the bot archives it.
func (w *simDiscord) takeName(name, how string) string {
	switch {
	case w.d.HasChannel(name):
		return ""
	case how == "private":
		return w.d.AddPrivateChannel(name, "eve").ID
	}
	return w.d.As("eve").CreateChannel(name).ID
}

// outage takes all of Discord down: nobody can do anything there.
func (w *simDiscord) outage(down bool) { w.d.Outage(down) }

// mishaps are the ways in which a gateway lets go of the bot.
func (w *simDiscord) mishaps() []func() {
	return []func(){w.d.Drop, w.d.DropWithoutClose, w.d.Reconnect, w.d.Mute,
		func() { w.d.Invalidate(true) }, func() { w.d.Invalidate(false) },
		func() { w.d.Close(4000) }, func() { w.d.Close(4009) }}
}
