package prometheus

import (
	"bytes"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"cresset/config"
)

// A target is a process that Prometheus scrapes: its counters are set by the
// test.
type target struct {
	*httptest.Server
	mu     sync.Mutex
	values map[string]float64 // by series as exposed
	down   bool
	seen   int // scrapes answered or refused
}

func newTarget(t *testing.T) *target {
	g := &target{values: map[string]float64{}}
	g.Server = httptest.NewServer(http.HandlerFunc(g.serve))
	t.Cleanup(g.Close)
	return g
}

func (g *target) serve(w http.ResponseWriter, _ *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.seen++
	if g.down {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4")
	for _, name := range slices.Sorted(maps.Keys(g.values)) {
		fmt.Fprintf(w, "%s %g\n", name, g.values[name])
	}
}

// set changes counters at once, as far as a scrape can tell, and waits until
// they were scraped.
func (g *target) set(t *testing.T, values map[string]float64) {
	t.Helper()
	g.mu.Lock()
	maps.Copy(g.values, values)
	g.mu.Unlock()
	g.scraped(t, 1)
}

func (g *target) fall(down bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.down = down
}

// scraped waits for more scrapes to have begun and ended.
func (g *target) scraped(t *testing.T, more int) {
	t.Helper()
	count := func() int { g.mu.Lock(); defer g.mu.Unlock(); return g.seen }
	until := count() + more
	for end := time.Now().Add(30 * time.Second); count() < until; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("Prometheus did not scrape within 30 s")
		}
	}
}

const scrapeConfig = `global: {scrape_interval: 1s, scrape_timeout: 900ms}
scrape_configs:
  - {job_name: shop, static_configs: [{targets: ["%s"]}]}
  - {job_name: flaky, static_configs: [{targets: ["%s"]}]}
`

// tool finds a program of the Prometheus package.
func tool(t *testing.T, name string) string {
	t.Helper()
	binary, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("This test measures against a real Prometheus, but %s is not installed. Install it: apt-get install prometheus", name)
	}
	return binary
}

// startPrometheus runs a Prometheus with a configuration and, in dir, its data,
// and returns its address.
func startPrometheus(t *testing.T, dir, text string) string {
	t.Helper()
	binary, address := tool(t, "prometheus"), freeAddress(t)
	file := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	cmd := exec.Command(binary, "--config.file="+file, "--storage.tsdb.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+address, "--log.level=warn")
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("prometheus said:\n%s", &log)
		}
	})
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		resp, err := http.Get("http://" + address + "/-/ready")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return "http://" + address
			}
		}
		if time.Now().After(end) {
			t.Fatalf("prometheus was not ready within 60 s: %v", err)
		}
	}
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

// open reads a configuration as it stands in a file.
func open(t *testing.T, text string) []*Source {
	t.Helper()
	section, problems := config.NewSection("cresset.yaml", "integrations.prometheus", []byte(text), os.LookupEnv)
	sources, found := Open(section, Options{})
	if all := config.Join(problems, found); len(all) > 0 {
		t.Fatal(all)
	}
	return sources
}
