package githubtest_test

import (
	"testing"

	"cresset/integrations/github/githubtest"
	"cresset/integrations/trackertest"
)

// GitHub's own client believes the fake: what it reads, how it pages, and which
// errors it makes of refusals.
func TestOctokit(t *testing.T) {
	trackertest.Judge(t, githubtest.Start(t), "github.mjs", []string{"TRACKER_TOKEN=" + githubtest.Token},
		"repo acme/api true true",
		"made 201 1 open x+y true",
		"listed 12,11,10,9,8,7,6,5,4,3,2,1",
		"got one b null null",
		"no title HttpError 422 Validation Failed title:missing_field",
		"no such issue HttpError 404 Not Found",
		"no such repository HttpError 404 Not Found",
		"bad token HttpError 401 Bad credentials",
		"limited HttpError 403 API rate limit exceeded for user ID 1.",
		"limit 0 true",
	)
}
