package discordtest

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Types of components.
const (
	actionRow     = 1
	button        = 2
	stringSelect  = 3
	textInput     = 4
	userSelect    = 5
	roleSelect    = 6
	anySelect     = 7 // people and roles
	channelSelect = 8
	section       = 9
	textDisplay   = 10
	thumbnail     = 11
	gallery       = 12
	fileComponent = 13
	separator     = 14
	container     = 17
	label         = 18
)

const (
	mostRows       = 5
	mostComponents = 40
	longestText    = 4000 // characters over all text displays
	linkButton     = 5
	premiumButton  = 6
)

// layout holds the components of one message or form against their limits.
type layout struct {
	*form
	count, chars int
	customs      map[string]bool
	ids          map[int64]bool
}

func newLayout(f *form) *layout {
	return &layout{form: f, customs: map[string]bool{}, ids: map[int64]bool{}}
}

// components reads the components of a message, of the second version or the first.
func (f *form) components(v any, second bool) []any {
	l := newLayout(f)
	most, top := mostRows, []int64{actionRow}
	if second {
		most, top = mostComponents, []int64{actionRow, section, textDisplay, gallery, fileComponent, separator, container}
	}
	all := f.list("components", v, 0, most)
	l.each("components", all, top)
	if second && l.count > mostComponents {
		l.bad("components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", "The total number of components cannot exceed %d", mostComponents)
	}
	if l.chars > longestText {
		l.bad("components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", "Total displayable text size exceeds maximum of %d", longestText)
	}
	l.number(all)
	return all
}

func (l *layout) each(path string, all []any, may []int64) {
	for i, item := range all {
		l.component(at(path, i), item, may)
	}
}

// component checks one component, whose type must be among those that may stand there.
func (l *layout) component(path string, v any, may []int64) {
	c := l.object(path, v)
	if c == nil {
		return
	}
	l.count++
	kind, _ := integer(c["type"])
	if !slices.Contains(may, kind) {
		l.bad(in(path, "type"), "UNION_TYPE_CHOICES", "Value of field %q must be one of %v.", "type", may)
		return
	}
	l.identifier(path, c)
	switch kind {
	case actionRow:
		l.row(path, c)
	case button:
		l.button(path, c)
	case stringSelect, userSelect, roleSelect, anySelect, channelSelect:
		l.menu(path, c, kind)
	case section:
		l.each(in(path, "components"), l.list(in(path, "components"), c["components"], 1, 3), []int64{textDisplay})
		l.component(in(path, "accessory"), c["accessory"], []int64{button, thumbnail})
	case textDisplay:
		l.chars += utf8.RuneCountInString(l.text(in(path, "content"), c["content"], 1, longestText))
	case thumbnail:
		l.media(path, c)
	case gallery:
		for i, item := range l.list(in(path, "items"), c["items"], 1, 10) {
			place := at(in(path, "items"), i)
			l.media(place, l.object(place, item))
		}
	case fileComponent:
		if !isAttachment(text(object(c["file"])["url"])) {
			l.bad(in(path, "file.url"), "UNFURLED_MEDIA_ITEM_ATTACHMENT_REQUIRED", "A file refers to an attachment.")
		}
	case separator:
		l.bool(in(path, "divider"), c["divider"])
		l.integer(in(path, "spacing"), c["spacing"], 1, 2, 1)
	case container:
		l.integer(in(path, "accent_color"), c["accent_color"], 0, 0xFFFFFF, 0)
		inside := []int64{actionRow, section, textDisplay, gallery, fileComponent, separator}
		l.each(in(path, "components"), l.list(in(path, "components"), c["components"], 1, mostComponents), inside)
	}
}

func (l *layout) identifier(path string, c obj) {
	id := l.integer(in(path, "id"), c["id"], 0, 1<<31-1, 0)
	if id == 0 {
		return
	}
	if l.ids[id] {
		l.bad(in(path, "id"), "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")
	}
	l.ids[id] = true
}

func (l *layout) row(path string, c obj) {
	inside := l.list(in(path, "components"), c["components"], 1, 5)
	l.each(in(path, "components"), inside, []int64{button, stringSelect, userSelect, roleSelect, anySelect, channelSelect})
	menus := slices.ContainsFunc(inside, func(v any) bool { return number(object(v)["type"]) != button })
	if menus && len(inside) > 1 {
		l.bad(in(path, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width")
	}
}

func (l *layout) button(path string, c obj) {
	l.text(in(path, "label"), c["label"], 0, 80)
	style := l.integer(in(path, "style"), c["style"], 1, premiumButton, 0)
	l.bool(in(path, "disabled"), c["disabled"])
	if text(c["label"]) == "" && c["emoji"] == nil && style != premiumButton {
		l.bad(path, "BUTTON_COMPONENT_LABEL_REQUIRED", "A button needs a label or an emoji")
	}
	switch style {
	case 0:
		l.bad(in(path, "style"), "BASE_TYPE_REQUIRED", "This field is required")
	case linkButton:
		l.link(in(path, "url"), c["url"], 512)
		if text(c["custom_id"]) != "" {
			l.bad(in(path, "custom_id"), "BUTTON_COMPONENT_CUSTOM_ID_AND_URL", "A link button cannot have a custom_id")
		}
	case premiumButton:
		l.snowflake(in(path, "sku_id"), c["sku_id"])
	default:
		l.custom(path, c)
		if text(c["url"]) != "" {
			l.bad(in(path, "url"), "BUTTON_COMPONENT_CUSTOM_ID_AND_URL", "A custom id and url cannot both be specified")
		}
	}
}

func (l *layout) custom(path string, c obj) {
	id := l.text(in(path, "custom_id"), c["custom_id"], 1, 100)
	if id != "" && l.customs[id] {
		l.bad(in(path, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
	}
	l.customs[id] = true
}

func (l *layout) menu(path string, c obj, kind int64) {
	l.custom(path, c)
	l.text(in(path, "placeholder"), c["placeholder"], 0, 150)
	most := l.integer(in(path, "max_values"), c["max_values"], 1, 25, 1)
	if least := l.integer(in(path, "min_values"), c["min_values"], 0, 25, 1); least > most {
		l.bad(in(path, "min_values"), "SELECT_COMPONENT_MIN_VALUES_TOO_LARGE", "Cannot be more than max_values")
	}
	if kind == stringSelect {
		l.options(path, c, most)
		return
	}
	if len(items(c["options"])) > 0 {
		l.bad(in(path, "options"), "BASE_TYPE_UNKNOWN_FIELD", "Only a string select has options")
	}
	if defaults := l.list(in(path, "default_values"), c["default_values"], 0, int(most)); kind == userSelect {
		for i, item := range defaults {
			l.snowflake(in(at(in(path, "default_values"), i), "id"), object(item)["id"])
		}
	}
}

func (l *layout) options(path string, c obj, most int64) {
	options := l.list(in(path, "options"), c["options"], 1, 25)
	seen, chosen := map[string]bool{}, int64(0)
	for i, item := range options {
		place := at(in(path, "options"), i)
		o := l.object(place, item)
		l.text(in(place, "label"), o["label"], 1, 100)
		l.text(in(place, "description"), o["description"], 0, 100)
		value := l.text(in(place, "value"), o["value"], 1, 100)
		if seen[value] {
			l.bad(in(place, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used")
		}
		seen[value] = true
		if o["default"] == true {
			chosen++
		}
	}
	if chosen > most {
		l.bad(in(path, "options"), "SELECT_COMPONENT_TOO_MANY_DEFAULT_OPTIONS", "Only %d options may be chosen", most)
	}
	if most > int64(len(options)) && c["max_values"] != nil {
		l.bad(in(path, "max_values"), "SELECT_COMPONENT_MAX_VALUES_TOO_LARGE", "Cannot be more than the number of options")
	}
}

// media checks a picture with its description.
func (l *layout) media(path string, c obj) {
	l.text(in(path, "description"), c["description"], 0, 1024)
	link := text(object(c["media"])["url"])
	if link == "" {
		l.bad(in(path, "media.url"), "BASE_TYPE_REQUIRED", "This field is required")
	} else if !isAttachment(link) {
		l.link(in(path, "media.url"), link, 2048)
	}
}

func isAttachment(link string) bool { return strings.HasPrefix(link, "attachment://") }

// number gives every component without an id the next free one.
func (l *layout) number(all []any) {
	next := int64(0)
	eachComponent("components", all, func(_ string, c obj) {
		if id, _ := integer(c["id"]); id != 0 {
			return
		}
		for next++; l.ids[next]; next++ {
		}
		c["id"] = next
	})
}

// eachComponent visits components and what is in them, from top to bottom.
func eachComponent(path string, all []any, visit func(path string, c obj)) {
	for i, item := range all {
		c := object(item)
		if c == nil {
			continue
		}
		place := at(path, i)
		visit(place, c)
		eachComponent(in(place, "components"), items(c["components"]), visit)
		for _, field := range []string{"accessory", "component"} {
			if one := object(c[field]); one != nil {
				visit(in(place, field), one)
			}
		}
	}
}

// displayed is the text of all text displays.
func displayed(all []any) string {
	var b strings.Builder
	eachComponent("", all, func(_ string, c obj) {
		if number(c["type"]) == textDisplay {
			fmt.Fprintln(&b, text(c["content"]))
		}
	})
	return b.String()
}
