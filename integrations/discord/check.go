package discord

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"cresset/bot/chat"
)

// Check asks Discord whether the token, the app, the permissions, the channels and
// the commands are as the bot needs them. It changes nothing.
func (p *Platform) Check(ctx context.Context) []chat.Finding {
	var app struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Flags int    `json:"flags"`
	}
	if err := p.call(ctx, request{method: http.MethodGet, path: "/applications/@me"}, &app); err != nil {
		return []chat.Finding{bad("bot token", err)}
	}
	all := []chat.Finding{{OK: true, What: "bot token", Detail: "of the app " + app.Name}, p.checkApp(app.ID), checkContent(app.Flags, p.vocabulary.Overhear != nil)}
	if p.key != nil {
		all = append(all, chat.Finding{OK: true, What: "public key", Detail: "is set; only an interaction can prove it"})
	}
	return append(all, p.checkGuild(ctx)...)
}

// bad is a finding about a refusal.
func bad(what string, err error) chat.Finding {
	err = refusal("", err)
	return chat.Finding{What: what, Detail: err.Error(), Advice: sentence(err)}
}

func (p *Platform) checkApp(id string) chat.Finding {
	f := chat.Finding{OK: id == p.settings.ApplicationID, What: "application", Detail: "is the token's"}
	if !f.OK {
		f.Detail, f.Advice = "the token is of another app, "+id, "set application_id to it, or use the token of "+p.settings.ApplicationID
	}
	return f
}

func checkContent(flags int, listens bool) chat.Finding {
	f := chat.Finding{OK: flags&(messageContent|messageContentLimited) != 0, What: "message content", Detail: "the bot reads what it is to note"}
	if !f.OK {
		f.Detail = "the bot sees that somebody put a reaction on a message, and not its words"
		if listens {
			f.Detail = "requests.listen wants it, so Discord refuses the connection"
		}
		f.Advice = "switch Message Content Intent on on the app's page Bot"
	}
	return f
}

func (p *Platform) checkGuild(ctx context.Context) []chat.Finding {
	var g struct {
		Name  string `json:"name"`
		Roles []role `json:"roles"`
	}
	self, err := p.whoami(ctx)
	if err == nil {
		err = p.call(ctx, request{method: http.MethodGet, path: "/guilds/" + p.settings.Guild}, &g)
	}
	if err != nil {
		f := bad("server", err)
		if slices.Contains([]int{discordgo.ErrCodeUnknownGuild, missingAccess}, code(err)) {
			f.Advice = advice[discordgo.ErrCodeUnknownGuild]
		}
		return []chat.Finding{f}
	}
	all := []chat.Finding{{OK: true, What: "server", Detail: g.Name}}
	all = append(all, p.checkPermissions(ctx, self, g.Roles)...)
	all = append(all, p.checkChannels(ctx)...)
	return append(all, p.checkCommands(ctx))
}

type role struct {
	ID          string `json:"id"`
	Permissions bits   `json:"permissions"`
}

func (p *Platform) checkPermissions(ctx context.Context, self string, roles []role) []chat.Finding {
	var me struct {
		Roles []string `json:"roles"`
	}
	if err := p.call(ctx, request{method: http.MethodGet, path: "/guilds/" + p.settings.Guild + "/members/" + self}, &me); err != nil {
		return []chat.Finding{bad("permissions", err)}
	}
	var has bits
	for _, r := range roles {
		if r.ID == p.settings.Guild || slices.Contains(me.Roles, r.ID) {
			has |= r.Permissions
		}
	}
	if has&discordgo.PermissionAdministrator != 0 {
		return []chat.Finding{{OK: true, What: "permissions", Detail: "the bot is administrator, which is more than it needs"}}
	}
	var all []chat.Finding
	for _, one := range permissions {
		f := chat.Finding{OK: has&one.bit != 0, What: "permission " + one.name, Detail: "to " + one.why}
		if !f.OK {
			f.Advice = "open the invite link of `cresset manifest discord` again; without it the bot cannot " + one.why
		}
		all = append(all, f)
	}
	return all
}

func (p *Platform) checkChannels(ctx context.Context) []chat.Finding {
	there, err := p.channels(ctx, true)
	if err != nil {
		return []chat.Finding{bad("channels", err)}
	}
	var all []chat.Finding
	for _, called := range slices.Concat(p.options.Channels, p.vocabulary.Overhear.Names()) {
		called = strings.TrimPrefix(called, "#")
		f := chat.Finding{What: "channel #" + called, OK: true, Detail: "is there"}
		i := slices.IndexFunc(there, func(c channel) bool { return c.Name == called && c.takesMessages() })
		if i < 0 {
			f.OK, f.Detail, f.Advice = false, "there is no such channel", "make it"
		} else if _, err := p.history(ctx, there[i].ID, ""); err != nil {
			f.OK, f.Detail, f.Advice = false, "the bot cannot see it", "let the bot's role see it, and read its history"
		}
		all = append(all, f)
	}
	return all
}

func (p *Platform) checkCommands(ctx context.Context) chat.Finding {
	same, err := p.registered(ctx)
	switch {
	case err != nil:
		return bad("commands", err)
	case same:
		return chat.Finding{OK: true, What: "commands", Detail: fmt.Sprintf("%d are registered", len(p.commands.bodies))}
	}
	return chat.Finding{OK: true, What: "commands", Detail: "are registered when the bot starts"}
}
