package discordtest

import "time"

const mostPins = 250

// pinned finds the message of the path, where the app may pin.
func (c *call) pinned() (*message, error) {
	m, err := c.message()
	switch {
	case err != nil:
		return nil, err
	case !c.may(m.channel, PinMessages):
		return nil, errPermissions
	case m.kind == pinNotice || m.kind == threadStarter:
		return nil, refuse(403, 50021)
	}
	return m, nil
}

// pin leaves a line in the channel, unless the message was pinned already.
func (c *call) pin() (any, error) {
	m, err := c.pinned()
	if err != nil || !m.pinned.IsZero() {
		return nil, err
	}
	if len(m.channel.pins()) >= mostPins {
		return nil, refuse(400, 30003)
	}
	c.setPin(m, c.BotUser.ID)
	return nil, nil
}

func (c *call) unpin() (any, error) {
	m, err := c.pinned()
	if err != nil || m.pinned.IsZero() {
		return nil, err
	}
	c.takePin(m)
	return nil, nil
}

func (s *Server) setPin(m *message, by string) {
	m.pinned = s.clock()
	m.channel.lastPin = m.pinned
	s.tellPins(m)
	s.post(&message{channel: m.channel, id: s.id(), at: s.clock(), kind: pinNotice, author: by, reference: m})
}

func (s *Server) takePin(m *message) {
	m.pinned = time.Time{}
	s.tellPins(m)
}

func (s *Server) tellPins(m *message) {
	s.tellMessage("MESSAGE_UPDATE", m)
	s.dispatch(event{name: "CHANNEL_PINS_UPDATE", needs: IntentGuilds, in: m.channel,
		data: obj{"guild_id": s.GuildID, "channel_id": m.channel.id, "last_pin_timestamp": stamp(m.channel.lastPin)}})
}

func (c *call) listPinsOld() (any, error) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	found := []any{}
	for _, m := range ch.pins() {
		found = append(found, c.seen(m))
	}
	return found, nil
}

func (c *call) listPins() (any, error) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	limit, err := c.limit(50, 50)
	if err != nil {
		return nil, err
	}
	before, err := time.Parse(time.RFC3339, or(c.query.Get("before"), "9999-01-01T00:00:00Z"))
	if err != nil {
		return nil, invalid("before", "DATETIME_TYPE_PARSE", "Could not parse %q. Should be ISO8601.", c.query.Get("before"))
	}
	found, more := []any{}, false
	for _, m := range ch.pins() {
		if !m.pinned.Before(before) {
			continue
		}
		if int64(len(found)) == limit {
			more = true
			break
		}
		found = append(found, obj{"pinned_at": stamp(m.pinned), "message": c.seen(m)})
	}
	return obj{"items": found, "has_more": more}, nil
}
