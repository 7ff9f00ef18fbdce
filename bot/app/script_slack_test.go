package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"cresset/integrations/slack/slacktest"
)

// slackHome is the fake Slack, over one of its transports, with every event
// delivered twice.
type slackHome struct {
	t      testing.TB
	http   bool
	path   string
	probed string
	ws     *slacktest.Workspace
	app    *App
	down   bool   // Slack takes no calls
	more   string // configuration
	end    func()
	forms  map[string]*slacktest.View
	failed map[string][]entry // what a form refused
	types  *jsonschema.Schema
	told   map[string][]int // how much a person alone was told before each of their acts
}

func newSlackSocketHome(t testing.TB) home { return newSlackHome(t, false) }
func newSlackHTTPHome(t testing.TB) home   { return newSlackHome(t, true) }

func newSlackHome(t testing.TB, http bool) home {
	h := &slackHome{t: t, http: http, path: filepath.Join(t.TempDir(), "cresset.db"), probed: probedServer(t), ws: slacktest.Start(t),
		forms: map[string]*slacktest.View{}, failed: map[string][]entry{}, types: typesOfSlack(t), told: map[string][]int{}}
	t.Cleanup(h.prove)
	for _, p := range people {
		h.ws.AddUser(p)
	}
	for _, c := range []string{"incidents", "cre", "reliability", "support-acme", "support-globex"} {
		h.ws.AddChannel(c, append([]string{"cresset"}, people...)...)
	}
	h.ws.As(people[0]).Invite("#general", "cresset") // or it would not see reactions there
	h.ws.DeliverTwice(true)
	return h
}

func (h *slackHome) start(clock *clock) {
	h.meet(clock)
	h.live(openApp(h.t, fmt.Sprintf(scriptConfig, h.path, h.probed, "integrations: {"+h.section()+"}\n"+h.more), clock.Now))
}

func (h *slackHome) configure(yaml string) {
	h.more = accounts(yaml, func(who string) string { return "slack:" + h.ws.As(who).User().ID })
}

func (h *slackHome) meet(clock *clock) { h.ws.SetClock(clock.Now) }

// section is what the configuration says of this workspace.
func (h *slackHome) section() string {
	transport := "app_token: " + h.ws.AppToken
	if h.http {
		transport = "signing_secret: " + h.ws.SigningSecret
	}
	return fmt.Sprintf("slack: {bot_token: %s, %s, api_url: %s/api/}", h.ws.BotToken, transport, h.ws.URL)
}

// live has the bot hear the workspace.
func (h *slackHome) live(a *App) {
	h.app = a
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := a.platforms["slack"].Run(ctx, a.Handle); err != nil && ctx.Err() == nil {
			h.t.Errorf("slack: %v", err)
		}
	})
	server := httptest.NewServer(a.routes())
	if h.http {
		h.ws.DeliverTo(server.URL)
	}
	h.hear()
	h.end = func() {
		server.Close()
		cancel()
		running.Wait()
		for h.ws.Connections() > 0 { // or the next event goes to one that is dead
			time.Sleep(5 * time.Millisecond)
		}
	}
}

func (h *slackHome) deafen() { h.end() }

// takes has Slack take calls again, and waits until it is heard, or take none.
func (h *slackHome) takes(calls bool) {
	h.down = !calls
	h.ws.Outage(h.down)
	h.hear()
}

// hear waits until the bot hears the workspace, if it can.
func (h *slackHome) hear() {
	if !h.http && !h.down {
		h.ws.AwaitConnections(1)
	}
}

func (h *slackHome) stop() {
	h.end()
	if err := h.app.Close(); err != nil {
		h.t.Error(err)
	}
}

func (h *slackHome) settle() {
	h.ws.Settle()
	if err := h.app.Settle(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	h.ws.Settle()
}

// as is a person about to act.
func (h *slackHome) as(who string) *slacktest.Person {
	h.told[who] = append(h.told[who], len(h.ws.Ephemerals(who)))
	return h.ws.As(who)
}

func (h *slackHome) again() {} // everything is delivered twice here

func (h *slackHome) join(who, channel string) { h.ws.As(who).Join(channel) }

func (h *slackHome) misrule(who, does, channel string) {
	switch p := h.ws.As(who); does {
	case "leaves":
		p.Remove(channel, who)
	case "unpins":
		p.Unpin(channel)
	case "archives":
		p.Archive(channel)
	}
}

func (h *slackHome) say(who, channel, text string) {
	if command, ok := strings.CutPrefix(text, "/"); ok {
		word, rest, _ := strings.Cut(command, " ")
		if answer := h.as(who).Slash(channel, "/"+word, rest); answer.Failed != "" {
			h.t.Errorf("%s: %s", text, answer.Failed)
		}
		h.open(who)
		return
	}
	h.as(who).Say(channel, text)
}

// open notes the form that a person has before them.
func (h *slackHome) open(who string) {
	if v := h.ws.As(who).View(); v != nil {
		h.forms[who] = v
		h.hold(typed{"blocks", v.Blocks}, "the form "+v.Title)
	} else {
		delete(h.forms, who)
	}
}

func (h *slackHome) press(who, channel, label string) {
	if channel == alone {
		h.pressAlone(who, label)
		return
	}
	h.use(who, channel, label, func(place, ts string) *slacktest.Answer { return h.as(who).Click(place, ts, label) })
}

// pressAlone presses what only one person sees, in a channel or in private.
func (h *slackHome) pressAlone(who, label string) {
	for _, m := range slices.Backward(h.toldAlone(who)) {
		if !strings.Contains(string(m.Blocks), fmt.Sprintf(`"text":%q`, label)) {
			continue
		}
		place := "#" + m.Channel
		if slices.ContainsFunc(h.ws.Messages("@"+who), func(direct slacktest.Message) bool { return direct.TS == m.TS }) {
			place = alone
		}
		before := len(h.toldAlone(who))
		if a := h.as(who).Click(place, m.TS, label); a.Failed != "" {
			h.t.Errorf("%s presses %s: %s", who, label, a.Failed)
		}
		h.open(who)
		await(h.t, func() bool { return h.forms[who] != nil || len(h.toldAlone(who)) > before }) // or what else comes in private overtakes it
		return
	}
	h.t.Fatalf("%s alone sees no button %q", who, label)
}

func (h *slackHome) pick(who, channel, menu, option string) {
	h.use(who, channel, menu, func(place, ts string) *slacktest.Answer {
		return h.as(who).Choose(place, ts, menu, option)
	})
}

// use has a person do something to the newest message with a button or a menu of
// the label.
func (h *slackHome) use(who, channel, label string, do func(place, ts string) *slacktest.Answer) {
	channels := h.ws.Channels()
	for i := len(channels) - 1; i >= 0; i-- {
		c := channels[i]
		if channel != "" && "#"+c.Name != channel {
			continue
		}
		all := h.ws.Messages(c.Name)
		for k := len(all) - 1; k >= 0; k-- {
			if strings.Contains(string(all[k].Blocks), fmt.Sprintf(`"text":%q`, label)) && strings.Contains(string(all[k].Blocks), `"actions"`) {
				if a := do("#"+c.Name, all[k].TS); a.Failed != "" {
					h.t.Errorf("%s uses %s: %s", who, label, a.Failed)
				}
				h.open(who)
				return
			}
		}
	}
	h.t.Fatalf("there is no %q to use", label)
}

func (h *slackHome) fill(who string, values map[string]string) {
	v := h.ws.As(who).View()
	if v == nil {
		h.t.Fatalf("%s has no form open", who)
	}
	out := h.as(who).Submit(v, values)
	for field, problem := range out.Errors {
		h.failed[who] = append(h.failed[who], entry{lines: []string{fmt.Sprintf("(at %s) %s", strings.TrimPrefix(field, "field."), problem)}})
	}
	h.open(who)
}

func (h *slackHome) lastOf(channel string) slacktest.Message {
	all := h.ws.Messages(channel)
	for k := len(all) - 1; k >= 0; k-- {
		if all[k].BotID == "" {
			return all[k]
		}
	}
	h.t.Fatalf("nobody said anything in %s", channel)
	return slacktest.Message{}
}

func (h *slackHome) react(who, channel, emoji string) {
	name := map[string]string{"📌": "pushpin", "🎫": "ticket"}[emoji]
	h.as(who).React(channel, h.lastOf(channel).TS, name)
}

func (h *slackHome) shortcut(who, channel, id string) {
	h.as(who).Shortcut(channel, h.lastOf(channel).TS, id)
	h.open(who)
}

func (h *slackHome) look() scene {
	s := scene{private: map[string][]entry{}, refused: map[string][]entry{}, forms: map[string]string{}}
	for _, who := range people {
		for _, m := range h.toldAlone(who) {
			s.private[who] = append(s.private[who], h.entry(m))
		}
		s.refused[who] = append(s.refused[who], h.failed[who]...)
		if v := h.forms[who]; v != nil {
			s.forms[who] = v.Title + ": " + strings.Join(labelsOf(v.Blocks), ", ")
		}
	}
	for _, c := range h.ws.Channels() {
		seen := placeSeen{name: c.Name, topic: h.readable(c.Topic), pins: len(c.Pins)}
		if strings.HasPrefix(c.Name, "inc-") {
			for _, m := range c.Members {
				if m != "cresset" {
					seen.members = append(seen.members, m)
				}
			}
		}
		for _, b := range c.Bookmarks {
			seen.links = append(seen.links, b.Title)
		}
		for _, m := range h.ws.Messages(c.Name) {
			if m.BotID != "" && len(m.Files) == 0 {
				seen.said = append(seen.said, h.entry(m))
			}
		}
		s.places = append(s.places, seen)
	}
	sortPlaces(s.places)
	return s
}

// toldAlone is what one person alone was told: beside what they did, or directly.
func (h *slackHome) toldAlone(who string) []slacktest.Message {
	all := h.ws.Ephemerals(who)
	for _, m := range h.ws.Messages("@" + who) {
		if m.BotID != "" && len(m.Files) == 0 {
			all = append(all, m)
		}
	}
	slices.SortStableFunc(all, func(a, b slacktest.Message) int { return strings.Compare(a.TS, b.TS) })
	return all
}

func (h *slackHome) entry(m slacktest.Message) entry {
	e := entry{id: m.TS, edits: m.EditCount}
	if m.ThreadTS != m.TS {
		e.thread = m.ThreadTS
	}
	var blocks []block
	if err := json.Unmarshal(m.Blocks, &blocks); err != nil {
		h.t.Fatal(err)
	}
	for i, b := range blocks {
		lines := h.linesOf(b)
		if i > 0 && b.Type == "actions" && blocks[i-1].Type == "actions" && b.Elements[0].Type == "button" {
			e.lines[len(e.lines)-1] += " " + lines[0] // buttons come in rows of five
			continue
		}
		if i > 0 && len(b.Fields) > 0 && len(blocks[i-1].Fields) > 0 {
			e.lines[len(e.lines)-1] += " · " + lines[0] // a section holds ten
			continue
		}
		e.lines = append(e.lines, lines...)
	}
	if len(e.lines) == 0 {
		e.lines = strings.Split(h.readable(m.Text), "\n")
	}
	for _, circle := range []string{"🟢 ", "🟠 ", "🔴 "} {
		e.lines[0] = strings.Replace(e.lines[0], circle, "", 1)
	}
	return e
}

// A block is any block, or element of one, of Slack's.
type block struct {
	Type        string          `json:"type"`
	Text        json.RawMessage `json:"text"`
	Fields      []textObject    `json:"fields"`
	Elements    []block         `json:"elements"`
	AltText     string          `json:"alt_text"`
	UserID      string          `json:"user_id"`
	Channel     string          `json:"channel_id"`
	URL         string          `json:"url"`
	Label       textObject      `json:"label"`
	Placeholder textObject      `json:"placeholder"`
	Style       json.RawMessage `json:"style"`
}

type textObject struct {
	Text string `json:"text"`
}

func (b block) words() string {
	var s string
	if json.Unmarshal(b.Text, &s) == nil {
		return s
	}
	var o textObject
	_ = json.Unmarshal(b.Text, &o) // neither has no words
	return o.Text
}

func labelsOf(blocks json.RawMessage) []string {
	var all []block
	_ = json.Unmarshal(blocks, &all) // it is the fake's own JSON
	var labels []string
	for _, b := range all {
		if b.Type == "input" {
			labels = append(labels, b.Label.Text)
		}
	}
	return labels
}

var columns = regexp.MustCompile(` {2,}`)

func (h *slackHome) linesOf(b block) []string {
	switch b.Type {
	case "header":
		return []string{"= " + b.words()}
	case "rich_text":
		var lines []string
		for _, part := range b.Elements {
			lines = append(lines, h.richLines(part)...)
		}
		return tabled(lines)
	case "section":
		var facts []string
		for _, f := range b.Fields {
			facts = append(facts, unmarked(h.readable(f.Text)))
		}
		return []string{strings.Join(facts, " · ")}
	case "image":
		return []string{"(picture) " + b.AltText}
	case "actions":
		var labels []string
		for _, e := range b.Elements {
			if e.Type == "button" {
				labels = append(labels, "["+e.words()+"]")
			} else {
				labels = append(labels, "{"+e.Placeholder.Text+"}")
			}
		}
		return []string{strings.Join(labels, " ")}
	case "context":
		var parts []string
		for _, e := range b.Elements {
			parts = append(parts, unmarked(h.readable(e.words())))
		}
		return []string{"~ " + strings.Join(parts, " ")}
	}
	return []string{"(" + b.Type + ")"}
}

func (h *slackHome) richLines(part block) []string {
	var lines []string
	switch part.Type {
	case "rich_text_list":
		for _, item := range part.Elements {
			lines = append(lines, "- "+h.spans(item.Elements))
		}
	case "rich_text_quote":
		for l := range strings.SplitSeq(h.spans(part.Elements), "\n") {
			lines = append(lines, "> "+l)
		}
	case "rich_text_preformatted":
		for l := range strings.SplitSeq(strings.TrimSpace(h.spans(part.Elements)), "\n") {
			if strings.Trim(l, "-─ ") != "" {
				lines = append(lines, columns.ReplaceAllString(strings.TrimSpace(l), " | "))
			}
		}
	default:
		lines = strings.Split(h.spans(part.Elements), "\n")
	}
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return lines
}

func (h *slackHome) spans(all []block) string {
	var b strings.Builder
	for _, e := range all {
		switch e.Type {
		case "user":
			b.WriteString("@" + h.ws.UserName(e.UserID))
		case "channel":
			b.WriteString("#" + h.ws.Channel(e.Channel).Name)
		case "link":
			b.WriteString("[" + e.words() + "](" + e.URL + ")")
		default:
			b.WriteString(styled(e.words(), string(e.Style)))
		}
	}
	return b.String()
}

func styled(s, style string) string {
	switch {
	case strings.Contains(style, `"bold":true`):
		return "**" + s + "**"
	case strings.Contains(style, `"italic":true`):
		return "_" + s + "_"
	case strings.Contains(style, `"code":true`):
		return untyped("`" + s + "`")
	}
	return s
}

var (
	userToken    = regexp.MustCompile(`<@(\w+)>`)
	channelToken = regexp.MustCompile(`<#(\w+)(?:\|[^>]*)?>`)
	linkToken    = regexp.MustCompile(`<(https?://[^|>]+)\|([^>]+)>`)
)

// readable is mrkdwn as the scripts write it.
func (h *slackHome) readable(s string) string {
	s = userToken.ReplaceAllStringFunc(s, func(m string) string { return "@" + h.ws.UserName(userToken.FindStringSubmatch(m)[1]) })
	s = channelToken.ReplaceAllStringFunc(s, func(m string) string { return "#" + h.ws.Channel(channelToken.FindStringSubmatch(m)[1]).Name })
	s = linkToken.ReplaceAllString(s, "[$2]($1)")
	s = address.ReplaceAllString(s, "](link)")
	return untyped(strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">").Replace(s))
}

var slashed = regexp.MustCompile("`/(incident|cre|slo|postmortem)\\b")

// untyped takes the slash off lines that people are told to type, which they
// have on Slack only.
func untyped(s string) string { return slashed.ReplaceAllString(s, "`$1") }
