package app

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"cresset/bot/chat"
	"cresset/commands"
)

// consoleHome is the console over HTTP, as its pages use it: each person has a
// session of their own, and everything they do is sent twice.
type consoleHome struct {
	t testing.TB
	*consoleBot
	*consoleReader
	*visitors
	acts    int
	forms   map[string]*formSeen
	refused map[string][]entry
}

func newConsoleHome(t testing.TB) home { return consoleHomeOf(t, newConsoleBot(t)) }

func consoleHomeOf(t testing.TB, bot *consoleBot) *consoleHome {
	h := &consoleHome{t: t, consoleBot: bot, visitors: visit(t, bot.server.URL), forms: map[string]*formSeen{}, refused: map[string][]entry{}}
	h.twice = true
	h.consoleReader = newConsoleReader(t, func() []string { return people }, h.tour)
	return h
}

// act sends what somebody does, and shows what comes back as the page does.
func (h *consoleHome) act(who, path string, spot, more url.Values) {
	h.acts++
	sent := url.Values{"key": {fmt.Sprintf("act-%08d", h.acts)}}
	for _, values := range []url.Values{spot, more} {
		for name, all := range values {
			sent[name] = all
		}
	}
	h.get(who, "general") // nobody acts on a page that has ended
	response, err := h.clients[who].PostForm(h.server.URL+path, sent)
	if err != nil {
		h.t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		Error, Form, Notice string
		Problems            map[string]string
		Failed              bool
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		h.t.Fatal(err)
	}
	switch {
	case answer.Error != "" || answer.Notice != "" && len(answer.Problems) == 0:
		h.t.Errorf("%s does %s %v: %s", who, path, sent, answer.Error+answer.Notice)
	case answer.Form != "":
		h.forms[who] = readForm(h.t, answer.Form)
	case len(answer.Problems) > 0:
		for field, problem := range answer.Problems {
			h.refused[who] = append(h.refused[who], entry{lines: []string{fmt.Sprintf("(at %s) %s", field, problem)}})
		}
	default:
		delete(h.forms, who)
	}
}

func (h *consoleHome) say(who, channel, text string) {
	if channel == alone {
		channel = "#@" + who
	}
	h.act(who, "/say", inChannel(channel), url.Values{"text": {text}})
}

func (h *consoleHome) press(who, channel, label string) {
	p, button := h.button(who, channel, label)
	h.act(who, "/press", p.spot, url.Values{"about": {p.id}, "line": {button.line}})
}

func (h *consoleHome) pick(who, channel, label, option string) {
	p, menu := h.menu(who, channel, label)
	value := "@" + option
	if menu.options != nil {
		value = menu.options[option]
	}
	h.act(who, "/press", p.spot, url.Values{"about": {p.id}, "line": {menu.line + " " + value}})
}

func (h *consoleHome) fill(who string, values map[string]string) {
	form := h.forms[who]
	if form == nil {
		h.t.Fatalf("%s has no form open", who)
	}
	filled := url.Values{}
	for _, f := range form.fields {
		value, named := values[f.label]
		switch {
		case f.boxes && !named:
			filled[f.name] = f.ticks
		case !named:
			filled.Set(f.name, f.value)
		case f.boxes:
			filled[f.name] = f.chosen(value)
		default:
			filled.Set(f.name, cmp.Or(f.options[value], value))
		}
	}
	for name, all := range form.sent {
		filled[name] = all
	}
	h.act(who, "/submit", form.spot, filled)
}

func (h *consoleHome) react(who, channel, emoji string) {
	p := h.lastTalk(who, channel)
	h.act(who, "/react", p.spot, url.Values{"about": {p.id}, "name": {reactionNames[emoji]}})
}

func (h *consoleHome) shortcut(who, channel, id string) {
	p := h.lastTalk(who, channel)
	h.act(who, "/press", p.spot, url.Values{"about": {p.id}, "line": {shortcutOf(h.t, id).Line}})
}

func (h *consoleHome) join(who, channel string) { h.act(who, "/join", inChannel(channel), nil) }

func (h *consoleHome) misrule(who, does, channel string) {
	switch does {
	case "leaves":
		h.act(who, "/leave", inChannel(channel), nil)
	case "archives":
		h.act(who, "/archive", inChannel(channel), nil)
	case "unpins":
		for _, id := range readPage(h.t, h.get(who, channel[1:])).pinned {
			h.act(who, "/unpin", inChannel(channel), url.Values{"about": {id}})
		}
	}
}

func (h *consoleHome) look() scene {
	s, odd := h.consoleReader.look()
	if odd != "" {
		h.t.Error(odd)
	}
	for _, who := range people {
		s.refused[who] = slices.Clone(h.refused[who])
		if form := h.forms[who]; form != nil {
			s.forms[who] = form.String()
		}
	}
	return s
}

func inChannel(name string) url.Values { return url.Values{"channel": {strings.TrimPrefix(name, "#")}} }

var reactionNames = map[string]string{"📌": "pushpin", "🎫": "ticket"}

func shortcutOf(t testing.TB, id string) chat.Shortcut {
	all := commands.Vocabulary("").Shortcuts
	i := slices.IndexFunc(all, func(s chat.Shortcut) bool { return s.ID == id })
	if i < 0 {
		t.Fatalf("there is no shortcut %s", id)
	}
	return all[i]
}
