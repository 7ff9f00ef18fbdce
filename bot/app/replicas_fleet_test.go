package app_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"cresset/bot/workflow"
	"cresset/integrations/slack/slacktest"
	"cresset/store"
	"cresset/store/postgres"
	"cresset/store/postgres/pgtest"
)

// replicaChild names the configuration file to a child.
const replicaChild = "CRESSET_TEST_REPLICA_CONFIG"

// A fleet is several bots, each a process, on one database and one workspace.
type fleet struct {
	t      *testing.T
	ws     *slacktest.Workspace
	db     *postgres.DB // the database as the test sees it
	config string
	over   chan struct{} // closed when the test ends

	mu   sync.Mutex
	bots []*bot
	made int
}

const fleetConfig = `listen: 127.0.0.1:0
store: %q
api: {tokens: [{name: load, token: test-token-obviously-fake, role: admin}]}
integrations: {slack: {bot_token: %s, app_token: %s, api_url: %s/api/}}
`

// newFleet starts n bots on an empty database of the server.
func newFleet(t *testing.T, server *pgtest.Server, n int) *fleet {
	t.Helper()
	_, query, err := server.Schema()
	if err != nil {
		t.Fatal(err)
	}
	f := &fleet{t: t, ws: slacktest.Start(t), config: filepath.Join(t.TempDir(), "cresset.yaml"), over: make(chan struct{})}
	f.ws.AddUser("ada")
	for _, name := range []string{"incidents", "cre", "reliability"} {
		f.ws.AddChannel(name, "ada", "cresset")
	}
	text := fmt.Sprintf(fleetConfig, server.URL(query), f.ws.BotToken, f.ws.AppToken, f.ws.URL)
	if err := os.WriteFile(f.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if f.db, err = postgres.Open(t.Context(), server.URL(query), postgres.Options{Patience: time.Minute}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.end)
	for range n {
		f.start()
	}
	f.await("every bot to hear", func() bool { return f.ws.Connections() == 2*n })
	return f
}

func (f *fleet) end() {
	close(f.over)
	for _, b := range f.all() {
		b.kill()
	}
	if err := f.db.Close(); err != nil {
		f.t.Error(err)
	}
}

// start starts one more bot and waits until it listens.
func (f *fleet) start() *bot {
	f.t.Helper()
	f.mu.Lock()
	f.made++
	b := &bot{t: f.t, name: fmt.Sprint("bot ", f.made), ended: make(chan struct{})}
	f.bots = append(f.bots, b)
	f.mu.Unlock()
	b.process = exec.Command(os.Args[0], "-test.run=^TestReplicas$", "-test.timeout=10m")
	b.process.Env = append(os.Environ(), replicaChild+"="+f.config)
	b.process.Stdout, b.process.Stderr = &lines{to: b.hears}, &lines{to: b.hears}
	if err := b.process.Start(); err != nil {
		f.t.Fatal(err)
	}
	go func() {
		b.err = b.process.Wait()
		close(b.ended)
	}()
	f.await(b.name+" to listen", func() bool { return b.at() != "" })
	return b
}

// all are the bots that were not ended.
func (f *fleet) all() []*bot {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.bots)
}

// terminate ends a bot in good order.
func (f *fleet) terminate(b *bot) {
	f.t.Helper()
	f.mu.Lock()
	f.bots = slices.DeleteFunc(f.bots, func(other *bot) bool { return other == b })
	f.mu.Unlock()
	b.signal(syscall.SIGTERM)
	f.await(b.name+" to end", b.hasEnded)
	if b.err != nil {
		f.t.Errorf("%s ended with %v", b.name, b.err)
	}
}

// await waits for what must happen, however slow the machine is. If it does not,
// it says what there is instead.
func (f *fleet) await(what string, happened func() bool, instead ...func() []string) {
	f.t.Helper()
	for end := time.Now().Add(2 * time.Minute); !happened(); time.Sleep(20 * time.Millisecond) {
		if time.Now().Before(end) {
			continue
		}
		for _, tell := range instead {
			f.t.Log(tell())
		}
		f.t.Fatalf("waited two minutes for %s", what)
	}
}

func (f *fleet) view(fn func(store.Tx) error) {
	f.t.Helper()
	if err := f.db.View(context.Background(), fn); err != nil {
		f.t.Fatal(err)
	}
}

// lease is who does the errands, nobody at first.
func (f *fleet) lease() (l store.Lease) {
	f.t.Helper()
	f.view(func(tx store.Tx) error {
		kept, err := store.Leases.Get(tx, store.Key("outbox"))
		if kept != nil {
			l = *kept
		}
		return err
	})
	return l
}

// leader waits until one bot does the errands, and gives it.
func (f *fleet) leader() (leader *bot) {
	f.t.Helper()
	f.await("a leader", func() bool {
		holder := f.lease().Holder
		for _, b := range f.all() {
			if holder != "" && b.own() == holder {
				leader = b
			}
		}
		return leader != nil
	})
	return leader
}

// errands are all that the database has, by number.
func (f *fleet) errands() map[uint64]store.Errand {
	f.t.Helper()
	all := map[uint64]store.Errand{}
	f.view(func(tx store.Tx) error {
		clear(all)
		for e, err := range store.Errands.All(tx, store.Page{}) {
			if err != nil {
				return err
			}
			all[e.ID] = *e
		}
		return nil
	})
	return all
}

// open are the errands that are neither done nor wait for a clock.
func (f *fleet) open() (all []string) {
	f.t.Helper()
	for _, e := range f.errands() {
		if e.State != store.Done && e.Kind != store.Timer {
			all = append(all, fmt.Sprintf("%s is %s: %s", e.Kind, e.State, e.Trouble))
		}
	}
	return all
}

// sound checks every record, every index and the audit.
func (f *fleet) sound() {
	f.t.Helper()
	f.view(func(tx store.Tx) error {
		if err := store.Check(tx, store.All()); err != nil {
			f.t.Error(err)
		}
		if err := workflow.CheckAudit(tx); err != nil {
			f.t.Error(err)
		}
		return nil
	})
}

// A bot is one process of a fleet.
type bot struct {
	t       *testing.T
	name    string
	process *exec.Cmd
	ended   chan struct{}
	err     error // how it ended

	mu      sync.Mutex
	address string
	self    string // its name in the lease, once it led
	follows string // who leads, as it knows
}

var (
	listens = regexp.MustCompile(`cresset is at (\S+) `)
	leads   = regexp.MustCompile(`"who does the errands" holder=(\w+) epoch=\d+ self=(\w+)`)
)

// hears reads a line that the bot prints.
func (b *bot) hears(line string) {
	fmt.Fprintf(b.t.Output(), "%s: %s\n", b.name, line)
	b.mu.Lock()
	defer b.mu.Unlock()
	if m := listens.FindStringSubmatch(line); m != nil {
		b.address = m[1]
	}
	if m := leads.FindStringSubmatch(line); m != nil {
		b.follows = m[1]
		if m[2] == "true" {
			b.self = m[1]
		}
	}
}

func (b *bot) at() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.address
}

func (b *bot) own() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.self
}

func (b *bot) leader() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.follows
}

func (b *bot) signal(s syscall.Signal) {
	if err := b.process.Process.Signal(s); err != nil {
		b.t.Errorf("%s: %v", b.name, err)
	}
}

// kill ends the bot without a word, if it has not ended.
func (b *bot) kill() {
	_ = b.process.Process.Kill()
	<-b.ended
}

func (b *bot) hasEnded() bool {
	select {
	case <-b.ended:
		return true
	default:
		return false
	}
}

// lines cuts what is written into lines.
type lines struct {
	to   func(string)
	rest []byte
}

func (l *lines) Write(p []byte) (int, error) {
	l.rest = append(l.rest, p...)
	for {
		line, rest, ok := bytes.Cut(l.rest, []byte("\n"))
		if !ok {
			return len(p), nil
		}
		l.to(string(line))
		l.rest = rest
	}
}
