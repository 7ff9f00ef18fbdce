package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"
	"go.etcd.io/bbolt"

	"cresset/bot/chat"
	"cresset/config"
	"cresset/integrations/slack/slacktest"
	"cresset/store"
)

// BenchmarkAcknowledge measures how many signed slash commands are acknowledged
// in a second, by 64 people at a time: by a bare server that only checks the
// signature, by one that also puts the body durably into bbolt (one Batch each),
// and by cresset, whose answer comes after its commit. The ratios are of one run
// on one machine; only they mean something.
func BenchmarkAcknowledge(b *testing.B) {
	rates := map[string]float64{}
	measure := func(name, line string, open func(*testing.B) http.Handler) {
		b.Run(name, func(b *testing.B) {
			server := httptest.NewServer(open(b))
			defer server.Close()
			rates[name] = acknowledge(b, server, line)
			if bare := rates["bare"]; name != "bare" {
				b.ReportMetric(rates[name]/bare, "x-bare")
			}
			if durable := rates["durable"]; durable > 0 && name != "durable" {
				b.ReportMetric(rates[name]/durable, "x-durable")
			}
		})
	}
	measure("bare", "list", func(*testing.B) http.Handler { return verified(func([]byte) error { return nil }) })
	measure("durable", "list", durable)
	measure("cresset/list", "list", benched)
	measure("cresset/note", "note INC-1 what was seen", benched)
}

const benchSecret = "bench-signing-secret"

// acknowledge sends b.N commands and gives the rate.
func acknowledge(b *testing.B, server *httptest.Server, line string) float64 {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 128}}
	var n atomic.Int64
	var mu sync.Mutex
	var took []time.Duration
	b.SetParallelism(32) // of two cores
	b.ResetTimer()
	start := time.Now()
	b.RunParallel(func(pb *testing.PB) {
		var own []time.Duration
		for pb.Next() {
			began := time.Now()
			if err := slash(client, server.URL, line, n.Add(1)); err != nil {
				b.Error(err)
				return
			}
			own = append(own, time.Since(began))
		}
		mu.Lock()
		took = append(took, own...)
		mu.Unlock()
	})
	rate := float64(b.N) / time.Since(start).Seconds()
	slices.Sort(took)
	b.ReportMetric(rate, "acks/s")
	if len(took) > 0 {
		b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	}
	return rate
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

func durable(b *testing.B) http.Handler {
	db, err := bbolt.Open(filepath.Join(b.TempDir(), "bench.db"), 0o600, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	var n atomic.Uint64
	return verified(func(body []byte) error {
		return db.Batch(func(tx *bbolt.Tx) error {
			bucket, err := tx.CreateBucketIfNotExists([]byte("bodies"))
			if err != nil {
				return err
			}
			return bucket.Put(store.Key(n.Add(1)), body)
		})
	})
}

// benched is the bot, with the incident that the notes are about; its outbox
// rests, so that the acknowledgement alone is measured.
func benched(b *testing.B) http.Handler {
	ws := slacktest.Start(b)
	a := benchApp(b, ws)
	stop := runPlatform(b, a)
	b.Cleanup(func() {
		stop()
		_ = a.Close()
	})
	server := httptest.NewServer(a.routes())
	defer server.Close()
	if err := slash(server.Client(), server.URL, "declare sev3 measured", time.Now().UnixNano()); err != nil {
		b.Fatal(err)
	}
	return a.routes()
}

// runPlatform runs Slack's side until it is ready, and gives what ends it.
func runPlatform(b testing.TB, a *App) (stop func()) {
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
			b.Error(err)
		}
	}
}

func benchApp(b testing.TB, ws *slacktest.Workspace) *App {
	c, err := config.Parse("bench.yaml", fmt.Appendf(nil, "store: bolt:%s\nintegrations: {slack: {bot_token: %s, signing_secret: %s, api_url: %s/api/}}\n",
		filepath.Join(b.TempDir(), "cresset.db"), ws.BotToken, benchSecret, ws.URL), func(string) (string, bool) { return "", false })
	if err != nil {
		b.Fatal(err)
	}
	a, err := Open(Options{Config: c, Log: testLog(b)})
	if err != nil {
		b.Fatal(err)
	}
	return a
}

// BenchmarkDeclare counts the calls to the platform until the declarer is in the
// war room.
func BenchmarkDeclareAcknowledgeToRoom(b *testing.B) {
	calls := 0
	for range b.N {
		ws := slacktest.Start(b)
		ws.SigningSecret = benchSecret
		ada := ws.AddUser("ada")
		ws.AddChannel("incidents", "cresset", "ada")
		a := benchApp(b, ws)
		server := httptest.NewServer(a.routes())
		ws.DeliverTo(server.URL)
		stop := runPlatform(b, a)
		before := len(ws.Calls())
		ws.As("ada").Slash("#general", "/incident", "declare sev2 measured")
		if err := a.Settle(b.Context()); err != nil {
			b.Fatal(err)
		}
		calls = 0
		for _, call := range ws.Calls()[before:] {
			calls++
			if call.Method == "conversations.invite" && call.Args["users"] == ada.ID {
				break
			}
		}
		server.Close()
		stop()
		_ = a.Close()
	}
	b.ReportMetric(float64(calls), "calls-to-room")
}
