package web

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"cresset/bot/cre"
	"cresset/store"
)

// wait puts requests into the queue, in the order in which they are worked on.
func (b *bench) wait(all ...cre.Request) {
	b.Helper()
	b.update(func(tx store.Tx) error {
		for i, r := range all {
			r.Number = uint64(i + 1)
			r.ID = fmt.Sprint("R-", r.Number)
			r.Created = noon.Add(-time.Hour)
			if r.Requester.IsZero() {
				r.Requester = known("sam")
			}
			if r.Status == "" {
				r.Status = cre.New
			}
			if err := store.Requests.Put(tx, &r); err != nil {
				return err
			}
		}
		return nil
	})
}

var six = []cre.Request{
	{Title: "The export is slow", Customer: "acme", Kind: "bug", Component: "checkout", Department: "sales"},
	{Title: "Single sign-on fails", Customer: "acme", Kind: "bug", Status: cre.OnUs, Owner: known("ada")},
	{Title: "Exporters want a date", Customer: "acme", Kind: "feature", Status: cre.OnUs, Owner: known("bob")},
	{Title: "Which regions are there", Customer: "globex", Kind: "question", Requester: known("ada")},
	{Title: "A role for auditors", Customer: "globex", Kind: "access", Department: "sales"},
	{Title: "The log is empty", Customer: "globex", Kind: "bug", Status: cre.OnCustomer},
}

var rowID = regexp.MustCompile(`<tr id="row-(R-\d+)"`)

// rowsOf are the requests that a page shows, in order.
func rowsOf(page string) string {
	var ids []string
	for _, m := range rowID.FindAllStringSubmatch(page, -1) {
		ids = append(ids, m[1])
	}
	return strings.Join(ids, " ")
}

// A filter is what a browser sends of the form, also without a script.
func TestQueueFilters(t *testing.T) {
	b := newBench(t)
	b.wait(six...)
	b.who = "ada"
	for query, want := range map[string]string{
		"":                    "R-1 R-2 R-3 R-4 R-5 R-6",
		"customer=globex":     "R-4 R-5 R-6",
		"kind=bug":            "R-1 R-2 R-6",
		"status=on_us":        "R-2 R-3",
		"department=sales":    "R-1 R-5",
		"component=checkout":  "R-1",
		"owner=console%3Aada": "R-2",
		"owner=nobody":        "R-1 R-4 R-5 R-6",
		"mine=1":              "R-2 R-4",
		"q=expor":             "R-1 R-3",
		"q=r-5":               "R-5",
		"q=&customer=acme&kind=bug&status=&owner=&department=&component=": "R-1 R-2",
		"customer=initech": "",
		"page=7":           "R-1 R-2 R-3 R-4 R-5 R-6", // what was there is done
	} {
		if got := rowsOf(b.get("/queue?" + query)); got != want {
			t.Errorf("%q shows %q, want %q", query, got, want)
		}
	}
	page := b.get("/queue?customer=globex&q=role")
	b.wants(page, `<form class="filters" id="filters" method="get" action="/queue"`, `<button class="button filter-go">`, `<option value="globex" selected>Globex Corporation · 3</option>`,
		`value="role"`, `<option value="console:bob">bob · 1</option>`, `<option value="on_us">in work · 2</option>`, `href="/queue">Clear</a>`)
	b.wants(b.get("/queue?customer=initech"), "Nothing in the queue matches", `<option value="initech" selected>`)
}

func TestQueuePages(t *testing.T) {
	b := newBench(t)
	many := make([]cre.Request, 2*rowsOfQueue+1)
	for i := range many {
		many[i] = cre.Request{Title: "The export is slow", Customer: "acme"}
	}
	b.wait(many...)
	first, last := b.get("/queue?customer=acme"), b.get("/queue?customer=acme&page=3")
	b.wants(first, "1–50 of 101", `href="/queue?customer=acme&amp;page=2"`)
	b.lacks(first, "Before them")
	b.wants(last, "101–101 of 101", `id="row-R-101"`, `href="/queue?customer=acme&amp;page=2"`)
	b.lacks(last, "After them")
	customer := b.get("/customers/acme")
	b.wants(customer, `href="/queue?customer=acme">All 101 in the queue`)
	if n := len(rowID.FindAllString(customer, -1)); n != rowsOfCustomer {
		t.Errorf("the customer's page shows %d requests, want %d", n, rowsOfCustomer)
	}
}

// What ended is shown by when it ended, page by page, each once.
func TestOverPages(t *testing.T) {
	b := newBench(t)
	const all = rowsOfQueue + 10
	b.update(func(tx store.Tx) error {
		for i := range uint64(all) {
			r := cre.Request{ID: fmt.Sprint("R-", i+1), Number: i + 1, Title: "Over", Customer: []string{"acme", "globex"}[i%2], Status: cre.Done, Requester: known("sam"),
				Ended: noon.Add(-time.Duration(i/7) * time.Hour)} // several at once
			if err := store.Requests.Put(tx, &r); err != nil {
				return err
			}
		}
		return nil
	})
	page := b.get("/queue?tab=over")
	seen := map[string]bool{}
	for _, id := range strings.Fields(rowsOf(page)) {
		seen[id] = true
	}
	next := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(page)
	if len(seen) != rowsOfQueue || next == nil {
		t.Fatalf("the first page shows %d, and leads to %q", len(seen), next)
	}
	page = b.get(strings.ReplaceAll(next[1], "&amp;", "&"))
	for _, id := range strings.Fields(rowsOf(page)) {
		if seen[id] {
			t.Errorf("%s is on both pages", id)
		}
		seen[id] = true
	}
	if len(seen) != all || strings.Contains(page, `rel="next"`) {
		t.Errorf("two pages show %d of %d", len(seen), all)
	}
	if n := len(strings.Fields(rowsOf(b.get("/queue?tab=over&customer=globex")))); n != all/2 {
		t.Errorf("%d of globex, want %d", n, all/2)
	}
}

// Where nothing is promised, a new request is to be looked at, until somebody answers.
func TestWhoWasAnsweredIsNotLookedAt(t *testing.T) {
	b := newBench(t)
	b.wait(cre.Request{Title: "The export is slow", NextLook: noon.Add(time.Hour)})
	b.wants(b.get("/queue"), "answer by")
	b.change(t, 1, func(r *cre.Request) { r.Answer(noon) })
	b.lacks(b.get("/queue"), "answer by")
}

func TestRequestPage(t *testing.T) {
	b := newBench(t)
	b.Settings.Promised = map[cre.Group]cre.Targets{{}: {FirstResponse: time.Hour, Resolution: 48 * time.Hour}}
	b.Settings.Hours = cre.Calendar{{Days: []time.Weekday{noon.Weekday()}, To: 24 * time.Hour, Zone: time.UTC}}
	b.wait(cre.Request{Title: "The export is slow", Customer: "acme", Due: noon.AddDate(0, 0, 2), Facts: map[string]string{"fixed_in": "2.4.1"}, Detail: "Since Monday",
		Hands: []cre.Hand{{At: noon.Add(-3 * time.Hour), Status: cre.New}, {At: noon.Add(-2 * time.Hour), Status: cre.OnCustomer}}, Status: cre.OnCustomer, Owner: known("ada"), Answered: noon.Add(-2 * time.Hour),
		Bumps: []cre.Bump{{By: known("eve"), At: noon.Add(-time.Hour), Urgency: cre.Blocked, Reason: "their audit"}}})
	page := b.get("/requests/r-1")
	b.wants(page, "The export is slow", "Since Monday", "Acme GmbH", "fixed in", "2.4.1", "waiting for the customer", "Place 1 of 1", "16 of 40", "due in 2 days", "their audit",
		"for 1h", "for 2h", `data-line="cre done R-1"`, `data-line="cre like R-1"`)
	b.lacks(page, `data-line="cre take R-1"`)
	for _, path := range []string{"/requests/R-9", "/requests/9", "/requests/R-x"} {
		if status, _, _ := b.request("GET", path, nil); status != 404 {
			t.Errorf("%s: %d, want 404", path, status)
		}
	}
}

// Nobody sees on any of the pages what is not for their eyes.
func TestRequestsAreSeenByWhoMay(t *testing.T) {
	b := private(t)
	b.Settings.Roles.Responder = []string{"console:ada"}
	b.wait(six...)
	b.logIn("ada", adaSecret)
	if got := rowsOf(b.get("/queue")); got != "R-1 R-2 R-3 R-4 R-5 R-6" {
		t.Errorf("ada, who works on requests, sees %q", got)
	}
	b.logIn("bob", bobSecret)
	page, sheet := b.get("/queue"), b.get("/queue/export.csv")
	if got := rowsOf(page); got != "R-3" || strings.Contains(page, "Globex") {
		t.Errorf("bob, who owns R-3, sees %q", got)
	}
	if status, _, _ := b.request("GET", "/requests/R-4", nil); status != 404 {
		t.Errorf("bob gets %d of R-4", status)
	}
	b.wants(sheet, "Exporters want a date")
	b.lacks(sheet, "Which regions are there", "Single sign-on")
}
