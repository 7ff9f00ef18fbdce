package cre

import (
	"testing"

	"cresset/bot/chat"
)

func TestRank(t *testing.T) {
	ada := chat.Person{Platform: "slack", ID: "ada", Name: "Ada"}
	bob := chat.Person{Platform: "slack", ID: "bob"}
	twin := chat.Person{Platform: "discord", ID: "ada"}
	fake := chat.Person{Platform: "slack", ID: "x", Name: "slack:ada"}
	guest := chat.Person{Platform: "slack", ID: "ada", External: true}
	token := chat.Person{Platform: "api", ID: "ci"}

	open := Access{}
	admins := Access{Admin: []string{"slack:ada"}}
	responders := Access{Responder: []string{"slack:ada"}}
	commanders := Access{Commander: []string{"slack:ada"}}
	both := Access{Commander: []string{"slack:ada"}, Responder: []string{"slack:bob"}}
	all := Access{Admin: []string{"*"}}
	allRespond := Access{Commander: []string{"slack:ada"}, Responder: []string{"*"}}

	for _, c := range []struct {
		what    string
		access  Access
		who     chat.Person
		granted string
		want    Rank
	}{
		{"no lists: everybody inside commands", open, bob, "", Commander},
		{"no lists: nobody is admin", open, ada, "", Commander},
		{"no lists: a guest looks", open, guest, "", Viewer},
		{"admin", admins, ada, "", Admin},
		{"not the admin", admins, bob, "", Commander},
		{"the admin's name on another platform", admins, twin, "", Commander},
		{"a name that somebody chose", admins, fake, "", Commander},
		{"the admin as a guest", admins, guest, "", Viewer},
		{"only responders listed: they command", responders, ada, "", Commander},
		{"only responders listed: others look", responders, bob, "", Viewer},
		{"only commanders listed", commanders, ada, "", Commander},
		{"only commanders listed: others respond", commanders, bob, "", Responder},
		{"both: commander", both, ada, "", Commander},
		{"both: responder", both, bob, "", Responder},
		{"both: neither", both, twin, "", Viewer},
		{"a star is everybody inside", all, twin, "", Admin},
		{"a star is no guest", all, guest, "", Viewer},
		{"everybody responds", allRespond, twin, "", Responder},
		{"a token has its role", both, token, "admin", Admin},
		{"a token has its role", both, token, "commander", Commander},
		{"a token has its role", both, token, "responder", Responder},
		{"a token has no more than its role", admins, ada, "responder", Responder},
		{"an unknown role looks", open, ada, "root", Viewer},
		{"viewer looks", open, ada, "viewer", Viewer},
	} {
		if got := c.access.Rank(c.who, c.granted); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}

// A role may name a group; who is in it has the role, as long as they are of the
// organisation.
func TestRankOfAGroup(t *testing.T) {
	ada, guest := chat.Person{Platform: "slack", ID: "U1"}, chat.Person{Platform: "slack", ID: "U1", External: true}
	bob := chat.Person{Platform: "slack", ID: "U2"}
	a := Access{Commander: []string{"slack:S1"}, Responder: []string{"slack:S2"},
		In: func(entry string, p chat.Person) bool { return entry == "slack:S1" && p.ID == "U1" }}
	for who, want := range map[chat.Person]Rank{ada: Commander, guest: Viewer, bob: Viewer} {
		if got := a.Rank(who, ""); got != want {
			t.Errorf("%+v is %s, want %s", who, got, want)
		}
	}
	a.In = nil
	if got := a.Rank(ada, ""); got != Viewer {
		t.Errorf("without groups ada is %s", got)
	}
}
