package gitlab_test

import (
	"fmt"
	"strconv"
	"testing"

	"cresset/config"
	"cresset/integrations/gitlab"
	"cresset/integrations/gitlab/gitlabtest"
	"cresset/integrations/tracker"
	"cresset/integrations/trackertest"
)

func open(t *testing.T, yaml string) ([]*gitlab.Tracker, config.Problems) {
	t.Helper()
	section, problems := config.NewSection("cresset.yaml", "integrations.gitlab", []byte(yaml), func(string) (string, bool) { return "", false })
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return gitlab.Open(section, tracker.Options{})
}

func TestConform(t *testing.T) {
	trackertest.Conform(t, func(t *testing.T) trackertest.Subject {
		server := gitlabtest.Start(t)
		all, problems := open(t, fmt.Sprintf("[{name: api, project: acme/shop/api, token: %s, labels: [house], url: %q}]", gitlabtest.Token, server.URL))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		return trackertest.Subject{Tracker: all[0], Server: server, Name: "api",
			Number: func(id string) int { n, _ := strconv.Atoi(id); return n }}
	})
}
