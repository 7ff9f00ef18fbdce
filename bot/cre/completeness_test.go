package cre_test

import (
	"slices"
	"testing"

	"cresset/bot/cre"
)

func TestCompletenessOf(t *testing.T) {
	got := cre.CompletenessOf([]cre.Request{
		{Department: "sales"},
		{Department: "sales", Lacked: []string{"component", "version"}, Component: "checkout", Facts: map[string]string{"version": "2.4"}},
		{Department: "consulting", Lacked: []string{"customer", "due"}, Customer: "acme"},
		{Lacked: []string{"who"}},
		{Department: "sales", Customer: "acme"},
	})
	want := []cre.Completeness{{Department: "", Never: 1}, {Department: "consulting", Never: 1}, {Department: "sales", AtFiling: 2, AfterAsk: 1}}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
