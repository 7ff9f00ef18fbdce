package router_test

import (
	"strings"
	"testing"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

var (
	eveThere = chat.Person{Platform: "discord", ID: "7", Name: "eve"}
	adaThere = chat.Person{Platform: "discord", ID: "8", Name: "ada"}
)

const wantsCommander = "cre customer add umbrella Umbrella Ltd"

// A role of the configuration holds for the accounts that are linked with the
// one that has it, and for as long.
func TestALinkedAccountHasTheRole(t *testing.T) {
	h := opened(t)
	h.rules.Platforms = []string{"slack", "discord"}
	if reply := h.say(adaThere, wantsCommander); !reply.Failed {
		t.Fatal("a stranger adds a customer")
	}
	offer := h.must(ada, "cre link").Message.Text.String()
	_, code, _ := strings.Cut(offer, "cre link ")
	code, _, _ = strings.Cut(code, " ")
	h.must(adaThere, "cre link "+code)
	if act := h.last(); len(act.Changed) != 2 || act.By.Key() != adaThere.Key() {
		t.Errorf("the audit: %+v", act)
	}
	h.must(adaThere, wantsCommander)
	if help := h.must(adaThere, "help cre").Message.Text.String(); !strings.Contains(help, "cre customer add") {
		t.Error("help does not know the role")
	}
	guest := adaThere
	guest.External = true
	unsure := h.event(guest, "cre queue")
	unsure.Unsure = true
	if reply := h.handle(unsure); !reply.Failed {
		t.Error("somebody who may be from outside runs a command by a link")
	}
	h.must(adaThere, "cre customer add initech Initech") // is linked all the same
	if reply := h.say(guest, "cre queue"); !reply.Failed {
		t.Error("somebody from outside runs a command by a link")
	}
	if reply := h.say(adaThere, "cre customer add hooli Hooli"); !reply.Failed {
		t.Error("who was outside is still linked")
	}
}

// An e-mail address that both platforms vouch for gives the role with the first
// event, and the audit says so.
func TestAnEmailAddressGivesTheRole(t *testing.T) {
	h := opened(t)
	with := func(who chat.Person, email, line string) chat.Reply {
		ev := h.event(who, line)
		ev.Email = email
		return h.handle(ev)
	}
	with(ada, "ada@example.com", "cre queue")
	if reply := with(eveThere, "eve@example.com", wantsCommander); !reply.Failed {
		t.Error("another address gives the role")
	}
	if reply := with(adaThere, "ada@example.com", wantsCommander); reply.Failed {
		t.Errorf("with the address: %s", reply.Message.Text)
	}
	linked := 0
	for _, act := range h.audit() {
		if act.Command == "link" && act.Outcome == "linked by e-mail" {
			linked++
		}
	}
	if linked != 1 {
		t.Errorf("the audit has %d links", linked)
	}
}

// A code is given only where there is another platform on which to say it.
func TestACodeIsForAnotherPlatform(t *testing.T) {
	h := opened(t)
	for platforms, want := range map[string]string{"slack": "", "slack discord": "cre link"} {
		h.rules.Platforms = strings.Fields(platforms)
		if reply := h.say(ada, "cre link"); reply.Failed != (want == "") {
			t.Errorf("on %s: %s", platforms, reply.Message.Text)
		}
		if footer := string(h.must(ada, "cre whoami").Message.Footer); !strings.Contains(footer, want) || footer != "" && want == "" {
			t.Errorf("on %s whoami ends with %q", platforms, footer)
		}
	}
}

// Where the way in grants the role, nobody is known, and nobody is linked.
func TestAGrantedRoleIsNobodys(t *testing.T) {
	h := opened(t)
	h.rules.Platforms = []string{"slack", "discord"}
	ev := h.event(ada, "cre link")
	ev.Role = "viewer"
	if reply := h.handle(ev); !reply.Failed {
		t.Errorf("a code for whoever comes: %s", reply.Message.Text)
	}
	h.update(func(tx store.Tx) error {
		return store.People.Put(tx, &cre.Human{N: 1, Accounts: []cre.Account{{Who: ada}, {Who: eveThere}}})
	})
	ev = h.event(eveThere, wantsCommander)
	ev.Role = "viewer"
	if reply := h.handle(ev); !reply.Failed {
		t.Error("a link gives more than the way in grants")
	}
}
