package slack

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"cresset/bot/chat"
	"cresset/integrations/slack/slacktest"
)

func TestDeliveredTwiceIsOneActAndOneAnswer(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.with(always(chat.Replyf("Done.")))
		ref, err := s.platform.Post(t.Context(), chat.Place{Platform: "slack", Channel: s.ops.ID},
			chat.Message{Buttons: []chat.Button{{Label: "Go", Line: "go"}}}, "1")
		if err != nil {
			t.Fatal(err)
		}
		s.DeliverTwice(true)
		if a := s.As("ada").Slash("ops", "/incident", "list"); a.Again == nil || a.Again.Text != a.Text || a.Text != "Done." {
			t.Errorf("answer %+v, again %+v", a, a.Again)
		}
		s.As("ada").Click("ops", ref.ID, "Go")
		s.As("ada").Mention("ops", "incident list")
		s.As("ada").React("ops", ref.ID, "pushpin")
		s.Settle()
		heard := s.events()
		if len(heard) != 8 {
			t.Fatalf("%d events, want 4 twice", len(heard))
		}
		keys := map[string]int{}
		for _, e := range heard {
			keys[e.Key]++
		}
		if len(keys) != 4 {
			t.Errorf("keys %v", keys)
		}
		eventually(t, "the answers", func() bool { return len(s.Ephemerals("ada")) == 4 })
		time.Sleep(50 * time.Millisecond)
		if n := len(s.Ephemerals("ada")); n != 4 {
			t.Errorf("%d answers, want 4", n)
		}
	})
}

func TestDisconnectLosesNoEvent(t *testing.T) {
	s := workspace(t)
	s.run(t)
	s.AwaitConnections(connections)
	s.RetryEventsAfter(0, 100*time.Millisecond)
	for i, reason := range []string{"warning", "refresh_requested", ""} {
		opened := len(s.CallsOf("apps.connections.open"))
		if reason == "" {
			s.Cut()
		} else {
			s.Disconnect(reason)
		}
		s.As("ada").Mention("ops", "incident list") // on its way while the sockets close
		eventually(t, "the event", func() bool { return len(s.events()) > i })
		eventually(t, "new sockets", func() bool { return len(s.CallsOf("apps.connections.open")) >= opened+connections })
		time.Sleep(100 * time.Millisecond) // in which the old ones are seen to be gone
		s.AwaitConnections(connections)
		eventually(t, "readiness", func() bool { return s.platform.Ready() == nil })
	}
	keys := map[string]bool{}
	for _, e := range s.events() {
		keys[e.Key] = true
	}
	if len(keys) != 3 {
		t.Errorf("keys %v, want 3", keys)
	}
}

func TestSocketsStartApart(t *testing.T) {
	s := workspace(t)
	s.platform.stagger = time.Hour
	s.run(t)
	s.AwaitConnections(1)
	time.Sleep(50 * time.Millisecond)
	if n := s.Connections(); n != 1 {
		t.Errorf("%d sockets at the start: they would be refreshed at the same time", n)
	}
	s.with(always(chat.Replyf("Done.")))
	if a := s.As("ada").Slash("ops", "/incident", "list"); a.Text != "Done." {
		t.Errorf("answer %+v", a)
	}
}

func TestAcknowledgedAfterTheHandlerReturned(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		var returned atomic.Bool
		s.with(func(chat.Event) (chat.Reply, error) {
			time.Sleep(100 * time.Millisecond)
			returned.Store(true)
			return chat.Reply{}, nil
		})
		s.As("ada").Slash("ops", "/incident", "list")
		if !returned.Load() {
			t.Error("acknowledged before it was handled")
		}
	})
}

func TestStopWaitsForActsUnderWay(t *testing.T) {
	s := workspace(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.platform.Run(ctx, s.handle) }()
	s.AwaitConnections(1)
	began := make(chan struct{})
	s.with(func(chat.Event) (chat.Reply, error) {
		close(began)
		time.Sleep(200 * time.Millisecond)
		return chat.Replyf("Done."), nil
	})
	go func() { <-began; cancel() }()
	if a := s.As("ada").Slash("ops", "/incident", "list"); a.Text != "Done." {
		t.Errorf("answer %+v", a)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestRunEndsWhenATokenIsRefusedForGood(t *testing.T) {
	for _, method := range []string{"auth.test", "apps.connections.open"} {
		s := workspace(t)
		s.Refuse(method, "invalid_auth", 3)
		err := s.platform.Run(t.Context(), s.handle)
		if e := sendError(t, err); e.Retry || !strings.Contains(e.Advice, "reinstall") {
			t.Errorf("%s: %+v", method, e)
		}
		if s.platform.Ready() == nil && method == "auth.test" {
			t.Error("ready without a token")
		}
	}
}

func TestRunWaitsForSlackToComeBack(t *testing.T) {
	s := workspace(t)
	s.BreakDown("auth.test", 503, 1)
	s.RateLimit("apps.connections.open", 1, 1)
	s.run(t)
	s.AwaitConnections(connections)
}

func TestHugeAnswerIsSaidAfterTheAcknowledgement(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		lines := strings.Repeat("<>&\"\\ \n", 1200)
		s.with(always(chat.Reply{Message: chat.Message{Text: chat.Plain(lines), Details: chat.Plain(lines)}}))
		a := s.As("ada").Slash("ops", "/incident", "recap")
		if a.Failed != "" || a.Text != "" {
			t.Errorf("answer %+v", a)
		}
		eventually(t, "the answer", func() bool { return len(s.Ephemerals("ada")) == 1 })
	})
}

func TestSignature(t *testing.T) {
	s := workspace(t)
	bad := 0
	s.platform = open(t, settingsOf(s.Workspace, false, true), Options{Log: logTo(t), OnBadSignature: func() { bad++ }})
	server := s.serve(t)
	body := []byte("command=%2Fincident&text=list&user_id=U1&trigger_id=1.2.3&team_id=T1")
	now := time.Now()
	right := slacktest.Sign(s.SigningSecret, now, body)
	change := func(name, value string) http.Header {
		h := right.Clone()
		h.Set(name, value)
		return h
	}
	for what, c := range map[string]struct {
		header http.Header
		body   []byte
		want   int
	}{
		"right":          {right, body, 200},
		"none":           {http.Header{}, body, 401},
		"other secret":   {slacktest.Sign("other", now, body), body, 401},
		"empty secret":   {slacktest.Sign("", now, body), body, 401},
		"old":            {slacktest.Sign(s.SigningSecret, now.Add(-6*time.Minute), body), body, 401},
		"future":         {slacktest.Sign(s.SigningSecret, now.Add(6*time.Minute), body), body, 401},
		"other body":     {right, append(bytes.Clone(body), 'x'), 401},
		"other version":  {change("X-Slack-Signature", strings.Replace(right.Get("X-Slack-Signature"), "v0", "v1", 1)), body, 401},
		"no hexadecimal": {change("X-Slack-Signature", "v0=zz"), body, 401},
		"no time":        {change("X-Slack-Request-Timestamp", "soon"), body, 401},
		"huge":           {right, bytes.Repeat([]byte("x"), 2<<20), 413},
	} {
		if got, answer := send(t, server.URL+"/slack/commands", c.header, c.body); got != c.want {
			t.Errorf("%s: %d %s, want %d", what, got, answer, c.want)
		} else if hex := strings.TrimPrefix(right.Get("X-Slack-Signature"), "v0="); strings.Contains(answer, hex) {
			t.Errorf("%s: the answer tells the signature", what)
		}
	}
	if bad != 9 || len(s.events()) != 1 {
		t.Errorf("%d wrong signatures counted, want 9; %d events, want 1", bad, len(s.events()))
	}
}

func send(t *testing.T, address string, header http.Header, body []byte) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header.Clone()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(answer)
}

// What cannot be read is refused. An event would read no better a second time, and
// Slack is asked not to deliver it again.
func TestSignedRequestsThatCannotBeRead(t *testing.T) {
	s := workspace(t)
	s.serve(t)
	for path, body := range map[string]string{
		"/slack/commands":     "%zz",
		"/slack/events":       "{",
		"/slack/interactions": "payload=",
	} {
		w := deliver(s.platform, s.handle, path, slacktest.Sign(s.SigningSecret, time.Now(), []byte(body)), []byte(body))
		if noRetry := w.Header().Get("X-Slack-No-Retry"); w.Code != http.StatusBadRequest || path == "/slack/events" && noRetry != "1" {
			t.Errorf("%s: %d, no retry: %q", path, w.Code, noRetry)
		}
	}
	if err := s.VerifyEventsURL(); err != nil {
		t.Error(err)
	}
}

func TestNoRoutesWithoutASecret(t *testing.T) {
	p := open(t, "bot_token: xoxb-1\napp_token: xapp-1\n", Options{})
	if n := len(p.Routes(nil)); n != 0 {
		t.Errorf("%d routes", n)
	}
	if p.Ready() == nil {
		t.Error("ready before it ran")
	}
}

// What means nothing here is passed over. What was meant and cannot be read, and
// what nobody knows, is acknowledged, and kept for people to look at.
func TestPayloadsOfAnotherShape(t *testing.T) {
	for _, c := range []struct {
		kind, payload string
		kept          bool
	}{
		{kindEvents, `{"type":"event_callback","event_id":"Ev1","event":{"type":"shared_channel_invite_received","channel":{"id":"C1"}}}`, false},
		{kindEvents, `{"type":"app_rate_limited"}`, false},
		{kindEvents, `{"type":"event_callback","event":{"type":"app_mention","user":["U1"],"text":"<@U9> incident list"}}`, true},
		{kindEvents, `{"type":"event_callback","event_id":"Ev1","event":{"type":"message","channel_type":"im","user":"U1","text":["incident list"]}}`, true},
		{kindEvents, `{"type":"event_callback","event_id":"Ev1","event":{"type":"message","channel_type":"channel","user":"U1","text":["is it down?"]}}`, true},
		{kindEvents, `{"type":"event_callback","event_id":"Ev1","event":{"type":"message","channel_type":"im","subtype":"message_changed"}}`, false},
		{kindEvents, `{"type":"event_callback","event":"app_mention"}`, true},
		{kindEvents, `{"type":"app_on_fire"}`, true},
		{kindEvents, `null`, true},
		{kindEvents, `[]`, true},
		{kindInteractive, `{"type":"view_closed"}`, false},
		{kindInteractive, `{"type":"block_actions","actions":"none"}`, true},
		{kindInteractive, `{"type":"block_actions","user":{"id":"U1"},"trigger_id":"1.2","actions":[{"type":"plain_text_input","value":"incident cancel"}]}`, false},
		{kindInteractive, `{"type":"thought"}`, true},
		{kindInteractive, `{"user":null,"team":7}`, true},
		{kindSlash, `{"ssl_check":"1"}`, false},
		{kindSlash, `{"user_id":7}`, true},
		{kindSlash, `7`, true},
		{"telepathy", `{"type":"thought"}`, true},
	} {
		heard, kept := &answers{}, 0
		p := open(t, "bot_token: xoxb-1\napp_token: xapp-1\n", Options{OnUnreadable: func(kind string, raw []byte, err error) {
			kept++
			if kind != c.kind || string(raw) != c.payload || err == nil {
				t.Errorf("%s %s: kept as %s %s, %v", c.kind, c.payload, kind, raw, err)
			}
		}})
		out, err := p.take(t.Context(), c.kind, []byte(c.payload), heard.handle)
		if err != nil || out.ack != nil || len(heard.events()) != 0 || (kept == 1) != c.kept {
			t.Errorf("%s %s: kept %d times, handled %+v, %v", c.kind, c.payload, kept, heard.events(), err)
		}
	}
}

func TestHalfAPayloadIsKeptAndAcknowledged(t *testing.T) {
	onSockets(t, func(t *testing.T, s *stage, _ func() error) {
		s.Send(`{"envelope_id":"e1","type":"events_api","payload":"{"}`)
		s.Send(`{"envelope_id":"e2","type":`)
		synctest.Wait()
		s.answers.mu.Lock()
		defer s.answers.mu.Unlock()
		if len(s.kept) != 4 || !slices.Contains(s.kept, kindEvents+` "{"`) || !slices.Contains(s.kept, `frame {"envelope_id":"e2","type":`) {
			t.Errorf("kept %q", s.kept)
		}
	})
}

func TestAMessageWithABlockNobodyKnowsIsHeard(t *testing.T) {
	s := workspace(t)
	a, err := s.platform.decode(t.Context(), kindEvents, []byte(`{"team_id":"T1","event_id":"Ev1","event":{"type":"app_mention",
		"user":"`+s.ada.ID+`","channel":"C1","ts":"1.2","text":"<@U1> incident list","blocks":[{"type":"header","text":7}]}}`))
	if err != nil || a.Line != "incident list" || a.Key != "slack:T1:Ev1" {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestSocketsAreEncryptedBeyondThisMachine(t *testing.T) {
	p := open(t, "bot_token: xoxb-1\napp_token: xapp-1\n", Options{})
	for address, refused := range map[string]bool{"http://slack.test/link": true, "http://127.0.0.1:1/link": false, "https://slack.test/link": false} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.dialer().Proxy(r); (err != nil) != refused {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestAnswersAreRememberedForAWhile(t *testing.T) {
	var r recent
	at := time.Unix(1e9, 0)
	for i, c := range []struct {
		after time.Duration
		isNew bool
	}{{0, true}, {0, false}, {saidKept, false}, {saidKept + time.Second, false}, {3 * saidKept, true}} {
		if got := r.add("key", at.Add(c.after)); got != c.isNew {
			t.Errorf("%d: after %v: %v", i, c.after, got)
		}
	}
}
