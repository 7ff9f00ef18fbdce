package slack

import (
	"testing"
	"time"

	"github.com/slack-go/slack"

	"cresset/bot/chat"
)

func TestReadWhatPeopleTyped(t *testing.T) {
	p := open(t, "bot_token: xoxb-1\napp_token: xapp-1\n", Options{})
	p.people["U3"] = knownPerson{handle: "cleo", name: "Cleo P", until: time.Now().Add(time.Hour)}
	p.people["U4"] = knownPerson{handle: "", name: "Dana Q", until: time.Now().Add(time.Hour)}
	for typed, want := range map[string]string{
		"plain &lt;b&gt; &amp;amp; text":              "plain <b> &amp; text",
		"&lt;@U1&gt; is no mention":                   "<@U1> is no mention",
		"<@U1|bob> and <@U1|bob>":                     "@bob and @bob",
		"<@U1|bob> and <@U2|bob>":                     "@bob and @U2",
		"<@U1|bob smith>":                             "@U1",
		"<@U3>, <@U4> and <@U4|>":                     "@cleo, @U4 and @U4",
		"<#C1|ops> <#C2> <#C3|>":                      "#ops #C2 #C3",
		"<https://x.test/?a=1&amp;b=2|x.test>":        "https://x.test/?a=1&b=2",
		"<mailto:ada@x.test|ada@x.test>":              "ada@x.test",
		"<!here> <!channel|@channel>":                 "@here @channel",
		"<!subteam^S1|@oncall> <!subteam^S2>":         "@oncall @S2",
		"<!date^1392734382^{date}|18 Feb> unclosed <": "18 Feb unclosed <",
	} {
		line, people := p.read(t.Context(), typed)
		if line != want {
			t.Errorf("%q is read as %q, want %q", typed, line, want)
		}
		for called, who := range people {
			if who.ID == "U3" && who.Name != "Cleo P" {
				t.Errorf("%q: %+v", typed, who)
			}
			if who.Platform != "slack" || who.ID == "" || !oneWord(called) {
				t.Errorf("%q: %q is %+v", typed, called, who)
			}
		}
	}
}

func TestWhoIsFromOutside(t *testing.T) {
	const payload = `{"team_id":"T1","event_id":"Ev1","event":{"type":"app_mention","user":"U9","user_team":"T9","channel":"C1","ts":"1.2","text":"<@U1> x"}}`
	for _, self := range []identity{{team: "T1", user: "U1"}, {team: "T9", user: "U1"}} {
		p := open(t, "bot_token: xoxb-1\napp_token: xapp-1\napi_url: http://127.0.0.1:1/api/\n", Options{})
		p.self = self
		a, err := p.decode(t.Context(), kindEvents, []byte(payload))
		if err != nil || a.By.External != (self.team == "T1") {
			t.Errorf("on %s: %+v, %v", self.team, a, err)
		}
	}
	inGrid := identity{team: "T1", enterprise: "E1", user: "U1"}
	colleague := slack.User{TeamID: "T9", Enterprise: slack.EnterpriseUser{EnterpriseID: "E1"}}
	if inGrid.describe(&colleague).foreign || !inGrid.describe(&slack.User{TeamID: "T9"}).foreign {
		t.Error("a colleague in another workspace of the organisation is from inside, others are not")
	}
	if k := inGrid.describe(&slack.User{TeamID: "T1", IsStranger: true, IsEmailConfirmed: true, Profile: slack.UserProfile{Email: "x@example.com"}}); !k.foreign || k.email != "" {
		t.Errorf("a stranger, as users.info says: %+v", k)
	}
}

func TestTimeOf(t *testing.T) {
	other := time.Unix(1, 0).UTC()
	for ts, want := range map[string]time.Time{
		"1605853844.000800": time.Unix(1605853844, 800_000).UTC(),
		"1605853844":        time.Unix(1605853844, 0).UTC(),
		"1605853844.5":      time.Unix(1605853844, 500_000_000).UTC(),
		"":                  other,
		"soon":              other,
		"-5.0":              other,
	} {
		if got := timeOf(ts, other); !got.Equal(want) {
			t.Errorf("%q is %v, want %v", ts, got, want)
		}
	}
}

func TestMentionOfTheBotIsCutOff(t *testing.T) {
	for text, want := range map[string]string{
		"<@UBOT> incident list":          "incident list",
		"hey <@U1>, <@UBOT>: do <@U2> x": "do <@U2> x",
		"<@UOTHER> hello":                "hello",
		"no mention":                     "no mention",
		"<@UBOT":                         "",
	} {
		if got := afterMention(text, "UBOT"); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

func TestPlaceOfAMessage(t *testing.T) {
	if got := place("C1", "1.1", "1.1"); got != (chat.Place{Platform: "slack", Channel: "C1"}) {
		t.Errorf("the message that a thread hangs on is in %+v", got)
	}
}
