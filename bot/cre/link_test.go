package cre

import (
	"testing"
	"time"

	"cresset/bot/chat"
)

func account(key string) Account {
	platform, id := key[:1], key[1:]
	return Account{Who: chat.Person{Platform: platform, ID: id}}
}

func human(keys ...string) *Human {
	h := &Human{}
	for _, k := range keys {
		h.Accounts = append(h.Accounts, account(k))
	}
	return h
}

// A human has one account on each platform, however the accounts came together.
func TestJoin(t *testing.T) {
	for _, c := range []struct {
		what   string
		h, o   *Human
		joined bool
	}{
		{"two platforms", human("s1"), human("d1"), true},
		{"a third", human("s1", "d1"), human("c1"), true},
		{"two accounts on one", human("s1"), human("s2"), false},
		{"one in common", human("s1", "d1"), human("d2", "c1"), false},
	} {
		before := len(c.h.Accounts)
		err := c.h.Join(c.o, ByCode)
		if (err == nil) != c.joined || err != nil && (!Is(err, Conflict) || len(c.h.Accounts) != before) {
			t.Errorf("%s: %v, %+v", c.what, err, c.h)
		}
		if err == nil && (len(c.h.Accounts) != before+len(c.o.Accounts) || c.h.Accounts[before].How != ByCode || c.h.Accounts[0].How != "") {
			t.Errorf("%s: %+v", c.what, c.h)
		}
	}
}

func TestSameEmail(t *testing.T) {
	apart := human("d1")
	apart.Apart = true
	for _, c := range []struct {
		what string
		h, o *Human
		want bool
	}{
		{"two platforms", human("s1"), human("d1"), true},
		{"one platform", human("s1"), human("s2"), false},
		{"one that was undone", human("s1"), apart, false},
		{"the other way", apart, human("s1"), false},
	} {
		if got := c.h.SameEmail(c.o); got != c.want {
			t.Errorf("%s: %v", c.what, got)
		}
	}
}

func TestPart(t *testing.T) {
	h := human("s1")
	if err := h.Join(human("d1"), ByEmail); err != nil {
		t.Fatal(err)
	}
	d1 := account("d1").Who
	if !h.Has(d1) || h.Has(account("d2").Who) {
		t.Errorf("%+v", h)
	}
	if parted := h.Part(d1); parted.Who != d1 || parted.How != "" || h.Has(d1) || len(h.Accounts) != 1 {
		t.Errorf("parted %+v, left %+v", parted, h)
	}
}

// A code links however it is written, for fifteen minutes, and only itself.
func TestCodes(t *testing.T) {
	now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	var l Linking
	code := l.Offer("K7QXM2PAZZZZ", now)
	if code != "K7QX-M2PA" {
		t.Errorf("code %q", code)
	}
	for _, written := range []string{code, "k7qx-m2pa", "k7qxm2pa", " K7QX M2PA "} {
		if CodeHash(written) != l.Hash {
			t.Errorf("%q is another code", written)
		}
	}
	if CodeHash("K7QX-M2PB") == l.Hash || l.Hash == code {
		t.Error("the hash hides nothing")
	}
	if !l.Valid(now.Add(CodeLasts-time.Second)) || l.Valid(now.Add(CodeLasts)) || (&Linking{}).Valid(now) {
		t.Error("it lasts too long, or not long enough")
	}
}

// Five wrong codes tire, until a quarter of an hour after the first.
func TestWrongCodesTire(t *testing.T) {
	now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	var l Linking
	for i := range MostWrong {
		if again := l.Tired(now); !again.IsZero() {
			t.Fatalf("tired after %d", i)
		}
		l.Miss(now)
		now = now.Add(time.Minute)
	}
	if again := l.Tired(now); again.Sub(now) != CodeLasts-MostWrong*time.Minute {
		t.Errorf("again at %v", again)
	}
	now = now.Add(CodeLasts)
	if l.Miss(now); l.Wrong != 1 || !l.Tired(now).IsZero() {
		t.Errorf("after a while: %+v", l)
	}
}
