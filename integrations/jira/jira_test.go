package jira_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/config"
	"cresset/integrations/jira"
	"cresset/integrations/jira/jiratest"
	"cresset/integrations/tracker"
	"cresset/integrations/trackertest"
)

func open(t *testing.T, yaml string) ([]*jira.Tracker, config.Problems) {
	t.Helper()
	section, problems := config.NewSection("cresset.yaml", "integrations.jira", []byte(yaml), func(string) (string, bool) { return "", false })
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return jira.Open(section, tracker.Options{})
}

// started is an adapter on a fake; more is what else its section says.
func started(t *testing.T, server *trackertest.Server, more string) *jira.Tracker {
	t.Helper()
	all, problems := open(t, fmt.Sprintf("[{name: api, url: %q, project: API, token: %s, labels: [house], %s}]", server.URL, jiratest.Token, more))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return all[0]
}

const cloud = "email: " + jiratest.Email

func TestConform(t *testing.T) {
	for name, kind := range map[string]struct {
		start func(testing.TB) *trackertest.Server
		more  string
	}{"Cloud": {jiratest.Cloud, cloud}, "Data Center": {jiratest.DataCenter, ""}} {
		t.Run(name, func(t *testing.T) {
			trackertest.Conform(t, func(t *testing.T) trackertest.Subject {
				server := kind.start(t)
				return trackertest.Subject{Tracker: started(t, server, kind.more), Server: server, Name: "api", Reason: "not planned",
					Number: func(id string) int { n, _ := strconv.Atoi(strings.TrimPrefix(id, "API-")); return n }}
			})
		})
	}
}

// A project may want fields that the bot knows nothing of: the refusal names the
// field, and the configuration can fill it.
func TestAFieldThatTheProjectWants(t *testing.T) {
	server := jiratest.Cloud(t)
	_, err := started(t, server, cloud+", issue_type: Incident").Create(t.Context(), cre.Issue{Title: "x"}, "k")
	var sent *chat.SendError
	if !errors.As(err, &sent) || sent.Retry || !strings.Contains(sent.Advice, jiratest.Wants) || !strings.Contains(sent.Advice, "Impact is required.") {
		t.Errorf("without it: %+v", sent)
	}
	filled := started(t, server, cloud+", issue_type: Incident, fields: {"+jiratest.Wants+`: '{"value": "Customer"}'}`)
	if _, err := filled.Create(t.Context(), cre.Issue{Title: "x"}, "k"); err != nil {
		t.Errorf("with it: %v", err)
	}
}

// A type that the project has not is named, by a hand-off and by check.
func TestATypeThatIsNotThere(t *testing.T) {
	tr := started(t, jiratest.Cloud(t), cloud+", issue_type: Story")
	var sent *chat.SendError
	if _, err := tr.Create(t.Context(), cre.Issue{Title: "x"}, "k"); !errors.As(err, &sent) || !strings.Contains(sent.Advice, "Story") {
		t.Errorf("create: %+v", sent)
	}
	all := tr.Check(t.Context())
	if f := all[len(all)-1]; f.OK || f.Advice != "Write one of Task, Incident as issue_type." {
		t.Errorf("check: %+v", f)
	}
}

// A workflow that sets no resolution closes issues all the same.
func TestClosedWithoutAResolution(t *testing.T) {
	server := jiratest.Cloud(t)
	tr := started(t, server, cloud)
	ref, err := tr.Create(t.Context(), cre.Issue{Title: "x"}, "k")
	if err != nil {
		t.Fatal(err)
	}
	server.Change(1, func(is *trackertest.Issue) { is.Closed = is.Created })
	if st, err := tr.State(t.Context(), ref.ID); err != nil || !st.Closed || st.ClosedAt.IsZero() || st.State != "Closed" {
		t.Errorf("got %+v, %v", st, err)
	}
}
