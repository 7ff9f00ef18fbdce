package discord

import "github.com/bwmarrin/discordgo"

// A component is a part of a message or of a form. Which fields count depends on
// the kind.
type component struct {
	Type        discordgo.ComponentType `json:"type"`
	ID          int32                   `json:"id,omitempty"`
	Components  []component             `json:"components,omitempty"`
	Component   *component              `json:"component,omitempty"` // of a label
	AccentColor int                     `json:"accent_color,omitempty"`
	Content     string                  `json:"content,omitempty"`
	CustomID    string                  `json:"custom_id,omitempty"`
	Label       string                  `json:"label,omitempty"`
	Description string                  `json:"description,omitempty"`
	Style       int                     `json:"style,omitempty"`
	URL         string                  `json:"url,omitempty"`
	Options     []choice                `json:"options,omitempty"`
	Placeholder string                  `json:"placeholder,omitempty"`
	MinValues   *int                    `json:"min_values,omitempty"`
	MaxValues   int                     `json:"max_values,omitempty"`
	Required    *bool                   `json:"required,omitempty"`
	Value       string                  `json:"value,omitempty"`
	MaxLength   int                     `json:"max_length,omitempty"`
	Defaults    []chosenOne             `json:"default_values,omitempty"`
	Items       []media                 `json:"items,omitempty"`
	File        *asset                  `json:"file,omitempty"`
}

// A choice is one option of a menu.
type choice struct {
	Label       string `json:"label"`
	Value       string `json:"value"`
	Description string `json:"description,omitempty"`
	Default     bool   `json:"default,omitempty"`
}

// chosenOne is somebody who is in a menu of people from the start.
type chosenOne struct {
	ID   string `json:"id"`
	Type string `json:"type"` // user
}

// media is one picture of a gallery.
type media struct {
	Media       asset  `json:"media"`
	Description string `json:"description,omitempty"`
}

type asset struct {
	URL string `json:"url"`
}

// What the library does not know yet.
const labelComponent discordgo.ComponentType = 18

// Styles of buttons and of text inputs.
const (
	secondaryButton = 2
	successButton   = 3
	dangerButton    = 4
	linkButton      = 5

	oneLine   = 1
	manyLines = 2
)

func display(content string) component {
	return component{Type: discordgo.TextDisplayComponent, Content: content}
}

func row(inside ...component) component {
	return component{Type: discordgo.ActionsRowComponent, Components: inside}
}

// count is how many components there are, those inside counted.
func count(all []component) int {
	n := len(all)
	for _, c := range all {
		n += count(c.Components)
	}
	return n
}
