package slack

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"

	"cresset/bot/chat"
	"cresset/integrations/slack/slacktest"
)

// untrusted is what people write to mention somebody, to forge a link, or to
// show a reader another text than is there.
var untrusted = []string{
	"<!channel>", "<!here>", "<!everyone|x>", "<@U024BE7LH>", "<@U024BE7LH|ada>", "<#C024BE91L|x>", "<!subteam^S1>", "<!subteam^S1|@team>", "<!date^1^{date}|x>",
	"<https://evil.example|your bank>", "<mailto:a@b.example|x>", "<<!here>>", "&lt;!here&gt;", "&amp;lt;!here>", "@here @channel @everyone", "<@slack:U024BE7LH|ada>",
	"<#slack:C024BE91L|x>", "[bank](https://evil.example)", "![x](https://evil.example/?q=1)", "**<!here>**", "`<!here>`", "```<!here>```", "> <!here>", "- <!here>",
	"*b* _i_ ~s~", "\u202egpj.exe", "a\u2066b\u2069", "z\u200bw\u2060j\ufeff", "\x1b[31mred\x1b[0m", "\x1b]0;title\a", "\u009b31m", "\x1b]8;;https://evil.example\x1b\\x\x1b]8;;\x1b\\",
	"if (is_admin\u202e \u2066) {\u2069 \u2066", "\U000e0001\U000e0041", "\u2028<!here>", "\\<!here>", "\\\\<!here>", "<\u200b!here>", "<!he\u00adre>", "\ufdd0<!here>\ufffe", "\xff<!here>",
}

// everywhere puts a text into everything that can be shown of a message. The
// token of ada alone is ours.
func everywhere(s string) chat.Message {
	return chat.Message{Title: s, Text: chat.Textf("%s and %s", s, ada), Fields: []chat.Field{{Label: s, Value: chat.Plain(s)}, {Label: s, Value: chat.Quote(s)}},
		Table: &chat.Table{Columns: []string{s, s}, Rows: [][]chat.Text{{chat.Plain(s), chat.Plain(s)}}}, Chart: &chat.Chart{Title: s, Alt: s},
		Details: chat.Quote(s), Files: []chat.File{{Name: s}}, Footer: chat.Plain(s),
		Buttons: []chat.Button{{Label: s, Line: s, Confirm: s}, {Label: s, URL: s}}}
}

// FuzzUntrusted: whatever people write, and wherever it is shown, it mentions
// nobody, opens nothing, and holds nothing that a reader cannot see.
func FuzzUntrusted(f *testing.F) {
	for _, s := range untrusted {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = s[:min(len(s), 5000)]
		for _, picture := range []string{"", "F024BE91L"} {
			text, blocks := render(everywhere(s), picture)
			quiet(t, "the fallback", text)
			harmlessJSON(t, blocks)
		}
		quiet(t, "the topic", inShort(s))
		harmlessJSON(t, cell(chat.Textf("a %s b", s), 2000))
		form := chat.Form{Title: s, Submit: s, Intro: chat.Plain(s), Line: "incident list"}
		for _, k := range []chat.FieldKind{chat.OneLine, chat.ManyLines, chat.Choice, chat.Choices, chat.Somebody, chat.Day, chat.Moment, chat.Yes} {
			form.Fields = append(form.Fields, chat.FormField{Name: string(k), Label: s, Help: s, Kind: k, Value: s, Options: []chat.Option{{Value: "x", Label: s}}})
		}
		harmlessJSON(t, modal(form))
		harmlessJSON(t, (&act{blocks: []string{"field.x"}}).problems(map[string]string{"x": s}))
	})
}

// quiet checks a text in which Slack reads tokens: the only one is ada's.
func quiet(t *testing.T, what, s string) {
	t.Helper()
	bare := strings.ReplaceAll(s, "<@"+ada.ID+">", "")
	if strings.ContainsAny(bare, "<>") {
		t.Errorf("%s has a token of nobody's: %q", what, s)
	}
	visible(t, what, s)
}

// visible checks that nothing turns the text around, hides in it, or means
// something to a terminal.
func visible(t *testing.T, what, s string) {
	t.Helper()
	for _, r := range s {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200b || r == 0xfeff || r >= 0xe0000 && r <= 0xe007f) {
			t.Errorf("%s has %U in it: %q", what, r, s)
		}
	}
}

func harmlessJSON(t *testing.T, v any) {
	t.Helper()
	js, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	harmlessParts(t, decoded(t, js), "")
}

// harmlessParts walks through blocks: elements that mention or link are the
// bot's own, and what is read as markup is quiet. What a button sends back, and
// what a form keeps, is nobody's to see.
func harmlessParts(t *testing.T, v any, name string) {
	t.Helper()
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			harmlessParts(t, item, name)
		}
	case map[string]any:
		switch v["type"] {
		case "user":
			if v["user_id"] != ada.ID {
				t.Errorf("somebody is mentioned: %v", v)
			}
		case "channel", "usergroup", "broadcast", "emoji", "date", "link", "color", "team":
			t.Errorf("an element of nobody's: %v", v)
		case "mrkdwn":
			quiet(t, "markup", v["text"].(string))
		case "image":
			if v["image_url"] != nil {
				t.Errorf("a picture from elsewhere: %v", v)
			}
		}
		for part, item := range v {
			harmlessParts(t, item, part)
		}
	case string:
		if name != "value" && name != "private_metadata" && name != "url" {
			visible(t, name, v)
		}
	}
}

// FuzzSignature: a request is taken if, and only if, it is signed with our
// secret, now, in Slack's one version.
func FuzzSignature(f *testing.F) {
	now := time.Now()
	right := slacktest.Sign(secretOfTest, now, slashBody)
	f.Add(right.Get("X-Slack-Request-Timestamp"), right.Get("X-Slack-Signature"), slashBody)
	f.Add(right.Get("X-Slack-Request-Timestamp"), "v0="+strings.Repeat("0", 64), slashBody)
	f.Add(right.Get("X-Slack-Request-Timestamp"), right.Get("X-Slack-Signature"), []byte("other"))
	f.Add("", "", []byte{})
	f.Add("1531420618", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503", slashBody)
	f.Add("-1", "v0=", slashBody)
	f.Add("9223372036854775807", "v1="+strings.Repeat("0", 64), slashBody)
	f.Add(" 1", "v0=v0="+strings.Repeat("f", 64), slashBody)
	f.Fuzz(func(t *testing.T, at, signature string, body []byte) {
		p := &Platform{settings: Settings{}}
		if err := p.settings.SigningSecret.UnmarshalText([]byte(secretOfTest)); err != nil {
			t.Fatal(err)
		}
		header := http.Header{}
		header.Set("X-Slack-Request-Timestamp", at)
		header.Set("X-Slack-Signature", signature)
		ours := false
		if at == right.Get("X-Slack-Request-Timestamp") {
			ours = strings.EqualFold(signature, slacktest.Sign(secretOfTest, now, body).Get("X-Slack-Signature"))
		}
		if got := p.genuine(header, body); got && !ours {
			t.Errorf("taken: %q %q %q", at, signature, body)
		}
		header = slacktest.Sign(secretOfTest, time.Now(), body)
		if !p.genuine(header, body) {
			t.Errorf("refused: %v %q", header, body)
		}
	})
}

// FuzzEnvelope: no frame on a socket ends the bot, and one that cannot be read
// is not handled.
func FuzzEnvelope(f *testing.F) {
	f.Add([]byte(`{"envelope_id":"e1","type":"slash_commands","accepts_response_payload":true,"payload":{"command":"/incident","user_id":"U1","trigger_id":"1.2"}}`))
	f.Add([]byte(`{"envelope_id":"e1","type":"events_api","retry_attempt":1,"retry_reason":"timeout","payload":` + string(mentionBody(1)) + `}`))
	f.Add([]byte(`{"envelope_id":"e1","type":"interactive","payload":{"type":"view_submission","view":null}}`))
	f.Add([]byte(`{"type":"disconnect","reason":"warning"}`))
	f.Add([]byte(`{"envelope_id":7,"payload":"x"}`))
	f.Add([]byte(`{"envelope_id":"e1","type":"events_api","payload":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p := open(t, "bot_token: xoxb-1\napp_token: xapp-1\n", Options{HTTP: &http.Client{Transport: silent{}}})
		heard := &answers{}
		newSocket(nil).heard(data, func(f frame) {
			_, _ = p.take(t.Context(), f.Type, f.Payload, heard.handle)
		}, func([]byte, error) {})
		for _, e := range heard.events() {
			if e.By.ID == "" || !strings.HasPrefix(e.Key, "slack:") {
				t.Errorf("%q became %+v", data, e)
			}
		}
	})
}
