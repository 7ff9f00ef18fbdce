package cre

import "testing"

func TestCustomerOf(t *testing.T) {
	customers := []Customer{
		{Key: "acme", Domains: []string{"acme.example", "Acme.Test"}},
		{Key: "acme-emea", Domains: []string{"emea.acme.example"}},
		{Key: "sloppy", Domains: []string{"gmail.com", "com"}},
		{Key: "none"},
	}
	for address, want := range map[string]string{
		"kim@acme.example":           "acme",
		"kim@ACME.example":           "acme",
		"kim@acme.test":              "acme",
		"kim@mail.acme.example":      "acme",
		"kim@emea.acme.example":      "acme-emea",
		"kim@mx.emea.acme.example":   "acme-emea",
		"kim@notacme.example":        "",
		"kim@acme.example.evil.test": "",
		"kim@example":                "",
		"kim@gmail.com":              "",
		"kim@GMail.com":              "",
		"kim@mail.gmail.com":         "",
		"kim":                        "",
		"kim@":                       "",
		"":                           "",
		"@acme.example":              "acme",
	} {
		if got := CustomerOf(customers, address); got != want {
			t.Errorf("%q is of %q, want %q", address, got, want)
		}
	}
}
