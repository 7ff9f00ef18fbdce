package app

import (
	"encoding/json"
	"fmt"
	"strings"
)

// press presses a button of one of the last messages that the person sees.
func (w *worker) press() {
	where := w.pick(w.place(), "#incidents", "#cre")
	all := w.ws.Messages(where)
	for i := len(all) - 1; i >= 0 && i >= len(all)-6; i-- {
		labels := buttonsOf(all[i].Blocks)
		if len(labels) == 0 {
			continue
		}
		label := w.pick(labels...)
		w.note("%s %s presses %q", w.name, where, label)
		if a := w.who.Click(where, all[i].TS, label); a.Failed != "" {
			w.note("    to %s: %s", w.name, a.Failed)
		}
		w.fill()
		return
	}
	w.say("/cre queue", true)
}

func buttonsOf(blocks json.RawMessage) []string {
	var all []block
	_ = json.Unmarshal(blocks, &all) // it is the fake's own JSON
	var labels []string
	for _, b := range all {
		if b.Type != "actions" {
			continue
		}
		for _, e := range b.Elements {
			if e.Type == "button" {
				labels = append(labels, e.words())
			}
		}
	}
	return labels
}

// form asks for a form, by a line that lacks something.
func (w *worker) form() {
	w.say(w.pick("/incident declare", "/incident update "+w.incident(), "/cre request", "/cre wait "+w.request(), "/incident severity "+w.incident()), false)
}

// fill fills in the form that is open for the person, if one is, and sends it.
// What is wrong with it they correct once.
func (w *worker) fill() {
	v := w.who.View()
	if v == nil {
		return
	}
	if w.dice.IntN(6) == 0 {
		w.note("%s closes the form %q", w.name, v.Title)
		w.who.Dismiss(v)
		return
	}
	for range 2 {
		values := w.values(v.Blocks)
		w.note("%s sends the form %q: %v", w.name, v.Title, values)
		out := w.who.Submit(v, values)
		if out.Failed == "" && len(out.Errors) == 0 {
			return
		}
		w.note("    to %s: %s %v", w.name, out.Failed, out.Errors)
		if v = w.who.View(); v == nil {
			return
		}
	}
	w.who.Dismiss(v)
}

// An input is a field of a form.
type input struct {
	Type    string     `json:"type"`
	Label   textObject `json:"label"`
	Element struct {
		Type    string `json:"type"`
		Options []struct {
			Text textObject `json:"text"`
		} `json:"options"`
	} `json:"element"`
}

// values are what the person fills in.
func (w *worker) values(blocks json.RawMessage) map[string]string {
	var all []input
	_ = json.Unmarshal(blocks, &all) // it is the fake's own JSON
	values := map[string]string{}
	for _, b := range all {
		switch {
		case b.Type != "input":
		case b.Element.Type == "plain_text_input":
			values[b.Label.Text] = w.words(b.Label.Text)
		case len(b.Element.Options) > 0 && w.dice.IntN(3) > 0:
			values[b.Label.Text] = b.Element.Options[w.dice.IntN(len(b.Element.Options))].Text.Text
		}
	}
	return values
}

// words suit a field, most of the time.
func (w *worker) words(label string) string {
	switch l := strings.ToLower(label); {
	case strings.Contains(l, "next"):
		return w.pick("20m", "soon")
	case strings.Contains(l, "title"):
		return fmt.Sprintf("trouble%s%d from a form", w.name, w.dice.IntN(1000))
	}
	return w.pick("rolled back", "the index was missing", "we wait for logs")
}
