package discord

import (
	"cmp"
	"fmt"
	"strings"

	"cresset/bot/chat"
	"cresset/config"
)

// ManifestOptions is how the app will be reached.
type ManifestOptions struct {
	Application string // its ID, for the invite link; a placeholder when empty
	Address     string // https://bot.example.com for signed HTTP; the gateway alone when empty
}

// Application is the app's ID of a section, as far as it is written there.
func Application(section config.Section) string {
	var s Settings
	_ = section.Decode(&s) // whoever makes the app has not filled in the rest yet
	return s.ApplicationID
}

// Manifest says how to create the app and let it into a server: exactly what the
// code uses, nothing else, and why.
func Manifest(v chat.Vocabulary, o ManifestOptions) []byte {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	say("1. Make an app on https://discord.com/developers/applications, and copy from it:")
	say("   General Information: Application ID (application_id)%s", map[bool]string{true: ", Public Key (public_key)"}[o.Address != ""])
	say("   Bot: the token (bot_token)")
	say("")
	if v.Overhear == nil {
		say("2. Bot: switch Message Content Intent on. Without it the bot does everything but read the")
		say("   message that somebody puts a reaction on.")
	} else {
		say("2. Bot: switch Message Content Intent on. Without it Discord refuses the connection, since the")
		say("   bot listens in channels (requests.listen in the configuration).")
	}
	if o.Address != "" {
		say("")
		say("3. General Information: Interactions Endpoint URL, once the bot runs:")
		say("   %s/discord/interactions", strings.TrimSuffix(o.Address, "/"))
	}
	next := map[bool]int{true: 4, false: 3}[o.Address != ""]
	say("")
	say("%d. %s and add the app to your server:", next,
		map[bool]string{true: "Put the Application ID into this link, open it", false: "Open this link"}[o.Application == ""])
	say("   https://discord.com/oauth2/authorize?client_id=%s&scope=bot+applications.commands&permissions=%d", cmp.Or(o.Application, "APPLICATION_ID"), wanted())
	say("")
	say("%d. Copy the ID of the server (guild): in your settings of Discord, Advanced, switch Developer", next+1)
	say("   Mode on; then the menu of the server has Copy Server ID.")
	say("")
	say("Permissions, each to")
	for _, p := range permissions {
		say("   %-26s%s", p.name, p.why)
	}
	say("")
	if v.Overhear == nil {
		say("Intents of the connection, none of them privileged, each to")
	} else {
		say("Intents of the connection, the last of them privileged, each to")
	}
	for _, i := range heardIntents {
		say("   %-26s%s", i.name, i.why)
	}
	if v.Overhear != nil {
		say("   %-26s%s", "Message Content", "hear what customers say in the channels that requests.listen names")
	}
	say("")
	say("Commands, which the bot registers in the server when it starts:")
	set := commandsOf(v)
	for _, c := range set.bodies {
		say("   %s", commandLine(c))
	}
	return []byte(b.String())
}

func commandLine(c command) string {
	if c.Description == "" {
		return fmt.Sprintf("%q in the menu of a message", c.Name)
	}
	return fmt.Sprintf("/%-12s%s (%d sub-commands)", c.Name, c.Description, len(c.Options))
}
