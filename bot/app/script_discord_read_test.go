package app

import (
	"regexp"
	"slices"
	"strings"

	"cresset/integrations/discord/discordtest"
)

// Kinds of components that a message of the bot has.
const (
	discordRow     = 1
	discordText    = 10
	discordGallery = 12
	discordBox     = 17
)

// entry is a message as the scripts write it.
func (h *discordHome) entry(m discordtest.Message) entry {
	e := entry{id: m.ID, edits: m.EditCount}
	if c := h.d.Channel(m.ChannelID); c.Type == 11 {
		e.thread = c.ID
	}
	if len(m.Components) != 1 || m.Components[0].Type != discordBox {
		h.t.Fatalf("a message is not one container: %s", m.Raw)
	}
	var before string
	for i, c := range m.Components[0].Components {
		lines := h.linesOf(c, i == 0)
		if kind := controlsOf(c); kind != "" && kind == before {
			e.lines[len(e.lines)-1] += " " + lines[0] // buttons come in rows of five, and each menu in one of its own
			continue
		}
		e.lines, before = append(e.lines, lines...), controlsOf(c)
	}
	return e
}

// controlsOf is what a row holds: "buttons" or a "menu".
func controlsOf(c discordtest.Component) string {
	switch {
	case c.Type != discordRow:
		return ""
	case c.Components[0].Label != "":
		return "buttons"
	}
	return "menu"
}

func (h *discordHome) linesOf(c discordtest.Component, first bool) []string {
	switch c.Type {
	case discordText:
		return h.textLines(c.Content, first)
	case discordGallery:
		return []string{"(picture) " + c.Items[0].Description}
	case discordRow:
		var labels []string
		for _, one := range c.Components {
			if one.Label != "" {
				labels = append(labels, "["+one.Label+"]")
			} else {
				labels = append(labels, "{"+one.Placeholder+"}")
			}
		}
		return []string{strings.Join(labels, " ")}
	}
	return nil
}

var (
	discordFact = regexp.MustCompile(`^\*\*[^*]+:\*\* `)
	discordUser = regexp.MustCompile(`<@(\d+)>`)
	discordRoom = regexp.MustCompile(`<#(\d+)>`)
	discordLink = regexp.MustCompile(`\]\(https?://[^)]*/channels/\d+/\d+/\d+\)`)
	backslashed = regexp.MustCompile(`\\([^0-9A-Za-z\s])`)
)

// textLines is one text: title and text, facts, a table, or small print.
func (h *discordHome) textLines(content string, first bool) []string {
	lines := strings.Split(content, "\n")
	isFact := func(l string) bool { return discordFact.MatchString(l) }
	switch {
	case strings.HasPrefix(content, "-# "):
		for i, l := range lines {
			lines[i] = unmarked(h.readable(strings.TrimPrefix(l, "-# ")))
		}
		return []string{"~ " + strings.Join(lines, " ")}
	case strings.HasPrefix(content, "```"):
		var rows []string
		for _, l := range lines[1 : len(lines)-1] {
			rows = append(rows, columns.ReplaceAllString(l, " | "))
		}
		return rows
	case !first && !slices.ContainsFunc(lines, func(l string) bool { return !isFact(l) }):
		return []string{unmarked(h.readable(strings.Join(lines, " · ")))}
	}
	for i, l := range lines {
		title, titled := strings.CutPrefix(l, "### ")
		lines[i] = strings.TrimRight(h.readable(title), " ")
		if titled {
			lines[i] = "= " + lines[i]
		}
	}
	return tabled(lines)
}

// readable is Discord's markdown as the scripts write it.
func (h *discordHome) readable(s string) string {
	s = discordUser.ReplaceAllStringFunc(s, func(m string) string { return "@" + h.d.UserName(discordUser.FindStringSubmatch(m)[1]) })
	s = discordRoom.ReplaceAllStringFunc(s, func(m string) string { return "#" + h.d.Channel(discordRoom.FindStringSubmatch(m)[1]).Name })
	s = discordLink.ReplaceAllString(s, "](link)")
	return untyped(inOwnWords(h.d, backslashed.ReplaceAllString(s, "$1")))
}

// problemsIn is what a form said at its fields: Discord has no place for that, so
// it stands in a message that opens the form again.
func (h *discordHome) problemsIn(m discordtest.Message) (problems []entry) {
	if !offers(m.Components, "Open the form") {
		return nil
	}
	for _, c := range m.Components[0].Components {
		for l := range strings.SplitSeq(c.Content, "\n") {
			label, problem, is := strings.Cut(strings.TrimPrefix(l, "**"), ":** ")
			if is && discordFact.MatchString(l) {
				problems = append(problems, entry{lines: []string{"(at " + strings.ToLower(label) + ") " + h.readable(problem)}})
			}
		}
	}
	return problems
}
