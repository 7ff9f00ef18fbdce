package jira

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"cresset/bot/cre"
)

// A page is what a search gives at a time.
type page struct {
	Issues []struct {
		Key    string `json:"key"`
		Fields struct {
			Description json.RawMessage `json:"description"`
		} `json:"fields"`
	} `json:"issues"`
	Total int    `json:"total"`         // Data Center
	Next  string `json:"nextPageToken"` // Cloud
}

// Find goes through what was opened since then. Jira has no list but its search,
// which is behind by seconds, or by minutes: on Cloud by
// https://developer.atlassian.com/cloud/jira/platform/search-and-reconcile, and what
// that offers against it wants the id that is not known here. So nothing may be
// concluded too early, whatever the issue is looked for by; the time is what all
// projects have, and a relative one knows no zone.
func (t *Tracker) Find(ctx context.Context, key string, since time.Time) (cre.IssueRef, bool, error) {
	minutes := int(t.Now().Sub(since).Minutes()) + 1
	jql := fmt.Sprintf(`project = %q AND created >= "-%dm" ORDER BY created DESC`, t.settings.Project, minutes)
	seen := 0
	for token := ""; ; {
		found, err := t.search(ctx, jql, seen, token)
		if err != nil {
			return cre.IssueRef{}, false, t.Refusal(err, false, t.advice)
		}
		for _, is := range found.Issues {
			if bytes.Contains(is.Fields.Description, []byte(mark(key))) {
				return t.ref(is.Key), true, nil
			}
		}
		seen, token = seen+len(found.Issues), found.Next
		if t.cloud && token == "" || !t.cloud && seen >= found.Total || len(found.Issues) == 0 {
			return cre.IssueRef{}, false, nil
		}
	}
}

// search asks for one page, in the way of either Jira: Cloud has taken the old one
// away.
func (t *Tracker) search(ctx context.Context, jql string, seen int, token string) (page, error) {
	var found page
	if !t.cloud {
		query := url.Values{"jql": {jql}, "fields": {"description"}, "startAt": {strconv.Itoa(seen)}, "maxResults": {"100"}}
		_, err := t.Ask(ctx, http.MethodGet, t.api+"/search?"+query.Encode(), nil, &found)
		return found, err
	}
	in := map[string]any{"jql": jql, "fields": []string{"description"}, "maxResults": 100}
	if token != "" {
		in["nextPageToken"] = token
	}
	_, err := t.Ask(ctx, http.MethodPost, t.api+"/search/jql", in, &found)
	return found, err
}
