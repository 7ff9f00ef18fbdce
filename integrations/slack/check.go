package slack

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"cresset/bot/chat"
)

// Check asks Slack whether the tokens, the scopes and the channels are as the
// bot needs them. It changes nothing.
func (p *Platform) Check(ctx context.Context) []chat.Finding {
	answer, err := p.api.AuthTestContext(ctx)
	if err != nil {
		return append([]chat.Finding{bad("bot token", "auth.test", err)}, p.checkApp(ctx)...)
	}
	all := []chat.Finding{{OK: true, What: "bot token", Detail: fmt.Sprintf("%s on %s", answer.User, answer.Team)}}
	self, err := p.whoami(ctx)
	if err != nil {
		return append(all, bad("bot token", "auth.test", err))
	}
	all = append(all, checkScopes(answer.Header.Get("X-OAuth-Scopes"))...)
	all = append(all, p.checkApp(ctx)...)
	if self.wide {
		all = append(all, checkTeam(self))
	}
	all = append(all, p.checkGroups(ctx)...)
	if self.team == "" {
		return all
	}
	return append(all, p.checkChannels(ctx, self.team)...)
}

func checkTeam(self identity) chat.Finding {
	if self.team == "" {
		return chat.Finding{What: "workspace", Detail: "the app is installed for the whole organisation " + self.enterprise, Advice: noTeam}
	}
	return chat.Finding{OK: true, What: "workspace", Detail: "rooms are opened in " + self.team + " of the organisation " + self.enterprise}
}

// bad is a finding about a refusal.
func bad(what, method string, err error) chat.Finding {
	return chat.Finding{What: what, Detail: method + ": " + err.Error(), Advice: sentence(refusal(method, err))}
}

func checkScopes(header string) []chat.Finding {
	if header == "" {
		return []chat.Finding{{OK: true, What: "scopes", Detail: "Slack did not say which scopes the token has"}}
	}
	given := strings.FieldsFunc(header, func(r rune) bool { return r == ',' || r == ' ' })
	var all []chat.Finding
	for _, s := range scopes {
		f := chat.Finding{OK: slices.Contains(given, s.name), What: "scope " + s.name, Detail: "to " + s.why}
		if !f.OK {
			f.Advice = "paste the manifest again and reinstall the app; without the scope the bot cannot " + s.why
		}
		all = append(all, f)
	}
	return all
}

func (p *Platform) checkApp(ctx context.Context) []chat.Finding {
	var all []chat.Finding
	if !p.settings.AppToken.IsZero() {
		_, _, err := p.api.StartSocketModeContext(ctx)
		if err != nil {
			f := bad("app token", "apps.connections.open", err)
			f.Advice = "make an app-level token with connections:write, and see that Socket Mode is on: " + f.Advice
			all = append(all, f)
		} else {
			all = append(all, chat.Finding{OK: true, What: "app token", Detail: "opens a Socket Mode connection"})
		}
	}
	if !p.settings.SigningSecret.IsZero() {
		all = append(all, chat.Finding{OK: true, What: "signing secret", Detail: "is set; only a request from Slack can prove it"})
	}
	return all
}

func (p *Platform) checkChannels(ctx context.Context, team string) []chat.Finding {
	var wanted []string
	for _, called := range slices.Concat(p.options.Channels, p.vocabulary.Overhear.Names()) {
		if called = strings.TrimPrefix(called, "#"); !slices.Contains(wanted, called) {
			wanted = append(wanted, called)
		}
	}
	missing := slices.Clone(wanted)
	found := map[string]slack.Channel{}
	for cursor := ""; len(missing) > 0; {
		page, next, err := p.listed(ctx, "conversations.list", cursor, team)
		if err != nil {
			return []chat.Finding{bad("channels", "conversations.list", err)}
		}
		for _, ch := range page {
			if slices.Contains(missing, ch.Name) {
				found[ch.Name] = ch
				missing = slices.DeleteFunc(missing, func(n string) bool { return n == ch.Name })
			}
		}
		if cursor = next; next == "" {
			break
		}
	}
	var all []chat.Finding
	for _, n := range wanted {
		ch, ok := found[n]
		all = append(all, channelFinding(n, ch, ok, p.vocabulary.Overhear.In(n)))
	}
	return all
}

func channelFinding(called string, ch slack.Channel, found, heard bool) chat.Finding {
	f := chat.Finding{What: "channel #" + called}
	switch {
	case !found:
		f.Detail, f.Advice = "the bot sees no such channel", "make it, or, if it is private, invite the bot to it"
	case ch.IsArchived:
		f.Detail, f.Advice = "is archived", "unarchive it, or configure another"
	case !ch.IsMember && heard:
		f.Detail, f.Advice = "the bot is not in it, and hears nothing of what requests.listen names it for", "invite the bot to it"
	case !ch.IsMember:
		f.OK, f.Detail = true, "the bot can post there, and reads nothing: to let reactions work, invite it"
	case heard:
		f.OK, f.Detail = true, "the bot is in it, and hears what customers say once the manifest is pasted that has "+strings.Join(talk, " and ")
	default:
		f.OK, f.Detail = true, "the bot is in it"
	}
	return f
}
