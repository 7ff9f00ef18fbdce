// Package gitlab hands work off to a project's issues on GitLab.
//
// It promises that an issue carries a key that nobody sees, by which it is found
// again in the project's list, whatever a search has indexed by then. It promises
// that what a customer wrote pings nobody, is no markup, and is no quick action:
// GitLab obeys a line such as /close in a description.
//
// It refuses to write into issues that are there, and to ask any project but the
// one that the configuration names.
package gitlab

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"cresset/bot/cre"
	"cresset/config"
	"cresset/integrations/tracker"
)

// Settings are those of one project.
type Settings struct {
	Name    string        `yaml:"name" default:"gitlab" doc:"What people call it when they hand off."`
	Project string        `yaml:"project" required:"true" doc:"The project with its groups, such as acme/shop/api, or its number."`
	Token   config.Secret `yaml:"token" required:"true" doc:"A token of a person, a group or the project, with the scope api and the role Reporter or above."`
	Labels  []string      `yaml:"labels" doc:"Labels of each issue."`
	URL     string        `yaml:"url" default:"https://gitlab.com" doc:"Where GitLab is, up to, and without, /api/v4."`
}

// A Tracker is one project.
type Tracker struct {
	*tracker.Client
	settings Settings
	project  string // its path in the API
}

var projectShape = regexp.MustCompile(`^(?:[0-9]+|[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)+)$`)

// Open reads a list of projects. Nothing is asked.
func Open(list config.Section, o tracker.Options) ([]*Tracker, config.Problems) {
	return tracker.Each(list, func(entry config.Section) (*Tracker, string, config.Problems) {
		var s Settings
		wrong := config.Join(entry.Decode(&s), tracker.Address(entry, "url", s.URL, "https://gitlab.com"))
		if s.Project != "" && !projectShape.MatchString(s.Project) {
			wrong = append(wrong, entry.Problem("project", "is %q; write groups and name, such as acme/shop/api", s.Project))
		}
		if len(wrong) > 0 {
			return nil, s.Name, wrong
		}
		client := tracker.New("GitLab", s.URL, o, func(req *http.Request) { req.Header.Set("PRIVATE-TOKEN", s.Token.Reveal()) })
		return &Tracker{client, s, "/api/v4/projects/" + url.PathEscape(s.Project)}, s.Name, nil
	})
}

// Name is what people call the project.
func (t *Tracker) Name() string { return t.settings.Name }

// An issue is what the API says of one.
type issue struct {
	IID         int       `json:"iid"`
	URL         string    `json:"web_url"`
	Description string    `json:"description"`
	State       string    `json:"state"`
	ClosedAt    time.Time `json:"closed_at"`
	MovedTo     int       `json:"moved_to_id"`
	Assignees   []struct {
		Username string `json:"username"`
	} `json:"assignees"`
}

func (t *Tracker) ref(i *issue) cre.IssueRef {
	return cre.IssueRef{Tracker: t.settings.Name, ID: strconv.Itoa(i.IID), URL: i.URL}
}

// Create opens an issue.
func (t *Tracker) Create(ctx context.Context, is cre.Issue, key string) (cre.IssueRef, error) {
	var labels []string
	for _, l := range slices.Concat(t.settings.Labels, is.Labels) {
		labels = append(labels, strings.ReplaceAll(l, ",", " ")) // they are sent as one list
	}
	in := map[string]any{
		"title":       tracker.Title(is.Title),
		"description": tracker.Markdown(tracker.Body(is.Body)) + "\n\n" + tracker.Marker(key),
		"labels":      strings.Join(labels, ","),
	}
	var made issue
	if _, err := t.Ask(ctx, http.MethodPost, t.project+"/issues", in, &made); err != nil {
		return cre.IssueRef{}, t.Refusal(err, true, t.advice)
	}
	return t.ref(&made), nil
}

// perPage is the most that a page of a list holds.
const perPage = 100

// Find goes through what was opened since then. It does not search: the list is
// read from the database, a search may come from an index that is behind; see
// https://gitlab.com/gitlab-org/gitlab-qa/-/merge_requests/406.
func (t *Tracker) Find(ctx context.Context, key string, since time.Time) (cre.IssueRef, bool, error) {
	for page := 1; ; page++ {
		query := url.Values{"scope": {"all"}, "state": {"all"}, "order_by": {"created_at"}, "sort": {"desc"},
			"created_after": {since.UTC().Format(time.RFC3339)}, "per_page": {strconv.Itoa(perPage)}, "page": {strconv.Itoa(page)}}
		var found []issue
		if _, err := t.Ask(ctx, http.MethodGet, t.project+"/issues?"+query.Encode(), nil, &found); err != nil {
			return cre.IssueRef{}, false, t.Refusal(err, false, t.advice)
		}
		for i := range found {
			if strings.Contains(found[i].Description, tracker.Marker(key)) {
				return t.ref(&found[i]), true, nil
			}
		}
		if len(found) < perPage {
			return cre.IssueRef{}, false, nil
		}
	}
}

// State is how an issue stands.
func (t *Tracker) State(ctx context.Context, id string) (cre.IssueState, error) {
	var is issue
	_, err := t.Ask(ctx, http.MethodGet, t.project+"/issues/"+url.PathEscape(id), nil, &is)
	if tracker.Status(err) == http.StatusNotFound {
		return cre.IssueState{}, t.lost(ctx, id, err)
	}
	if err != nil {
		return cre.IssueState{}, t.Refusal(err, false, t.advice)
	}
	var people []string
	for _, a := range is.Assignees {
		people = append(people, a.Username)
	}
	st := cre.IssueState{State: is.State, Closed: is.State == "closed", ClosedAt: is.ClosedAt, Assignee: strings.Join(people, ", ")}
	if is.MovedTo != 0 {
		st.Reason = "moved to another project"
	}
	return st, nil
}

// lost tells an issue that is gone from a project that cannot be seen any more.
func (t *Tracker) lost(ctx context.Context, id string, refused error) error {
	if _, err := t.read(ctx); err == nil {
		return t.Gone(id)
	}
	return t.Refusal(refused, false, t.advice)
}

// advice says what to do about a refusal.
func (t *Tracker) advice(r *tracker.Refused) string {
	var said struct {
		Message json.RawMessage `json:"message"`
		Error   string          `json:"error"`
	}
	r.Read(&said)
	project := t.settings.Project
	switch {
	case r.Status == http.StatusUnauthorized:
		return fmt.Sprintf("GitLab does not accept the token of %s any more: write a new one into the configuration", t.settings.Name)
	case said.Error == "insufficient_scope":
		return fmt.Sprintf("the token of %s may not write: make one with the scope api", t.settings.Name)
	case r.Status == http.StatusForbidden:
		return fmt.Sprintf("the token of %s may not open issues in %s, or the project is archived: give it the role Reporter, or hand off to another", t.settings.Name, project)
	case r.Status == http.StatusNotFound:
		return fmt.Sprintf("there is no project %s, or the token of %s may not see it: correct project, or give the token access", project, t.settings.Name)
	case len(said.Message) > 0:
		return "GitLab takes no such issue: " + tracker.Quoted(string(said.Message))
	case said.Error != "":
		return "GitLab takes no such issue: " + tracker.Quoted(said.Error)
	}
	return ""
}
