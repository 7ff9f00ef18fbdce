package discordtest

import (
	"slices"
	"strings"
)

// Click presses a button of a message, named by its label or its custom_id. A link
// and a disabled button end the test: Discord tells nobody of them.
func (p *Person) Click(channel, messageID, name string) *Answer {
	p.s.t.Helper()
	var in *interaction
	p.s.locked(func() {
		ch := p.at(channel)
		m := p.sees(ch, messageID)
		c := p.usable(m, name, func(kind int64) bool { return kind == button })
		if number(c["style"]) >= linkButton {
			p.s.t.Fatalf("discordtest: %q is a link to %q, not a button that the app hears of", name, c["url"])
		}
		in = p.use(ch, m, c, nil)
	})
	return p.interact(in)
}

// Select picks values in a menu of a message, named by its placeholder or its
// custom_id. A value is an option's label or value, a person, a role or a channel.
func (p *Person) Select(channel, messageID, menu string, values ...string) *Answer {
	p.s.t.Helper()
	var in *interaction
	p.s.locked(func() {
		ch := p.at(channel)
		m := p.sees(ch, messageID)
		c := p.usable(m, menu, func(kind int64) bool { return kind >= stringSelect && kind <= channelSelect && kind != textInput })
		in = p.use(ch, m, c, p.s.choose(c, values))
	})
	return p.interact(in)
}

// use is what the app hears of a component that somebody used.
func (p *Person) use(ch *channel, m *message, c obj, chosen *chosen) *interaction {
	kind := number(c["type"])
	data := obj{"component_type": kind, "custom_id": c["custom_id"], "id": c["id"]}
	if chosen != nil {
		data["values"] = chosen.values
		if len(chosen.resolved) > 0 {
			data["resolved"] = chosen.resolved
		}
	}
	in := p.interaction(componentUsed, ch, data)
	in.message = m
	in.payload["message"] = p.s.messageJSON(m)
	return in
}

// usable finds a component of a message that this person can use.
func (p *Person) usable(m *message, name string, sort func(kind int64) bool) obj {
	p.s.t.Helper()
	var found obj
	var offered []string
	eachComponent("", m.components, func(_ string, c obj) {
		if !sort(number(c["type"])) {
			return
		}
		offered = append(offered, labelOf(c))
		if found == nil && (labelOf(c) == name || text(c["custom_id"]) == name) {
			found = c
		}
	})
	if found == nil {
		p.s.t.Fatalf("discordtest: there is no %q to use, only %q", name, offered)
	}
	if found["disabled"] == true {
		p.s.t.Fatalf("discordtest: %q is disabled", name)
	}
	return found
}

// labelOf is what a person reads on a button or a menu.
func labelOf(c obj) string {
	said := text(c["label"]) + text(c["placeholder"])
	if emoji := text(object(c["emoji"])["name"]); said == "" {
		return emoji
	}
	return said
}

// chosen is what somebody picked in a menu.
type chosen struct {
	values   []string
	resolved obj
}

// choose picks values in a menu; it ends the test when they are not there.
func (s *Server) choose(c obj, values []string) *chosen {
	s.t.Helper()
	picked := &chosen{values: []string{}, resolved: obj{}}
	least, most := limitsOf(c)
	if len(values) < least || len(values) > most {
		s.t.Fatalf("discordtest: %q takes %d to %d values, not %q", labelOf(c), least, most, values)
	}
	for _, value := range values {
		id, kind := s.valueOf(c, value)
		if id == "" {
			s.t.Fatalf("discordtest: %q has no %q", labelOf(c), value)
		}
		picked.values = append(picked.values, id)
		s.resolve(picked.resolved, kind, id)
	}
	return picked
}

func limitsOf(c obj) (least, most int) {
	least, most = 1, 1
	if n, ok := integer(c["min_values"]); ok {
		least = int(n)
	}
	if n, ok := integer(c["max_values"]); ok {
		most = int(n)
	}
	return least, most
}

// valueOf is what a menu sends for something that a person picked, and of which type
// of option it is.
func (s *Server) valueOf(c obj, value string) (id string, kind int) {
	switch number(c["type"]) {
	case stringSelect:
		return optionOf(c, value), stringOption
	case userSelect:
		return s.thing(userOption, value), userOption
	case roleSelect:
		return s.thing(roleOption, value), roleOption
	case channelSelect:
		return s.thing(channelOption, strings.TrimPrefix(value, "#")), channelOption
	}
	if id := s.thing(userOption, value); id != "" {
		return id, userOption
	}
	return s.thing(roleOption, value), roleOption
}

func optionOf(c obj, value string) string {
	for _, item := range items(c["options"]) {
		o := object(item)
		if text(o["value"]) == value || text(o["label"]) == value {
			return text(o["value"])
		}
	}
	return ""
}

// ContextMenu uses a command of the app on a message.
func (p *Person) ContextMenu(channel, messageID, name string) *Answer {
	p.s.t.Helper()
	var in *interaction
	p.s.locked(func() {
		ch := p.commands(channel)
		m := p.sees(ch, messageID)
		command := p.menuCommand(ch, messageCommand, name)
		in = p.interaction(applicationCommand, ch, obj{"id": command.ID, "name": name, "type": messageCommand, "guild_id": p.s.GuildID,
			"target_id": m.id, "resolved": obj{"messages": obj{m.id: p.s.messageJSON(m)}}})
		in.name = name
	})
	return p.interact(in)
}

// UserMenu uses a command of the app on a person.
func (p *Person) UserMenu(channel, person, name string) *Answer {
	p.s.t.Helper()
	var in *interaction
	p.s.locked(func() {
		ch := p.commands(channel)
		resolved := obj{}
		target := p.s.mustUser(person)
		p.s.resolve(resolved, userOption, target.ID)
		command := p.menuCommand(ch, userCommand, name)
		in = p.interaction(applicationCommand, ch, obj{"id": command.ID, "name": name, "type": userCommand, "guild_id": p.s.GuildID,
			"target_id": target.ID, "resolved": resolved})
		in.name = name
	})
	return p.interact(in)
}

func (p *Person) menuCommand(ch *channel, kind int, name string) Command {
	p.s.t.Helper()
	all := p.offered(ch)
	i := slices.IndexFunc(all, func(c Command) bool { return c.Type == kind && c.Name == name })
	if i < 0 {
		p.s.t.Fatalf("discordtest: there is no command %q in the menu", name)
	}
	return all[i]
}
