package discordtest

import (
	"slices"
)

// What people with permissions do to the rooms of the app, without asking it.

// DeleteChannel deletes a channel or a thread for good. Discord keeps nothing of it.
func (p *Person) DeleteChannel(where string) {
	p.s.t.Helper()
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.s.demolish(p.s.mustChannel(where))
}

// CreateChannel makes a channel that everybody sees, under a name that another may have.
func (p *Person) CreateChannel(name string) Channel {
	p.s.t.Helper()
	return p.s.AddChannel(name)
}

// Rename gives a channel or a thread another name.
func (p *Person) Rename(where, name string) {
	p.s.t.Helper()
	p.s.change(where, func(ch *channel) { ch.name = name })
}

// SetTopic gives a channel another topic.
func (p *Person) SetTopic(where, topic string) {
	p.s.t.Helper()
	p.s.change(where, func(ch *channel) { ch.topic = topic })
}

// RemoveOverwrites takes away every permission overwrite of a channel, so that
// everybody sees it.
func (p *Person) RemoveOverwrites(where string) {
	p.s.t.Helper()
	p.s.change(where, func(ch *channel) { ch.overwrites = nil })
}

// Exclude makes a channel one that somebody, or the app, does not see.
func (p *Person) Exclude(where, name string) {
	p.s.t.Helper()
	p.s.change(where, func(ch *channel) { ch.set(Overwrite{ID: p.s.mustUser(name).ID, Type: 1, Deny: ViewChannel}) })
}

// Include lets somebody, or the app, see a channel.
func (p *Person) Include(where, name string) {
	p.s.t.Helper()
	p.s.change(where, func(ch *channel) { ch.set(Overwrite{ID: p.s.mustUser(name).ID, Type: 1, Allow: ViewChannel}) })
}

// Archive closes a thread, or opens it again.
func (p *Person) Archive(thread string, closed bool) {
	p.s.t.Helper()
	p.s.change(thread, func(ch *channel) {
		if ch.thread == nil {
			p.s.t.Fatalf("discordtest: #%s is no thread", ch.name)
		}
		ch.thread.archived, ch.thread.changed = closed, p.s.clock()
	})
}

// Lock keeps people without the permission to manage threads from writing into one.
func (p *Person) Lock(thread string, locked bool) {
	p.s.t.Helper()
	p.s.change(thread, func(ch *channel) { ch.thread.locked = locked })
}

// Unpin takes every pin off a channel.
func (p *Person) Unpin(channel string) {
	p.s.t.Helper()
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	for _, m := range p.at(channel).pins() {
		p.s.takePin(m)
	}
}

// Pin pins a message, which leaves a line in the channel.
func (p *Person) Pin(channel, messageID string) {
	p.s.t.Helper()
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.s.setPin(p.sees(p.at(channel), messageID), p.user.ID)
}

// StartThread begins a thread at a message.
func (p *Person) StartThread(channel, messageID, name string) Channel {
	p.s.t.Helper()
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	m := p.sees(p.at(channel), messageID)
	ch := p.s.threadIn(m.channel, publicThread, name, p.user.ID)
	p.s.beginAt(m, ch)
	return p.s.snapshot(ch)
}

// DeleteMessage deletes a message, as its author and moderators may. A message
// that only this person sees is dismissed.
func (p *Person) DeleteMessage(channel, messageID string) {
	p.s.t.Helper()
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.s.withdraw(p.sees(p.at(channel), messageID))
}

// Edit changes what this person wrote.
func (p *Person) Edit(channel, messageID, said string) {
	p.s.t.Helper()
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	m := p.sees(p.at(channel), messageID)
	if m.author != p.user.ID {
		p.s.t.Fatalf("discordtest: @%s did not write %s", p.user.Name, messageID)
	}
	pinged := m.pings
	m.content = p.s.typed(said)
	p.s.address(m, anything, p.s.permissions(p.user, m.channel))
	m.pings, m.edited = pinged, p.s.clock()
	m.edits++
	p.s.tellMessage("MESSAGE_UPDATE", m)
}

// Leave takes this person out of the guild.
func (p *Person) Leave() {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.user.gone = true
	p.s.dispatch(event{name: "GUILD_MEMBER_REMOVE", needs: IntentGuildMembers, data: obj{"guild_id": p.s.GuildID, "user": p.s.userJSON(p.user)}})
}

func (ch *channel) set(o Overwrite) {
	ch.overwrites = append(slices.DeleteFunc(slices.Clone(ch.overwrites), sameTarget(o.ID)), o)
}

// change changes a channel or a thread and tells the app.
func (s *Server) change(ref string, how func(*channel)) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.mustChannel(ref)
	how(ch)
	name := "CHANNEL_UPDATE"
	if ch.thread != nil {
		name = "THREAD_UPDATE"
	}
	s.tellChannel(name, ch)
}
