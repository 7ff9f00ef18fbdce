// Package githubtest is the part of GitHub's API that has to do with the issues of
// one repository.
//
// It promises GitHub's status codes, error bodies, headers and paging, and that it
// reads what it is sent as GitHub does: it knows whom a body mentions.
//
// It refuses every repository but one, and every token but its own.
package githubtest

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

// The repository, and the token that may do everything in it.
const (
	Repo  = "acme/api"
	Token = "github_pat_obviously_fake"
)

// Off is that the repository has its issues switched off.
const Off trackertest.Trouble = "off"

// Start starts a GitHub.
func Start(t testing.TB) *trackertest.Server {
	return trackertest.Start(t, func(s *trackertest.Server) trackertest.Shape {
		g := github{s}
		mux := http.NewServeMux()
		mux.HandleFunc("GET /repos/acme/api", g.repo)
		mux.HandleFunc("POST /repos/acme/api/issues", g.create)
		mux.HandleFunc("GET /repos/acme/api/issues", g.list)
		mux.HandleFunc("GET /repos/acme/api/issues/{n}", g.issue)
		mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusNotFound, "Not Found") })
		return trackertest.Shape{Routes: g.allowed(mux), Limit: limit, Shows: shows,
			Creates: func(r *http.Request) bool { return r.Method == http.MethodPost }}
	})
}

type github struct{ *trackertest.Server }

// touches is whom GitHub tells, and what it links.
var touches = regexp.MustCompile(`(\B@[A-Za-z0-9][\w/-]*|#[0-9]+)`)

func shows(body string) (string, []string) { return trackertest.Markdown(body, touches) }

func limit(w http.ResponseWriter, until time.Time) {
	w.Header().Set("X-RateLimit-Limit", "5000")
	w.Header().Set("X-RateLimit-Remaining", "0")
	w.Header().Set("X-RateLimit-Reset", strconv.FormatInt(until.Unix(), 10))
	refuse(w, http.StatusForbidden, "API rate limit exceeded for user ID 1.")
}

// An invalid is one reason why a request is not valid.
type invalid struct {
	Resource string `json:"resource"`
	Code     string `json:"code"`
	Field    string `json:"field"`
	Message  string `json:"message,omitempty"`
}

func refuse(w http.ResponseWriter, status int, message string, errors ...invalid) {
	body := map[string]any{"message": message, "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(status)}
	if len(errors) > 0 {
		body["errors"] = errors
	}
	answer(w, status, body)
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // whoever asked may be gone
}

// allowed lets through who has the token and may see the repository.
func (g github) allowed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		signed := r.Header.Get("Authorization")
		switch {
		case signed != "Bearer "+Token && signed != "token "+Token, g.Suffers() == trackertest.Revoked:
			refuse(w, http.StatusUnauthorized, "Bad credentials")
		case g.Suffers() == trackertest.Hidden:
			refuse(w, http.StatusNotFound, "Not Found")
		case r.Method == http.MethodPost && g.Suffers() == trackertest.ReadOnly:
			w.Header().Set("X-Accepted-GitHub-Permissions", "issues=write")
			refuse(w, http.StatusForbidden, "Resource not accessible by personal access token")
		case r.Method == http.MethodPost && g.Suffers() == trackertest.Archived:
			refuse(w, http.StatusForbidden, "Repository was archived so is read-only.")
		case strings.Contains(r.URL.Path, "/issues") && g.Suffers() == Off:
			refuse(w, http.StatusGone, "Issues has been disabled in this repository.")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func (g github) repo(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{"full_name": Repo, "private": true, "has_issues": g.Suffers() != Off, "archived": g.Suffers() == trackertest.Archived,
		"permissions": map[string]bool{"admin": false, "push": false, "triage": true, "pull": true}})
}

func (g github) create(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Title, Body string
		Labels      []string
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		refuse(w, http.StatusBadRequest, "Problems parsing JSON")
		return
	}
	var wrong []invalid
	if in.Title == "" {
		wrong = append(wrong, invalid{Resource: "Issue", Code: "missing_field", Field: "title"})
	}
	for field, most := range map[string]int{"title": 256, "body": 65536} {
		if n := utf8.RuneCountInString(map[string]string{"title": in.Title, "body": in.Body}[field]); n > most {
			wrong = append(wrong, invalid{Resource: "Issue", Code: "custom", Field: field, Message: fmt.Sprintf("%s is too long (maximum is %d characters)", field, most)})
		}
	}
	if len(wrong) > 0 {
		refuse(w, http.StatusUnprocessableEntity, "Validation Failed", wrong...)
		return
	}
	made := g.Add(trackertest.Issue{Title: in.Title, Body: in.Body, Labels: in.Labels})
	answer(w, http.StatusCreated, g.shown(&made))
}

func (g github) list(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	all := g.Listed()
	if state := query.Get("state"); state != "all" {
		all = slices.DeleteFunc(all, func(is trackertest.Issue) bool { return is.Closed.IsZero() == (state == "closed") })
	}
	if query.Get("direction") == "asc" {
		slices.Reverse(all)
	}
	page, size := number(query.Get("page"), 1), min(number(query.Get("per_page"), 30), 100)
	if page*size < len(all) {
		query.Set("page", strconv.Itoa(page+1))
		w.Header().Set("Link", fmt.Sprintf(`<%s%s?%s>; rel="next"`, g.URL, r.URL.Path, query.Encode()))
	}
	shown := []any{}
	for _, is := range trackertest.Page(all, page-1, size) {
		shown = append(shown, g.shown(&is))
	}
	answer(w, http.StatusOK, shown)
}

func number(text string, otherwise int) int {
	if n, err := strconv.Atoi(text); err == nil && n > 0 {
		return n
	}
	return otherwise
}

func (g github) issue(w http.ResponseWriter, r *http.Request) {
	n := number(r.PathValue("n"), 0)
	switch is := g.Issue(n); {
	case is != nil:
		answer(w, http.StatusOK, g.shown(is))
	case n > 0 && n <= g.Last():
		refuse(w, http.StatusGone, "This issue was deleted")
	default:
		refuse(w, http.StatusNotFound, "Not Found")
	}
}

func (g github) shown(is *trackertest.Issue) map[string]any {
	labels, people := []any{}, []any{}
	for i, l := range is.Labels {
		labels = append(labels, map[string]any{"id": i, "name": l})
	}
	if is.Assignee != "" {
		people = append(people, map[string]any{"login": is.Assignee})
	}
	shown := map[string]any{"number": is.N, "title": is.Title, "body": is.Body, "labels": labels, "assignees": people, "created_at": is.Created,
		"html_url": fmt.Sprintf("%s/%s/issues/%d", g.URL, Repo, is.N), "state": "open", "state_reason": nil, "closed_at": nil}
	if !is.Closed.IsZero() {
		shown["state"], shown["closed_at"], shown["state_reason"] = "closed", is.Closed, "completed"
		if is.Reason == "not planned" {
			shown["state_reason"] = "not_planned"
		}
	}
	return shown
}
