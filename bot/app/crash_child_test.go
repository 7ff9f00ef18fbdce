package app_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
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

// crash is a workspace that outlives the bot, and the bot in a child process.
type crash struct {
	t        *testing.T
	ws       *slacktest.Workspace
	hears    hears           // the chat service
	missing  func() []string // what a completed declare has and this one has not, and what it has too often
	config   string
	path     string // of the state
	bot      string // the program
	said     said   // what the children wrote
	answer   *slacktest.Answer
	answered chan struct{} // closed when ada has her reply
	asked    int           // how often ada declared

	mu    sync.Mutex // a call may kill the child while the test waits for it
	child *exec.Cmd
}

// hears is a chat service that knows whether somebody listens.
type hears interface {
	AwaitConnections(n int)
	Connections() int
}

const crashConfig = `listen: 127.0.0.1:0
store: bolt:%s
integrations: {%s}
`

func newCrash(t *testing.T) *crash {
	t.Helper()
	c := &crash{t: t, ws: slacktest.Start(t)}
	c.hears, c.missing = c.ws, c.missingOnSlack
	c.ws.AddUser("ada")
	for _, name := range []string{"incidents", "cre", "reliability"} {
		c.ws.AddChannel(name, "ada", "cresset")
	}
	c.configure(fmt.Sprintf("slack: {bot_token: %s, app_token: %s, api_url: %s/api/}", c.ws.BotToken, c.ws.AppToken, c.ws.URL))
	return c
}

// configure writes the configuration, with an integration.
func (c *crash) configure(integration string) {
	c.t.Helper()
	dir := c.t.TempDir()
	c.config, c.path, c.answered = filepath.Join(dir, "cresset.yaml"), filepath.Join(dir, "cresset.db"), make(chan struct{})
	if err := os.WriteFile(c.config, fmt.Appendf(nil, crashConfig, c.path, integration), 0o600); err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(c.kill)
}

// start starts the child and waits until it hears.
func (c *crash) start() {
	c.t.Helper()
	c.unheard()
	child := c.command()
	if err := child.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.runs(child)
	c.hears.AwaitConnections(1)
}

// unheard waits until the connections of a killed bot are gone.
func (c *crash) unheard() {
	c.t.Helper()
	for end := time.Now().Add(10 * time.Second); c.hears.Connections() > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			c.t.Fatal("the connections of the killed bot are still there")
		}
	}
}

func (c *crash) runs(child *exec.Cmd) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.child = child
}

// command is the bot, not started yet.
func (c *crash) command() *exec.Cmd {
	child := exec.Command(c.bot, "-config", c.config)
	child.Env = os.Environ() // a watch adds to it
	both := io.MultiWriter(c.t.Output(), &c.said)
	child.Stdout, child.Stderr = both, both
	return child
}

// said is what children wrote; it may be read while they write.
type said struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
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

// terminate ends the child in good order, and expects that all was done.
func (c *crash) terminate() {
	c.t.Helper()
	c.stop()
	for _, e := range c.left() {
		c.t.Errorf("left over: %s is %s: %s", e.Kind, e.State, e.Trouble)
	}
}

// stop ends the child in good order.
func (c *crash) stop() {
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
}

// left checks the state that the child left, and lists what is still to be done:
// only clocks may still run.
func (c *crash) left() (errands []*store.Errand) {
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
				errands = append(errands, e)
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
	return errands
}

// declare has ada declare an incident.
func (c *crash) declare() {
	c.answer = c.ask()
	close(c.answered)
}

func (c *crash) ask() *slacktest.Answer {
	c.asked++
	return c.ws.As("ada").Slash("#general", "/incident", "declare sev2 checkout returns 500")
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

var address = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// get asks the newest child.
func (c *crash) get(path, token string) (int, string, error) {
	all := address.FindAllString(c.said.String(), -1)
	if len(all) == 0 {
		return 0, "", errors.New("the bot did not say where it listens")
	}
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, all[len(all)-1]+path, nil)
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := (&http.Client{Timeout: 10 * time.Second}).Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text), err
}

// takesToken sees that the token beside the state is whole.
func (c *crash) takesToken() {
	c.t.Helper()
	token, err := os.ReadFile(filepath.Join(filepath.Dir(c.path), app.TokenFile))
	if err != nil {
		c.t.Error(err)
	}
	if code, text, err := c.get("/api/v1/incidents", strings.TrimSpace(string(token))); err != nil || code != http.StatusOK {
		c.t.Errorf("the API answers the token %q with %d %s (%v)", token, code, text, err)
	}
}
