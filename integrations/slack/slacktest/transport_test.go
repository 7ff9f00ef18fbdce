package slacktest_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"

	"cresset/integrations/slack/slacktest"
)

func withBody(r *http.Request, body []byte) *http.Request {
	r.Body = io.NopCloser(bytes.NewReader(body))
	return r
}

func TestSlashCommand(t *testing.T) {
	onBoth(t, func(t *testing.T, ws *slacktest.Workspace, a *app) {
		a.slash = func(slack.SlashCommand) any { return map[string]any{"text": "Declared."} }
		answer := ws.As("ada").Slash("#war", "/incident", "declare sev2 a < b & @bob in #war, see https://x.example")
		if answer.Failed != "" || answer.Text != "Declared." || !answer.Ephemeral || answer.Again != nil {
			t.Fatalf("got %+v", answer)
		}
		equal(t, "ephemeral", ws.Ephemerals("ada")[0].Text, "Declared.")
		got, bob, ada := a.slashs[0], ws.As("bob").User(), ws.As("ada").User()
		equal(t, "command", got.Command, "/incident")
		equal(t, "user", got.UserID, ada.ID)
		equal(t, "channel", got.ChannelID, ws.Channel("war").ID)
		equal(t, "text", got.Text, "declare sev2 a &lt; b &amp; <@"+bob.ID+"|bob> in <#"+got.ChannelID+"|war>, see <https://x.example>")
	})
}

func TestSlashAnsweredInChannel(t *testing.T) {
	onBoth(t, func(t *testing.T, ws *slacktest.Workspace, a *app) {
		a.slash = func(slack.SlashCommand) any {
			return map[string]any{"response_type": "in_channel", "text": "for all"}
		}
		if answer := ws.As("ada").Slash("general", "/cre", "x"); answer.Ephemeral {
			t.Fatalf("got %+v", answer)
		}
		equal(t, "message", ws.Messages("general")[0].Text, "for all")
		equal(t, "ephemerals", len(ws.Ephemerals("ada")), 0)
	})
}

func TestSlashWithoutAnswer(t *testing.T) {
	onBoth(t, func(t *testing.T, ws *slacktest.Workspace, a *app) {
		if answer := ws.As("ada").Slash("general", "/cre", "x"); answer.Failed != "" || answer.Text != "" || answer.Ephemeral {
			t.Fatalf("got %+v", answer)
		}
	})
}

func TestNobodyAnswers(t *testing.T) {
	ws, _, _ := start(t)
	equal(t, "no connection", ws.As("ada").Slash("war", "/cre", "x").Failed, "dispatch_failed")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "no", http.StatusInternalServerError)
	}))
	defer server.Close()
	ws.DeliverTo(server.URL)
	if failed := ws.As("ada").Slash("war", "/cre", "x").Failed; !strings.Contains(failed, "http_error") {
		t.Fatalf("got %q", failed)
	}
}

func TestTooLate(t *testing.T) {
	onBoth(t, func(t *testing.T, ws *slacktest.Workspace, a *app) {
		t.Parallel() // it waits for seconds
		ws.AllowProblems()
		opened := make(chan error, 1)
		a.slash = func(c slack.SlashCommand) any {
			time.Sleep(3200 * time.Millisecond)
			_, err := a.api.OpenView(c.TriggerID, form())
			opened <- err
			return map[string]any{"text": "late"}
		}
		answer := ws.As("ada").Slash("war", "/cre", "x")
		equal(t, "failure", answer.Failed, "operation_timeout")
		wantCode(t, <-opened, "expired_trigger_id")
		equal(t, "ephemerals", len(ws.Ephemerals("ada")), 0)
	})
}

func TestEvents(t *testing.T) {
	onBoth(t, func(t *testing.T, ws *slacktest.Workspace, a *app) {
		said := ws.As("ada").Mention("war", "hello")
		ws.As("ada").React("war", said.TS, "pushpin")
		ws.As("ada").OpenHome()
		ws.As("ada").Invite("war", "bob")
		ws.As("bob").Reply("war", said.TS, "in thread")
		ws.As("ada").Say("@cresset", "directly")
		ws.As("ada").Say("general", "not for the app")
		ws.Settle()

		mention := a.heardOf("app_mention")[0].inner.(*slackevents.AppMentionEvent)
		equal(t, "mention", mention.Text, "<@"+ws.BotUser.ID+"> hello")
		equal(t, "mention ts", mention.TimeStamp, said.TS)
		reaction := a.heardOf("reaction_added")[0].inner.(*slackevents.ReactionAddedEvent)
		equal(t, "reaction", reaction.Reaction+reaction.Item.Timestamp, "pushpin"+said.TS)
		equal(t, "home", a.heardOf("app_home_opened")[0].inner.(*slackevents.AppHomeOpenedEvent).User, ws.As("ada").User().ID)
		equal(t, "joined", a.heardOf("member_joined_channel")[0].inner.(*slackevents.MemberJoinedChannelEvent).User, ws.As("bob").User().ID)
		kinds := map[string]string{}
		for _, h := range a.heardOf("message") {
			m := h.inner.(*slackevents.MessageEvent)
			kinds[m.Text] = m.ChannelType + m.ThreadTimeStamp
		}
		equal(t, "in thread", kinds["in thread"], "channel"+said.TS)
		equal(t, "direct message", kinds["directly"], "im")
		equal(t, "messages", len(a.heardOf("message")), 4) // with Slack's own line that bob has joined
	})
}

func TestOnlyWhatTheAppSubscribedTo(t *testing.T) {
	onBoth(t, func(t *testing.T, ws *slacktest.Workspace, a *app) {
		ws.Subscribe("app_mention", "reaction_added")
		ws.DropScope("reactions:read")
		said := ws.As("ada").Mention("war", "hello")
		ws.As("ada").React("war", said.TS, "eyes")
		equal(t, "events", len(a.events), 1)
	})
}

func TestDeliverTwice(t *testing.T) {
	onBoth(t, func(t *testing.T, ws *slacktest.Workspace, a *app) {
		ws.DeliverTwice(true)
		a.slash = func(c slack.SlashCommand) any { return map[string]any{"text": "for " + c.TriggerID} }
		answer := ws.As("ada").Slash("war", "/cre", "x")
		if answer.Again == nil || answer.Again.Text != answer.Text || a.slashs[0].TriggerID != a.slashs[1].TriggerID {
			t.Fatalf("got %+v and %+v", answer, answer.Again)
		}
		equal(t, "ephemerals", len(ws.Ephemerals("ada")), 1)
		ws.As("ada").Mention("war", "hello")
		ws.Settle()
		got := a.heardOf("app_mention")
		if len(got) != 2 || got[0].id != got[1].id || got[0].retry != "" || !strings.HasSuffix(got[1].retry, "timeout") {
			t.Fatalf("got %+v", got)
		}
	})
}

func TestEventIsTriedAgain(t *testing.T) {
	ws, _, _ := start(t)
	a := newApp(ws)
	ws.RetryEventsAfter(0, 300*time.Millisecond, 300*time.Millisecond, 300*time.Millisecond)
	ws.As("ada").Mention("war", "is anybody there?")
	a.connect(t, ws)
	eventually(t, "the mention", func() bool { return len(a.heardOf("app_mention")) == 1 })
	if retry := a.heardOf("app_mention")[0].retry; retry == "" {
		t.Fatal("the delivery does not say that it is not the first")
	}
}

func TestNoRetryWanted(t *testing.T) {
	ws, _, _ := start(t)
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 2 {
			w.Header().Set("X-Slack-No-Retry", "1")
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer server.Close()
	ws.DeliverTo(server.URL)
	ws.RetryEventsAfter(0, 0, 0)
	ws.Subscribe("app_mention")
	ws.As("ada").Mention("war", "hello")
	eventually(t, "a second attempt", func() bool { return asked.Load() == 2 })
	time.Sleep(50 * time.Millisecond)
	equal(t, "attempts", asked.Load(), int32(2))
}

func TestHugeAcknowledgementIsDropped(t *testing.T) {
	ws, api, _ := start(t)
	ws.AllowProblems()
	_, link, err := api.StartSocketModeContext(t.Context())
	ok(t, err)
	conn, _, err := websocket.DefaultDialer.Dial(link, nil)
	ok(t, err)
	defer conn.Close()
	go func() {
		for {
			var frame map[string]any
			if conn.ReadJSON(&frame) != nil {
				return
			}
			if id := frame["envelope_id"]; id != nil {
				text := strings.Repeat("x", 20<<10)
				_ = conn.WriteJSON(map[string]any{"envelope_id": id, "payload": map[string]any{"text": text}})
			}
		}
	}()
	ws.AwaitConnections(1)
	t.Parallel() // Slack waits its three seconds
	equal(t, "failure", ws.As("ada").Slash("war", "/cre", "x").Failed, "operation_timeout")
	equal(t, "problems", len(ws.Problems()), 1)
}

func TestDisconnect(t *testing.T) {
	ws, _, _ := start(t)
	a := newApp(ws)
	a.connect(t, ws)
	ws.AwaitConnections(1)
	opened := len(ws.CallsOf("apps.connections.open"))
	for i, cut := range []func(){
		func() { ws.Disconnect("refresh_requested") }, func() { ws.Disconnect("warning") }, ws.Cut,
	} {
		cut()
		eventually(t, "a new connection", func() bool { return len(ws.CallsOf("apps.connections.open")) > opened+i })
		time.Sleep(100 * time.Millisecond) // in which the old one is seen to be gone
		ws.AwaitConnections(1)
	}
}

func TestConnectionsAreCounted(t *testing.T) {
	ws, api, _ := start(t)
	ws.AllowProblems()
	dial := func() (string, map[string]any) {
		_, link, err := api.StartSocketModeContext(t.Context())
		ok(t, err)
		conn, _, err := websocket.DefaultDialer.Dial(link, nil)
		ok(t, err)
		t.Cleanup(func() { conn.Close() })
		var first map[string]any
		ok(t, conn.ReadJSON(&first))
		return link, first
	}
	link, hello := dial()
	equal(t, "greeting", hello["type"], any("hello"))
	if _, response, err := websocket.DefaultDialer.Dial(link, nil); err == nil || response.StatusCode != http.StatusForbidden {
		t.Fatal("an address was good for two connections")
	}
	for range 9 {
		dial()
	}
	_, refused := dial()
	equal(t, "11th", refused["reason"], any("too_many_websockets"))
	equal(t, "connections", ws.Connections(), 10)
}

// dialled is a connection, and the first frame on it.
func dialled(t *testing.T, api *slack.Client) (*websocket.Conn, map[string]any) {
	t.Helper()
	_, link, err := api.StartSocketModeContext(t.Context())
	ok(t, err)
	conn, _, err := websocket.DefaultDialer.Dial(link, nil)
	ok(t, err)
	t.Cleanup(func() { conn.Close() })
	var first map[string]any
	ok(t, conn.ReadJSON(&first))
	return conn, first
}

// acknowledge reads the next envelope and acknowledges it on a connection.
func acknowledge(t *testing.T, from, on *websocket.Conn) {
	t.Helper()
	var frame map[string]any
	if from.ReadJSON(&frame) != nil {
		return // the test is over
	}
	ok(t, on.WriteJSON(map[string]any{"envelope_id": frame["envelope_id"], "payload": map[string]any{"text": "Heard."}}))
}

func TestAConnectionIsUsedUntilItIsClosed(t *testing.T) {
	ws, api, _ := start(t)
	ws.Linger("warning", 300*time.Millisecond)
	old, _ := dialled(t, api)
	ws.Disconnect("warning")
	var asked map[string]any
	ok(t, old.ReadJSON(&asked))
	equal(t, "asked to leave", asked["reason"], any("warning"))
	other, hello := dialled(t, api)
	equal(t, "connections", hello["num_connections"], any(2.0))
	go acknowledge(t, old, old)
	go acknowledge(t, other, other)
	for range 2 {
		equal(t, "answer", ws.As("ada").Slash("war", "/cre", "x").Text, "Heard.")
	}
	if _, _, err := old.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
		t.Errorf("the connection ended with %v", err)
	}
	eventually(t, "its end", func() bool { return ws.Connections() == 1 })
	ws.Cut()
	eventually(t, "the codes", func() bool { return len(ws.Goodbyes()) == 2 })
}

func TestAcknowledgementOnTheWrongConnectionIsAProblem(t *testing.T) {
	t.Parallel() // Slack waits its three seconds
	ws, api, _ := start(t)
	ws.AllowProblems()
	one, _ := dialled(t, api)
	other, _ := dialled(t, api)
	go acknowledge(t, one, other)
	go acknowledge(t, other, one)
	equal(t, "failure", ws.As("ada").Slash("war", "/cre", "x").Failed, "operation_timeout")
	equal(t, "problems", len(ws.Problems()), 1)
}

func TestSocketModeSwitchedOff(t *testing.T) {
	ws, api, _ := start(t)
	conn, _ := dialled(t, api)
	ws.SwitchSocketMode(false)
	var asked map[string]any
	ok(t, conn.ReadJSON(&asked))
	_, refused := dialled(t, api)
	equal(t, "open connection", asked["reason"], any("link_disabled"))
	equal(t, "new connection", refused["reason"], any("link_disabled"))
	ws.SwitchSocketMode(true)
	_, hello := dialled(t, api)
	equal(t, "greeting", hello["type"], any("hello"))
}

func TestSigningVector(t *testing.T) {
	body := "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar" +
		"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com" +
		"%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	header := slacktest.Sign("8f742231b10e8888abcd99yyyzzz85a5", time.Unix(1531420618, 0), []byte(body))
	equal(t, "signature", header.Get("X-Slack-Signature"), "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503")
}

func TestVerifyEventsURL(t *testing.T) {
	ws, _, _ := start(t)
	server := httptest.NewServer(newApp(ws).handler(ws.SigningSecret))
	defer server.Close()
	ws.DeliverTo(server.URL)
	ok(t, ws.VerifyEventsURL())
	other := httptest.NewServer(newApp(ws).handler("another secret"))
	defer other.Close()
	ws.DeliverTo(other.URL)
	if err := ws.VerifyEventsURL(); err == nil {
		t.Fatal("an app with another secret took the request")
	}
}
