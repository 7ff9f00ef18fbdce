package app

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cresset/integrations/slack/slacktest"
	"cresset/store"
)

// both is the bot on the fake Slack over both transports.
type both struct {
	t    *testing.T
	ws   *slacktest.Workspace
	path string
	app  *App
	end  func()
}

func onBoth(t *testing.T) *both {
	t.Helper()
	b := &both{t: t, ws: slacktest.Start(t), path: filepath.Join(t.TempDir(), "cresset.db")}
	for _, p := range people {
		b.ws.AddUser(p)
	}
	b.ws.AddChannel("incidents", append([]string{"cresset"}, people...)...)
	b.start()
	t.Cleanup(func() { b.stop() })
	return b
}

func (b *both) start() {
	b.app = openApp(b.t, fmt.Sprintf("store: bolt:%s\nintegrations: {slack: {bot_token: %s, app_token: %s, signing_secret: %s, api_url: %s/api/}}\n",
		b.path, b.ws.BotToken, b.ws.AppToken, b.ws.SigningSecret, b.ws.URL), time.Now)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for _, p := range b.app.platforms {
		running.Go(func() {
			if err := p.Run(ctx, b.app.Handle); err != nil && ctx.Err() == nil {
				b.t.Errorf("%s: %v", p.Name(), err)
			}
		})
	}
	b.end = func() { cancel(); running.Wait() }
	for b.ws.Connections() < 1 && b.t.Context().Err() == nil {
		time.Sleep(5 * time.Millisecond)
	}
}

func (b *both) stop() {
	b.end()
	for b.ws.Connections() > 0 { // or the next event goes to one that is dead
		time.Sleep(5 * time.Millisecond)
	}
	if err := b.app.Close(); err != nil {
		b.t.Error(err)
	}
}

// events are the keys of the events that were applied, by how often.
func (b *both) events() map[string]int {
	b.t.Helper()
	all := map[string]int{}
	err := b.app.db.View(context.Background(), func(tx store.Tx) error {
		for a, err := range store.Audit.All(tx, store.Page{}) {
			if err != nil {
				return err
			}
			all[a.Event]++
		}
		return check(tx)
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return all
}

// TestReplayAfterARestartAndOnTheOtherTransport: each act comes over signed HTTP,
// the bot is restarted before the answer leaves, and Slack delivers the same
// act again over a socket. It happened once, and is answered alike.
func TestReplayAfterARestartAndOnTheOtherTransport(t *testing.T) {
	b := onBoth(t)
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.app.routes().ServeHTTP(w, r)
		b.stop()
		b.start()
		b.ws.DeliverTo("") // and so the second time over a socket
	}))
	defer door.Close()
	b.ws.Subscribe("app_mention") // one at a time
	b.ws.DeliverTwice(true)
	over := func() *slacktest.Person {
		b.ws.DeliverTo(door.URL)
		return b.ws.As("ada")
	}
	for _, line := range []string{"declare sev2 checkout returns 500", "note INC-1 said once", "severity INC-1 sev1"} {
		a := over().Slash("incidents", "/incident", line)
		if a.Failed != "" || a.Again == nil || a.Again.Text != a.Text || a.Text == "" {
			t.Errorf("%s: answered %+v, and again %+v", line, a, a.Again)
		}
	}
	over().Mention("incidents", "incident note INC-1 said by a mention")
	b.ws.Settle()
	seen := map[string]int{}
	err := b.app.db.View(t.Context(), func(tx store.Tx) error {
		for e, err := range store.Timeline.All(tx, store.Page{}) {
			if err != nil {
				return err
			}
			seen[e.Text]++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen["said once"] != 1 || seen["said by a mention"] != 1 {
		t.Errorf("the timeline has %v", seen)
	}
	if all := b.events(); len(all) != 4 {
		t.Errorf("%d acts in the audit, want 4: %v", len(all), all)
	}
}

// storm is how many events come: all at once, from many senders.
func storm() int {
	if *Torture {
		return 10_000
	}
	return 500
}

// mostHeap is what the bot and the fake Slack together may hold after a storm.
const mostHeap = 256 << 20

// TestStormOverHTTP: reactions as fast as they can be sent, given back when they
// are too many, and delivered again until they are taken. Commands in between
// are answered; each event is applied once; the memory does not grow with them.
func TestStormOverHTTP(t *testing.T) {
	b := onBoth(t)
	server := httptest.NewServer(b.app.routes())
	defer server.Close()
	b.ws.DeliverTo(server.URL)
	b.ws.As("ada").Slash("incidents", "/incident", "declare sev2 a storm")
	post := b.ws.As("ada").Say("incidents", "the disk is full")
	channel, who := b.ws.Channel("incidents").ID, b.ws.As("ada").User().ID
	event := func(n int) []byte {
		return fmt.Appendf(nil, `{"type":"event_callback","team_id":%q,"event_id":"EvStorm%d","event":{"type":"reaction_added","user":%q,"reaction":"pushpin","item":{"type":"message","channel":%q,"ts":%q},"event_ts":"%d.000000"}}`,
			b.ws.TeamID, n, who, channel, post.TS, time.Now().Unix())
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 400}}
	var next, again, deepest atomic.Int64
	var all sync.WaitGroup
	for range 300 {
		all.Go(func() {
			for n := int(next.Add(1)); n <= storm(); n = int(next.Add(1)) {
				for !sent(t, client, server.URL+"/slack/events", event(n), b.ws.SigningSecret) {
					again.Add(1)
				}
				deepest.Store(max(deepest.Load(), int64(runtime.NumGoroutine())))
			}
		})
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	b.commandsUntil(done)
	applied := 0
	for key, n := range b.events() {
		if strings.Contains(key, "EvStorm") {
			applied++
		}
		if n != 1 {
			t.Errorf("%s was applied %d times", key, n)
		}
	}
	if applied != storm() {
		t.Errorf("%d of %d events were applied", applied, storm())
	}
	t.Logf("%d were given back, %d goroutines at most", again.Load(), deepest.Load())
	bounded(t)
}

// sent delivers an event once and reports whether it was taken.
func sent(t *testing.T, client *http.Client, address string, body []byte, secret string) bool {
	req, err := http.NewRequest(http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		t.Error(err)
		return true
	}
	req.Header = slacktest.Sign(secret, time.Now(), body)
	resp, err := client.Do(req)
	if err != nil {
		t.Error(err)
		return true
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("answered %s", resp.Status)
	}
	return resp.StatusCode != http.StatusServiceUnavailable
}

// commandsUntil says commands until done. Slack gives each three seconds.
func (b *both) commandsUntil(done <-chan struct{}) {
	b.t.Helper()
	said := 0
	for {
		select {
		case <-done:
			if said == 0 {
				b.t.Error("the storm was over before a command was said")
			}
			return
		default:
			said++
			if a := b.ws.As("bob").Slash("incidents", "/incident", fmt.Sprintf("note INC-1 the command %d", said)); a.Failed != "" || a.Text == "" {
				b.t.Errorf("the command %d in the storm: %+v", said, a)
				return
			}
		}
	}
}

func bounded(t *testing.T) {
	t.Helper()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.HeapAlloc > mostHeap {
		t.Errorf("%d MiB on the heap after the storm, want at most %d", m.HeapAlloc>>20, mostHeap>>20)
	}
}

// TestStormOverSockets is the same with mentions, on the sockets on which the
// commands come too.
func TestStormOverSockets(t *testing.T) {
	b := onBoth(t)
	b.ws.RetryEventsAfter(slices.Repeat([]time.Duration{time.Second}, 30)...) // a machine may be busy
	b.ws.As("ada").Slash("incidents", "/incident", "declare sev2 a storm")
	var next atomic.Int64
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			for n := next.Add(1); n <= int64(storm()); n = next.Add(1) {
				b.ws.As("ada").Mention("incidents", fmt.Sprintf("incident note INC-1 in the storm %d", n))
			}
		})
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	b.commandsUntil(done)
	var applied int
	for end := time.Now().Add(3 * time.Minute); applied < storm() && time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		applied = 0
		for key, n := range b.events() {
			if n != 1 {
				t.Fatalf("%s was applied %d times", key, n)
			}
			if strings.Contains(key, ":Ev") {
				applied++
			}
		}
	}
	if applied != storm() {
		t.Errorf("%d of %d mentions were applied", applied, storm())
	}
	bounded(t)
}
