package slack

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"cresset/bot/chat"
)

// Slack's limits, and how much of each part is shown where Slack sets none.
const (
	mostBlocks         = 50
	longestTitle       = 150
	longestText        = 6000
	longestDetails     = 9000
	longestAlt         = 2000
	longestField       = 2000
	longestLabel       = 75
	longestLine        = 2000 // of a button
	longestPlaceholder = 150
	longestID          = 255
	mostButtons        = 25
	buttonsInRow       = 5
	fieldsInBlock      = 10
	mostFacts          = 50
)

// render is a message as blocks, and as text for where blocks are not shown.
// pictures are ids of uploaded files, as picturesOf lists them; without one, a
// chart is told in words.
func render(m chat.Message, pictures ...string) (string, []slack.Block) {
	var blocks []slack.Block
	add := func(b ...slack.Block) { blocks = append(blocks, b...) }
	if title := titleOf(m); title != "" {
		add(slack.NewHeaderBlock(plainObject(title, longestTitle)))
	}
	if m.Text != "" {
		add(richText(toned(m), longestText)...)
	}
	add(facts(m.Fields)...)
	if m.Table != nil {
		add(table(*m.Table)...)
	}
	if m.Chart != nil {
		add(pictured(*m.Chart, nth(pictures, 0))...)
	}
	if m.Details != "" {
		add(slack.NewDividerBlock())
		add(richText(m.Details, longestDetails)...)
	}
	for i, f := range picturesOf(m) {
		if id := nth(pictures, i); id != "" && (i > 0 || m.Chart == nil) {
			add(image(id, cmp.Or(f.Alt, f.Name)))
		}
	}
	if len(blocks) == 0 && len(m.Files) > 0 {
		add(richText(fileNames(m.Files), longestText)...)
	}
	menus, more := menus(m.Menus)
	add(buttons(append(m.Buttons, more...))...)
	add(menus...)
	if m.Footer != "" {
		add(slack.NewContextBlock("", cell(m.Footer, longestField)))
	}
	if len(blocks) > mostBlocks { // cannot be reached with the bounds above; Slack would refuse the whole message
		blocks = blocks[:mostBlocks]
	}
	return fallback(m), blocks
}

var circles = map[chat.Tone]string{chat.Good: "🟢 ", chat.Warning: "🟠 ", chat.Danger: "🔴 "}

func titleOf(m chat.Message) string {
	if m.Title == "" {
		return ""
	}
	return circles[m.Tone] + m.Title
}

// toned is the text, with the circle when there is no title to carry it.
func toned(m chat.Message) chat.Text {
	if m.Title != "" {
		return m.Text
	}
	return chat.Text(circles[m.Tone]) + m.Text
}

// facts are shown in two columns, on a phone in one: a label and its value share
// a line.
func facts(fields []chat.Field) []slack.Block {
	var blocks []slack.Block
	left := 0
	if len(fields) > mostFacts {
		left = len(fields) - mostFacts
		fields = fields[:mostFacts]
	}
	for len(fields) > 0 {
		n := min(len(fields), fieldsInBlock)
		var cells []*slack.TextBlockObject
		for _, f := range fields[:n] {
			cells = append(cells, cell(fact(f), longestField))
		}
		blocks = append(blocks, slack.NewSectionBlock(nil, cells, nil))
		fields = fields[n:]
	}
	if left > 0 {
		blocks = append(blocks, slack.NewContextBlock("", plainObject(fmt.Sprintf("… %d more", left), longestField)))
	}
	return blocks
}

func fact(f chat.Field) chat.Text {
	label := strings.TrimSpace(strings.ReplaceAll(f.Label, "\n", " "))
	if label == "" {
		return f.Value
	}
	return chat.Textf("**%s:** ", label) + f.Value
}

// cell is a text where Slack has no rich text. Slack has no way to escape its
// formatting characters, so a text that has some is shown without formatting.
func cell(t chat.Text, n int) *slack.TextBlockObject {
	if s, safe := mrkdwn(t); safe && utf8.RuneCountInString(s) <= n {
		return slack.NewTextBlockObject(slack.MarkdownType, s, false, true)
	}
	return plainObject(t.String(), n)
}

func pictured(c chat.Chart, picture string) []slack.Block {
	if picture == "" {
		return richText(chat.Textf("**%s**\n%s", c.Title, c.Alt), longestText)
	}
	return []slack.Block{image(picture, c.Alt)}
}

func image(id, alt string) slack.Block {
	return slack.NewImageBlockSlackFile(&slack.SlackFileObject{ID: id}, plainObject(alt, longestAlt).Text, "", nil)
}

func fileNames(files []chat.File) chat.Text {
	var names []chat.Text
	for _, f := range files {
		names = append(names, chat.Plain(f.Name))
	}
	return "Attached: " + chat.Join(names, ", ")
}

func buttons(all []chat.Button) []slack.Block {
	var row []slack.BlockElement
	var rows []slack.Block
	for i, b := range all {
		if e := button(b, i); e != nil && i < mostButtons {
			row = append(row, e)
		}
		if len(row) == buttonsInRow || i == len(all)-1 && len(row) > 0 {
			rows = append(rows, slack.NewActionBlock("", row...))
			row = nil
		}
	}
	return rows
}

// menuPrefix stands before the line of a menu in what Slack calls its action.
const menuPrefix = "menu:"

// menus are the menus in a row. What cannot be one is a button that opens the form.
func menus(all []chat.Menu) (rows []slack.Block, buttons []chat.Button) {
	var row []slack.BlockElement
	for i, m := range all {
		if e := menu(m); e != nil && i < buttonsInRow {
			row = append(row, e)
		} else {
			buttons = append(buttons, chat.Button{Label: m.Label, Line: m.Line})
		}
	}
	if len(row) > 0 {
		rows = append(rows, slack.NewActionBlock("", row...))
	}
	return rows, buttons
}

func menu(m chat.Menu) slack.BlockElement {
	action, label := menuPrefix+m.Line, plainObject(m.Label, longestPlaceholder)
	if len(action) > longestID {
		return nil
	}
	if m.Kind == chat.Somebody {
		return slack.NewOptionsSelectBlockElement(slack.OptTypeUser, label, action)
	}
	if options, ok := optionsOf(m.Options); ok {
		return slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, label, action, options...)
	}
	return nil
}

// button is nil for a line that Slack cannot carry: half a command would be
// another one.
func button(b chat.Button, i int) *slack.ButtonBlockElement {
	e := slack.NewButtonBlockElement(fmt.Sprintf("button.%d", i), b.Line, plainObject(b.Label, longestLabel))
	switch {
	case b.URL != "" && isWeb(b.URL):
		e.URL, e.Value = b.URL, ""
	case b.Line == "" || utf8.RuneCountInString(b.Line) > longestLine:
		return nil
	}
	switch b.Style {
	case chat.Good:
		e.Style = slack.StylePrimary
	case chat.Danger:
		e.Style = slack.StyleDanger
	}
	if b.Confirm != "" {
		e.Confirm = slack.NewConfirmationBlockObject(plainObject("Are you sure?", 100), plainObject(b.Confirm, 300),
			plainObject(b.Label, 30), plainObject("Cancel", 30))
	}
	return e
}

// plainObject is text in which nothing means anything, on one line. Slack takes
// no empty one.
func plainObject(s string, n int) *slack.TextBlockObject {
	s = strings.TrimSpace(chat.Clean(s))
	if n < longestField {
		s = strings.ReplaceAll(s, "\n", " ")
	}
	return slack.NewTextBlockObject(slack.PlainTextType, cmp.Or(chat.Cut(s, n), "–"), true, false)
}

func isWeb(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && len(address) <= 3000
}

// isID says whether s can be an id of Slack's, and so nothing else between
// angle brackets. Slack asks not to read more into its first letter.
func isID(s string) bool {
	return len(s) > 1 && len(s) <= 64 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}
