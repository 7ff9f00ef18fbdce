package hooks

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cresset/bot/chat"
)

var update = flag.Bool("update", false, "rewrite what becomes of the letters in testdata")

// TestLetters plays each delivery of testdata. Beside it is the event that becomes
// of it, or the answer.
func TestLetters(t *testing.T) {
	files, err := filepath.Glob("testdata/letters/*.http")
	if err != nil || len(files) == 0 {
		t.Fatalf("no letters: %v", err)
	}
	w := opened(t)
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			ev, err := w.in.readRequest(w.in.hooks["mail"], delivery(text))
			got := told(ev, err)
			golden := strings.TrimSuffix(path, ".http") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil || got != string(want) {
				t.Errorf("got\n%s\nwant\n%s (%v)", got, want, err)
			}
		})
	}
}

// delivery is a request with the header and the body of a file. The lines of a form
// in parts end as they do on the wire.
func delivery(text []byte) *http.Request {
	head, body, _ := bytes.Cut(text, []byte("\n\n"))
	r := httptest.NewRequest("POST", "/hooks/mail", nil)
	for line := range strings.Lines(string(head)) {
		name, value, _ := strings.Cut(line, ":")
		r.Header.Set(name, strings.TrimSpace(value))
	}
	body = bytes.TrimSuffix(body, []byte("\n"))
	if mediaType(r) == "multipart/form-data" {
		body = bytes.ReplaceAll(body, []byte("\n"), []byte("\r\n"))
	}
	r.Body = http.MaxBytesReader(nil, readCloser{bytes.NewReader(body)}, mostDelivered)
	return r
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }

func told(ev chat.Event, err error) string {
	var e *ending
	if errors.As(err, &e) {
		return fmt.Sprintf("%d %s: %s\n", e.status, e.outcome, e.text)
	}
	if err != nil {
		return err.Error() + "\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "key: %s\nby: %s %q external=%v\nas: %s\nline: %s\n", ev.Key, ev.By.Key(), ev.By.Name, ev.By.External, ev.Role, ev.Line)
	for _, name := range slices.Sorted(maps.Keys(ev.Named)) {
		if ev.Named[name] != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, strings.ReplaceAll(fmt.Sprintf("%+q", ev.Named[name]), `\n`, "\n  | "))
		}
	}
	return b.String()
}
