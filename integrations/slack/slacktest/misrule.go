package slacktest

import "slices"

// What people do to the rooms of the app, without asking it.

// Delete deletes a channel for good, as owners and admins may. Its name is free
// again.
func (p *Person) Delete(where string) {
	p.ws.t.Helper()
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	gone := p.ws.mustChannel(where)
	p.ws.channels = slices.DeleteFunc(p.ws.channels, func(ch *channel) bool { return ch == gone })
}

// Rename gives a channel another name.
func (p *Person) Rename(channel, name string) {
	p.ws.t.Helper()
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	ch := p.place(channel)
	if badName(name) != "" || p.ws.channelBy(name) != nil {
		p.ws.t.Fatalf("slacktest: @%s cannot call #%s %q", p.user.Name, ch.name, name)
	}
	ch.previousNames, ch.name = append(ch.previousNames, ch.name), name
	p.ws.narrate(ch, p.user.ID, "channel_name", "renamed the channel to "+name)
}

// Remove takes somebody, or the app, out of a channel.
func (p *Person) Remove(channel, name string) {
	p.ws.t.Helper()
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	ch, out := p.place(channel), p.ws.mustUser(name).ID
	ch.members = slices.DeleteFunc(ch.members, func(id string) bool { return id == out })
}

// Unpin takes every pin off a channel.
func (p *Person) Unpin(channel string) {
	p.ws.t.Helper()
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	p.place(channel).pins = nil
}

// DeleteMessage deletes a message, as its author and admins may.
func (p *Person) DeleteMessage(channel, ts string) {
	p.ws.t.Helper()
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	ch := p.place(channel)
	ch.remove(p.seen(ch, ts))
}
