package slack

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"cresset/bot/chat"
)

const (
	inputAction   = "value"
	suggestAction = "value:" // what the field comes from stands behind it
	mostOptions   = 100
	longestInput  = 3000
	longestValue  = 150
)

// element is what a field is filled in with.
func element(f chat.FormField) slack.BlockElement {
	if suggested(f) {
		return suggestions(f)
	}
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
	case chat.Moment:
		e := slack.NewDateTimePickerBlockElement(inputAction)
		if at, err := time.Parse(time.RFC3339, f.Value); err == nil {
			e.InitialDateTime = at.Unix()
		}
		return e
	case chat.Yes:
		// Beside the box, the help says what a tick means.
		yes := slack.NewOptionBlockObject("true", plainObject(cmp.Or(f.Help, "Yes"), 75), nil)
		e := slack.NewCheckboxGroupsBlockElement(inputAction, yes)
		if f.Value == "true" {
			e.InitialOptions = []*slack.OptionBlockObject{yes}
		}
		return e
	}
	return textInput(f, false)
}

// suggested says whether a field is filled in with what is proposed while somebody
// types: where there may be more than a list takes, and for records, which are many.
func suggested(f chat.FormField) bool {
	for value := range strings.SplitSeq(f.Value, ",") {
		if utf8.RuneCountInString(value) > longestValue {
			return false
		}
	}
	switch f.Kind {
	case chat.OneLine:
		return f.From == chat.Incidents || f.From == chat.Requests
	case chat.Choice, chat.Choices:
		return f.From != "" && (len(f.Options) == 0 || len(f.Options) >= mostOptions)
	}
	return false
}

func suggestions(f chat.FormField) slack.BlockElement {
	var chosen []*slack.OptionBlockObject
	for value := range strings.SplitSeq(f.Value, ",") {
		if value = strings.TrimSpace(value); value != "" {
			chosen = append(chosen, slack.NewOptionBlockObject(value, plainObject(labelFor(f.Options, value), 75), nil))
		}
	}
	action, at := suggestAction+f.From, 0 // proposals come before anything is typed
	if f.Kind == chat.Choices {
		e := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeExternal, nil, action)
		e.InitialOptions, e.MinQueryLength = chosen, &at
		return e
	}
	e := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, nil, action)
	e.MinQueryLength = &at
	if len(chosen) > 0 {
		e.InitialOption = chosen[0]
	}
	return e
}

func labelFor(options []chat.Option, value string) string {
	for _, o := range options {
		if o.Value == value {
			return cmp.Or(o.Label, value)
		}
	}
	return value
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
		if o.Value == "" || len([]rune(o.Value)) > longestValue || seen[o.Value] {
			return nil, false
		}
		seen[o.Value] = true
		all = append(all, slack.NewOptionBlockObject(o.Value, plainObject(cmp.Or(o.Label, o.Value), 75), nil))
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
