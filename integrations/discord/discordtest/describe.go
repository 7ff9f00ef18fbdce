package discordtest

import (
	"fmt"
	"strings"
)

// How Discord writes down what it keeps.

func (s *Server) userJSON(u *user) obj {
	shown := obj{"id": u.ID, "username": u.Name, "global_name": u.GlobalName, "discriminator": "0", "avatar": nil, "public_flags": 0}
	if u.Bot {
		shown["bot"], shown["global_name"] = true, nil
	}
	return shown
}

// memberJSON is a member of the guild, with the user.
func (s *Server) memberJSON(u *user) obj {
	member := s.partialMember(u)
	member["user"] = s.userJSON(u)
	return member
}

func (s *Server) partialMember(u *user) obj {
	member := obj{"nick": nil, "roles": append([]string{}, u.roles...), "joined_at": stamp(u.joined), "avatar": nil,
		"premium_since": nil, "deaf": false, "mute": false, "pending": false, "flags": 0, "communication_disabled_until": nil}
	if u.Nick != "" {
		member["nick"] = u.Nick
	}
	return member
}

func (s *Server) roleJSON(r *role) obj {
	shown := obj{"id": r.id, "name": r.name, "permissions": r.permissions, "position": r.position, "color": 0,
		"hoist": false, "managed": r.managed, "mentionable": r.mentionable, "flags": 0}
	if r.managed {
		shown["tags"] = obj{"bot_id": s.BotUser.ID}
	}
	return shown
}

func (s *Server) guildJSON() obj {
	roles := []any{}
	for _, r := range s.roles {
		roles = append(roles, s.roleJSON(r))
	}
	return obj{"id": s.GuildID, "name": "Test Guild", "owner_id": s.owner().ID, "roles": roles, "icon": nil,
		"features": []any{}, "emojis": []any{}, "preferred_locale": "en-US", "verification_level": 0, "premium_tier": 0,
		"system_channel_id": nil, "default_message_notifications": 1, "explicit_content_filter": 0, "nsfw_level": 0, "mfa_level": 0}
}

func (s *Server) channelJSON(ch *channel) obj {
	shown := obj{"id": ch.id, "type": ch.kind, "last_message_id": lastID(ch)}
	if ch.with != "" {
		shown["recipients"] = []any{s.userJSON(s.userBy(ch.with))}
		return shown
	}
	shown["guild_id"], shown["name"], shown["parent_id"] = s.GuildID, ch.name, nil
	shown["last_pin_timestamp"] = stamp(ch.lastPin)
	if ch.parent != "" {
		shown["parent_id"] = ch.parent
	}
	if ch.thread != nil {
		describeThread(ch, shown)
		return shown
	}
	shown["position"], shown["nsfw"], shown["flags"], shown["rate_limit_per_user"] = ch.position, false, 0, 0
	shown["permission_overwrites"] = append([]Overwrite{}, ch.overwrites...)
	shown["topic"] = nil
	if ch.topic != "" {
		shown["topic"] = ch.topic
	}
	return shown
}

func describeThread(ch *channel, shown obj) {
	shown["owner_id"], shown["member_count"], shown["flags"] = ch.thread.owner, len(ch.thread.members), 0
	shown["message_count"], shown["total_message_sent"] = len(ch.messages), len(ch.messages)
	metadata := obj{"archived": ch.thread.archived, "locked": ch.thread.locked, "create_timestamp": stamp(ch.created),
		"auto_archive_duration": ch.thread.autoArchive, "archive_timestamp": stamp(ch.thread.changed)}
	if ch.kind == privateThread {
		metadata["invitable"] = ch.thread.invitable
	}
	shown["thread_metadata"] = metadata
}

func lastID(ch *channel) any {
	if len(ch.messages) == 0 {
		return nil
	}
	return ch.messages[len(ch.messages)-1].id
}

// messageJSON is a message as the app sees it over REST.
func (s *Server) messageJSON(m *message) obj {
	author := s.userBy(m.author)
	shown := obj{"id": m.id, "channel_id": m.channel.id, "type": m.kind, "author": s.userJSON(author), "content": m.content,
		"timestamp": stamp(m.at), "edited_timestamp": stamp(m.edited), "tts": false, "flags": m.flags,
		"mention_everyone": false, "mentions": s.mentioned(m), "mention_roles": []any{}, "pinned": !m.pinned.IsZero(),
		"embeds": list(m.embeds), "components": list(m.components), "attachments": s.attachmentsJSON(m)}
	for _, id := range m.pings {
		switch {
		case id == "everyone":
			shown["mention_everyone"] = true
		case s.roleBy(id) != nil:
			shown["mention_roles"] = append(shown["mention_roles"].([]any), id)
		}
	}
	if len(m.reactions) > 0 {
		shown["reactions"] = s.reactionsJSON(m)
	}
	if m.nonce != nil {
		shown["nonce"] = m.nonce
	}
	s.describeOrigin(m, shown)
	return shown
}

// describeOrigin adds what the message refers to, answers and started.
func (s *Server) describeOrigin(m *message, shown obj) {
	if m.reference != nil {
		shown["message_reference"] = obj{"type": 0, "message_id": m.reference.id, "channel_id": m.reference.channel.id, "guild_id": s.GuildID}
		if m.kind == replyMessage {
			shown["referenced_message"] = nil
			if !m.reference.deleted {
				shown["referenced_message"] = s.messageJSON(m.reference)
			}
		}
	}
	if m.thread != nil {
		shown["thread"] = s.channelJSON(m.thread)
	}
	if m.interaction == nil {
		return
	}
	in := m.interaction
	shown["application_id"], shown["webhook_id"] = s.AppID, s.AppID
	shown["interaction_metadata"] = obj{"id": in.id, "type": in.kind, "user": s.userJSON(in.user),
		"authorizing_integration_owners": obj{"0": s.GuildID}}
	if in.kind == applicationCommand {
		shown["interaction"] = obj{"id": in.id, "type": in.kind, "name": in.name, "user": s.userJSON(in.user)}
	}
}

func (s *Server) mentioned(m *message) []any {
	users := []any{}
	for _, id := range m.mentions {
		users = append(users, s.userJSON(s.userBy(id)))
	}
	return users
}

func (s *Server) reactionsJSON(m *message) []any {
	all := []any{}
	for _, r := range m.reactions {
		me := false
		for _, id := range r.users {
			me = me || id == s.BotUser.ID
		}
		all = append(all, obj{"emoji": emojiJSON(r.emoji), "count": len(r.users), "me": me, "me_burst": false, "burst_colors": []any{},
			"count_details": obj{"burst": 0, "normal": len(r.users)}})
	}
	return all
}

// emojiJSON is a Unicode emoji, or a custom one written name:id.
func emojiJSON(emoji string) obj {
	if name, id, custom := strings.Cut(emoji, ":"); custom {
		return obj{"id": id, "name": name}
	}
	return obj{"id": nil, "name": emoji}
}

func (s *Server) attachmentsJSON(m *message) []any {
	all := []any{}
	for _, a := range m.attachments {
		shown := obj{"id": a.id, "filename": a.name, "size": len(a.content), "url": s.attachmentURL(a),
			"proxy_url": s.attachmentURL(a), "content_type": a.kind}
		if a.description != "" {
			shown["description"] = a.description
		}
		all = append(all, shown)
	}
	return all
}

func (s *Server) attachmentURL(a *attachment) string {
	return fmt.Sprintf("%s/attachments/%s/%s/%s", s.URL, a.channel, a.id, a.name)
}

// list is never null.
func list(items []any) []any {
	if items == nil {
		return []any{}
	}
	return items
}
