package discordtest

import (
	"slices"
)

// startThread begins a thread at a message, whose ID it shares.
func (c *call) startThread() (any, error) {
	m, err := c.message()
	switch {
	case err != nil:
		return nil, err
	case m.channel.kind != textChannel || m.kind == pinNotice:
		return nil, refuse(400, 50024)
	case !c.may(m.channel, CreatePublicThreads):
		return nil, errPermissions
	case m.thread != nil:
		return nil, refuse(400, 160004)
	}
	ch, err := c.newThread(m.channel, publicThread)
	if err != nil {
		return nil, err
	}
	c.beginAt(m, ch)
	c.status = 201
	return c.channelJSON(ch), nil
}

// createThread begins a thread at no message.
func (c *call) createThread() (any, error) {
	parent, err := c.channel()
	if err != nil {
		return nil, err
	}
	kind, needs := privateThread, CreatePrivateThreads
	if number(c.body["type"]) == publicThread {
		kind, needs = publicThread, CreatePublicThreads
	}
	switch {
	case parent.kind != textChannel:
		return nil, refuse(400, 50024)
	case !c.may(parent, needs):
		return nil, errPermissions
	}
	ch, err := c.newThread(parent, kind)
	if err != nil {
		return nil, err
	}
	c.begin(ch)
	c.status = 201
	return c.channelJSON(ch), nil
}

// newThread is a thread as the body wants it.
func (c *call) newThread(parent *channel, kind int) (*channel, error) {
	var f form
	ch := c.threadIn(parent, kind, f.text("name", c.body["name"], 1, 100), c.BotUser.ID)
	f.autoArchive(ch.thread, c.body)
	if kind == privateThread && c.body["type"] != nil {
		f.choice("type", c.body["type"], publicThread, privateThread)
	}
	return ch, f.refusal()
}

func (f *form) autoArchive(t *thread, b obj) {
	if b["auto_archive_duration"] == nil {
		return
	}
	f.choice("auto_archive_duration", b["auto_archive_duration"], 60, 1440, 4320, 10080)
	t.autoArchive = int(number(b["auto_archive_duration"]))
}

func (s *Server) threadIn(parent *channel, kind int, name, owner string) *channel {
	return &channel{id: s.id(), name: name, kind: kind, parent: parent.id, created: s.clock(),
		thread: &thread{owner: owner, autoArchive: 4320, changed: s.clock(), members: []string{owner}, invitable: true}}
}

// beginAt begins a thread at a message.
func (s *Server) beginAt(m *message, ch *channel) {
	ch.id = m.id
	m.thread = ch
	s.begin(ch)
	ch.messages = append(ch.messages, &message{channel: ch, id: s.id(), at: s.clock(), kind: threadStarter, author: m.author, reference: m})
	s.tellMessage("MESSAGE_UPDATE", m)
}

func (s *Server) begin(ch *channel) {
	s.channels = append(s.channels, ch)
	created := s.channelJSON(ch)
	created["newly_created"] = true
	s.dispatch(event{name: "THREAD_CREATE", needs: IntentGuilds, in: ch, data: created})
}

// editThread changes a thread: only archived may be changed while it is archived.
func (c *call) editThread(ch *channel) (any, error) {
	var f form
	after := *ch.thread
	name := ch.name
	if given(c.body, "name") {
		name = f.text("name", c.body["name"], 1, 100)
	}
	f.autoArchive(&after, c.body)
	for field, into := range map[string]*bool{"archived": &after.archived, "locked": &after.locked, "invitable": &after.invitable} {
		f.bool(field, c.body[field])
		if v, said := c.body[field].(bool); said {
			*into = v
		}
	}
	if err := f.refusal(); err != nil {
		return nil, err
	}
	manages := c.may(ch, ManageThreads)
	switch {
	case after.locked != ch.thread.locked && !manages, after.archived != ch.thread.archived && ch.thread.locked && !manages:
		return nil, errPermissions
	case ch.thread.owner != c.BotUser.ID && !manages && (name != ch.name || after.archived):
		return nil, errPermissions
	case ch.thread.archived && after.archived:
		return nil, refuse(400, 50083)
	}
	if name != ch.name {
		if err := c.retitle(ch); err != nil {
			return nil, err
		}
	}
	if after.archived != ch.thread.archived {
		after.changed = c.clock()
	}
	ch.name, *ch.thread = name, after
	c.tellChannel("THREAD_UPDATE", ch)
	return c.channelJSON(ch), nil
}

func (c *call) activeThreads() (any, error) {
	if err := c.inThisGuild(); err != nil {
		return nil, err
	}
	threads, members := []any{}, []any{}
	for _, ch := range c.threadsOf("") {
		if ch.thread.archived || !c.may(ch, ViewChannel) {
			continue
		}
		threads = append(threads, c.channelJSON(ch))
		if slices.Contains(ch.thread.members, c.BotUser.ID) {
			members = append(members, obj{"id": ch.id, "user_id": c.BotUser.ID, "join_timestamp": stamp(ch.created), "flags": 1})
		}
	}
	return obj{"threads": threads, "members": members}, nil
}

func (c *call) addToThread() (any, error) {
	ch, u, err := c.threadMember()
	if err != nil {
		return nil, err
	}
	if !c.may(ch, SendMessages) && u != c.bot() {
		return nil, errPermissions
	}
	if !slices.Contains(ch.thread.members, u.ID) {
		ch.thread.members = append(ch.thread.members, u.ID)
		c.tellChannel("THREAD_UPDATE", ch)
	}
	return nil, nil
}

func (c *call) removeFromThread() (any, error) {
	ch, u, err := c.threadMember()
	if err != nil {
		return nil, err
	}
	if u != c.bot() && !c.may(ch, ManageThreads) {
		return nil, errPermissions
	}
	ch.thread.members = slices.DeleteFunc(ch.thread.members, func(id string) bool { return id == u.ID })
	c.tellChannel("THREAD_UPDATE", ch)
	return nil, nil
}

// threadMember is the thread and the person of the path.
func (c *call) threadMember() (*channel, *user, error) {
	ch, err := c.channel()
	if err != nil {
		return nil, nil, err
	}
	u := c.userOf(c.value("user"))
	switch {
	case u == nil:
		return nil, nil, errUnknownUser
	case ch.thread == nil:
		return nil, nil, refuse(400, 50024)
	case ch.thread.archived:
		return nil, nil, refuse(400, 50083)
	}
	return ch, u, nil
}
