// Package jiratest is the part of Jira's API that has to do with the issues of one
// project, of Jira Cloud or of Jira Data Center.
//
// It promises Jira's status codes, error bodies, headers and paging, and that each
// takes what it takes: Cloud documents and basic authentication, Data Center wiki
// text and bearer tokens, and each its own search. It knows whom a text mentions.
//
// It refuses every project but one, and every token but its own.
package jiratest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"cresset/integrations/trackertest"
)

// The project, and who may do everything in it.
const (
	Project = "API"
	Email   = "bot@acme.example"
	Token   = "ATATT-obviously-fake"
)

// Wants is the field without which the issue type Incident is refused.
const Wants = "customfield_10042"

// Cloud starts a Jira Cloud.
func Cloud(t testing.TB) *trackertest.Server { return start(t, true) }

// DataCenter starts a Jira Data Center.
func DataCenter(t testing.TB) *trackertest.Server { return start(t, false) }

func start(t testing.TB, cloud bool) *trackertest.Server {
	return trackertest.Start(t, func(s *trackertest.Server) trackertest.Shape {
		j := jira{s, cloud}
		mux := http.NewServeMux()
		for _, api := range []string{"/rest/api/2/", "/rest/api/3/"} {
			if api == "/rest/api/3/" && !cloud {
				break
			}
			mux.HandleFunc("GET "+api+"myself", j.myself)
			mux.HandleFunc("GET "+api+"mypermissions", j.permissions)
			mux.HandleFunc("GET "+api+"project/{key}", j.project)
			mux.HandleFunc("GET "+api+"issue/createmeta/API/issuetypes", j.types)
			mux.HandleFunc("POST "+api+"issue", j.create)
			mux.HandleFunc("GET "+api+"issue/{key}", j.issue)
			mux.HandleFunc("GET "+api+"search", j.oldSearch)
			if cloud {
				mux.HandleFunc("POST "+api+"search/jql", j.search)
			}
		}
		mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNotFound)
		})
		shape := trackertest.Shape{Routes: j.allowed(mux), Limit: limit, Shows: showsWiki,
			Creates: func(r *http.Request) bool {
				return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/issue")
			}}
		if cloud {
			shape.Shows = showsDocument
		}
		return shape
	})
}

type jira struct {
	*trackertest.Server
	cloud bool
}

func limit(w http.ResponseWriter, until time.Time) {
	w.Header().Set("Retry-After", strconv.Itoa(int(time.Until(until).Seconds())))
	w.Header().Set("X-RateLimit-Reset", until.UTC().Format("2006-01-02T15:04Z"))
	w.Header().Set("RateLimit-Reason", "jira-burst-based")
	refuse(w, http.StatusTooManyRequests, "Rate limit exceeded.", nil)
}

func refuse(w http.ResponseWriter, status int, message string, errors map[string]string) {
	messages := []string{}
	if message != "" {
		messages = []string{message}
	}
	if errors == nil {
		errors = map[string]string{}
	}
	answer(w, status, map[string]any{"errorMessages": messages, "errors": errors})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // whoever asked may be gone
}

// allowed lets through who has the token.
func (j jira) allowed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		email, token, _ := r.BasicAuth()
		known := r.Header.Get("Authorization") == "Bearer "+Token
		if j.cloud {
			known = email == Email && token == Token
		}
		switch {
		case !known || j.Suffers() == trackertest.Revoked:
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, "Client must be authenticated to access this resource.")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func (j jira) myself(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{"displayName": "Cresset", "active": true})
}

func (j jira) permissions(w http.ResponseWriter, r *http.Request) {
	all := map[string]any{}
	for name := range strings.SplitSeq(r.URL.Query().Get("permissions"), ",") {
		all[name] = map[string]any{"key": name, "havePermission": name != "CREATE_ISSUES" || j.Suffers() == ""}
	}
	answer(w, http.StatusOK, map[string]any{"permissions": all})
}

func (j jira) project(w http.ResponseWriter, r *http.Request) {
	if key := r.PathValue("key"); key != Project || j.Suffers() == trackertest.Hidden {
		refuse(w, http.StatusNotFound, fmt.Sprintf("No project could be found with key '%s'.", key), nil)
		return
	}
	answer(w, http.StatusOK, map[string]any{"id": "10000", "key": Project, "name": "API"})
}

func (j jira) types(w http.ResponseWriter, _ *http.Request) {
	all := []map[string]any{{"id": "1", "name": "Task", "subtask": false}, {"id": "2", "name": "Incident", "subtask": false}, {"id": "3", "name": "Sub-task", "subtask": true}}
	list := "values"
	if j.cloud {
		list = "issueTypes"
	}
	answer(w, http.StatusOK, map[string]any{list: all, "startAt": 0, "maxResults": 50, "total": len(all)})
}

func (j jira) create(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Fields map[string]json.RawMessage `json:"fields"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		refuse(w, http.StatusBadRequest, "Can not deserialize the request.", nil)
		return
	}
	var is trackertest.Issue
	if wrong := j.read(in.Fields, strings.Contains(r.URL.Path, "/3/"), &is); len(wrong) > 0 {
		refuse(w, http.StatusBadRequest, "", wrong)
		return
	}
	made := j.Add(is)
	answer(w, http.StatusCreated, map[string]any{"id": strconv.Itoa(10000 + made.N), "key": keyOf(&made), "self": fmt.Sprintf("%s/rest/api/2/issue/%d", j.URL, 10000+made.N)})
}

func keyOf(is *trackertest.Issue) string { return fmt.Sprintf("%s-%d", Project, is.N) }

// read reads the fields of an issue, and says which are wrong. Version 3 takes
// documents and version 2 wiki text.
func (j jira) read(fields map[string]json.RawMessage, documents bool, is *trackertest.Issue) map[string]string {
	wrong := map[string]string{}
	var project struct{ Key string }
	var kind struct{ Name string }
	_, _ = json.Unmarshal(fields["project"], &project), json.Unmarshal(fields["issuetype"], &kind) // what is not there is refused below
	switch {
	case project.Key != Project || j.Suffers() == trackertest.Hidden:
		return map[string]string{"project": "valid project is required"}
	case j.Suffers() != "":
		return map[string]string{"project": "You cannot create issues in this project."}
	case kind.Name != "Task" && kind.Name != "Incident":
		wrong["issuetype"] = "Specify a valid issue type"
	case kind.Name == "Incident" && !strings.HasPrefix(string(fields[Wants]), "{"):
		wrong[Wants] = "Impact is required."
	}
	_ = json.Unmarshal(fields["summary"], &is.Title)
	switch {
	case is.Title == "":
		wrong["summary"] = "You must specify a summary of the issue."
	case strings.Contains(is.Title, "\n"):
		wrong["summary"] = "The summary is invalid because it contains newline characters."
	case utf8.RuneCountInString(is.Title) > 255:
		wrong["summary"] = "Summary must be less than 255 characters."
	}
	_ = json.Unmarshal(fields["labels"], &is.Labels)
	for _, l := range is.Labels {
		if strings.ContainsAny(l, " \t") {
			wrong["labels"] = fmt.Sprintf("The label '%s' contains spaces which is invalid.", l)
		}
	}
	is.Body = string(fields["description"])
	text, shape := "", "a string"
	if documents {
		shape = "an Atlassian Document (see the Atlassian Document Format)"
		text, _ = showsDocument(is.Body)
	} else if json.Unmarshal(fields["description"], &text) != nil {
		text = ""
	}
	switch {
	case len(fields["description"]) > 0 && strings.HasPrefix(is.Body, "{") != documents:
		wrong["description"] = "Operation value must be " + shape
	case utf8.RuneCountInString(text) > 32767:
		wrong["description"] = "The entered text is too long. It exceeds the allowed limit of 32,767 characters."
	}
	return wrong
}

// what is the one query that is understood.
var what = regexp.MustCompile(`^project = "API" AND created >= "-(\d+)m" ORDER BY created DESC$`)

func (j jira) matching(w http.ResponseWriter, jql string) ([]trackertest.Issue, bool) {
	asked := what.FindStringSubmatch(jql)
	switch {
	case j.Suffers() == trackertest.Hidden:
		refuse(w, http.StatusBadRequest, "The value 'API' does not exist for the field 'project'.", nil)
	case asked == nil:
		refuse(w, http.StatusBadRequest, "Error in the JQL Query.", nil)
	default:
		minutes, _ := strconv.Atoi(asked[1]) // digits
		since := time.Now().Add(-time.Duration(minutes) * time.Minute)
		return slices.DeleteFunc(j.Listed(), func(is trackertest.Issue) bool { return is.Created.Before(since) }), true
	}
	return nil, false
}

func (j jira) search(w http.ResponseWriter, r *http.Request) {
	var in struct {
		JQL   string `json:"jql"`
		Most  int    `json:"maxResults"`
		Token string `json:"nextPageToken"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		refuse(w, http.StatusBadRequest, "Can not deserialize the request.", nil)
		return
	}
	all, ok := j.matching(w, in.JQL)
	if !ok {
		return
	}
	page, _ := strconv.Atoi(in.Token) // "": the first
	body := map[string]any{"issues": j.shown(trackertest.Page(all, page, in.Most)), "isLast": true}
	if (page+1)*in.Most < len(all) {
		body["nextPageToken"], body["isLast"] = strconv.Itoa(page+1), false
	}
	answer(w, http.StatusOK, body)
}

func (j jira) oldSearch(w http.ResponseWriter, r *http.Request) {
	if j.cloud {
		refuse(w, http.StatusGone, "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API.", nil)
		return
	}
	all, ok := j.matching(w, r.URL.Query().Get("jql"))
	if !ok {
		return
	}
	from, _ := strconv.Atoi(r.URL.Query().Get("startAt"))
	most, _ := strconv.Atoi(r.URL.Query().Get("maxResults"))
	answer(w, http.StatusOK, map[string]any{"startAt": from, "maxResults": most, "total": len(all), "issues": j.shown(trackertest.Page(all[min(from, len(all)):], 0, most))})
}

func (j jira) issue(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(strings.TrimPrefix(r.PathValue("key"), Project+"-"))
	is := j.Issue(n)
	if is == nil || j.Suffers() == trackertest.Hidden {
		refuse(w, http.StatusNotFound, "Issue does not exist or you do not have permission to see it.", nil)
		return
	}
	answer(w, http.StatusOK, j.shown([]trackertest.Issue{*is})[0])
}

// stamp is how Jira writes a time.
const stamp = "2006-01-02T15:04:05.000-0700"

func (j jira) shown(all []trackertest.Issue) []map[string]any {
	shown := []map[string]any{}
	for _, is := range all {
		fields := map[string]any{"summary": is.Title, "description": json.RawMessage(is.Body), "labels": is.Labels, "assignee": nil, "resolution": nil,
			"resolutiondate": nil, "created": is.Created.Format(stamp),
			"status": map[string]any{"name": "To Do", "statusCategory": map[string]any{"key": "new"}}}
		if is.Assignee != "" {
			fields["assignee"] = map[string]any{"displayName": is.Assignee}
		}
		if !is.Closed.IsZero() {
			fields["status"] = map[string]any{"name": "Closed", "statusCategory": map[string]any{"key": "done"}}
			fields["statuscategorychangedate"] = is.Closed.Format(stamp)
			if is.Reason != "" {
				fields["resolution"], fields["resolutiondate"] = map[string]any{"name": is.Reason}, is.Closed.Format(stamp)
			}
		}
		shown = append(shown, map[string]any{"id": strconv.Itoa(10000 + is.N), "key": keyOf(&is), "fields": fields})
	}
	return shown
}
