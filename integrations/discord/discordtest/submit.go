package discordtest

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Submit fills in a form and sends it. A field is named by its label or its
// custom_id; what is not named keeps what the app put there. Several values of a menu
// are separated by commas. Discord itself asks for what is required and for the
// length, and does not bother the app: that is Answer.Failed. The form stays open
// until the app has answered.
func (p *Person) Submit(form *Modal, values map[string]string) *Answer {
	p.s.t.Helper()
	var in *interaction
	var refused string
	p.s.locked(func() {
		open := p.open(form)
		filled := p.fillIn(open, values)
		if refused = filled.refused; refused != "" {
			return
		}
		data := obj{"custom_id": open.body["custom_id"], "components": filled.components}
		if len(filled.resolved) > 0 {
			data["resolved"] = filled.resolved
		}
		in = p.interaction(modalSubmit, open.from.channel, data)
		if in.message = open.from.message; in.message != nil {
			in.payload["message"] = p.s.messageJSON(in.message)
		}
	})
	if refused != "" {
		return &Answer{Failed: refused}
	}
	answer := p.interact(in)
	if answer.Failed == "" {
		p.Dismiss()
	}
	return answer
}

// Dismiss closes the form without sending it. The app does not hear of it.
func (p *Person) Dismiss() {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	delete(p.s.modals, p.user.ID)
}

// open finds the form that the person has before them.
func (p *Person) open(form *Modal) *modal {
	p.s.t.Helper()
	open := p.s.modals[p.user.ID]
	if form == nil || open == nil || text(open.body["custom_id"]) != form.CustomID {
		p.s.t.Fatalf("discordtest: @%s does not see this form", p.user.Name)
	}
	return open
}

// filledIn is a form as it is sent.
type filledIn struct {
	components []any
	resolved   obj
	refused    string
	used       map[string]bool
}

func (p *Person) fillIn(m *modal, values map[string]string) *filledIn {
	p.s.t.Helper()
	filled := &filledIn{resolved: obj{}, used: map[string]bool{}}
	for _, item := range items(m.body["components"]) {
		c := object(item)
		sent := obj{"type": c["type"], "id": c["id"]}
		switch number(c["type"]) {
		case actionRow:
			input := object(items(c["components"])[0])
			sent["components"] = []any{p.s.enter(filled, text(input["label"]), input, values)}
		case label:
			sent["component"] = p.s.enter(filled, text(c["label"]), object(c["component"]), values)
		}
		filled.components = append(filled.components, sent)
	}
	for name := range values {
		if !filled.used[name] {
			p.s.t.Fatalf("discordtest: the form has no field %q", name)
		}
	}
	return filled
}

// enter puts a value into one field.
func (s *Server) enter(filled *filledIn, name string, c obj, values map[string]string) obj {
	s.t.Helper()
	value, said := "", false
	for _, key := range []string{name, text(c["custom_id"])} {
		if v, ok := values[key]; ok {
			value, said = v, true
			filled.used[key] = true
		}
	}
	sent := obj{"type": c["type"], "id": c["id"], "custom_id": c["custom_id"]}
	if number(c["type"]) == textInput {
		if !said {
			value = text(c["value"])
		}
		sent["value"] = value
		filled.check(name, lengthProblem(c, value))
		return sent
	}
	picked := preset(c)
	if said {
		picked = split(value)
	}
	if len(picked) == 0 {
		sent["values"] = []string{}
		filled.check(name, required(c))
		return sent
	}
	chosen := s.choose(c, picked)
	sent["values"] = chosen.values
	for field, about := range chosen.resolved {
		if filled.resolved[field] == nil {
			filled.resolved[field] = obj{}
		}
		for id, one := range about.(obj) {
			filled.resolved[field].(obj)[id] = one
		}
	}
	return sent
}

func (f *filledIn) check(name, problem string) {
	if problem != "" && f.refused == "" {
		f.refused = name + ": " + problem
	}
}

// required is what Discord says of a required field that is empty.
func required(c obj) string {
	if c["required"] == false {
		return ""
	}
	return "This field is required"
}

func lengthProblem(c obj, value string) string {
	n := utf8.RuneCountInString(value)
	least, _ := integer(c["min_length"])
	most, limited := integer(c["max_length"])
	switch {
	case n == 0:
		return required(c)
	case int64(n) < least:
		return fmt.Sprintf("Must be at least %d characters", least)
	case limited && int64(n) > most, n > 4000:
		return fmt.Sprintf("Must be at most %d characters", or(most, 4000))
	}
	return ""
}

// preset is what the app chose beforehand in a menu.
func preset(c obj) []string {
	var values []string
	for _, item := range items(c["options"]) {
		if o := object(item); o["default"] == true {
			values = append(values, text(o["value"]))
		}
	}
	for _, item := range items(c["default_values"]) {
		values = append(values, text(object(item)["id"]))
	}
	return values
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
