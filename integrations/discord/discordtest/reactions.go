package discordtest

import (
	"slices"
	"unicode"
)

func (c *call) react() (any, error) {
	m, err := c.message()
	if err != nil {
		return nil, err
	}
	emoji := c.value("emoji")
	switch {
	case !isEmoji(emoji):
		return nil, refuse(400, 10014)
	case !c.may(m.channel, ReadMessageHistory), m.reactionOf(emoji) == nil && !c.may(m.channel, AddReactions):
		return nil, errPermissions
	case m.channel.thread != nil && m.channel.thread.archived:
		return nil, refuse(400, 50083)
	}
	c.addReaction(m, emoji, c.bot())
	return nil, nil
}

// isEmoji is a rough look: no ASCII, except for a custom emoji and keycaps.
func isEmoji(s string) bool {
	custom := customEmoji.MatchString(s)
	return custom || s != "" && slices.ContainsFunc([]rune(s), func(r rune) bool { return r > unicode.MaxLatin1 })
}

func (c *call) unreact() (any, error) {
	m, err := c.message()
	if err != nil {
		return nil, err
	}
	by := c.userOf(or(c.value("user"), "@me"))
	switch {
	case by == nil:
		return nil, errUnknownUser
	case by != c.bot() && !c.may(m.channel, ManageMessages):
		return nil, errPermissions
	}
	c.takeReaction(m, c.value("emoji"), by)
	return nil, nil
}

func (c *call) listReactions() (any, error) {
	m, err := c.message()
	if err != nil {
		return nil, err
	}
	found := []any{}
	if r := m.reactionOf(c.value("emoji")); r != nil {
		for _, id := range r.users {
			found = append(found, c.userJSON(c.userBy(id)))
		}
	}
	return found, nil
}

func (s *Server) addReaction(m *message, emoji string, by *user) {
	r := m.reactionOf(emoji)
	if r == nil {
		r = &reaction{emoji: emoji}
		m.reactions = append(m.reactions, r)
	}
	if slices.Contains(r.users, by.ID) {
		return
	}
	r.users = append(r.users, by.ID)
	s.tellReaction("MESSAGE_REACTION_ADD", m, emoji, by)
}

func (s *Server) takeReaction(m *message, emoji string, by *user) {
	r := m.reactionOf(emoji)
	if r == nil || !slices.Contains(r.users, by.ID) {
		return
	}
	r.users = slices.DeleteFunc(r.users, func(id string) bool { return id == by.ID })
	if len(r.users) == 0 {
		m.reactions = slices.DeleteFunc(m.reactions, func(other *reaction) bool { return other == r })
	}
	s.tellReaction("MESSAGE_REACTION_REMOVE", m, emoji, by)
}

func (s *Server) tellReaction(name string, m *message, emoji string, by *user) {
	data := obj{"user_id": by.ID, "channel_id": m.channel.id, "message_id": m.id, "emoji": emojiJSON(emoji), "burst": false, "type": 0}
	needs := IntentDirectReactions
	if m.channel.with == "" {
		needs, data["guild_id"] = IntentGuildReactions, s.GuildID
		if name == "MESSAGE_REACTION_ADD" {
			data["member"] = s.memberJSON(by)
		}
	}
	if name == "MESSAGE_REACTION_ADD" {
		data["message_author_id"] = m.author
	}
	s.dispatch(event{name: name, needs: needs, in: m.channel, data: data})
}
