package cre

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
)

// TestKept is one week of a house, from noon on; day -1 is before it.
func TestKept(t *testing.T) {
	s := promising()
	at := func(d int) time.Time { return noon.AddDate(0, 0, d) }
	ada := chat.Person{Platform: "slack", ID: "U1", Name: "ada"}
	requests := []*Request{
		{ID: "R-1", Customer: "acme", Kind: "bug", Answered: at(0), Status: Done, Ended: at(2), Owner: ada},
		{ID: "R-2", Customer: "acme", Kind: "bug", Answered: at(1), Status: Done, Ended: at(7), Owner: ada}, // ended in the next week
		{ID: "R-3", Customer: "acme", Kind: "bug", Answered: at(3), Status: OnUs, Owner: ada,
			Breaches: []Breach{{FirstResponse, at(2)}, {Resolution, at(4)}}},
		{ID: "R-4", Customer: "acme", Kind: "bug", Answered: at(-1), Status: RefusedRequest, Ended: at(6),
			Breaches: []Breach{{Resolution, at(1)}}},
		{ID: "R-5", Customer: "acme", Kind: "bug", Answered: at(-1), Status: Withdrawn, Ended: at(3)}, // nobody resolved it
		{ID: "R-8", Customer: "acme", Kind: "bug", Answered: at(-1), Status: RefusedRequest, Ended: at(4)},
		{ID: "R-6", Customer: "globex", Kind: "question", Answered: at(-2), Status: OnUs, Replies: []time.Time{at(-1), at(1), at(5), at(8)},
			Breaches: []Breach{{NextResponse, at(-1)}, {NextResponse, at(3)}}},
		{ID: "R-7", Customer: "globex", Kind: "question", Status: New}, // nothing happened yet
	}
	tier := func(customer string) string { return map[string]string{"acme": "gold"}[customer] }
	var lines []string
	for _, k := range s.Kept(requests, tier, at(0), at(7)) {
		line := fmt.Sprintf("%s/%s %s: %d met, %.2f", k.Tier, k.Kind, k.Clock, k.Met, k.Share())
		for _, b := range k.Breaches {
			line += fmt.Sprintf(", %s day %d", b.Request, b.Due.Sub(noon)/day)
		}
		lines = append(lines, line)
	}
	want := `/question next response: 2 met, 0.67, R-6 day 3
gold/bug first response: 2 met, 0.67, R-3 day 2
gold/bug resolution: 2 met, 0.50, R-4 day 1, R-3 day 4`
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	s.Promised = nil
	for _, r := range requests {
		r.Breaches = nil
	}
	if got := s.Kept(requests, tier, at(0), at(7)); len(got) != 0 {
		t.Errorf("without a promise: %+v", got)
	}
}
