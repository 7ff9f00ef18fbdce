package discordtest

import "encoding/json"

// modal is a form that a person has before them.
type modal struct {
	from *interaction
	body obj
}

// Modal is a form as a person sees it.
type Modal struct {
	Title      string
	CustomID   string
	Components []Component
	Raw        json.RawMessage
}

// Field is one thing to fill in.
type Field struct {
	Label       string
	Description string
	Input       Component
}

// Fields are the things to fill in, from top to bottom.
func (m *Modal) Fields() []Field {
	var fields []Field
	for _, c := range m.Components {
		switch {
		case c.Component != nil:
			fields = append(fields, Field{c.Label, c.Description, *c.Component})
		case len(c.Components) > 0:
			fields = append(fields, Field{c.Components[0].Label, "", c.Components[0]})
		}
	}
	return fields
}

func showModal(m *modal) *Modal {
	if m == nil {
		return nil
	}
	shown := &Modal{Title: text(m.body["title"]), CustomID: text(m.body["custom_id"]), Raw: encode(m.body)}
	decode(encode(m.body["components"]), &shown.Components)
	return shown
}

// present opens a form before the person who did something.
func (c *call) present(in *interaction, data obj) error {
	var f form
	f.text("data.title", data["title"], 1, 45)
	f.text("data.custom_id", data["custom_id"], 1, 100)
	all := f.list("data.components", data["components"], 1, 5)
	l := newLayout(&f)
	for i, item := range all {
		l.field(at("data.components", i), item)
	}
	if err := f.refusal(); err != nil {
		return err
	}
	l.number(all)
	in.modal = &modal{from: in, body: data}
	c.modals[in.user.ID] = in.modal
	return nil
}

// field checks one component of a form.
func (l *layout) field(path string, v any) {
	c := l.object(path, v)
	l.identifier(path, c)
	switch kind, _ := integer(c["type"]); kind {
	case actionRow:
		inside := l.list(in(path, "components"), c["components"], 1, 1)
		if len(inside) == 1 {
			l.input(at(in(path, "components"), 0), inside[0], []int64{textInput}, true)
		}
	case textDisplay:
		l.text(in(path, "content"), c["content"], 1, longestText)
	case label:
		l.text(in(path, "label"), c["label"], 1, 45)
		l.text(in(path, "description"), c["description"], 0, 100)
		l.input(in(path, "component"), c["component"], []int64{textInput, stringSelect, userSelect, roleSelect, anySelect, channelSelect}, false)
	default:
		l.bad(in(path, "type"), "UNION_TYPE_CHOICES", "Value of field %q must be one of (1, 10, 18).", "type")
	}
}

// input checks what people fill in. Only in an action row it has a label itself.
func (l *layout) input(path string, v any, may []int64, labelled bool) {
	c := l.object(path, v)
	kind, _ := integer(c["type"])
	if kind != textInput {
		l.component(path, c, may)
		l.bool(in(path, "required"), c["required"])
		if c["disabled"] == true {
			l.bad(in(path, "disabled"), "COMPONENT_DISABLED_IN_MODAL", "A component of a modal cannot be disabled")
		}
		return
	}
	l.identifier(path, c)
	l.custom(path, c)
	l.choice(in(path, "style"), c["style"], 1, 2)
	l.text(in(path, "placeholder"), c["placeholder"], 0, 100)
	l.text(in(path, "value"), c["value"], 0, 4000)
	l.bool(in(path, "required"), c["required"])
	most := l.integer(in(path, "max_length"), c["max_length"], 1, 4000, 4000)
	if least := l.integer(in(path, "min_length"), c["min_length"], 0, 4000, 0); least > most {
		l.bad(in(path, "min_length"), "TEXT_INPUT_MIN_LENGTH_TOO_LARGE", "Cannot be more than max_length")
	}
	switch {
	case labelled:
		l.text(in(path, "label"), c["label"], 1, 45)
	case text(c["label"]) != "":
		l.bad(in(path, "label"), "TEXT_INPUT_LABEL_IN_LABEL", "A text input in a label has no label itself")
	}
}
