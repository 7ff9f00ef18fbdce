package cre_test

import (
	"testing"

	"cresset/bot/cre"
)

func TestMentions(t *testing.T) {
	for _, c := range []struct {
		text, phrase string
		want         bool
	}{
		{"Acme's export is slow", "acme", true},
		{"(ACME) export", "acme", true},
		{"for Acme GmbH, since Monday", "acme gmbh", true},
		{"acmeist and acme", "acme", true},
		{"the acme-gmbh portal", "acme", false},
		{"Größe", "größ", false},
		{"GRÖSSE: XL", "xl", true},
		{"acme", "", false},
		{"", "acme", false},
	} {
		if got := cre.Mentions(c.text, c.phrase); got != c.want {
			t.Errorf("%q mentions %q: %v", c.text, c.phrase, got)
		}
	}
}
