package cre

import "testing"

func TestSatisfaction(t *testing.T) {
	var s Satisfaction
	if got := s.Words(); got != "" {
		t.Errorf("of nothing: %q", got)
	}
	for _, r := range []Rating{{Good: true}, {Text: "it took two weeks"}, {Text: "older"}} {
		s.Add(&r)
	}
	if got := s.Words(); got != "1 of 3 ratings good" || s.Last != "it took two weeks" {
		t.Errorf("%q, last %q", got, s.Last)
	}
	for range 5 {
		s.Add(&Rating{Good: true})
	}
	if got := s.Words(); got != "75 % of 8 ratings good" { // 6 of 8
		t.Errorf("%q", got)
	}
}
