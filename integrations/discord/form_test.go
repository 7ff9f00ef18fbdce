package discord

import (
	"strings"
	"testing"

	"cresset/bot/chat"
)

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
				return chat.Reply{Failed: true, Problems: map[string]string{"why": "This is required."}, Message: chat.Message{Text: "no"}}, nil
			}
			return chat.Replyf("done"), nil
		})
		a := s.As("ada").Slash("#ops", "/incident ops")
		if a.Modal == nil {
			t.Fatalf("answered %+v, want a form", a)
		}
		a = s.As("ada").Submit(a.Modal, map[string]string{"Who": "bob", "Where": "v0,v2", "Sure": "Yes"})
		if a.Message == nil || !strings.Contains(shownIn(*a.Message), "**Why:** This is required.") {
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
	if a := s.As("ada").Submit(a.Modal, map[string]string{"What": "x"}); a.Message == nil || !strings.Contains(shownIn(*a.Message), "has expired") {
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

// TestWhatHasToBeTypedShowsWhatThereIs: a field that is no menu, because anything may be
// typed or there is too much for one, has examples.
func TestWhatHasToBeTypedShowsWhatThereIs(t *testing.T) {
	for what, c := range map[string]struct {
		field chat.FormField
		want  string
	}{
		"anything":         {chat.FormField{Kind: chat.OneLine, Options: []chat.Option{{Value: "checkout"}, {Value: "payments"}}}, "checkout, payments"},
		"too much":         {chat.FormField{Kind: chat.Choice, Options: manyOptions(26)}, "v0, v1, v2, v3, v4, …"},
		"with commas":      {chat.FormField{Kind: chat.Choices, Options: manyOptions(26)}, "with commas between"},
		"nothing is known": {chat.FormField{Kind: chat.OneLine}, ""},
	} {
		if in := inputFor(c.field); in.Placeholder != c.want {
			t.Errorf("%s: %q, want %q", what, in.Placeholder, c.want)
		}
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
