package slack

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"cresset/bot/chat"
	"cresset/integrations/slack/slacktest"
)

const secretOfTest = "8f742231b10e8888abcd99yyyzzz85a5"

// offline is a platform that takes signed requests and reaches nobody. log is
// what it logs.
func offline(t *testing.T) (p *Platform, log *bytes.Buffer) {
	t.Helper()
	log = &bytes.Buffer{}
	p = open(t, "bot_token: xoxb-1\nsigning_secret: "+secretOfTest+"\n", Options{
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})), HTTP: &http.Client{Transport: silent{}}})
	return p, log
}

// silent is a Slack that refuses everything.
type silent struct{}

func (silent) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Status: "200 OK", Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"ok":false,"error":"not_authed"}`))}, nil
}

func deliver(p *Platform, handle chat.Handler, path string, header http.Header, body []byte) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest("POST", path, bytes.NewReader(body))
	r.Header = header
	p.Routes(handle)["POST "+path].ServeHTTP(w, r)
	return w
}

var slashBody = []byte("command=%2Fincident&text=list&user_id=U1&trigger_id=1.2.3&team_id=T1")

// TestEveryByteOfASignedRequestCounts flips one bit of each byte of the body, the
// time and the signature. Nobody is told what the right signature is.
func TestEveryByteOfASignedRequestCounts(t *testing.T) {
	p, log := offline(t)
	heard := &answers{}
	right := slacktest.Sign(secretOfTest, time.Now(), slashBody)
	hex := strings.TrimPrefix(right.Get("X-Slack-Signature"), "v0=")
	refused := func(what string, header http.Header, body []byte) {
		t.Helper()
		w := deliver(p, heard.handle, "/slack/commands", header, body)
		if w.Code != http.StatusUnauthorized || strings.Contains(w.Body.String(), hex[:16]) {
			t.Errorf("%s: %d %s, want 401", what, w.Code, w.Body)
		}
	}
	for i := range slashBody {
		flipped := bytes.Clone(slashBody)
		flipped[i] ^= 1
		refused(fmt.Sprintf("byte %d of the body", i), right, flipped)
	}
	for _, name := range []string{"X-Slack-Signature", "X-Slack-Request-Timestamp"} {
		value := right.Get(name)
		for i := range value {
			flipped := []byte(value)
			flipped[i] ^= 1
			header := right.Clone()
			header.Set(name, string(flipped))
			refused(fmt.Sprintf("byte %d of %s", i, name), header, slashBody)
		}
		for what, values := range map[string][]string{
			"none": {}, "an empty one": {""}, "two": {value, value}, "a wrong one first": {"v0=00", value}, "a wrong one last": {value, "v0=00"},
			"one joined of two": {value + ", " + value}, "one cut": {value[:len(value)-1]}, "one longer": {value + "0"},
		} {
			header := right.Clone()
			header[name] = values
			refused(name+": "+what, header, slashBody)
		}
	}
	if n := len(heard.events()); n != 0 {
		t.Errorf("%d events were heard", n)
	}
	if w := deliver(p, heard.handle, "/slack/commands", right, slashBody); w.Code != 200 || len(heard.events()) != 1 {
		t.Errorf("as it was signed: %d %s", w.Code, w.Body)
	}
	if strings.Contains(log.String(), hex[:16]) || strings.Contains(log.String(), secretOfTest) {
		t.Errorf("the log tells the signature or the secret:\n%s", log)
	}
}

// Slack's own example, whose time has passed, and the edges of the five minutes.
func TestSignaturesOfAnotherTime(t *testing.T) {
	p, _ := offline(t)
	heard := &answers{}
	for away, want := range map[time.Duration]int{
		-10 * 365 * 24 * time.Hour: 401, -302 * time.Second: 401, -290 * time.Second: 200, 290 * time.Second: 200, 302 * time.Second: 401, 1000 * time.Hour: 401,
	} {
		if w := deliver(p, heard.handle, "/slack/commands", slacktest.Sign(secretOfTest, time.Now().Add(away), slashBody), slashBody); w.Code != want {
			t.Errorf("signed %s from now: %d, want %d", away, w.Code, want)
		}
	}
	header := http.Header{}
	header.Set("X-Slack-Request-Timestamp", "1531420618")
	header.Set("X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503")
	body := []byte("token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c")
	if w := deliver(p, heard.handle, "/slack/commands", header, body); w.Code != 401 {
		t.Errorf("a genuine signature of 2018: %d, want 401", w.Code)
	}
	if got := slacktest.Sign(secretOfTest, time.Unix(1531420618, 0), body).Get("X-Slack-Signature"); got != header.Get("X-Slack-Signature") {
		t.Errorf("signed as %s, Slack's documentation has %s", got, header.Get("X-Slack-Signature"))
	}
}

// TestBodiesMadeToHurt: large ones, and JSON that is deep or wide.
func TestBodiesMadeToHurt(t *testing.T) {
	p, _ := offline(t)
	heard := &answers{}
	signed := func(path string, body []byte) int {
		return deliver(p, heard.handle, path, slacktest.Sign(secretOfTest, time.Now(), body), body).Code
	}
	deep := strings.Repeat(`{"event":`, 50_000)
	brackets := strings.Repeat("[", 900_000)
	wide := `{"type":"event_callback","event":{` + strings.Repeat(`"a":1,`, 100_000) + `"type":"x"}}`
	for name, c := range map[string]struct {
		path string
		body string
		want int
	}{
		"1 MiB and a byte":    {"/slack/events", strings.Repeat(" ", maxBody+1), 413},
		"deep":                {"/slack/events", deep + "1" + strings.Repeat("}", 50_000), 400},
		"deep and half":       {"/slack/events", deep, 400},
		"brackets":            {"/slack/events", brackets, 400},
		"wide":                {"/slack/events", wide, 200},
		"deep interaction":    {"/slack/interactions", "payload=" + deep, 400},
		"many fields":         {"/slack/commands", strings.Repeat("a=1&", 200_000), 400},
		"brackets as payload": {"/slack/interactions", "payload=" + brackets, 400},
	} {
		if got := signed(c.path, []byte(c.body)); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	if n := len(heard.events()); n != 0 {
		t.Errorf("%d events came of it", n)
	}
}

// TestSlowBodyIsLetGo: who sends a byte and then nothing is let go of after ten
// seconds, signed or not.
func TestSlowBodyIsLetGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := offline(t)
		mux := http.NewServeMux()
		for pattern, h := range p.Routes((&answers{}).handle) {
			mux.Handle(pattern, h)
		}
		pipes := make(pipes, 1)
		server := &http.Server{Handler: mux}
		go server.Serve(pipes)
		defer server.Close()
		here, there := net.Pipe()
		defer here.Close()
		pipes <- there
		fmt.Fprintf(here, "POST /slack/commands HTTP/1.1\r\nHost: cresset\r\nContent-Length: 1000\r\n\r\nc")
		began := time.Now()
		here.SetReadDeadline(began.Add(time.Hour))
		resp, err := http.ReadResponse(bufio.NewReader(here), nil)
		if err != nil {
			t.Fatalf("after %s: %v", time.Since(began), err)
		}
		if took := time.Since(began); took != bodyTime || resp.StatusCode != http.StatusBadRequest {
			t.Errorf("answered %d after %s", resp.StatusCode, took)
		}
		io.Copy(io.Discard, resp.Body)
		if _, err := here.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("the connection stays: %v", err)
		}
	})
}

// pipes is a listener for connections that are made in the test.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	c, open := <-p
	if !open {
		return nil, net.ErrClosed
	}
	return c, nil
}
func (p pipes) Close() error   { close(p); return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

func mentionBody(n int) []byte {
	return fmt.Appendf(nil, `{"type":"event_callback","team_id":"T1","event_id":"Ev%d","event":{"type":"app_mention","user":"U2","channel":"C1","ts":"1.%06d","text":"<@U1> incident list"}}`, n, n)
}

// TestEventStormOverHTTP: while events stand still, 48 are under way, those after
// them are given back to Slack, and a command is answered.
func TestEventStormOverHTTP(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := offline(t)
		gone := make(chan struct{})
		heard := &answers{}
		heard.with(always(chat.Replyf("Done.")))
		stuck := func(ctx context.Context, e chat.Event) (chat.Reply, error) {
			if strings.Contains(e.Key, "Ev") {
				<-gone
			}
			return heard.handle(ctx, e)
		}
		routes := p.Routes(stuck)
		post := func(path string, body []byte) int {
			w := httptest.NewRecorder()
			r := httptest.NewRequestWithContext(t.Context(), "POST", path, bytes.NewReader(body))
			r.Header = slacktest.Sign(secretOfTest, time.Now(), body) // the clock of the bubble, as the library's
			routes["POST "+path].ServeHTTP(w, r)
			return w.Code
		}
		const storm = 500
		codes := make(chan int, storm)
		for i := range storm {
			go func() { codes <- post("/slack/events", mentionBody(i)) }()
		}
		synctest.Wait()
		began := time.Now()
		if code := post("/slack/commands", slashBody); code != 200 || time.Since(began) != 0 {
			t.Errorf("a command in the storm: %d after %s", code, time.Since(began))
		}
		time.Sleep(eventTime + time.Second)
		synctest.Wait()
		if n := len(codes); n != storm-48 {
			t.Errorf("%d events were given back, want %d", n, storm-48)
		}
		close(gone)
		count := map[int]int{}
		for range storm {
			count[<-codes]++
		}
		if count[200] != 48 || count[503] != storm-48 || len(heard.events()) != 48+1 {
			t.Errorf("answered %v, heard %d", count, len(heard.events()))
		}
	})
}

// TestEventStormOverSockets: 200 mentions stand still; a command on the same
// sockets is answered within Slack's three seconds, and every mention is heard.
func TestEventStormOverSockets(t *testing.T) {
	s := workspace(t)
	gone := make(chan struct{})
	stuck := func(ctx context.Context, e chat.Event) (chat.Reply, error) {
		if e.Line == "in the storm" {
			<-gone
		}
		return s.handle(ctx, e)
	}
	s.with(always(chat.Replyf("Done.")))
	s.RetryEventsAfter() // what is not acknowledged in time does not come again
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() {
		if err := s.platform.Run(ctx, stuck); err != nil {
			t.Error(err)
		}
	})
	s.AwaitConnections(connections)
	const storm = 200
	for range storm {
		all.Go(func() { s.As("ada").Mention("ops", "in the storm") })
	}
	eventually(t, "the storm", func() bool { return len(s.platform.slots) == connections*eventsAtOnce })
	if a := s.As("bob").Slash("ops", "/incident", "list"); a.Text != "Done." {
		t.Errorf("a command in the storm: %+v", a)
	}
	close(gone)
	eventually(t, "every mention", func() bool { return len(s.events()) == storm+1 })
	cancel()
	all.Wait()
}

// TestFullSocketGivesBack: what there is no room for is left to Slack at once, and
// that is said once.
func TestFullSocketGivesBack(t *testing.T) {
	p, log := offline(t)
	l := &listening{Platform: p, events: make(chan received, 2)}
	for range 100 {
		l.hear(t.Context(), newSocket(nil), frame{Type: kindEvents})
	}
	if n := strings.Count(log.String(), "too many events"); len(l.events) != 2 || n != 1 {
		t.Errorf("%d events are kept, want 2; said %d times, want once:\n%s", len(l.events), n, log)
	}
}

// TestReplayOnTheOtherTransport: the key of an act does not depend on how it came.
func TestReplayOnTheOtherTransport(t *testing.T) {
	p, _ := offline(t)
	interaction := `{"type":"block_actions","team":{"id":"T1"},"user":{"id":"U2"},"trigger_id":"7.8.9","actions":[{"type":"button","value":"incident list","action_ts":"9.9"}],"message":{"ts":"1.2"},"channel":{"id":"C1"}}`
	for _, c := range []struct {
		path, kind, payload string
		body                []byte
	}{
		{"/slack/commands", kindSlash, `{"command":"/incident","text":"list","user_id":"U1","trigger_id":"1.2.3","team_id":"T1","is_enterprise_install":"false"}`, slashBody},
		{"/slack/events", kindEvents, string(mentionBody(1)), mentionBody(1)},
		{"/slack/interactions", kindInteractive, interaction, []byte(url.Values{"payload": {interaction}}.Encode())},
	} {
		heard := &answers{}
		for range 2 { // within five minutes a signature can be sent again
			if w := deliver(p, heard.handle, c.path, slacktest.Sign(secretOfTest, time.Now(), c.body), c.body); w.Code != 200 {
				t.Errorf("%s: %d", c.path, w.Code)
			}
		}
		other, _ := offline(t) // after a restart
		if _, err := other.take(t.Context(), c.kind, []byte(c.payload), heard.handle); err != nil {
			t.Error(err)
		}
		all := heard.events()
		if len(all) != 3 || all[0].Key != all[1].Key || all[1].Key != all[2].Key || all[0].Line != all[2].Line {
			t.Errorf("%s: %+v", c.path, all)
		}
	}
}

// TestFormWithBytesThatAreNoText: what is kept of an act has to come back from
// the codec as it was.
func TestFormWithBytesThatAreNoText(t *testing.T) {
	p, _ := offline(t)
	heard := &answers{}
	body := []byte("command=%2Fincident&text=note+%FFx&user_id=U1%FF&user_name=a%FF&channel_id=C%FF&trigger_id=1%FF&team_id=T1%FF")
	if w := deliver(p, heard.handle, "/slack/commands", slacktest.Sign(secretOfTest, time.Now(), body), body); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for _, ev := range heard.events() {
		for _, s := range []string{ev.Key, ev.Line, ev.By.ID, ev.By.Name, ev.Place.Channel} {
			if !utf8.ValidString(s) || s == "" {
				t.Errorf("%q is no text: %+v", s, ev)
			}
		}
		if !strings.HasSuffix(ev.Line, "note \ufffdx") {
			t.Errorf("the line is %q", ev.Line)
		}
	}
	if n := len(heard.events()); n != 1 {
		t.Errorf("%d events, want 1", n)
	}
}
