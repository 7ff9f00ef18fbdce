package slacktest

import (
	"strings"
)

// Person is somebody who uses Slack. What a person does returns when the app
// has acknowledged it, or when Slack has waited long enough.
type Person struct {
	ws   *Workspace
	user *User
}

// As is the person with this handle; it ends the test when there is none.
func (ws *Workspace) As(name string) *Person {
	ws.t.Helper()
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return &Person{ws, ws.mustUser(name)}
}

// Slash types a slash command, such as "/incident" with the text "declare sev2 x",
// in a channel. There is no way to do it in a thread. The channel "@cresset" is the direct
// message with the app.
func (p *Person) Slash(where, command, text string) *Answer {
	p.ws.t.Helper()
	ws := p.ws
	var ch *channel
	var payload obj
	ws.locked(func() {
		ch = p.place(where)
		payload = p.command(ch, command, text)
	})
	first, again := ws.exchange("slash_commands", payload, true)
	answer := ws.receive(ch, p.user, first, true)
	if again != nil {
		answer.Again = ws.receive(ch, p.user, *again, false)
	}
	return answer
}

func (p *Person) command(ch *channel, command, text string) obj {
	name := ch.name
	if ch.eventKind() == "group" {
		name = "privategroup" // Slack keeps the names of private channels to itself
	}
	return p.ws.belong(obj{"token": "verification-token", "team_id": p.ws.TeamID, "team_domain": "test-workspace",
		"channel_id": ch.id, "channel_name": name, "user_id": p.user.ID, "user_name": p.user.Name,
		"command": command, "text": p.ws.typed(text, true), "api_app_id": p.ws.AppID, "is_enterprise_install": "false",
		"response_url": p.ws.newResponse(ch, p.user.ID, nil), "trigger_id": p.ws.newTrigger(p.user.ID)})
}

// Say writes into a channel.
func (p *Person) Say(channel, text string) Message {
	p.ws.t.Helper()
	return p.Reply(channel, "", text)
}

// Mention writes to the app: "@cresset", then text.
func (p *Person) Mention(channel, text string) Message {
	p.ws.t.Helper()
	return p.Say(channel, "@"+p.ws.BotUser.Name+" "+text)
}

// Reply writes into a thread; with no thread it is Say.
func (p *Person) Reply(channel, threadTS, text string) Message {
	p.ws.t.Helper()
	var shown Message
	var heard []*delivery
	p.ws.locked(func() {
		m := p.write(p.place(channel), threadTS, text)
		shown, heard = p.ws.show(m), p.publish(m)
	})
	await(heard)
	return shown
}

func (p *Person) write(ch *channel, threadTS, text string) *message {
	p.ws.t.Helper()
	if threadTS != "" {
		threadTS = or(p.seen(ch, threadTS).threadTS, threadTS)
	}
	stored := p.ws.typed(text, false)
	return &message{channel: ch, ts: p.ws.ts(), threadTS: threadTS, user: p.user.ID, text: stored,
		blocks: p.ws.richText(stored), clientMsgID: p.ws.id("person-")}
}

func (p *Person) publish(m *message) []*delivery {
	heard := p.ws.post(m)
	if strings.Contains(m.text, "<@"+p.ws.BotUser.ID+">") && m.channel.with == "" {
		called := p.ws.messageJSON(m, false)
		called["type"], called["channel"], called["event_ts"] = "app_mention", m.channel.id, m.ts
		heard = append(heard, p.ws.emit(m.channel, called)...)
	}
	return heard
}

// React puts an emoji, such as "pushpin", on a message.
func (p *Person) React(channel, ts, emoji string) {
	p.ws.t.Helper()
	p.reacts("reaction_added", channel, ts, emoji, (*message).react)
}

// Unreact takes an emoji off a message.
func (p *Person) Unreact(channel, ts, emoji string) {
	p.ws.t.Helper()
	p.reacts("reaction_removed", channel, ts, emoji, (*message).unreact)
}

func (p *Person) reacts(kind, channel, ts, emoji string, change func(*message, string, string) bool) {
	p.ws.t.Helper()
	var heard []*delivery
	p.ws.locked(func() {
		ch := p.place(channel)
		m := p.seen(ch, ts)
		if !change(m, p.user.ID, emoji) {
			p.ws.t.Fatalf("slacktest: @%s: %s changes nothing with :%s:", p.user.Name, kind, emoji)
		}
		heard = p.ws.emitReaction(kind, ch, m, p.user.ID, emoji)
	})
	await(heard)
}

// Join enters a public channel.
func (p *Person) Join(channel string) {
	p.ws.t.Helper()
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	ch := p.ws.mustChannel(channel)
	if ch.private {
		p.ws.t.Fatalf("slacktest: @%s cannot join #%s: it is private", p.user.Name, ch.name)
	}
	p.ws.enter(ch, p.user.ID, "")
}

// Invite brings somebody, or the app, into a channel.
func (p *Person) Invite(channel, name string) {
	p.ws.t.Helper()
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	p.ws.enter(p.place(channel), p.ws.mustUser(name).ID, p.user.ID)
}

// OpenHome opens the app's home tab and returns what the app shows there, nil for nothing.
func (p *Person) OpenHome() *View {
	p.ws.t.Helper()
	ws := p.ws
	var heard []*delivery
	ws.locked(func() {
		opened := obj{"type": "app_home_opened", "user": p.user.ID, "channel": ws.direct(p.user).id, "tab": "home",
			"event_ts": ws.ts()}
		if v := ws.homes[p.user.ID]; v != nil {
			opened["view"] = ws.viewJSON(v)
		}
		heard = ws.emit(nil, opened)
	})
	await(heard)
	return p.Home()
}

// Home is what the app shows this person on its home tab, nil for nothing.
func (p *Person) Home() *View {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	if v := p.ws.homes[p.user.ID]; v != nil {
		return p.ws.showView(v)
	}
	return nil
}

// View is the form that this person sees, nil when none is open.
func (p *Person) View() *View {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	if v := p.top(); v != nil {
		return p.ws.showView(v)
	}
	return nil
}

func (p *Person) top() *view {
	stack := p.ws.views[p.user.ID]
	if len(stack) == 0 {
		return nil
	}
	return stack[len(stack)-1]
}

// place is a channel in which this person can write.
func (p *Person) place(ref string) *channel {
	p.ws.t.Helper()
	if ref == "@"+p.ws.BotUser.Name {
		return p.ws.direct(p.user)
	}
	ch := p.ws.mustChannel(ref)
	if !ch.has(p.user.ID) || ch.archived {
		p.ws.t.Fatalf("slacktest: @%s cannot write in #%s: archived %v, members %v",
			p.user.Name, ch.name, ch.archived, p.ws.namesOf(ch.members))
	}
	return ch
}

// seen is a message that this person sees in a channel.
func (p *Person) seen(ch *channel, ts string) *message {
	p.ws.t.Helper()
	if m := ch.message(ts); m != nil {
		return m
	}
	for _, m := range p.ws.ephemerals {
		if m.ts == ts && m.to == p.user.ID && m.channel == ch {
			return m
		}
	}
	p.ws.t.Fatalf("slacktest: @%s sees no message %s in #%s", p.user.Name, ts, ch.name)
	return nil
}

// await returns when the app has heard of it all, or Slack has waited long enough.
func await(heard []*delivery) {
	for _, d := range heard {
		<-d.done
	}
}

// payload is what all interactions of this person have in common.
func (p *Person) payload(kind string) obj {
	payload := obj{"type": kind, "token": "verification-token", "api_app_id": p.ws.AppID, "enterprise": nil,
		"is_enterprise_install": false, "team": obj{"id": p.ws.TeamID, "domain": "test-workspace"},
		"user":       obj{"id": p.user.ID, "username": p.user.Name, "name": p.user.Name, "team_id": p.user.TeamID},
		"trigger_id": p.ws.newTrigger(p.user.ID)}
	if p.ws.enterprise != "" {
		payload["enterprise"] = obj{"id": p.ws.enterprise, "name": "Test Organisation"}
	}
	if p.ws.orgWide {
		payload["team"], payload["is_enterprise_install"] = nil, true
	}
	return payload
}

// User is who this person is.
func (p *Person) User() User { return *p.user }
