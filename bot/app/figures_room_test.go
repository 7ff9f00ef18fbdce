package app

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/chat/chattest"
	"cresset/bot/workflow"
	"cresset/config"
	"cresset/integrations/slack/slacktest"
	"cresset/store"
)

const callTakes = 150 * time.Millisecond

// toRoom measures how long it takes from the command until the declarer is in
// the room, and until the room is complete, in calls of the platform that wait
// for each other: none of them can be faster than its calls.
func toRoom(t *testing.T, f *figureTable) {
	ws := slacktest.Start(t)
	ws.SigningSecret = benchSecret
	ada := ws.AddUser("ada")
	ws.AddChannel("incidents", "cresset", "ada")
	a := benchApp(t, ws)
	defer a.Close()
	server := httptest.NewServer(a.routes())
	defer server.Close()
	ws.DeliverTo(server.URL)
	defer runPlatform(t, a)()
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = a.outbox.Run(ctx) }) // ends with ctx
	defer running.Wait()
	defer cancel()
	time.Sleep(1100 * time.Millisecond) // what was said in the second before the start is not known

	calls := record(ws)
	began := time.Now()
	if answer := ws.As("ada").Slash("#general", "/incident", "declare sev2 measured"); answer.Failed != "" {
		t.Fatal(answer.Failed)
	}
	await(t, func() bool { return calls.has("pins.add") && calls.has("conversations.setPurpose") && announced(ws) })
	in, last := calls.first("conversations.invite"), calls.deepest()
	if who := ws.CallsOf("conversations.invite")[0].Args["users"]; who != ada.ID {
		t.Errorf("the first who is brought in is %s, not the declarer", who)
	}
	if in.depth != 2 || last.depth > 4 {
		t.Errorf("the declarer is in after %d calls in a row, the room complete after %d: %v", in.depth, last.depth, calls.ended())
	}
	trips := func(d time.Duration) float64 { return float64(d) / float64(callTakes) }
	f.want("2 round trips", in.depth == 2, "from the command to the declarer in the room, at 150 ms a call", "%d, %s (%.1f times the call)",
		in.depth, ms(in.end.Sub(began)), trips(in.end.Sub(began)))
	f.want("4 round trips", last.depth <= 4, "to the room complete", "%d, %s (%.1f times the call)",
		last.depth, ms(last.end.Sub(began)), trips(last.end.Sub(began)))
}

func announced(ws *slacktest.Workspace) bool { return len(ws.Messages("incidents")) > 0 }

func await(t testing.TB, done func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not come in half a minute")
		}
	}
}

// A timedCall is one call of the platform. Its depth counts the calls that had
// to end one after the other before it could end.
type timedCall struct {
	method     string
	begin, end time.Time
	depth      int
}

func (c *timedCall) String() string { return fmt.Sprintf("%d %s", c.depth, c.method) }

type recording struct {
	mu    sync.Mutex
	calls []*timedCall
}

// record makes every call of the workspace slow, and notes it.
func record(ws *slacktest.Workspace) *recording {
	r := &recording{}
	ws.BeforeCall(func(method string) {
		r.begin(method)
		time.Sleep(callTakes)
	})
	ws.AfterCall(r.done)
	return r
}

func (r *recording) begin(method string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := &timedCall{method: method, begin: time.Now(), depth: 1}
	for _, earlier := range r.calls {
		if !earlier.end.IsZero() {
			c.depth = max(c.depth, earlier.depth+1)
		}
	}
	r.calls = append(r.calls, c)
}

func (r *recording) done(method string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.calls {
		if c.method == method && c.end.IsZero() {
			c.end = time.Now()
			return
		}
	}
}

// ended are the calls that have ended, in the order of their begin.
func (r *recording) ended() (all []*timedCall) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.calls {
		if !c.end.IsZero() {
			all = append(all, c)
		}
	}
	return all
}

func (r *recording) first(method string) *timedCall {
	all := r.ended()
	if i := slices.IndexFunc(all, func(c *timedCall) bool { return c.method == method }); i >= 0 {
		return all[i]
	}
	return nil
}

func (r *recording) has(method string) bool { return r.first(method) != nil }

// deepest is the call that waited for most others, the last of those.
func (r *recording) deepest() *timedCall {
	return slices.MaxFunc(r.ended(), func(a, b *timedCall) int {
		return cmp.Or(cmp.Compare(a.depth, b.depth), a.end.Compare(b.end))
	})
}

// errandsDone measures how fast the outbox is where the platform is not what is
// slow. An errand takes two commits: that it may happen, and what came of it.
func errandsDone(t *testing.T, f *figureTable, s size) {
	platform := chattest.NewMemory("memory", time.Now)
	a := quietApp(t, fmt.Sprintf("store: bolt:%s/cresset.db\n", t.TempDir()), platform)
	defer a.Close()
	err := a.db.Update(t.Context(), func(tx store.Tx) error {
		for i := range s.errands {
			place := chat.Place{Platform: "memory", Channel: fmt.Sprintf("#c%d", i%200)}
			if _, err := a.outboxStep(tx).Say(place, chat.Message{Text: "the budget is fine"}, store.ForReply); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	began := time.Now()
	running.Go(func() { _ = a.outbox.Run(ctx) }) // ends with ctx
	defer running.Wait()
	defer cancel()
	await(t, func() bool { return waiting(t, a) == 0 })
	f.note("errands done in a second, in 200 places", "%.0f/s", float64(s.errands)/time.Since(began).Seconds())
}

// quietApp is the bot without a log.
func quietApp(t testing.TB, yaml string, platforms ...chat.Platform) *App {
	t.Helper()
	c, err := config.Parse("figures.yaml", []byte(yaml), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	a, err := Open(Options{Config: c, Log: slog.New(slog.DiscardHandler), Platforms: platforms})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// waiting counts the errands that are not done.
func waiting(t testing.TB, a *App) (n int) {
	err := a.db.View(t.Context(), func(tx store.Tx) (err error) {
		if n, err = store.Errands.Count(tx, "due", nil); err != nil {
			return err
		}
		timers, err := store.Errands.Count(tx, "timed", nil)
		n -= timers
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// outboxStep is a step of the bot's own.
func (a *App) outboxStep(tx store.Tx) *workflow.Step {
	return &workflow.Step{Tx: tx, Now: a.now(), Rules: a.rules}
}
