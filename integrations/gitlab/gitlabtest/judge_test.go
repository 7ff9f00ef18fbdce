package gitlabtest_test

import (
	"testing"

	"cresset/integrations/gitlab/gitlabtest"
	"cresset/integrations/trackertest"
)

// Gitbeaker believes the fake: what it reads, how it pages, and which errors it
// makes of refusals.
func TestGitbeaker(t *testing.T) {
	trackertest.Judge(t, gitlabtest.Start(t), "gitlab.mjs", []string{"TRACKER_TOKEN=" + gitlabtest.Token},
		"project acme/shop/api 30",
		"token api",
		"made 1 opened x+y true",
		"listed 12,11,10,9,8,7,6,5,4,3,2,1",
		"got one d null",
		"no title GitbeakerRequestError 400 title is missing",
		"no such issue GitbeakerRequestError 404 404 Issue Not Found",
		"no such project GitbeakerRequestError 404 404 Project Not Found",
		"bad token GitbeakerRequestError 401 401 Unauthorized",
		"limited Could not successfully complete this request after 10 retries, last status code: 429. Check the applicable rate limits for this endpoint.",
	)
}
