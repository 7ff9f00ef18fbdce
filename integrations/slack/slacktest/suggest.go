package slacktest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Suggest types into a menu of a form whose options the app proposes, named by its
// label or its block_id, and returns the values that are offered.
func (p *Person) Suggest(v *View, field, typed string) []string {
	p.ws.t.Helper()
	var values []string
	for _, o := range p.suggest(v, field, typed) {
		values = append(values, fmt.Sprint(o["value"]))
	}
	return values
}

func (p *Person) suggest(v *View, field, typed string) []obj {
	p.ws.t.Helper()
	var payload obj
	p.ws.locked(func() {
		open := p.open(v)
		block, e := p.external(open, field)
		payload = p.payload("block_suggestion")
		delete(payload, "trigger_id")
		payload["action_id"], payload["block_id"], payload["value"] = e["action_id"], block["block_id"], typed
		payload["container"] = obj{"type": "view", "view_id": open.id}
		payload["view"] = p.ws.viewJSON(open)
	})
	got, _ := p.ws.exchange("interactive", payload, true)
	var answer struct {
		Options []obj `json:"options"`
	}
	if got.err != nil || json.Unmarshal(got.body, &answer) != nil {
		return nil
	}
	p.ws.locked(func() {
		if len(answer.Options) > 100 {
			p.ws.problem("%d options are offered, at most 100 are possible", len(answer.Options))
		}
		r := &rules{}
		for i, o := range answer.Options {
			r.text(fmt.Sprintf("/options/%d/text", i), o["text"], 75, "plain_text")
			r.length(fmt.Sprintf("/options/%d/value", i), o["value"], 150)
		}
		for _, complaint := range r.complaints {
			p.ws.problem("block_suggestion: %s", complaint)
		}
	})
	return answer.Options
}

// external finds a menu whose options the app proposes.
func (p *Person) external(v *view, field string) (block, element obj) {
	p.ws.t.Helper()
	for _, b := range inputs(v) {
		e := b["element"].(obj)
		if isExternal(e) && (labelOf(b) == field || b["block_id"] == field) {
			return b, e
		}
	}
	p.ws.t.Fatalf("slacktest: the form has no menu %q that the app fills", field)
	return nil, nil
}

func isExternal(e obj) bool {
	kind := fmt.Sprint(e["type"])
	return kind == "external_select" || kind == "multi_external_select"
}

func inputs(v *view) (found []obj) {
	blocks, _ := v.body["blocks"].([]any)
	for _, item := range blocks {
		b, _ := item.(obj)
		if _, isInput := b["element"].(obj); isInput {
			found = append(found, b)
		}
	}
	return found
}

// offers asks the app for what a person will choose in the menus that it fills.
func (p *Person) offers(v *View, values map[string]string) map[string][]obj {
	p.ws.t.Helper()
	var asked map[string]string // block_id -> what is typed
	p.ws.locked(func() {
		asked = map[string]string{}
		for _, b := range inputs(p.open(v)) {
			e := b["element"].(obj)
			for _, name := range []string{labelOf(b), b["block_id"].(string)} {
				if value := values[name]; value != "" && isExternal(e) {
					asked[b["block_id"].(string)] = value
				}
			}
		}
	})
	offered := map[string][]obj{}
	for id, value := range asked {
		for _, one := range split(value) {
			offered[id] = append(offered[id], p.suggest(v, id, one)...)
		}
	}
	return offered
}

// chosen is the state of a menu in which a person chose of what was offered.
func chosen(e obj, offered []obj, value string) (obj, error) {
	all := []any{}
	for _, one := range split(value) {
		i := slices.IndexFunc(offered, func(o obj) bool { return o["value"] == one || strings.EqualFold(label(o), one) })
		if i < 0 {
			return nil, fmt.Errorf("%q is not offered", one)
		}
		all = append(all, offered[i])
	}
	if e["type"] == "multi_external_select" {
		return obj{"type": e["type"], "selected_options": all}, nil
	}
	return obj{"type": e["type"], "selected_option": all[0]}, nil
}

// Change fills in fields of a form without sending it. The last one is done after
// the others; if the app wants to hear of it, it does.
func (p *Person) Change(v *View, values map[string]string, last string) *Answer {
	p.ws.t.Helper()
	offered := p.offers(v, values)
	var payload obj
	p.ws.locked(func() {
		open := p.open(v)
		state, _ := p.complete(open, values, offered)
		for _, b := range inputs(open) {
			if labelOf(b) != last && b["block_id"] != last || b["dispatch_action"] != true {
				continue
			}
			id, e := b["block_id"].(string), b["element"].(obj)
			action := obj{"block_id": id, "action_id": e["action_id"], "action_ts": p.ws.ts()}
			for name, value := range state[id].(obj)[e["action_id"].(string)].(obj) {
				action[name] = value
			}
			payload = p.payload("block_actions")
			shown := p.ws.viewJSON(open)
			shown["state"] = obj{"values": state}
			payload["actions"], payload["view"] = []any{action}, shown
			payload["container"] = obj{"type": "view", "view_id": open.id}
		}
	})
	if payload == nil {
		return nil
	}
	return p.interact(payload)
}
