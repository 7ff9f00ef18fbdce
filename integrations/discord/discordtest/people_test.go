package discordtest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cresset/integrations/discord/discordtest"
)

// incident is a command with a group, choices and autocomplete.
var incident = obj{"name": "incident", "description": "incidents", "options": []obj{
	{"type": 1, "name": "declare", "description": "open one", "options": []obj{
		{"type": 3, "name": "title", "description": "what is wrong", "required": true},
		{"type": 3, "name": "severity", "description": "how bad", "choices": []obj{{"name": "sev1 (worst)", "value": "sev1"}, {"name": "sev2", "value": "sev2"}}},
		{"type": 3, "name": "customer", "description": "whom it hurts", "autocomplete": true},
	}},
	{"type": 2, "name": "role", "description": "who does what", "options": []obj{
		{"type": 1, "name": "lead", "description": "who leads", "options": []obj{
			{"type": 6, "name": "who", "description": "a person", "required": true},
			{"type": 4, "name": "hours", "description": "for how long", "min_value": 1},
			{"type": 5, "name": "loud", "description": "tell everybody"},
		}},
	}},
}}

// answering starts a guild whose app answers interactions with answer.
func answering(t *testing.T, answer func(a *app, in obj) obj) (*discordtest.Server, *app, discordtest.Channel) {
	t.Helper()
	d, war := start(t)
	a := appOf(t, d)
	a.commands(incident)
	d.DeliverInto(a.interactive(func(in obj) obj { return answer(a, in) }))
	return d, a, war
}

func message(content string) obj {
	return obj{"type": 4, "data": obj{"content": content, "flags": 64, "allowed_mentions": quiet}}
}

func TestSlash(t *testing.T) {
	var heard obj
	d, _, war := answering(t, func(_ *app, in obj) obj { heard = in; return message("Declared.") })
	answer := d.As("ada").Slash("#war", "/incident declare severity:sev1 (worst) title:checkout: it returns 500")
	equal(t, "answer", answer.Message.Content+answer.Failed, "Declared.")
	equal(t, "to", answer.Message.To, "ada")
	equal(t, "shown to ada", len(d.Ephemerals("ada")), 1)
	equal(t, "shown to bob", len(d.Ephemerals("bob")), 0)
	equal(t, "shown to all", len(d.Messages("war")), 0)
	equal(t, "place", heard["channel_id"].(string), war.ID)
	equal(t, "person", data(heard, "member", "user", "username"), any("ada"))
	declare := data(heard, "data", "options").([]any)[0].(obj)
	equal(t, "sub-command", declare["name"], any("declare"))
	equal(t, "values", fmt.Sprint(declare["options"]),
		"[map[name:severity type:3 value:sev1] map[name:title type:3 value:checkout: it returns 500]]")

	answer = d.As("ada").Slash("#war", "/incident role lead who:@bob hours:2 loud:true")
	equal(t, "failure", answer.Failed, "")
	bob := d.As("bob").User().ID
	equal(t, "resolved", data(heard, "data", "resolved", "users", bob, "username"), any("bob"))
	equal(t, "group", fmt.Sprint(data(heard, "data", "options")), "[map[name:role options:[map[name:lead options:["+
		"map[name:who type:6 value:"+bob+"] map[name:hours type:4 value:2] map[name:loud type:5 value:true]] type:1]] type:2]]")
}

func TestWhatTheClientRefuses(t *testing.T) {
	d, _, _ := answering(t, func(*app, obj) obj { t.Error("the app was bothered"); return nil })
	for line, want := range map[string]string{
		"/incident declare severity:sev2":         "title: This option is required. Specify a value",
		"/incident declare title:x severity:sev9": "severity: Choose one of the options",
		"/incident role lead who:@nobody":         "who: Enter a valid value",
		"/incident role lead who:@bob hours:none": "hours: Enter a valid integer",
		"/incident role lead who:@bob hours:0":    "hours: Enter a valid integer",
		"/incident role lead who:@bob loud:maybe": "loud: Choose True or False",
	} {
		equal(t, line, d.As("ada").Slash("#war", line).Failed, want)
	}
}

func TestAutocomplete(t *testing.T) {
	d, _, _ := answering(t, func(_ *app, in obj) obj {
		last := data(in, "data", "options").([]any)[0].(obj)["options"].([]any)[1].(obj)
		equal(t, "focused", last["focused"], any(true))
		return obj{"type": 8, "data": obj{"choices": []obj{{"name": "Acme GmbH", "value": last["value"].(string) + "me"}}}}
	})
	answer := d.As("ada").Autocomplete("#war", "/incident declare title:x customer:ac")
	equal(t, "choices", fmt.Sprint(answer.Choices), "[{Acme GmbH acme}]")
}

func TestDeferredAnswer(t *testing.T) {
	later, done := make(chan bool), make(chan bool)
	d, _, _ := answering(t, func(a *app, in obj) obj {
		hook := "/webhooks/" + a.d.AppID + "/" + in["token"].(string)
		go func() {
			<-later
			a.must("PATCH", hook+"/messages/@original", obj{"content": "Here it is.", "allowed_mentions": quiet})
			a.must("POST", hook, obj{"content": "And more.", "allowed_mentions": quiet})
			close(done)
		}()
		return obj{"type": 5, "data": obj{"flags": 64}}
	})
	answer := d.As("ada").Slash("war", "/incident declare title:x")
	equal(t, "deferred", answer.Deferred, true)
	equal(t, "thinking", d.Ephemerals("ada")[0].Content, "")
	close(later)
	equal(t, "answer", answer.Await().Content, "Here it is.")
	<-done
	equal(t, "messages", len(answer.Replies()), 2)
	equal(t, "who sees the first", answer.Replies()[0].To, "ada")
	equal(t, "who sees the second", answer.Replies()[1].To, "")
}

func TestFirstFollowUpFillsTheDeferral(t *testing.T) {
	d, a, _ := answering(t, func(a *app, in obj) obj { return obj{"type": 5} })
	answer := d.As("ada").Slash("war", "/incident declare title:x")
	var in string
	for _, m := range d.Messages("war") {
		in = m.ID
	}
	hook := "/webhooks/" + d.AppID + "/" + answer.Token()
	equal(t, "the same message", a.must("POST", hook, obj{"content": "Done.", "allowed_mentions": quiet}).id(), in)
	equal(t, "messages", len(d.Messages("war")), 1)
	a.refused(404, 10015, "POST", "/webhooks/"+d.AppID+"/nonsense", obj{"content": "x", "allowed_mentions": quiet})
}

func TestButtonsAndMenus(t *testing.T) {
	var heard obj
	d, a, war := answering(t, func(_ *app, in obj) obj {
		heard = in
		return obj{"type": 7, "data": obj{"content": "Taken.", "components": []obj{}, "allowed_mentions": quiet}}
	})
	card := func() string {
		return a.must("POST", "/channels/"+war.ID+"/messages", obj{"content": "card", "allowed_mentions": quiet, "components": []obj{
			{"type": 1, "components": []obj{{"type": 2, "style": 1, "label": "Take it", "custom_id": "take"}}},
			{"type": 1, "components": []obj{{"type": 3, "custom_id": "sev", "placeholder": "Severity", "options": []obj{{"label": "one", "value": "1"}}}}},
			{"type": 1, "components": []obj{{"type": 5, "custom_id": "who", "placeholder": "Who", "max_values": 2}}},
		}}).id()
	}
	id := card()
	answer := d.As("ada").Click("war", id, "Take it")
	equal(t, "edited", answer.Edited.Content, "Taken.")
	equal(t, "custom_id", data(heard, "data", "custom_id"), any("take"))
	equal(t, "card", data(heard, "message", "id"), any(id))
	equal(t, "components left", len(d.Message("war", id).Components), 0)

	d.As("bob").Select("war", card(), "Severity", "one")
	equal(t, "values", fmt.Sprint(data(heard, "data", "values")), "[1]")
	d.As("bob").Select("war", card(), "Who", "ada", "bob")
	equal(t, "people", len(data(heard, "data", "resolved", "users").(obj)), 2)
}

func TestForms(t *testing.T) {
	var heard obj
	d, _, _ := answering(t, func(_ *app, in obj) obj {
		heard = in
		if in["type"] == 5.0 {
			return message("Sent.")
		}
		return obj{"type": 9, "data": obj{"custom_id": "declare", "title": "Declare", "components": []obj{
			{"type": 1, "components": []obj{{"type": 4, "custom_id": "title", "label": "Title", "style": 1, "min_length": 3}}},
			{"type": 18, "label": "Severity", "component": obj{"type": 3, "custom_id": "sev", "options": []obj{{"label": "worst", "value": "1"}}}},
			{"type": 18, "label": "Lead", "component": obj{"type": 5, "custom_id": "lead", "required": false}},
			{"type": 18, "label": "Notes", "component": obj{"type": 4, "custom_id": "notes", "style": 2, "required": false, "value": "none"}},
			{"type": 10, "content": "Say what people see."},
		}}}
	})
	ada := d.As("ada")
	form := ada.Slash("war", "/incident declare title:x").Modal
	equal(t, "fields", len(form.Fields()), 4)
	equal(t, "empty", ada.Submit(form, map[string]string{"Severity": "worst"}).Failed, "Title: This field is required")
	equal(t, "short", ada.Submit(form, map[string]string{"Title": "x", "Severity": "worst"}).Failed, "Title: Must be at least 3 characters")
	answer := ada.Submit(ada.Modal(), map[string]string{"Title": "checkout", "Severity": "worst", "Lead": "bob"})
	equal(t, "answer", answer.Message.Content, "Sent.")
	if ada.Modal() != nil {
		t.Error("the form is still open")
	}
	sent := fmt.Sprint(data(heard, "data", "components"))
	for _, want := range []string{"custom_id:title", "value:checkout", "values:[1]", "value:none", d.As("bob").User().ID} {
		if !strings.Contains(sent, want) {
			t.Errorf("the form has no %q: %s", want, sent)
		}
	}
}

func TestMenusOfMessages(t *testing.T) {
	var heard obj
	d, a, _ := answering(t, func(_ *app, in obj) obj { heard = in; return message("Filed.") })
	a.commands(incident, obj{"name": "File a request", "type": 3})
	said := d.As("bob").Message("war", "please @ada")
	equal(t, "pings", d.Messages("war")[0].Pings, []string{"ada"})
	equal(t, "answer", d.As("ada").ContextMenu("war", said.ID, "File a request").Message.Content, "Filed.")
	equal(t, "message", data(heard, "data", "resolved", "messages", said.ID, "content"), any("please <@"+d.As("ada").User().ID+">"))
}

func TestAnswersThatDoNotFit(t *testing.T) {
	var said obj
	d, _, _ := answering(t, func(*app, obj) obj { return said })
	d.AllowViolations()
	for name, one := range map[string]obj{
		"an update of nothing": {"type": 7, "data": obj{"content": "x", "allowed_mentions": quiet}},
		"choices":              {"type": 8, "data": obj{"choices": []obj{}}},
		"a deferral that says": {"type": 5, "data": obj{"content": "soon"}},
		"a long message":       message(strings.Repeat("x", 2001)),
		"a long title":         {"type": 9, "data": obj{"custom_id": "x", "title": strings.Repeat("x", 46), "components": []obj{{"type": 10, "content": "x"}}}},
	} {
		said = one
		equal(t, name, d.As("ada").Slash("war", "/incident declare title:x").Failed, "The application did not respond")
	}
	equal(t, "violations", len(d.Violations()), 5)
}

func TestOneAnswerOnly(t *testing.T) {
	d, a, _ := answering(t, func(a *app, in obj) obj {
		callback := "/interactions/" + in["id"].(string) + "/" + in["token"].(string) + "/callback"
		a.must("POST", callback, message("Once."))
		a.refused(400, 40060, "POST", callback, message("Twice."))
		return nil
	})
	answer := d.As("ada").Slash("war", "/incident declare title:x")
	equal(t, "answer", answer.Message.Content, "Once.")
	a.refused(404, 10062, "POST", "/interactions/1/x/callback", message("Whom?"))
}

func TestLateAnswers(t *testing.T) {
	now := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	d, a, _ := answering(t, func(a *app, in obj) obj { return nil })
	d.SetClock(func() time.Time { return now })
	d.Patience(30 * time.Millisecond)
	slow := d.As("ada").Slash("war", "/incident declare title:x")
	equal(t, "failed", slow.Failed, "The application did not respond")
	equal(t, "late", a.refused(404, 10062, "POST", "/interactions/"+slow.ID()+"/"+slow.Token()+"/callback", message("x")).Status, 404)

	d.DeliverInto(a.interactive(func(obj) obj { return message("In time.") }))
	d.Patience(0)
	answer := d.As("ada").Slash("war", "/incident declare title:x")
	hook := "/webhooks/" + d.AppID + "/" + answer.Token()
	now = now.Add(14 * time.Minute)
	a.must("POST", hook, obj{"content": "more", "flags": 64, "allowed_mentions": quiet})
	now = now.Add(2 * time.Minute)
	a.refused(401, 50027, "POST", hook, obj{"content": "too late", "allowed_mentions": quiet})
}

func TestAnswersAreEditedAndTakenBack(t *testing.T) {
	var kind int
	d, a, war := answering(t, func(a *app, in obj) obj {
		return obj{"type": kind, "data": obj{"flags": 64}}
	})
	hook := func(answer *discordtest.Answer) string { return "/webhooks/" + d.AppID + "/" + answer.Token() }
	kind = 5
	gone := d.As("ada").Slash("war", "/incident declare title:x")
	a.must("DELETE", hook(gone)+"/messages/@original", nil)
	if m := gone.Await(); m != nil {
		t.Errorf("there is an answer: %+v", m)
	}
	a.refused(404, 10008, "GET", hook(gone)+"/messages/@original", nil)
	more := a.must("POST", hook(gone), obj{"content": "more", "flags": 64, "allowed_mentions": quiet})
	a.must("PATCH", hook(gone)+"/messages/"+more.id(), obj{"content": "more!", "allowed_mentions": quiet})
	equal(t, "edited", d.As("ada").Ephemerals()[0].Content, "more!")
	a.refused(404, 10008, "PATCH", "/channels/"+war.ID+"/messages/"+more.id(), obj{"content": "x", "allowed_mentions": quiet})

	kind = 6
	card := a.must("POST", "/channels/"+war.ID+"/messages", obj{"content": "card", "allowed_mentions": quiet, "components": []obj{row(press("take"))}}).id()
	d.DeliverInto(a.interactive(func(obj) obj { return obj{"type": 6} }))
	answer := d.As("ada").Click("war", card, "x")
	equal(t, "thinking", answer.Deferred, false)
	a.must("PATCH", hook(answer)+"/messages/@original", obj{"content": "taken", "components": []obj{}, "allowed_mentions": quiet})
	equal(t, "card", d.Message("war", card).Content, "taken")

	d.As("bob").DeleteChannel("war")
	a.refused(404, 10003, "POST", hook(answer), obj{"content": "x", "allowed_mentions": quiet})
}

func TestCallbackWithResponse(t *testing.T) {
	d, _, _ := answering(t, func(a *app, in obj) obj {
		r := a.must("POST", "/interactions/"+in["id"].(string)+"/"+in["token"].(string)+"/callback?with_response=true", message("Declared."))
		equal(t, "status", r.Status, 200)
		equal(t, "message", data(r.Body, "resource", "message", "content"), any("Declared."))
		equal(t, "interaction", data(r.Body, "interaction", "response_message_ephemeral"), any(true))
		return nil
	})
	d.As("ada").Slash("war", "/incident declare title:x")
}
