package slack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"cresset/bot/chat"
)

var (
	ada     = chat.Person{Platform: "slack", ID: "U024BE7LH", Name: "ada"}
	eve     = chat.Person{Platform: "discord", ID: "80351110224678912", Name: "eve"}
	room    = chat.Place{Platform: "slack", Channel: "C024BE91L"}
	hostile = "<!channel> <@U1> <https://evil.test|bank> *b* _i_ ~s~ `c` &amp; @here \u202egpj.exe\x1b[31m\n> quote\n- item\n```\ncode\n```"
)

// fixtures are messages as the bot says them, and as nobody should.
func fixtures() map[string]chat.Message {
	return map[string]chat.Message{
		"card": {
			Key: "card", Tone: chat.Danger, Title: "INC-42 checkout returns 500", Text: chat.Textf("Declared by %s in %s, see [the console](https://cresset.test/incidents/42?a=1&b=2).", ada, chat.Channel(room, "inc-42-checkout")),
			Fields: []chat.Field{
				{Label: "Status", Value: "**identified**"}, {Label: "Severity", Value: "sev2"},
				{Label: "Lead", Value: chat.Mention(ada)}, {Label: "Comms", Value: chat.Mention(eve)},
				{Label: "Services", Value: chat.Plain("check_out, *pay*")}, {Label: "Customers", Value: chat.Link("Acme", "https://crm.test/acme|x>y")},
			},
			Buttons: []chat.Button{
				{Label: "Update", Line: "incident update", Style: chat.Good}, {Label: "Status", Line: "incident status"},
				{Label: "Resolve", Line: "incident resolve", Style: chat.Danger, Confirm: "Is **INC-42** over for every customer?"},
				{Label: "Console", URL: "https://cresset.test/incidents/42"}, {Label: "Timeline", Line: "incident show"}, {Label: "Sixth", Line: "x"},
			},
			Footer: "Next update by _14:30_.",
		},
		"recap": {
			Title: "Recap", Text: "One line.\n\n- first **bold**\n- second `code`\n\n> quoted _words_\n> and more\nAfter.",
			Details: "Details here.\n- and a list",
		},
		"digest": {
			Tone: chat.Warning, Title: "SLO digest", Chart: picture(),
			Table: &chat.Table{Columns: []string{"SLO", "Left", "Gone in"}, Rows: [][]chat.Text{
				{"checkout-availability", "**29 %**", "9 h"}, {"a", "100 %", "–"}, {chat.Plain("pipes | and < signs")}}},
			Footer: "28 days, Europe/Paris.",
		},
		"wide": {
			Title: "Reliability digest", Text: "2 SLOs: none needs attention.",
			Table: &chat.Table{Columns: []string{"SLO", "Budget left", "Changed", "Burn, last hour", "Good", "Customers"}, Rows: [][]chat.Text{
				{"checkout-availability", "**29 %**", "−3 points", "2x, gone in 9 hours", "99,801 of 100,000", "acme, globex"},
				{chat.Plain("*b* <!here>\n- x"), "no data", "", "unknown"}}},
		},
		"draft":   {Text: "", Files: []chat.File{{Name: "INC-42 *draft*.md", Type: "text/markdown", Content: []byte("#")}}},
		"toned":   {Tone: chat.Good, Text: "Resolved after 45m."},
		"hostile": {Title: hostile, Text: chat.Textf("They wrote: %s", hostile), Fields: []chat.Field{{Label: hostile, Value: chat.Plain(hostile)}}, Table: &chat.Table{Columns: []string{hostile}, Rows: [][]chat.Text{{chat.Plain(hostile)}}}, Details: chat.Quote(hostile), Footer: chat.Plain(hostile), Buttons: []chat.Button{{Label: hostile, Line: "x", Confirm: hostile}}},
		"forged":  {Text: "<@slack:!channel|x> <#slack:C1><!here>|x> <@slack:U1> [x](javascript:alert) [y](https://a.test/<!here>)"},
		"long": {
			Title: strings.Repeat("t", 400), Text: chat.Text(strings.Repeat("A line of text & more.\n", 900)), Details: chat.Plain(strings.Repeat("x", 20000)),
			Fields: many(70, func(i int) chat.Field {
				return chat.Field{Label: fmt.Sprint(i), Value: chat.Plain(strings.Repeat("v", 3000))}
			}),
			Table: &chat.Table{Columns: []string{"n"}, Rows: many(900, func(i int) []chat.Text { return []chat.Text{chat.Textf("%d", i)} })},
			Buttons: many(40, func(i int) chat.Button {
				return chat.Button{Label: strings.Repeat("b", 90), Line: strings.Repeat("l", 1980+i), Confirm: strings.Repeat("?", 400)}
			}),
			Footer: chat.Text(strings.Repeat("f", 5000)), Chart: picture(),
		},
		"blank": {Title: " ", Text: "\n\n", Details: " ", Footer: " ", Fields: []chat.Field{{}}, Buttons: []chat.Button{{Line: "x"}}, Table: &chat.Table{}},
	}
}

func many[T any](n int, one func(int) T) []T {
	all := make([]T, n)
	for i := range all {
		all[i] = one(i)
	}
	return all
}

func TestRenderedAsBefore(t *testing.T) {
	for called, m := range fixtures() {
		if called == "long" {
			continue // measured below
		}
		text, blocks := render(m, "F024BE91L")
		golden(t, "message/"+called+".json", indented(t, map[string]any{"text": text, "blocks": blocks}))
	}
	golden(t, "message/chart-in-words.json", indented(t, second(render(fixtures()["digest"]))))
	golden(t, "form.json", indented(t, modal(declareForm(chat.Event{Place: room}))))
}

func second[A, B any](_ A, b B) B { return b }

func indented(t *testing.T, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSlackTakesEveryFixture(t *testing.T) {
	s := workspace(t)
	for called, m := range fixtures() {
		if _, err := s.platform.Post(t.Context(), chat.Place{Channel: s.ops.ID}, m, called); err != nil {
			t.Errorf("%s: %v", called, err)
		}
	}
}

func TestLongMessagesSayWhatIsLeftOut(t *testing.T) {
	text, blocks := render(fixtures()["long"])
	js := string(indented(t, blocks))
	for _, want := range []string{"more lines", "… 20 more", "more rows"} {
		if !strings.Contains(js, want) {
			t.Errorf("%q is not said", want)
		}
	}
	if len(blocks) > mostBlocks || utf8.RuneCountInString(text) > 4000 || !strings.HasSuffix(text, "…") {
		t.Errorf("%d blocks, %d characters of text", len(blocks), utf8.RuneCountInString(text))
	}
	if n := strings.Count(js, `"type": "button"`); n != 21 {
		t.Errorf("%d buttons, want the 21 whose line fits", n)
	}
}

// What a phone announces is short, and begins with the fact.
func TestFallbackIsANotice(t *testing.T) {
	for called, m := range fixtures() {
		text, _ := render(m)
		if n := utf8.RuneCountInString(text); n > 300 {
			t.Errorf("%s: %d characters", called, n)
		}
	}
	if text, _ := render(chat.Message{Tone: chat.Warning, Text: "It is late."}); text != "🟠 It is late." {
		t.Errorf("%q", text)
	}
	m := chat.Message{Title: "INC-1 down", Text: "**One** _two_.", Fields: []chat.Field{{Label: "Status", Value: "**open**"}, {Label: "Since", Value: "10:00"}},
		Table: &chat.Table{Columns: []string{"a", "b"}, Rows: [][]chat.Text{{"x", "y"}, {"", "z"}}}, Footer: "Soon."}
	if text, _ := render(m); text != "INC-1 down\nOne two.\nStatus: open · Since: 10:00\nx · y\nz\nSoon." {
		t.Errorf("%q", text)
	}
}

func TestLongWideTableSaysWhatIsLeftOut(t *testing.T) {
	row := []chat.Text{"checkout", chat.Text(strings.Repeat("v", 39)), chat.Text(strings.Repeat("w", 39))}
	js := string(indented(t, table(chat.Table{Columns: []string{"SLO", "One", "Two"}, Rows: many(100, func(int) []chat.Text { return row })})))
	if n := strings.Count(js, "One: vvv"); n < 25 || n > 35 || !strings.Contains(js, fmt.Sprintf("… %d more rows", 100-n)) {
		t.Errorf("%d rows of\n%s", n, js)
	}
}

func TestTableKeepsTheCallersRows(t *testing.T) {
	table := chat.Table{Columns: []string{strings.Repeat("c", 90)}}
	tableText(table)
	if len(table.Columns[0]) != 90 {
		t.Error("the column was cut in place")
	}
}

// tokenShape is what may stand between angle brackets in text that Slack reads.
var tokenShape = regexp.MustCompile(`<(@[A-Z0-9]+|#[A-Z0-9]+|https?://[^<>|\s]+\|[^<>|]*)>`)

func checkEscaped(t *testing.T, what, s string) {
	t.Helper()
	bare := tokenShape.ReplaceAllString(s, "")
	if strings.ContainsAny(bare, "<>") {
		t.Errorf("%s has an unescaped bracket: %q", what, s)
	}
	if i := strings.LastIndexByte(s, '&'); i >= 0 && !strings.Contains(s[i:], ";") {
		t.Errorf("%s ends within an escaped character: %q", what, s)
	}
}

func FuzzRender(f *testing.F) {
	for _, m := range fixtures() {
		f.Add(string(m.Text)+string(m.Details)+string(m.Footer), m.Title)
	}
	f.Add("**<@slack:U1|x>**[a](http://b|c>d) `*` _<!here>_", "<!here>")
	f.Fuzz(func(t *testing.T, text, title string) {
		if len(text) > 20000 || len(title) > 20000 {
			return
		}
		m := chat.Message{Title: title, Text: chat.Text(text), Details: chat.Plain(text), Footer: chat.Text(text),
			Fields: []chat.Field{{Label: title, Value: chat.Text(text)}}, Buttons: []chat.Button{{Label: title, Line: text}},
			Table: &chat.Table{Columns: []string{title}, Rows: [][]chat.Text{{chat.Text(text)}}}}
		shown, blocks := render(m)
		checkEscaped(t, "the text", shown)
		if utf8.RuneCountInString(shown) > 4000 || len(blocks) > mostBlocks || !utf8.ValidString(shown) {
			t.Errorf("%d characters, %d blocks", utf8.RuneCountInString(shown), len(blocks))
		}
		checkEscaped(t, "the topic", inShort(text))
		js, err := json.Marshal(blocks)
		if err != nil {
			t.Fatal(err)
		}
		walk(t, decoded(t, js))
	})
}

func decoded(t *testing.T, js []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(js, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// walk checks every text that Slack would read markup in, and that none is empty.
func walk(t *testing.T, v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			walk(t, item)
		}
	case map[string]any:
		text, isText := v["text"].(string)
		if isText && text == "" {
			t.Errorf("an empty text: %v", v)
		}
		if v["type"] == "mrkdwn" {
			checkEscaped(t, "a cell", text)
		}
		for _, item := range v {
			walk(t, item)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(kindSlash, []byte(`{"command":"/incident","text":"declare <@U1|bob> <#C1|ops> <!here> <https://x|y>","user_id":"U2","trigger_id":"1.2"}`))
	f.Add(kindEvents, []byte(`{"event_id":"Ev1","event":{"type":"app_mention","user":"U2","text":"<@U1> hi","ts":"1.2"}}`))
	f.Add(kindInteractive, []byte(`{"type":"view_submission","user":{"id":"U2"},"trigger_id":"1","view":{"callback_id":"cresset.form","private_metadata":"{}","state":{"values":{"field.x":{"value":{"value":"y"}}}}}}`))
	f.Add(kindInteractive, []byte(`{"type":"block_actions","user":{"id":"U2"},"actions":[{"type":"button","value":"x","action_ts":"9.9"}],"message":{"ts":"1.2"}}`))
	f.Fuzz(func(t *testing.T, kind string, payload []byte) {
		p := open(t, "bot_token: xoxb-1\napp_token: xapp-1\napi_url: http://127.0.0.1:1/api/\n", Options{})
		a, err := p.decode(t.Context(), kind, payload)
		if a != nil && (err != nil || a.By.ID == "" || !strings.HasPrefix(a.Key, "slack:") || strings.HasSuffix(a.Key, ":")) {
			t.Errorf("%+v, %v", a, err)
		}
	})
}

// TestMenusThatSlackCannotTake: what cannot be a menu is a button that opens the
// form, so nothing is out of reach.
func TestMenusThatSlackCannotTake(t *testing.T) {
	many := make([]chat.Option, mostOptions+1)
	for i := range many {
		many[i] = chat.Option{Value: fmt.Sprint(i), Label: fmt.Sprint(i)}
	}
	for name, m := range map[string]chat.Menu{
		"no options":        {Label: "Waits for…", Line: "cre wait R-1", Kind: chat.Choice},
		"too many options":  {Label: "Waits for…", Line: "cre wait R-1", Kind: chat.Choice, Options: many},
		"a very long line":  {Label: "Assign to…", Line: "cre assign " + strings.Repeat("x", 250), Kind: chat.Somebody},
		"another kind that": {Label: "At…", Line: "incident note", Kind: chat.Moment},
	} {
		rows, buttons := menus([]chat.Menu{m})
		if len(rows) != 0 || len(buttons) != 1 || buttons[0].Line != m.Line || buttons[0].Label != m.Label {
			t.Errorf("%s: menus %v, buttons %v", name, rows, buttons)
		}
	}
}
