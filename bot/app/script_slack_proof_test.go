package app

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"cresset/integrations/slack/slacktest"
)

// prove looks at a whole conversation once it is over: what Slack would have
// taken, and what people have before them.
func (h *slackHome) prove() {
	for _, c := range h.ws.Calls() {
		h.proveTaken(c.Method, c.Args)
		h.proveQuiet(c)
	}
	for _, who := range people {
		for _, m := range h.ws.Ephemerals(who) {
			h.proveTaken("what only "+who+" reads", map[string]string{"blocks": string(m.Blocks)})
			h.proveNotice(m)
		}
		told := append(h.told[who], len(h.ws.Ephemerals(who)))
		for i := range told[1:] {
			if n := told[i+1] - told[i]; n > 1 {
				h.t.Errorf("%s was told %d things for one act", who, n)
			}
		}
	}
	ids := map[string]string{}
	for _, place := range h.everywhere() {
		for _, m := range h.ws.Messages(place) {
			if m.BotID == "" || len(m.Files) > 0 {
				continue
			}
			h.proveNotice(m)
			id := string(m.Metadata)
			if earlier, twice := ids[id]; twice {
				h.t.Errorf("said twice, as %s: %q and %q", id, earlier, m.Text)
			}
			ids[id] = m.Text
		}
	}
	h.proveRooms()
}

// everywhere is every channel, and every conversation with one person.
func (h *slackHome) everywhere() []string {
	var all []string
	for _, c := range h.ws.Channels() {
		all = append(all, c.ID)
	}
	for _, who := range people {
		all = append(all, "@"+who)
	}
	return all
}

// proveTaken holds what was sent against Slack's own types, and against how long it
// may be.
func (h *slackHome) proveTaken(where string, sent map[string]string) {
	for _, as := range []string{"blocks", "view"} {
		if js := sent[as]; js != "" {
			h.proveTyped(where, as, js)
		}
	}
	for _, wrong := range overlong(sent) {
		h.t.Errorf("%s: %s", where, wrong)
	}
}

func (h *slackHome) proveTyped(where, as, js string) {
	instance, err := jsonschema.UnmarshalJSON(strings.NewReader(js))
	switch {
	case err != nil:
		h.t.Errorf("%s: %v", where, err)
	case instance != nil:
		if err := h.types.Validate(map[string]any{as: instance}); err != nil {
			h.t.Errorf("%s: %v\n%s", where, err, js)
		}
	}
}

var slackTypes struct {
	sync.Mutex
	schema *jsonschema.Schema
}

// typesOfSlack is the schema of Slack's own types, compiled once for all scripts.
func typesOfSlack(t testing.TB) *jsonschema.Schema {
	t.Helper()
	slackTypes.Lock()
	defer slackTypes.Unlock()
	if slackTypes.schema == nil {
		schema, err := jsonschema.NewCompiler().Compile(slacktest.TypesSchema(t))
		if err != nil {
			t.Fatal(err)
		}
		slackTypes.schema = schema
	}
	return slackTypes.schema
}

// calling is what calls everybody, wherever Slack reads markup.
var calling = regexp.MustCompile(`<!|@(channel|here|everyone)\|?>`)

// proveQuiet looks for a call to everybody where Slack reads markup: in texts,
// in markup objects, in topics. Elements of rich text are never read as such.
func (h *slackHome) proveQuiet(c slacktest.Call) {
	for name, value := range c.Args {
		switch name {
		case "blocks", "view":
			var v any
			if err := json.Unmarshal([]byte(value), &v); err != nil {
				h.t.Errorf("%s: %v", c.Method, err)
			}
			for _, markup := range markups(v) {
				if calling.MatchString(markup) {
					h.t.Errorf("%s calls everybody: %q", c.Method, markup)
				}
			}
		default:
			if calling.MatchString(value) {
				h.t.Errorf("%s calls everybody in its %s: %q", c.Method, name, value)
			}
		}
	}
}

// markups are the texts of a block or a view in which Slack reads markup, and
// the elements that call a whole channel without any.
func markups(v any) []string {
	var all []string
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			all = append(all, markups(item)...)
		}
	case map[string]any:
		switch v["type"] {
		case "mrkdwn", "markdown":
			all = append(all, fmt.Sprint(v["text"]))
		case "broadcast":
			all = append(all, "<!"+fmt.Sprint(v["range"])+">")
		}
		for _, item := range v {
			all = append(all, markups(item)...)
		}
	}
	return all
}

// longestNotice is about what a phone shows of a message it announces.
const longestNotice = 300

var (
	knownToken = regexp.MustCompile(`<[@#][A-Z0-9]+>`)
	markup     = regexp.MustCompile(`\*\*|^[-*>#] |\n[-*>#] |\]\(http`)
)

// proveNotice reads a message as the screen of a locked phone shows it. Words of
// people may hold any character; those that do are marked with the evil domain.
func (h *slackHome) proveNotice(m slacktest.Message) {
	notice := m.Text
	plain := knownToken.ReplaceAllString(notice, "")
	switch {
	case strings.TrimSpace(plain) == "" || strings.HasPrefix(plain, "–"):
		h.t.Errorf("nothing can be shown of %s", m.Blocks)
	case utf8.RuneCountInString(notice) > longestNotice:
		h.t.Errorf("%d characters to be announced: %q", utf8.RuneCountInString(notice), notice)
	case strings.ContainsAny(plain, "<>"):
		h.t.Errorf("unescaped, or a token that nobody knows: %q", notice)
	case markup.MatchString(plain) && !strings.Contains(notice, "evil.example"):
		h.t.Errorf("markup is announced: %q", notice)
	}
}

var roomOf = regexp.MustCompile(`^inc-(\d+)-`)

// proveRooms holds that an incident has one room that is open, in it one card,
// pinned, and one line where incidents are announced.
func (h *slackHome) proveRooms() {
	open := map[string]string{}
	for _, c := range h.ws.Channels() {
		number := roomOf.FindStringSubmatch(c.Name)
		if number == nil {
			continue
		}
		id := "INC-" + number[1]
		if !c.Archived {
			if open[id] != "" {
				h.t.Errorf("%s has two rooms: #%s and #%s", id, open[id], c.Name)
			}
			open[id] = c.Name
		}
		if cards := h.headed(c.ID, id, "Declared by"); len(cards) != 1 || len(c.Pins) != 1 || c.Pins[0] != cards[0] {
			h.t.Errorf("#%s has the cards %v and the pins %v", c.Name, cards, c.Pins)
		}
		if n := len(h.headed("incidents", id, "")); n > 1 || n == 0 && !c.Private {
			h.t.Errorf("%s is announced %d times", id, n)
		}
	}
}

// headed lists the messages under the title of an incident, with words in them.
func (h *slackHome) headed(channel, id, words string) []string {
	var found []string
	for _, m := range h.ws.Messages(channel) {
		if m.BotID == "" {
			continue
		}
		var blocks []block
		if err := json.Unmarshal(m.Blocks, &blocks); err != nil || len(blocks) == 0 || blocks[0].Type != "header" {
			continue
		}
		if strings.Contains(" "+blocks[0].words()+" ", " "+id+" ") && !strings.HasPrefix(blocks[0].words(), "Postmortem") && strings.Contains(string(m.Blocks), words) {
			found = append(found, m.TS)
		}
	}
	return found
}
