package app

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/integrations/slack/slacktest"
	"cresset/store"
)

// What Slack delivers and nobody can read is counted, kept as it came, and given
// to an admin; the last fifty, and of each so much.
func TestWhatCannotBeReadIsKept(t *testing.T) {
	ws := slacktest.Start(t)
	ws.SigningSecret = benchSecret
	a := benchApp(t, ws)
	defer a.Close()
	deliver := func(body []byte) int {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("POST", "/slack/events", bytes.NewReader(body))
		r.Header = slacktest.Sign(benchSecret, time.Now(), body)
		a.routes().ServeHTTP(w, r)
		return w.Code
	}
	n := 0
	say := func(line, role string) chat.Reply {
		n++
		reply, err := a.Handle(t.Context(), chat.Event{Key: fmt.Sprintf("slack:%d", n), By: chat.Person{Platform: "slack", ID: "U1"}, Line: line, Role: role})
		if err != nil {
			t.Fatal(err)
		}
		return reply
	}
	if m := say("cre unreadable", "admin").Message; !strings.Contains(m.Text.String(), "could be read") {
		t.Errorf("at first: %+v", m)
	}
	const more = store.MostUnreadable + 2
	for i := range more {
		body := fmt.Appendf(nil, `{"type":"app_on_fire","n":%d,"filler":"%s"}`, i+1, strings.Repeat("x", i*2000))
		if code := deliver(body); code != http.StatusOK {
			t.Fatalf("payload %d: %d", i, code)
		}
	}
	if list := say("cre unreadable", "admin").Message; len(list.Table.Rows) != store.MostUnreadable || list.Table.Rows[0][0] != "52" {
		t.Errorf("kept %+v", list.Table)
	}
	one := say("cre unreadable 3", "admin").Message
	if len(one.Files) != 1 || !bytes.HasPrefix(one.Files[0].Content, []byte(`{"type":"app_on_fire","n":3,`)) {
		t.Errorf("payload 3: %+v", one)
	}
	if last := say("cre unreadable 52", "admin").Message.Files[0]; len(last.Content) != store.LongestUnreadable {
		t.Errorf("%d bytes are kept of the longest", len(last.Content))
	}
	for line, role := range map[string]string{"cre unreadable 2": "admin", "cre unreadable 52": "commander"} {
		if r := say(line, role); !r.Failed || len(r.Message.Files) != 0 {
			t.Errorf("%s as %s: %+v", line, role, r)
		}
	}
	w := httptest.NewRecorder()
	a.routes().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if want := fmt.Sprintf(`cresset_unreadable_total{platform="slack"} %d`, more); !strings.Contains(w.Body.String(), want) {
		t.Errorf("/metrics lacks %s", want)
	}
}
