package slacktest

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// rules holds blocks against Slack's limits and collects what is wrong.
type rules struct {
	complaints []string
	blockIDs   map[string]bool
	usable     func(fileID string) bool // may an image block show this upload?
}

func (r *rules) bad(path, format string, a ...any) {
	r.complaints = append(r.complaints, fmt.Sprintf(format, a...)+" [json-pointer:"+path+"]")
}

// checkList says what is wrong with the blocks of one message or view.
func (ws *Workspace) checkList(blocks []any, most int) []string {
	r := &rules{blockIDs: map[string]bool{}, usable: func(id string) bool {
		f := ws.fileBy(id)
		return f != nil && f.complete && !ws.clock().Before(f.usable)
	}}
	if len(blocks) > most {
		r.bad("/blocks", "no more than %d blocks allowed, got %d", most, len(blocks))
	}
	for i, b := range blocks {
		r.block(fmt.Sprintf("/blocks/%d", i), b)
	}
	return r.complaints
}

// Blocks that need no closer look than their type, besides those of block.
var plainBlocks = []string{"divider", "rich_text", "file", "call", "video", "table", "context_actions", "card", "carousel", "alert"}

func (r *rules) block(path string, v any) {
	b, _ := v.(obj)
	kind, _ := b["type"].(string)
	r.blockID(path, b)
	switch kind {
	case "":
		r.bad(path, "missing required field: type")
	case "section":
		r.section(path, b)
	case "header":
		r.text(path+"/text", b["text"], 150, "plain_text")
	case "markdown":
		r.length(path+"/text", b["text"], 12000)
	case "image":
		r.image(path, b)
	case "context":
		r.context(path, b)
	case "actions":
		r.actions(path, b)
	case "input":
		r.input(path, b)
	default:
		if !slices.Contains(plainBlocks, kind) {
			r.bad(path+"/type", "unsupported type: %s", kind)
		}
	}
}

func (r *rules) blockID(path string, b obj) {
	id, given := b["block_id"].(string)
	switch {
	case !given:
	case utf8.RuneCountInString(id) > 255:
		r.bad(path+"/block_id", "must be less than 256 characters")
	case r.blockIDs[id]:
		r.bad(path+"/block_id", "block_id %q already exists", id)
	}
	if id != "" {
		r.blockIDs[id] = true
	}
}

func (r *rules) section(path string, b obj) {
	fields, _ := b["fields"].([]any)
	if b["text"] == nil && len(fields) == 0 {
		r.bad(path, "a section needs text or fields")
	}
	if b["text"] != nil {
		r.text(path+"/text", b["text"], 3000, "")
	}
	if len(fields) > 10 {
		r.bad(path+"/fields", "no more than 10 fields allowed")
	}
	for i, field := range fields {
		r.text(fmt.Sprintf("%s/fields/%d", path, i), field, 2000, "")
	}
	if b["accessory"] != nil {
		r.element(path+"/accessory", b["accessory"], nil)
	}
}

func (r *rules) image(path string, b obj) {
	r.length(path+"/alt_text", b["alt_text"], 2000)
	if b["title"] != nil {
		r.text(path+"/title", b["title"], 2000, "plain_text")
	}
	upload, _ := b["slack_file"].(obj)
	id, named := upload["id"].(string)
	url, _ := b["image_url"].(string)
	switch {
	case named && !r.usable(id):
		r.bad(path+"/slack_file", "invalid slack file %q", id)
	case upload == nil && !isWebLink(url):
		r.bad(path+"/image_url", "an image needs image_url or slack_file")
	case len(url) > 3000:
		r.bad(path+"/image_url", "must be less than 3001 characters")
	}
}

func (r *rules) context(path string, b obj) {
	elements, _ := b["elements"].([]any)
	if len(elements) < 1 || len(elements) > 10 {
		r.bad(path+"/elements", "1 to 10 elements, got %d", len(elements))
	}
	for i, e := range elements {
		place := fmt.Sprintf("%s/elements/%d", path, i)
		if element, _ := e.(obj); element["type"] == "image" {
			r.image(place, element)
			continue
		}
		r.text(place, e, 2000, "")
	}
}

func (r *rules) actions(path string, b obj) {
	elements, _ := b["elements"].([]any)
	if len(elements) < 1 || len(elements) > 25 {
		r.bad(path+"/elements", "1 to 25 elements, got %d", len(elements))
	}
	seen := map[string]bool{}
	for i, e := range elements {
		r.element(fmt.Sprintf("%s/elements/%d", path, i), e, seen)
	}
}

func (r *rules) input(path string, b obj) {
	r.text(path+"/label", b["label"], 2000, "plain_text")
	if b["hint"] != nil {
		r.text(path+"/hint", b["hint"], 2000, "plain_text")
	}
	element, _ := b["element"].(obj)
	if element["type"] == "button" {
		r.bad(path+"/element", "a button is no input")
	}
	r.element(path+"/element", b["element"], nil)
}

// element checks one thing that people can use. Its action_id may stand once in seen.
func (r *rules) element(path string, v any, seen map[string]bool) {
	e, _ := v.(obj)
	kind, _ := e["type"].(string)
	if kind == "" {
		r.bad(path, "missing required field: type")
		return
	}
	r.actionID(path, e, seen)
	if e["placeholder"] != nil {
		r.text(path+"/placeholder", e["placeholder"], 150, "plain_text")
	}
	if e["confirm"] != nil {
		r.confirm(path+"/confirm", e["confirm"])
	}
	switch kind {
	case "button":
		r.text(path+"/text", e["text"], 75, "plain_text")
		r.short(path+"/value", e["value"], 2000)
		r.short(path+"/url", e["url"], 3000)
		if style, given := e["style"]; given && style != "primary" && style != "danger" {
			r.bad(path+"/style", "must be primary or danger")
		}
	case "image":
		r.image(path, e)
	case "overflow":
		r.options(path, e, 5)
	case "checkboxes", "radio_buttons":
		r.options(path, e, 10)
	case "static_select", "multi_static_select":
		r.options(path, e, 100)
	}
}

func (r *rules) actionID(path string, e obj, seen map[string]bool) {
	id, _ := e["action_id"].(string)
	if id == "" {
		return
	}
	r.short(path+"/action_id", id, 255)
	if seen[id] {
		r.bad(path+"/action_id", "action_id %q already exists in this block", id)
	}
	if seen != nil {
		seen[id] = true
	}
}

func (r *rules) options(path string, e obj, most int) {
	options, _ := e["options"].([]any)
	groups, _ := e["option_groups"].([]any)
	for _, g := range groups {
		group, _ := g.(obj)
		r.text(path+"/option_groups/label", group["label"], 75, "plain_text")
		inGroup, _ := group["options"].([]any)
		options = append(options, inGroup...)
	}
	if len(options) < 1 || len(groups) == 0 && len(options) > most || len(groups) > 100 {
		r.bad(path+"/options", "1 to %d options, got %d", most, len(options))
	}
	for i, v := range options {
		o, _ := v.(obj)
		r.text(fmt.Sprintf("%s/options/%d/text", path, i), o["text"], 75, "")
		r.length(fmt.Sprintf("%s/options/%d/value", path, i), o["value"], 150)
	}
}

func (r *rules) confirm(path string, v any) {
	c, _ := v.(obj)
	r.text(path+"/title", c["title"], 100, "plain_text")
	r.text(path+"/text", c["text"], 300, "")
	for _, button := range []string{"confirm", "deny"} {
		if c[button] != nil {
			r.text(path+"/"+button, c[button], 30, "plain_text")
		}
	}
}

// text checks a text object; only names the one type that may stand here.
func (r *rules) text(path string, v any, most int, only string) {
	t, _ := v.(obj)
	kind, _ := t["type"].(string)
	switch {
	case t == nil:
		r.bad(path, "missing required text object")
		return
	case kind != "plain_text" && kind != "mrkdwn" || only != "" && kind != only:
		r.bad(path+"/type", "text of type %q cannot stand here", kind)
	}
	r.length(path+"/text", t["text"], most)
}

// length asks for a string with at least one and at most so many characters.
func (r *rules) length(path string, v any, most int) {
	s, _ := v.(string)
	if strings.TrimSpace(s) == "" {
		r.bad(path, "must be more than 0 characters")
	}
	r.short(path, v, most)
}

func (r *rules) short(path string, v any, most int) {
	s, _ := v.(string)
	if n := utf8.RuneCountInString(s); n > most {
		r.bad(path, "must be less than %d characters, got %d", most+1, n)
	}
}

// identify gives every block and element the ids that Slack makes up for them.
func (ws *Workspace) identify(blocks []any) []any {
	for _, v := range blocks {
		b, _ := v.(obj)
		if b["block_id"] == nil || b["block_id"] == "" {
			b["block_id"] = strings.ToLower(ws.id("b"))
		}
		for _, e := range elements(b) {
			if e["action_id"] == nil || e["action_id"] == "" {
				e["action_id"] = strings.ToLower(ws.id("a"))
			}
		}
	}
	return blocks
}

// elements are the things in a block that people can use.
func elements(b obj) []obj {
	var found []obj
	candidates, _ := b["elements"].([]any)
	if b["type"] != "actions" && b["type"] != "context_actions" {
		candidates = nil
	}
	for _, v := range append(slices.Clone(candidates), b["accessory"], b["element"]) {
		if e, ok := v.(obj); ok && e["type"] != "image" {
			found = append(found, e)
		}
	}
	return found
}
