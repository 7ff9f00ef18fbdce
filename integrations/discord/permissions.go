package discord

import "github.com/bwmarrin/discordgo"

// A permission is something the app asks of a server, and why. The table makes the
// invite link and is what Check compares with.
type permission struct {
	name string
	bit  bits
	why  string
}

// pinMessages is younger than the library.
const pinMessages bits = 1 << 51

var permissions = []permission{
	{"View Channels", discordgo.PermissionViewChannel, "see the channels it works in"},
	{"Send Messages", discordgo.PermissionSendMessages, "answer, announce, and keep messages current"},
	{"Create Public Threads", discordgo.PermissionCreatePublicThreads, "answer a request in a thread of its own"},
	{"Send Messages in Threads", discordgo.PermissionSendMessagesInThreads, "tell in that thread what becomes of it"},
	{"Attach Files", discordgo.PermissionAttachFiles, "show charts and attach documents"},
	{"Read Message History", discordgo.PermissionReadMessageHistory, "read the message that somebody reacted to, and see whether something was said already"},
	{"Manage Channels", discordgo.PermissionManageChannels, "open and describe war rooms"},
	{"Manage Roles", discordgo.PermissionManageRoles, "bring people into war rooms, and close the rooms"},
	{"Pin Messages", pinMessages, "pin the card of an incident"},
}

// wanted are all of them.
func wanted() (all bits) {
	for _, p := range permissions {
		all |= p.bit
	}
	return all
}

// Intents of the app that are switches on its page: the bot needs no privileged
// one to connect, but reads the words of a message it was not mentioned in only
// with this.
const (
	messageContent        = 1 << 18
	messageContentLimited = 1 << 19
)

// heard are the intents of the connection, and why.
var heardIntents = []struct{ name, why string }{
	{"Guilds", "know the channels and threads of the server"},
	{"Guild Messages", "hear when somebody mentions the bot"},
	{"Guild Message Reactions", "take a reaction as a command"},
	{"Direct Messages", "hear what somebody writes to the bot in private"},
}
