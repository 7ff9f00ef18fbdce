package slack

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
)

func TestPostCarriesTheID(t *testing.T) {
	s := workspace(t)
	place := chat.Place{Platform: "slack", Channel: s.ops.ID}
	const id = "0192f3a4-1111-7abc-8def-000000000001"
	ref, err := s.platform.Post(t.Context(), place, chat.Message{Title: "Hello"}, id)
	if err != nil {
		t.Fatal(err)
	}
	m := s.Messages("ops")[0]
	if ref.ID != m.TS || ref.Place != place || m.ClientMsgID != id || !strings.Contains(string(m.Metadata), id) {
		t.Errorf("ref %+v, message %+v", ref, m)
	}
	args := s.CallsOf("chat.postMessage")[0].Args
	for name, want := range map[string]string{"link_names": "false", "parse": "none", "unfurl_links": "false", "unfurl_media": "false", "text": "Hello"} {
		if args[name] != want {
			t.Errorf("%s is %q, want %q", name, args[name], want)
		}
	}
	again, err := s.platform.Post(t.Context(), place, chat.Message{Title: "Hello"}, id)
	if err != nil || again.ID != ref.ID {
		t.Errorf("the same id was said twice: %+v, %v", again, err)
	}
}

func TestMessageIDIsAUUID(t *testing.T) {
	one, other := messageID("R-1 created"), messageID("R-2 created")
	if one == other || one != messageID("R-1 created") || !isUUID.MatchString(one) || one[14] != '5' {
		t.Errorf("%s, %s", one, other)
	}
}

func TestPostByNameLearnsTheID(t *testing.T) {
	s := workspace(t)
	ref, err := s.platform.Post(t.Context(), chat.Place{Platform: "slack", Channel: "#ops"}, chat.Message{Text: "x"}, "1")
	if err != nil || ref.Place.Channel != s.ops.ID {
		t.Fatalf("%+v, %v", ref, err)
	}
	if err := s.platform.Edit(t.Context(), chat.Ref{Place: chat.Place{Channel: "#ops"}, ID: ref.ID}, chat.Message{Text: "y"}); err != nil {
		t.Fatal(err)
	}
	if m := s.Messages("ops")[0]; m.Text != "y" || m.EditCount != 1 {
		t.Errorf("message %+v", m)
	}
	if n := len(s.CallsOf("conversations.list")) + len(s.CallsOf("users.conversations")); n != 0 {
		t.Errorf("%d calls that list channels", n)
	}
}

// A channel that is known by its id is gone, and another has its name: as after a
// customer ended a shared one, and kept the id.
func TestPostByNameFollowsTheName(t *testing.T) {
	s := workspace(t)
	place := chat.Place{Platform: "slack", Channel: "#ops"}
	for i, end := range []func(){
		func() {},
		func() { s.As("ada").Rename("ops", "ops-until-then"); s.As("ada").Archive("ops-until-then") },
		func() { s.As("ada").Delete("ops") },
	} {
		if end(); i > 0 {
			s.ops = s.AddChannel("ops", "ada", "cresset")
		}
		ref, err := s.platform.Post(t.Context(), place, chat.Message{Text: "x"}, fmt.Sprint(i))
		if err != nil || ref.Place.Channel != s.ops.ID {
			t.Errorf("%d: said in %+v, %v", i, ref.Place, err)
		}
	}
	s.As("ada").Delete("ops")
	if _, err := s.platform.Post(t.Context(), place, chat.Message{Text: "x"}, "gone"); !errors.Is(err, chat.ErrGone) {
		t.Errorf("with no channel of the name: %v", err)
	}
}

func TestPostInPrivate(t *testing.T) {
	s := workspace(t)
	place := chat.Place{Platform: "slack", Direct: s.ada.ID}
	ref, err := s.platform.Post(t.Context(), place, chat.Message{Text: "psst"}, "1")
	if err != nil || len(s.Messages("@ada")) != 1 {
		t.Fatalf("%+v, %v", ref, err)
	}
	found, ok, err := s.platform.Find(t.Context(), place, "1", time.Now())
	if err != nil || !ok || found.ID != ref.ID {
		t.Errorf("%+v, %v, %v", found, ok, err)
	}
}

func TestLostAnswerIsUnknownAndFound(t *testing.T) {
	s := workspace(t)
	s.HonourClientMsgID(false)
	root := s.As("ada").Say("ops", "root")
	for _, place := range []chat.Place{
		{Platform: "slack", Channel: s.ops.ID},
		{Platform: "slack", Channel: s.ops.ID, Thread: root.TS},
		{Platform: "slack", Channel: "#ops"},
	} {
		id := place.Channel + place.Thread
		s.DropAnswer("chat.postMessage", 1)
		before := time.Now().Add(skew - time.Minute) // by our clock, which is ahead of Slack's
		_, err := s.platform.Post(t.Context(), place, chat.Message{Text: "once"}, id)
		if e := sendError(t, err); !e.Retry || !e.Unknown {
			t.Errorf("%+v", e)
		}
		for range 3 {
			s.As("bob").Reply("ops", place.Thread, "noise")
		}
		p := open(t, settingsOf(s.Workspace, true, false), Options{}) // after a restart
		ref, ok, err := p.Find(t.Context(), place, id, before)
		if err != nil || !ok || ref.Place.Channel != s.ops.ID || ref.Place.Thread != place.Thread {
			t.Errorf("%+v, %v, %v", ref, ok, err)
		}
		if _, ok, err := p.Find(t.Context(), place, "another", before); ok || err != nil {
			t.Errorf("found what was never said: %v", err)
		}
	}
}

func TestFindTurnsThePages(t *testing.T) {
	s := workspace(t)
	s.Subscribe()
	place := chat.Place{Platform: "slack", Channel: s.ops.ID}
	ref, err := s.platform.Post(t.Context(), place, chat.Message{Text: "x"}, "1")
	if err != nil {
		t.Fatal(err)
	}
	for range 201 {
		s.As("bob").Say("ops", "noise")
	}
	if found, ok, err := s.platform.Find(t.Context(), place, "1", time.Now()); found != ref || !ok || err != nil {
		t.Errorf("%+v, %v, %v", found, ok, err)
	}
}

func TestRefusals(t *testing.T) {
	s := workspace(t)
	place := chat.Place{Platform: "slack", Channel: s.ops.ID}
	post := func() *chat.SendError {
		t.Helper()
		_, err := s.platform.Post(t.Context(), place, chat.Message{Text: "x"}, "1")
		return sendError(t, err)
	}
	const method = "chat.postMessage"
	for what, c := range map[string]struct {
		order  func()
		want   chat.SendError
		is     error
		advice string
	}{
		"429":             {order: func() { s.RateLimit(method, 1, 7) }, want: chat.SendError{Retry: true, After: 7 * time.Second}},
		"429, no time":    {order: func() { s.RateLimitSilently(method, 1) }, want: chat.SendError{Retry: true, After: 30 * time.Second}},
		"200 too fast":    {order: func() { s.RateLimitPolitely(method, 1) }, want: chat.SendError{Retry: true, After: 30 * time.Second}},
		"internal_error":  {order: func() { s.FailAfterWork(method, "internal_error", 1) }, want: chat.SendError{Retry: true, Unknown: true}},
		"fatal_error":     {order: func() { s.Refuse(method, "fatal_error", 1) }, want: chat.SendError{Retry: true, Unknown: true}},
		"503":             {order: func() { s.BreakDown(method, 503, 1) }, want: chat.SendError{Retry: true, Unknown: true}},
		"404":             {order: func() { s.BreakDown(method, 404, 1) }, advice: "api_url"},
		"gone":            {order: func() { s.Refuse(method, "channel_not_found", 1) }, is: chat.ErrGone, advice: "invite the bot"},
		"archived":        {order: func() { s.Refuse(method, "is_archived", 1) }, is: chat.ErrGone, advice: "unarchive"},
		"thread gone":     {order: func() { s.Refuse(method, "thread_not_found", 1) }, is: chat.ErrGone, advice: "deleted"},
		"token":           {order: func() { s.Refuse(method, "token_revoked", 1) }, want: chat.SendError{Barred: true}, advice: "reinstall"},
		"not in channel":  {order: func() { s.Refuse(method, "not_in_channel", 1) }, advice: "/invite"},
		"an unknown code": {order: func() { s.Refuse(method, "brand_new_error", 1) }},
	} {
		c.order()
		e := post()
		if e.Retry != c.want.Retry || e.Unknown != c.want.Unknown || e.After != c.want.After || e.Barred != c.want.Barred {
			t.Errorf("%s: %+v, want %+v", what, e, c.want)
		}
		if c.is != nil && !errors.Is(e, c.is) || !strings.Contains(e.Advice, c.advice) {
			t.Errorf("%s: %v", what, e)
		}
		if strings.Contains(e.Error(), "xoxb") {
			t.Errorf("%s: the error tells the token", what)
		}
	}
	s.DropScope("chat:write")
	if e := post(); e.Retry || !strings.Contains(e.Advice, "chat:write") || !strings.Contains(e.Advice, "paste the manifest again and reinstall") {
		t.Errorf("%+v", e)
	}
}

func TestNetworkRefusalIsNotUnknown(t *testing.T) {
	p := open(t, "bot_token: xoxb-1\napp_token: xapp-1\napi_url: http://127.0.0.1:1/api/\n", Options{})
	_, err := p.Post(t.Context(), chat.Place{Channel: "C1"}, chat.Message{Text: "x"}, "1")
	if e := sendError(t, err); !e.Retry || e.Unknown {
		t.Errorf("%+v", e)
	}
}

func TestEditOfWhatIsGone(t *testing.T) {
	s := workspace(t)
	err := s.platform.Edit(t.Context(), chat.Ref{Place: chat.Place{Channel: s.ops.ID}, ID: "1.000001"}, chat.Message{Text: "x"})
	if !errors.Is(err, chat.ErrGone) {
		t.Error(err)
	}
}

func TestEditFitsWhateverIsSaid(t *testing.T) {
	s := workspace(t)
	ref, err := s.platform.Post(t.Context(), chat.Place{Channel: s.ops.ID}, chat.Message{Text: "x"}, "1")
	if err != nil {
		t.Fatal(err)
	}
	long := chat.Plain(strings.Repeat("&<>\n", 9000))
	if err := s.platform.Edit(t.Context(), ref, chat.Message{Title: strings.Repeat("t", 400), Text: long, Details: long}); err != nil {
		t.Error(err)
	}
}

func TestChartIsAPictureInTheMessage(t *testing.T) {
	s := workspace(t)
	ref, err := s.platform.Post(t.Context(), chat.Place{Channel: s.ops.ID}, chat.Message{Title: "SLOs", Chart: picture()}, "1")
	if err != nil {
		t.Fatal(err)
	}
	files, shown := s.Files(), s.Messages("ops")
	if len(files) != 1 || len(files[0].Channels) != 0 || len(shown) != 1 || !strings.HasPrefix(string(files[0].Content), "\x89PNG") {
		t.Fatalf("%d files, %d messages", len(files), len(shown))
	}
	if image := blockOfType(t, shown[0].Blocks, "image"); image["alt_text"] != picture().Alt || image["slack_file"].(map[string]any)["id"] != files[0].ID {
		t.Errorf("image %v", image)
	}
	if err := s.platform.Edit(t.Context(), ref, chat.Message{Title: "SLOs", Chart: picture()}); err != nil {
		t.Error(err)
	}
}

func TestChartWaitsUntilSlackHasLookedThroughIt(t *testing.T) {
	s := workspace(t)
	s.Refuse("chat.postMessage", "invalid_blocks", 2)
	if _, err := s.platform.Post(t.Context(), chat.Place{Channel: s.ops.ID}, chat.Message{Chart: picture()}, "1"); err != nil {
		t.Fatal(err)
	}
	if shown := s.Messages("ops"); len(shown) != 1 || blockOfType(t, shown[0].Blocks, "image") == nil {
		t.Errorf("shown %+v", shown)
	}
}

func TestChartThatSlackDoesNotShowIsAttached(t *testing.T) {
	defer func(w []time.Duration) { pictureWaits = w }(pictureWaits)
	pictureWaits = []time.Duration{time.Millisecond}
	s := workspace(t)
	s.Refuse("chat.postMessage", "invalid_blocks", 2)
	ref, err := s.platform.Post(t.Context(), chat.Place{Channel: s.ops.ID}, chat.Message{Chart: picture()}, "1")
	if err != nil {
		t.Fatal(err)
	}
	shown := s.Messages("ops")
	if len(shown) != 2 || shown[1].ThreadTS != ref.ID || len(shown[1].Files) != 1 || !strings.Contains(shown[0].Text, "29 % of the error budget") {
		t.Errorf("shown %+v", shown)
	}
}

func TestChartWithoutTheScopeIsTold(t *testing.T) {
	s := workspace(t)
	s.DropScope("files:write")
	if _, err := s.platform.Post(t.Context(), chat.Place{Channel: s.ops.ID}, chat.Message{Chart: picture()}, "1"); err != nil {
		t.Fatal(err)
	}
	if shown := s.Messages("ops"); len(shown) != 1 || !strings.Contains(string(shown[0].Blocks), "29 % of the error budget") {
		t.Errorf("shown %+v", shown)
	}
}

func TestChartThatCannotBeUploadedYet(t *testing.T) {
	s := workspace(t)
	for _, order := range []func(){
		func() { s.RateLimit("files.getUploadURLExternal", 1, 3) },
		func() { s.DropAnswer("upload", 1) },
		func() { s.BreakDown("files.completeUploadExternal", 503, 1) },
	} {
		order()
		_, err := s.platform.Post(t.Context(), chat.Place{Channel: s.ops.ID}, chat.Message{Chart: picture()}, "2")
		if e := sendError(t, err); !e.Retry || e.Unknown || strings.Contains(e.Error(), "/upload/") {
			t.Errorf("%+v: nothing was said yet", e)
		}
	}
	if n := len(s.Messages("ops")); n != 0 {
		t.Errorf("%d messages", n)
	}
}

func TestFilesAreAttachedInTheThread(t *testing.T) {
	s := workspace(t)
	draft := chat.File{Name: "INC-1.md", Type: "text/markdown", Content: []byte("# INC-1\n")}
	ref, err := s.platform.Post(t.Context(), chat.Place{Channel: s.ops.ID}, chat.Message{Text: "The draft.", Files: []chat.File{draft}}, "1")
	if err != nil {
		t.Fatal(err)
	}
	shown, files := s.Messages("ops"), s.Files()
	if len(shown) != 2 || shown[1].ThreadTS != ref.ID || string(files[0].Content) != "# INC-1\n" || files[0].Title != "INC-1.md" {
		t.Errorf("shown %+v, files %+v", shown, files)
	}
	s.Refuse("files.completeUploadExternal", "storage_limit_reached", 1)
	if _, err := s.platform.Post(t.Context(), chat.Place{Channel: s.ops.ID}, chat.Message{Text: "x", Files: []chat.File{draft}}, "2"); err != nil {
		t.Fatal(err)
	}
	if shown = s.Messages("ops"); !strings.Contains(shown[3].Text, "INC-1.md is not attached: the workspace's file storage is full.") {
		t.Errorf("shown %+v", shown[3])
	}
}

func TestFilesForOnePersonArriveInPrivate(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.with(always(chat.Reply{Message: chat.Message{Text: "The draft.", Files: []chat.File{{Name: "a.md", Content: []byte("# a")}}}}))
		s.As("ada").Slash("ops", "/incident", "x")
		eventually(t, "the file", func() bool { return len(s.Messages("@ada")) == 1 })
		if len(s.Ephemerals("ada")) != 1 || len(s.Messages("ops")) != 0 {
			t.Error("the words were said elsewhere")
		}
	})
}

func blockOfType(t *testing.T, blocks json.RawMessage, kind string) map[string]any {
	t.Helper()
	var all []map[string]any
	if err := json.Unmarshal(blocks, &all); err != nil {
		t.Fatal(err)
	}
	for _, b := range all {
		if b["type"] == kind {
			return b
		}
	}
	return nil
}

func photo(alt string) chat.File {
	return chat.File{Name: "errors.png", Type: "image/png", Content: []byte("png"), Alt: alt}
}

// Pictures are looked at in the message, with words for who does not see them;
// what is no picture, or one too many, is attached.
func TestPicturesAreInTheMessage(t *testing.T) {
	s := workspace(t)
	m := chat.Message{Text: "What ada saw:", Chart: picture(), Files: []chat.File{{Name: "a.md", Type: "text/markdown", Content: []byte("# a")}}}
	for range mostPictures {
		m.Files = append(m.Files, photo("The error rate rises."))
	}
	ref, err := s.platform.Post(t.Context(), chat.Place{Platform: name, Channel: s.ops.ID}, m, "1")
	if err != nil {
		t.Fatal(err)
	}
	var blocks string
	attached := 0
	for _, said := range s.Messages("ops") {
		if said.TS == ref.ID {
			blocks = string(said.Blocks)
		}
		attached += len(said.Files)
	}
	if n := strings.Count(blocks, `"type":"image"`); n != mostPictures || strings.Count(blocks, "The error rate rises.") != mostPictures-1 {
		t.Errorf("%d pictures in %s", n, blocks)
	}
	if attached != 2 {
		t.Errorf("%d files are attached, want the document and the picture too many", attached)
	}
	alt := 0
	for _, c := range s.CallsOf("files.getUploadURLExternal") {
		if c.Args["alt_txt"] == "The error rate rises." {
			alt++
		}
	}
	if alt != mostPictures {
		t.Errorf("%d uploads have words", alt)
	}
}

func TestPictureThatSlackDoesNotShowIsAttached(t *testing.T) {
	s := workspace(t)
	s.Refuse("chat.postMessage", "invalid_blocks", len(pictureWaits)+1)
	ref, err := s.platform.Post(t.Context(), chat.Place{Platform: name, Channel: s.ops.ID}, chat.Message{Text: "What ada saw:", Files: []chat.File{photo("Rising.")}}, "1")
	if err != nil {
		t.Fatal(err)
	}
	all := s.Messages("ops")
	if len(all) != 2 || strings.Contains(string(all[0].Blocks), `"type":"image"`) || len(all[1].Files) != 1 || all[1].ThreadTS != ref.ID {
		t.Errorf("said %+v", all)
	}
}
