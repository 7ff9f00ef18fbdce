package slacktest_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func TestLimits(t *testing.T) {
	long := func(n int) string { return strings.Repeat("x", n) }
	blocks := func(s string, a ...any) url.Values { return url.Values{"blocks": {"[" + fmt.Sprintf(s, a...) + "]"}} }
	button := `{"type":"button","action_id":"%s","text":{"type":"plain_text","text":"%s"},"value":"%s"}`
	actions := func(elements string) url.Values { return blocks(`{"type":"actions","elements":[%s]}`, elements) }
	const message, invalid = "chat.postMessage", "invalid_blocks"
	for name, c := range map[string]struct {
		method string
		args   url.Values
		code   string
	}{
		"51 blocks":         {message, blocks("%s", strings.TrimSuffix(strings.Repeat(`{"type":"divider"},`, 51), ",")), invalid},
		"no type":           {message, blocks(`{"text":{}}`), invalid},
		"unknown type":      {message, blocks(`{"type":"marquee"}`), invalid},
		"no list":           {message, url.Values{"blocks": {`{"type":"divider"}`}}, "invalid_blocks_format"},
		"no JSON":           {message, url.Values{"blocks": {`[`}}, "invalid_blocks_format"},
		"header":            {message, blocks(`{"type":"header","text":{"type":"plain_text","text":"%s"}}`, long(151)), invalid},
		"header in mrkdwn":  {message, blocks(`{"type":"header","text":{"type":"mrkdwn","text":"x"}}`), invalid},
		"section":           {message, blocks(`{"type":"section","text":{"type":"mrkdwn","text":"%s"}}`, long(3001)), invalid},
		"empty section":     {message, blocks(`{"type":"section","text":{"type":"mrkdwn","text":""}}`), invalid},
		"field":             {message, blocks(`{"type":"section","fields":[{"type":"mrkdwn","text":"%s"}]}`, long(2001)), invalid},
		"no alt text":       {message, blocks(`{"type":"image","image_url":"https://x.example/a.png"}`), invalid},
		"11 in context":     {message, blocks(`{"type":"context","elements":[%s]}`, strings.TrimSuffix(strings.Repeat(`{"type":"mrkdwn","text":"x"},`, 11), ",")), invalid},
		"button text":       {message, actions(fmt.Sprintf(button, "a", long(76), "v")), invalid},
		"button value":      {message, actions(fmt.Sprintf(button, "a", "A", long(2001))), invalid},
		"same action_id":    {message, actions(fmt.Sprintf(button, "a", "A", "") + "," + fmt.Sprintf(button, "a", "B", "")), invalid},
		"same block_id":     {message, blocks(`{"type":"divider","block_id":"b"},{"type":"divider","block_id":"b"}`), invalid},
		"option value":      {message, actions(`{"type":"static_select","options":[{"text":{"type":"plain_text","text":"x"},"value":"` + long(151) + `"}]}`), invalid},
		"markdown_text":     {message, url.Values{"markdown_text": {long(12001)}}, "msg_too_long"},
		"metadata":          {message, url.Values{"text": {"x"}, "metadata": {`{"event_type":"x"}`}}, "invalid_metadata_schema"},
		"name with capital": {"conversations.create", url.Values{"name": {"Inc"}}, "invalid_name_specials"},
		"long name":         {"conversations.create", url.Values{"name": {long(81)}}, "invalid_name_maxlength"},
		"no name":           {"conversations.create", url.Values{}, "invalid_name_required"},
		"name of dashes":    {"conversations.create", url.Values{"name": {"--"}}, "invalid_name_punctuation"},
		"topic":             {"conversations.setTopic", url.Values{"topic": {long(251)}}, "too_long"},
		"update":            {"chat.update", url.Values{"text": {long(4001)}}, "msg_too_long"},
	} {
		t.Run(name, func(t *testing.T) {
			ws, _, ch := start(t)
			ws.AllowProblems()
			posted := post(t, ws, message, url.Values{"channel": {ch.ID}, "text": {"x"}})
			c.args.Set("channel", ch.ID)
			c.args.Set("ts", posted["ts"].(string))
			equal(t, "error", post(t, ws, c.method, c.args)["error"], any(c.code))
			if len(ws.Problems()) == 0 {
				t.Fatal("the workspace saw no problem")
			}
		})
	}
}

func TestLongPostIsCut(t *testing.T) {
	ws, _, ch := start(t)
	ws.AllowProblems()
	post(t, ws, "chat.postMessage", url.Values{"channel": {ch.ID}, "text": {strings.Repeat("x", 40001)}})
	equal(t, "length", len(ws.Messages("war")[0].Text), 40000)
}

func TestWithinLimits(t *testing.T) {
	ws, _, ch := start(t)
	blocks := `[{"type":"header","text":{"type":"plain_text","text":"` + strings.Repeat("é", 150) + `"}},
		{"type":"actions","elements":[{"type":"button","action_id":"a","text":{"type":"plain_text","text":"A"}}]},
		{"type":"actions","elements":[{"type":"button","action_id":"a","text":{"type":"plain_text","text":"B"}}]},
		{"type":"markdown","text":"**x**"},{"type":"divider"},
		{"type":"context","elements":[{"type":"mrkdwn","text":"x"}]}]`
	answer := post(t, ws, "chat.postMessage", url.Values{"channel": {ch.ID}, "blocks": {blocks}})
	equal(t, "ok", answer["ok"], any(true))
}

func TestProblemsFailTheTest(t *testing.T) {
	judge := &recorder{TB: t}
	t.Run("inner", func(t *testing.T) {
		judge.inner = t
		ws, ch := startFor(judge)
		post(t, ws, "conversations.setTopic", url.Values{"channel": {ch}, "topic": {strings.Repeat("x", 251)}})
	})
	if len(judge.errors) != 1 || !strings.Contains(judge.errors[0], "topic") {
		t.Fatalf("got %q, want one complaint about the topic", judge.errors)
	}
}
