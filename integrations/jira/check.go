package jira

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"cresset/bot/chat"
	"cresset/integrations/tracker"
)

// Check asks whether the token is valid, whose it is, what it may in the project,
// and whether the project has the type of issue.
func (t *Tracker) Check(ctx context.Context) []chat.Finding {
	f := chat.Finding{What: "account"}
	var me struct {
		Name string `json:"displayName"`
	}
	if _, err := t.Ask(ctx, http.MethodGet, t.api+"/myself", nil, &me); err != nil {
		return []chat.Finding{t.trouble(f, err)}
	}
	f.OK, f.Detail = true, me.Name
	all := []chat.Finding{f, t.checkProject(ctx)}
	if all[1].OK {
		all = append(all, t.checkType(ctx))
	}
	return all
}

// checkProject asks what the token may.
func (t *Tracker) checkProject(ctx context.Context) chat.Finding {
	f := chat.Finding{What: "project " + t.settings.Project}
	if _, err := t.Ask(ctx, http.MethodGet, t.api+"/project/"+t.settings.Project, nil, nil); err != nil {
		return t.trouble(f, err)
	}
	var may struct {
		Permissions map[string]struct {
			Have bool `json:"havePermission"`
		} `json:"permissions"`
	}
	query := url.Values{"projectKey": {t.settings.Project}, "permissions": {"BROWSE_PROJECTS,CREATE_ISSUES"}}
	if _, err := t.Ask(ctx, http.MethodGet, t.api+"/mypermissions?"+query.Encode(), nil, &may); err != nil {
		return t.trouble(f, err)
	}
	if f.OK = may.Permissions["CREATE_ISSUES"].Have; !f.OK {
		f.Detail, f.Advice = "the account may not create issues", "Give it the permission Create Issues in the project."
		return f
	}
	f.Detail = "the account may create issues"
	return f
}

// checkType asks whether the project has the type of issue.
func (t *Tracker) checkType(ctx context.Context) chat.Finding {
	f := chat.Finding{What: "issue type " + t.settings.IssueType}
	type kind struct {
		Name    string `json:"name"`
		Subtask bool   `json:"subtask"`
	}
	var found struct {
		Cloud  []kind `json:"issueTypes"`
		Center []kind `json:"values"`
	}
	if _, err := t.Ask(ctx, http.MethodGet, t.api+"/issue/createmeta/"+t.settings.Project+"/issuetypes", nil, &found); err != nil {
		return t.trouble(f, err)
	}
	var names []string
	for _, k := range slices.Concat(found.Cloud, found.Center) {
		if !k.Subtask {
			names = append(names, k.Name)
		}
	}
	f.Detail = "is there"
	if f.OK = slices.Contains(names, t.settings.IssueType); !f.OK {
		f.Detail, f.Advice = "is not in the project", fmt.Sprintf("Write one of %s as issue_type.", strings.Join(names, ", "))
	}
	return f
}

func (t *Tracker) trouble(f chat.Finding, err error) chat.Finding {
	return t.Trouble(f, err, t.advice, "Look at url, and whether the bot's machine reaches it.")
}

// advice says what to do about a refusal.
func (t *Tracker) advice(r *tracker.Refused) string {
	var said struct {
		Messages []string          `json:"errorMessages"`
		Errors   map[string]string `json:"errors"`
	}
	r.Read(&said)
	project := t.settings.Project
	switch {
	case r.Status == http.StatusUnauthorized:
		return fmt.Sprintf("Jira does not accept the token of %s any more: write a new one into the configuration", t.settings.Name)
	case r.Status == http.StatusForbidden:
		return fmt.Sprintf("the account of %s may not do this in %s: give it the permissions Browse Projects and Create Issues", t.settings.Name, project)
	case r.Status == http.StatusNotFound:
		return fmt.Sprintf("there is no project %s, or the account of %s may not see it: correct project, or give the account access", project, t.settings.Name)
	case said.Errors["project"] != "":
		return fmt.Sprintf("there is no project %s, or the account of %s may not create issues in it: correct project, or give it the permission", project, t.settings.Name)
	case said.Errors["issuetype"] != "":
		return fmt.Sprintf("%s has no issue type %s: correct issue_type; `cresset check` lists what there is", project, t.settings.IssueType)
	case len(said.Errors) > 0:
		field := slices.Min(slices.Collect(maps.Keys(said.Errors)))
		return fmt.Sprintf("Jira wants its field %s otherwise (%s): write it under fields in the configuration, or change the screen of the issue type", field, tracker.Quoted(said.Errors[field]))
	case len(said.Messages) > 0:
		return "Jira said: " + tracker.Quoted(said.Messages[0])
	}
	return ""
}
