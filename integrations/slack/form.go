package slack

import (
	"cmp"
	"slices"

	"github.com/slack-go/slack"

	"cresset/bot/chat"
)

const (
	formID      = "cresset.form"
	fieldPrefix = "field."
	mostFields  = 98 // of 100 blocks, with room for an introduction and a remark
	largestView = 250_000
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

// modalWithin is the form as a view of at most so many bytes. Until it is small
// enough, the longest list of choices is given up: for proposals, where there are
// any, else for a line to type in.
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
		if f.Fields[i].Options = nil; f.Fields[i].From == "" {
			f.Fields[i].Kind = chat.OneLine
		}
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
			blocks = append(blocks, slack.NewSectionBlock(plainObject("The form is too long for Slack: type the rest into the line.", 3000), nil, nil))
			break
		}
		blocks = append(blocks, inputBlock(field))
	}
	if len(blocks) == 0 {
		blocks = richText(chat.Textf("Runs `/%s`.", f.Line), 2500)
	}
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: formID, PrivateMetadata: pack(f),
		Title:  plainObject(cmp.Or(f.Title, f.Line), 24),
		Submit: plainObject(cmp.Or(f.Submit, "Submit"), 24),
		Close:  plainObject("Cancel", 24),
		Blocks: slack.Blocks{BlockSet: blocks},
	}
}

func inputBlock(f chat.FormField) slack.Block {
	b := slack.NewInputBlock(blockOf(f.Name), plainObject(cmp.Or(f.Label, f.Name), 2000), nil, element(f))
	b.Optional = f.Optional || f.Kind == chat.Yes // an unticked box is an answer
	b.DispatchAction = f.Live
	if f.Help != "" && f.Kind != chat.Yes {
		b.Hint = plainObject(f.Help, 2000)
	}
	return b
}
