package discordtest_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"cresset/integrations/discord/discordtest"
)

// inMemory is a guild without a port, in a bubble.
func inMemory(t *testing.T, test func(d *discordtest.Server, a *app, war discordtest.Channel)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d := discordtest.New(t)
		war := people(d)
		a := appOf(t, d)
		a.client = &http.Client{Transport: d.Transport()}
		test(d, a, war)
	})
}

func TestBothWaysWithoutASocket(t *testing.T) {
	inMemory(t, func(d *discordtest.Server, a *app, war discordtest.Channel) {
		a.commands(incident)
		d.DeliverInto(a.interactive(func(obj) obj {
			a.say(war.ID, "on it")
			return message("Declared.")
		}))
		equal(t, "answer", d.As("ada").Slash("war", "/incident declare title:x").Message.Content, "Declared.")
		equal(t, "said", d.Messages("war")[0].Content, "on it")
	})
}

func TestSlowAppWithoutASocket(t *testing.T) {
	inMemory(t, func(d *discordtest.Server, a *app, _ discordtest.Channel) {
		a.commands(incident)
		d.DeliverInto(a.interactive(func(obj) obj { time.Sleep(4 * time.Second); return message("Late.") }))
		began := time.Now()
		equal(t, "answer", d.As("ada").Slash("war", "/incident declare title:x").Failed, "The application did not respond")
		equal(t, "waited", time.Since(began), 3*time.Second)
		equal(t, "seen", len(d.Ephemerals("ada")), 0)
		time.Sleep(2 * time.Second) // until the app is done
	})
}

func TestCallbackWithoutASocket(t *testing.T) {
	inMemory(t, func(d *discordtest.Server, a *app, _ discordtest.Channel) {
		a.commands(incident)
		d.DeliverInto(a.interactive(func(in obj) obj {
			go func() {
				time.Sleep(2 * time.Second)
				a.must("POST", "/interactions/"+in["id"].(string)+"/"+in["token"].(string)+"/callback", message("Called back."))
			}()
			return nil
		}))
		equal(t, "answer", d.As("ada").Slash("war", "/incident declare title:x").Message.Content, "Called back.")
		synctest.Wait() // until the app has heard that it is well
	})
}

func TestLag(t *testing.T) {
	inMemory(t, func(d *discordtest.Server, a *app, war discordtest.Channel) {
		time.Sleep(time.Minute) // #general and #war are old
		d.Lag(2*time.Second, 3*time.Second)
		room := a.must("POST", "/guilds/"+d.GuildID+"/channels", obj{"name": "inc-1"}).id()
		id := a.say(room, "x")
		a.must("GET", "/channels/"+room+"/messages/"+id, nil)
		for _, seen := range []struct{ messages, channels int }{{0, 2}, {1, 2}, {1, 3}} {
			equal(t, "messages", len(a.must("GET", "/channels/"+room+"/messages", nil).List), seen.messages)
			equal(t, "channels", len(a.must("GET", "/guilds/"+d.GuildID+"/channels", nil).List), seen.channels)
			time.Sleep(2 * time.Second)
		}
	})
}

func TestHangingUpWithoutASocket(t *testing.T) {
	inMemory(t, func(d *discordtest.Server, a *app, war discordtest.Channel) {
		request, err := http.NewRequest(http.MethodDelete, d.URL+"/api/v10/channels/"+war.ID, nil)
		ok(t, err)
		request.Header.Set("Authorization", "Bot "+d.BotToken)
		d.LoseAnswer("DELETE /channels/{id}", 1)
		if _, err := a.client.Do(request); err == nil {
			t.Error("the answer came")
		}
		equal(t, "gone", d.HasChannel(war.ID), false)
	})
}

func TestGatewayWithoutASocket(t *testing.T) {
	inMemory(t, func(d *discordtest.Server, a *app, _ discordtest.Channel) {
		a.commands(incident)
		dialer := &websocket.Dialer{NetDialTLSContext: d.Dial}
		ws, _, err := dialer.DialContext(a.t.Context(), "wss://discord.test/gateway?v=10&encoding=json", nil)
		ok(t, err)
		defer ws.Close()
		l := &line{a.t, d, ws}
		equal(t, "op", l.read().Op, 10)
		ready := l.identify(everyIntent)
		for range 60 { // ten minutes
			time.Sleep(10 * time.Second)
			l.say(1, ready.S)
			equal(t, "acknowledged", l.read().Op, 11)
		}
		go func() {
			in := l.event("INTERACTION_CREATE").D.(obj)
			time.Sleep(2 * time.Second)
			a.must("POST", "/interactions/"+in["id"].(string)+"/"+in["token"].(string)+"/callback", message("Declared."))
		}()
		equal(t, "answer", d.As("ada").Slash("war", "/incident declare title:x").Message.Content, "Declared.")
		synctest.Wait() // until the app has heard that it is well
	})
}
