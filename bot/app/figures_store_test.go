package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
	"cresset/store/bolt"
)

// openOnes is how many incidents and how many requests are open, however many
// there are.
const openOnes = 200

// questions are what is asked of few records and of many.
var questions = []struct {
	line   string
	target bool
}{
	{"incident show INC-77", true}, {"cre queue", true}, {"cre show R-77", false}, {"incident list", false}, {"incident list --all", false}, {"cre customer c7", false}, {"incident note INC-1 seen", false},
}

// amongMany measures how long answers take among few records and among many.
func amongMany(t *testing.T, f *figureTable, s size) {
	few, many := manyRecords(t, 1000), manyRecords(t, s.records)
	for _, q := range questions {
		one, other := asked(t, few, q.line, s.asked), asked(t, many, q.line, s.asked)
		ratio := float64(other) / float64(one)
		what := fmt.Sprintf("`%s` among %d incidents and as many requests, beside a thousand", q.line, s.records)
		if got := fmt.Sprintf("%.2fx (%s, %s)", ratio, ms(other), ms(one)); q.target {
			f.want("at most 2x", ratio <= 2, what, "%s", got)
		} else {
			f.note(what, "%s", got)
		}
	}
	binary := built(t)
	empty, _ := startToReady(t, binary, filepath.Join(t.TempDir(), "cresset.db"))
	full, _ := startToReady(t, binary, many)
	f.note("from the start to ready, with an empty store", "%s", ms(empty))
	f.want("below 1 s", full < time.Second, "from the start to ready, with that many", "%s", ms(full))
}

// atRest measures the memory of a bot that nobody talks to.
func atRest(t *testing.T, f *figureTable, _ size) {
	_, resident := startToReady(t, built(t), filepath.Join(t.TempDir(), "cresset.db"))
	f.want("below 40 MB", resident < 40<<20, "resident memory at rest", "%.1f MB", float64(resident)/(1<<20))
}

// manyRecords is a store with n incidents and n requests, a few of them open,
// spread over a hundred customers.
func manyRecords(t *testing.T, n int) (path string) {
	path = filepath.Join(t.TempDir(), "cresset.db")
	db, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const batch = 10_000
	for from := 1; from <= n; from += batch {
		err := db.Update(t.Context(), func(tx store.Tx) error {
			for i := from; i < min(from+batch, n+1); i++ {
				if err := oneOfMany(tx, i, n); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func oneOfMany(tx store.Tx, i, n int) error {
	at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * time.Minute)
	number, err := store.Sequence(tx, "incident")
	if err != nil {
		return err
	}
	if _, err := store.Sequence(tx, "request"); err != nil {
		return err
	}
	inc := &cre.Incident{ID: fmt.Sprint("INC-", number), Number: number, Title: "Checkout returns 500", Severity: cre.Sev3, Status: cre.Closed,
		Declarer: chat.Person{Platform: "console", ID: "ada", Name: "ada"}, Customers: []string{fmt.Sprint("c", i%100)},
		Times: map[cre.Moment]time.Time{cre.DeclaredAt: at, cre.ClosedAt: at.Add(time.Hour)}}
	r := &cre.Request{ID: fmt.Sprint("R-", number), Number: number, Title: "The export is slow", Customer: fmt.Sprint("c", i%100), Status: cre.Done,
		Requester: chat.Person{Platform: "console", ID: "bob", Name: "bob"}, Created: at, NextLook: at.Add(4 * time.Hour)}
	if i == 1 || i > n-openOnes {
		inc.Status, r.Status = cre.Investigating, cre.New
	}
	if err := store.Incidents.Put(tx, inc); err != nil {
		return err
	}
	return store.Requests.Put(tx, r)
}

// asked is the median time of an answer.
func asked(t *testing.T, path, line string, times int) time.Duration {
	a := quietApp(t, fmt.Sprintf("store: bolt:%s\ncustomers: [{key: c7, name: Seventh}]\nintegrations: {console: {}}\n", path))
	defer a.Close()
	var took []time.Duration
	for range times {
		ev := chat.Event{Key: fmt.Sprint("asked:", serial.Add(1)), Line: line, By: chat.Person{Platform: "console", ID: "ada", Name: "ada"},
			Place: chat.Place{Platform: "console", Channel: "general"}}
		began := time.Now()
		reply, err := a.Handle(t.Context(), ev)
		if err != nil || reply.Failed {
			t.Fatalf("%s: %q %v", line, reply.Message.Text, err)
		}
		took = append(took, time.Since(began))
	}
	return median(took)
}

// built is the binary that people run.
func built(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "cresset")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, "cresset/bot").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

// startToReady starts the bot on a store, says how long it took until /readyz
// answered, and how much memory is resident a moment later.
func startToReady(t *testing.T, binary, path string) (took time.Duration, resident int) {
	listen := net.JoinHostPort("localhost", freePort(t))
	file := filepath.Join(t.TempDir(), "cresset.yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, "listen: %s\nstore: bolt:%s\nintegrations: {console: {}}\n", listen, path), 0o600); err != nil {
		t.Fatal(err)
	}
	bot := exec.CommandContext(t.Context(), binary, "-config", file)
	bot.Dir = t.TempDir()
	var said bytes.Buffer
	bot.Stderr = &said
	began := time.Now()
	if err := bot.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = bot.Process.Signal(os.Interrupt)
		_ = bot.Wait()
	}()
	for !ready(t.Context(), "http://"+listen+"/readyz") {
		if time.Since(began) > time.Minute {
			t.Fatalf("the bot is not ready after a minute:\n%s", said.String())
		}
		time.Sleep(2 * time.Millisecond)
	}
	took = time.Since(began)
	time.Sleep(time.Second)
	return took, residentMemory(t, bot.Process.Pid)
}

func ready(ctx context.Context, address string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err == nil && resp.StatusCode == http.StatusOK
}

// residentMemory is what the kernel says, in bytes.
func residentMemory(t *testing.T, pid int) int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kB, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB"))
			if err != nil {
				t.Fatal(err)
			}
			return kB << 10
		}
	}
	t.Fatal("the kernel does not say how much memory is resident")
	return 0
}

func freePort(t testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}
