package slack

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/slack-go/slack"

	"cresset/bot/chat"
)

// ManifestOptions is how the app will be reached.
type ManifestOptions struct {
	Name    string // of the app and the bot; "cresset" when empty
	Address string // https://bot.example.com for signed HTTP; Socket Mode when empty
}

// Manifest is what to paste to create the app, in JSON: exactly what the code
// uses, nothing else.
func Manifest(v chat.Vocabulary, o ManifestOptions) []byte {
	app := chat.Cut(cmp.Or(o.Name, "cresset"), 35)
	var m manifest
	m.Manifest = slack.Manifest{
		Metadata: slack.ManifestMetadata{MajorVersion: 1, MinorVersion: 1},
		Display:  slack.Display{Name: app, Description: "Incidents, customer requests and SLOs, where people talk"},
		Features: slack.Features{
			BotUser:       slack.BotUser{DisplayName: app, AlwaysOnline: true},
			Shortcuts:     manifestShortcuts(v),
			SlashCommands: manifestCommands(v, o),
		},
		OAuthConfig: slack.OAuthConfig{Scopes: slack.OAuthScopes{Bot: scopeNames()}},
		Settings: slack.Settings{
			EventSubscriptions: &slack.EventSubscriptions{RequestUrl: at(o, "events"), BotEvents: eventsOf(v)},
			Interactivity:      &slack.Interactivity{IsEnabled: true, RequestUrl: at(o, "interactions"), MessageMenuOptionsUrl: at(o, "interactions")},
			SocketModeEnabled:  o.Address == "",
		},
	}
	m.Features = features{m.Manifest.Features, appHome{HomeTab: v.Home != "", MessagesTab: true}}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(m); err != nil {
		panic("slack: the manifest does not encode: " + err.Error())
	}
	return []byte(b.String())
}

// manifest is the library's, which leaves out what is false: that people may write
// to the bot in private has to be said.
type manifest struct {
	slack.Manifest
	Features features `json:"features"`
}

type features struct {
	slack.Features
	AppHome appHome `json:"app_home"`
}

type appHome struct {
	HomeTab     bool `json:"home_tab_enabled"`
	MessagesTab bool `json:"messages_tab_enabled"`
	ReadOnly    bool `json:"messages_tab_read_only_enabled"`
}

// at is an address under which Slack reaches the bot, none with Socket Mode.
func at(o ManifestOptions, what string) string {
	if o.Address == "" {
		return ""
	}
	return strings.TrimSuffix(o.Address, "/") + "/slack/" + what
}

func scopeNames() []string {
	var all []string
	for _, s := range scopes {
		all = append(all, s.name)
	}
	return all
}

func manifestCommands(v chat.Vocabulary, o ManifestOptions) []slack.ManifestSlashCommand {
	var all []slack.ManifestSlashCommand
	for _, s := range v.Slash {
		all = append(all, slack.ManifestSlashCommand{
			Command:      "/" + s.Name,
			Description:  chat.Cut(cmp.Or(s.Summary, s.Name), 2000),
			UsageHint:    chat.Cut(s.Hint, 1000),
			ShouldEscape: true, // mentions then arrive as ids
			Url:          at(o, "commands"),
		})
	}
	return all
}

func manifestShortcuts(v chat.Vocabulary) []slack.Shortcut {
	var all []slack.Shortcut
	for _, s := range v.Shortcuts {
		all = append(all, slack.Shortcut{
			Name:        chat.Cut(s.Label, 24),
			CallbackID:  s.ID,
			Description: chat.Cut("Runs /"+s.Line+" on the message", 150),
			Type:        slack.MessageShortcut,
		})
	}
	return all
}
