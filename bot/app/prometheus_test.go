package app

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/chat/chattest"
	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
)

// TestDigestCountsWhatPrometheusScraped runs a real Prometheus that scrapes the
// bot's own /metrics, and compares the digest with the counters.
func TestDigestCountsWhatPrometheusScraped(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("prometheus"); err != nil {
		t.Fatal("this test needs Prometheus: apt-get install prometheus, or run make test, which does")
	}
	listen, prom := freeAddress(t), freeAddress(t)
	path := filepath.Join(t.TempDir(), "cresset.db")
	yaml := fmt.Sprintf(`
listen: %s
store: bolt:%s
slos:
  - {name: handled, objective: 50%%, window: 1h, ratio: {source: main, good: 'cresset_events_total{result="good"}', total: 'cresset_commands_total'}}
digests: [{name: daily, schedule: "0 9 * * *", to: reliability}]
integrations: {prometheus: [{name: main, url: "http://%s", every: 5s, delay: 5s}]}
`, listen, path, prom)
	platform := chattest.NewMemory("memory", time.Now)
	a := openApp(t, yaml, time.Now, platform)
	defer a.Close()
	if _, err := a.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	startPrometheus(t, prom, listen)

	// The counters exist, and are scraped, before what is to be counted.
	say(t, a, 0, "help")
	time.Sleep(14 * time.Second)
	before := scraped(t, listen)
	const said = 37
	for i := range said {
		say(t, a, 1+i, "incident list")
	}
	after := scraped(t, listen)
	if got := after - before; got != said {
		t.Fatalf("the counter grew by %v, want %d", got, said)
	}
	var st *cre.Standing
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(500 * time.Millisecond) {
		if st = standing(t, a, "handled"); st.Good+st.Bad >= said {
			break
		}
	}
	if n := st.Good + st.Bad; n != said || st.Good != said {
		t.Fatalf("the SLO counts %v of %v good, the counters say %d of %d", st.Good, n, said, said)
	}
	reply, err := a.Handle(t.Context(), chat.Event{Key: "memory:digest", Line: "slo digest", By: chat.Person{Platform: "memory", ID: "ada"}})
	if err != nil {
		t.Fatal(err)
	}
	row := reply.Message.Table.Rows[0]
	if want := fmt.Sprintf("%d of %d", said, said); row[4].String() != want {
		t.Errorf("the digest says %q, the counters %q", row[4].String(), want)
	}
}

func say(t *testing.T, a *App, n int, line string) {
	t.Helper()
	_, err := a.Handle(t.Context(), chat.Event{Key: fmt.Sprintf("memory:say:%d", n), Line: line, By: chat.Person{Platform: "memory", ID: "ada"}})
	if err != nil {
		t.Fatal(err)
	}
}

func standing(t *testing.T, a *App, slo string) *cre.Standing {
	t.Helper()
	var st *cre.Standing
	err := a.db.View(t.Context(), func(tx store.Tx) (err error) {
		st, err = (&workflow.Step{Tx: tx, Now: time.Now(), Rules: a.rules}).Standing(slo)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

var goodEvents = regexp.MustCompile(`(?m)^cresset_events_total\{result="good"\} (\S+)$`)

// scraped is the counter of good events as /metrics shows it now.
func scraped(t *testing.T, listen string) float64 {
	t.Helper()
	resp, err := http.Get("http://" + listen + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	m := goodEvents.FindSubmatch(text)
	if m == nil {
		t.Fatalf("no counter of good events in /metrics:\n%s", text)
	}
	n, err := strconv.ParseFloat(string(m[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// startPrometheus runs a Prometheus that scrapes the bot each second.
func startPrometheus(t *testing.T, address, target string) {
	t.Helper()
	dir := t.TempDir()
	configuration := filepath.Join(dir, "prometheus.yml")
	text := fmt.Sprintf("global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs: [{job_name: cresset, static_configs: [{targets: [%q]}]}]\n", target)
	if err := os.WriteFile(configuration, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("prometheus", "--config.file="+configuration, "--storage.tsdb.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+address, "--log.level=warn")
	var log strings.Builder
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed
		if t.Failed() {
			t.Logf("prometheus:\n%s", log.String())
		}
	})
	for range 150 {
		if resp, err := http.Get("http://" + address + "/-/ready"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("prometheus does not become ready:\n%s", log.String())
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
