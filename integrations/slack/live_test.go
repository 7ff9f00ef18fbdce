package slack

import (
	"slices"
	"strings"
	"testing"

	"cresset/bot/chat"
)

// proposals are three incidents, of which each sees those with the typed words.
func proposals(_ chat.Person, from, typed string) (all []chat.Option) {
	for _, id := range []string{"INC-1", "INC-2", "INC-31"} {
		if from == chat.Incidents && strings.Contains(strings.ToLower(id), strings.ToLower(typed)) {
			all = append(all, chat.Option{Value: id, Label: id + " checkout <is> slow"})
		}
	}
	return all
}

func TestRecordsAreProposedWhileSomebodyTypes(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.platform.vocabulary.Suggest = proposals
		s.with(func(e chat.Event) (chat.Reply, error) {
			if e.Values == nil {
				return chat.Reply{Form: &chat.Form{Line: "incident merge", Fields: []chat.FormField{
					{Name: "incident", Label: "Incident", Kind: chat.OneLine, From: chat.Incidents, Value: "INC-7"}, {Name: "into", Label: "Into", Kind: chat.OneLine, From: chat.Incidents, Optional: true}}}}, nil
			}
			return chat.Reply{}, nil
		})
		s.As("ada").Slash("ops", "/incident", "merge")
		v := s.As("ada").View()
		for typed, want := range map[string][]string{"": {"INC-1", "INC-2", "INC-31"}, "c-3": {"INC-31", "c-3"}, "inc-1": {"INC-1"}, "INC-99": {"INC-99"}} {
			if got := s.As("ada").Suggest(v, "Incident", typed); !slices.Equal(got, want) {
				t.Errorf("for %q %q is proposed, want %q", typed, got, want)
			}
		}
		if n := len(s.events()); n != 1 {
			t.Errorf("%d events: a proposal is none", n)
		}
		if sent := s.As("ada").Submit(v, map[string]string{"Into": "INC-31"}); !sent.Closed {
			t.Fatalf("sent %+v", sent)
		}
		if got := s.last(t).Values; got["incident"] != "INC-7" || got["into"] != "INC-31" {
			t.Errorf("values %v", got)
		}
	})
}

func TestStrangersAreProposedNothing(t *testing.T) {
	s := workspace(t)
	s.platform.vocabulary.Suggest = proposals
	s.shared(t)
	payload := `{"type":"block_suggestion","user":{"id":"%U","name":"x","team_id":"%T"},"team":{"id":"T0TEAM"},"action_id":"value:incidents","block_id":"field.incident","value":""}`
	for who, want := range map[string]int{"ada": 3, "guest": 0} {
		u := s.As(who).User()
		a, err := s.platform.decode(t.Context(), kindInteractive, []byte(strings.NewReplacer("%U", u.ID, "%T", u.TeamID).Replace(payload)))
		if err != nil || strings.Count(string(a.suggested), `"value"`) != want {
			t.Errorf("%s: %s, %v", who, a.suggested, err)
		}
	}
}

// A list that is too long for Slack is proposed from, where there is something to
// propose from.
func TestALongListIsProposedFrom(t *testing.T) {
	f := longForm(1, 100).Fields[0]
	f.From, f.Value = chat.Customers, f.Options[5].Value
	js := string(encoded(element(f)))
	if !strings.Contains(js, `"external_select"`) || !strings.Contains(js, `"value:customers"`) || strings.Count(js, `"value":"`) != 1 {
		t.Errorf("%s", js)
	}
	f.Kind, f.Value = chat.Choices, f.Options[5].Value+","+f.Options[6].Value
	if js := string(encoded(element(f))); !strings.Contains(js, `"multi_external_select"`) || strings.Count(js, `"value":"`) != 2 {
		t.Errorf("%s", js)
	}
	f.From, f.Options = "", f.Options[:100]
	if js := string(encoded(element(f))); !strings.Contains(js, `"multi_static_select"`) {
		t.Errorf("%s", js)
	}
}

// liveForm offers what the chosen customers call critical.
func liveForm(e chat.Event) chat.Form {
	f := chat.Form{Line: "incident declare", Place: e.Place, About: e.About, Fields: []chat.FormField{
		{Name: "title", Label: "Title", Value: e.Values["title"]},
		{Name: "customer", Label: "Customer", Kind: chat.Choice, Value: e.Values["customer"], Optional: true, Live: true,
			Options: []chat.Option{{Value: "acme", Label: "Acme"}, {Value: "globex", Label: "Globex"}}},
		{Name: "at", Label: "At", Kind: chat.Moment, Value: "2026-03-02T09:50:00Z", Optional: true}}}
	if c := e.Values["customer"]; c != "" {
		f.Fields = append(f.Fields, chat.FormField{Name: "service", Label: "Service", Kind: chat.Choice, Optional: true,
			Options: []chat.Option{{Value: c + "-checkout", Label: c + " checkout"}}})
	}
	return f
}

func TestAFormFollowsWhatIsChosen(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.with(func(e chat.Event) (chat.Reply, error) {
			if e.Values == nil || e.Draft {
				f := liveForm(e)
				return chat.Reply{Form: &f}, nil
			}
			return chat.Replyf("Declared."), nil
		})
		s.As("ada").Slash("ops", "/incident", "declare")
		for _, customer := range []string{"Acme", "Globex"} {
			if a := s.As("ada").Change(s.As("ada").View(), map[string]string{"Title": "checkout", "Customer": customer}, "Customer"); a == nil || a.Failed != "" {
				t.Fatalf("the app is not told of a change: %+v", a)
			}
			eventually(t, "the other field", func() bool {
				return strings.Contains(string(s.As("ada").View().Blocks), strings.ToLower(customer)+"-checkout")
			})
			if e := s.last(t); !e.Draft || e.Line != "incident declare" || e.Values["title"] != "checkout" || e.Values["customer"] != strings.ToLower(customer) || e.Place.Channel != s.ops.ID {
				t.Errorf("event %+v", e)
			}
		}
		if a := s.As("ada").Change(s.As("ada").View(), map[string]string{"Title": "x"}, "Title"); a != nil {
			t.Error("the app is told of a field that nothing hangs on")
		}
		sent := s.As("ada").Submit(s.As("ada").View(), map[string]string{"Title": "checkout", "Customer": "Globex", "Service": "globex checkout"})
		if !sent.Closed {
			t.Fatalf("sent %+v", sent)
		}
		if e := s.last(t); e.Draft || e.Values["service"] != "globex-checkout" || e.Values["at"] != "2026-03-02T09:50:00Z" {
			t.Errorf("event %+v", e)
		}
	})
}

// While a form is drawn for one change, it is changed again, and drawn for that: the
// first comes too late, and is not shown.
func TestAFormShowsTheLastChange(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		drawing, goOn := make(chan struct{}), make(chan struct{})
		s.with(func(e chat.Event) (chat.Reply, error) {
			if e.Values["customer"] == "acme" {
				close(drawing)
				<-goOn
			}
			f := liveForm(e)
			return chat.Reply{Form: &f}, nil
		})
		s.As("ada").Slash("ops", "/incident", "declare")
		v := s.As("ada").View()
		change := func(customer string) { s.As("ada").Change(v, map[string]string{"Customer": customer}, "Customer") }
		first := make(chan struct{})
		go func() { defer close(first); change("Acme") }()
		<-drawing
		change("Globex")
		shown := func(words string) bool { return strings.Contains(string(s.As("ada").View().Blocks), words) }
		eventually(t, "the second change", func() bool { return shown("globex-checkout") })
		close(goOn)
		<-first
		eventually(t, "the first change", func() bool { return len(s.CallsOf("views.update")) == 2 })
		if shown("acme-checkout") {
			t.Error("the form shows what was chosen before")
		}
	})
}

// A form that was changed again while it was drawn, or that cannot be asked for,
// stays as it is.
func TestAFormThatIsOvertakenStays(t *testing.T) {
	s := workspace(t)
	s.run(t)
	s.AwaitConnections(connections)
	failing := false
	s.with(func(e chat.Event) (chat.Reply, error) {
		if failing {
			return chat.Reply{}, errNoCommit
		}
		f := liveForm(e)
		return chat.Reply{Form: &f}, nil
	})
	s.As("ada").Slash("ops", "/incident", "declare")
	s.Refuse("views.update", "hash_conflict", 1)
	change := func() { s.As("ada").Change(s.As("ada").View(), map[string]string{"Customer": "Acme"}, "Customer") }
	change()
	eventually(t, "the attempt", func() bool { return len(s.CallsOf("views.update")) == 1 })
	failing = true
	change()
	s.platform.finish()
	if v := s.As("ada").View(); v == nil || strings.Contains(string(v.Blocks), "acme-checkout") || len(s.Ephemerals("ada")) != 0 {
		t.Errorf("the form is %+v; said %+v", v, s.Ephemerals("ada"))
	}
}
