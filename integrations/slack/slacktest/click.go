package slacktest

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
)

// Click presses a button of a message, named by its label or its action_id.
func (p *Person) Click(channel, ts, button string) *Answer {
	p.ws.t.Helper()
	return p.Choose(channel, ts, button, "")
}

// Choose picks a value in a menu of a message, named by its placeholder or its
// action_id; the value is an option's label or value, a handle, a channel or a date.
func (p *Person) Choose(channel, ts, menu, value string) *Answer {
	p.ws.t.Helper()
	var payload obj
	p.ws.locked(func() {
		ch := p.place(channel)
		m := p.seen(ch, ts)
		action := p.act(m.blocks, menu, value)
		payload = p.payload("block_actions")
		payload["actions"] = []any{action}
		payload["state"] = obj{"values": obj{}}
		payload["channel"] = obj{"id": ch.id, "name": ch.name}
		payload["container"] = obj{"type": "message", "message_ts": m.ts, "channel_id": ch.id, "is_ephemeral": m.to != ""}
		payload["response_url"] = p.ws.newResponse(ch, p.user.ID, m)
		if m.to == "" { // Slack keeps no ephemeral messages to show
			payload["message"] = p.ws.messageJSON(m, false)
		}
	})
	return p.interact(payload)
}

// ClickIn presses a button of a form or the home tab.
func (p *Person) ClickIn(v *View, button string) *Answer {
	p.ws.t.Helper()
	return p.ChooseIn(v, button, "")
}

// ChooseIn picks a value in a menu of a form or the home tab.
func (p *Person) ChooseIn(v *View, menu, value string) *Answer {
	p.ws.t.Helper()
	var payload obj
	p.ws.locked(func() {
		open := p.open(v)
		blocks, _ := open.body["blocks"].([]any)
		payload = p.payload("block_actions")
		payload["actions"] = []any{p.act(blocks, menu, value)}
		payload["container"] = obj{"type": "view", "view_id": open.id}
		payload["view"] = p.ws.viewJSON(open)
	})
	return p.interact(payload)
}

// Shortcut uses a message shortcut on a message. Slack does not offer them on
// messages that only one person sees.
func (p *Person) Shortcut(channel, ts, callbackID string) *Answer {
	p.ws.t.Helper()
	var payload obj
	p.ws.locked(func() {
		ch := p.place(channel)
		m := ch.message(ts)
		if m == nil {
			p.ws.t.Fatalf("slacktest: no message %s in #%s to use a shortcut on", ts, ch.name)
		}
		payload = p.payload("message_action")
		payload["callback_id"], payload["action_ts"], payload["message_ts"] = callbackID, p.ws.ts(), m.ts
		payload["channel"] = obj{"id": ch.id, "name": ch.name}
		payload["message"] = p.ws.messageJSON(m, false)
		payload["response_url"] = p.ws.newResponse(ch, p.user.ID, nil)
	})
	return p.interact(payload)
}

// GlobalShortcut uses a shortcut that belongs to no message.
func (p *Person) GlobalShortcut(callbackID string) *Answer {
	p.ws.t.Helper()
	var payload obj
	p.ws.locked(func() {
		payload = p.payload("shortcut")
		payload["callback_id"], payload["action_ts"] = callbackID, p.ws.ts()
	})
	return p.interact(payload)
}

// interact delivers an interaction that has no answer but the acknowledgement.
func (p *Person) interact(payload obj) *Answer {
	first, again := p.ws.exchange("interactive", payload, false)
	answer := acknowledged(first)
	if again != nil {
		answer.Again = acknowledged(*again)
	}
	return answer
}

func acknowledged(got reply) *Answer {
	if got.err != nil {
		return &Answer{Failed: got.err.Error()}
	}
	return &Answer{}
}

// act is the entry of actions for one thing used in blocks.
func (p *Person) act(blocks []any, name, value string) obj {
	p.ws.t.Helper()
	var offered []string
	for _, v := range blocks {
		b, _ := v.(obj)
		for _, e := range elements(b) {
			if e["action_id"] != name && label(e) != name {
				offered = append(offered, label(e))
				continue
			}
			action := obj{"block_id": b["block_id"], "action_id": e["action_id"], "type": e["type"], "action_ts": p.ws.ts()}
			if e["type"] == "button" {
				action["text"] = e["text"]
				if e["value"] != nil {
					action["value"] = e["value"]
				}
				return action
			}
			chosen, err := p.ws.fill(e, value)
			if err != nil {
				p.ws.t.Fatalf("slacktest: %s: %v", name, err)
			}
			maps.Copy(action, chosen)
			return action
		}
	}
	p.ws.t.Fatalf("slacktest: there is no %q to use, only %q", name, offered)
	return nil
}

// label is what a person reads on a button or a menu.
func label(e obj) string {
	for _, part := range []string{"text", "placeholder"} {
		if text, ok := e[part].(obj); ok {
			return fmt.Sprint(text["text"])
		}
	}
	return fmt.Sprint(e["action_id"])
}

// fill is the state of an element into which a person put a value.
func (ws *Workspace) fill(e obj, value string) (obj, error) {
	kind := fmt.Sprint(e["type"])
	state := obj{"type": kind}
	switch kind {
	case "plain_text_input", "email_text_input", "url_text_input", "number_input":
		state["value"] = value
	case "static_select", "radio_buttons", "overflow":
		option := optionOf(e, value)
		if option == nil {
			return nil, fmt.Errorf("there is no option %q", value)
		}
		state["selected_option"] = option
	case "multi_static_select", "checkboxes":
		selected := []any{}
		for _, one := range split(value) {
			option := optionOf(e, one)
			if option == nil {
				return nil, fmt.Errorf("there is no option %q", one)
			}
			selected = append(selected, option)
		}
		state["selected_options"] = selected
	case "datepicker":
		state["selected_date"] = value
	case "timepicker":
		state["selected_time"] = value
	case "datetimepicker":
		seconds, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("a moment is written in seconds, not %q", value)
		}
		state["selected_date_time"] = seconds
	default:
		return ws.pick(state, kind, value)
	}
	return state, nil
}

// pick fills the menus that offer people and channels.
func (ws *Workspace) pick(state obj, kind, value string) (obj, error) {
	kind, many := strings.CutPrefix(kind, "multi_")
	what := strings.TrimSuffix(kind, "s_select") // user, channel or conversation
	if what != "user" && what != "channel" && what != "conversation" {
		return nil, fmt.Errorf("nobody can fill a %s here", kind)
	}
	ids := []any{}
	for _, one := range split(value) {
		if u := ws.userBy(one); u != nil && what == "user" {
			ids = append(ids, u.ID)
		} else if ch := ws.channelBy(one); ch != nil && what != "user" {
			ids = append(ids, ch.id)
		} else {
			return nil, fmt.Errorf("there is no %s %q", what, one)
		}
	}
	switch {
	case many:
		state["selected_"+what+"s"] = ids
	case len(ids) == 1:
		state["selected_"+what] = ids[0]
	default:
		return nil, fmt.Errorf("choose one %s, not %q", what, value)
	}
	return state, nil
}

// split reads several values, separated by commas.
func split(value string) []string {
	var found []string
	for _, one := range strings.Split(value, ",") {
		if one = strings.TrimSpace(one); one != "" {
			found = append(found, one)
		}
	}
	return found
}

func optionOf(e obj, value string) obj {
	options, _ := e["options"].([]any)
	groups, _ := e["option_groups"].([]any)
	for _, g := range groups {
		group, _ := g.(obj)
		inGroup, _ := group["options"].([]any)
		options = append(options[:len(options):len(options)], inGroup...)
	}
	for _, v := range options {
		o, _ := v.(obj)
		if o["value"] == value || label(o) == value {
			return o
		}
	}
	return nil
}
