package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cresset/bot/cre"
	"cresset/integrations/discord/discordtest"
	"cresset/store"
)

// gatewayFaults are the ways in which the gateway lets go of the bot. After some of
// them the session is over, and what happened meanwhile has to be looked for.
var gatewayFaults = map[string]struct {
	does func(*discordtest.Server)
	over bool
}{
	"dropped":               {(*discordtest.Server).Drop, false},
	"dropped without close": {(*discordtest.Server).DropWithoutClose, false},
	"op 7":                  {(*discordtest.Server).Reconnect, false},
	"op 9, d true":          {func(d *discordtest.Server) { d.Invalidate(true) }, false},
	"op 9, d false":         {func(d *discordtest.Server) { d.Invalidate(false) }, true},
	"dead":                  {(*discordtest.Server).Mute, false},
	"closed with 4000":      {func(d *discordtest.Server) { d.Close(4000) }, false},
	"closed with 4009":      {func(d *discordtest.Server) { d.Close(4009) }, true},
}

// TestTheGatewayFailsWhilePeopleWork: they write, put 📌, press a button and take
// notes while the connection is lost again and again, in each way. Every reaction is
// on the record once; what a person was not answered they say again, and nothing of
// it is there that was not said; each note is read once for each time it is on the
// record.
func TestTheGatewayFailsWhilePeopleWork(t *testing.T) {
	var all sync.WaitGroup
	for what, fault := range gatewayFaults {
		all.Go(func() {
			t.Run(what, func(t *testing.T) {
				w := newGatewayWorld(t)
				w.declares()
				var working sync.WaitGroup
				for _, who := range people[:3] {
					working.Go(func() { w.works(who) })
				}
				for range 4 {
					time.Sleep(200 * time.Millisecond)
					fault.does(w.d)
				}
				working.Wait()
				w.heard()
				w.drained()
				w.judge()
				if n := w.d.Identifies(); fault.over != (n > 1) {
					t.Errorf("%d sessions were begun", n)
				}
				if n := w.d.Resumes(); !fault.over && n == 0 {
					t.Errorf("no session was taken up again")
				}
			})
		})
	}
	all.Wait()
}

// gatewayWorld is a guild, and the whole bot on its gateway.
type gatewayWorld struct {
	t   *testing.T
	d   *discordtest.Server
	app *App

	room  string
	mu    sync.Mutex
	said  map[string]int // notes, by how often somebody said them
	facts []string       // that have a 📌
	recap map[string]int // answers to the button
}

func newGatewayWorld(t *testing.T) *gatewayWorld {
	w := &gatewayWorld{t: t, d: discordtest.Start(t), said: map[string]int{}, recap: map[string]int{}}
	for _, p := range people {
		w.d.AddUserLike(discordtest.User{Name: p, GlobalName: p})
	}
	for _, c := range simChannels {
		w.d.AddChannel(c)
	}
	w.d.IdentifyEvery(0)
	w.d.HeartbeatEvery(200 * time.Millisecond)
	w.app = openApp(t, fmt.Sprintf("listen: 127.0.0.1:0\nstore: bolt:%s/cresset.db\nintegrations: {discord: {bot_token: %s, application_id: %q, guild: %q, api_url: %q}}\n",
		t.TempDir(), w.d.BotToken, w.d.AppID, w.d.GuildID, w.d.URL), time.Now)
	if _, err := w.app.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.app.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the bot ended with %v", err)
		}
		if err := w.app.Close(); err != nil {
			t.Error(err)
		}
	})
	w.d.AwaitConnections(1)
	return w
}

func (w *gatewayWorld) eventually(what string, so func() bool) {
	w.t.Helper()
	for end := time.Now().Add(time.Minute); !so(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatalf("waited a minute for %s", what)
		}
	}
}

// declares has an incident whose room is furnished.
func (w *gatewayWorld) declares() {
	w.says("ada", "#general", "/incident declare sev2 checkout returns 500")
	w.eventually("the room", func() bool {
		for _, c := range w.d.Channels() {
			if strings.HasPrefix(c.Name, "inc-") && len(c.Pins) == 1 {
				w.room = c.ID
			}
		}
		return w.room != ""
	})
	w.drained()
}

// insists has somebody do something until it is answered, and gives how often.
func insists(does func() *discordtest.Answer) (times int) {
	for times = 1; does().Failed != "" && times < 100; times++ {
		time.Sleep(200 * time.Millisecond)
	}
	return times
}

func (w *gatewayWorld) says(who, where, line string) (times int) {
	return insists(func() *discordtest.Answer { return w.d.As(who).Slash(where, typedOnDiscord(w.d, line)) })
}

// works is what one of the people does.
func (w *gatewayWorld) works(who string) {
	card := w.d.Channel(w.room).Pins[0]
	for i := range 6 {
		fact := fmt.Sprintf("fact %d of %s", i, who)
		m := w.d.As(who).Message(w.room, fact)
		w.d.As(who).React(w.room, m.ID, "📌")
		w.mu.Lock()
		w.facts = append(w.facts, fact)
		w.mu.Unlock()
		switch i {
		case 1:
			insists(func() *discordtest.Answer { return w.d.As(who).Click(w.room, card, "Recap") })
			w.mu.Lock()
			w.recap[who]++
			w.mu.Unlock()
		case 3:
			note := "note of " + who
			times := w.says(who, w.room, "/incident note "+note)
			w.mu.Lock()
			w.said[note] = times
			w.mu.Unlock()
		}
		time.Sleep(150 * time.Millisecond)
	}
}

// record is the timeline.
func (w *gatewayWorld) record() (all []cre.Entry) {
	err := w.app.db.View(context.Background(), func(tx store.Tx) (err error) {
		all, err = allOf(tx, store.Timeline)
		return err
	})
	if err != nil {
		w.t.Error(err)
	}
	return all
}

// heard waits until every reaction is on the record.
func (w *gatewayWorld) heard() {
	w.eventually("every 📌", func() bool {
		n := 0
		for _, e := range w.record() {
			if e.Kind == cre.Pinned {
				n++
			}
		}
		return n >= len(w.facts)
	})
}

// drained waits until nothing is left to do.
func (w *gatewayWorld) drained() {
	w.eventually("an empty outbox", func() bool {
		open := false
		err := w.app.db.View(context.Background(), func(tx store.Tx) error {
			all, err := allOf(tx, store.Errands)
			open = slices.ContainsFunc(all, func(e store.Errand) bool { return e.Open() && !e.Timed() })
			return err
		})
		return err == nil && !open
	})
}

// judge compares what people did with the record, and with what they read.
func (w *gatewayWorld) judge() {
	time.Sleep(300 * time.Millisecond) // what comes twice comes now
	for _, fact := range w.facts {
		if n := w.onRecord(cre.Pinned, fact); n != 1 {
			w.t.Errorf("%q is %d times on the record", fact, n)
		}
	}
	for note, times := range w.said {
		n, read := w.onRecord(cre.Note, note), 0
		for _, m := range w.d.Messages(w.room) {
			if m.Author == "cresset" && strings.Contains(discordWords(m.Components), note) {
				read++
			}
		}
		if n < 1 || n > times || read != n {
			w.t.Errorf("%q was said %d times, is %d times on the record, and read %d times", note, times, n, read)
		}
	}
	for who, answers := range w.recap {
		if n := len(w.d.Ephemerals(who)); n < answers {
			w.t.Errorf("%s was answered %d times, and reads %d answers", who, answers, n)
		}
	}
}

func (w *gatewayWorld) onRecord(kind cre.EntryKind, text string) (n int) {
	for _, e := range w.record() {
		if e.Kind == kind && strings.Contains(e.Text, text) {
			n++
		}
	}
	return n
}
