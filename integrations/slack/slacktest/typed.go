package slacktest

import (
	"regexp"
	"strings"
)

// What people type and Slack's client understands: @handle, #channel, links.
var typedToken = regexp.MustCompile(`https?://[^\s<>]+|[@#][\p{L}\p{N}][\p{L}\p{N}._-]*`)

// typed turns a line as a person types it into the text that Slack stores.
// Slash commands carry names beside the IDs of people.
func (ws *Workspace) typed(line string, slash bool) string {
	line = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(line)
	var b strings.Builder
	end := 0
	for _, at := range typedToken.FindAllStringIndex(line, -1) {
		b.WriteString(line[end:at[0]])
		token := line[at[0]:at[1]]
		if link := ws.linked(token, slash); link != "" && startsWord(line, at[0]) {
			token = link
		}
		b.WriteString(token)
		end = at[1]
	}
	return b.String() + line[end:]
}

// startsWord keeps the @ inside an address such as ada@example.com what it is.
func startsWord(line string, at int) bool {
	return at == 0 || strings.ContainsRune(" \t\n(,;:\"'=", rune(line[at-1]))
}

// linked is the token as Slack stores it, or nothing when it names nobody.
func (ws *Workspace) linked(token string, slash bool) string {
	if strings.HasPrefix(token, "http") {
		return "<" + token + ">"
	}
	name := strings.TrimRight(token[1:], ".")
	rest := token[1+len(name):]
	if token[0] == '#' {
		if ch := ws.channelBy(name); ch != nil {
			return "<#" + ch.id + "|" + ch.name + ">" + rest
		}
		return ""
	}
	if name == "here" || name == "channel" || name == "everyone" {
		return "<!" + name + ">" + rest
	}
	for _, g := range ws.groups {
		if g.handle == name {
			return "<!subteam^" + g.id + "|@" + g.handle + ">" + rest
		}
	}
	u := ws.userBy(name)
	switch {
	case u == nil:
		return ""
	case slash:
		return "<@" + u.ID + "|" + u.Name + ">" + rest
	}
	return "<@" + u.ID + ">" + rest
}

// richText is the block that Slack's client sends with what a person typed.
func (ws *Workspace) richText(text string) []any {
	var parts []any
	plain := func(s string) {
		if s != "" {
			unescape := strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
			parts = append(parts, obj{"type": "text", "text": unescape.Replace(s)})
		}
	}
	end := 0
	for _, at := range mention.FindAllStringSubmatchIndex(text, -1) {
		plain(text[end:at[0]])
		parts = append(parts, obj{"type": "user", "user_id": text[at[2]:at[3]]})
		end = at[1]
	}
	plain(text[end:])
	section := obj{"type": "rich_text_section", "elements": parts}
	return ws.identify([]any{obj{"type": "rich_text", "elements": []any{section}}})
}

var mention = regexp.MustCompile(`<@([UW][0-9A-Z]+)>`)
