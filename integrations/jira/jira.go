// Package jira hands work off to a project of Jira, Cloud or Data Center.
//
// With an e-mail address beside the token it speaks to Jira Cloud: version 3 of the
// API, in whose documents text cannot be markup. Without one it speaks to Jira Data
// Center: version 2, whose wiki text is escaped, with a personal access token.
//
// It promises that an issue carries a key in its last line, by which it is found
// again, and that what a customer wrote pings nobody and is no markup.
//
// It refuses to move issues through their workflow, and to ask any project but
// the one that the configuration names.
package jira

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"cresset/bot/cre"
	"cresset/config"
	"cresset/integrations/tracker"
)

// Settings are those of one project.
type Settings struct {
	Name      string            `yaml:"name" default:"jira" doc:"What people call it when they hand off."`
	URL       string            `yaml:"url" required:"true" doc:"Where Jira is, such as https://acme.atlassian.net."`
	Project   string            `yaml:"project" required:"true" doc:"Key of the project, such as API."`
	IssueType string            `yaml:"issue_type" default:"Task" doc:"Name of the type of the issues, as the project calls it."`
	Email     string            `yaml:"email" doc:"Of the account whose API token it is, on Jira Cloud. Left out on Jira Data Center."`
	Token     config.Secret     `yaml:"token" required:"true" doc:"API token on Jira Cloud, personal access token on Jira Data Center."`
	Labels    []string          `yaml:"labels" doc:"Labels of each issue; Jira's have no spaces."`
	Fields    map[string]string `yaml:"fields" doc:"Other fields that the project wants, by their ids, as text or as JSON, such as customfield_10042: '{\"value\": \"Customer\"}'."`
}

// A Tracker is one project.
type Tracker struct {
	*tracker.Client
	settings Settings
	api      string // the path of the API
	cloud    bool
}

var keyShape = regexp.MustCompile(`^[A-Z][A-Z0-9_]+$`)

// Open reads a list of projects. Nothing is asked.
func Open(list config.Section, o tracker.Options) ([]*Tracker, config.Problems) {
	return tracker.Each(list, func(entry config.Section) (*Tracker, string, config.Problems) {
		var s Settings
		wrong := config.Join(entry.Decode(&s), tracker.Address(entry, "url", s.URL, "https://acme.atlassian.net"))
		if s.Project != "" && !keyShape.MatchString(s.Project) {
			wrong = append(wrong, entry.Problem("project", "is %q; write the key that its issues begin with, such as API", s.Project))
		}
		for id, text := range s.Fields {
			if isJSON(text) && !json.Valid([]byte(text)) {
				wrong = append(wrong, entry.Problem("fields", "has %s, which begins like JSON but is not; write it like '{\"value\": \"Customer\"}'", id))
			}
		}
		if len(wrong) > 0 {
			return nil, s.Name, wrong
		}
		t := &Tracker{settings: s, api: "/rest/api/2", cloud: s.Email != ""}
		if t.cloud {
			t.api = "/rest/api/3"
		}
		t.Client = tracker.New("Jira", s.URL, o, t.sign)
		return t, s.Name, nil
	})
}

func (t *Tracker) sign(req *http.Request) {
	if t.cloud {
		req.SetBasicAuth(t.settings.Email, t.settings.Token.Reveal())
		return
	}
	req.Header.Set("Authorization", "Bearer "+t.settings.Token.Reveal())
}

// Name is what people call the project.
func (t *Tracker) Name() string { return t.settings.Name }

func (t *Tracker) ref(key string) cre.IssueRef {
	return cre.IssueRef{Tracker: t.settings.Name, ID: key, URL: strings.TrimSuffix(t.settings.URL, "/") + "/browse/" + key}
}

// Create opens an issue.
func (t *Tracker) Create(ctx context.Context, is cre.Issue, key string) (cre.IssueRef, error) {
	var made struct {
		Key string `json:"key"`
	}
	in := map[string]any{"fields": t.fields(is, key)}
	if _, err := t.Ask(ctx, http.MethodPost, t.api+"/issue", in, &made); err != nil {
		return cre.IssueRef{}, t.Refusal(err, true, t.advice)
	}
	return t.ref(made.Key), nil
}

func (t *Tracker) fields(is cre.Issue, key string) map[string]any {
	body := tracker.Body(is.Body) + "\n\n" + mark(key)
	fields := map[string]any{
		"project":   map[string]string{"key": t.settings.Project},
		"issuetype": map[string]string{"name": t.settings.IssueType},
		"summary":   tracker.Title(is.Title),
	}
	if fields["description"] = wiki(body); t.cloud {
		fields["description"] = document(body)
	}
	if labels := t.labels(is); len(labels) > 0 {
		fields["labels"] = labels
	}
	for id, text := range t.settings.Fields {
		if fields[id] = text; isJSON(text) {
			fields[id] = json.RawMessage(text)
		}
	}
	return fields
}

// isJSON reports whether a field's value is meant as JSON: most fields that are
// not text take an object or a list.
func isJSON(text string) bool { return strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") }

// mark is the last line, by which an issue is found again.
func mark(key string) string { return "cresset " + strings.ReplaceAll(key, "-", "") }

func (t *Tracker) labels(is cre.Issue) (all []string) {
	for _, l := range slices.Concat(t.settings.Labels, is.Labels) {
		all = append(all, strings.Join(strings.Fields(l), "-"))
	}
	return all
}

// State is how an issue stands.
func (t *Tracker) State(ctx context.Context, id string) (cre.IssueState, error) {
	var is struct {
		Fields struct {
			Status struct {
				Name     string               `json:"name"`
				Category struct{ Key string } `json:"statusCategory"`
			} `json:"status"`
			Resolution *struct{ Name string } `json:"resolution"`
			Resolved   moment                 `json:"resolutiondate"`
			Changed    moment                 `json:"statuscategorychangedate"`
			Assignee   *struct {
				Name string `json:"displayName"`
			} `json:"assignee"`
		} `json:"fields"`
	}
	path := t.api + "/issue/" + url.PathEscape(id) + "?fields=status,resolution,resolutiondate,statuscategorychangedate,assignee"
	_, err := t.Ask(ctx, http.MethodGet, path, nil, &is)
	if tracker.Status(err) == http.StatusNotFound {
		return cre.IssueState{}, t.lost(ctx, id, err)
	}
	if err != nil {
		return cre.IssueState{}, t.Refusal(err, false, t.advice)
	}
	f := &is.Fields
	st := cre.IssueState{State: f.Status.Name, Closed: f.Status.Category.Key == "done"}
	if f.Assignee != nil {
		st.Assignee = f.Assignee.Name
	}
	if !st.Closed {
		return st, nil
	}
	if f.Resolution != nil {
		st.Reason = f.Resolution.Name
	}
	if st.ClosedAt = f.Resolved.Time; st.ClosedAt.IsZero() { // a workflow need not set a resolution
		st.ClosedAt = f.Changed.Time
	}
	return st, nil
}

// lost tells an issue that is gone from a project that cannot be seen any more.
func (t *Tracker) lost(ctx context.Context, id string, refused error) error {
	if _, err := t.Ask(ctx, http.MethodGet, t.api+"/project/"+t.settings.Project, nil, nil); err == nil {
		return t.Gone(id)
	}
	return t.Refusal(refused, false, t.advice)
}

// A moment is a time as Jira writes it: 2026-03-04T10:00:00.000+0100.
type moment struct{ time.Time }

// UnmarshalJSON takes null, and what is no time, for none.
func (m *moment) UnmarshalJSON(text []byte) error {
	m.Time, _ = time.Parse(`"2006-01-02T15:04:05.000-0700"`, string(text))
	m.Time = m.UTC()
	return nil
}
