package app

import (
	"fmt"
	"slices"
	"strings"

	"cresset/integrations/slack/slacktest"
)

// simSlack is Slack in a simulation.
type simSlack struct {
	*sim
	ws *slacktest.Workspace
}

func newSimSlack(s *sim) simService {
	w := &simSlack{s, slacktest.New(cautious{s.t})}
	w.ws.AllowProblems() // they are a promise of their own
	for _, p := range people {
		w.ws.AddUser(p)
	}
	for _, c := range simChannels {
		w.ws.AddChannel(c, append([]string{"cresset"}, people...)...)
	}
	w.ws.As(people[0]).Invite("#general", "cresset") // or it would not see reactions there
	w.ws.HonourClientMsgID(s.temper.honours)
	w.ws.DeliverTwice(s.temper.twice)
	w.ws.Lag(s.temper.lag, s.temper.lag)
	w.ws.DeliverInto(door{s, w})
	return w
}

func (w *simSlack) name() string { return "slack" }

func (w *simSlack) section() string {
	return fmt.Sprintf("slack: {bot_token: %s, signing_secret: %s, api_url: https://slack.test/api/}", w.ws.BotToken, w.ws.SigningSecret)
}

// problems are what Slack would not have. A trigger may be too old through no
// fault of the bot's.
func (w *simSlack) problems() []string {
	return slices.DeleteFunc(w.ws.Problems(), func(p string) bool { return strings.Contains(p, "a trigger lives for 3 seconds") })
}

// keyOf is the account with an id or a handle.
func (w *simSlack) keyOf(idOrHandle string) string {
	if slices.Contains(people, idOrHandle) {
		return "slack:" + w.ws.As(idOrHandle).User().ID
	}
	return "slack:" + idOrHandle
}

func (w *simSlack) channels() (all []seenChannel) {
	for _, c := range w.ws.Channels() {
		seen := seenChannel{key: "slack:" + c.ID, id: c.ID, name: c.Name, topic: c.Topic, purpose: c.Purpose, private: c.Private,
			archived: c.Archived, pins: c.Pins, messages: w.messages(c.ID), own: c.Creator == "cresset" && strings.HasPrefix(c.Name, "inc-")}
		for _, m := range c.Members {
			seen.members = append(seen.members, w.keyOf(m))
		}
		if seen.own {
			n, _, _ := strings.Cut(strings.TrimPrefix(c.Name, "inc-"), "-")
			seen.incident = "INC-" + n
		}
		all = append(all, seen)
	}
	return all
}

func (w *simSlack) direct(name string) []seenMessage { return w.messages("@" + name) }

func (w *simSlack) messages(channel string) (all []seenMessage) {
	for _, m := range w.ws.Messages(channel) {
		seen := seenMessage{id: m.TS, thread: m.ThreadTS, text: m.Text, raw: string(m.Blocks), bot: m.BotID != ""}
		if len(m.Files) == 0 { // a picture has no mark
			seen.mark = slackMark(string(m.Metadata))
		}
		all = append(all, seen)
	}
	return all
}

func (w *simSlack) takeName(name, how string) string {
	for _, c := range w.ws.Channels() {
		if c.Name == name {
			return ""
		}
	}
	if how == "private" {
		w.ws.AddPrivateChannel(name, "eve")
	} else {
		w.ws.AddChannel(name, "eve")
	}
	if how == "archived" {
		w.ws.As("eve").Archive("#" + name)
	}
	return w.ws.Channel("#" + name).ID
}

func (w *simSlack) mark(identity string) string { return identity }

// outage leaves Slack to people: it is the bot that does not get there.
func (w *simSlack) outage(bool) {}

func (w *simSlack) mishaps() []func() { return nil }
