package discord

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"cresset/bot/chat"
)

// TestPeopleFromOutside: who is not in the server is from outside, wherever they
// act; so is everybody of another server.
func TestPeopleFromOutside(t *testing.T) {
	s := server(t)
	s.run(t)
	s.says(chat.Replyf("no"))
	s.As("ada").Leave()
	p := s.platform
	for what, d := range map[string]interaction{
		"in private":        {ID: "111111111111111111", Type: 2, User: user{ID: s.ada.ID, Username: "ada"}},
		"in another server": {ID: "111111111111111112", Type: 2, GuildID: "999999999999999999", Member: &member{User: user{ID: s.ada.ID, Username: "ada"}}},
	} {
		if by, unsure := p.actor(t.Context(), d); !by.External || unsure || by.ID != s.ada.ID {
			t.Errorf("%s: %+v (unsure: %v), want somebody from outside", what, by, unsure)
		}
	}
	inside := interaction{ID: "111111111111111113", Type: 2, User: user{ID: s.bob.ID, Username: "bob"}}
	if by, _ := p.actor(t.Context(), inside); by.External {
		t.Errorf("a member in private is %+v", by)
	}
}

// TestNobodyMentionsThemselvesIn: to be mentioned, by oneself in private or by others,
// makes nobody a member.
func TestNobodyMentionsThemselvesIn(t *testing.T) {
	s := server(t)
	s.As("ada").Leave()
	ada := user{ID: s.ada.ID, Username: "ada"}
	for what, act := range map[string]func(p *Platform) *act{
		"in private": func(p *Platform) *act {
			return p.said(t.Context(), message{ID: "111111111111111111", ChannelID: "333333333333333333", Author: ada, Content: "incident list <@" + ada.ID + ">", Mentions: []user{ada}})
		},
		"by a command": func(p *Platform) *act {
			d := interaction{ID: "111111111111111112", Type: 2, User: ada}
			d.Data.Name, d.Data.Options = "incident", []option{{Name: say, Type: 1, Options: []option{{Name: "line", Type: 3, Value: json.RawMessage(`"list <@` + ada.ID + `>"`)}}}}
			d.Data.Resolved.Users = map[string]user{ada.ID: ada}
			p.understand(t.Context(), d)
			return p.understand(t.Context(), d)
		},
		"by others": func(p *Platform) *act {
			bob := user{ID: s.bob.ID, Username: "bob"}
			p.said(t.Context(), message{ID: "111111111111111113", GuildID: s.GuildID, ChannelID: s.ops.ID, Author: bob, Member: &member{User: bob}, Content: "incident list <@" + ada.ID + ">", Mentions: []user{ada}})
			return p.said(t.Context(), message{ID: "111111111111111114", ChannelID: "333333333333333333", Author: ada, Content: "incident list"})
		},
	} {
		if a := act(open(t, settingsOf(s.Server, false), Options{Log: logTo(t)})); a == nil || !a.By.External {
			t.Errorf("%s: %+v is inside", what, a)
		}
	}
}

// TestWhoIsNoMemberYet: with an invitation anybody comes in, and is not in before they
// agreed to the rules.
func TestWhoIsNoMemberYet(t *testing.T) {
	pending := `{"user":{"id":"222222222222222222","username":"eve"},"pending":true}`
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(pending)) }))
	defer web.Close()
	p := open(t, minimal+"api_url: "+web.URL+"\n", Options{Log: logTo(t)})
	eve := user{ID: "222222222222222222", Username: "eve"}
	var m member
	if err := lenient([]byte(pending), &m); err != nil {
		t.Fatal(err)
	}
	for what, d := range map[string]interaction{
		"in private":    {ID: "111111111111111111", Type: 2, User: eve},
		"in the server": {ID: "111111111111111112", Type: 2, GuildID: "100000000000000002", Member: &m},
	} {
		if by, unsure := p.actor(t.Context(), d); !by.External || unsure {
			t.Errorf("%s: %+v (unsure: %v), want somebody from outside", what, by, unsure)
		}
	}
}

// TestWhoLeftMayDoNothing: somebody who was a member a moment ago is not for long, in
// private or by a line that is found later; and who cannot be asked about is not told
// from a stranger.
func TestWhoLeftMayDoNothing(t *testing.T) {
	now := time.Now()
	s := server(t)
	p := open(t, settingsOf(s.Server, false), Options{Log: logTo(t), Now: func() time.Time { return now }})
	in := interaction{ID: "111111111111111111", Type: 2, GuildID: s.GuildID, Member: &member{User: user{ID: s.ada.ID, Username: "ada"}}}
	if by, unsure := p.actor(t.Context(), in); by.External || unsure {
		t.Fatalf("a member is %+v", by)
	}
	s.As("ada").Leave()
	now = now.Add(2 * time.Minute)
	inPrivate := interaction{ID: "111111111111111112", Type: 2, User: user{ID: s.ada.ID, Username: "ada"}}
	if by, unsure := p.actor(t.Context(), inPrivate); !by.External || unsure {
		t.Errorf("who left is %+v in private (unsure: %v)", by, unsure)
	}
	if a := p.said(t.Context(), message{ID: "111111111111111113", GuildID: s.GuildID, ChannelID: s.ops.ID, Author: user{ID: s.ada.ID, Username: "ada"}}); !a.By.External || a.Unsure {
		t.Errorf("who left said in a history: %+v", a.Event)
	}
	s.BreakDown("GET /guilds/{guild}/members/{user}", 503, 1)
	inPrivate.User = user{ID: s.bob.ID, Username: "bob"}
	if by, unsure := p.actor(t.Context(), inPrivate); !by.External || !unsure {
		t.Errorf("who cannot be asked about is %+v (unsure: %v)", by, unsure)
	}
	now = now.Add(2 * time.Minute)
	if by, unsure := p.actor(t.Context(), inPrivate); by.External || unsure {
		t.Errorf("a member who can be asked about again is %+v (unsure: %v)", by, unsure)
	}
}
