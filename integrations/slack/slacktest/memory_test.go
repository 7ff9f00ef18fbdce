package slacktest_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"

	"cresset/integrations/slack/slacktest"
)

// inMemory is a workspace without a port, in a bubble, and an app that talks to it.
func inMemory(t *testing.T, test func(ws *slacktest.Workspace, a *app)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ws := slacktest.New(t)
		ws.AddUser("ada")
		ws.AddChannel("war", "ada", "cresset")
		a := newApp(ws)
		a.api = slack.New(ws.BotToken, slack.OptionAPIURL(ws.URL+"/api/"), slack.OptionHTTPClient(&http.Client{Transport: ws.Transport()}))
		ws.DeliverInto(a.handler(ws.SigningSecret))
		test(ws, a)
	})
}

func TestBothWaysWithoutASocket(t *testing.T) {
	inMemory(t, func(ws *slacktest.Workspace, a *app) {
		a.slash = func(slack.SlashCommand) any {
			_, _, err := a.api.PostMessage(ws.Channel("war").ID, slack.MsgOptionText("on it", false))
			ok(t, err)
			return map[string]any{"text": "Declared."}
		}
		answer := ws.As("ada").Slash("#war", "/incident", "declare")
		equal(t, "answer", answer.Text, "Declared.")
		equal(t, "said", ws.Messages("war")[0].Text, "on it")
	})
}

func TestSlowAppWithoutASocket(t *testing.T) {
	inMemory(t, func(ws *slacktest.Workspace, a *app) {
		a.slash = func(slack.SlashCommand) any { time.Sleep(4 * time.Second); return nil }
		began := time.Now()
		equal(t, "answer", ws.As("ada").Slash("#war", "/incident", "declare").Failed, "operation_timeout")
		equal(t, "waited", time.Since(began), 3*time.Second)
		time.Sleep(2 * time.Second) // until the app is done
	})
}

func TestHangingUpWithoutASocket(t *testing.T) {
	inMemory(t, func(ws *slacktest.Workspace, a *app) {
		ws.DropAnswer("chat.postMessage", 1)
		_, _, err := a.api.PostMessage(ws.Channel("war").ID, slack.MsgOptionText("x", false))
		if err == nil {
			t.Error("the answer came")
		}
		equal(t, "messages", len(ws.Messages("war")), 1)
	})
}

func TestLag(t *testing.T) {
	inMemory(t, func(ws *slacktest.Workspace, a *app) {
		time.Sleep(time.Minute) // #general and #war are old
		ws.Lag(2*time.Second, 3*time.Second)
		room, err := a.api.CreateConversation(slack.CreateConversationParams{ChannelName: "inc-1"})
		ok(t, err)
		_, _, err = a.api.PostMessage(room.ID, slack.MsgOptionText("x", false))
		ok(t, err)
		for _, seen := range []struct{ messages, channels int }{{0, 2}, {1, 2}, {1, 3}} {
			page, err := a.api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: room.ID})
			ok(t, err)
			channels, _, err := a.api.GetConversations(&slack.GetConversationsParameters{})
			ok(t, err)
			equal(t, "messages", len(page.Messages), seen.messages)
			equal(t, "channels", len(channels), seen.channels)
			time.Sleep(2 * time.Second)
		}
		_, err = a.api.CreateConversation(slack.CreateConversationParams{ChannelName: "inc-1"})
		wantCode(t, err, "name_taken")
	})
}

func TestArchivedByAPerson(t *testing.T) {
	inMemory(t, func(ws *slacktest.Workspace, a *app) {
		ws.As("ada").Archive("#war")
		_, _, err := a.api.PostMessage(ws.Channel("war").ID, slack.MsgOptionText("x", false))
		wantCode(t, err, "is_archived")
	})
}
