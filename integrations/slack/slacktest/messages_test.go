package slacktest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"cresset/integrations/slack/slacktest"
)

func TestMessageLife(t *testing.T) {
	ws, api, ch := start(t)
	section := slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", "*sev2*", false, false), nil, nil)
	_, ts, err := api.PostMessage(ch.ID, slack.MsgOptionText("card", false), slack.MsgOptionBlocks(section),
		slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "cresset", EventPayload: map[string]any{"o": "7"}}))
	ok(t, err)
	posted := ws.Messages("war")[0]
	if posted.User != "cresset" || posted.BotID == "" || !strings.Contains(string(posted.Blocks), "*sev2*") ||
		string(posted.Metadata) != `{"event_payload":{"o":"7"},"event_type":"cresset"}` {
		t.Fatalf("got %+v", posted)
	}

	_, _, _, err = api.UpdateMessage(ch.ID, ts, slack.MsgOptionText("done", false), slack.MsgOptionBlocks())
	ok(t, err)
	edited := ws.Messages("war")[0]
	if edited.Text != "done" || edited.EditCount != 1 || edited.TS != ts || strings.Contains(string(edited.Blocks), "sev2") {
		t.Fatalf("got %+v", edited)
	}

	link, err := api.GetPermalink(&slack.PermalinkParameters{Channel: ch.ID, Ts: ts})
	ok(t, err)
	equal(t, "permalink", link, ws.URL+"/archives/"+ch.ID+"/p"+strings.Replace(ts, ".", "", 1))

	_, _, err = api.DeleteMessage(ch.ID, ts)
	ok(t, err)
	equal(t, "messages", len(ws.Messages("war")), 0)
	_, _, _, err = api.UpdateMessage(ch.ID, ts, slack.MsgOptionText("late", false))
	wantCode(t, err, "message_not_found")
	said := ws.As("ada").Say("war", "mine")
	_, _, _, err = api.UpdateMessage(ch.ID, said.TS, slack.MsgOptionText("yours", false))
	wantCode(t, err, "cant_update_message")
}

func TestWherePostsGo(t *testing.T) {
	ws, api, ch := start(t)
	ws.AllowProblems()
	ws.AddChannel("public", "ada")
	ws.AddPrivateChannel("secret", "ada")
	text := slack.MsgOptionText("hello", false)
	for where, code := range map[string]string{"#nowhere": "channel_not_found", "secret": "channel_not_found"} {
		_, _, err := api.PostMessage(where, text)
		wantCode(t, err, code)
	}
	_, _, err := api.PostMessage("public", text)
	ok(t, err)
	ws.DropScope("chat:write.public")
	_, _, err = api.PostMessage("public", text)
	wantCode(t, err, "not_in_channel")
	_, _, err = api.PostMessage(ch.ID)
	wantCode(t, err, "no_text")
	_, _, err = api.PostMessage(ch.ID, text, slack.MsgOptionTS("1.000001"))
	wantCode(t, err, "thread_not_found")

	_, err = api.PostEphemeral(ch.ID, ws.As("ada").User().ID, text)
	ok(t, err)
	equal(t, "ephemerals", ws.Ephemerals("ada")[0].Text, "hello")
	equal(t, "messages", len(ws.Messages("war")), 0)
	_, err = api.PostEphemeral(ch.ID, ws.As("bob").User().ID, text)
	wantCode(t, err, "user_not_in_channel")
}

func TestHistoryAndThreads(t *testing.T) {
	ws, api, ch := start(t)
	var stamps []string
	for _, text := range []string{"one", "two", "three"} {
		_, ts, err := api.PostMessage(ch.ID, slack.MsgOptionText(text, false),
			slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "cresset", EventPayload: map[string]any{"o": text}}))
		ok(t, err)
		stamps = append(stamps, ts)
	}
	_, _, err := api.PostMessage(ch.ID, slack.MsgOptionText("in thread", false), slack.MsgOptionTS(stamps[0]))
	ok(t, err)
	reply := ws.As("ada").Reply("war", stamps[0], "me too")
	equal(t, "thread of a reply to a reply", ws.As("ada").Reply("war", reply.TS, "and me").ThreadTS, stamps[0])

	params := &slack.GetConversationHistoryParameters{ChannelID: ch.ID, Limit: 2, IncludeAllMetadata: true}
	page, err := api.GetConversationHistory(params)
	ok(t, err)
	if !page.HasMore || page.Messages[0].Text != "three" || page.Messages[0].Metadata.EventType != "cresset" {
		t.Fatalf("got %+v", page)
	}
	params.Cursor = page.ResponseMetaData.NextCursor
	params.IncludeAllMetadata = false
	page, err = api.GetConversationHistory(params)
	ok(t, err)
	first := page.Messages[0]
	if page.HasMore || first.Text != "one" || first.ReplyCount != 3 || first.Metadata.EventType != "" {
		t.Fatalf("got %+v", page)
	}
	page, err = api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: ch.ID, Oldest: stamps[1]})
	ok(t, err)
	equal(t, "after two", len(page.Messages), 1)
	page, err = api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: ch.ID,
		Oldest: stamps[1], Latest: stamps[2], Inclusive: true})
	ok(t, err)
	equal(t, "from two to three", len(page.Messages), 2)

	thread, _, _, err := api.GetConversationReplies(&slack.GetConversationRepliesParameters{ChannelID: ch.ID, Timestamp: stamps[0]})
	ok(t, err)
	equal(t, "thread", len(thread), 4)
	equal(t, "last reply", thread[2].Text, "me too")
	_, _, _, err = api.GetConversationReplies(&slack.GetConversationRepliesParameters{ChannelID: ch.ID, Timestamp: "1.000001"})
	wantCode(t, err, "thread_not_found")
}

func TestSlackTellsOfItself(t *testing.T) {
	ws, api, ch := start(t)
	_, err := api.SetTopicOfConversation(ch.ID, "sev1")
	ok(t, err)
	page, err := api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: ch.ID})
	ok(t, err)
	equal(t, "subtype", page.Messages[0].SubType, "channel_topic")
	equal(t, "said by people and apps", len(ws.Messages("war")), 0)
}

func TestClientMsgID(t *testing.T) {
	ws, _, ch := start(t)
	post := func() string {
		return post(t, ws, "chat.postMessage", url.Values{"channel": {ch.ID}, "text": {"x"}, "client_msg_id": {"id-1"}})["ts"].(string)
	}
	first := post()
	equal(t, "second", post(), first)
	ws.HonourClientMsgID(false)
	if post() == first {
		t.Fatal("the earlier message came back although client_msg_id is not honoured")
	}
	equal(t, "messages", len(ws.Messages("war")), 2)
	equal(t, "client_msg_id", ws.Messages("war")[0].ClientMsgID, "id-1")
}

// post calls a method with a form, and the token among its fields.
func post(t *testing.T, ws *slacktest.Workspace, method string, form url.Values) map[string]any {
	t.Helper()
	form.Set("token", ws.BotToken)
	response, err := http.PostForm(ws.URL+"/api/"+method, form)
	ok(t, err)
	defer response.Body.Close()
	var answer map[string]any
	ok(t, json.NewDecoder(response.Body).Decode(&answer))
	return answer
}

func TestJSONBodyNeedsTokenInHeader(t *testing.T) {
	ws, _, _ := start(t)
	body := `{"token":"` + ws.BotToken + `"}`
	response, err := http.Post(ws.URL+"/api/auth.test", "application/json", strings.NewReader(body))
	ok(t, err)
	defer response.Body.Close()
	var answer map[string]any
	ok(t, json.NewDecoder(response.Body).Decode(&answer))
	equal(t, "error", answer["error"], any("not_authed"))
}

func TestUnknownMethod(t *testing.T) {
	ws, _, _ := start(t)
	ws.AllowProblems()
	equal(t, "error", post(t, ws, "chat.sing", url.Values{})["error"], any("unknown_method"))
	equal(t, "problems", len(ws.Problems()), 1)
}
