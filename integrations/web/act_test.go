package web

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"cresset/bot/chat"
)

func TestCommandLines(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct{ typed, want string }{
		{"/incident declare it is broken", "incident declare it is broken"},
		{"incident list", "incident list"},
		{"/x-slo digest", "slo digest"},
		{"x-slo digest", "slo digest"},
		{"slo digest", "slo digest"},
		{"help", "help"},
		{"/help", "help"},
		{"/nonsense here", "nonsense here"},
		{"@cresset incident list", "incident list"},
		{"incidental talk", ""},
		{"is the incident over?", ""},
		{"see /tmp for more", ""},
	} {
		line, command := b.command(c.typed, &channel{ID: general})
		if !command {
			line = ""
		}
		if line != c.want {
			t.Errorf("%q is the command %q, want %q", c.typed, line, c.want)
		}
	}
}

func TestEvent(t *testing.T) {
	b := newBench(t)
	b.who = "ada"
	b.did("/say", "key", "abcdefgh", "channel", "cre", "text", "/incident role lead @bob for bob@example.org, @carla")
	want := chat.Event{Key: "console:ada:abcdefgh", By: known("ada"), Place: placeOf("cre"), Channel: "cre", Line: "incident role lead @bob for bob@example.org, @carla",
		People: map[string]chat.Person{"bob": known("bob"), "carla": known("carla")}, Role: "admin", At: noon}
	if got := b.last(); !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

func TestSayTwice(t *testing.T) {
	b := newBench(t)
	for range 2 {
		b.did("/say", "key", "same-key-1", "channel", "general", "text", "help me")
		b.did("/say", "key", "same-key-2", "channel", "general", "text", "ordinary words")
	}
	page := b.get("/")
	for _, text := range []string{"heard help me", "ordinary words"} {
		if n := strings.Count(page, text); n != 1 {
			t.Errorf("%q is shown %d times, want once", text, n)
		}
	}
	if len(b.events) != 2 || b.events[0].Key != b.events[1].Key {
		t.Errorf("the handler got %v, want the same key twice", b.events)
	}
	b.who = "eve"
	b.did("/say", "key", "same-key-1", "channel", "general", "text", "help me")
	if b.last().Key == b.events[0].Key {
		t.Error("another person's act has the same key")
	}
}

func TestPrivateReply(t *testing.T) {
	b := newBench(t)
	b.who = "ada"
	b.did("/say", "channel", "general", "text", "/incident list")
	b.wants(b.get("/"), "/incident list", "heard incident list", "only you see this")
	b.who = "bob"
	b.lacks(b.get("/"), "/incident list", "heard incident list")
	if status, _ := b.post("/press", "channel", "general", "about", "2", "line", "help"); status != 404 {
		t.Errorf("bob acts on ada's private answer: %d, want 404", status)
	}
	if status, _ := b.post("/say", "channel", "general", "thread", "answer:ada:key-00000001", "text", "hi"); status != 404 {
		t.Errorf("bob answers ada's private answer: %d, want 404", status)
	}
	b.who = "ada"
	b.did("/say", "channel", "general", "thread", "answer:ada:key-00000001", "text", "hi")
}

func TestPublicReply(t *testing.T) {
	b := newBench(t)
	b.script = func(chat.Event) (chat.Reply, error) {
		return chat.Reply{Public: true, Message: chat.Message{Text: "for all"}}, nil
	}
	b.who = "ada"
	b.did("/say", "channel", "general", "text", "/incident list")
	b.who = "bob"
	page := b.get("/")
	b.wants(page, "/incident list") // what was typed is for all, too
	b.lacks(page, "for all")        // the bot posts it itself
}

func TestNotSaved(t *testing.T) {
	b := newBench(t)
	b.script = func(chat.Event) (chat.Reply, error) { return chat.Reply{}, errors.New("secret cause") }
	status, a := b.post("/say", "channel", "general", "text", "/incident list")
	if status != 503 || a.Error != notSaved {
		t.Errorf("got %d %q, want 503 %q", status, a.Error, notSaved)
	}
	b.lacks(b.get("/"), "/incident list")
}

func TestForm(t *testing.T) {
	b := newBench(t)
	ref, _ := b.Post(b.Context(), chat.Place{Platform: Name, Channel: "cre"}, chat.Message{Title: "R-1", Text: "it is **slow**"}, "1")
	b.script = func(chat.Event) (chat.Reply, error) {
		return chat.Reply{Form: &chat.Form{Line: "cre take R-1", Title: "Take it", Fields: []chat.FormField{
			{Name: "a", Label: "A", Kind: chat.OneLine, Value: `"v"`},
			{Name: "b", Label: "B", Kind: chat.ManyLines, Value: "two\nlines"},
			{Name: "c", Label: "C", Kind: chat.Choice, Options: []chat.Option{{Value: "x", Label: "Ex"}, {Value: "y", Label: "Why"}}, Value: "y"},
			{Name: "d", Label: "D", Kind: chat.Choices, Options: []chat.Option{{Value: "p", Label: "Pe"}, {Value: "q", Label: "Qu"}}, Value: "p, q"},
			{Name: "e", Label: "E", Kind: chat.Somebody, Value: "console:ada"},
			{Name: "f", Label: "F", Kind: chat.Day, Value: "2026-11-20", Optional: true},
			{Name: "g", Label: "G", Kind: chat.Yes, Value: "true"},
		}}}, nil
	}
	b.did("/say", "channel", "cre", "text", "/cre take me")
	b.lacks(b.get("/c/cre"), "/cre take me") // a form is open; nothing was said
	a := b.did("/press", "channel", "cre", "about", "1", "line", "cre take")
	b.wants(a.Form, `value="&#34;v&#34;"`, ">two\nlines</textarea>", `<option value="y" selected>Why`, `value="p" checked`, `value="q" checked`,
		`value="@ada"`, `type="date"`, `value="true" checked`, `name="line" value="cre take R-1"`, `name="about" value="1"`, `data-place="channel=cre"`, ">Send<", "optional")

	b.script = func(chat.Event) (chat.Reply, error) { return chat.Replyf("taken"), nil }
	b.did("/submit", "channel", "cre", "about", "1", "line", "cre take R-1", "v.a", "words for @bob", "p.e", "carla", "v.b", "one\r\ntwo")
	e := b.last()
	if want := map[string]string{"a": "words for @bob", "e": "@carla", "b": "one\ntwo"}; !reflect.DeepEqual(e.Values, want) {
		t.Errorf("the form gave %q, want %q", e.Values, want)
	}
	if e.About == nil || e.About.Ref != ref || e.About.Text != "R-1\nit is slow" || e.About.Link != b.site()+"/c/cre?m=1#m1" {
		t.Errorf("the form is about %+v", e.About)
	}
	if e.People["bob"] != known("bob") || e.People["carla"] != known("carla") {
		t.Errorf("the form names %v", e.People)
	}
}

func TestFormRefused(t *testing.T) {
	b := newBench(t)
	b.script = func(chat.Event) (chat.Reply, error) {
		return chat.Reply{Problems: map[string]string{"a": "is too long"}}, nil
	}
	if a := b.did("/submit", "channel", "cre", "line", "x", "v.a", "1"); a.Problems["a"] != "is too long" {
		t.Errorf("got %+v, want the problem of field a", a)
	}
	b.script = func(chat.Event) (chat.Reply, error) {
		r := chat.Replyf("**INC-1** is closed.")
		r.Failed = true
		return r, nil
	}
	if a := b.did("/submit", "channel", "cre", "line", "x"); !a.Failed || !strings.Contains(a.Notice, "<strong>INC-1</strong></a> is closed.") {
		t.Errorf("got %+v, want the refusal", a)
	}
}

func TestReact(t *testing.T) {
	b := newBench(t)
	b.script = func(chat.Event) (chat.Reply, error) { return chat.Reply{}, nil }
	b.who = "ada"
	b.did("/say", "channel", "cre", "text", "export is slow")
	for range 2 {
		b.did("/react", "channel", "cre", "about", "1", "name", "ticket")
	}
	e := b.last()
	if e.Line != "cre request" || !e.Quiet || e.About == nil || e.About.Text != "export is slow" || e.About.By != known("ada") {
		t.Errorf("the reaction became %+v", e)
	}
	if b.events[0].Key != b.events[1].Key {
		t.Error("the same reaction given twice is two acts")
	}
	b.wants(b.get("/c/cre"), `<span class="reaction mine" title="cre request">`)
	if status, _ := b.post("/react", "channel", "cre", "about", "1", "name", "skull"); status != 422 {
		t.Errorf("a reaction that means nothing: %d, want 422", status)
	}
}

func TestPressOnPage(t *testing.T) {
	b := newBench(t)
	b.seed()
	a := b.did("/press", "incident", "INC-1", "line", "incident resolve")
	if e := b.last(); e.Place != placeOf("inc-1-checkout-returns-500") || e.Line != "incident resolve" {
		t.Errorf("the button became %q in %v", e.Line, e.Place)
	}
	b.wants(a.Notice, "heard incident resolve")
	b.script = func(e chat.Event) (chat.Reply, error) {
		return chat.Reply{Message: chat.Message{Text: "what the room reads"}, Public: true}, nil
	}
	said := b.did("/press", "incident", "INC-1", "line", "postmortem draft").Notice
	b.wants(said, `Said in <a class="mention" href="/c/inc-1-checkout-returns-500">#inc-1-checkout-returns-500</a>.`)
	b.lacks(said, "what the room reads")
	b.did("/press", "line", "cre take R-1")
	if e := b.last(); e.Place != (chat.Place{Platform: Name, Direct: somebody}) {
		t.Errorf("a button of the queue acts in %v, want the person's own conversation", e.Place)
	}
	if status, _ := b.post("/press", "incident", "INC-2", "line", "incident resolve"); status != 404 {
		t.Errorf("acting on a private incident: %d, want 404", status)
	}
}

func TestNoKey(t *testing.T) {
	b := newBench(t)
	for _, key := range []string{"", "short", strings.Repeat("x", 65), "bad key!"} {
		if status, _ := b.post("/say", "key", key, "channel", "general", "text", "hi"); status != 400 {
			t.Errorf("key %q: %d, want 400", key, status)
		}
	}
}

func TestComplete(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct{ typed, want string }{
		{"%2Fincident%20d", `[{"value":"/incident declare","label":"for guest"}]`},
		{"incident%20d", `[{"value":"incident declare","label":"for guest"}]`},
		{"nice%20weather", `[]`},
		{"", `[]`},
	} {
		if got := strings.TrimSpace(b.get("/complete?line=" + c.typed)); got != c.want {
			t.Errorf("%q completes to %s, want %s", c.typed, got, c.want)
		}
	}
}

func TestRename(t *testing.T) {
	b := newBench(t)
	form := map[string][]string{"name": {"Ada Lovelace"}, "back": {"/queue"}}
	status, header, _ := b.request("POST", "/me", form)
	cookie := header.Get("Set-Cookie")
	if status != 303 || header.Get("Location") != "/queue" {
		t.Errorf("got %d to %q, want 303 to /queue", status, header.Get("Location"))
	}
	b.wants(cookie, "cresset_person=ada-lovelace", "HttpOnly", "SameSite=Strict", "Path=/")
	b.wants(b.get("/"), `<option value="ada-lovelace">`, "You are <strong>guest</strong>")
	for _, back := range []string{"//evil.example", "https://evil.example", `/\evil.example`, ""} {
		form["back"] = []string{back}
		if _, header, _ := b.request("POST", "/me", form); header.Get("Location") != "/" {
			t.Errorf("back to %q leads to %q, want /", back, header.Get("Location"))
		}
	}
	form["name"] = []string{"Jürgen"}
	if _, header, _ := b.request("POST", "/me", form); !strings.Contains(header.Get("Set-Cookie"), "cresset_person=juergen;") {
		t.Errorf("Jürgen is called %q", header.Get("Set-Cookie"))
	}
	form["name"], form["back"] = []string{"<>"}, []string{"/queue"}
	status, _, page := b.request("POST", "/me", form)
	if status != 422 {
		t.Errorf("an impossible name: %d, want 422", status)
	}
	b.wants(page, "Write a name in Latin letters", `href="/queue"`)
	b.who = "<script>"
	b.wants(b.get("/"), "You are <strong>guest</strong>")
}
