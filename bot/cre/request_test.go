package cre

import (
	"slices"
	"strings"
	"testing"
)

func TestEndAndMust(t *testing.T) {
	ended := []RequestStatus{Done, RefusedRequest, Duplicate, BecameIncident, Withdrawn}
	for _, s := range []RequestStatus{New, Triaged, OnUs, OnCustomer, OnRequester, OnEngineering, CloseLoop, Done, RefusedRequest, Duplicate, BecameIncident, Withdrawn} {
		r := &Request{ID: "R-3", Status: s, Ended: noon, Incident: "INC-1"}
		err := r.Must()
		if over := slices.Contains(ended, s); s.Open() == over || Is(err, Conflict) != over {
			t.Errorf("one that is %s: open %v, %v", s, s.Open(), err)
		}
		want := "R-3 ended on " + noon.Format("2 Jan") + " (" + s.Words() + ")."
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
