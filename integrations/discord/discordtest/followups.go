package discordtest

import "slices"

// answered finds the interaction of the path, which the app has answered within
// the last quarter of an hour.
func (c *call) answered() (*interaction, error) {
	for _, in := range c.interactions {
		switch {
		case in.token != c.value("token"):
			continue
		case c.value("application") != c.AppID || in.answered == 0:
			return nil, refuse(404, 10015)
		case c.clock().Sub(in.created) > tokenLasts:
			return nil, refuse(401, 50027)
		}
		return in, nil
	}
	return nil, refuse(404, 10015)
}

// followUp says more in answer to an interaction. The first after a deferral is
// the answer that was put off.
func (c *call) followUp() (any, error) {
	in, err := c.answered()
	if err != nil {
		return nil, err
	}
	if in.original.holdsPlace() {
		if err := c.fill(in, c.body); err != nil {
			return nil, err
		}
		return c.messageJSON(in.original), nil
	}
	m, err := c.reply(in, c.body)
	if err != nil {
		return nil, err
	}
	in.replies = append(in.replies, m)
	return c.messageJSON(m), nil
}

// holdsPlace says that this is a deferral still waiting for its message.
func (m *message) holdsPlace() bool { return m != nil && m.flags&loading != 0 && !m.deleted }

// fill puts a message into the place that a deferral held.
func (c *call) fill(in *interaction, b obj) error {
	after := *in.original
	after.flags &^= loading
	d := &draft{message: &after, interactive: true, flagged: suppressEmbeds | componentsV2 | ephemeral}
	if err := c.compose(d, b); err != nil {
		return err
	}
	*in.original = *d.publish(c.Server)
	in.original.flags = in.original.flags&^ephemeral | heldFlags(in)
	c.address(in.original, d.allowed, c.permissions(c.bot(), in.channel))
	c.tellMessage("MESSAGE_UPDATE", in.original)
	close(in.resolved)
	return nil
}

// heldFlags says who sees the answer: that was settled with the deferral.
func heldFlags(in *interaction) int64 {
	if in.original.to != "" {
		return ephemeral
	}
	return 0
}

// answer finds a message that answers the interaction of the path.
func (c *call) answer() (*interaction, *message, error) {
	in, err := c.answered()
	if err != nil {
		return nil, nil, err
	}
	m := in.original
	if in.answered == deferUpdate || in.answered == updateMessage {
		m = in.message
	}
	if id := c.value("message"); id != "@original" && (m == nil || m.id != id) {
		i := slices.IndexFunc(in.replies, func(r *message) bool { return r.id == id })
		if i < 0 {
			return nil, nil, errUnknownMessage
		}
		m = in.replies[i]
	}
	switch {
	case m == nil || m.deleted:
		return nil, nil, errUnknownMessage
	case c.channelBy(m.channel.id) == nil:
		return nil, nil, errUnknownChannel
	}
	return in, m, nil
}

func (c *call) getFollowUp() (any, error) {
	_, m, err := c.answer()
	if err != nil {
		return nil, err
	}
	return c.messageJSON(m), nil
}

func (c *call) editFollowUp() (any, error) {
	in, m, err := c.answer()
	if err != nil {
		return nil, err
	}
	if m.holdsPlace() {
		err = c.fill(in, c.body)
	} else {
		err = c.edit(m, c.body, true)
	}
	if err != nil {
		return nil, err
	}
	return c.messageJSON(m), nil
}

func (c *call) deleteFollowUp() (any, error) {
	_, m, err := c.answer()
	if err != nil {
		return nil, err
	}
	c.withdraw(m)
	return nil, nil
}
