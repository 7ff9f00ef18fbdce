package discord

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"

	"cresset/bot/chat"
)

// tokens are what Discord writes between angle brackets: people, roles, channels,
// and emojis of a server.
var tokens = regexp.MustCompile(`<(@!?|@&|#|a?:\w+:)(\d{15,20})>`)

// read turns Discord's text into what the person typed: mentions become @names,
// of which people says whom they mean.
func (p *Platform) read(ctx context.Context, text string, known map[string]user) (line string, people map[string]chat.Person) {
	line = p.replaceTokens(text, func(id string) string {
		if u, ok := known[id]; ok {
			p.meet(u)
		}
		who, called := p.called(ctx, id)
		if other, taken := people[called]; called == "" || taken && other.ID != id {
			called = id
		}
		if people == nil {
			people = map[string]chat.Person{}
		}
		people[called] = who
		return "@" + called
	})
	return line, people
}

// meet remembers the name of somebody who is mentioned, if nothing better is known.
// Anybody can be mentioned: it says nothing of whether they are in the server.
func (p *Platform) meet(u user) {
	p.mu.Lock()
	_, have := p.people[u.ID]
	p.mu.Unlock()
	if !have {
		p.remember(u.ID, knownPerson{name: cmp.Or(u.GlobalName, u.Username), handle: u.Username})
	}
}

// meetMembers remembers the members of the server whom a payload describes.
func (p *Platform) meetMembers(d interaction) {
	if d.GuildID != p.settings.Guild {
		return
	}
	for id, m := range d.Data.Resolved.Members {
		if u, ok := d.Data.Resolved.Users[id]; ok {
			p.met(u, &m)
		}
	}
}

// plain is Discord's text as plain text, with nobody looked up.
func (p *Platform) plain(text string, mentioned []user) string {
	return p.replaceTokens(text, func(id string) string {
		p.mu.Lock()
		called := p.people[id].name
		p.mu.Unlock()
		if i := slices.IndexFunc(mentioned, func(u user) bool { return u.ID == id }); i >= 0 {
			called = cmp.Or(called, mentioned[i].GlobalName, mentioned[i].Username)
		}
		return "@" + cmp.Or(called, id)
	})
}

func (p *Platform) replaceTokens(text string, person func(id string) string) string {
	return tokens.ReplaceAllStringFunc(text, func(token string) string {
		part := tokens.FindStringSubmatch(token)
		switch kind, id := part[1], part[2]; {
		case kind == "@" || kind == "@!":
			return person(id)
		case kind == "#":
			if c, ok := p.guild.channel(id); ok {
				return "#" + c.Name
			}
			return "#" + id
		case kind == "@&":
			return "@" + id
		default:
			return strings.TrimPrefix(kind, "a")
		}
	})
}

// afterMention is what follows the mention of the bot, if it is mentioned.
func afterMention(text, self string) (rest string, mentioned bool) {
	for _, mark := range []string{"<@" + self + ">", "<@!" + self + ">"} {
		if _, rest, found := strings.Cut(text, mark); found && self != "" {
			return strings.TrimLeft(rest, " :,\u00a0\n"), true
		}
	}
	return "", false
}

var backslashed = regexp.MustCompile(`\\([^0-9A-Za-z\s])`)

// unescaped is a text of the bot's own without the backslashes it wrote, and
// without the marks of a title and of small print.
func unescaped(s string) string {
	for _, mark := range []string{"### ", "-# "} {
		s = strings.TrimPrefix(strings.ReplaceAll(s, "\n"+mark, "\n"), mark)
	}
	return backslashed.ReplaceAllString(strings.NewReplacer("**", "", "`", "").Replace(s), "$1")
}
