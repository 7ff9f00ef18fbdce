package discordtest

import (
	"slices"
	"time"
	"unicode/utf8"
)

// Person is somebody who uses Discord. What a person does with the app returns
// when the app has answered it, or when Discord has waited long enough.
type Person struct {
	s    *Server
	user *user
}

// As is the person with this name; it ends the test when there is none.
func (s *Server) As(name string) *Person {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	return &Person{s, s.mustUser(name)}
}

// Answer is what came of something that a person did with the app.
type Answer struct {
	Failed   string   // what the person reads instead of an answer; empty when there is one
	Message  *Message // a message, to everybody or to this person alone
	Edited   *Message // the message with the button, changed
	Modal    *Modal
	Choices  []Choice // for Autocomplete
	Deferred bool     // the app is thinking, and Await waits for it

	s  *Server
	in *interaction
}

// answer is what the person sees at once.
func (s *Server) answerTo(in *interaction, failed string) *Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := &Answer{Failed: failed, s: s, in: in}
	switch in.answered {
	case sayMessage:
		a.Message = s.shownOne(in.original)
	case deferMessage:
		a.Deferred = true
	case updateMessage:
		a.Edited = s.shownOne(in.message)
	case offerChoices:
		a.Choices = slices.Clone(in.choices)
	case openModal:
		a.Modal = showModal(in.modal)
	}
	return a
}

func (s *Server) shownOne(m *message) *Message {
	shown := s.show(m)
	return &shown
}

// Await is the answer when the app has stopped thinking, nil when there is no
// message after all. It ends the test after fifteen seconds.
func (a *Answer) Await() *Message {
	a.s.t.Helper()
	if a.Failed != "" {
		return nil
	}
	select {
	case <-a.in.resolved:
	case <-time.After(15 * time.Second):
		a.s.t.Fatalf("discordtest: the app is still thinking about what @%s did", a.in.user.Name)
	}
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	if a.in.original == nil || a.in.original.deleted {
		return nil
	}
	return a.s.shownOne(a.in.original)
}

// Replies are the messages that answer this by now: the first, and what followed.
func (a *Answer) Replies() []Message {
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	var all []Message
	for _, m := range append([]*message{a.in.original}, a.in.replies...) {
		if m != nil && !m.deleted && !m.holdsPlace() {
			all = append(all, a.s.show(m))
		}
	}
	return all
}

// ID is the interaction's, the same when it is delivered twice. It is empty where
// Discord itself refused, and the app heard nothing.
func (a *Answer) ID() string {
	if a.in == nil {
		return ""
	}
	return a.in.id
}

// Token is the interaction's, with which the app says more.
func (a *Answer) Token() string { return a.in.token }

// interact delivers an interaction of this person.
func (p *Person) interact(in *interaction) *Answer {
	return p.s.answerTo(in, p.s.exchange(in))
}

// interaction is something this person does in a channel, with its data.
func (p *Person) interaction(kind int, ch *channel, data obj) *interaction {
	s := p.s
	in := s.newInteraction(kind, p.user, ch)
	in.payload = obj{"id": in.id, "application_id": s.AppID, "type": kind, "token": in.token, "version": 1, "data": data,
		"channel_id": ch.id, "app_permissions": s.permissions(s.bot(), ch), "locale": p.user.Locale, "entitlements": []any{},
		"attachment_size_limit": largestFile}
	shown := s.channelJSON(ch)
	shown["permissions"] = s.permissions(p.user, ch)
	in.payload["channel"] = shown
	if ch.with != "" {
		in.payload["user"], in.payload["context"] = s.userJSON(p.user), 1
		in.payload["authorizing_integration_owners"] = obj{"0": "0"}
		return in
	}
	member := s.memberJSON(p.user)
	member["permissions"] = s.permissions(p.user, ch)
	in.payload["member"], in.payload["context"] = member, 0
	in.payload["guild_id"], in.payload["guild_locale"] = s.GuildID, "en-US"
	in.payload["guild"] = obj{"id": s.GuildID, "locale": "en-US", "features": []any{}}
	in.payload["authorizing_integration_owners"] = obj{"0": s.GuildID}
	return in
}

// Message writes into a channel or a thread. @name and #name mean what they say.
func (p *Person) Message(channel, said string) Message {
	p.s.t.Helper()
	return p.Reply(channel, "", said)
}

// Mention writes to the app: "@cresset", then text.
func (p *Person) Mention(channel, said string) Message {
	p.s.t.Helper()
	return p.Message(channel, "@"+p.s.BotUser.Name+" "+said)
}

// Reply answers a message in its channel, and pings its author; with no message it
// is Message.
func (p *Person) Reply(channel, messageID, said string) Message {
	p.s.t.Helper()
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	ch := p.writes(channel)
	if utf8.RuneCountInString(said) > longestContent {
		p.s.t.Fatalf("discordtest: @%s writes more than %d characters", p.user.Name, longestContent)
	}
	m := &message{channel: ch, id: p.s.id(), at: p.s.clock(), author: p.user.ID, content: p.s.typed(said), kind: ordinary}
	if messageID != "" {
		m.kind, m.reference = replyMessage, p.sees(ch, messageID)
	}
	p.s.address(m, anything, p.s.permissions(p.user, ch))
	p.s.post(m)
	return p.s.show(m)
}

// React puts an emoji, such as "📌", on a message.
func (p *Person) React(channel, messageID, emoji string) {
	p.s.t.Helper()
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.s.addReaction(p.sees(p.at(channel), messageID), emoji, p.user)
}

// Unreact takes an emoji off a message.
func (p *Person) Unreact(channel, messageID, emoji string) {
	p.s.t.Helper()
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.s.takeReaction(p.sees(p.at(channel), messageID), emoji, p.user)
}

// Modal is the form that this person has before them, nil when none is open.
func (p *Person) Modal() *Modal {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return showModal(p.s.modals[p.user.ID])
}

// Ephemerals lists what this person alone was shown.
func (p *Person) Ephemerals() []Message {
	p.s.t.Helper()
	return p.s.Ephemerals(p.user.Name)
}

// DMs lists the direct messages between this person and the app.
func (p *Person) DMs() []Message {
	p.s.t.Helper()
	return p.s.Messages("@" + p.user.Name)
}

// User is who this person is.
func (p *Person) User() User { return p.user.User }

// at is a channel that this person sees. "@cresset" is the direct message with the app.
func (p *Person) at(ref string) *channel {
	p.s.t.Helper()
	if ref == "@"+p.s.BotUser.Name {
		return p.s.direct(p.user)
	}
	ch := p.s.mustChannel(ref)
	if !p.s.permissions(p.user, ch).has(ViewChannel) {
		p.s.t.Fatalf("discordtest: @%s does not see #%s", p.user.Name, ch.name)
	}
	return ch
}

// writes is a channel in which this person may write.
func (p *Person) writes(ref string) *channel {
	p.s.t.Helper()
	ch := p.at(ref)
	if !p.s.permissions(p.user, ch).has(SendMessages) || ch.kind == category {
		p.s.t.Fatalf("discordtest: @%s may not write in #%s", p.user.Name, ch.name)
	}
	return ch
}

// sees is a message that this person sees in a channel.
func (p *Person) sees(ch *channel, id string) *message {
	p.s.t.Helper()
	if m := ch.message(id); m != nil {
		return m
	}
	for _, m := range p.s.ephemerals {
		if m.id == id && m.to == p.user.ID && m.channel == ch && !m.deleted {
			return m
		}
	}
	p.s.t.Fatalf("discordtest: @%s sees no message %s in #%s", p.user.Name, id, ch.name)
	return nil
}
