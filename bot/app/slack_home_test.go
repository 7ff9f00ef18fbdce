package app

import (
	"strings"
	"testing"
	"time"
)

// TestSlackHome: the home tab shows what is somebody's, its buttons work, and it
// says afterwards what is so now. In private plain lines do the same.
func TestSlackHome(t *testing.T) {
	for name, open := range map[string]func(testing.TB) home{"socket": newSlackSocketHome, "http": newSlackHTTPHome} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t).(*slackHome)
			h.start(&clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)})
			defer h.stop()
			shows := func(want ...string) {
				t.Helper()
				for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
					v := h.ws.As("ada").Home()
					var missing []string
					for _, w := range want {
						if v == nil || !strings.Contains(string(v.Blocks), w) {
							missing = append(missing, w)
						}
					}
					switch {
					case len(missing) == 0:
						h.proveTaken("the home tab", map[string]string{"view": string(v.Sent)})
						return
					case time.Now().After(end):
						t.Fatalf("the home tab lacks %q: %+v", missing, v)
					}
				}
			}
			h.ws.As("ada").OpenHome()
			shows("Your work", "Nothing is waiting for you")
			h.does("ada", "#general", "/incident declare sev2 checkout returns 500")
			h.ws.As("ada").OpenHome()
			shows("INC-1", "lead")
			h.ws.As("ada").ClickIn(h.ws.As("ada").Home(), "File a request…")
			for h.ws.As("ada").View() == nil {
				time.Sleep(5 * time.Millisecond)
			}
			if sent := h.ws.As("ada").Submit(h.ws.As("ada").View(), map[string]string{"What": "the export is slow"}); !sent.Closed {
				t.Fatalf("sent %+v", sent)
			}
			shows("R-1", "the export is slow")
			h.settle()
			h.ws.As("ada").Say("@cresset", "/cre show R-1")
			for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
				said := words(h.ws.Messages("@ada"))
				if n := len(said); n > 0 && strings.Contains(said[n-1].Text, "R-1") {
					break
				}
				if time.Now().After(end) {
					t.Fatalf("in private ada reads %+v", said)
				}
			}
		})
	}
}
