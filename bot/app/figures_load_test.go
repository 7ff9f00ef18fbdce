package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"

	"cresset/bot/chat"
	"cresset/config"
	"cresset/integrations/npmtest"
	"cresset/integrations/slack/slacktest"
	"cresset/store"
	"cresset/store/bolt"
)

const benchSecret = "bench-signing-secret"

// A rival answers signed slash commands.
type rival struct {
	name, line, url string
	rates           []float64
	p50, p99        []time.Duration
}

// acknowledging compares how many signed slash commands are acknowledged in a
// second, by 64 people at a time: by a bare server that only checks the
// signature, by one that also puts the body durably into a store with the same
// group commit, by an app of Slack's own framework that keeps nothing, and by
// cresset, whose answer comes after its commit. They take turns.
func acknowledging(t *testing.T, f *figureTable, s size) {
	rivals := []*rival{
		{name: "a bare server that checks the signature", line: "list", url: listening(t, verified(func([]byte) error { return nil }))},
		{name: "the same, one durable commit each", line: "list", url: listening(t, durable(t))},
		{name: "a Bolt JS app that only acknowledges", line: "list", url: boltJS(t)},
		{name: "cresset, `incident note`, durable", line: "note INC-1 what was seen", url: listening(t, benched(t))},
	}
	for range s.rounds {
		for _, r := range rivals {
			r.measure(t, s.load)
		}
	}
	bare, kept, bolt, cresset := rivals[0], rivals[1], rivals[2], rivals[3]
	for _, r := range []*rival{bare, kept, bolt} {
		f.note(r.name, "%.0f/s, %.2fx bare, p50 %s, p99 %s", r.rate(), r.beside(bare), ms(median(r.p50)), ms(median(r.p99)))
	}
	f.want("0.7x durable", cresset.beside(kept) >= 0.7, cresset.name, "%.0f/s, %.2fx durable, p50 %s, p99 %s",
		cresset.rate(), cresset.beside(kept), ms(median(cresset.p50)), ms(median(cresset.p99)))
	f.want("ahead", cresset.beside(bolt) > 1, "cresset beside Bolt JS", "%.2fx", cresset.beside(bolt))
}

// underLoad measures the answers at a fixed rate while a digest is being posted.
func underLoad(t *testing.T, f *figureTable, s size) {
	ws := slacktest.Start(t)
	a := benchApp(t, ws)
	defer a.Close()
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = a.outbox.Run(ctx) }) // ends with ctx
	defer running.Wait()
	defer cancel()
	defer runPlatform(t, a)()
	at := listening(t, a.routes())
	if err := slash(http.DefaultClient, at, "declare sev3 measured", serial.Add(1)); err != nil {
		t.Fatal(err)
	}
	digestOf(t, a, 200)
	took := steadily(t, at, "note INC-1 what was seen", 200, s.load*time.Duration(s.rounds))
	slices.Sort(took)
	p50, p99 := took[len(took)/2], took[len(took)*99/100]
	f.want("p99 below 50 ms", p99 < 50*time.Millisecond, "200 commands a second, with a digest of 200 messages under way", "p50 %s, p99 %s", ms(p50), ms(p99))
}

// digestOf leaves a digest of n messages, to as many channels.
func digestOf(t testing.TB, a *App, n int) {
	err := a.db.Update(t.Context(), func(tx store.Tx) error {
		for i := range n {
			e := store.Errand{Kind: store.Say, Place: chat.Place{Platform: "slack", Channel: fmt.Sprintf("#digest-%d", i)},
				Priority: store.ForDigest, Message: &chat.Message{Text: "the budget is fine"}}
			if _, err := a.outboxStep(tx).Leave(e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	a.outbox.Wake()
}

// steadily sends so many a second, whether or not the earlier ones were
// answered, and gives how long each took.
func steadily(t testing.TB, at, line string, rate int, during time.Duration) (took []time.Duration) {
	var mu sync.Mutex
	var all sync.WaitGroup
	client := manyAtOnce()
	tick := time.NewTicker(time.Second / time.Duration(rate))
	defer tick.Stop()
	for end := time.Now().Add(during); time.Now().Before(end); {
		due := <-tick.C
		all.Go(func() {
			if err := slash(client, at, line, serial.Add(1)); err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, time.Since(due))
		})
	}
	all.Wait()
	return took
}

// serial makes each command another one.
var serial atomic.Int64

// measure has 64 people send commands one after the other.
func (r *rival) measure(t *testing.T, during time.Duration) {
	var mu sync.Mutex
	var took []time.Duration
	var all sync.WaitGroup
	client := manyAtOnce()
	defer client.CloseIdleConnections()
	began := time.Now()
	for range 64 {
		all.Go(func() {
			var own []time.Duration
			for time.Since(began) < during {
				sent := time.Now()
				if err := slash(client, r.url, r.line, serial.Add(1)); err != nil {
					t.Errorf("%s: %v", r.name, err)
					return
				}
				own = append(own, time.Since(sent))
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, own...)
		})
	}
	all.Wait()
	if len(took) == 0 {
		t.Fatalf("%s acknowledged nothing", r.name)
	}
	r.rates = append(r.rates, float64(len(took))/time.Since(began).Seconds())
	slices.Sort(took)
	r.p50, r.p99 = append(r.p50, took[len(took)/2]), append(r.p99, took[len(took)*99/100])
}

func (r *rival) rate() float64 { return median(r.rates) }

// beside is the median of the ratios of each round.
func (r *rival) beside(other *rival) float64 {
	var ratios []float64
	for i := range r.rates {
		ratios = append(ratios, r.rates[i]/other.rates[i])
	}
	return median(ratios)
}

func median[T float64 | time.Duration](all []T) T {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

func manyAtOnce() *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 128}}
}

func slash(client *http.Client, address, line string, n int64) error {
	body := []byte(url.Values{"command": {"/incident"}, "text": {line}, "team_id": {"T0TEAM"}, "channel_id": {"C0GENERAL"}, "channel_name": {"general"},
		"user_id": {"U0ADA"}, "user_name": {"ada"}, "trigger_id": {fmt.Sprintf("1.%d", n)}}.Encode())
	req, err := http.NewRequest(http.MethodPost, address+"/slack/commands", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header = slacktest.Sign(benchSecret, time.Now(), body)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("answered %s", resp.Status)
	}
	return nil
}

func listening(t testing.TB, h http.Handler) string {
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

// verified is the least that any bot does.
func verified(keep func([]byte) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		verifier, err := slackgo.NewSecretsVerifier(r.Header, benchSecret)
		if err != nil {
			http.Error(w, "", http.StatusUnauthorized)
			return
		}
		body, err := io.ReadAll(io.TeeReader(http.MaxBytesReader(w, r.Body, 1<<20), &verifier))
		if err != nil || verifier.Ensure() != nil {
			http.Error(w, "", http.StatusUnauthorized)
			return
		}
		if err := keep(body); err != nil {
			http.Error(w, "", http.StatusInternalServerError)
		}
	})
}

// durable keeps each body before it answers, in one commit with all that come
// at the same time.
func durable(t testing.TB) http.Handler {
	db, err := bolt.Open(filepath.Join(t.TempDir(), "bench.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	var n atomic.Uint64
	return verified(func(body []byte) error {
		return db.Update(context.Background(), func(tx store.Tx) error { return tx.Put("bodies", store.Key(n.Add(1)), body) })
	})
}

// boltJS is an app of Slack's own framework on the same machine.
func boltJS(t testing.TB) string {
	modules := npmtest.Installed(t, os.DirFS("../../integrations/slack/slacktest/testdata/bolt"))
	port := freePort(t)
	node := exec.CommandContext(t.Context(), filepath.Join(modules, "node_modules", ".bin", "node"), "testdata/bolt/acknowledge.js")
	node.Env = append(os.Environ(), "NODE_PATH="+filepath.Join(modules, "node_modules"), "NODE_ENV=production",
		"SLACK_SIGNING_SECRET="+benchSecret, "PORT="+port)
	node.Stderr = t.Output()
	ready, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = node.Process.Kill()
		_ = node.Wait()
	})
	if _, err := io.ReadFull(ready, make([]byte, len("ready"))); err != nil {
		t.Fatalf("the Bolt JS app did not start: %v", err)
	}
	return "http://127.0.0.1:" + port
}

// benched is the bot, with the incident that the notes are about; its outbox
// rests, so that the acknowledgement alone is measured.
func benched(t testing.TB) http.Handler {
	ws := slacktest.Start(t)
	a := benchApp(t, ws)
	stop := runPlatform(t, a)
	t.Cleanup(func() {
		stop()
		_ = a.Close()
	})
	if err := slash(http.DefaultClient, listening(t, a.routes()), "declare sev3 measured", serial.Add(1)); err != nil {
		t.Fatal(err)
	}
	return a.routes()
}

// runPlatform runs Slack's side until it is ready, and gives what ends it.
func runPlatform(t testing.TB, a *App) (stop func()) {
	slack := a.platforms["slack"]
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- slack.Run(ctx, a.Handle) }()
	for slack.(chat.Connected).Ready() != nil {
		time.Sleep(time.Millisecond)
	}
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func benchApp(t testing.TB, ws *slacktest.Workspace) *App {
	c, err := config.Parse("bench.yaml", fmt.Appendf(nil, "store: bolt:%s\nintegrations: {slack: {bot_token: %s, signing_secret: %s, api_url: %s/api/}}\n",
		filepath.Join(t.TempDir(), "cresset.db"), ws.BotToken, benchSecret, ws.URL), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	a, err := Open(Options{Config: c, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return a
}
