// Package github hands work off to a repository's issues on GitHub.
//
// It promises that an issue carries a key that nobody sees, by which it is found
// again in the repository's list: the search has an index that lags, and the list
// has not. It promises that what a customer wrote pings nobody and is no markup.
//
// It refuses to look at pull requests, to write into issues that are there, and
// to ask any repository but the one that the configuration names.
package github

import (
	"context"
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

// Settings are those of one repository.
type Settings struct {
	Name   string        `yaml:"name" default:"github" doc:"What people call it when they hand off."`
	Repo   string        `yaml:"repo" required:"true" doc:"The repository, such as acme/api."`
	Token  config.Secret `yaml:"token" required:"true" doc:"A fine-grained token that may read and write the repository's issues; of a classic one, the scope repo, or public_repo."`
	Labels []string      `yaml:"labels" doc:"Labels of each issue. GitHub drops them without a word for who may only read the repository."`
	APIURL string        `yaml:"api_url" default:"https://api.github.com" doc:"Where the API is; https://HOST/api/v3 for a GitHub Enterprise Server."`
}

// A Tracker is one repository.
type Tracker struct {
	*tracker.Client
	settings Settings
	issues   string // the path of its issues
}

var repoShape = regexp.MustCompile(`^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$`)

// Open reads a list of repositories. Nothing is asked.
func Open(list config.Section, o tracker.Options) ([]*Tracker, config.Problems) {
	return tracker.Each(list, func(entry config.Section) (*Tracker, string, config.Problems) {
		var s Settings
		wrong := config.Join(entry.Decode(&s), tracker.Address(entry, "api_url", s.APIURL, "https://api.github.com"))
		if s.Repo != "" && !repoShape.MatchString(s.Repo) {
			wrong = append(wrong, entry.Problem("repo", "is %q; write owner and name, such as acme/api", s.Repo))
		}
		if len(wrong) > 0 {
			return nil, s.Name, wrong
		}
		client := tracker.New("GitHub", s.APIURL, o, func(req *http.Request) {
			req.Header.Set("Accept", "application/vnd.github+json")
			req.Header.Set("X-GitHub-Api-Version", "2022-11-28")
			req.Header.Set("Authorization", "Bearer "+s.Token.Reveal())
		})
		return &Tracker{client, s, "/repos/" + s.Repo + "/issues"}, s.Name, nil
	})
}

// Name is what people call the repository.
func (t *Tracker) Name() string { return t.settings.Name }

// An issue is what the API says of one.
type issue struct {
	Number    int       `json:"number"`
	URL       string    `json:"html_url"`
	Body      string    `json:"body"`
	CreatedAt time.Time `json:"created_at"`
	State     string    `json:"state"`
	Reason    string    `json:"state_reason"`
	ClosedAt  time.Time `json:"closed_at"`
	Assignees []struct {
		Login string `json:"login"`
	} `json:"assignees"`
}

func (t *Tracker) ref(i *issue) cre.IssueRef {
	return cre.IssueRef{Tracker: t.settings.Name, ID: strconv.Itoa(i.Number), URL: i.URL}
}

// Create opens an issue.
func (t *Tracker) Create(ctx context.Context, is cre.Issue, key string) (cre.IssueRef, error) {
	in := map[string]any{
		"title":  tracker.Title(is.Title),
		"body":   tracker.Markdown(tracker.Body(is.Body)) + "\n\n" + tracker.Marker(key),
		"labels": slices.Concat([]string{}, t.settings.Labels, is.Labels),
	}
	var made issue
	if _, err := t.Ask(ctx, http.MethodPost, t.issues, in, &made); err != nil {
		return cre.IssueRef{}, t.Refusal(err, true, t.advice)
	}
	return t.ref(&made), nil
}

// perPage is the most that a page of a list holds.
const perPage = 100

// Find goes through what was opened since then, the newest first. It does not
// search: https://docs.github.com/rest/search has an index that is behind by
// seconds to minutes, and the list of issues mostly is not.
func (t *Tracker) Find(ctx context.Context, key string, since time.Time) (cre.IssueRef, bool, error) {
	for page := 1; ; page++ {
		query := url.Values{"state": {"all"}, "sort": {"created"}, "direction": {"desc"}, "per_page": {strconv.Itoa(perPage)}, "page": {strconv.Itoa(page)}}
		var found []issue
		if _, err := t.Ask(ctx, http.MethodGet, t.issues+"?"+query.Encode(), nil, &found); err != nil {
			return cre.IssueRef{}, false, t.Refusal(err, false, t.advice)
		}
		for i := range found {
			if strings.Contains(found[i].Body, tracker.Marker(key)) {
				return t.ref(&found[i]), true, nil
			}
		}
		if len(found) < perPage || found[len(found)-1].CreatedAt.Before(since) {
			return cre.IssueRef{}, false, nil
		}
	}
}

// State is how an issue stands.
func (t *Tracker) State(ctx context.Context, id string) (cre.IssueState, error) {
	var is issue
	_, err := t.Ask(ctx, http.MethodGet, t.issues+"/"+url.PathEscape(id), nil, &is)
	if status := tracker.Status(err); status == http.StatusGone || status == http.StatusNotFound {
		return cre.IssueState{}, t.lost(ctx, id, err)
	}
	if err != nil {
		return cre.IssueState{}, t.Refusal(err, false, t.advice)
	}
	var people []string
	for _, a := range is.Assignees {
		people = append(people, a.Login)
	}
	return cre.IssueState{State: is.State, Closed: is.State == "closed", ClosedAt: is.ClosedAt, Reason: strings.ReplaceAll(is.Reason, "_", " "),
		Assignee: strings.Join(people, ", ")}, nil
}

// lost tells an issue that is gone from a repository that cannot be seen any more,
// or whose issues are switched off.
func (t *Tracker) lost(ctx context.Context, id string, refused error) error {
	if r, err := t.repo(ctx); err == nil && r.HasIssues {
		return t.Gone(id)
	}
	return t.Refusal(refused, false, t.advice)
}

// advice says what to do about a refusal.
func (t *Tracker) advice(r *tracker.Refused) string {
	var said struct {
		Message string `json:"message"`
		Errors  []struct{ Resource, Field, Code, Message string }
	}
	r.Read(&said)
	repo := t.settings.Repo
	switch {
	case r.Status == http.StatusUnauthorized:
		return fmt.Sprintf("GitHub does not accept the token of %s any more: write a new one into the configuration", t.settings.Name)
	case strings.Contains(said.Message, "archived"):
		return fmt.Sprintf("the repository %s is archived, so nobody can open issues there: unarchive it, or hand off to another", repo)
	case r.Status == http.StatusGone:
		return fmt.Sprintf("issues are switched off in %s: switch them on in its settings, or hand off to another", repo)
	case r.Status == http.StatusForbidden:
		return fmt.Sprintf("the token of %s may not write issues in %s: give it the permission Issues, read and write", t.settings.Name, repo)
	case r.Status == http.StatusNotFound:
		return fmt.Sprintf("there is no repository %s, or the token of %s may not see it: correct repo, or give the token access", repo, t.settings.Name)
	case len(said.Errors) > 0:
		return fmt.Sprintf("GitHub takes no issue with this %s (%s)", said.Errors[0].Field, tracker.Quoted(said.Errors[0].Code+" "+said.Errors[0].Message))
	case said.Message != "":
		return "GitHub said: " + tracker.Quoted(said.Message)
	}
	return ""
}
