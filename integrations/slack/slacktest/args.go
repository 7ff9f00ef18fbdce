package slacktest

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// args are the arguments of a call, from a form, a query or a JSON body.
type args map[string]any

func readArgs(r *http.Request) (args, error) {
	a := args{}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/json" {
		if err := json.NewDecoder(r.Body).Decode(&a); err != nil && err != io.EOF {
			return nil, fmt.Errorf("read the JSON body: %w", err)
		}
		delete(a, "token") // Slack reads a token beside a JSON body from the header only
		return a, nil
	}
	if err := r.ParseMultipartForm(1 << 20); err != nil && err != http.ErrNotMultipart {
		return nil, fmt.Errorf("read the form: %w", err)
	}
	for name, values := range r.Form {
		a[name] = values[0]
	}
	return a, nil
}

// has says whether the argument was given at all, even empty.
func (a args) has(name string) bool {
	_, ok := a[name]
	return ok
}

func (a args) str(name string) string {
	switch v := a[name].(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		return string(encode(v))
	}
}

func (a args) bool(name string) bool {
	b, _ := strconv.ParseBool(a.str(name))
	return b
}

func (a args) int(name string, otherwise int) int {
	n, err := strconv.Atoi(a.str(name))
	if err != nil {
		return otherwise
	}
	return n
}

// list reads what is separated by commas, or a JSON array of strings.
func (a args) list(name string) []string {
	var found []string
	if values, ok := a[name].([]any); ok {
		for _, v := range values {
			found = append(found, fmt.Sprint(v))
		}
		return found
	}
	for _, s := range strings.Split(a.str(name), ",") {
		if s = strings.TrimSpace(s); s != "" {
			found = append(found, s)
		}
	}
	return found
}

// json reads a structured argument: JSON in a form field, or a part of a JSON body.
func (a args) json(name string) (any, error) {
	text, isText := a[name].(string)
	if !isText || text == "" {
		return a[name], nil
	}
	var v any
	err := json.Unmarshal([]byte(text), &v)
	return v, err
}

// plain is what Calls shows: everything but the token.
func (a args) plain() map[string]string {
	shown := map[string]string{}
	for name := range a {
		if name != "token" {
			shown[name] = a.str(name)
		}
	}
	return shown
}
