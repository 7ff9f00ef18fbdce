package discordtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
)

// request is what the app sent, read.
type request struct {
	path   string // without /api/v10
	value  func(name string) string
	query  url.Values
	token  string // the header Authorization
	reason string
	raw    json.RawMessage
	body   obj // of a JSON object
	list   []any
	files  []file
	status int // of a good answer, when it is not 200
}

// file is one files[n] of a multipart body.
type file struct {
	n, name, kind string
	content       []byte
}

func (in *request) fileNames() []string {
	var names []string
	for _, f := range in.files {
		names = append(names, f.name)
	}
	return names
}

func readRequest(r *http.Request) (*request, error) {
	_, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/api/"), "/")
	reason, _ := url.QueryUnescape(r.Header.Get("X-Audit-Log-Reason"))
	in := &request{path: "/" + path, value: r.PathValue, query: r.URL.Query(), reason: reason,
		token: r.Header.Get("Authorization"), body: obj{}}
	content, err := io.ReadAll(r.Body)
	if err != nil {
		return in, fmt.Errorf("read the body: %w", err)
	}
	return in, in.read(r.Header.Get("Content-Type"), content)
}

// read reads a body, from the app's request or its answer to a signed one.
func (in *request) read(contentType string, content []byte) error {
	kind, params, _ := mime.ParseMediaType(contentType)
	if kind == "multipart/form-data" {
		return in.readParts(multipart.NewReader(bytes.NewReader(content), params["boundary"]))
	}
	return in.readJSON(content)
}

func (in *request) readJSON(content []byte) error {
	in.raw = content
	if len(content) == 0 {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber() // a nonce may be longer than a float
	var v any
	if err := decoder.Decode(&v); err != nil {
		return fmt.Errorf("read the JSON body: %w", err)
	}
	switch v := v.(type) {
	case obj:
		in.body = v
	case []any:
		in.list = v
	}
	return nil
}

func (in *request) readParts(parts *multipart.Reader) error {
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the multipart body: %w", err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return fmt.Errorf("read part %q: %w", part.FormName(), err)
		}
		n, isFile := strings.CutPrefix(part.FormName(), "files[")
		switch {
		case part.FormName() == "payload_json":
			if err := in.readJSON(content); err != nil {
				return err
			}
		case isFile:
			in.files = append(in.files, file{n: strings.TrimSuffix(n, "]"), name: part.FileName(),
				kind: part.Header.Get("Content-Type"), content: content})
		}
	}
}

// integer reads a JSON number, or a number made here.
func integer(v any) (int64, bool) {
	switch n := v.(type) {
	case json.Number:
		i, err := n.Int64()
		return i, err == nil
	case int:
		return int64(n), true
	case int64:
		return n, true
	}
	return 0, false
}

// number is integer, with 0 for what is none.
func number(v any) int64 {
	n, _ := integer(v)
	return n
}

// text is a JSON string, or a number as it is written; nothing is "".
func text(v any) string {
	switch s := v.(type) {
	case nil:
		return ""
	case string:
		return s
	default:
		return fmt.Sprint(s)
	}
}

// object is a JSON object, nil for anything else.
func object(v any) obj {
	o, _ := v.(obj)
	return o
}

// items is a JSON array, nil for anything else.
func items(v any) []any {
	all, _ := v.([]any)
	return all
}

// given says whether a field is there, even as null.
func given(o obj, name string) bool {
	_, ok := o[name]
	return ok
}

// texts are the strings of a JSON array.
func texts(v any) []string {
	var all []string
	for _, item := range items(v) {
		all = append(all, text(item))
	}
	return all
}
