package app_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"cresset/bot/app"
	"cresset/bot/workflow"
	"cresset/integrations/slack/slacktest"
	"cresset/store"
	"cresset/store/bolt"
)

// crashChild names the configuration file to a child.
const crashChild = "CRESSET_TEST_CRASH_CONFIG"

// liveInChild runs the whole bot until the process is told to end, or killed.
func liveInChild(t *testing.T, path string) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	env := app.Environment{Out: io.Discard, Err: os.Stderr, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
		Getenv: os.LookupEnv, ConfigPath: path}
	if err := env.Run(ctx); err != nil {
		t.Fatal(err)
	}
}

// crash is a workspace that outlives the bot, and the bot in a child process.
type crash struct {
	t        *testing.T
	ws       *slacktest.Workspace
	config   string
	path     string // of the state
	answer   *slacktest.Answer
	answered chan struct{} // closed when ada has her reply

	mu    sync.Mutex // a call may kill the child while the test waits for it
	child *exec.Cmd
}

const crashConfig = `listen: 127.0.0.1:0
store: bolt:%s
integrations: {slack: {bot_token: %s, app_token: %s, api_url: %s/api/}}
`

func newCrash(t *testing.T) *crash {
	t.Helper()
	dir := t.TempDir()
	c := &crash{t: t, ws: slacktest.Start(t), config: filepath.Join(dir, "cresset.yaml"), path: filepath.Join(dir, "cresset.db"),
		answered: make(chan struct{})}
	c.ws.AddUser("ada")
	for _, name := range []string{"incidents", "cre", "reliability"} {
		c.ws.AddChannel(name, "ada", "cresset")
	}
	text := fmt.Sprintf(crashConfig, c.path, c.ws.BotToken, c.ws.AppToken, c.ws.URL)
	if err := os.WriteFile(c.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.kill)
	return c
}

// start starts the child and waits until it hears.
func (c *crash) start() {
	c.t.Helper()
	for end := time.Now().Add(10 * time.Second); c.ws.Connections() > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			c.t.Fatal("the connections of the killed bot are still there")
		}
	}
	child := exec.Command(os.Args[0], "-test.run=^TestKilledAtAnyCallOfADeclare$", "-test.timeout=2m")
	child.Env = append(os.Environ(), crashChild+"="+c.config)
	child.Stdout, child.Stderr = c.t.Output(), c.t.Output()
	if err := child.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.mu.Lock()
	c.child = child
	c.mu.Unlock()
	c.ws.AwaitConnections(1)
}

// kill ends the child without a word.
func (c *crash) kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.child == nil {
		return
	}
	if err := c.child.Process.Kill(); err != nil {
		c.t.Errorf("kill: %v", err)
	}
	_ = c.child.Wait() // "signal: killed"
	c.child = nil
}

// terminate ends the child in good order.
func (c *crash) terminate() {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.child.Process.Signal(syscall.SIGTERM); err != nil {
		c.t.Error(err)
	}
	if err := c.child.Wait(); err != nil {
		c.t.Errorf("the bot ended with %v", err)
	}
	c.child = nil
	c.nothingIsLeft()
}

// nothingIsLeft reads the state that the child left: only clocks may still run.
func (c *crash) nothingIsLeft() {
	c.t.Helper()
	db, err := bolt.Open(c.path, bolt.Options{})
	if err != nil {
		c.t.Fatal(err)
	}
	defer db.Close()
	err = db.View(context.Background(), func(tx store.Tx) error {
		for e, err := range store.Errands.All(tx, store.Page{}) {
			if err != nil {
				return err
			}
			if e.State != store.Done && e.Kind != store.Timer {
				c.t.Errorf("left over: %s is %s: %s", e.Kind, e.State, e.Trouble)
			}
		}
		if err := store.Check(tx, store.All()); err != nil {
			return err
		}
		return workflow.CheckAudit(tx)
	})
	if err != nil {
		c.t.Error(err)
	}
}

// declare has ada declare an incident.
func (c *crash) declare() {
	c.answer = c.ws.As("ada").Slash("#general", "/incident", "declare sev2 checkout returns 500")
	close(c.answered)
}

// completed waits until nothing is missing, and a moment longer, in which
// nothing may come twice.
func (c *crash) completed() {
	c.t.Helper()
	for end := time.Now().Add(30 * time.Second); len(c.missing()) > 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			c.t.Fatalf("after half a minute: %v", c.missing())
		}
	}
	time.Sleep(300 * time.Millisecond)
	for _, m := range c.missing() {
		c.t.Error(m)
	}
}

// abortCall ends a call without an answer, from inside the workspace.
func abortCall() { panic(http.ErrAbortHandler) }
