package slacktest

import "slices"

func (c *call) reactionsAdd() (obj, error) {
	ch, m, err := c.item("timestamp")
	switch {
	case err != nil:
		return nil, err
	case c.str("name") == "":
		return nil, refuse("invalid_name")
	case !m.react(c.BotUser.ID, c.str("name")):
		return nil, refuse("already_reacted")
	}
	c.emitReaction("reaction_added", ch, m, c.BotUser.ID, c.str("name"))
	return nil, nil
}

func (c *call) reactionsRemove() (obj, error) {
	ch, m, err := c.item("timestamp")
	switch {
	case err != nil:
		return nil, err
	case !m.unreact(c.BotUser.ID, c.str("name")):
		return nil, refuse("no_reaction")
	}
	c.emitReaction("reaction_removed", ch, m, c.BotUser.ID, c.str("name"))
	return nil, nil
}

func (c *call) reactionsGet() (obj, error) {
	ch, m, err := c.item("timestamp")
	if err != nil {
		return nil, err
	}
	shown := c.messageJSON(m, false)
	shown["permalink"] = c.permalink(m)
	return obj{"type": "message", "channel": ch.id, "message": shown}, nil
}

// react says false when this person had reacted so already.
func (m *message) react(user, name string) bool {
	i := slices.IndexFunc(m.reactions, func(r *reaction) bool { return r.name == name })
	if i < 0 {
		m.reactions = append(m.reactions, &reaction{name, []string{user}})
		return true
	}
	if slices.Contains(m.reactions[i].users, user) {
		return false
	}
	m.reactions[i].users = append(m.reactions[i].users, user)
	return true
}

// unreact says false when this person had not reacted so.
func (m *message) unreact(user, name string) bool {
	for _, r := range m.reactions {
		if i := slices.Index(r.users, user); r.name == name && i >= 0 {
			r.users = slices.Delete(r.users, i, i+1)
			m.reactions = slices.DeleteFunc(m.reactions, func(r *reaction) bool { return len(r.users) == 0 })
			return true
		}
	}
	return false
}

func reactionsJSON(m *message) []any {
	shown := []any{}
	for _, r := range m.reactions {
		shown = append(shown, obj{"name": r.name, "users": slices.Clone(r.users), "count": len(r.users)})
	}
	return shown
}

func (ws *Workspace) emitReaction(kind string, ch *channel, m *message, user, name string) []*delivery {
	return ws.emit(ch, obj{"type": kind, "user": user, "reaction": name, "item_user": m.user,
		"item": obj{"type": "message", "channel": ch.id, "ts": m.ts}, "event_ts": ws.ts()})
}
