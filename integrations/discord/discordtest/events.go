package discordtest

import "slices"

// Intents say which events a session gets.
type Intents int64

// The intents that count here.
const (
	IntentGuilds          Intents = 1 << 0
	IntentGuildMembers    Intents = 1 << 1
	IntentGuildMessages   Intents = 1 << 9
	IntentGuildReactions  Intents = 1 << 10
	IntentDirectMessages  Intents = 1 << 12
	IntentDirectReactions Intents = 1 << 13
	IntentMessageContent  Intents = 1 << 15

	intentPresences   Intents = 1 << 8
	privilegedIntents         = IntentGuildMembers | IntentMessageContent | intentPresences
	knownIntents      Intents = 1<<17 - 1 | 1<<20 | 1<<21 | 1<<24 | 1<<25
)

// event is what happened, on its way to the sessions that want to know.
type event struct {
	name    string
	needs   Intents  // any of them; 0 for every session
	in      *channel // where the app must see it; nil for anywhere
	data    obj
	message *message // whose content needs the intent
}

// tellChannel tells of a channel or thread.
func (s *Server) tellChannel(name string, ch *channel) {
	s.dispatch(event{name: name, needs: IntentGuilds, data: s.channelJSON(ch)})
}

// tellMessage tells of a message that everybody in its channel sees.
func (s *Server) tellMessage(name string, m *message) {
	if m.to != "" {
		return
	}
	needs := IntentDirectMessages
	var data obj
	if name == "MESSAGE_DELETE" {
		data = obj{"id": m.id, "channel_id": m.channel.id}
	} else {
		data = s.messageJSON(m)
	}
	if m.channel.with == "" {
		needs, data["guild_id"] = IntentGuildMessages, s.GuildID
		if name != "MESSAGE_DELETE" {
			data["member"] = s.partialMember(s.userBy(m.author))
		}
	}
	s.dispatch(event{name: name, needs: needs, in: m.channel, data: data, message: m})
}

// redacted empties what a person wrote for an app that may not read it: without
// the intent it reads direct messages, its own, and those that mention it.
func (s *Server) redacted(m *message, shown obj, mayRead bool) obj {
	if mayRead || m.author == s.BotUser.ID || m.channel.with != "" || slices.Contains(m.mentions, s.BotUser.ID) {
		return shown
	}
	shown["content"], shown["embeds"], shown["components"], shown["attachments"] = "", []any{}, []any{}, []any{}
	return shown
}
