package app

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"cresset/integrations/slack/slacktest"
)

// slackAccount is somebody on Slack.
type slackAccount struct {
	*simSlack
	who *slacktest.Person
}

func (w *simSlack) account(name string) account { return &slackAccount{w, w.ws.As(name)} }

func (a *slackAccount) key() string { return "slack:" + a.who.User().ID }

func (a *slackAccount) places() []string {
	mine := []string{"#general", "#support"}
	for _, c := range a.ws.Channels() {
		if strings.HasPrefix(c.Name, "inc-") && !c.Archived && slices.Contains(c.Members, a.who.User().Name) && slices.Contains(c.Members, "cresset") {
			mine = append(mine, "#"+c.ID)
		}
	}
	return mine
}

func (a *slackAccount) slash(where, line string, complete bool) (told, failed string) {
	command, rest, _ := strings.Cut(line, " ")
	a.expect(a.key(), complete)
	defer a.expect(a.key(), false)
	answer := a.who.Slash(where, command, rest)
	return answer.Text, answer.Failed
}

func (a *slackAccount) write(where, text string) string { return a.who.Say(where, text).TS }

func (a *slackAccount) mention(where, line string) { a.who.Mention(where, line) }

func (a *slackAccount) ticket(where, id string) { a.who.React(where, id, "ticket") }

func (a *slackAccount) shortcut(where, id string) { a.who.Shortcut(where, id, "file_request") }

func (a *slackAccount) buttons(where string) (all []button) {
	messages := a.ws.Messages(where)
	for _, m := range messages[max(0, len(messages)-6):] {
		for _, label := range slackButtons(m.Blocks) {
			all = append(all, button{m.TS, label})
		}
	}
	return all
}

func slackButtons(blocks json.RawMessage) []string {
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

func (a *slackAccount) press(where string, b button) string {
	return a.who.Click(where, b.message, b.label).Failed
}

func (a *slackAccount) form() *openForm {
	v := a.who.View()
	if v == nil {
		return nil
	}
	var inputs []slackInput
	_ = json.Unmarshal(v.Blocks, &inputs) // it is the fake's own JSON
	f := &openForm{title: v.Title, native: v}
	for _, in := range inputs {
		if in.Type != "input" {
			continue
		}
		field := openField{label: in.Label.Text, text: in.Element.Type == "plain_text_input"}
		for _, o := range in.Element.Options {
			field.options = append(field.options, o.Text.Text)
		}
		f.fields = append(f.fields, field)
	}
	return f
}

// A slackInput is a field of a form.
type slackInput struct {
	Type    string     `json:"type"`
	Label   textObject `json:"label"`
	Element struct {
		Type    string `json:"type"`
		Options []struct {
			Text textObject `json:"text"`
		} `json:"options"`
	} `json:"element"`
}

func (a *slackAccount) submit(f *openForm, values map[string]string) string {
	out := a.who.Submit(f.native.(*slacktest.View), values)
	for field, problem := range out.Errors {
		return cmp.Or(out.Failed, field+": "+problem)
	}
	return out.Failed
}

func (a *slackAccount) dismiss(f *openForm) { a.who.Dismiss(f.native.(*slacktest.View)) }
