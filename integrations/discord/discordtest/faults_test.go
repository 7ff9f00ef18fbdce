package discordtest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"cresset/integrations/discord/discordtest"
)

const posting = "POST /channels/{channel}/messages"

func body() obj { return obj{"content": "x", "allowed_mentions": quiet} }

func TestRefuse(t *testing.T) {
	d, war := start(t)
	a := appOf(t, d)
	other := d.AddChannel("other")
	path := "/channels/" + war.ID + "/messages"
	d.Refuse("POST /channels/"+war.ID+"/messages", 403, 50013, 1)
	a.say(other.ID, "x")
	a.refused(403, 50013, "POST", path, body())
	a.say(war.ID, "x")

	d.BreakDown(posting, 502, 1)
	r := a.call("POST", path, body())
	equal(t, "status", r.Status, 502)
	equal(t, "kind", r.Header.Get("Content-Type"), "text/html; charset=UTF-8")
	equal(t, "messages", len(d.Messages("war")), 1)
	d.FailAfterWork(posting, 500, 1)
	equal(t, "status", a.call("POST", path, body()).Status, 500)
	equal(t, "messages", len(d.Messages("war")), 2)

	d.LoseAnswer(posting, 1)
	request, err := http.NewRequest(http.MethodPost, d.URL+"/api/v10"+path, strings.NewReader(`{"content": "x", "allowed_mentions": {"parse": []}}`))
	ok(t, err)
	request.Header.Set("Authorization", "Bot "+d.BotToken)
	if _, err := http.DefaultClient.Do(request); err == nil {
		t.Error("the answer came")
	}
	equal(t, "messages", len(d.Messages("war")), 3)
	var outcomes []string
	for _, call := range d.CallsOf("POST /channels/" + war.ID + "/messages") {
		outcomes = append(outcomes, fmt.Sprint(call.Status, call.Code, call.Dropped))
	}
	equal(t, "outcomes", outcomes, []string{"403 50013 false", "200 0 false", "502 0 false", "500 0 false", "200 0 true"})
}

func TestDelayAndHooks(t *testing.T) {
	d, war := start(t)
	a := appOf(t, d)
	var seen []string
	d.BeforeCall(func(route string) { seen = append(seen, fmt.Sprint("before ", route, len(d.Messages("war")))) })
	d.AfterCall(func(route string) { seen = append(seen, fmt.Sprint("after ", route, len(d.Messages("war")))) })
	d.Delay(posting, 30*time.Millisecond)
	began := time.Now()
	a.say(war.ID, "x")
	if took := time.Since(began); took < 30*time.Millisecond {
		t.Fatalf("answered after %s", took)
	}
	equal(t, "hooks", seen, []string{"before " + posting + "0", "after " + posting + "1"})
	d.Delay(posting, 0)
	began = time.Now()
	a.say(war.ID, "x")
	if took := time.Since(began); took >= 30*time.Millisecond {
		t.Fatalf("answered after %s", took)
	}
}

func TestRateLimits(t *testing.T) {
	inMemory(t, func(d *discordtest.Server, a *app, war discordtest.Channel) {
		other := d.AddChannel("other")
		path := "/channels/" + war.ID + "/messages"
		d.Limit(posting, 2, 5*time.Second)
		r := a.must("POST", path, body())
		equal(t, "limit", r.Header.Get("X-RateLimit-Limit"), "2")
		equal(t, "remaining", r.Header.Get("X-RateLimit-Remaining"), "1")
		equal(t, "reset after", r.Header.Get("X-RateLimit-Reset-After"), "5.000")
		equal(t, "reset", r.Header.Get("X-RateLimit-Reset"), fmt.Sprintf("%.3f", float64(time.Now().Add(5*time.Second).UnixMilli())/1000))
		time.Sleep(time.Second)
		a.must("POST", path, body())
		r = a.call("POST", path, body())
		equal(t, "status", r.Status, 429)
		equal(t, "body", fmt.Sprint(r.Body), "map[global:false message:You are being rate limited. retry_after:4]")
		equal(t, "wait", r.Header.Get("Retry-After"), "4")
		equal(t, "scope", r.Header.Get("X-RateLimit-Scope"), "user")
		bucket := r.Header.Get("X-RateLimit-Bucket")
		equal(t, "another channel", a.must("POST", "/channels/"+other.ID+"/messages", body()).Header.Get("X-RateLimit-Bucket"), bucket)
		if a.must("GET", path, nil).Header.Get("X-RateLimit-Bucket") == bucket {
			t.Error("reading and writing share a bucket")
		}
		time.Sleep(4 * time.Second)
		a.must("POST", path, body())

		d.RateLimit(posting, 1, 1500*time.Millisecond)
		r = a.call("POST", path, body())
		equal(t, "for a while", r.Body["retry_after"], any(1.5))
		equal(t, "in whole seconds", r.Header.Get("Retry-After"), "2")
		d.RateLimitGlobally(1, time.Second)
		r = a.call("GET", "/users/@me", nil)
		equal(t, "global", r.Body["global"], any(true))
		equal(t, "header", r.Header.Get("X-RateLimit-Global"), "true")
		equal(t, "invalid requests", d.InvalidRequests(), 3)
	})
}

func TestPinsShareABucket(t *testing.T) {
	d, war := start(t)
	a := appOf(t, d)
	id := a.say(war.ID, "x")
	old := a.must("PUT", "/channels/"+war.ID+"/pins/"+id, nil).Header
	now := a.must("DELETE", "/channels/"+war.ID+"/messages/pins/"+id, nil).Header
	equal(t, "bucket", now.Get("X-RateLimit-Bucket"), old.Get("X-RateLimit-Bucket"))
	equal(t, "remaining", now.Get("X-RateLimit-Remaining"), "48")
}

func TestGlobalLimit(t *testing.T) {
	inMemory(t, func(d *discordtest.Server, a *app, war discordtest.Channel) {
		for range 50 {
			a.must("GET", "/users/@me", nil)
		}
		r := a.call("GET", "/channels/"+war.ID, nil)
		equal(t, "status", r.Status, 429)
		equal(t, "scope", r.Header.Get("X-RateLimit-Scope"), "global")
		equal(t, "an interaction", a.call("POST", "/interactions/1/x/callback", message("x")).Status, 404)
		time.Sleep(time.Second)
		a.must("GET", "/channels/"+war.ID, nil)
	})
}

func TestBan(t *testing.T) {
	inMemory(t, func(d *discordtest.Server, a *app, _ discordtest.Channel) {
		hidden := d.AddPrivateChannel("hidden", "ada")
		d.BanAfter(3)
		for range 3 {
			a.refused(403, 50001, "GET", "/channels/"+hidden.ID, nil)
		}
		r := a.call("GET", "/users/@me", nil)
		equal(t, "status", r.Status, 429)
		equal(t, "bucket", r.Header.Get("X-RateLimit-Bucket"), "")
		equal(t, "wait", r.Header.Get("Retry-After"), "600")
		time.Sleep(20 * time.Minute)
		a.must("GET", "/users/@me", nil)
	})
}
