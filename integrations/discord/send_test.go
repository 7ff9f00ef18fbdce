package discord

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/integrations/discord/discordtest"
)

const createMessage = "POST /channels/{channel}/messages"

// TestAMessageIsFoundAgain by what it carries, with or without Discord remembering
// it, among others, on any page, in a thread, and after nobody remembers the nonce.
func TestAMessageIsFoundAgain(t *testing.T) {
	s := server(t)
	s.Limit("*", 10_000, time.Second)
	s.GlobalLimit(0)
	s.HonourNonce(false)
	began := time.Now()
	at := chat.Place{Platform: name, Channel: s.ops.ID}
	s.LoseAnswer(createMessage, 1)
	_, err := s.platform.Post(t.Context(), at, chat.Message{Title: "found"}, "lost")
	if e := sendError(t, err); !e.Retry || !e.Unknown {
		t.Fatalf("a lost answer is %+v", e)
	}
	for range 120 {
		s.As("bob").Message("#ops", "talk")
	}
	ref, found, err := s.platform.Find(t.Context(), at, "lost", began)
	if err != nil || !found || shownIn(s.Message("#ops", ref.ID)) != "### found" {
		t.Errorf("found %+v %v %v", ref, found, err)
	}
	if _, found, err := s.platform.Find(t.Context(), at, "another", began); found || err != nil {
		t.Errorf("found what was never said: %v", err)
	}
	if _, found, err := s.platform.Find(t.Context(), at.In(ref.ID), "in a thread", began); found || err != nil {
		t.Errorf("found in a thread that is not there: %v", err)
	}
}

func TestPings(t *testing.T) {
	s := server(t)
	at := chat.Place{Platform: name, Channel: s.ops.ID}
	ref, err := s.platform.Post(t.Context(), at, chat.Message{Text: chat.Textf("%s, the update is late. %s", person(s.ada), "@everyone <@"+s.bob.ID+">")}, "1")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(s.Message("#ops", ref.ID).Pings, " "); got != "ada" {
		t.Errorf("it pings %q, want ada alone", got)
	}
}

// TestThreads: an answer to a message begins its thread, under the name of what it
// answers, and goes on in one that people began, or that rests.
func TestThreads(t *testing.T) {
	s := server(t)
	at := chat.Place{Platform: name, Channel: s.ops.ID}
	root := s.As("bob").Message("#ops", "the login page is **slow**\nfor all of us")
	in := at.In(root.ID)
	for i, said := range []string{"one", "two"} {
		if ref, err := s.platform.Post(t.Context(), in, chat.Message{Text: chat.Plain(said)}, said); err != nil || ref.Place != in {
			t.Fatalf("%d: %+v %v", i, ref, err)
		}
	}
	if th := s.Channel(root.ID); th.Name != "the login page is **slow**" || len(s.CallsOf("POST /channels/{channel}/messages/{message}/threads")) != 1 {
		t.Errorf("the thread %q was begun %d times", th.Name, len(s.CallsOf("POST /channels/{channel}/messages/{message}/threads")))
	}
	another := s.As("bob").Message("#ops", "x")
	s.As("bob").StartThread("#ops", another.ID, "people's own")
	s.As("owner").Archive(another.ID, true)
	if _, err := s.platform.Post(t.Context(), at.In(another.ID), chat.Message{Text: "here"}, "3"); err != nil {
		t.Error(err)
	}
	direct, err := s.platform.Post(t.Context(), chat.Place{Platform: name, Direct: s.ada.ID}, chat.Message{Text: "in private"}, "5")
	if err != nil {
		t.Fatal(err)
	}
	answer, err := s.platform.Post(t.Context(), direct.Place.In(direct.ID), chat.Message{Text: "there are no threads"}, "6")
	if err != nil || s.Messages("@ada")[1].ReplyTo != direct.ID {
		t.Errorf("an answer in private: %v, %+v", err, s.Messages("@ada"))
	}
	if found, ok, err := s.platform.Find(t.Context(), direct.Place.In(direct.ID), "6", time.Now()); err != nil || !ok || found != answer {
		t.Errorf("it is found as %+v %v %v, want %+v", found, ok, err, answer)
	}
	if err := s.platform.Edit(t.Context(), answer, chat.Message{Text: "edited"}); err != nil {
		t.Error(err)
	}
	if _, err := s.platform.Post(t.Context(), at.In("123456789012345678"), chat.Message{Text: "nowhere"}, "4"); !errors.Is(err, chat.ErrGone) {
		t.Errorf("a thread on nothing: %v", err)
	}
}

func TestFilesAndPictures(t *testing.T) {
	s := server(t)
	at := chat.Place{Platform: name, Channel: s.ops.ID}
	day := func(n int) time.Time { return time.Date(2026, 2, n, 0, 0, 0, 0, time.UTC) }
	m := chat.Message{Text: "look", Chart: &chat.Chart{Title: "checkout", Alt: "29 % is left.", Panels: []chat.Panel{{Name: "checkout", From: day(1), To: day(28), Points: []chat.Point{{At: day(1), Value: 1}}}}},
		Files: []chat.File{{Name: "Post mortem (INC-1).md", Type: "text/markdown", Content: []byte("# x")}, {Name: "huge.bin", Content: make([]byte, largestFile+1)}}}
	ref, err := s.platform.Post(t.Context(), at, m, "1")
	if err != nil {
		t.Fatal(err)
	}
	got := s.Message("#ops", ref.ID)
	if len(got.Attachments) != 2 || got.Attachments[0].Description != "29 % is left." || got.Attachments[1].Filename != "Post_mortem__INC-1_.md" || !strings.Contains(shownIn(got), "**huge.bin**") {
		t.Errorf("attached %+v to %q", got.Attachments, shownIn(got))
	}
	if err := s.platform.Edit(t.Context(), ref, chat.Message{Text: "no picture now"}); err != nil || len(s.Message("#ops", ref.ID).Attachments) != 0 {
		t.Errorf("edited: %v, %+v", err, s.Message("#ops", ref.ID).Attachments)
	}
	s.says(chat.Reply{Message: m})
	s.run(t)
	a := s.As("ada").Slash("#ops", "/incident ops")
	if said := a.Await(); said == nil || len(said.Attachments) != 2 || said.To != "ada" {
		t.Errorf("ada alone was shown %+v", said)
	}
}

// TestRefusals: what Discord says means what the outbox can do about it, and no call
// waits or is repeated by itself.
func TestRefusals(t *testing.T) {
	for what, c := range map[string]struct {
		breaks func(*discordtest.Server)
		want   chat.SendError
		gone   bool
	}{
		"429":           {func(d *discordtest.Server) { d.RateLimit(createMessage, 1, 7*time.Second) }, chat.SendError{Retry: true, After: 7 * time.Second}, false},
		"429 for all":   {func(d *discordtest.Server) { d.RateLimitGlobally(1, 9*time.Second) }, chat.SendError{Retry: true, After: 9 * time.Second, Spare: chat.Posting}, false},
		"500":           {func(d *discordtest.Server) { d.BreakDown(createMessage, 500, 1) }, chat.SendError{Retry: true, Unknown: true}, false},
		"502, done":     {func(d *discordtest.Server) { d.FailAfterWork(createMessage, 502, 1) }, chat.SendError{Retry: true, Unknown: true}, false},
		"no answer":     {func(d *discordtest.Server) { d.LoseAnswer(createMessage, 1) }, chat.SendError{Retry: true, Unknown: true}, false},
		"bad token":     {func(d *discordtest.Server) { d.Refuse(createMessage, 401, 0, 1) }, chat.SendError{Barred: true, Advice: "does not accept the token"}, false},
		"no permission": {func(d *discordtest.Server) { d.Refuse(createMessage, 403, 50013, 1) }, chat.SendError{Advice: "lacks a permission"}, false},
		"no access":     {func(d *discordtest.Server) { d.Refuse(createMessage, 403, 50001, 1) }, chat.SendError{Advice: "cannot see the channel"}, true},
		"locked":        {func(d *discordtest.Server) { d.Refuse(createMessage, 400, 50083, 1) }, chat.SendError{Advice: "the thread is locked"}, true},
		"no channel":    {func(d *discordtest.Server) { d.Refuse(createMessage, 404, 10003, 1) }, chat.SendError{Advice: "the channel is gone"}, true},
		"new to us":     {func(d *discordtest.Server) { d.Refuse(createMessage, 400, 99999, 1) }, chat.SendError{}, false},
	} {
		t.Run(what, func(t *testing.T) {
			s := server(t)
			c.breaks(s.Server)
			began := time.Now()
			_, err := s.platform.Post(t.Context(), chat.Place{Platform: name, Channel: s.ops.ID}, chat.Message{Text: "x"}, "1")
			e := sendError(t, err)
			if e.Retry != c.want.Retry || e.Unknown != c.want.Unknown || e.Barred != c.want.Barred || e.After != c.want.After || e.Spare != c.want.Spare || !strings.Contains(e.Advice, c.want.Advice) || errors.Is(err, chat.ErrGone) != c.gone {
				t.Errorf("got %+v, want %+v", e, c.want)
			}
			if time.Since(began) > 3*time.Second || len(s.CallsOf(createMessage)) > 1 {
				t.Errorf("it took %v and %d calls", time.Since(began), len(s.CallsOf(createMessage)))
			}
			if strings.Contains(err.Error(), s.BotToken) {
				t.Errorf("the error tells the token")
			}
		})
	}
}

func TestAPlatformThatIsNotThere(t *testing.T) {
	p := open(t, minimal+"api_url: http://127.0.0.1:1/", Options{Log: logTo(t)})
	_, err := p.Post(t.Context(), chat.Place{Platform: name, Channel: "100000000000000003"}, chat.Message{Text: "x"}, "1")
	if e := sendError(t, err); !e.Retry || e.Unknown {
		t.Errorf("nothing was sent, and it is %+v", e)
	}
}

// TestLimitsAreKept: a call that Discord would refuse is not made.
func TestLimitsAreKept(t *testing.T) {
	s := server(t)
	s.Limit(createMessage, 3, 5*time.Second)
	at := chat.Place{Platform: name, Channel: s.ops.ID}
	for i := range 5 {
		_, err := s.platform.Post(t.Context(), at, chat.Message{Text: "x"}, strings.Repeat("i", i+1))
		if i < 3 && err != nil {
			t.Fatal(err)
		}
		if i >= 3 {
			if e := sendError(t, err); !e.Retry || e.Unknown || e.After <= 0 || e.After > 5*time.Second {
				t.Errorf("call %d: %+v", i+1, e)
			}
		}
	}
	if n := len(s.CallsOf(createMessage)); n != 3 || s.InvalidRequests() != 0 {
		t.Errorf("%d calls were made, %d held against the bot", n, s.InvalidRequests())
	}
	other := s.AddChannel("other")
	if _, err := s.platform.Post(t.Context(), chat.Place{Platform: name, Channel: other.ID}, chat.Message{Text: "x"}, "o"); err != nil {
		t.Errorf("another channel has its own limit: %v", err)
	}
}

// TestTheBotIsNotShutOut: long before Discord shuts it out for calls that are
// refused, it makes none.
func TestTheBotIsNotShutOut(t *testing.T) {
	var l limits
	now := time.Now()
	r := request{method: "POST", path: "/channels/100000000000000003/messages"}
	for range mostInvalid {
		l.learn(r, nil, &answer{status: 403, Code: 50013}, now)
	}
	if wait := l.wait(request{method: "GET", path: "/users/@me"}, now.Add(time.Minute)); wait != invalidWindow-time.Minute {
		t.Errorf("it waits %v", wait)
	}
	if wait := l.wait(r, now.Add(invalidWindow)); wait > 0 {
		t.Errorf("after the window it waits %v", wait)
	}
	l.learn(r, nil, &answer{status: 403, Code: 50013}, now.Add(invalidWindow+time.Second))
	if l.invalid != 1 {
		t.Errorf("a new window begins with %d", l.invalid)
	}
}

// TestWhomALimitHolds: that of the whole bot all but interactions, that of a topic no
// other change of the channel, and what others used up is not held against the bot.
func TestWhomALimitHolds(t *testing.T) {
	now := time.Now()
	change, post := request{method: "PATCH", path: "/channels/100000000000000003"}, request{method: "POST", path: "/channels/100000000000000003/messages"}
	interaction := request{method: "POST", path: "/interactions/100000000000000004/token/callback"}
	for what, c := range map[string]struct {
		refused *answer
		want    []time.Duration // of change, post and interaction
		invalid int
	}{
		"the route":       {&answer{status: 429, after: time.Second}, []time.Duration{time.Second, 0, 0}, 1},
		"shared":          {&answer{status: 429, after: time.Second, shared: true}, []time.Duration{time.Second, 0, 0}, 0},
		"the whole bot":   {&answer{status: 429, after: time.Second, global: true}, []time.Duration{time.Second, time.Second, 0}, 1},
		"the topic alone": {&answer{status: 429, after: time.Second, Code: 20028}, []time.Duration{0, 0, 0}, 1},
	} {
		var l limits
		l.learn(change, nil, c.refused, now)
		for i, r := range []request{change, post, interaction} {
			if wait := max(l.wait(r, now), 0); wait != c.want[i] || l.invalid != c.invalid {
				t.Errorf("%s: %s waits %v, want %v; %d held against the bot", what, r.route(), wait, c.want[i], l.invalid)
			}
		}
	}
}

// TestABucketIsOfSeveralCalls: what Discord counts together waits together, in each
// channel for itself, and an interaction for no other.
func TestABucketIsOfSeveralCalls(t *testing.T) {
	var l limits
	now := time.Now()
	in := func(bucket, left string) http.Header {
		return http.Header{"X-Ratelimit-Bucket": {bucket}, "X-Ratelimit-Remaining": {left}, "X-Ratelimit-Reset-After": {"3"}}
	}
	pin := request{method: "PUT", path: "/channels/100000000000000003/messages/pins/100000000000000004"}
	unpin, elsewhere, post := pin, pin, request{method: "POST", path: "/channels/100000000000000003/messages"}
	unpin.method, elsewhere.path = "DELETE", "/channels/100000000000000005/messages/pins/100000000000000004"
	one, other := request{method: "POST", path: "/webhooks/100000000000000006/tokenA"}, request{method: "POST", path: "/webhooks/100000000000000006/tokenB"}
	l.learn(unpin, in("pins", "1"), nil, now)
	l.learn(pin, in("pins", "0"), nil, now)
	l.learn(one, in("followups", "0"), nil, now)
	for what, c := range map[string]struct {
		r    request
		want time.Duration
	}{
		"the call": {pin, 3 * time.Second}, "another of the bucket": {unpin, 3 * time.Second}, "another channel": {elsewhere, 0}, "another bucket": {post, 0},
		"the interaction": {one, 3 * time.Second}, "another interaction": {other, 0},
	} {
		if wait := max(l.wait(c.r, now), 0); wait != c.want {
			t.Errorf("%s waits %v, want %v", what, wait, c.want)
		}
	}
}

// TestAShutBotMakesNoCalls: Discord's front answers a bot that it has shut out with a
// page, whatever is asked.
func TestAShutBotMakesNoCalls(t *testing.T) {
	s := server(t)
	s.BanAfter(1)
	s.Refuse("GET /users/@me", 403, 50013, 1)
	if _, err := s.platform.whoami(t.Context()); err == nil {
		t.Fatal("the first call was not refused")
	}
	at := chat.Place{Platform: name, Channel: s.ops.ID}
	for range 3 {
		_, err := s.platform.Post(t.Context(), at, chat.Message{Text: "x"}, "1")
		if e := sendError(t, err); !e.Retry || e.After < time.Minute {
			t.Errorf("refused with %+v", e)
		}
		if _, err := s.platform.channels(t.Context(), true); err == nil {
			t.Error("channels are listed")
		}
	}
	if n := len(s.Calls()); n > 2 {
		t.Errorf("%d calls were made", n)
	}
}

func TestRoutes(t *testing.T) {
	for path, want := range map[string]string{
		"/channels/100000000000000003/messages/100000000000000004":                   "GET /channels/{}/messages/{}",
		"/channels/100000000000000003/messages?limit=100&after=100000000000000004":   "GET /channels/{}/messages",
		"/guilds/100000000000000003/members/100000000000000004":                      "GET /guilds/{}/members/{}",
		"/webhooks/100000000000000003/aToken.x/messages/@original":                   "GET /webhooks/{}/{}/messages/@original",
		"/interactions/100000000000000003/aToken.x/callback":                         "GET /interactions/{}/{}/callback",
		"/channels/100000000000000003/messages/100000000000000004/reactions/%F0?l=1": "GET /channels/{}/messages/{}/reactions/{}",
	} {
		if got := (request{method: "GET", path: path}).route(); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
}
