package slack

import (
	"slices"
	"strings"
)

// A scope is something the app asks of a workspace, why, and which methods or
// events need it. The table makes the manifest and is what Check compares with.
type scope struct {
	name string
	why  string
	uses []string
}

var scopes = []scope{
	{"commands", "take slash commands and message shortcuts", nil},
	{"app_mentions:read", "hear when somebody mentions the bot", []string{"app_mention"}},
	{"reactions:read", "take a reaction as a command", []string{"reaction_added"}},
	{"chat:write", "answer, announce, and keep messages current", []string{"chat.postMessage", "chat.update", "chat.postEphemeral"}},
	{"chat:write.public", "announce in public channels without being invited", []string{"chat.postMessage"}},
	{"channels:manage", "open, describe and archive war rooms, and bring people in",
		[]string{"conversations.create", "conversations.invite", "conversations.setTopic", "conversations.setPurpose", "conversations.archive"}},
	{"groups:write", "do the same with private war rooms",
		[]string{"conversations.create", "conversations.invite", "conversations.setTopic", "conversations.setPurpose", "conversations.archive"}},
	{"channels:read", "find a channel by its name, see who is in a war room, and hear that it was renamed, archived or shared",
		slices.Concat([]string{"conversations.list", "users.conversations", "conversations.info", "conversations.members", botJoined}, named("channel_"))},
	{"groups:read", "do the same with private channels",
		slices.Concat([]string{"conversations.list", "users.conversations", "conversations.info", "conversations.members", botJoined}, named("group_"))},
	{"channels:history", "read the message that somebody reacted to, see whether something was said already, and, in channels that requests.listen names, hear what customers say",
		[]string{"conversations.history", "conversations.replies", "message.channels"}},
	{"groups:history", "do the same in private channels", []string{"conversations.history", "conversations.replies", "message.groups"}},
	{"im:history", "hear what somebody types to the bot in private, and see whether something was said there already",
		[]string{"conversations.history", "conversations.replies", "message.im"}},
	{"im:write", "tell somebody in private", []string{"conversations.open"}},
	{"users:read", "show people's names", []string{"users.info"}},
	{"users:read.email", "know who is the same person on another platform", []string{"users.info"}},
	{"usergroups:read", "know who is in a user group that roles name", []string{"usergroups.users.list"}},
	{"pins:read", "see whether the card of an incident is pinned", []string{"pins.list"}},
	{"pins:write", "pin the card of an incident", []string{"pins.add"}},
	{"bookmarks:read", "see which links a room has", []string{"bookmarks.list"}},
	{"bookmarks:write", "keep links at the top of a room", []string{"bookmarks.add", "bookmarks.edit"}},
	{"files:write", "show charts and attach documents", []string{"files.getUploadURLExternal", "files.completeUploadExternal"}},
}

// events are what the app subscribes to.
var events = append([]string{"app_mention", "message.im", "reaction_added", "app_home_opened"}, roomEvents...)

// named are the events about rooms that begin so.
func named(prefix string) []string {
	return slices.DeleteFunc(slices.Clone(roomEvents), func(e string) bool { return !strings.HasPrefix(e, prefix) })
}
