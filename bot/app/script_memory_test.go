package app

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/chat/chattest"
	"cresset/config"
)

// memoryHome is the platform in memory, with the bot called directly.
type memoryHome struct {
	t         testing.TB
	path      string
	probed    string
	app       *App
	name      string
	roomless  bool // see roomless_test.go
	platform  *chattest.Memory
	private   map[string][]entry
	direct    map[string]int // how much of it was told directly
	forms     map[string]*chat.Form
	lastEvent chat.Event
	lastReply chat.Reply
	acts      int
	more      string                    // configuration
	replies   map[string][]chat.Message // to one person alone
}

func newMemoryHome(t testing.TB) home { return inMemory(t) }

func inMemory(t testing.TB) *memoryHome {
	return &memoryHome{t: t, name: "memory", path: filepath.Join(t.TempDir(), "cresset.db"), probed: probedServer(t),
		private: map[string][]entry{}, direct: map[string]int{}, forms: map[string]*chat.Form{}, replies: map[string][]chat.Message{}}
}

// probedServer is what the scripts' SLO asks.
func probedServer(t testing.TB) string {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(server.Close)
	return server.URL
}

func openApp(t testing.TB, yaml string, now func() time.Time, platforms ...chat.Platform) *App {
	t.Helper()
	c, err := config.Parse("test.yaml", []byte(yaml), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	a, err := Open(Options{Config: c, Log: testLog(t), Now: now, Platforms: platforms, Parts: partsOf(t)})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (h *memoryHome) start(clock *clock) {
	h.meet(clock)
	h.live(openApp(h.t, fmt.Sprintf(scriptConfig, h.path, h.probed, h.more), clock.Now, h.offered()))
}

func (h *memoryHome) configure(yaml string) {
	h.more = accounts(yaml, h.key)
}

func (h *memoryHome) key(who string) string { return h.person(who).Key() }

func (h *memoryHome) live(a *App) { h.app = a }

func (h *memoryHome) section() string { return "" }

func (h *memoryHome) deafen() {}

func (h *memoryHome) takes(calls bool) { h.platform.Takes(calls) }

// meet makes the platform, the first time.
func (h *memoryHome) meet(clock *clock) {
	if h.platform != nil {
		return
	}
	h.platform = chattest.NewMemory(h.name, clock.Now)
	for _, c := range []string{"#incidents", "#cre", "#reliability", "#support-acme", "#support-globex"} {
		h.platform.Join(h.person(people[0]), c)
	}
}

func (h *memoryHome) stop() {
	if err := h.app.Close(); err != nil {
		h.t.Error(err)
	}
}

func (h *memoryHome) settle() {
	if err := h.app.Settle(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

func (h *memoryHome) person(name string) chat.Person {
	return chat.Person{Platform: h.name, ID: name, Name: name}
}

func (h *memoryHome) join(who, channel string) { h.platform.Join(h.person(who), channel) }

func (h *memoryHome) misrule(who, does, channel string) {
	switch does {
	case "leaves":
		h.platform.Leave(h.person(who), channel)
	case "deletes":
		h.deletes(channel)
	case "unpins":
		h.platform.Unpin(channel)
	case "archives":
		h.platform.Archive(channel)
		h.handle(who, chat.Event{Line: "incident room-changed", Place: h.place(channel), Quiet: true}) // as platforms tell it
	}
}

// handle hands an event to the bot, and keeps it to be delivered again.
func (h *memoryHome) handle(who string, ev chat.Event) {
	h.acts++
	ev.Key, ev.By = fmt.Sprintf("%s:%d", h.name, h.acts), h.person(who)
	if ev.People == nil {
		ev.People = h.named(strings.Join(people, " "))
	}
	ev.Channel = h.channelName(ev.Place)
	reply, err := h.app.Handle(h.t.Context(), ev)
	if err != nil {
		h.t.Fatal(err)
	}
	h.lastEvent, h.lastReply = ev, reply
	h.answer(who, reply)
}

// again delivers the last act once more. The same reply comes back, and a
// person's client shows it once.
func (h *memoryHome) again() {
	ev, first := h.lastEvent, h.lastReply
	reply, err := h.app.Handle(h.t.Context(), ev)
	if err != nil {
		h.t.Fatal(err)
	}
	if reply.Message.Text != first.Message.Text || reply.Public != first.Public {
		h.t.Errorf("delivered again, it answers %q, before it answered %q", reply.Message.Text, first.Message.Text)
	}
}

func (h *memoryHome) answer(who string, r chat.Reply) {
	switch {
	case r.Form != nil:
		h.forms[who] = r.Form
	case len(r.Problems) > 0:
		for name, problem := range r.Problems {
			h.private[who] = append(h.private[who], entry{lines: []string{fmt.Sprintf("(at %s) %s", name, problem)}})
		}
	case !r.Public && !r.Message.IsZero():
		delete(h.forms, who)
		h.private[who] = append(h.private[who], entry{lines: linesOf(r.Message)})
		h.replies[who] = append(h.replies[who], r.Message)
	default:
		delete(h.forms, who)
	}
}

func (h *memoryHome) say(who, channel, text string) {
	if line, ok := strings.CutPrefix(text, "/"); ok {
		h.handle(who, chat.Event{Line: line, Place: h.place(channel)})
		return
	}
	if channel == alone {
		h.handle(who, chat.Event{Line: text, Place: chat.Place{Platform: h.name, Direct: who}, Alone: true, At: h.app.now()})
		return
	}
	post := h.platform.SayAs(h.person(who), channel, text)
	if hear := vocabularyOf(h.app.config).Overhear; hear.In(channel[1:]) && hear.Worth(text) {
		h.handle(who, hear.Event("", channel[1:], post, h.named(text), post.At))
	}
}

// named are the people whose names stand in a text.
func (h *memoryHome) named(text string) map[string]chat.Person {
	all := map[string]chat.Person{}
	for _, p := range people {
		if strings.Contains(text, p) {
			all[p] = h.person(p)
		}
	}
	return all
}

func (h *memoryHome) place(name string) chat.Place {
	if h.roomless && strings.HasPrefix(name, "#inc-") {
		return h.thread(name)
	}
	for _, c := range h.platform.Channels() {
		if "#"+c.Name == name {
			return chat.Place{Platform: h.name, Channel: c.ID}
		}
	}
	h.t.Fatalf("there is no channel %s", name)
	return chat.Place{}
}

func (h *memoryHome) channelName(at chat.Place) string {
	for _, c := range h.platform.Channels() {
		if c.ID == at.Channel {
			return c.Name
		}
	}
	return ""
}

func (h *memoryHome) press(who, channel, label string) {
	if channel == alone {
		h.pressAlone(who, label)
		return
	}
	channels := h.platform.Channels()
	for i := len(channels) - 1; i >= 0; i-- {
		c := channels[i]
		if channel != "" && "#"+c.Name != channel {
			continue
		}
		for k := len(c.Messages) - 1; k >= 0; k-- {
			for _, b := range c.Messages[k].Said.Buttons {
				if b.Label == label {
					place := chat.Place{Platform: h.name, Channel: c.ID, Thread: c.Messages[k].Thread}
					h.handle(who, chat.Event{Line: b.Line, Place: place, About: &chat.Post{Ref: chat.Ref{Place: place, ID: c.Messages[k].ID}}})
					return
				}
			}
		}
	}
	h.t.Fatalf("there is no button %q", label)
}

// pressAlone presses what stands on the last answer to one person.
func (h *memoryHome) pressAlone(who, label string) {
	for _, m := range slices.Backward(h.replies[who]) {
		for _, b := range m.Buttons {
			if b.Label == label {
				h.handle(who, chat.Event{Line: b.Line, Place: chat.Place{Platform: h.name, Direct: who}})
				return
			}
		}
	}
	h.t.Fatalf("%s alone sees no button %q", who, label)
}

func (h *memoryHome) pick(who, channel, label, option string) {
	place, m, menu := h.menu(channel, label)
	value := "@" + option
	for _, o := range menu.Options {
		if o.Label == option {
			value = o.Value
		}
	}
	h.handle(who, chat.Event{Line: menu.Line + " " + value, Place: place, About: &chat.Post{Ref: chat.Ref{Place: place, ID: m.ID}}})
}

// menu is the newest menu of the label in a channel.
func (h *memoryHome) menu(channel, label string) (chat.Place, *chattest.Message, chat.Menu) {
	for _, c := range h.platform.Channels() {
		for k := len(c.Messages) - 1; k >= 0 && "#"+c.Name == channel; k-- {
			for _, menu := range c.Messages[k].Said.Menus {
				if menu.Label == label {
					return chat.Place{Platform: "memory", Channel: c.ID}, c.Messages[k], menu
				}
			}
		}
	}
	h.t.Fatalf("there is no menu %q in %s", label, channel)
	return chat.Place{}, nil, chat.Menu{}
}

func (h *memoryHome) fill(who string, values map[string]string) {
	form := h.forms[who]
	if form == nil {
		h.t.Fatalf("%s has no form open", who)
	}
	filled := map[string]string{}
	for _, f := range form.Fields {
		filled[f.Name] = f.Value
		if v, ok := values[f.Label]; ok {
			filled[f.Name] = v
		}
	}
	h.handle(who, chat.Event{Line: form.Line, Values: filled, Place: form.Place, About: form.About})
}

// lastOf is the last message of a person in a channel.
func (h *memoryHome) lastOf(channel string) chat.Post {
	for _, c := range h.platform.Channels() {
		if "#"+c.Name != channel {
			continue
		}
		for k := len(c.Messages) - 1; k >= 0; k-- {
			if m := c.Messages[k]; !m.By.IsZero() {
				place := chat.Place{Platform: h.name, Channel: c.ID}
				return chat.Post{Ref: chat.Ref{Place: place, ID: m.ID}, By: m.By, Text: m.Text, At: m.At, Link: "https://chat.example/" + c.ID + "/" + m.ID}
			}
		}
	}
	h.t.Fatalf("nobody said anything in %s", channel)
	return chat.Post{}
}

func (h *memoryHome) react(who, channel, emoji string) {
	line := map[string]string{"📌": "incident pin", "🎫": "cre ticket-this"}[emoji]
	post := h.lastOf(channel)
	h.handle(who, chat.Event{Line: line, Place: post.Place, About: &post, Quiet: true})
}

func (h *memoryHome) shortcut(who, channel, _ string) {
	post := h.lastOf(channel)
	h.handle(who, chat.Event{Line: "cre request", Place: post.Place, About: &post})
}

// readDirect takes note of what the bot told people directly.
func (h *memoryHome) readDirect() {
	for _, c := range h.platform.Channels() {
		who, direct := strings.CutPrefix(c.Name, "@")
		for k := h.direct[who]; direct && k < len(c.Messages); k++ {
			h.private[who] = append(h.private[who], entry{lines: linesOf(c.Messages[k].Said)})
			h.direct[who]++
		}
	}
}

func (h *memoryHome) look() scene {
	h.readDirect()
	s := scene{private: map[string][]entry{}, forms: map[string]string{}}
	for who, all := range h.private {
		s.private[who] = append([]entry(nil), all...)
	}
	for who, f := range h.forms {
		var fields []string
		for _, field := range f.Fields {
			fields = append(fields, field.Label)
		}
		s.forms[who] = f.Title + ": " + strings.Join(fields, ", ")
	}
	for _, c := range h.platform.Channels() {
		if strings.HasPrefix(c.Name, "@") {
			continue
		}
		seen := placeSeen{name: c.Name, topic: c.Topic, pins: len(c.Pins), links: c.Links}
		if c.Own {
			seen.members = c.Members
		}
		for _, m := range c.Messages {
			if m.By.IsZero() {
				seen.said = append(seen.said, entry{id: m.ID, thread: m.Thread, lines: linesOf(m.Said), edits: m.Edits})
			}
		}
		s.places = append(s.places, seen)
	}
	sortPlaces(s.places)
	return s
}
