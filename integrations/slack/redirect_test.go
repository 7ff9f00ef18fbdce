package slack

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"cresset/bot/chat"
)

// TestRedirectsOfSlackAreNotFollowed: whoever answers at api_url with a redirect
// gets neither the token nor what was to be said to another server.
func TestRedirectsOfSlackAreNotFollowed(t *testing.T) {
	var led atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { led.Add(1) }))
	defer elsewhere.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "files.getUploadURLExternal") {
				fmt.Fprintf(w, `{"ok":true,"upload_url":"http://%s/upload","file_id":"F1"}`, r.Host)
				return
			}
			http.Redirect(w, r, elsewhere.URL+"/api/x", status)
		}))
		p := open(t, "bot_token: xoxb-1\napp_token: xapp-1\napi_url: "+server.URL+"/api/\n", Options{Log: logTo(t)})
		where := chat.Place{Platform: name, Channel: "C1"}
		calls := map[string]error{}
		_, calls["post"] = p.Post(t.Context(), where, chat.Message{Text: "x"}, "1")
		_, calls["who am I"] = p.whoami(t.Context())
		_, calls["room"] = p.OpenRoom(t.Context(), chat.RoomSpec{Name: "inc-1"})
		_, calls["upload"] = p.upload(t.Context(), chat.File{Name: "x", Content: []byte("secret")}, "C1", "")
		for what, err := range calls {
			if err == nil {
				t.Errorf("%s: a redirect with %d is no refusal", what, status)
			}
		}
		server.Close()
	}
	if n := led.Load(); n > 0 {
		t.Errorf("%d redirects were followed", n)
	}
}
