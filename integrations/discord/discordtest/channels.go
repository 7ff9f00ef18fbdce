package discordtest

import (
	"slices"
	"time"
)

const (
	mostChannels   = 500
	mostInCategory = 50

	// How often the name or the topic of a channel may change. Discord publishes
	// neither number; everybody has met them.
	retitles      = 2
	retitleWindow = 10 * time.Minute
)

// channel finds the channel of the path, which the app must see.
func (c *call) channel() (*channel, error) {
	ch := c.channelBy(c.value("channel"))
	switch {
	case ch == nil || ch.id != c.value("channel"):
		return nil, errUnknownChannel
	case !c.may(ch, ViewChannel):
		return nil, errAccess
	}
	return ch, nil
}

// may says what the app may do in a channel.
func (c *call) may(ch *channel, p Permissions) bool { return c.permissions(c.bot(), ch).has(p) }

func (c *call) listChannels() (any, error) {
	if err := c.inThisGuild(); err != nil {
		return nil, err
	}
	found := []any{}
	for _, ch := range c.inGuild() {
		if !c.unlisted(ch) {
			found = append(found, c.channelJSON(ch))
		}
	}
	return found, nil
}

func (c *call) getChannel() (any, error) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	return c.channelJSON(ch), nil
}

func (c *call) createChannel() (any, error) {
	if err := c.inThisGuild(); err != nil {
		return nil, err
	}
	if !c.guildPermissions(c.bot()).has(ManageChannels) {
		return nil, errPermissions
	}
	var f form
	ch := &channel{id: c.id(), created: c.clock()}
	ch.name = f.text("name", c.body["name"], 1, 100)
	ch.topic = f.text("topic", c.body["topic"], 0, 1024)
	f.choice("type", or(c.body["type"], any(textChannel)), textChannel, category)
	ch.kind = int(number(c.body["type"]))
	ch.position = int(f.integer("position", c.body["position"], 0, 1<<31-1, int64(len(c.inGuild()))))
	ch.parent = c.parentOf(&f, c.body["parent_id"])
	ch.overwrites = f.overwrites("permission_overwrites", c.body["permission_overwrites"])
	if err := f.refusal(); err != nil {
		return nil, err
	}
	if len(c.inGuild()) >= mostChannels {
		return nil, refuse(400, 30013)
	}
	if err := c.mayGrant(c.guildPermissions(c.bot()), nil, ch.overwrites); err != nil {
		return nil, err
	}
	if parent := c.channelBy(ch.parent); parent != nil && c.body["permission_overwrites"] == nil {
		ch.overwrites = slices.Clone(parent.overwrites)
	}
	ch.name = channelName(ch)
	c.open(ch)
	c.status = 201
	return c.channelJSON(ch), nil
}

// open adds a channel and tells the app.
func (s *Server) open(ch *channel) {
	s.channels = append(s.channels, ch)
	s.tellChannel("CHANNEL_CREATE", ch)
}

// parentOf reads a category, which must be there and have room.
func (c *call) parentOf(f *form, v any) string {
	if v == nil {
		return ""
	}
	parent := c.channelBy(text(v))
	if parent == nil || parent.kind != category {
		f.bad("parent_id", "CHANNEL_PARENT_INVALID", "Category does not exist")
		return ""
	}
	within := 0
	for _, ch := range c.inGuild() {
		if ch.parent == parent.id {
			within++
		}
	}
	if within >= mostInCategory {
		f.bad("parent_id", "CHANNEL_PARENT_MAX_CHANNELS", "Maximum number of channels in category reached (%d)", mostInCategory)
	}
	return parent.id
}

func (c *call) editChannel() (any, error) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	if ch.with != "" {
		return nil, refuse(403, 50003)
	}
	if ch.thread != nil {
		return c.editThread(ch)
	}
	if !c.may(ch, ManageChannels) {
		return nil, errPermissions
	}
	edited, err := c.edited(ch)
	if err != nil {
		return nil, err
	}
	if edited.name != ch.name || edited.topic != ch.topic {
		if err := c.retitle(ch); err != nil {
			return nil, err
		}
	}
	ch.name, ch.topic, ch.parent, ch.position, ch.overwrites = edited.name, edited.topic, edited.parent, edited.position, edited.overwrites
	c.tellChannel("CHANNEL_UPDATE", ch)
	return c.channelJSON(ch), nil
}

// edited is the channel as the body wants it.
func (c *call) edited(ch *channel) (channel, error) {
	var f form
	after := *ch
	if given(c.body, "name") {
		after.name = f.text("name", c.body["name"], 1, 100)
		after.name = channelName(&after)
	}
	if given(c.body, "topic") {
		after.topic = f.text("topic", c.body["topic"], 0, 1024)
	}
	if id, moves := c.body["parent_id"]; moves && text(id) != ch.parent {
		after.parent = c.parentOf(&f, id)
	}
	after.position = int(f.integer("position", c.body["position"], 0, 1<<31-1, int64(ch.position)))
	if given(c.body, "permission_overwrites") {
		after.overwrites = f.overwrites("permission_overwrites", c.body["permission_overwrites"])
	}
	if err := f.refusal(); err != nil {
		return after, err
	}
	if given(c.body, "permission_overwrites") {
		return after, c.mayGrant(c.permissions(c.bot(), ch), ch.overwrites, after.overwrites)
	}
	return after, nil
}

// retitle counts a change of name or topic.
func (c *call) retitle(ch *channel) error {
	now := c.clock()
	ch.retitled = slices.DeleteFunc(ch.retitled, func(at time.Time) bool { return now.Sub(at) >= retitleWindow })
	if len(ch.retitled) >= retitles {
		wait := ch.retitled[0].Add(retitleWindow).Sub(now)
		return &refusal{status: 429, code: 20028, message: messages[20028], after: wait.Seconds()}
	}
	ch.retitled = append(ch.retitled, now)
	return nil
}

func (c *call) deleteChannel() (any, error) {
	ch, err := c.channel()
	switch {
	case err != nil:
		return nil, err
	case ch.with != "":
		return c.channelJSON(ch), nil // it is closed, and there again when somebody writes
	case ch.thread != nil && !c.may(ch, ManageThreads), ch.thread == nil && !c.may(ch, ManageChannels):
		return nil, errPermissions
	}
	shown := c.channelJSON(ch)
	c.demolish(ch)
	return shown, nil
}

// demolish takes a channel away, with its threads, and tells the app.
func (s *Server) demolish(gone *channel) {
	name := "CHANNEL_DELETE"
	if gone.thread != nil {
		name = "THREAD_DELETE"
	}
	s.tellChannel(name, gone)
	s.channels = slices.DeleteFunc(s.channels, func(ch *channel) bool {
		return ch == gone || ch.thread != nil && ch.parent == gone.id
	})
	for _, ch := range s.channels {
		if ch.parent == gone.id {
			ch.parent = ""
			s.tellChannel("CHANNEL_UPDATE", ch)
		}
	}
}

func (c *call) typing() (any, error) {
	ch, err := c.channel()
	if err == nil && !c.may(ch, SendMessages) {
		err = errPermissions
	}
	return nil, err
}
