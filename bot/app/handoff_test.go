package app

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/chat/chattest"
	"cresset/bot/cre"
	"cresset/integrations/github/githubtest"
	"cresset/integrations/gitlab/gitlabtest"
	"cresset/integrations/jira/jiratest"
	"cresset/integrations/trackertest"
	"cresset/store"
)

// A teamRoom is a bot with a real tracker, and people who type in #general.
type teamRoom struct {
	*testing.T
	clock    *clock
	tracker  *trackertest.Server
	yaml     string
	platform *chattest.Memory
	app      *App
	said     int
}

// trackerKinds are the trackers with their fakes, each named api.
var trackerKinds = map[string]func(testing.TB) (*trackertest.Server, string){
	"github": func(t testing.TB) (*trackertest.Server, string) {
		s := githubtest.Start(t)
		return s, fmt.Sprintf("github: [{name: api, repo: %s, token: %s, api_url: %q}]", githubtest.Repo, githubtest.Token, s.URL)
	},
	"gitlab": func(t testing.TB) (*trackertest.Server, string) {
		s := gitlabtest.Start(t)
		return s, fmt.Sprintf("gitlab: [{name: api, project: %s, token: %s, url: %q}]", gitlabtest.Project, gitlabtest.Token, s.URL)
	},
	"jira": func(t testing.TB) (*trackertest.Server, string) {
		s := jiratest.Cloud(t)
		return s, fmt.Sprintf("jira: [{name: api, url: %q, project: %s, email: %s, token: %s}]", s.URL, jiratest.Project, jiratest.Email, jiratest.Token)
	},
}

func newTeamRoom(t *testing.T, kind string) *teamRoom {
	r := &teamRoom{T: t, clock: &clock{now: time.Now()}}
	tracker, section := trackerKinds[kind](t)
	r.tracker = tracker
	r.yaml = fmt.Sprintf("store: bolt:%s\nintegrations: {%s}\ncustomers: [{key: acme, name: Acme GmbH, tier: enterprise}]\n", filepath.Join(t.TempDir(), "cresset.db"), section)
	r.platform = chattest.NewMemory("memory", r.clock.Now)
	r.platform.Join(r.person("ada"), "#cre")
	r.start()
	t.Cleanup(func() { r.app.Close() })
	return r
}

func (r *teamRoom) start() { r.app = openApp(r, r.yaml, r.clock.Now, r.platform) }

func (r *teamRoom) restart() {
	r.Helper()
	if err := r.app.Close(); err != nil {
		r.Fatal(err)
	}
	r.start()
	r.settle()
}

func (r *teamRoom) person(name string) chat.Person {
	return chat.Person{Platform: "memory", ID: name, Name: name}
}

func (r *teamRoom) settle() {
	r.Helper()
	if err := r.app.Settle(r.Context()); err != nil {
		r.Fatal(err)
	}
}

// types has a person type something, and does what follows.
func (r *teamRoom) types(who, line string) chat.Reply {
	r.Helper()
	r.said++
	reply, err := r.app.Handle(r.Context(), chat.Event{Key: fmt.Sprint("memory:", r.said), By: r.person(who), Line: line,
		Place: chat.Place{Platform: "memory", Channel: r.platform.Channels()[0].ID}, At: r.clock.Now()})
	if err != nil {
		r.Fatal(err)
	}
	r.settle()
	return reply
}

func (r *teamRoom) wait(d time.Duration) {
	r.Helper()
	r.clock.set(r.clock.Now().Add(d))
	r.settle()
}

// Where people are.
const (
	thread = "general" // who asks
	team   = "cre"
)

// last is what the bot said last in a channel.
func (r *teamRoom) last(channel string) (m chat.Message) {
	for _, c := range r.platform.Channels() {
		if c.Name == channel {
			m = c.Messages[len(c.Messages)-1].Said
		}
	}
	return m
}

func (r *teamRoom) hears(channel, words string) {
	r.Helper()
	if got := r.last(channel).Text.String(); !strings.Contains(got, words) {
		r.Errorf("#%s hears %q, want %q", channel, got, words)
	}
}

func (r *teamRoom) request() (found *cre.Request) {
	r.Helper()
	if err := r.app.db.View(r.Context(), func(tx store.Tx) (err error) {
		found, err = store.Requests.Get(tx, store.Key(uint64(1)))
		return err
	}); err != nil {
		r.Fatal(err)
	}
	return found
}

func (r *teamRoom) is(status cre.RequestStatus) {
	r.Helper()
	if got := r.request().Status; got != status {
		r.Errorf("R-1 is %s, want %s", got, status)
	}
}

// A hand-off comes back from every tracker, and is done when the customer was told.
func TestAHandOffToTheEnd(t *testing.T) {
	for kind := range trackerKinds {
		t.Run(kind, func(t *testing.T) {
			r := newTeamRoom(t, kind)
			r.types("sam", "cre request customer:acme kind:feature Acme imports members by hand")
			r.types("ada", "cre handoff R-1 bulk import of members")
			r.hears(thread, "R-1 was handed off to the product team: api ")
			all := r.tracker.Listed()
			if len(all) != 1 || all[0].Title != "bulk import of members" || strings.Contains(strings.ToLower(all[0].Body), "acme imports") {
				t.Fatalf("the tracker has %+v", all)
			}
			r.is(cre.OnEngineering)
			r.tracker.Change(all[0].N, func(is *trackertest.Issue) { is.Assignee = "grace" })
			r.wait(10 * time.Minute)
			r.hears(thread, "assigned to grace.")
			r.restart()
			r.tracker.Change(all[0].N, func(is *trackertest.Issue) { is.Closed = r.clock.Now().UTC() })
			r.wait(10 * time.Minute)
			r.is(cre.CloseLoop)
			r.hears(thread, "Tell the customer, for instance:")
			r.types("sam", r.last(thread).Buttons[0].Line)
			r.is(cre.Done)
			if got := r.request(); got.ToldBy.Name != "sam" || got.Told.IsZero() || len(r.last(thread).Buttons) != 2 {
				t.Errorf("told at %s by %q, then %+v", got.Told, got.ToldBy.Name, r.last(thread).Buttons)
			}
		})
	}
}

// What the product team does not do comes back, with the reason that it gave; then
// there may be another issue.
func TestAHandOffComesBack(t *testing.T) {
	r := newTeamRoom(t, "github")
	r.types("sam", "cre request customer:acme dark mode")
	r.types("ada", "cre handoff R-1 dark mode")
	r.tracker.Change(1, func(is *trackertest.Issue) { is.Closed, is.Reason = r.clock.Now().UTC(), "not planned" })
	r.wait(10 * time.Minute)
	r.is(cre.Triaged)
	if got := r.request().Reason; got != "closed, not planned" {
		t.Errorf("the reason is %q", got)
	}
	r.types("ada", "cre handoff R-1 dark mode, once more")
	r.is(cre.OnEngineering)
	r.tracker.Delete(2)
	r.wait(10 * time.Minute)
	r.is(cre.Triaged)
	r.hears(thread, "gone, the issue was deleted or moved away.")
}

// Who takes a request back asks no tracker for it; who gives it back does again.
func TestAnIssueIsAskedForWhileItIsWaitedFor(t *testing.T) {
	r := newTeamRoom(t, "github")
	r.types("sam", "cre request customer:acme dark mode")
	r.types("ada", "cre handoff R-1 dark mode")
	r.types("ada", "cre take R-1")
	r.tracker.Change(1, func(is *trackertest.Issue) { is.Closed = r.clock.Now().UTC() })
	r.wait(10 * time.Minute)
	r.wait(10 * time.Minute)
	r.is(cre.OnUs)
	r.types("ada", "cre wait R-1 engineering")
	r.wait(10 * time.Minute)
	r.is(cre.CloseLoop)
}

// An issue that may have been opened is looked for, also by the bot's next life.
func TestAHandOffIsOneIssueAfterARestart(t *testing.T) {
	for name, fate := range map[string]func(*trackertest.Server){
		"the answer is lost":   func(s *trackertest.Server) { s.Lose(1) },
		"the tracker is down":  func(s *trackertest.Server) { s.Down(1) },
		"both, and it is late": func(s *trackertest.Server) { s.Lose(1); s.Lag(time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newTeamRoom(t, "github")
			r.types("sam", "cre request customer:acme dark mode")
			fate(r.tracker)
			r.types("ada", "cre handoff R-1 dark mode")
			r.is(cre.New)
			if again := r.types("ada", "cre handoff R-1 dark mode"); !again.Failed || !strings.Contains(again.Message.Text.String(), "already on its way to api") {
				t.Errorf("said twice: %q", again.Message.Text)
			}
			r.restart()
			r.wait(5 * time.Minute)
			r.tracker.Lag(0)
			for range 5 {
				r.wait(5 * time.Minute)
			}
			r.is(cre.OnEngineering)
			if all := r.tracker.Listed(); len(all) != 1 {
				t.Errorf("the tracker has %+v", all)
			}
		})
	}
}

// A refused token parks the hand-off, with what to do about it; the request is ours
// until it is done. Asking for the state says so once, and goes on.
func TestAHandOffThatIsRefused(t *testing.T) {
	r := newTeamRoom(t, "github")
	r.types("sam", "cre request customer:acme dark mode")
	r.tracker.Suffer(trackertest.Revoked)
	r.types("ada", "cre handoff R-1 dark mode")
	r.is(cre.New)
	r.hears(team, "R-1 could not be handed off to api: ")
	r.hears(team, "token")
	retry := r.last(team).Buttons[0]
	r.tracker.Suffer("")
	r.types("ada", retry.Line)
	r.is(cre.OnEngineering)
	r.tracker.Suffer(trackertest.Revoked)
	r.wait(10 * time.Minute)
	r.hears(team, "I could not ask api about its issues: ")
	r.wait(10 * time.Minute)
	if got := r.request(); got.IssueTrouble == "" || got.Status != cre.OnEngineering {
		t.Errorf("the request is %+v", got)
	}
	r.tracker.Suffer("")
	r.tracker.Change(1, func(is *trackertest.Issue) { is.Closed = r.clock.Now().UTC() })
	r.wait(10 * time.Minute)
	r.is(cre.CloseLoop)
	if got := r.request().IssueTrouble; got != "" {
		t.Errorf("it still says %q", got)
	}
}

// What a request waits for no more is not handed off by a retry.
func TestARetryOfAHandOffThatIsOver(t *testing.T) {
	r := newTeamRoom(t, "github")
	r.types("sam", "cre request customer:acme dark mode")
	r.tracker.Suffer(trackertest.Revoked)
	r.types("ada", "cre handoff R-1 dark mode")
	retry := r.last(team).Buttons[0]
	r.tracker.Suffer("")
	r.types("sam", "cre withdraw R-1")
	if reply := r.types("ada", retry.Line); !reply.Failed || !strings.Contains(reply.Message.Text.String(), "R-1 is withdrawn") {
		t.Errorf("got %q", reply.Message.Text)
	}
	if all := r.tracker.Listed(); len(all) != 0 {
		t.Errorf("the tracker has %+v", all)
	}
}
