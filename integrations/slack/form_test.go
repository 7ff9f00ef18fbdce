package slack

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"time"

	"cresset/bot/chat"
)

func declareForm(e chat.Event) chat.Form {
	return chat.Form{
		Line: "incident declare", Title: "Declare an incident, please", Submit: "Declare", Intro: "Say what **customers** see.",
		Place: e.Place, About: e.About,
		Fields: []chat.FormField{
			{Name: "title", Label: "What is wrong?", Kind: chat.OneLine},
			{Name: "severity", Label: "Severity", Kind: chat.Choice, Value: "sev2", Options: []chat.Option{{Value: "sev1", Label: "SEV1"}, {Value: "sev2", Label: "SEV2"}}},
			{Name: "customers", Label: "Customers", Kind: chat.Choices, Optional: true, Options: []chat.Option{{Value: "acme", Label: "Acme"}, {Value: "globex", Label: "Globex"}}},
			{Name: "lead", Label: "Who leads?", Kind: chat.Somebody, Optional: true},
			{Name: "due", Label: "Due", Kind: chat.Day, Optional: true},
			{Name: "drill", Label: "Is it a drill?", Kind: chat.Yes},
			{Name: "private", Label: "Private", Kind: chat.Yes, Help: "only the people in the room may know of it"},
			{Name: "notes", Label: "Notes", Kind: chat.ManyLines, Optional: true, Help: "What was tried?"},
		},
	}
}

func formFor(line string) func(chat.Event) (chat.Reply, error) {
	return func(e chat.Event) (chat.Reply, error) {
		switch {
		case e.Values == nil && e.Line == line:
			f := declareForm(e)
			return chat.Reply{Form: &f}, nil
		case e.Values["title"] == "short":
			return chat.Reply{Problems: map[string]string{"title": "Say it in more words.", "elsewhere": "Something else."}}, nil
		}
		return chat.Replyf("**INC-1** is declared."), nil
	}
}

func TestFormOpensShowsProblemsAndIsSent(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.with(formFor("incident declare"))
		if answer := s.As("ada").Slash("ops", "/incident", "declare"); answer.Text != "" || answer.Failed != "" {
			t.Fatalf("answer %+v", answer)
		}
		v := s.As("ada").View()
		if v == nil || v.Title != "Declare an incident, pl…" {
			t.Fatalf("view %+v", v)
		}
		sent := s.As("ada").Submit(v, map[string]string{"What is wrong?": "short"})
		if sent.Closed || sent.Errors["field.title"] != "Something else. Say it in more words." {
			t.Fatalf("sent %+v", sent)
		}
		sent = s.As("ada").Submit(v, map[string]string{"What is wrong?": "checkout <fails>", "Customers": "Acme, Globex",
			"Who leads?": "bob", "Due": "2026-12-24", "Is it a drill?": "Yes", "Notes": "one\ntwo"})
		if !sent.Closed || sent.Failed != "" {
			t.Fatalf("sent %+v", sent)
		}
		e := s.last(t)
		who := strings.TrimPrefix(e.Values["lead"], "@")
		if e.People[who].ID != s.bob.ID {
			t.Errorf("lead %q, people %+v", e.Values["lead"], e.People)
		}
		want := map[string]string{"title": "checkout <fails>", "severity": "sev2", "customers": "acme,globex", "due": "2026-12-24", "drill": "true", "notes": "one\ntwo"}
		for field, value := range want {
			if e.Values[field] != value {
				t.Errorf("%s is %q, want %q", field, e.Values[field], value)
			}
		}
		if e.Line != "incident declare" || e.Place != (chat.Place{Platform: "slack", Channel: s.ops.ID}) {
			t.Errorf("event %+v", e)
		}
		eventually(t, "the answer", func() bool { return len(s.Ephemerals("ada")) == 1 })
		if said := s.Ephemerals("ada")[0]; said.Channel != "ops" || said.Text != "INC-1 is declared." {
			t.Errorf("said %+v", said)
		}
	})
}

func TestFormOnAMessageKeepsIt(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.with(formFor("cre request"))
		said := s.As("bob").Say("ops", strings.Repeat("a long \"story\" ", 250))
		s.As("ada").Shortcut("ops", said.TS, "request")
		sent := s.As("ada").Submit(s.As("ada").View(), map[string]string{"What is wrong?": "it is slow"})
		if !sent.Closed {
			t.Fatalf("sent %+v", sent)
		}
		about := s.last(t).About
		if about == nil || about.ID != said.TS || about.By.ID != s.bob.ID || about.Link == "" || !strings.HasPrefix(about.Text, "a long \"story\" a long") {
			t.Errorf("about %+v", about)
		}
	})
}

// Slack's guide and its methods have different names for the same two refusals. A
// trigger that was used has opened the form: there is nothing to say.
func TestFormThatDoesNotOpenIsSaid(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.with(formFor("incident declare"))
		for code, want := range map[string]string{
			"expired_trigger_id":   "the form: it took longer than three seconds. Try again",
			"trigger_expired":      "the form: it took longer than three seconds. Try again",
			"invalid_trigger_id":   "the form: it took longer than three seconds. Try again",
			"view_too_large":       "it answered view_too_large. Try again",
			"exchanged_trigger_id": "",
			"trigger_exchanged":    "",
		} {
			s.Refuse("views.open", code, 1)
			answer := s.As("ada").Slash("ops", "/incident", "declare")
			if answer.Failed != "" || !strings.Contains(answer.Text, want) || want == "" && answer.Text != "" {
				t.Errorf("%s: answered %q %s", code, answer.Text, answer.Failed)
			}
		}
		s.RateLimit("views.open", 1, 5)
		if answer := s.As("ada").Slash("ops", "/incident", "declare"); !strings.Contains(answer.Text, "asked too much just now. Try again") {
			t.Errorf("answered %q", answer.Text)
		}
	})
}

func TestFormForAMentionIsBehindAButton(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.with(formFor("incident declare"))
		s.As("ada").Mention("ops", "incident declare")
		eventually(t, "the button", func() bool { return len(s.Ephemerals("ada")) == 1 })
		if said := s.Ephemerals("ada")[0].Text; said != "/incident declare needs a few more words." {
			t.Errorf("said %q", said)
		}
		s.As("ada").Click("ops", s.Ephemerals("ada")[0].TS, "Open the form")
		if v := s.As("ada").View(); v == nil {
			t.Error("no form opened")
		}
	})
}

func TestFailedHandlerKeepsTheForm(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.with(formFor("incident declare"))
		s.As("ada").Slash("ops", "/incident", "declare")
		s.with(func(chat.Event) (chat.Reply, error) { return chat.Reply{}, errNoCommit })
		sent := s.As("ada").Submit(s.As("ada").View(), map[string]string{"What is wrong?": "x"})
		if sent.Closed || len(sent.Errors) != 1 {
			t.Errorf("sent %+v", sent)
		}
	})
}

func TestPackFits(t *testing.T) {
	for _, text := range []string{"", "short", strings.Repeat("x", 9000), strings.Repeat("\x01\"\\", 3000), strings.Repeat("🟢", 4000)} {
		about := chat.Post{Ref: chat.Ref{Place: chat.Place{Platform: "slack", Channel: "C1"}, ID: "1.2"}, Text: text, Link: "https://x.test", At: time.Unix(1, 0).UTC()}
		packed := pack(chat.Form{Line: "cre request", About: &about})
		k, err := unpack(packed)
		if err != nil || len(packed) > longestKept || k.About == nil || k.About.ID != "1.2" || k.Line != "cre request" {
			t.Errorf("%.20q: %d bytes, %+v, %v", text, len(packed), k, err)
		}
		if about.Text != text {
			t.Error("the form's own message was shortened")
		}
	}
	endless := chat.Post{Ref: chat.Ref{ID: "1.2"}, Text: "x", Link: strings.Repeat("y", 4000)}
	if k, err := unpack(pack(chat.Form{Line: "cre request", About: &endless})); err != nil || k.About != nil || k.Line != "cre request" {
		t.Errorf("%+v, %v", k, err)
	}
}

func TestOptionsThatSlackCannotTakeBecomeALine(t *testing.T) {
	many := make([]chat.Option, 101)
	for i := range many {
		many[i] = chat.Option{Value: strings.Repeat("v", i+1), Label: "x"}
	}
	for _, options := range [][]chat.Option{nil, many, {{Value: "", Label: "none"}}, {{Value: "a"}, {Value: "a"}}} {
		for _, kind := range []chat.FieldKind{chat.Choice, chat.Choices} {
			js, _ := json.Marshal(element(chat.FormField{Name: "f", Kind: kind, Options: options}))
			if !strings.Contains(string(js), `"plain_text_input"`) {
				t.Errorf("%d options: %s", len(options), js)
			}
		}
	}
}

// longForm has lists so long that an acknowledgement cannot carry them.
func longForm(lists, options int) chat.Form {
	f := chat.Form{Line: "cre request", Title: "More"}
	for i := range lists {
		field := chat.FormField{Name: fmt.Sprint("list", i), Label: fmt.Sprint("List ", i), Kind: chat.Choice, Optional: true}
		for k := range max(options-i, 1) {
			field.Options = append(field.Options, chat.Option{Value: fmt.Sprintf("%d-%d %s", i, k, strings.Repeat("ж", 140)), Label: strings.Repeat("ж", 75)})
		}
		f.Fields = append(f.Fields, field)
	}
	return f
}

// A form in the place of another comes with the acknowledgement, of which Slack
// drops what has 20 KB.
func TestFormInThePlaceOfAnotherFitsIntoAnAcknowledgement(t *testing.T) {
	onBoth(t, func(t *testing.T, s *stage) {
		s.with(func(e chat.Event) (chat.Reply, error) {
			f := longForm(3, 90)
			if e.Values == nil {
				f = declareForm(e)
			}
			return chat.Reply{Form: &f}, nil
		})
		s.As("ada").Slash("ops", "/incident", "declare")
		sent := s.As("ada").Submit(s.As("ada").View(), map[string]string{"What is wrong?": "checkout"})
		if sent.Closed || sent.Failed != "" || !strings.Contains(string(s.As("ada").View().Blocks), "List 2") {
			t.Fatalf("sent %+v", sent)
		}
	})
}

// Problems at a hundred fields, too.
func TestProblemsFitIntoAnAcknowledgement(t *testing.T) {
	a, problems := &act{}, map[string]string{}
	for i := range mostFields {
		field := fmt.Sprint("field", i)
		a.blocks, problems[field] = append(a.blocks, blockOf(field)), strings.Repeat("ж", 500)
	}
	if n := len(a.problems(problems)); n >= largestAck {
		t.Errorf("%d bytes", n)
	}
}

func TestFormTooLargeForSlackHasLinesInstead(t *testing.T) {
	v := modal(longForm(20, 100))
	js := encoded(v)
	if len(js) > largestView {
		t.Errorf("%d bytes", len(js))
	}
	lines := strings.Count(string(js), `"plain_text_input"`)
	if lines == 0 || lines == 20 || !strings.Contains(string(js), `"static_select"`) {
		t.Errorf("%d of 20 lists are lines", lines)
	}
	many := longForm(200, 2)
	if n := len(modal(many).Blocks.BlockSet); n > 100 {
		t.Errorf("%d blocks", n)
	}
}

// modal is the form as a view that Slack takes.
func modal(f chat.Form) slack.ModalViewRequest { return modalWithin(f, largestView) }
