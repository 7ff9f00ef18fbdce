package discord

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"cresset/bot/chat"
)

// What a custom_id begins with says what an act on the control means; behind it
// stands a command line. A number keeps two controls with one line apart.
const (
	runs    = "l" // run the line
	asks    = "c" // ask first
	agrees  = "y" // yes to that
	menus   = "m" // run the line with what was chosen
	people  = "u" // … with who was chosen
	forms   = "f" // the filled form of the line, about a message
	reopens = "o" // open a kept form
)

// controls are the rows of a message, and the lines that no control can carry, to
// be typed.
func (p *Platform) controls(m chat.Message) (rows []component, untold chat.Text) {
	var line []component
	var typed []chat.Text
	seen := map[string]bool{}
	for _, b := range m.Buttons {
		c, ok := p.button(b, seen)
		if !ok {
			typed = append(typed, chat.Textf("**%s:** `%s`", b.Label, b.Line))
			continue
		}
		line = append(line, c)
	}
	for few := range slices.Chunk(line, buttonsInRow) {
		rows = append(rows, row(few...))
	}
	for _, menu := range m.Menus {
		if c, ok := p.menu(menu, seen); ok {
			rows = append(rows, row(c))
		} else {
			typed = append(typed, chat.Textf("**%s:** `%s …`", menu.Label, menu.Line))
		}
	}
	return rows, p.typing.Text(chat.Join(typed, "\n"))
}

func (p *Platform) button(b chat.Button, seen map[string]bool) (component, bool) {
	c := component{Type: discordgo.ButtonComponent, Style: secondaryButton, Label: cmp.Or(oneLineOf(b.Label, longestLabel), "–")}
	switch {
	case b.URL != "" && isWeb(b.URL) && len(b.URL) <= longestURL:
		c.Style, c.URL = linkButton, b.URL
		return c, true
	case b.Style == chat.Good:
		c.Style = successButton
	case b.Style == chat.Danger:
		c.Style = dangerButton
	}
	does := runs
	if b.Confirm != "" {
		does = asks
		p.keepQuestion(b.Line, b.Confirm)
	}
	var ok bool
	c.CustomID, ok = customID(does, b.Line, seen)
	return c, ok
}

// menu is a choice from a list or among people. One that is longer than Discord
// takes becomes a button that opens the form of its line.
func (p *Platform) menu(m chat.Menu, seen map[string]bool) (c component, ok bool) {
	c = component{Placeholder: oneLineOf(m.Label, 150)}
	options := optionsOf(m.Options)
	switch {
	case m.Kind == chat.Somebody:
		c.Type = discordgo.UserSelectMenuComponent
		c.CustomID, ok = customID(people, m.Line, seen)
	case options != nil:
		c.Type, c.Options = discordgo.SelectMenuComponent, options
		c.CustomID, ok = customID(menus, m.Line, seen)
	default:
		return p.button(chat.Button{Label: m.Label, Line: m.Line}, seen)
	}
	return c, ok
}

// customID carries a line, if it is short enough: half a command would be
// another one.
func customID(does, line string, seen map[string]bool) (string, bool) {
	id := does + ":" + line
	for n := 2; seen[id]; n++ {
		id = fmt.Sprintf("%s%d:%s", does, n, line)
	}
	if line == "" || len(id) > longestCustomID {
		return "", false
	}
	seen[id] = true
	return id, true
}

// lineOf takes a custom_id apart.
func lineOf(id string) (does, line string) {
	does, line, _ = strings.Cut(id, ":")
	return strings.TrimRight(does, "0123456789"), line
}

// optionsOf is the options as Discord takes them; nil if it cannot take all of
// them.
func optionsOf(options []chat.Option, chosen ...string) []choice {
	var all []choice
	seen := map[string]bool{}
	for _, o := range options {
		if o.Value == "" || length(o.Value) > 100 || seen[o.Value] {
			return nil
		}
		seen[o.Value] = true
		all = append(all, choice{Label: cmp.Or(oneLineOf(o.Label, 100), o.Value), Value: o.Value, Default: slices.Contains(chosen, o.Value)})
	}
	if len(all) > mostOptions {
		return nil
	}
	return all
}
