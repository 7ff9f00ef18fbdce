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
			Breaches: []Breach{{FirstResponse, at(2), at(3)}, {Resolution, at(4), time.Time{}}}},
		{ID: "R-4", Customer: "acme", Kind: "bug", Answered: at(-1), Status: RefusedRequest, Ended: at(6),
			Breaches: []Breach{{Resolution, at(1), at(6)}}},
		{ID: "R-5", Customer: "acme", Kind: "bug", Answered: at(-1), Status: Withdrawn, Ended: at(3)}, // nobody resolved it
		{ID: "R-8", Customer: "acme", Kind: "bug", Answered: at(-1), Status: RefusedRequest, Ended: at(4)},
		{ID: "R-6", Customer: "globex", Kind: "question", Answered: at(-2), Status: OnUs, Replies: []time.Time{at(-1), at(1), at(5), at(8)},
			Breaches: []Breach{{NextResponse, at(-1), at(0)}, {NextResponse, at(3), at(4)}}},
		{ID: "R-7", Customer: "globex", Kind: "question", Status: New},                            // nothing happened yet
		{ID: "R-9", Customer: "acme", Kind: "bug", Status: Done, Ended: at(3), Source: "sheet 1"}, // elsewhere
	}
	for _, r := range requests {
		if r.Source == "" {
			r.Hands = []Hand{{at(-3), OnUs}}
		}
	}
	tier := func(customer string) string { return map[string]string{"acme": "gold"}[customer] }
	var lines []string
	for _, k := range s.Kept(requests, tier, at(0), at(7), at(7)) {
		line := fmt.Sprintf("%s/%s %s: %d met, %.2f", k.Tier, k.Kind, k.Clock, k.Met, k.Share())
		for _, b := range k.Breaches {
			line += fmt.Sprintf(", %s day %d by %v %t", b.Request, b.Due.Sub(noon)/day, b.Late, b.Still)
		}
		lines = append(lines, line)
	}
	// Day 0 is a Tuesday. R-6: 5 h of Friday. R-3: 5 h of Thursday and 3 of Friday; then 8 of
	// Monday and 3 of Tuesday until now. R-4: 5 h of Wednesday, 8 and 8, 3 of Monday.
	want := `/question next response: 2 met, 0.67, R-6 day 3 by 5h0m0s false
gold/bug first response: 2 met, 0.67, R-3 day 2 by 8h0m0s false
gold/bug resolution: 2 met, 0.50, R-4 day 1 by 24h0m0s false, R-3 day 4 by 11h0m0s true`
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	s.Promised = nil
	for _, r := range requests {
		r.Breaches = nil
	}
	if got := s.Kept(requests, tier, at(0), at(7), at(7)); len(got) != 0 {
		t.Errorf("without a promise: %+v", got)
	}
}
