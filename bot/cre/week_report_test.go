package cre

import (
	"fmt"
	"testing"
	"time"
)

// The office is open from 9 to 17. On Monday sales files, consulting R-4.
//
//	R-1 answered at 10:00 (1h), done on Tuesday at 10:00 (8h + 1h)
//	R-2 answered at 12:00 (3h), lacked its version, told it later
//	R-3 answered on Tuesday at 11:00 (10h), lacks its version
//	R-4 is new; R-0 of consulting, filed the Friday before at 9:00, is done on Monday at 11:00 (10h), and was bad; R-9 is declined
func TestWeeksByHand(t *testing.T) {
	s := &Settings{Hours: Calendar{{Days: []time.Weekday{1, 2, 3, 4, 5}, From: 9 * time.Hour, To: 17 * time.Hour, Zone: time.UTC}}}
	at := func(day, hour int) time.Time { return monday.AddDate(0, 0, day).Add(time.Duration(hour) * time.Hour) }
	one := &Request{Department: "sales", Created: at(0, 9), Answered: at(0, 10), Status: Done, Ended: at(1, 10), Rating: &Rating{Good: true}}
	filed := []*Request{one,
		{Department: "sales", Created: at(0, 9), Answered: at(0, 12), Lacked: []string{"version"}, Facts: map[string]string{"version": "2"}},
		{Department: "sales", Created: at(0, 9), Answered: at(1, 11), Lacked: []string{"version"}},
		{Department: "consulting", Created: at(0, 9)}}
	ended := []*Request{
		{Department: "consulting", Created: at(-3, 9), Status: Done, Ended: at(0, 11), Rating: &Rating{Text: "too late"}},
		one,
		{Department: "", Created: at(0, 9), Status: RefusedRequest, Ended: at(2, 9)}}
	want := []string{
		": 0 filed, 0 done, , , , ",
		"consulting: 1 filed, 1 done, , 10h (of 1), 1 of 1 at filing, 0 of 1 rating good",
		"sales: 3 filed, 1 done, 3h (of 3), 9h (of 1), 1 of 3 at filing, 1 when asked, 1 not yet, 1 of 1 rating good",
	}
	for i, w := range s.Weeks(filed, ended) {
		got := fmt.Sprintf("%s: %d filed, %d done, %s, %s, %s, %s", w.Department, w.Filed, w.Done, w.Answered.Words(), w.Finished.Words(), w.Complete.Words(), w.Satisfied.Words())
		if got != want[i] {
			t.Errorf("got  %s\nwant %s", got, want[i])
		}
	}
}

// What is said of a few has no share.
func TestSharesOfEnough(t *testing.T) {
	for want, got := range map[string]string{
		"3 of 4": ShareWords(3, 4), "80 % (4 of 5)": ShareWords(4, 5),
		"25m of 40m":  (&Tally{Times: 4, Minutes: 40, Classes: map[ToilClass]int{ToilWork: 25}}).Words(),
		"50 % of 40m": (&Tally{Times: 5, Minutes: 40, Classes: map[ToilClass]int{ToilWork: 20}}).Words(),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestRepeats(t *testing.T) {
	var all []*Request
	for i, title := range []string{
		"which ports does checkout need",         // port checkout need
		"the invoices are empty",
		"Which ports does checkout need in test", // port checkout need test
		"invoices are empty since Monday",        // with R-2
		"export",
		"ports",                                  // one word of three
		"checkout needs a port on staging",
		"exports",                                // the one word
		"is it not there",                        // no word that tells
		"is it not there",
	} {
		all = append(all, &Request{ID: fmt.Sprint("R-", i+1), Title: title})
	}
	got := ""
	for _, g := range Repeats(all) {
		got += "; "
		for _, r := range g {
			got += r.ID + " "
		}
	}
	if want := "; R-1 R-3 R-7 ; R-2 R-4 ; R-5 R-8 "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
