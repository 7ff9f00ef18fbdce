package slack

import (
	"strings"
	"testing"

	"cresset/bot/chat"
)

// listens has the platform listen in #support, and the app subscribed as its manifest
// says.
func listens(t *testing.T, s *stage) {
	t.Helper()
	s.AddChannel("support", "ada", "bob", "cresset")
	v := vocabulary
	v.Overhear = &chat.Overhear{Channels: []string{"support", "private"}, Line: "cre overheard", Worth: func(said string) bool { return said != "thanks" }}
	p, problems := Open(section(t, settingsOf(s.Workspace, true, false)), v, Options{Log: logTo(t)})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	s.platform = p
	s.Subscribe(eventsOf(v)...)
	s.run(t)
	s.AwaitConnections(connections)
}

// What people say in a channel that the bot listens in is heard once, with who wrote
// it and whom they called.
func TestTalkIsHeard(t *testing.T) {
	s := workspace(t)
	listens(t, s)
	s.DeliverTwice(true)
	m := s.As("bob").Say("support", "@ada why is the *export* <slow>?")
	s.Settle()
	e := s.last(t)
	if e.Line != "cre overheard" || e.Named["channel"] != "support" || !e.Quiet || e.By.ID != s.bob.ID || e.By.External {
		t.Errorf("heard %+v", e)
	}
	if a := e.About; a.Text != "@ada why is the *export* <slow>?" || a.By.ID != s.bob.ID || a.ID != m.TS || a.Place.Thread != "" || a.Link == "" {
		t.Errorf("about %+v", a)
	}
	if len(e.People) != 1 || e.People["ada"].ID != s.ada.ID {
		t.Errorf("called are %+v", e.People)
	}
	s.As("ada").Reply("support", m.TS, "since when?")
	s.Settle()
	if a := s.last(t).About; a.Place.Thread != m.TS || a.Text != "since when?" {
		t.Errorf("the answer is %+v", a)
	}
	for _, other := range s.events() {
		if other.Key == e.Key && other.About.Link != e.About.Link {
			t.Errorf("delivered again it is %+v", other)
		}
	}
}

// Nothing is looked up for what was said elsewhere, or is not worth it; what calls the
// bot is a mention alone.
func TestWhatIsNotHeard(t *testing.T) {
	s := workspace(t)
	listens(t, s)
	s.As("bob").Say("ops", "why is the export slow?")
	s.Settle()
	calls := len(s.Calls())
	s.As("bob").Say("ops", "why is it slow again?")
	s.As("bob").Say("support", "thanks")
	if _, err := s.platform.Post(t.Context(), chat.Place{Platform: "slack", Channel: "#support"}, chat.Message{Text: "Is it slow?"}, "1"); err != nil {
		t.Fatal(err)
	}
	s.Settle()
	var asked []string
	for _, c := range s.Calls()[calls:] {
		if c.Method != "chat.postMessage" {
			asked = append(asked, c.Method)
		}
	}
	if len(s.events()) > 0 || len(asked) > 0 {
		t.Errorf("heard %+v, asked %v", s.events(), asked)
	}
	s.As("bob").Mention("support", "cre queue")
	s.Settle()
	if all := s.events(); len(all) != 1 || all[0].Line != "cre queue" {
		t.Errorf("heard %+v", all)
	}
}

// A channel is known by its name, which people change, and somebody of another
// organisation for what they are.
func TestARenamedAndASharedChannel(t *testing.T) {
	s := workspace(t)
	listens(t, s)
	s.AddPrivateChannel("plans", "ada", "cresset")
	s.As("ada").Say("plans", "when will it be fixed?")
	s.As("ada").Rename("plans", "private")
	s.Settle()
	before := len(s.events())
	s.As("ada").Say("private", "when will it be fixed then?")
	s.Settle()
	if all := s.events()[before:]; len(all) != 1 || all[0].About == nil {
		t.Errorf("renamed, heard %+v", all)
	}
	s.AddUserLike(userLike("guest", false, "T0OTHER"))
	s.As("ada").Share("support", "T0OTHER")
	s.As("ada").Invite("support", "guest")
	s.As("guest").Say("support", "why is our export slow?")
	s.Settle()
	if e := s.last(t); e.About == nil || !e.By.External {
		t.Errorf("heard %+v", e)
	}
}

// What is said to the bot alone is known to be.
func TestSaidToTheBotAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.As("ada").Say("@cresset", "the export is slow")
		s.As("ada").Mention("ops", "the export is slow")
		s.Settle()
		if all := s.events(); len(all) != 2 || !all[0].Alone || all[1].Alone {
			t.Errorf("heard %+v", all)
		}
	})
}

// The app asks to hear talk only where somebody configured that it listens, and the
// check says where it hears nothing.
func TestListeningIsAskedFor(t *testing.T) {
	deaf := string(Manifest(vocabulary, ManifestOptions{}))
	v := vocabulary
	v.Overhear = &chat.Overhear{Channels: []string{"support", "ops"}}
	keen := string(Manifest(v, ManifestOptions{}))
	for _, event := range talk {
		if strings.Contains(deaf, event) || !strings.Contains(keen, event) {
			t.Errorf("%s in the manifest: %v, listening: %v", event, strings.Contains(deaf, event), strings.Contains(keen, event))
		}
	}
	s := workspace(t)
	s.AddChannel("support", "ada")
	p, problems := Open(section(t, settingsOf(s.Workspace, true, true)), v, Options{Log: logTo(t), Channels: []string{"ops"}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	found := map[string]chat.Finding{}
	for _, f := range p.Check(t.Context()) {
		found[f.What] = f
	}
	if f := found["channel #support"]; f.OK || f.Advice != "invite the bot to it" {
		t.Errorf("%+v", f)
	}
	if f := found["channel #ops"]; !f.OK || !strings.Contains(f.Detail, "message.channels") {
		t.Errorf("%+v", f)
	}
}
