package cre

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func weights(customer string) int { return map[string]int{"acme": 3, "globex": 1}[customer] }

func TestBefore(t *testing.T) {
	due := func(days int) time.Time { return noon.AddDate(0, 0, days) }
	order := []Request{ // the worked-on-first first
		{Number: 9, Status: OnUs, Due: due(1)},
		{Number: 8, Status: New, Due: due(2), Customer: "acme"},
		{Number: 7, Status: New, Due: due(2).In(time.FixedZone("east", 3600)), Customer: "globex"},
		{Number: 6, Status: Triaged, Customer: "acme"},
		{Number: 4, Status: New, Customer: "globex"},
		{Number: 3, Status: New},
		{Number: 5, Status: New},
		{Number: 1, Status: OnCustomer, Due: due(0)},
		{Number: 2, Status: OnEngineering, Customer: "acme"},
	}
	for i := range order {
		for k := range order {
			if got := order[i].Before(&order[k], weights); got != (i < k) {
				t.Errorf("R-%d before R-%d: %v", order[i].Number, order[k].Number, got)
			}
		}
	}
}

// TestBeforeIsAnOrder: irreflexive, asymmetric, transitive, and so is not being
// before either way; otherwise a sorted queue would depend on how it was kept.
func TestBeforeIsAnOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	statuses := []RequestStatus{New, Triaged, OnUs, OnCustomer, OnRequester, OnEngineering, CloseLoop}
	some := func() *Request {
		q := &Request{Number: r.Uint64N(3), Status: statuses[r.IntN(len(statuses))], Customer: []string{"", "acme", "globex"}[r.IntN(3)]}
		if r.IntN(2) == 0 {
			q.Due = noon.AddDate(0, 0, r.IntN(3))
		}
		return q
	}
	before := func(a, b *Request) bool { return a.Before(b, weights) }
	same := func(a, b *Request) bool { return !before(a, b) && !before(b, a) }
	for range 50_000 {
		a, b, c := some(), some(), some()
		switch {
		case before(a, a):
			t.Fatalf("%+v is before itself", a)
		case before(a, b) && before(b, a):
			t.Fatalf("each of %+v and %+v is before the other", a, b)
		case before(a, b) && before(b, c) && !before(a, c):
			t.Fatalf("not transitive: %+v, %+v, %+v", a, b, c)
		case same(a, b) && same(b, c) && !same(a, c):
			t.Fatalf("sameness is not transitive: %+v, %+v, %+v", a, b, c)
		}
	}
}

func TestEndAndMust(t *testing.T) {
	ended := []RequestStatus{Done, RefusedRequest, Duplicate, BecameIncident, Withdrawn}
	for _, s := range []RequestStatus{New, Triaged, OnUs, OnCustomer, OnRequester, OnEngineering, CloseLoop, Done, RefusedRequest, Duplicate, BecameIncident, Withdrawn} {
		r := &Request{ID: "R-3", Status: s, Ended: noon, Incident: "INC-1"}
		err := r.Must()
		if over := slices.Contains(ended, s); s.Open() == over || Is(err, Conflict) != over {
			t.Errorf("one that is %s: open %v, %v", s, s.Open(), err)
		}
		want := "R-3 is " + s.Words() + " since " + noon.Format("2 Jan")
		if s == BecameIncident {
			want = "R-3 became INC-1."
		}
		if err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("one that is %s: %q", s, err)
		}
	}
	r := &Request{Status: OnUs}
	r.End(RefusedRequest, "too late", noon)
	if r.Status.Open() || r.Reason != "too late" || !r.Ended.Equal(noon) {
		t.Errorf("got %+v", r)
	}
}
