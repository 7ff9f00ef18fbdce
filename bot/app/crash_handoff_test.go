package app_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"cresset/integrations/github/githubtest"
)

// The bot is killed, with kill -9, when the tracker has opened the issue and not said
// so: there is one issue, and the next life links it.
func TestKilledAtAHandOff(t *testing.T) {
	c, gh := newSweep(t).crash(t), githubtest.Start(t)
	var once sync.Once
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			once.Do(func() {
				gh.ServeHTTP(httptest.NewRecorder(), r)
				c.kill()
				abortCall()
			})
		}
		gh.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	c.configure(fmt.Sprintf("slack: {bot_token: %s, app_token: %s, api_url: %s/api/}, github: [{name: api, repo: %s, token: %s, api_url: %q}]",
		c.ws.BotToken, c.ws.AppToken, c.ws.URL, githubtest.Repo, githubtest.Token, front.URL))
	c.missing = func() (all []string) {
		if n := len(gh.Listed()); n != 1 {
			all = append(all, fmt.Sprintf("the tracker has %d issues", n))
		}
		told := 0
		for _, m := range c.ws.Messages("#cre") {
			told += strings.Count(m.Text, "was handed off to the product team")
		}
		if told != 1 {
			all = append(all, fmt.Sprintf("the thread heard it %d times", told))
		}
		return all
	}
	c.start()
	c.ws.As("ada").Slash("#cre", "/cre", "request dark mode")
	c.ws.As("ada").Slash("#cre", "/cre", "handoff R-1 dark mode")
	for end := time.Now().Add(20 * time.Second); gh.Last() == 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nothing was handed off")
		}
	}
	c.start()
	c.completed()
}
