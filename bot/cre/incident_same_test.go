package cre_test

import (
	"slices"
	"testing"

	"cresset/bot/cre"
)

func TestEchoes(t *testing.T) {
	acme := &cre.Customer{Key: "acme", Name: "Acme GmbH"}
	for _, c := range []struct {
		incident, request string
		want              []string
	}{
		{"Checkout returns 500", "500 in the checkout, says Acme", []string{"Checkout", "500"}},
		{"Checkout returns 500", "the checkout is slow", nil},
		{"Acme GmbH checkout fails", "Acme GmbH cannot export", nil},
		{"Acme checkout fails for mobile users of the old app", "mobile checkout has a typing error", nil},
		{"Acme checkout fails for mobile users", "mobile: checkout fails", []string{"checkout", "fails", "mobile"}},
	} {
		got := (&cre.Incident{Title: c.incident}).Echoes(&cre.Request{Title: c.request}, acme)
		if !slices.Equal(got, c.want) {
			t.Errorf("%q and %q: %q, want %q", c.incident, c.request, got, c.want)
		}
	}
	if !(&cre.Incident{Services: []string{"Checkout"}}).Affects("checkout") || (&cre.Incident{}).Affects("") {
		t.Error("a service is not told by its name")
	}
}
