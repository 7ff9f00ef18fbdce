// Package gitlabtest is the part of GitLab's API that has to do with the issues of
// one project.
//
// It promises GitLab's status codes, error bodies, headers and paging, and that it
// reads what it is sent as GitLab does: it knows whom a description mentions, and
// which quick actions stand in it.
//
// It refuses every project but one, and every token but its own.
package gitlabtest

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

// The project, and the token that may do everything in it.
const (
	Project = "acme/shop/api"
	Token   = "glpat-obviously-fake"
)

// Start starts a GitLab.
func Start(t testing.TB) *trackertest.Server {
	return trackertest.Start(t, func(s *trackertest.Server) trackertest.Shape {
		g := gitlab{s}
		mux := http.NewServeMux()
		mux.HandleFunc("GET /api/v4/personal_access_tokens/self", g.token)
		mux.HandleFunc("GET /api/v4/projects/{project}", g.project)
		mux.HandleFunc("POST /api/v4/projects/{project}/issues", g.create)
		mux.HandleFunc("GET /api/v4/projects/{project}/issues", g.list)
		mux.HandleFunc("GET /api/v4/projects/{project}/issues/{n}", g.issue)
		mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
			answer(w, http.StatusNotFound, map[string]string{"error": "404 Not Found"})
		})
		return trackertest.Shape{Routes: g.allowed(mux), Limit: limit, Shows: shows,
			Creates: func(r *http.Request) bool { return r.Method == http.MethodPost }}
	})
}

type gitlab struct{ *trackertest.Server }

// touches is whom GitLab tells, and what it links; orders are its quick actions.
var (
	touches = regexp.MustCompile(`(\B@\w[\w/-]*|[#!%&$~*]\w+)`)
	orders  = regexp.MustCompile(`(?m)^[ \t]*(/[a-z_]+)`)
)

func shows(body string) (string, []string) {
	text, touched := trackertest.Markdown(body, touches)
	return text, append(touched, orders.FindAllString(body, -1)...)
}

func limit(w http.ResponseWriter, until time.Time) {
	w.Header().Set("RateLimit-Name", "throttle_authenticated_api")
	w.Header().Set("RateLimit-Remaining", "0")
	w.Header().Set("RateLimit-Reset", strconv.FormatInt(until.Unix(), 10))
	w.WriteHeader(http.StatusTooManyRequests)
	fmt.Fprintln(w, "Retry later")
}

func refuse(w http.ResponseWriter, status int, message any) {
	answer(w, status, map[string]any{"message": message})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // whoever asked may be gone
}

// allowed lets through who has the token and may see the project.
func (g gitlab) allowed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		project, here := strings.CutPrefix(r.URL.Path, "/api/v4/projects/")
		switch {
		case r.Header.Get("PRIVATE-TOKEN") != Token && r.Header.Get("Authorization") != "Bearer "+Token, g.Suffers() == trackertest.Revoked:
			refuse(w, http.StatusUnauthorized, "401 Unauthorized")
		case here && (g.Suffers() == trackertest.Hidden || !strings.HasPrefix(project, Project)):
			refuse(w, http.StatusNotFound, "404 Project Not Found")
		case r.Method == http.MethodPost && g.Suffers() == trackertest.ReadOnly:
			answer(w, http.StatusForbidden, map[string]string{"error": "insufficient_scope", "scope": "api",
				"error_description": "The request requires higher privileges than provided by the access token."})
		case r.Method == http.MethodPost && g.Suffers() == trackertest.Archived:
			refuse(w, http.StatusForbidden, "403 Forbidden")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func (g gitlab) token(w http.ResponseWriter, _ *http.Request) {
	scopes := []string{"api"}
	if g.Suffers() == trackertest.ReadOnly {
		scopes = []string{"read_api"}
	}
	answer(w, http.StatusOK, map[string]any{"name": "cresset", "active": true, "scopes": scopes})
}

func (g gitlab) project(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{"path_with_namespace": Project, "archived": g.Suffers() == trackertest.Archived, "issues_access_level": "enabled",
		"permissions": map[string]any{"project_access": nil, "group_access": map[string]any{"access_level": 30}}})
}

func (g gitlab) create(w http.ResponseWriter, r *http.Request) {
	var in struct{ Title, Description, Labels string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		answer(w, http.StatusBadRequest, map[string]string{"error": "The request body is not valid JSON"})
		return
	}
	switch {
	case in.Title == "":
		answer(w, http.StatusBadRequest, map[string]string{"error": "title is missing"})
		return
	case utf8.RuneCountInString(in.Title) > 255:
		refuse(w, http.StatusBadRequest, map[string][]string{"title": {"is too long (maximum is 255 characters)"}})
		return
	}
	labels := []string{}
	if in.Labels != "" {
		labels = strings.Split(in.Labels, ",")
	}
	made := g.Add(trackertest.Issue{Title: in.Title, Body: in.Description, Labels: labels})
	answer(w, http.StatusCreated, g.shown(&made))
}

func (g gitlab) list(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	after, _ := time.Parse(time.RFC3339, query.Get("created_after")) // zero: from the beginning
	all := slices.DeleteFunc(g.Listed(), func(is trackertest.Issue) bool {
		state := query.Get("state")
		return is.Created.Before(after) || state == "opened" && !is.Closed.IsZero() || state == "closed" && is.Closed.IsZero()
	})
	if query.Get("sort") == "asc" {
		slices.Reverse(all)
	}
	page, size := number(query.Get("page"), 1), min(number(query.Get("per_page"), 20), 100)
	next := ""
	if page*size < len(all) {
		next = strconv.Itoa(page + 1)
		query.Set("page", next)
		w.Header().Set("Link", fmt.Sprintf(`<%s%s?%s>; rel="next"`, g.URL, r.URL.EscapedPath(), query.Encode()))
	}
	for name, value := range map[string]string{"X-Page": strconv.Itoa(page), "X-Per-Page": strconv.Itoa(size), "X-Next-Page": next, "X-Total": strconv.Itoa(len(all))} {
		w.Header().Set(name, value)
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

func (g gitlab) issue(w http.ResponseWriter, r *http.Request) {
	is := g.Issue(number(r.PathValue("n"), 0))
	if is == nil {
		refuse(w, http.StatusNotFound, "404 Issue Not Found")
		return
	}
	answer(w, http.StatusOK, g.shown(is))
}

func (g gitlab) shown(is *trackertest.Issue) map[string]any {
	people := []any{}
	if is.Assignee != "" {
		people = append(people, map[string]any{"username": is.Assignee})
	}
	shown := map[string]any{"id": 1000 + is.N, "iid": is.N, "title": is.Title, "description": is.Body, "labels": is.Labels, "assignees": people,
		"created_at": is.Created, "web_url": fmt.Sprintf("%s/%s/-/issues/%d", g.URL, Project, is.N), "state": "opened", "closed_at": nil, "moved_to_id": nil}
	if !is.Closed.IsZero() {
		shown["state"], shown["closed_at"] = "closed", is.Closed
	}
	return shown
}
