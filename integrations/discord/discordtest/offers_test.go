package discordtest_test

import (
	"strings"
	"testing"

	"cresset/integrations/discord/discordtest"
)

// What Discord does not offer ends the test of who tries it.
func TestWhatPeopleAreNotOffered(t *testing.T) {
	r := &recorder{TB: t}
	d := discordtest.Start(r)
	war := people(d)
	a := appOf(t, d)
	hidden := d.AddPrivateChannel("hidden", "bob")
	a.commands(incident, obj{"name": "admin", "description": "for admins", "default_member_permissions": "8"})
	a.must("PUT", "/applications/"+d.AppID+"/commands", []obj{{"name": "help", "description": "everywhere"}})
	d.DeliverInto(a.interactive(func(obj) obj { return message("Heard.") }))
	id := a.must("POST", "/channels/"+war.ID+"/messages", obj{"content": "card", "allowed_mentions": quiet, "components": []obj{
		row(press("take"), with(press("closed"), "disabled", true), obj{"type": 2, "style": 5, "label": "Runbook", "url": "https://example.com"}),
		row(obj{"type": 3, "custom_id": "sev", "placeholder": "Severity", "options": []obj{{"label": "worst", "value": "1"}}}),
	}}).id()
	ada := d.As("ada")
	for want, try := range map[string]func(){
		`there is no command "none"`:        func() { ada.Slash("war", "/none") },
		`there is no command "admin"`:       func() { ada.Slash("war", "/admin") },
		`there is no command "incident"`:    func() { ada.Slash("@cresset", "/incident declare title:x") },
		`/incident has no "close"`:          func() { ada.Slash("war", "/incident close") },
		`"closed" is disabled`:              func() { ada.Click("war", id, "closed") },
		`"Runbook" is a link`:               func() { ada.Click("war", id, "Runbook") },
		`there is no "Leave" to use`:        func() { ada.Click("war", id, "Leave") },
		`"Severity" has no "mild"`:          func() { ada.Select("war", id, "Severity", "mild") },
		`"Severity" takes 1 to 1 values`:    func() { ada.Select("war", id, "Severity", "worst", "worst") },
		`@ada does not see #hidden`:         func() { ada.Message(hidden.ID, "x") },
		`@ada sees no message 1 in #war`:    func() { ada.React("war", "1", "📌") },
		`@ada does not see this form`:       func() { ada.Submit(&discordtest.Modal{CustomID: "x"}, nil) },
		`there is no command "File" in the`: func() { ada.ContextMenu("war", id, "File") },
		`does not end with an option that`:  func() { ada.Autocomplete("war", "/incident declare title:x") },
		`@ada writes more than 2000`:        func() { ada.Message("war", long(2001)) },
		`nobody is called "eve"`:            func() { d.As("eve") },
		`there is no channel "inc-9"`:       func() { d.Channel("inc-9") },
	} {
		if got := r.ends(try); !strings.Contains(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	d.AddRole("admins", discordtest.Administrator, "ada")
	if got := r.ends(func() { ada.Slash("war", "/admin x") }); !strings.Contains(got, "is the value of no option") {
		t.Errorf("got %q", got)
	}
	equal(t, "in a direct message", ada.Slash("@cresset", "/help").Message.Content, "Heard.")
	r.end()
}
