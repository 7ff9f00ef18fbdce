package discord

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/integrations/discord/discordtest"
)

// said is what a message shows as text.
func shownIn(m discordtest.Message) string {
	var all []string
	var walk func([]discordtest.Component)
	walk = func(cs []discordtest.Component) {
		for _, c := range cs {
			if c.Content != "" {
				all = append(all, c.Content)
			}
			walk(c.Components)
		}
	}
	walk(m.Components)
	return strings.Join(all, "\n")
}

// alone is the last that a person alone was shown.
func (s *stage) alone(t *testing.T, who string) string {
	t.Helper()
	var last string
	eventually(t, "an answer to "+who, func() bool {
		all := s.Ephemerals(who)
		if len(all) == 0 || all[len(all)-1].Flags&128 != 0 {
			return false
		}
		last = shownIn(all[len(all)-1])
		return true
	})
	return last
}

func TestSlashCommands(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.says(chat.Replyf("**INC-1** is declared."))
		a := s.As("ada").Slash("#ops", "/incident declare severity:sev2 customer:acme,globex drill:true title:checkout returns 500")
		if a.Failed != "" || a.Message == nil || a.Message.To != "ada" || shownIn(*a.Message) != "**INC-1** is declared." {
			t.Fatalf("answered %+v", a)
		}
		e := s.last(t)
		if e.Line != "incident declare" || e.Named["title"] != "checkout returns 500" || e.Named["severity"] != "sev2" || e.Named["customer"] != "acme,globex" || e.Named["drill"] != "true" {
			t.Errorf("heard %q %v", e.Line, e.Named)
		}
		if e.By.ID != s.ada.ID || e.By.Name != "ada" || e.By.External || e.Place.Channel != s.ops.ID || !strings.HasPrefix(e.Key, "discord:") || time.Since(e.At).Abs() > time.Minute {
			t.Errorf("heard %+v", e)
		}
		s.As("ada").Slash("#ops", "/incident say line:task watch it @bob")
		if e := s.last(t); e.Line != "incident task watch it @bob" || e.People["bob"].ID != s.bob.ID {
			t.Errorf("heard %q with %v", e.Line, e.People)
		}
		s.As("ada").Slash("#ops", "/incident ops who:bob")
		if e := s.last(t); e.Named["who"] != "@bob" || e.People["bob"].ID != s.bob.ID {
			t.Errorf("heard %v with %v", e.Named, e.People)
		}
		s.As("ada").Slash("#ops", "/cre customer show customer:acme")
		if e := s.last(t); e.Line != "cre customer" || e.Named["customer"] != "acme" {
			t.Errorf("heard %q %v", e.Line, e.Named)
		}
	})
}

// TestNothingIsSaidTwice: an interaction that is delivered again is neither handled
// nor answered again, and one whose answer stands in the channel leaves no trace.
func TestNothingIsSaidTwice(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.DeliverTwice(true)
		s.says(chat.Replyf("once"))
		s.As("ada").Slash("#ops", "/incident ops who:bob")
		s.As("ada").Slash("#ops", "/incident ops who:bob")
		if n := len(s.events()); n != 2 {
			t.Errorf("%d acts were handled, want 2", n)
		}
		s.says(chat.Reply{Public: true, Message: chat.Message{Text: "for all"}})
		s.As("ada").Slash("#ops", "/incident ops who:bob")
		eventually(t, "the sign to be taken back", func() bool { return len(s.Ephemerals("ada")) == 2 })
		if n := len(s.Messages("#ops")); n != 0 {
			t.Errorf("%d messages in the channel, which are the outbox's to say", n)
		}
	})
}

// TestASlowHandlerIsWaitedFor: after two seconds the person sees that the bot
// thinks, and then the answer in its place.
func TestASlowHandlerIsWaitedFor(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *stage) {
		s.with(func(chat.Event) (chat.Reply, error) {
			time.Sleep(deferAfter + 500*time.Millisecond)
			return chat.Replyf("at last"), nil
		})
		a := s.As("ada").Slash("#ops", "/incident ops")
		if a.Failed != "" || !a.Deferred {
			t.Fatalf("answered %+v, want a deferral", a)
		}
		if m := a.Await(); m == nil || shownIn(*m) != "at last" || m.To != "ada" {
			t.Errorf("then %+v", m)
		}
		s.with(func(chat.Event) (chat.Reply, error) {
			time.Sleep(deferAfter + 500*time.Millisecond)
			return chat.Reply{Form: &chat.Form{Line: "incident ops", Title: "Ops", Fields: vocabulary.Verbs[1].Fields}}, nil
		})
		if a := s.As("ada").Slash("#ops", "/incident ops"); a.Await() == nil {
			t.Fatal("no answer")
		}
		m := s.Ephemerals("ada")[1]
		if a := s.As("ada").Click("#ops", m.ID, "Open the form"); a.Modal == nil || a.Modal.Title != "Ops" {
			t.Errorf("the form came as %+v", a)
		}
	})
}

func TestAFailureIsTold(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		for what, fail := range map[string]func(chat.Event) (chat.Reply, error){
			"an error": func(chat.Event) (chat.Reply, error) { return chat.Reply{}, errors.New("no commit") },
			"a panic":  func(chat.Event) (chat.Reply, error) { panic("of a handler") },
		} {
			s.with(fail)
			if a := s.As("ada").Slash("#ops", "/incident ops"); a.Failed != "" || !strings.Contains(s.alone(t, "ada"), "not known whether this worked") {
				t.Errorf("%s: answered %+v", what, a)
			}
		}
	})
}

func TestButtonsAndMenus(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		ref, err := s.platform.Post(t.Context(), chat.Place{Platform: name, Channel: "#ops"}, chat.Message{Title: "INC-1", Text: "**text**",
			Buttons: []chat.Button{{Label: "Recap", Line: "incident recap INC-1"}, {Label: "Drop", Line: "cre drop 1", Confirm: "Give it up?"}},
			Menus: []chat.Menu{{Label: "Severity", Line: "incident severity INC-1", Kind: chat.Choice, Options: []chat.Option{{Value: "sev1", Label: "Severity 1"}}},
				{Label: "Lead", Line: "incident lead INC-1", Kind: chat.Somebody}}}, "card")
		if err != nil {
			t.Fatal(err)
		}
		s.says(chat.Replyf("so far so good"))
		if a := s.As("bob").Click("#ops", ref.ID, "Recap"); a.Message == nil || a.Message.To != "bob" {
			t.Fatalf("answered %+v", a)
		}
		e := s.last(t)
		if e.Line != "incident recap INC-1" || e.Place.Channel != s.ops.ID || e.About == nil || e.About.ID != ref.ID || e.About.Text != "INC-1\ntext" {
			t.Errorf("heard %+v about %+v", e, e.About)
		}
		s.As("bob").Select("#ops", ref.ID, "Severity", "Severity 1")
		if e := s.last(t); e.Line != "incident severity INC-1 sev1" {
			t.Errorf("heard %q", e.Line)
		}
		s.As("bob").Select("#ops", ref.ID, "Lead", "ada")
		if e := s.last(t); e.Line != "incident lead INC-1 @ada" || e.People["ada"].ID != s.ada.ID {
			t.Errorf("heard %q %v", e.Line, e.People)
		}
		before := len(s.events())
		a := s.As("bob").Click("#ops", ref.ID, "Drop")
		if a.Message == nil || !strings.Contains(shownIn(*a.Message), "Give it up?") || len(s.events()) != before {
			t.Fatalf("before a question is answered: %+v, %d acts", a, len(s.events())-before)
		}
		if a = s.As("bob").Click("#ops", a.Message.ID, "Drop"); a.Edited == nil || shownIn(*a.Edited) != "so far so good" || s.last(t).Line != "cre drop 1" {
			t.Errorf("after yes: %+v, heard %q", a, s.last(t).Line)
		}
		s.says(chat.Reply{})
		if a := s.As("bob").Click("#ops", ref.ID, "Recap"); a.Failed != "" || len(a.Replies()) > 0 {
			t.Errorf("with nothing to say: %+v", a)
		}
	})
}

func TestForms(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		form := &chat.Form{Line: "incident ops", Title: "Ops", Fields: []chat.FormField{{Name: "who", Label: "Who", Kind: chat.Somebody},
			{Name: "why", Label: "Why", Kind: chat.ManyLines, Optional: true}, {Name: "sure", Label: "Sure", Kind: chat.Yes, Optional: true},
			{Name: "where", Label: "Where", Kind: chat.Choices, Options: manyOptions(3), Optional: true}}}
		s.with(func(e chat.Event) (chat.Reply, error) {
			if e.Values == nil {
				form.Place = e.Place
				return chat.Reply{Form: form}, nil
			}
			if e.Values["why"] == "" {
				return chat.Reply{Failed: true, Problems: map[string]string{"why": "This is needed."}, Message: chat.Message{Text: "no"}}, nil
			}
			return chat.Replyf("done"), nil
		})
		a := s.As("ada").Slash("#ops", "/incident ops")
		if a.Modal == nil {
			t.Fatalf("answered %+v, want a form", a)
		}
		a = s.As("ada").Submit(a.Modal, map[string]string{"Who": "bob", "Where": "v0,v2", "Sure": "Yes"})
		if a.Message == nil || !strings.Contains(shownIn(*a.Message), "**Why:** This is needed.") {
			t.Fatalf("answered %+v, want what is wrong", a)
		}
		if a = s.As("ada").Click("#ops", a.Message.ID, "Open the form"); a.Modal == nil {
			t.Fatalf("the form did not come again: %+v", a)
		}
		if who := a.Modal.Fields()[0].Input; len(who.Defaults) != 1 || who.Defaults[0].ID != s.bob.ID {
			t.Errorf("what was filled in is lost: %+v", who)
		}
		a = s.As("ada").Submit(a.Modal, map[string]string{"Why": "two\nlines"})
		e := s.last(t)
		if a.Message == nil || shownIn(*a.Message) != "done" || e.Line != "incident ops" || e.Place.Channel != s.ops.ID ||
			e.Values["who"] != "@bob" || e.People["bob"].ID != s.bob.ID || e.Values["why"] != "two\nlines" || e.Values["sure"] != "true" || e.Values["where"] != "v0,v2" {
			t.Errorf("heard %+v, answered %+v", e, a)
		}
	})
}

// TestAFormOutlivesTheBot: what a form carries in itself is enough after a restart,
// down to the message that it is about.
func TestAFormOutlivesTheBot(t *testing.T) {
	s := server(t)
	s.run(t)
	about := s.As("bob").Message("#ops", "the login page is slow")
	s.with(func(e chat.Event) (chat.Reply, error) {
		if e.Values == nil {
			return chat.Reply{Form: &chat.Form{Line: e.Line, Title: "Request", About: e.About, Place: e.Place, Fields: []chat.FormField{{Name: "what", Label: "What", Kind: chat.OneLine}}}}, nil
		}
		return chat.Replyf("filed"), nil
	})
	a := s.As("ada").ContextMenu("#ops", about.ID, "File a CRE request")
	if a.Modal == nil || s.last(t).About.Text != "the login page is slow" || s.last(t).About.By.ID != s.bob.ID {
		t.Fatalf("answered %+v, heard %+v", a, s.last(t))
	}
	s.platform.kept = keptForms{}
	s.As("ada").Submit(a.Modal, map[string]string{"What": "mend it"})
	e := s.last(t)
	if e.Line != "cre request" || e.Values["what"] != "mend it" || e.About == nil || e.About.Text != "the login page is slow" || !strings.HasSuffix(e.About.Link, s.ops.ID+"/"+about.ID) {
		t.Errorf("heard %+v about %+v", e, e.About)
	}
	long := chat.Form{Line: "incident update " + strings.Repeat("x", 90), Title: "Long", Fields: []chat.FormField{{Name: "what", Label: "What", Kind: chat.OneLine}}}
	s.says(chat.Reply{Form: &long})
	a = s.As("ada").Slash("#ops", "/incident ops")
	s.platform.kept = keptForms{}
	s.says(chat.Replyf("never"))
	if a := s.As("ada").Submit(a.Modal, map[string]string{"What": "x"}); a.Message == nil || !strings.Contains(shownIn(*a.Message), "not kept any more") {
		t.Errorf("a lost form gives %+v", a)
	}
}

func TestFormsLargerThanDiscordTakes(t *testing.T) {
	p := &Platform{vocabulary: vocabulary, typing: vocabulary.Typing(nil)}
	f := chat.Form{Line: "incident declare", Title: "Declare", Intro: "This will open an incident.", Fields: []chat.FormField{
		{Name: "a", Label: "A", Optional: true}, {Name: "title", Label: "Title"}, {Name: "b", Label: "B", Optional: true}, {Name: "c", Label: "C", Optional: true, Value: "set"},
		{Name: "d", Label: "D", Optional: true}, {Name: "e", Label: "E", Optional: true, Value: `a "word"`}, {Name: "drill", Label: "Drill", Kind: chat.Yes, Optional: true, Value: "true"}}}
	m := p.modal(f)
	var labels []string
	for _, c := range m.Components[1:] {
		labels = append(labels, c.Label)
	}
	if got := strings.Join(labels, " "); got != "Title C E Drill" {
		t.Errorf("it shows %q, want what must be said and what was said", got)
	}
	if got := m.Components[0].Content; got != "This will open an incident. More can be said in a line: `a:…`, `b:…`, `d:…`." {
		t.Errorf("it says %q", got)
	}
	f.Fields[1].Value, f.Fields[0].Value = "t", "one"
	if m := p.modal(f); !strings.HasSuffix(m.CustomID, ":incident declare --drill") {
		t.Errorf("what was said and is not shown is lost: %q", m.CustomID)
	}
}

func TestProposals(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		for typed, want := range map[string]string{
			"/incident declare customer:ac":     "customers-ac",
			"/incident declare customer:acme,g": "acme,customers-g",
			"/incident say line:decl":           "declx",
		} {
			a := s.As("ada").Autocomplete("#ops", typed)
			if a.Failed != "" || len(a.Choices) != 1 || a.Choices[0].Value != want {
				t.Errorf("%q proposes %+v, want %q", typed, a, want)
			}
		}
	})
}

// TestTypedLines: a mention, or a line in private, is a command, answered in
// private; talk is not.
func TestTypedLines(t *testing.T) {
	s := server(t)
	s.run(t)
	s.says(chat.Replyf("**done**"))
	s.As("ada").Message("#ops", "good morning")
	s.As("ada").Mention("#ops", "incident task watch it @bob")
	eventually(t, "an answer", func() bool { return len(s.As("ada").DMs()) == 1 })
	e := s.last(t)
	if len(s.events()) != 1 || e.Line != "incident task watch it @bob" || e.People["bob"].ID != s.bob.ID || e.By.ID != s.ada.ID || e.Place.Channel != s.ops.ID {
		t.Errorf("heard %+v", s.events())
	}
	s.As("ada").Message("@cresset", "incident list")
	eventually(t, "an answer", func() bool { return len(s.events()) == 2 })
	if e := s.last(t); e.Line != "incident list" || e.By.External {
		t.Errorf("heard %+v", e)
	}
	s.says(chat.Reply{Form: &chat.Form{Line: "incident ops", Title: "Ops", Place: e.Place, Fields: vocabulary.Verbs[1].Fields}})
	s.As("ada").Mention("#ops", "incident ops")
	eventually(t, "an invitation", func() bool { return len(s.As("ada").DMs()) >= 4 })
	all := s.As("ada").DMs()
	if a := s.As("ada").Click("@cresset", all[len(all)-1].ID, "Open the form"); a.Modal == nil {
		t.Fatalf("no form: %+v", a)
	}
	s.says(chat.Replyf("done"))
	s.As("ada").Submit(s.As("ada").Modal(), map[string]string{"Who": "bob"})
	if e := s.last(t); e.Place.Channel != s.ops.ID || e.Values["who"] != "@bob" {
		t.Errorf("the form of a line in #ops was sent at %+v with %v", e.Place, e.Values)
	}
}

// Who takes no direct messages is told so where they spoke, and no more.
func TestClosedDirectMessages(t *testing.T) {
	s := server(t)
	s.run(t)
	s.RefuseDirects("ada")
	s.says(chat.Replyf("the secret"))
	s.As("ada").Mention("#ops", "incident list")
	eventually(t, "a word in the channel", func() bool { return len(s.Messages("#ops")) == 2 })
	if said := shownIn(s.Messages("#ops")[1]); strings.Contains(said, "secret") || !strings.Contains(said, "no direct messages") {
		t.Errorf("said %q", said)
	}
}

func TestReactions(t *testing.T) {
	s := server(t)
	s.run(t)
	m := s.As("bob").Message("#ops", "the errors began at 09:50")
	thread := s.As("bob").StartThread("#ops", m.ID, "errors")
	inside := s.As("bob").Message(thread.ID, "and ended at 10:10")
	s.As("ada").React("#ops", m.ID, "🎉")
	s.As("ada").React("#ops", m.ID, "📌")
	eventually(t, "the reaction", func() bool { return len(s.events()) == 1 })
	e := s.last(t)
	if e.Line != "incident pin" || !e.Quiet || e.By.Name != "ada" || e.About.Text != "the errors began at 09:50" || e.About.By.Name != "bob" || e.Place.Channel != s.ops.ID {
		t.Errorf("heard %+v about %+v", e, e.About)
	}
	s.As("ada").React(thread.ID, inside.ID, "🎫")
	eventually(t, "the reaction", func() bool { return len(s.events()) == 2 })
	if e := s.last(t); e.Line != "cre ticket-this" || e.Place.Channel != s.ops.ID || e.Place.Thread != thread.ID || e.About.Text != "and ended at 10:10" {
		t.Errorf("heard %+v about %+v", e, e.About)
	}
}

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

// TestUnknownComponents: components that nobody here knows, wherever they stand,
// spoil nothing.
func TestUnknownComponents(t *testing.T) {
	p := open(t, minimal, Options{Log: logTo(t)})
	var d interaction
	err := lenient([]byte(`{"id":"111111111111111111","type":5,"guild_id":"100000000000000002","member":{"user":{"id":"222222222222222222","username":"ada"}},"channel_id":"333333333333333333",
		"message":{"id":"444444444444444444","components":[{"type":99,"id":"odd","components":"odd"}]},
		"data":{"custom_id":"f:lost::incident ops","components":[{"type":77,"odd":[1]},{"type":18,"component":{"type":19,"custom_id":"files","values":["1"]}},
		{"type":18,"component":{"type":23,"custom_id":"field.sure","value":true}},{"type":18,"component":{"type":21,"custom_id":"field.how","value":null}},
		{"type":18,"component":{"type":22,"custom_id":"field.days","values":["mon","tue"]}},{"type":1,"components":[{"type":4,"custom_id":"field.why","value":"because"}]}]}}`), &d)
	if err != nil {
		t.Fatal(err)
	}
	a := p.understand(t.Context(), d)
	if a == nil || a.Line != "incident ops" || a.Values["why"] != "because" || a.Values["sure"] != "true" || a.Values["days"] != "mon,tue" || a.Values["how"] != "" {
		t.Errorf("read %+v", a)
	}
}
