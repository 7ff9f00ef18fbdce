package app

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"cresset/integrations/slack/slacktest"
)

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
