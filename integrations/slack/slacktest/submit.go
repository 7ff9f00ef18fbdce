package slacktest

import (
	"encoding/json"
	"slices"
)

// Submission is what happens to a form that a person sent.
type Submission struct {
	Errors map[string]string // sentences under the fields, by block_id; the form stays open
	Closed bool              // the form is gone
	Next   *View             // what the person sees then, nil for no form
	Failed string            // why Slack shows an error instead, such as operation_timeout
	Again  json.RawMessage   // the answer to the second delivery, under DeliverTwice; nobody sees it
}

const pleaseFill = "Please complete this required field."

// Submit fills in a form and sends it. A field is named by its label, its
// block_id or its action_id; what is not named keeps what the app put there.
// Lists of values are separated by commas. Slack itself asks for required
// fields that are empty, and does not bother the app.
func (p *Person) Submit(v *View, values map[string]string) *Submission {
	p.ws.t.Helper()
	var open *view
	var payload obj
	var missing map[string]string
	offered := p.offers(v, values)
	p.ws.locked(func() {
		open = p.open(v)
		payload, missing = p.submission(open, values, offered)
	})
	if len(missing) > 0 {
		return &Submission{Errors: missing, Next: v}
	}
	first, again := p.ws.exchange("interactive", payload, true)
	if first.err != nil {
		return &Submission{Failed: first.err.Error(), Next: v}
	}
	result := p.follow(open, replyArgs(first.body))
	if again != nil {
		result.Again = again.body
	}
	return result
}

func (p *Person) submission(v *view, values map[string]string, offered map[string][]obj) (payload obj, missing map[string]string) {
	p.ws.t.Helper()
	state, missing := p.complete(v, values, offered)
	payload = p.payload("view_submission")
	shown := p.ws.viewJSON(v)
	shown["state"] = obj{"values": state}
	payload["view"], payload["response_urls"] = shown, []any{}
	return payload, missing
}

// Dismiss closes a form without sending it.
func (p *Person) Dismiss(v *View) {
	p.ws.t.Helper()
	var payload obj
	var wanted bool
	p.ws.locked(func() {
		open := p.open(v)
		p.drop(open)
		payload = p.payload("view_closed")
		payload["view"], payload["is_cleared"] = p.ws.viewJSON(open), false
		delete(payload, "trigger_id")
		wanted = open.body["notify_on_close"] == true
	})
	if wanted {
		p.interact(payload)
	}
}

// open finds the form or home tab that the person has before them.
func (p *Person) open(v *View) *view {
	p.ws.t.Helper()
	if v == nil {
		p.ws.t.Fatalf("slacktest: @%s sees no form", p.user.Name)
	}
	if home := p.ws.homes[p.user.ID]; home != nil && home.id == v.ID {
		return home
	}
	top := p.top()
	if top == nil || top.id != v.ID {
		p.ws.t.Fatalf("slacktest: @%s does not see the form %q", p.user.Name, v.Title)
	}
	return top
}

// complete is the state of every input, with the errors of those left empty.
func (p *Person) complete(v *view, values map[string]string, offered map[string][]obj) (state obj, missing map[string]string) {
	p.ws.t.Helper()
	state, missing = obj{}, map[string]string{}
	used := map[string]bool{}
	for _, b := range inputs(v) {
		e := b["element"].(obj)
		id, action := b["block_id"].(string), e["action_id"].(string)
		entry := initial(e)
		for _, name := range []string{labelOf(b), id, action} {
			if value, given := values[name]; given {
				used[name] = true
				entry = p.enter(e, name, value, offered[id])
				break
			}
		}
		if empty(entry) && b["optional"] != true {
			missing[id] = pleaseFill
		}
		state[id] = obj{action: entry}
	}
	for name := range values {
		if !used[name] {
			p.ws.t.Fatalf("slacktest: the form has no field %q", name)
		}
	}
	return state, missing
}

func (p *Person) enter(e obj, name, value string, offered []obj) obj {
	p.ws.t.Helper()
	if value == "" {
		return blank(e)
	}
	entry, err := obj(nil), error(nil)
	if isExternal(e) {
		entry, err = chosen(e, offered, value)
	} else {
		entry, err = p.ws.fill(e, value)
	}
	if err != nil {
		p.ws.t.Fatalf("slacktest: %s: %v", name, err)
	}
	return entry
}

func labelOf(b obj) string {
	text, _ := b["label"].(obj)
	words, _ := text["text"].(string)
	return words
}

// What the app may have put into an element, and where the state shows it.
var initials = map[string]string{
	"initial_value": "value", "initial_option": "selected_option", "initial_options": "selected_options",
	"initial_user": "selected_user", "initial_users": "selected_users", "initial_channel": "selected_channel",
	"initial_channels": "selected_channels", "initial_conversation": "selected_conversation",
	"initial_conversations": "selected_conversations", "initial_date": "selected_date",
	"initial_time": "selected_time", "initial_date_time": "selected_date_time",
}

func initial(e obj) obj {
	for from, to := range initials {
		if e[from] != nil {
			return obj{"type": e["type"], to: e[from]}
		}
	}
	return blank(e)
}

// blank is the state of an element that nobody filled in.
func blank(e obj) obj {
	switch e["type"] {
	case "static_select", "radio_buttons", "external_select":
		return obj{"type": e["type"], "selected_option": nil}
	case "multi_static_select", "multi_external_select", "checkboxes":
		return obj{"type": e["type"], "selected_options": []any{}}
	}
	return obj{"type": e["type"], "value": nil}
}

func empty(entry obj) bool {
	for name, value := range entry {
		list, isList := value.([]any)
		if name != "type" && value != nil && value != "" && !(isList && len(list) == 0) {
			return false
		}
	}
	return true
}

// follow does what the app answered to a submission.
func (p *Person) follow(v *view, answer args) *Submission {
	p.ws.mu.Lock()
	defer p.ws.mu.Unlock()
	result := &Submission{}
	c := &call{Workspace: p.ws, args: answer, name: "response_action"}
	switch action := c.str("response_action"); action {
	case "":
		p.drop(v)
		result.Closed = true
	case "clear":
		delete(p.ws.views, p.user.ID)
		result.Closed = true
	case "errors":
		result.Errors = c.fieldErrors(v)
	case "update", "push":
		body, err := c.viewBody("modal", v)
		switch {
		case err != nil:
			result.Failed = err.Error()
		case action == "update":
			p.ws.replace(v, body)
		case len(p.ws.views[p.user.ID]) >= deepest:
			c.problem("push: at most %d views stand on one another", deepest)
			result.Failed = "push_limit_reached"
		default:
			p.ws.push(p.user.ID, body)
		}
	default:
		c.problem("there is no response_action %q", action)
		result.Failed = "invalid_response_action"
	}
	if top := p.top(); top != nil {
		result.Next = p.ws.showView(top)
	}
	return result
}

// fieldErrors reads the sentences for fields; each must name an input block.
func (c *call) fieldErrors(v *view) map[string]string {
	given, _ := c.args["errors"].(obj)
	if len(given) == 0 {
		c.problem("response_action errors names no field")
	}
	blocks, _ := v.body["blocks"].([]any)
	errors := map[string]string{}
	for id, sentence := range given {
		errors[id], _ = sentence.(string)
		known := slices.ContainsFunc(blocks, func(item any) bool {
			b, _ := item.(obj)
			return b["type"] == "input" && b["block_id"] == id
		})
		if !known || errors[id] == "" {
			c.problem("response_action errors: %q is no input of this form, or its sentence is empty", id)
		}
	}
	return errors
}

// drop takes one form away; the one below is seen again.
func (p *Person) drop(v *view) {
	p.ws.views[p.user.ID] = slices.DeleteFunc(p.ws.views[p.user.ID], func(other *view) bool { return other == v })
}
