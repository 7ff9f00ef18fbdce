package discord

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// TestAnAnsweredHeartbeatBeforeReady: how long nothing was heard is not forgotten when
// the gateway answers a heartbeat, or tells a part of what was missed, before the new
// session begins.
func TestAnAnsweredHeartbeatBeforeReady(t *testing.T) {
	mux := http.NewServeMux()
	web := httptest.NewServer(mux)
	defer web.Close()
	mux.HandleFunc("GET /api/v10/gateway/bot", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, map[string]any{"url": strings.Replace(web.URL, "http", "ws", 1) + "/gateway", "session_start_limit": map[string]any{"remaining": 1000}})
	})
	mux.HandleFunc("/gateway/", func(w http.ResponseWriter, r *http.Request) {
		ws, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer ws.Close()
		ws.WriteJSON(map[string]any{"op": opHello, "d": map[string]any{"heartbeat_interval": 400}})
		for {
			var f frame
			if ws.ReadJSON(&f) != nil {
				return
			}
			if f.Op == opHeartbeat {
				break
			}
		}
		ws.WriteJSON(map[string]any{"op": opAck})
		ws.WriteJSON(map[string]any{"op": opDispatch, "s": 7, "t": "TYPING_START", "d": map[string]any{}})
		ws.WriteJSON(map[string]any{"op": opDispatch, "s": 1, "t": "READY", "d": map[string]any{"session_id": "s", "user": map[string]any{"id": "100000000000000009"}}})
		ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(4000, ""), time.Now().Add(time.Second))
		for { // what is unread when a socket closes takes with it what was sent
			if _, _, err := ws.ReadMessage(); err != nil {
				return
			}
		}
	})
	p := open(t, strings.Replace(minimal, "\n", "\napi_url: "+web.URL+"\n", 1), Options{Log: logTo(t)})
	heard := time.Now().Add(-20 * time.Minute)
	p.heard = heard
	h := p.hear(t.Context(), (&answers{}).handle)
	defer h.stop()
	p.connect(t.Context(), &session{}, h)
	if h.began == nil || !h.began.Equal(heard) {
		t.Errorf("looks back to %v, want %v", h.began, heard)
	}
	if p.heard.Equal(heard) {
		t.Error("READY is not heard")
	}
}
