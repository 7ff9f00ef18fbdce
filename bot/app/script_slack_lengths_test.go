package app

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// How long the parts of a message or a view may be on Slack, by the type that an
// object has and the name of its part: characters of a text, entries of a list.
// Under "" stands what holds for every type.
var longest = map[string]map[string]int{
	"":                    {"block_id": 255, "action_id": 255, "url": 3000, "image_url": 3000, "alt_text": 2000, "placeholder": 150, "option_groups": 100},
	"header":              {"text": 150},
	"section":             {"text": 3000, "fields": 10, "fields/": 2000},
	"markdown":            {"text": 12000},
	"context":             {"elements": 10, "elements/": 2000},
	"actions":             {"elements": 25},
	"image":               {"title": 2000},
	"input":               {"label": 2000, "hint": 2000},
	"button":              {"text": 75, "value": 2000},
	"overflow":            {"options": 5},
	"checkboxes":          {"options": 10},
	"radio_buttons":       {"options": 10},
	"static_select":       {"options": 100},
	"multi_static_select": {"options": 100},
	"plain_text_input":    {"initial_value": 3000},
	"modal":               {"title": 24, "submit": 24, "close": 24, "callback_id": 255, "private_metadata": 3000, "external_id": 255, "blocks": 100},
	"home":                {"callback_id": 255, "private_metadata": 3000, "external_id": 255, "blocks": 100},
	// Objects without a type, by the part that they are.
	"options":         {"text": 75, "value": 150, "description": 75},
	"option_groups":   {"label": 75, "options": 100},
	"confirm":         {"title": 100, "text": 300, "confirm": 30, "deny": 30},
	"initial_option":  {"text": 75, "value": 150},
	"initial_options": {"text": 75, "value": 150},
}

// untypedParts are objects that have no type of their own, by the part they are.
var untypedParts = []string{"options", "option_groups", "confirm", "initial_option", "initial_options"}

const (
	mostBlocksOfMessage = 50
	longestSaid         = 4000 // chat.update refuses more, chat.postMessage cuts off far more
	largestViewOfSlack  = 250 << 10
)

var channelNameOfSlack = regexp.MustCompile(`^[a-z0-9_-]{1,80}$`)

// overlong lists what is longer in a call than Slack takes.
func overlong(args map[string]string) (wrong []string) {
	add := func(format string, a ...any) { wrong = append(wrong, fmt.Sprintf(format, a...)) }
	most := func(what string, n, most int) {
		if n > most {
			add("%s has %d, at most %d are possible", what, n, most)
		}
	}
	for name, value := range args {
		switch name {
		case "text", "markdown_text":
			most(name, utf8.RuneCountInString(value), longestSaid)
		case "topic", "purpose":
			most(name, utf8.RuneCountInString(value), 250)
		case "users":
			most(name, strings.Count(value, ",")+1, 100)
		case "name":
			if args["is_private"] != "" && !channelNameOfSlack.MatchString(value) {
				add("%q is no name of a channel", value)
			}
		case "link":
			if !strings.HasPrefix(value, "https://") && !strings.HasPrefix(value, "http://") {
				add("the bookmark leads to %q", value)
			}
		case "view":
			most("the view", len(value), largestViewOfSlack)
			wrong = append(wrong, overlongJSON(value)...)
		case "blocks":
			wrong = append(wrong, overlongBlocks(value)...)
		}
	}
	return wrong
}

func overlongBlocks(js string) []string {
	wrong := overlongJSON(js)
	var blocks []any
	if json.Unmarshal([]byte(js), &blocks) == nil && len(blocks) > mostBlocksOfMessage {
		wrong = append(wrong, fmt.Sprintf("%d blocks, at most %d are possible", len(blocks), mostBlocksOfMessage))
	}
	return wrong
}

func overlongJSON(js string) []string {
	var v any
	if err := json.Unmarshal([]byte(js), &v); err != nil {
		return []string{err.Error()}
	}
	m := measuring{ids: map[string]bool{}}
	m.measure("", v)
	return m.wrong
}

// A measuring walks through blocks or a view.
type measuring struct {
	wrong []string
	ids   map[string]bool
}

func (m *measuring) add(format string, a ...any) {
	m.wrong = append(m.wrong, fmt.Sprintf(format, a...))
}

func (m *measuring) measure(part string, v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			m.measure(part, item)
		}
	case map[string]any:
		m.object(part, v)
		for name, item := range v {
			m.measure(name, item)
		}
	}
}

func (m *measuring) object(part string, v map[string]any) {
	kind, _ := v["type"].(string)
	if slices.Contains(untypedParts, part) {
		kind = part
	}
	for _, limits := range []map[string]int{longest[""], longest[kind]} {
		for name, most := range limits {
			if one, ok := strings.CutSuffix(name, "/"); ok {
				list, _ := v[one].([]any)
				for _, item := range list {
					m.most(kind+"."+name, item, most)
				}
				continue
			}
			m.most(kind+"."+name, v[name], most)
		}
	}
	if id, _ := v["block_id"].(string); id != "" {
		if m.ids[id] {
			m.add("there are two blocks %q", id)
		}
		m.ids[id] = true
	}
	if kind == "modal" && v["submit"] == nil && strings.Contains(fmt.Sprint(v["blocks"]), "type:input") {
		m.add("a form without a button to send it")
	}
	text, _ := v["text"].(map[string]any)
	if kind == "header" && text["type"] != "plain_text" {
		m.add("a header takes plain_text only")
	}
	if words, _ := text["text"].(string); kind == "options" && strings.HasSuffix(words, "…") {
		m.add("the choice %q is cut short", words)
	}
}

// most measures a text, a text object, or a list.
func (m *measuring) most(what string, v any, most int) {
	n := 0
	switch v := v.(type) {
	case string:
		n = utf8.RuneCountInString(v)
	case []any:
		n = len(v)
	case map[string]any:
		text, _ := v["text"].(string)
		n = utf8.RuneCountInString(text)
	}
	if n > most {
		m.add("%s has %d, at most %d are possible", what, n, most)
	}
}

// TestLengthsAreMeasured: each limit is kept by what has its length, and seen in
// what has one more.
func TestLengthsAreMeasured(t *testing.T) {
	for kind, limits := range longest {
		for part, most := range limits {
			for more, want := range map[int]bool{0: false, 1: true} {
				v := sampleOf(kind, part, most+more)
				if wrong := overlongJSON(string(v)); (len(wrong) > 0) != want {
					t.Errorf("%s.%s of %d: %v\n%.300s", kind, part, most+more, wrong, v)
				}
			}
		}
	}
	long := func(n int) string { return strings.Repeat("ж", n) }
	for what, c := range map[string]struct {
		args map[string]string
		bad  bool
	}{
		"a text":                    {map[string]string{"text": long(4000)}, false},
		"a long text":               {map[string]string{"text": long(4001)}, true},
		"a topic":                   {map[string]string{"topic": long(250)}, false},
		"a long topic":              {map[string]string{"topic": long(251)}, true},
		"a long purpose":            {map[string]string{"purpose": long(251)}, true},
		"a hundred people":          {map[string]string{"users": strings.Repeat("U1,", 99) + "U1"}, false},
		"more people":               {map[string]string{"users": strings.Repeat("U1,", 100) + "U1"}, true},
		"a name":                    {map[string]string{"name": strings.Repeat("a", 80), "is_private": "false"}, false},
		"a long name":               {map[string]string{"name": strings.Repeat("a", 81), "is_private": "false"}, true},
		"a name in capitals":        {map[string]string{"name": "Inc-1", "is_private": "true"}, true},
		"a name in other letters":   {map[string]string{"name": "оплата", "is_private": "false"}, true},
		"a link":                    {map[string]string{"link": "https://x.test/"}, false},
		"a link elsewhere":          {map[string]string{"link": "javascript:alert(1)"}, true},
		"fifty blocks":              {map[string]string{"blocks": "[" + strings.Repeat(`{"type":"divider"},`, 49) + `{"type":"divider"}]`}, false},
		"more blocks":               {map[string]string{"blocks": "[" + strings.Repeat(`{"type":"divider"},`, 50) + `{"type":"divider"}]`}, true},
		"a large view":              {map[string]string{"view": `{"type":"modal","x":"` + strings.Repeat("x", 250<<10) + `"}`}, true},
		"a form without a button":   {map[string]string{"view": `{"type":"modal","blocks":[{"type":"input"}]}`}, true},
		"a form with one":           {map[string]string{"view": `{"type":"modal","submit":{"text":"x"},"blocks":[{"type":"input"}]}`}, false},
		"two blocks of one name":    {map[string]string{"blocks": `[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}]`}, true},
		"a header that is marked":   {map[string]string{"blocks": `[{"type":"header","text":{"type":"mrkdwn","text":"x"}}]`}, true},
		"a choice that is cut":      {map[string]string{"blocks": `[{"type":"static_select","options":[{"text":{"text":"sev1: data is be…"}}]}]`}, true},
		"blocks that are no blocks": {map[string]string{"blocks": `[{`}, true},
	} {
		if wrong := overlong(c.args); (len(wrong) > 0) != c.bad {
			t.Errorf("%s: %v", what, wrong)
		}
	}
}

// sampleOf is an object of a kind with one part of a length, in JSON.
func sampleOf(kind, part string, n int) []byte {
	text := func(n int) map[string]any {
		return map[string]any{"type": "plain_text", "text": strings.Repeat("ж", n)}
	}
	name, each := strings.CutSuffix(part, "/")
	var value any = text(n)
	switch {
	case each:
		value = []any{text(n)}
	case slices.Contains([]string{"fields", "elements", "options", "option_groups", "blocks"}, name):
		value = slices.Repeat([]any{map[string]any{}}, n)
	case slices.Contains([]string{"block_id", "action_id", "url", "image_url", "alt_text", "value", "callback_id", "private_metadata", "external_id", "initial_value"}, name):
		value = strings.Repeat("ж", n)
	}
	o := map[string]any{name: value}
	switch {
	case slices.Contains(untypedParts, kind):
		o = map[string]any{kind: o}
	case kind != "":
		o["type"] = kind
	}
	js, err := json.Marshal(o)
	if err != nil {
		panic(err) // of strings, lists and maps
	}
	return js
}
