package slack

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/integrations/npmtest"
)

// The bot's calls mean to somebody else's Slack what they mean to ours.
func TestOnAnEmulatorOfOthers(t *testing.T) {
	p := emulated(t)
	ctx := t.Context()
	began := time.Now()
	room, err := p.OpenRoom(ctx, chat.RoomSpec{Name: "inc-1-checkout"})
	if err != nil {
		t.Fatal(err)
	}
	if room.Name != "inc-1-checkout" || !room.Own || room.Created.Before(began.Add(-time.Minute)) {
		t.Errorf("room %+v", room)
	}
	if _, err := p.OpenRoom(ctx, chat.RoomSpec{Name: "inc-1-checkout"}); !errors.Is(err, chat.ErrNameTaken) {
		t.Errorf("a second room: %v", err)
	}
	if ch, err := p.findIn(ctx, "conversations.list", "inc-1-checkout", p.known().team); err != nil || ch == nil || ch.ID != room.Place.Channel {
		t.Errorf("found %+v, %v", ch, err)
	}
	if err := p.Describe(ctx, room.Place, "SEV2", "Mark 01ABC"); err != nil {
		t.Error(err)
	}
	ref, err := p.Post(ctx, room.Place, fixtures()["card"], "outbox-1")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Edit(ctx, ref, fixtures()["recap"]); err != nil {
		t.Error(err)
	}
	found, ok, err := p.Find(ctx, room.Place, "outbox-1", began)
	if err != nil || !ok || found != ref {
		t.Errorf("found %+v, %v, %v, want %+v", found, ok, err, ref)
	}
	threaded, err := p.Post(ctx, room.Place.In(ref.ID), chat.Message{Text: "in the thread"}, "outbox-2")
	if err != nil {
		t.Fatal(err)
	}
	if found, ok, err := p.Find(ctx, room.Place.In(ref.ID), "outbox-2", began); err != nil || !ok || found != threaded {
		t.Errorf("found %+v, %v, %v, want %+v", found, ok, err, threaded)
	}
	if _, ok, err := p.Find(ctx, room.Place, "outbox-3", began); ok || err != nil {
		t.Errorf("found what was never said: %v", err)
	}
	if _, err := p.upload(ctx, chat.File{Name: "b.md", Content: []byte("# b")}, room.Place.Channel, ref.ID); err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := errors.Join(p.Pin(ctx, ref), p.Bookmark(ctx, room.Place, "Console", "https://x.test/")); err != nil {
			t.Error(err)
		}
	}
	seen, err := p.Inspect(ctx, room.Place, ref)
	if err != nil || seen.Name != room.Name || seen.Purpose != "Mark 01ABC" || !seen.CardThere || !seen.CardPinned || len(seen.Members) != 1 || len(seen.Links) != 1 {
		t.Errorf("the room looks like %+v, %v", seen, err)
	}
	for range 2 {
		if err := p.CloseRoom(ctx, room.Place); err != nil {
			t.Error(err)
		}
	}
}

// emulated is a platform on an emulator that runs until the test ends.
func emulated(t *testing.T) *Platform {
	t.Helper()
	dir := npmtest.Installed(t, os.DirFS("testdata/emulate"))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	node := filepath.Join(dir, "node_modules", ".bin", "node")
	cmd := exec.CommandContext(t.Context(), node, filepath.Join("node_modules", "emulate", "dist", "index.js"), "start",
		"--service", "slack", "--seed", "seed.yaml", "--port", fmt.Sprint(port))
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "NO_COLOR=1")
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		if t.Failed() {
			t.Logf("the emulator said:\n%s", said.String())
		}
	})
	base := fmt.Sprintf("http://localhost:%d/api/", port)
	eventually(t, "the emulator", func() bool {
		resp, err := http.Post(base+"auth.test", "", nil)
		if err != nil {
			return false
		}
		resp.Body.Close()
		return true
	})
	return open(t, "bot_token: xoxb-emulated\napp_token: xapp-1\napi_url: "+base+"\n",
		Options{Log: logTo(t), HTTP: &http.Client{Transport: withToken("xoxb-emulated")}})
}

// withToken sends the token in the header, where alone the emulator looks for
// it. The library sends it in the body, which Slack takes as well.
type withToken string

func (token withToken) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(token))
	return http.DefaultTransport.RoundTrip(r)
}
