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
	log  *loud
	path string
	app  *App
	end  func()
}

func onBoth(t *testing.T) *both {
	t.Helper()
	b := &both{t: t, ws: slacktest.Start(t), log: &loud{TB: t}, path: filepath.Join(t.TempDir(), "cresset.db")}
	for _, p := range people {
		b.ws.AddUser(p)
	}
	b.ws.AddChannel("incidents", append([]string{"cresset"}, people...)...)
	b.ws.Patience(2 * time.Minute)
	b.start()
	t.Cleanup(func() { b.stop() })
	return b
}

func (b *both) start() {
	b.app = openApp(b.log, fmt.Sprintf("store: bolt:%s\nintegrations: {slack: {bot_token: %s, app_token: %s, signing_secret: %s, api_url: %s/api/}}\n",
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
			if a.Command != "link" { // what was learnt of who did it, beside what they did
				all[a.Event]++
			}
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

// storm is how many events come over HTTP: all at once, from many senders.
func storm() int {
	if *Torture {
		return 10_000
	}
	return 500
}

// places are how many events are handled at once, on either transport, however
// many come: commands have places of their own.
const places = 48

// handled is how many goroutines handle an event now.
func handled() int {
	stacks := make([]byte, 64<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	return bytes.Count(stacks, []byte("integrations/slack.(*Platform).take("))
}

// hold keeps everybody from writing into the store until it is let go.
func (b *both) hold() (letGo func()) {
	b.t.Helper()
	held, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- b.app.db.Update(context.Background(), func(store.Tx) error {
			close(held)
			<-release
			return nil
		})
	}()
	<-held
	return func() {
		close(release)
		if err := <-done; err != nil {
			b.t.Error(err)
		}
	}
}

// fills waits until the bot gives events back, since all places are taken, and
// checks that it had so many places and no more.
func (b *both) fills(givesBack func() bool) {
	b.t.Helper()
	most := handled()
	for end := time.Now().Add(time.Minute); !givesBack() || most < places; most = max(most, handled()) {
		if time.Now().After(end) {
			b.t.Errorf("in a minute in which the store was held no event was given back, or not all places were used: %d of %d", most, places)
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	if most != places {
		b.t.Errorf("%d events were handled at once, want at most %d", most, places)
	}
}

// TestStormOverHTTP: reactions as fast as they can be sent, while nothing can be
// saved. They are given back when they are too many, and delivered again until
// they are taken. Then commands in between are answered, and each event is
// applied once.
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
	var next, again atomic.Int64
	var all sync.WaitGroup
	letGo := b.hold()
	for range 300 {
		all.Go(func() {
			for n := int(next.Add(1)); n <= storm(); n = int(next.Add(1)) {
				for !sent(t, client, server.URL+"/slack/events", event(n), b.ws.SigningSecret) {
					again.Add(1)
				}
			}
		})
	}
	b.fills(func() bool { return again.Load() > 0 })
	letGo()
	b.commandsUntil(&all)
	if applied := b.applied("EvStorm"); applied != storm() {
		t.Errorf("%d of %d events were applied", applied, storm())
	}
}

// applied is how many events whose key has this part were applied, each once.
func (b *both) applied(part string) (n int) {
	b.t.Helper()
	for key, times := range b.events() {
		if times != 1 {
			b.t.Fatalf("%s was applied %d times", key, times)
		}
		if strings.Contains(key, part) {
			n++
		}
	}
	return n
}

// heard is how many events whose key has this part were taken, which is quickly asked.
func (b *both) heard(part string) (n int) {
	b.t.Helper()
	err := b.app.db.View(context.Background(), func(tx store.Tx) error {
		return tx.Scan(store.Inbox.Name, store.Range{}, func(key, _ []byte) error {
			n += bytes.Count(key, []byte(part))
			return nil
		})
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return n
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

// commandsUntil says commands, at least one, until the storm is over. Slack gives
// each three seconds.
func (b *both) commandsUntil(storm *sync.WaitGroup) {
	b.t.Helper()
	done := make(chan struct{})
	go func() { storm.Wait(); close(done) }()
	for said, over := 1, false; !over; said++ {
		if a := b.ws.As("bob").Slash("incidents", "/incident", fmt.Sprintf("note INC-1 the command %d", said)); a.Failed != "" || a.Text == "" {
			b.t.Errorf("the command %d in the storm: %+v", said, a)
			return
		}
		select {
		case <-done:
			over = true
		default:
		}
	}
}

// TestStormOverSockets is the same with mentions, on the sockets on which the
// commands come too, and with more of them than two sockets keep.
func TestStormOverSockets(t *testing.T) {
	b := onBoth(t)
	b.ws.AwaitConnections(2)
	b.ws.Subscribe("app_mention")
	b.ws.RetryEventsAfter(slices.Repeat([]time.Duration{time.Second}, 60)...) // a machine may be busy
	b.ws.As("ada").Slash("incidents", "/incident", "declare sev2 a storm")
	mentions := max(storm(), 2400)
	var all sync.WaitGroup
	letGo := b.hold()
	for n := range mentions {
		all.Go(func() { b.ws.As("ada").Mention("incidents", fmt.Sprintf("incident note INC-1 in the storm %d", n)) })
	}
	b.fills(func() bool { return strings.Contains(b.log.logged(), "too many events") })
	letGo()
	b.commandsUntil(&all)
	for end := time.Now().Add(4 * time.Minute); b.heard(":Ev") < mentions && time.Now().Before(end); {
		time.Sleep(100 * time.Millisecond)
	}
	if applied := b.applied(":Ev"); applied != mentions {
		t.Errorf("%d of %d mentions were applied", applied, mentions)
	}
}
