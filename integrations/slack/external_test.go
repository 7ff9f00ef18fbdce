package slack

import (
	"fmt"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/integrations/slack/slacktest"
)

// shared is #ops with guest in it, who is of another organisation.
func (s *stage) shared(t *testing.T) slacktest.User {
	t.Helper()
	guest := s.AddUserLike(userLike("guest", false, "T0OTHER"))
	s.As("ada").Share("ops", "T0OTHER")
	s.As("ada").Invite("ops", "guest")
	return guest
}

// TestWhoActsIsKnownToBeFromOutside: whatever somebody of another organisation
// does in a shared channel, they are known for it, and who is of ours is not
// taken for a stranger.
func TestWhoActsIsKnownToBeFromOutside(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.shared(t)
		place := chat.Place{Platform: "slack", Channel: s.ops.ID}
		ref, err := s.platform.Post(t.Context(), place, chat.Message{Text: "R-1", Buttons: []chat.Button{{Label: "Take", Line: "cre take R-1"}}}, "1")
		if err != nil {
			t.Fatal(err)
		}
		s.with(func(e chat.Event) (chat.Reply, error) {
			if e.Values == nil && e.Line == "cre request" {
				return chat.Reply{Form: &chat.Form{Line: "cre request", Fields: []chat.FormField{{Name: "text", Label: "Text"}}}}, nil
			}
			return chat.Reply{}, nil
		})
		for _, who := range []string{"guest", "ada"} {
			for what, act := range map[string]func(p *slacktest.Person){
				"button":   func(p *slacktest.Person) { p.Click("ops", ref.ID, "Take") },
				"mention":  func(p *slacktest.Person) { p.Mention("ops", "incident list") },
				"reaction": func(p *slacktest.Person) { p.React("ops", ref.ID, "ticket") },
				"shortcut": func(p *slacktest.Person) { p.Shortcut("ops", ref.ID, "request") },
				"form":     func(p *slacktest.Person) { p.Submit(p.View(), map[string]string{"Text": "x"}) },
			} {
				if what == "form" {
					s.As(who).Shortcut("ops", ref.ID, "request")
				}
				before := len(s.events())
				act(s.As(who))
				s.Settle()
				heard := s.events()[before:]
				if len(heard) != 1 || heard[0].By.External != (who == "guest") || heard[0].By.ID != s.As(who).User().ID {
					t.Errorf("%s by %s: %+v", what, who, heard)
				}
			}
		}
	})
}

// TestWhoCannotBeTold: where neither the payload nor Slack says where somebody is
// from, they are from outside, unless it happened where nobody else can be.
func TestWhoCannotBeTold(t *testing.T) {
	const (
		button   = `{"type":"block_actions","team":{"id":"T0TEAM"},"user":{"id":"U9","name":"x"%s},"trigger_id":"1.2","actions":[{"type":"button","value":"x","action_ts":"1.1"}],"message":{"ts":"1.2"},"channel":{"id":"C1"}}`
		reaction = `{"type":"event_callback","team_id":"T0TEAM","event_id":"Ev1","event":{"type":"reaction_added","user":"U9","reaction":"ticket","item":{"type":"message","channel":"C1","ts":"1.2"}}%s}`
		slash    = `{"command":"/cre","user_id":"U9","user_name":"x","trigger_id":"1.2"%s}`
	)
	for _, c := range []struct {
		what, kind, payload, more string
		enterprise                string
		external                  bool
	}{
		{"ours", kindInteractive, button, `,"team_id":"T0TEAM"`, "", false},
		{"another's", kindInteractive, button, `,"team_id":"T0OTHER"`, "", true},
		{"not said", kindInteractive, button, ``, "", true},
		{"another's, of an enterprise", kindInteractive, button, `,"team_id":"T0OTHER"`, "E1", true},
		{"ours, of an enterprise", kindInteractive, button, `,"team_id":"T0TEAM"`, "E1", false},
		{"in a shared channel", kindEvents, reaction, `,"is_ext_shared_channel":true`, "", true},
		{"in one of ours", kindEvents, reaction, `,"is_ext_shared_channel":false`, "", false},
		{"where it is not said", kindEvents, reaction, ``, "", true},
		{"typed by ours", kindSlash, slash, `,"team_id":"T0TEAM"`, "", false},
		{"typed by another's", kindSlash, slash, `,"team_id":"T0OTHER"`, "", true},
		{"typed in an enterprise", kindSlash, slash, `,"team_id":"T0OTHER"`, "E1", false},
	} {
		s := workspace(t)
		s.Enterprise(c.enterprise)
		s.DropScope("users:read")
		a, err := s.platform.decode(t.Context(), c.kind, fmt.Appendf(nil, c.payload, c.more))
		if err != nil || a == nil || a.By.External != c.external {
			t.Errorf("%s: %+v, %v", c.what, a, err)
		}
	}
}

// TestPeopleOfAnEnterprise are told by users.info, whatever their id looks like
// and whichever team of it is theirs.
func TestPeopleOfAnEnterprise(t *testing.T) {
	s := workspace(t)
	s.Enterprise("E1")
	colleague := s.AddUserLike(slacktest.User{ID: "W0COLLEAGUE", Name: "colleague", TeamID: "T0SISTER", Enterprise: "E1"})
	stranger := s.AddUserLike(slacktest.User{ID: "W0STRANGER", Name: "stranger", TeamID: "T0OTHER", Enterprise: "E2"})
	for _, c := range []struct {
		who      slacktest.User
		external bool
	}{{s.ada, false}, {colleague, false}, {stranger, true}} {
		by, unsure, err := s.platform.actor(t.Context(), c.who.ID, "", origin{team: c.who.TeamID})
		if err != nil || unsure || by.External != c.external || by.Name == "" {
			t.Errorf("%s: %+v, %v (unsure: %v)", c.who.Name, by, err, unsure)
		}
	}
}

// A colleague about whom Slack does not speak may press nothing, and is not taken for
// somebody who is known to be from outside.
func TestWhoCannotBeToldIsNoStranger(t *testing.T) {
	s := workspace(t)
	s.Enterprise("E1")
	colleague := s.AddUserLike(slacktest.User{ID: "W0COLLEAGUE", Name: "colleague", TeamID: "T0SISTER", Enterprise: "E1"})
	s.RateLimit("users.info", 1, 1)
	d := delivered{Type: "block_actions"}
	d.User.ID, d.User.TeamID = colleague.ID, colleague.TeamID
	if a := d.interaction(t.Context(), s.platform, byClick); !a.By.External || !a.Unsure {
		t.Errorf("by %+v, unsure: %v", a.By, a.Unsure)
	}
}

// A reaction of somebody about whom Slack is too busy to speak waits for it.
func TestWhoCannotBeToldYet(t *testing.T) {
	s := workspace(t)
	s.run(t)
	s.AwaitConnections(connections)
	s.shared(t)
	eventually(t, "the sharing of the channel", func() bool { return len(s.events()) == 1 })
	said := s.As("ada").Say("ops", "x")
	s.RetryEventsAfter(0, 200*time.Millisecond)
	s.RateLimit("users.info", 1, 1)
	s.As("bob").React("ops", said.TS, "ticket")
	if n := len(s.events()); n != 1 {
		t.Errorf("%d events, before it was known whose", n-1)
	}
	s.platform.mu.Lock()
	delete(s.platform.people, s.bob.ID) // as after a minute
	s.platform.mu.Unlock()
	eventually(t, "the reaction", func() bool { return len(s.events()) == 2 })
	if by := s.last(t).By; by.External || by.ID != s.bob.ID {
		t.Errorf("by %+v", by)
	}
}

// TestEmailThatSlackVouchesFor: of people of the organisation whose address is
// confirmed, and of nobody else; and only once they were looked up.
func TestEmailThatSlackVouchesFor(t *testing.T) {
	s := workspace(t)
	s.run(t)
	s.AwaitConnections(connections)
	s.with(always(chat.Replyf("Yes.")))
	for _, u := range []slacktest.User{{Name: "guest", Guest: true}, {Name: "unsure", Unconfirmed: true}} {
		s.AddUserLike(u)
	}
	s.shared(t) // with people of another organisation
	s.As("ada").Invite("ops", "unsure")
	s.As("ada").Slash("ops", "/incident", "list")
	if e := s.last(t); e.Email != "" {
		t.Errorf("before she was looked up: %q", e.Email)
	}
	for who, want := range map[string]string{"ada": "ada@example.com", "bob": "bob@example.com", "unsure": "", "guest": ""} {
		if who == "guest" {
			s.As("ada").Invite("ops", who)
		}
		seen := len(s.events())
		s.As(who).Mention("ops", "incident list")
		eventually(t, who, func() bool { return len(s.events()) > seen && s.last(t).Line == "incident list" })
		if e := s.last(t); e.Email != want {
			t.Errorf("%s: %q, want %q", who, e.Email, want)
		}
	}
}
