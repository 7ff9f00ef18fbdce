package app

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/integrations/discord/discordtest"
)

// discordHome is the fake Discord, with interactions over the gateway or over
// signed HTTP, each delivered twice. What people type becomes options of the
// commands that the bot registered.
type discordHome struct {
	t       testing.TB
	http    bool
	path    string
	probed  string
	d       *discordtest.Server
	app     *App
	handled atomic.Int64 // events that came over the gateway
	down    bool         // Discord takes no calls
	more    string       // configuration
	end     func()
	told    map[string][]int // how much a person alone was told before each of their acts
}

func newDiscordGatewayHome(t testing.TB) home { return newDiscordHome(t, false) }
func newDiscordHTTPHome(t testing.TB) home    { return newDiscordHome(t, true) }

func newDiscordHome(t testing.TB, http bool) home {
	h := &discordHome{t: t, http: http, path: filepath.Join(t.TempDir(), "cresset.db"), probed: probedServer(t), d: discordtest.Start(t), told: map[string][]int{}}
	t.Cleanup(h.prove)
	for _, p := range people {
		h.d.AddUserLike(discordtest.User{Name: p, GlobalName: p})
	}
	for _, c := range []string{"incidents", "cre", "reliability", "support-acme", "support-globex"} {
		h.d.AddChannel(c)
	}
	h.d.DeliverTwice(true)
	h.d.Patience(20 * time.Second) // the machine may be busy
	h.d.IdentifyEvery(0)           // the bot may be started again at once
	h.d.Limit("*", 10_000, time.Second)
	h.d.GlobalLimit(0) // a script keeps no pace
	return h
}

func (h *discordHome) start(clock *clock) {
	h.meet(clock)
	h.live(openApp(h.t, fmt.Sprintf(scriptConfig, h.path, h.probed, "integrations: {"+h.section()+"}\n"+h.more), clock.Now))
}

func (h *discordHome) configure(yaml string) {
	h.more = accounts(yaml, h.key)
}

func (h *discordHome) key(who string) string { return "discord:" + h.d.As(who).User().ID }

func (h *discordHome) meet(clock *clock) { h.d.SetClock(clock.Now) }

// section is what the configuration says of this server.
func (h *discordHome) section() string {
	signed := ""
	if h.http {
		signed = ", public_key: " + h.d.PublicKey
	}
	return fmt.Sprintf("discord: {bot_token: %s, application_id: %q, guild: %q, api_url: %q%s}", h.d.BotToken, h.d.AppID, h.d.GuildID, h.d.URL, signed)
}

// live has the bot hear the server.
func (h *discordHome) live(a *App) {
	h.app = a
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := a.platforms["discord"].Run(ctx, h.handle); err != nil && ctx.Err() == nil {
			h.t.Errorf("discord: %v", err)
		}
	})
	server := httptest.NewServer(h.app.routes())
	h.hear()
	if h.http {
		h.d.DeliverTo(server.URL)
	}
	h.end = func() {
		server.Close()
		cancel()
		running.Wait()
		for h.d.Connections() > 0 { // or the next event goes to one that is dead
			time.Sleep(5 * time.Millisecond)
		}
	}
}

func (h *discordHome) handle(ctx context.Context, ev chat.Event) (chat.Reply, error) {
	defer h.handled.Add(1)
	return h.app.Handle(ctx, ev)
}

func (h *discordHome) deafen() { h.end() }

// takes has Discord take calls again, and waits for the gateway, or take none.
func (h *discordHome) takes(calls bool) {
	h.down = !calls
	h.d.Outage(h.down)
	h.hear()
}

// hear waits until the bot hears the server, if it can.
func (h *discordHome) hear() {
	if !h.down {
		h.d.AwaitConnections(1)
	}
}

func (h *discordHome) stop() {
	h.end()
	if err := h.app.Close(); err != nil {
		h.t.Error(err)
	}
}

// settle waits until nobody sees the bot thinking, and does what is due.
func (h *discordHome) settle() {
	h.quiet()
	if err := h.app.Settle(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	h.quiet()
}

const thinking = 1 << 7

func (h *discordHome) quiet() {
	for _, who := range people {
		h.await("the bot to stop thinking", func() bool {
			return !slices.ContainsFunc(h.d.Ephemerals(who), func(m discordtest.Message) bool { return m.Flags&thinking != 0 })
		})
	}
}

func (h *discordHome) await(what string, so func() bool) {
	h.t.Helper()
	for end := time.Now().Add(30 * time.Second); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			h.t.Fatalf("waited 30 seconds for %s", what)
		}
	}
}

// as is a person about to act.
func (h *discordHome) as(who string) *discordtest.Person {
	h.told[who] = append(h.told[who], len(h.d.Ephemerals(who)))
	return h.d.As(who)
}

func (h *discordHome) done(what string, a *discordtest.Answer) {
	h.t.Helper()
	if a.Failed != "" {
		h.t.Errorf("%s: %s", what, a.Failed)
	}
}

func (h *discordHome) again() {} // every interaction is delivered twice here

func (h *discordHome) join(who, channel string) { h.d.As("owner").Include(channel, who) }

func (h *discordHome) misrule(who, does, channel string) {
	switch does {
	case "leaves":
		h.d.As("owner").Exclude(channel, who)
	case "unpins":
		h.d.As(who).Unpin(channel)
	case "archives":
		before := h.handled.Load()
		h.archive(channel)
		h.await("the bot to hear of it", func() bool { return h.handled.Load() > before })
	}
}

// archive takes the right to write from the bot, as an administrator might who
// wants a channel to rest.
func (h *discordHome) archive(channel string) {
	url := fmt.Sprintf("%s/api/v10/channels/%s/permissions/%s", h.d.URL, h.d.Channel(channel).ID, h.d.BotUser.ID)
	req, err := http.NewRequest(http.MethodPut, url, strings.NewReader(`{"type": 1, "allow": "1024", "deny": "2048"}`))
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bot "+h.d.BotToken)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != http.StatusNoContent {
		h.t.Fatalf("archive %s: %v %v", channel, resp, err)
	}
	resp.Body.Close()
}

func (h *discordHome) say(who, channel, text string) {
	if strings.HasPrefix(text, "/") {
		line := typedOnDiscord(h.d, text)
		h.done(line, h.as(who).Slash(channel, line))
		return
	}
	before, hear := h.handled.Load(), vocabularyOf(h.app.config).Overhear
	h.as(who).Message(channel, text)
	if channel == alone || hear.In(channel[1:]) && hear.Worth(text) {
		h.await("the bot to hear it", func() bool { return h.handled.Load() > before })
	}
}

func (h *discordHome) press(who, channel, label string) {
	var m discordtest.Message
	if channel == alone {
		m = h.withAlone(who, label)
	} else {
		m = h.with(channel, label)
	}
	answer := h.as(who).Click(m.ChannelID, m.ID, label)
	h.done(who+" presses "+label, answer)
	if asks := answer.Message; asks != nil && asks.To == who && agreeing(asks.Components, label) {
		h.done(who+" agrees to "+label, h.d.As(who).Click(asks.ChannelID, asks.ID, label))
	}
}

// agreeing says whether a message is a question before a button does what it says:
// its only button has the same label.
func agreeing(all []discordtest.Component, label string) bool {
	return slices.Equal(discordLabels(all), []string{label})
}

func (h *discordHome) pick(who, channel, menu, option string) {
	m := h.with(channel, menu)
	h.done(who+" picks "+menu, h.as(who).Select(m.ChannelID, m.ID, menu, option))
}

// with is the newest message with a button or a menu of the label.
func (h *discordHome) with(channel, label string) discordtest.Message {
	channels := h.d.Channels()
	for i := len(channels) - 1; i >= 0; i-- {
		if channel != "" && "#"+channels[i].Name != channel {
			continue
		}
		for _, m := range slices.Backward(h.everything(channels[i].ID)) {
			if offers(m.Components, label) {
				return m
			}
		}
	}
	h.t.Fatalf("there is no %q to use", label)
	return discordtest.Message{}
}

// withAlone is the newest message with a button of the label that only one person sees.
func (h *discordHome) withAlone(who, label string) discordtest.Message {
	for _, m := range slices.Backward(h.private(who)) {
		if offers(m.Components, label) {
			return m
		}
	}
	h.t.Fatalf("%s alone sees no button %q", who, label)
	return discordtest.Message{}
}

func offers(all []discordtest.Component, label string) bool {
	return slices.ContainsFunc(all, func(c discordtest.Component) bool {
		return c.Label == label || c.Placeholder == label || offers(c.Components, label)
	})
}

func (h *discordHome) fill(who string, values map[string]string) {
	form := h.d.As(who).Modal()
	if form == nil {
		h.t.Fatalf("%s has no form open", who)
	}
	h.done(who+" fills "+form.Title, h.as(who).Submit(form, values))
}

func (h *discordHome) lastOf(channel string) discordtest.Message {
	for _, m := range slices.Backward(h.d.Messages(channel)) {
		if m.Author != "cresset" {
			return m
		}
	}
	h.t.Fatalf("nobody said anything in %s", channel)
	return discordtest.Message{}
}

func (h *discordHome) react(who, channel, emoji string) {
	before := h.handled.Load()
	h.as(who).React(channel, h.lastOf(channel).ID, emoji)
	h.await("the reaction to be handled", func() bool { return h.handled.Load() > before })
}

func (h *discordHome) shortcut(who, channel, id string) {
	label := map[string]string{"file_request": "File a request"}[id]
	h.done(label, h.as(who).ContextMenu(channel, h.lastOf(channel).ID, label))
}

func (h *discordHome) look() scene {
	s := scene{private: map[string][]entry{}, refused: map[string][]entry{}, forms: map[string]string{}}
	for _, who := range people {
		for _, m := range h.private(who) {
			if problems := h.problemsIn(m); len(problems) > 0 {
				s.refused[who] = append(s.refused[who], problems...)
			} else {
				s.private[who] = append(s.private[who], h.entry(m))
			}
		}
		if form := h.d.As(who).Modal(); form != nil {
			var labels []string
			for _, f := range form.Fields() {
				labels = append(labels, f.Label)
			}
			s.forms[who] = form.Title + ": " + strings.Join(labels, ", ")
		}
	}
	for _, c := range h.d.Channels() {
		seen := placeSeen{name: c.Name, topic: topicOf(c.Topic), pins: len(c.Pins)}
		if strings.HasPrefix(c.Name, "inc-") {
			seen.members = h.broughtIn(c)
		}
		for _, m := range h.everything(c.ID) {
			if m.Author == "cresset" && m.Type == 0 {
				seen.said = append(seen.said, h.entry(m))
			}
		}
		s.places = append(s.places, seen)
	}
	sortPlaces(s.places)
	return s
}

// broughtIn are those whom an overwrite of their own lets see a channel.
func (h *discordHome) broughtIn(c discordtest.Channel) (members []string) {
	for _, o := range c.Overwrites {
		if o.Type == 1 && o.ID != h.d.BotUser.ID && o.Allow&discordtest.ViewChannel != 0 {
			members = append(members, h.d.UserName(o.ID))
		}
	}
	return members
}

// topicOf is the topic without the purpose, which Discord has no place for.
func topicOf(whole string) string {
	if i := strings.LastIndex(whole, " | "); i >= 0 {
		return whole[:i]
	}
	return ""
}

// everything is what was said in a channel and in its threads, in order.
func (h *discordHome) everything(channel string) []discordtest.Message {
	all := h.d.Messages(channel)
	for _, t := range h.d.Threads(channel) {
		all = append(all, h.d.Messages(t.ID)...)
	}
	return byAge(all)
}

// private is what one person alone was told: beside what they did, or directly.
func (h *discordHome) private(who string) []discordtest.Message {
	all := h.d.Ephemerals(who)
	for _, m := range h.d.As(who).DMs() {
		if m.Author == "cresset" {
			all = append(all, m)
		}
	}
	return byAge(all)
}

func byAge(all []discordtest.Message) []discordtest.Message {
	slices.SortStableFunc(all, func(a, b discordtest.Message) int {
		return strings.Compare(fmt.Sprintf("%20s", a.ID), fmt.Sprintf("%20s", b.ID))
	})
	return all
}
