package hooks

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"cresset/bot/cre"
)

// FuzzDelivery: whatever is delivered is refused with a reason, or becomes a line
// that files it.
func FuzzDelivery(f *testing.F) {
	files, err := filepath.Glob("testdata/letters/*.http")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	w := opened(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		ev, err := w.in.readRequest(w.in.hooks["mail"], delivery(text))
		var e *ending
		var big *http.MaxBytesError
		if err != nil {
			if !errors.As(err, &e) && !errors.As(err, &big) {
				t.Errorf("refused without a reason: %v", err)
			}
			return
		}
		if title, err := cre.CheckTitle(ev.Named["what"]); err != nil || title != ev.Named["what"] {
			t.Errorf("the title %q: %v", ev.Named["what"], err)
		}
		if ev.Line != "cre request" || ev.Role != "viewer" || !ev.By.External || ev.By.Platform != mailPlatform || !strings.Contains(ev.By.ID, "@") {
			t.Errorf("got %+v", ev)
		}
		if !strings.HasPrefix(ev.Key, "hook:mail:") || len(ev.Key) > longestID+20 || len([]rune(ev.Named["detail"])) > mostWords+2000 {
			t.Errorf("the key %q, %d characters", ev.Key, len(ev.Named["detail"]))
		}
		for name, value := range ev.Named {
			if !utf8.ValidString(value) {
				t.Errorf("%s is %q", name, value)
			}
		}
	})
}
