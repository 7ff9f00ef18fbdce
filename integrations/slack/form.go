package slack

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"cresset/bot/chat"
)

const (
	formID       = "cresset.form"
	fieldPrefix  = "field."
	inputAction  = "value"
	longestKept  = 3000 // private_metadata
	mostFields   = 98   // of 100 blocks, with room for an introduction and a remark
	mostOptions  = 100
	longestInput = 3000
	largestView  = 250_000
)

func blockOf(field string) string { return fieldPrefix + field }

// modal is the form as it is opened by an act.
func (a *act) modal(f chat.Form, bytes int) slack.ModalViewRequest {
	v := modalWithin(f, bytes)
	if a.home {
		v.CallbackID = homeFormID
	}
	return v
}

// modal is the form as a view that Slack takes.
func modal(f chat.Form) slack.ModalViewRequest { return modalWithin(f, largestView) }

// modalWithin is the form as a view of at most so many bytes: the longest lists of
// choices are given up for a line to type in, until it is small enough.
func modalWithin(f chat.Form, bytes int) slack.ModalViewRequest {
	for {
		v := view(f)
		if len(encoded(v)) <= bytes {
			return v
		}
		i := widest(f.Fields)
		if i < 0 {
			return v // Slack refuses it, in words
		}
		f.Fields = slices.Clone(f.Fields)
		f.Fields[i].Kind, f.Fields[i].Options = chat.OneLine, nil
	}
}

// widest is the field with the most options.
func widest(fields []chat.FormField) int {
	widest := -1
	for i, f := range fields {
		if len(f.Options) > 0 && (widest < 0 || len(f.Options) > len(fields[widest].Options)) {
			widest = i
		}
	}
	return widest
}

func view(f chat.Form) slack.ModalViewRequest {
	var blocks []slack.Block
	if f.Intro != "" {
		blocks = append(blocks, richText(f.Intro, 2500)...)
	}
	for i, field := range f.Fields {
		if i == mostFields {
			blocks = append(blocks, slack.NewSectionBlock(plainObject("The form is too long for Slack: type the rest in the line.", 3000), nil, nil))
			break
		}
		blocks = append(blocks, inputBlock(field))
	}
	if len(blocks) == 0 {
		blocks = richText(chat.Textf("Runs `/%s`.", f.Line), 2500)
	}
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: formID, PrivateMetadata: pack(f),
		Title:  plainObject(firstOf(f.Title, f.Line), 24),
		Submit: plainObject(firstOf(f.Submit, "Submit"), 24),
		Close:  plainObject("Cancel", 24),
		Blocks: slack.Blocks{BlockSet: blocks},
	}
}

func inputBlock(f chat.FormField) slack.Block {
	b := slack.NewInputBlock(blockOf(f.Name), plainObject(firstOf(f.Label, f.Name), 2000), nil, element(f))
	b.Optional = f.Optional || f.Kind == chat.Yes // an unticked box is an answer
	if f.Help != "" && f.Kind != chat.Yes {
		b.Hint = plainObject(f.Help, 2000)
	}
	return b
}

func element(f chat.FormField) slack.BlockElement {
	switch f.Kind {
	case chat.ManyLines:
		return textInput(f, true)
	case chat.Choice:
		if options, ok := optionsOf(f.Options); ok {
			e := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, inputAction, options...)
			if chosen := withValues(options, f.Value); len(chosen) > 0 {
				e.InitialOption = chosen[0]
			}
			return e
		}
	case chat.Choices:
		if options, ok := optionsOf(f.Options); ok {
			e := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeStatic, nil, inputAction, options...)
			e.InitialOptions = withValues(options, strings.Split(f.Value, ",")...)
			return e
		}
	case chat.Somebody:
		e := slack.NewOptionsSelectBlockElement(slack.OptTypeUser, nil, inputAction)
		if id, ok := strings.CutPrefix(f.Value, name+":"); ok && isID(id) {
			e.InitialUser = id
		}
		return e
	case chat.Day:
		e := slack.NewDatePickerBlockElement(inputAction)
		if _, err := time.Parse(time.DateOnly, f.Value); err == nil {
			e.InitialDate = f.Value
		}
		return e
	case chat.Yes:
		// Beside the box, the help says what a tick means.
		yes := slack.NewOptionBlockObject("true", plainObject(firstOf(f.Help, "Yes"), 75), nil)
		e := slack.NewCheckboxGroupsBlockElement(inputAction, yes)
		if f.Value == "true" {
			e.InitialOptions = []*slack.OptionBlockObject{yes}
		}
		return e
	}
	return textInput(f, false)
}

func textInput(f chat.FormField, many bool) slack.BlockElement {
	e := slack.NewPlainTextInputBlockElement(nil, inputAction)
	e.Multiline = many
	e.InitialValue = chat.Cut(chat.Clean(f.Value), longestInput)
	if !many {
		e.InitialValue = strings.ReplaceAll(e.InitialValue, "\n", " ")
	}
	return e
}

// optionsOf is the options as Slack takes them, if it can take all of them.
func optionsOf(options []chat.Option) ([]*slack.OptionBlockObject, bool) {
	var all []*slack.OptionBlockObject
	seen := map[string]bool{}
	for _, o := range options {
		if o.Value == "" || len([]rune(o.Value)) > 150 || seen[o.Value] {
			return nil, false
		}
		seen[o.Value] = true
		all = append(all, slack.NewOptionBlockObject(o.Value, plainObject(firstOf(o.Label, o.Value), 75), nil))
	}
	return all, len(all) > 0 && len(all) <= mostOptions
}

func withValues(options []*slack.OptionBlockObject, values ...string) []*slack.OptionBlockObject {
	var chosen []*slack.OptionBlockObject
	for _, o := range options {
		if slices.ContainsFunc(values, func(v string) bool { return strings.TrimSpace(v) == o.Value }) {
			chosen = append(chosen, o)
		}
	}
	return chosen
}

// kept is what a form remembers while it is open.
type kept struct {
	Line  string     `json:"l"`
	Place chat.Place `json:"p"`
	About *chat.Post `json:"a,omitempty"`
}

// pack keeps the text of the message that the form is about as far as there is
// room. A line too long for that makes a view that Slack refuses, in words.
func pack(f chat.Form) string {
	k := kept{Line: f.Line, Place: f.Place}
	if f.About != nil {
		about := *f.About
		k.About = &about
	}
	for room := longestKept; ; room = room * 3 / 4 {
		js, _ := json.Marshal(k) // strings and times always encode
		switch {
		case len(js) <= longestKept || k.About == nil:
			return string(js)
		case room > 1:
			k.About.Text = chat.Cut(k.About.Text, room)
		default: // the rest of it is too long as well
			k.About = nil
		}
	}
}

func unpack(s string) (kept, error) {
	var k kept
	if err := json.Unmarshal([]byte(s), &k); err != nil {
		return k, fmt.Errorf("%w: private_metadata: %v", errUnreadable, err)
	}
	return k, nil
}

// input is one field of a form as it was filled in.
type input struct {
	Type           string `json:"type"`
	Value          string `json:"value"`
	SelectedUser   string `json:"selected_user"`
	SelectedDate   string `json:"selected_date"`
	SelectedOption struct {
		Value string `json:"value"`
	} `json:"selected_option"`
	SelectedOptions []struct {
		Value string `json:"value"`
	} `json:"selected_options"`
}

func (i input) text() string {
	var many []string
	for _, o := range i.SelectedOptions {
		many = append(many, o.Value)
	}
	return firstOf(i.Value, i.SelectedOption.Value, i.SelectedDate, strings.Join(many, ","))
}

// filled reads the fields of a form. Somebody who was picked is an @name, of
// which people says whom it means, or, if Slack did not say their name, a key.
func (p *Platform) filled(ctx context.Context, state map[string]map[string]input) (values map[string]string, people map[string]chat.Person) {
	values = map[string]string{}
	for _, id := range slices.SortedFunc(maps.Keys(state), cmp.Compare[string]) {
		field, ours := strings.CutPrefix(id, fieldPrefix)
		if !ours {
			continue
		}
		for _, in := range state[id] {
			values[field] = in.text()
			if in.SelectedUser == "" {
				continue
			}
			who, called := p.mentioned(ctx, in.SelectedUser, "")
			values[field] = who.Key()
			if other, taken := people[called]; called != "" && (!taken || other.ID == who.ID) {
				if people == nil {
					people = map[string]chat.Person{}
				}
				people[called] = who
				values[field] = "@" + called
			}
		}
	}
	return values, people
}

func contains(all []string, one string) bool { return slices.Contains(all, one) }
