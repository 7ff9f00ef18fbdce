package jiratest_test

import (
	"testing"

	"cresset/integrations/jira/jiratest"
	"cresset/integrations/trackertest"
)

// jira.js believes the fake Cloud: what it reads, how it pages, and which errors it
// makes of refusals.
func TestJirajs(t *testing.T) {
	trackertest.Judge(t, jiratest.Cloud(t), "jira.mjs", []string{"TRACKER_EMAIL=" + jiratest.Email, "TRACKER_TOKEN=" + jiratest.Token},
		"me Cresset",
		"project API",
		"may true",
		"types Task+Incident+Sub-task",
		"made 10001 API-1",
		"listed API-12,API-11,API-10,API-9,API-8,API-7,API-6,API-5,API-4,API-3,API-2,API-1",
		"got one d new null",
		`no summary HttpException 400 [] {"summary":"You must specify a summary of the issue."}`,
		`bad label HttpException 400 [] {"labels":"The label 'a b' contains spaces which is invalid."}`,
		`bad type HttpException 400 [] {"issuetype":"Specify a valid issue type"}`,
		`no such issue HttpException 404 ["Issue does not exist or you do not have permission to see it."] {}`,
		`no such project HttpException 404 ["No project could be found with key 'OTHER'."] {}`,
		`old search HttpException 410 ["The requested API has been removed. Please migrate to the /rest/api/3/search/jql API."] {}`,
		"bad token HttpException 401 undefined undefined",
		`limited HttpException 429 ["Rate limit exceeded."] {}`,
		"limit true true",
	)
}
