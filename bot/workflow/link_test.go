package workflow_test

import (
	"slices"
	"testing"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
)

// meets has somebody come by with an e-mail address, and gives who they are now.
func (h *house) meets(who chat.Person, email string) (accounts []string) {
	h.t.Helper()
	h.as(who, func(s *workflow.Step) error {
		_, err := s.Meet(email)
		return err
	})
	return h.accountsOf(who)
}

func (h *house) accountsOf(who chat.Person) (keys []string) {
	h.t.Helper()
	h.as(who, func(s *workflow.Step) error {
		all, err := store.AccountsOf(s.Tx, who)
		for _, p := range all {
			keys = append(keys, p.Key())
		}
		return err
	})
	slices.Sort(keys)
	return keys
}

// An e-mail address that two platforms vouch for links, and both accounts hear so.
func TestAnEmailAddressLinks(t *testing.T) {
	h := newHouse(t)
	if got := h.meets(ada, "Ada@Example.com"); !slices.Equal(got, []string{"chat:U1"}) {
		t.Errorf("alone: %v", got)
	}
	if got := h.meets(zoe, " ada@example.com "); !slices.Equal(got, []string{"annex:Z1", "chat:U1"}) {
		t.Errorf("linked: %v", got)
	}
	said := h.does()
	if len(texts(said, chat.Place{Platform: "chat", Direct: ada.ID})) != 1 || len(texts(said, chat.Place{Platform: "annex", Direct: zoe.ID})) != 1 {
		t.Errorf("told: %+v", said)
	}
	h.meets(zoe, "ada@example.com")
	if said := h.does(); len(said) != 0 {
		t.Errorf("told again: %+v", said)
	}
}

// It links nobody who is outside, or took it back, or is not the only one with
// that address, or has an account there.
func TestWhomAnEmailAddressDoesNotLink(t *testing.T) {
	const mail = "team@example.com"
	guest := zoe
	guest.External = true
	for what, c := range map[string]func(*house) chat.Person{
		"nobody's address": func(h *house) chat.Person { h.meets(ada, ""); h.meets(zoe, ""); return zoe },
		"a guest":          func(h *house) chat.Person { h.meets(ada, mail); h.meets(guest, mail); return guest },
		"a shared address": func(h *house) chat.Person { h.meets(ada, mail); h.meets(bob, mail); h.meets(zoe, mail); return zoe },
		"one platform":     func(h *house) chat.Person { h.meets(ada, mail); h.meets(bob, mail); return bob },
		"who took it back": func(h *house) chat.Person {
			h.meets(ada, mail)
			h.meets(zoe, mail)
			h.as(zoe, (*workflow.Step).Unlink)
			h.meets(ada, mail)
			h.meets(zoe, mail)
			return zoe
		},
	} {
		h := newHouse(t)
		who := c(h)
		if got := h.accountsOf(who); len(got) != 1 {
			t.Errorf("%s is linked: %v", what, got)
		}
	}
}

// Who leaves the organisation leaves their links.
func TestWhoIsOutsideIsTakenApart(t *testing.T) {
	h := newHouse(t)
	h.meets(ada, "ada@example.com")
	h.meets(zoe, "ada@example.com")
	guest := zoe
	guest.External = true
	if got := h.meets(guest, "ada@example.com"); len(got) != 1 {
		t.Errorf("still linked: %v", got)
	}
	if got := h.accountsOf(ada); len(got) != 1 {
		t.Errorf("ada: %v", got)
	}
}

// A link opens what is private to the accounts of one person, and to no others.
func TestALinkOpensWhatIsPrivate(t *testing.T) {
	h := newHouse(t)
	inc := h.declare(breach)
	sees := func(who chat.Person) bool {
		err := h.try(who, func(s *workflow.Step) error { _, err := s.Incident(inc.ID); return err })
		if err != nil && !cre.Is(err, cre.NotFound) {
			t.Fatal(err)
		}
		return err == nil
	}
	if sees(zoe) {
		t.Error("zoe sees it before she is ada")
	}
	h.meets(ada, "ada@example.com")
	h.meets(zoe, "ada@example.com")
	if !sees(zoe) || sees(bob) {
		t.Errorf("zoe sees it: %v; bob: %v", sees(zoe), sees(bob))
	}
	h.as(zoe, (*workflow.Step).Unlink)
	if sees(zoe) {
		t.Error("zoe sees it after she is not ada any more")
	}
}

// Whoever of the two undoes a link, the private room that only one of them may see hears
// that the other is still in it; the rooms of what both may see hear nothing.
func TestAPrivateRoomHearsOfALinkThatIsUndone(t *testing.T) {
	for _, who := range []chat.Person{ada, zoe} {
		h := newHouse(t)
		h.meets(ada, "ada@example.com")
		h.meets(zoe, "ada@example.com")
		inc := h.mirrored(breach)
		if len(inc.Mirrors) != 1 {
			t.Fatalf("mirrors: %+v", inc.Mirrors)
		}
		h.mirrored(outage)
		h.as(who, (*workflow.Step).Unlink)
		want := "zoe is linked with nobody in INC-1 any more. If they are in this room, they still read it: remove them if they should not."
		for _, e := range h.does() {
			if text := e.Message.Text.String(); e.Place.Direct == "" && (e.Place != inc.RoomOn("annex").Room.Place || text != want) {
				t.Errorf("%s unlinks: said in %+v: %q", who.Name, e.Place, text)
			} else if text == want {
				want = ""
			}
		}
		if want != "" {
			t.Errorf("%s unlinks: the room does not hear it", who.Name)
		}
	}
}
