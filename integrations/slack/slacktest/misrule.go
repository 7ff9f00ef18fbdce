package slacktest

import "slices"

// What people do to the rooms of the app, without asking it. The app hears of it
// as of everything else: if it is in the room, and subscribed.

// Delete deletes a channel for good, as owners and admins may. Its name is free
// again.
func (p *Person) Delete(where string) {
	p.ws.t.Helper()
	p.tells(func() []*delivery {
		gone := p.ws.mustChannel(where)
		p.ws.channels = slices.DeleteFunc(p.ws.channels, func(ch *channel) bool { return ch == gone })
		return p.ws.emit(gone, gone.event("deleted", obj{"channel": gone.id}))
	})
}

// Rename gives a channel another name.
func (p *Person) Rename(channel, name string) {
	p.ws.t.Helper()
	p.tells(func() []*delivery {
		ch := p.place(channel)
		if badName(name) != "" || p.ws.channelBy(name) != nil {
			p.ws.t.Fatalf("slacktest: @%s cannot call #%s %q", p.user.Name, ch.name, name)
		}
		ch.previousNames, ch.name = append(ch.previousNames, ch.name), name
		p.ws.narrate(ch, p.user.ID, "channel_name", "renamed the channel to "+name)
		return p.ws.emit(ch, ch.event("rename", obj{"channel": obj{"id": ch.id, "name": name, "created": ch.created.Unix(), "is_channel": true}}))
	})
}

// Archive ends a channel, which keeps its name.
func (p *Person) Archive(channel string) {
	p.ws.t.Helper()
	p.tells(func() []*delivery {
		ch := p.place(channel)
		ch.archived = true
		return p.ws.emit(ch, ch.event("archive", obj{"channel": ch.id, "user": p.user.ID}))
	})
}

// Unarchive brings a channel back.
func (p *Person) Unarchive(channel string) {
	p.ws.t.Helper()
	p.tells(func() []*delivery {
		ch := p.ws.mustChannel(channel)
		ch.archived = false
		return p.ws.emit(ch, ch.event("unarchive", obj{"channel": ch.id, "user": p.user.ID}))
	})
}

// Remove takes somebody, or the app, out of a channel.
func (p *Person) Remove(channel, name string) {
	p.ws.t.Helper()
	p.tells(func() []*delivery {
		ch, out := p.place(channel), p.ws.mustUser(name).ID
		if out == p.ws.BotUser.ID {
			heard := p.ws.emit(ch, ch.event("left", obj{"channel": ch.id, "actor_id": p.user.ID}))
			ch.members = slices.DeleteFunc(ch.members, func(id string) bool { return id == out })
			return heard
		}
		ch.members = slices.DeleteFunc(ch.members, func(id string) bool { return id == out })
		return p.ws.emit(ch, obj{"type": "member_left_channel", "user": out, "channel": ch.id, "channel_type": ch.letter(), "team": p.ws.teamOf(out)})
	})
}

// Share connects a channel to another workspace, whose people may then be in it.
func (p *Person) Share(channel, team string) {
	p.ws.t.Helper()
	p.tells(func() []*delivery {
		ch := p.place(channel)
		ch.connected = append(ch.connected, team)
		return p.ws.emit(ch, obj{"type": "channel_shared", "connected_team_id": team, "channel": ch.id, "event_ts": p.ws.ts()})
	})
}

// Unshare ends that.
func (p *Person) Unshare(channel, team string) {
	p.ws.t.Helper()
	p.tells(func() []*delivery {
		ch := p.place(channel)
		ch.connected = slices.DeleteFunc(ch.connected, func(other string) bool { return other == team })
		return p.ws.emit(ch, obj{"type": "channel_unshared", "previously_connected_team_id": team, "channel": ch.id,
			"is_ext_shared": p.ws.isShared(ch), "event_ts": p.ws.ts()})
	})
}

// ChangeID gives a channel another ID, as Slack does when a private one is
// shared, and returns it.
func (p *Person) ChangeID(channel string) (id string) {
	p.ws.t.Helper()
	p.tells(func() []*delivery {
		ch := p.place(channel)
		old := ch.id
		id = p.ws.id("C")
		ch.id = id
		return p.ws.emit(ch, obj{"type": "channel_id_changed", "old_channel_id": old, "new_channel_id": id, "event_ts": p.ws.ts()})
	})
	return id
}

// event is what happened to a channel: channel_rename or group_rename, and so on.
func (ch *channel) event(what string, more obj) obj {
	more["type"] = map[bool]string{false: "channel_", true: "group_"}[ch.private] + what
	return more
}

// tells does something that the app may hear of, and returns when it has.
func (p *Person) tells(does func() []*delivery) {
	p.ws.t.Helper()
	var heard []*delivery
	p.ws.locked(func() { heard = does() })
	await(heard)
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
