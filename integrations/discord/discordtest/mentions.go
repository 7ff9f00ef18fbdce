package discordtest

import (
	"regexp"
	"slices"
	"strings"
)

// mentions says whom a message may ping.
type mentions struct {
	parse   []string // users, roles, everyone
	users   []string
	roles   []string
	replied bool
}

// readAllowed reads allowed_mentions, and holds it against the app when a message
// that people read does not say "parse": [].
func (c *call) readAllowed(f *form, d *draft, b obj) mentions {
	v := b["allowed_mentions"]
	speaks := text(b["content"]) != "" || len(items(b["components"])) > 0
	parse, explicit := object(v)["parse"].([]any)
	if speaks && !(explicit && len(parse) == 0) {
		c.violation(`%s: allowed_mentions has no "parse": []`, c.route)
	}
	if v == nil {
		usual := mentions{parse: []string{"users", "roles", "everyone"}, replied: true}
		if d.interactive {
			usual.parse = []string{"users"}
		}
		return usual
	}
	said := f.object("allowed_mentions", v)
	m := mentions{parse: texts(said["parse"]), users: texts(said["users"]), roles: texts(said["roles"]), replied: said["replied_user"] == true}
	for i, kind := range m.parse {
		if !slices.Contains([]string{"users", "roles", "everyone"}, kind) {
			f.bad(at("allowed_mentions.parse", i), "BASE_TYPE_CHOICES", "Value must be one of ('users', 'roles', 'everyone').")
		}
	}
	for kind, ids := range map[string][]string{"users": m.users, "roles": m.roles} {
		if len(ids) > 0 && slices.Contains(m.parse, kind) {
			f.bad("allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", "parse:[%q] and %s: [ids...] are mutually exclusive.", kind, kind)
		}
		if len(ids) > 100 {
			f.bad("allowed_mentions."+kind, "BASE_TYPE_MAX_LENGTH", "Must be 100 or fewer in length.")
		}
	}
	return m
}

// anything is what people may ping.
var anything = mentions{parse: []string{"users", "roles", "everyone"}, replied: true}

var (
	mentionUser = regexp.MustCompile(`<@!?(\d+)>`)
	mentionRole = regexp.MustCompile(`<@&(\d+)>`)
	mentionAll  = regexp.MustCompile(`@(everyone|here)\b`)
)

// address works out whom a message names and whom it pings. What stands in code
// or in an embed names nobody.
func (s *Server) address(m *message, by mentions, may Permissions) {
	said := withoutCode(m.content + "\n" + displayed(m.components))
	m.mentions, m.pings = nil, nil
	for _, found := range mentionUser.FindAllStringSubmatch(said, -1) {
		id := found[1]
		if s.userBy(id) == nil || slices.Contains(m.mentions, id) {
			continue
		}
		m.mentions = append(m.mentions, id)
		if slices.Contains(by.parse, "users") || slices.Contains(by.users, id) {
			m.pings = append(m.pings, id)
		}
	}
	for _, found := range mentionRole.FindAllStringSubmatch(said, -1) {
		r := s.roleBy(found[1])
		wanted := slices.Contains(by.parse, "roles") || slices.Contains(by.roles, found[1])
		if r != nil && wanted && (r.mentionable || may.has(MentionEveryone)) && !slices.Contains(m.pings, r.id) {
			m.pings = append(m.pings, r.id)
		}
	}
	if slices.Contains(by.parse, "everyone") && may.has(MentionEveryone) && mentionAll.MatchString(said) {
		m.pings = append(m.pings, "everyone")
	}
	if m.kind == replyMessage && by.replied && m.reference != nil && !slices.Contains(m.pings, m.reference.author) {
		m.pings = append(m.pings, m.reference.author)
	}
}

var code = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")

func withoutCode(said string) string { return code.ReplaceAllString(said, "") }

// typed is text as Discord's client sends what a person typed: @name and #name
// become what they mean.
func (s *Server) typed(said string) string {
	return typedName.ReplaceAllStringFunc(said, func(word string) string {
		name := word[1:]
		switch word[0] {
		case '@':
			if u := s.userBy(name); u != nil {
				return "<@" + u.ID + ">"
			}
			if r := s.roleBy(name); r != nil && r.id != s.GuildID {
				return "<@&" + r.id + ">"
			}
		case '#':
			if ch := s.channelBy(name); ch != nil {
				return "<#" + ch.id + ">"
			}
		}
		return word
	})
}

var customEmoji = regexp.MustCompile(`^\w{2,32}:\d+$`)

var typedName = regexp.MustCompile(`[@#][\p{L}\p{N}_-]+`)

// channelName is a name as Discord keeps it: text channels have small letters and no spaces.
func channelName(ch *channel) string {
	if ch.kind != textChannel {
		return ch.name
	}
	name := strings.Join(strings.Fields(strings.ToLower(ch.name)), "-")
	name = notInName.ReplaceAllString(name, "")
	return or(strings.Trim(dashes.ReplaceAllString(name, "-"), "-"), "-")
}

var (
	notInName = regexp.MustCompile(`[!-,./:-@\[-^\x60{-~]`) // ASCII punctuation but - and _
	dashes    = regexp.MustCompile(`-{2,}`)
)
