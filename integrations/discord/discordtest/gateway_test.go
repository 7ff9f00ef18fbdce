package discordtest_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"cresset/integrations/discord/discordtest"
)

const everyIntent = 1<<0 | 1<<1 | 1<<9 | 1<<10 | 1<<12 | 1<<13 | 1<<15

// line is a client of the gateway that does only what a test says.
type line struct {
	t  *testing.T
	d  *discordtest.Server
	ws *websocket.Conn
}

// packet is what the gateway says.
type packet struct {
	Op int    `json:"op"`
	S  int    `json:"s"`
	T  string `json:"t"`
	D  any    `json:"d"`
}

// dial connects and hears the hello.
func dial(t *testing.T, d *discordtest.Server, url string) *line {
	t.Helper()
	if url == "" {
		url = appOf(t, d).must("GET", "/gateway/bot", nil).Body["url"].(string)
	}
	ws, _, err := websocket.DefaultDialer.DialContext(t.Context(), url+"?v=10&encoding=json", nil)
	ok(t, err)
	t.Cleanup(func() { ws.Close() })
	l := &line{t, d, ws}
	equal(t, "op of the hello", l.read().Op, 10)
	return l
}

func (l *line) say(op int, d any) {
	l.t.Helper()
	ok(l.t, l.ws.WriteJSON(obj{"op": op, "d": d}))
}

func (l *line) read() packet {
	l.t.Helper()
	var p packet
	l.ws.SetReadDeadline(time.Now().Add(5 * time.Second))
	ok(l.t, l.ws.ReadJSON(&p))
	return p
}

// event reads on until an event of this name.
func (l *line) event(name string) packet {
	l.t.Helper()
	for {
		if p := l.read(); p.T == name {
			return p
		}
	}
}

// code reads on until the connection is closed.
func (l *line) code() int {
	l.t.Helper()
	l.ws.SetReadDeadline(time.Now().Add(5 * time.Second))
	for {
		_, _, err := l.ws.ReadMessage()
		var closed *websocket.CloseError
		switch {
		case errors.As(err, &closed):
			return closed.Code
		case err != nil:
			l.t.Fatalf("the connection ended with %v, not with a code", err)
		}
	}
}

func (l *line) identify(intents int) packet {
	l.t.Helper()
	l.say(2, obj{"token": l.d.BotToken, "intents": intents, "properties": obj{"os": "linux"}})
	ready := l.event("READY")
	if intents&1 != 0 {
		l.event("GUILD_CREATE")
	}
	return ready
}

func (l *line) resume(ready packet, seq int) {
	l.t.Helper()
	l.say(6, obj{"token": l.d.BotToken, "session_id": data(ready.D.(obj), "session_id"), "seq": seq})
}

func resumeURL(ready packet) string { return data(ready.D.(obj), "resume_gateway_url").(string) }

func TestEventsOfTheGuild(t *testing.T) {
	d, war := start(t)
	l := dial(t, d, "")
	l.identify(everyIntent)
	a := appOf(t, d)
	room := a.must("POST", "/guilds/"+d.GuildID+"/channels", obj{"name": "inc-1"}).id()
	equal(t, "created", data(l.event("CHANNEL_CREATE").D.(obj), "id"), any(room))
	a.must("PATCH", "/channels/"+room, obj{"topic": "checkout"})
	equal(t, "topic", data(l.event("CHANNEL_UPDATE").D.(obj), "topic"), any("checkout"))
	card := a.say(room, "card")
	equal(t, "said", data(l.event("MESSAGE_CREATE").D.(obj), "content"), any("card"))
	a.must("PATCH", "/channels/"+room+"/messages/"+card, obj{"content": "card 2", "allowed_mentions": quiet})
	equal(t, "edited", data(l.event("MESSAGE_UPDATE").D.(obj), "content"), any("card 2"))
	d.As("ada").React("inc-1", card, "📌")
	reacted := l.event("MESSAGE_REACTION_ADD").D.(obj)
	equal(t, "emoji", data(reacted, "emoji", "name"), any("📌"))
	equal(t, "by", data(reacted, "member", "user", "username"), any("ada"))
	a.must("POST", "/channels/"+room+"/messages/"+card+"/threads", obj{"name": "details"})
	equal(t, "thread", data(l.event("THREAD_CREATE").D.(obj), "id"), any(card))
	a.must("DELETE", "/channels/"+room+"/messages/"+card, nil)
	equal(t, "deleted", data(l.event("MESSAGE_DELETE").D.(obj), "id"), any(card))
	d.AddUser("eve")
	equal(t, "new", data(l.event("GUILD_MEMBER_ADD").D.(obj), "user", "username"), any("eve"))
	d.As("ada").DeleteChannel("inc-1")
	equal(t, "gone", data(l.event("CHANNEL_DELETE").D.(obj), "id"), any(room))
	d.As("ada").Message("@cresset", "hello")
	equal(t, "direct", data(l.event("MESSAGE_CREATE").D.(obj), "guild_id"), nil)
	equal(t, "room left", d.HasChannel(war.ID), true)
}

func TestContentNeedsTheIntent(t *testing.T) {
	d, _ := start(t)
	l := dial(t, d, "")
	l.identify(1<<0 | 1<<9 | 1<<12)
	d.As("ada").Message("war", "secret")
	d.As("ada").Mention("war", "help")
	d.As("ada").Message("@cresset", "hello")
	for _, want := range []string{"", "<@" + d.AppID + "> help", "hello"} {
		equal(t, "content", data(l.event("MESSAGE_CREATE").D.(obj), "content"), any(want))
	}
}

func TestInvisibleChannelsAreSilent(t *testing.T) {
	d, _ := start(t)
	l := dial(t, d, "")
	l.identify(everyIntent)
	d.AddPrivateChannel("hidden", "ada")
	l.event("CHANNEL_CREATE")
	d.As("ada").Message("hidden", "secret")
	d.As("ada").Message("war", "loud")
	equal(t, "heard", data(l.event("MESSAGE_CREATE").D.(obj), "content"), any("loud"))
}

func TestIdentifyIsChecked(t *testing.T) {
	d, _ := start(t)
	d.AllowIntents(0)
	good := obj{"token": d.BotToken, "intents": 1, "properties": obj{}}
	with := func(name string, v any) obj {
		changed := obj{}
		for k, v := range good {
			changed[k] = v
		}
		changed[name] = v
		return changed
	}
	for _, c := range []struct {
		op, code int
		d        any
	}{
		{2, 4004, with("token", "nonsense")}, {2, 4013, with("intents", 1<<30)}, {2, 4014, with("intents", 1<<15)},
		{2, 4010, with("shard", []int{1, 1})}, {2, 4002, with("properties", nil)}, {99, 4001, nil}, {3, 4003, obj{}},
		{6, 4004, obj{"token": "nonsense", "session_id": "x", "seq": 1}},
	} {
		l := dial(t, d, "")
		l.say(c.op, c.d)
		equal(t, "code", l.code(), c.code)
	}
	l := dial(t, d, "")
	l.identify(1)
	l.say(2, good)
	equal(t, "twice", l.code(), 4005)
	l = dial(t, d, "")
	ok(t, l.ws.WriteMessage(websocket.TextMessage, []byte("{")))
	equal(t, "no JSON", l.code(), 4002)
}

func TestVersionOfTheGateway(t *testing.T) {
	d, _ := start(t)
	ws, _, err := websocket.DefaultDialer.Dial(strings.Replace(d.URL, "http", "ws", 1)+"/gateway?v=6&encoding=json", nil)
	ok(t, err)
	defer ws.Close()
	equal(t, "code", (&line{t, d, ws}).code(), 4012)
}

func TestHeartbeats(t *testing.T) {
	d, _ := start(t)
	l := dial(t, d, "")
	ready := l.identify(1)
	l.say(1, ready.S)
	equal(t, "acknowledged", l.read().Op, 11)
	d.RequestHeartbeat()
	equal(t, "requested", l.read().Op, 1)
	equal(t, "heartbeats", d.Heartbeats(), 1)
	l.say(1, 1000)
	equal(t, "a sequence of the future", l.code(), 4007)
}

func TestTooManySends(t *testing.T) {
	d, _ := start(t)
	l := dial(t, d, "")
	l.identify(1)
	for range 120 {
		l.say(1, nil)
	}
	equal(t, "code", l.code(), 4008)
}

func TestResume(t *testing.T) {
	for name, end := range map[string]func(d *discordtest.Server, l *line){
		"dropped":            func(d *discordtest.Server, l *line) { d.Drop(); equal(t, "code", l.code(), 1001) },
		"cut":                func(d *discordtest.Server, l *line) { d.DropWithoutClose() },
		"closed with 4000":   func(d *discordtest.Server, l *line) { d.Close(4000); equal(t, "code", l.code(), 4000) },
		"asked to reconnect": func(d *discordtest.Server, l *line) { d.Reconnect(); equal(t, "op", l.read().Op, 7); l.ws.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			d, _ := start(t)
			l := dial(t, d, "")
			ready := l.identify(everyIntent)
			d.As("ada").Message("war", "one")
			seq := l.event("MESSAGE_CREATE").S
			end(d, l)
			eventually(t, "the end", func() bool { return d.Connections() == 0 })
			d.As("ada").Message("war", "two")
			l = dial(t, d, resumeURL(ready))
			l.resume(ready, seq)
			missed := l.read()
			equal(t, "missed", data(missed.D.(obj), "content"), any("two"))
			equal(t, "sequence", missed.S, seq+1)
			equal(t, "then", l.read().T, "RESUMED")
			d.As("ada").Message("war", "three")
			equal(t, "and on", data(l.read().D.(obj), "content"), any("three"))
			equal(t, "identifies", d.Identifies(), 1)
		})
	}
}

func TestResumesThatFail(t *testing.T) {
	for name, spoil := range map[string]func(d *discordtest.Server, l *line) (url string){
		"to the first address": func(d *discordtest.Server, l *line) string { d.Drop(); l.code(); return "" },
		"after a goodbye": func(d *discordtest.Server, l *line) string {
			ok(t, l.ws.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, "")))
			return "resume"
		},
		"after an invalid session": func(d *discordtest.Server, l *line) string {
			d.Invalidate(false)
			p := l.read()
			equal(t, "op", p.Op, 9)
			equal(t, "resumable", p.D, any(false))
			l.ws.Close()
			return "resume"
		},
		"after a time-out": func(d *discordtest.Server, l *line) string { d.Close(4009); l.code(); return "resume" },
		"after too much": func(d *discordtest.Server, l *line) string {
			d.KeepEvents(2)
			d.DropWithoutClose()
			for range 3 {
				d.As("ada").Message("war", "x")
			}
			return "resume"
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, _ := start(t)
			l := dial(t, d, "")
			ready := l.identify(everyIntent)
			url := spoil(d, l)
			eventually(t, "the end", func() bool { return d.Connections() == 0 })
			if url != "" {
				url = resumeURL(ready)
			}
			l = dial(t, d, url)
			l.resume(ready, ready.S+1)
			p := l.read()
			equal(t, "op", p.Op, 9)
			equal(t, "resumable", p.D, any(false))
			equal(t, "resumes", d.Resumes(), 1)
		})
	}
}

func TestResumableInvalidSession(t *testing.T) {
	d, _ := start(t)
	l := dial(t, d, "")
	ready := l.identify(everyIntent)
	d.Invalidate(true)
	equal(t, "resumable", l.read().D, any(true))
	l.resume(ready, ready.S+1)
	equal(t, "on the same connection", l.event("RESUMED").T, "RESUMED")
	d.Invalidate(true)
	equal(t, "again", l.read().D, any(true))
	l.ws.Close()
	l = dial(t, d, resumeURL(ready))
	l.resume(ready, ready.S+1)
	equal(t, "on another", l.event("RESUMED").T, "RESUMED")
}

func TestDeadConnection(t *testing.T) {
	d, _ := start(t)
	l := dial(t, d, "")
	ready := l.identify(everyIntent)
	d.Mute()
	l.say(1, ready.S)
	d.As("ada").Message("war", "unheard")
	l.ws.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if _, said, err := l.ws.ReadMessage(); err == nil {
		t.Fatalf("the dead connection says %s", said)
	}
	l.ws.Close()
	l = dial(t, d, resumeURL(ready))
	l.resume(ready, ready.S+1)
	equal(t, "after all", data(l.event("MESSAGE_CREATE").D.(obj), "content"), any("unheard"))
}

func TestIdentifiesAreCounted(t *testing.T) {
	d, _ := start(t)
	dial(t, d, "").identify(1)
	l := dial(t, d, "")
	l.say(2, obj{"token": d.BotToken, "intents": 1, "properties": obj{}})
	p := l.read()
	equal(t, "too early", p.Op, 9)
	equal(t, "resumable", p.D, any(false))
	d.IdentifyEvery(0)
	l.identify(1)
	equal(t, "identifies", d.Identifies(), 3)
	limit := appOf(t, d).must("GET", "/gateway/bot", nil).Body["session_start_limit"].(obj)
	equal(t, "left", limit["remaining"], any(997.0))

	d.IdentifyBudget(0)
	d.AllowViolations()
	l = dial(t, d, "")
	l.say(2, obj{"token": d.BotToken, "intents": 1, "properties": obj{}})
	equal(t, "overdrawn", l.code(), 4004)
	equal(t, "the token", appOf(t, d).call("GET", "/users/@me", nil).Status, 401)
}

func TestInteractionsOverTheGateway(t *testing.T) {
	d, _ := start(t)
	a := appOf(t, d)
	a.commands(incident)
	equal(t, "nobody there", d.As("ada").Slash("war", "/incident declare title:x").Failed, "The application did not respond")
	l := dial(t, d, "")
	l.identify(1)
	d.DeliverTwice(true)
	heard := make(chan []obj)
	go func() {
		var both []obj
		for range 2 {
			in := l.event("INTERACTION_CREATE").D.(obj)
			both = append(both, in)
			a.call("POST", "/interactions/"+in["id"].(string)+"/"+in["token"].(string)+"/callback", message("Declared."))
		}
		heard <- both
	}()
	equal(t, "answer", d.As("ada").Slash("war", "/incident declare title:x").Message.Content, "Declared.")
	both := <-heard
	first, err := json.Marshal(both[0])
	ok(t, err)
	again, err := json.Marshal(both[1])
	ok(t, err)
	equal(t, "the second", string(again), string(first))
	equal(t, "shown", len(d.Ephemerals("ada")), 1)
	calls := d.CallsOf("POST /interactions/{id}/{token}/callback")
	equal(t, "first", calls[0].Status, 204)
	equal(t, "second", calls[1].Code, 40060)
}

func TestOutage(t *testing.T) {
	d, war := start(t)
	l := dial(t, d, "")
	ready := l.identify(1)
	d.Outage(true)
	equal(t, "REST", appOf(t, d).call("GET", "/channels/"+war.ID, nil).Status, 503)
	if _, _, err := websocket.DefaultDialer.Dial(resumeURL(ready), nil); err == nil {
		t.Error("the gateway is up")
	}
	d.Outage(false)
	l = dial(t, d, resumeURL(ready))
	l.resume(ready, ready.S+1)
	l.event("RESUMED")
}
