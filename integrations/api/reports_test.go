package api

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// queue fills the queue: R-1 is due today, R-3 is critical, R-4 waits, R-5 is of a
// customer whom no token sees, R-6 is done.
func (s *server) queue() {
	s.Helper()
	s.api.Rules.Weights = cre.Weights{Impact: 40, Deadline: 20}
	s.update(func(tx store.Tx) error {
		for i, r := range []cre.Request{
			{Customer: "acme", Kind: "bug", Status: cre.New, Due: now},
			{Customer: "acme", Kind: "question", Department: "sales", Status: cre.OnUs},
			{Customer: "globex", Kind: "bug", Component: "export", Status: cre.New, Impact: cre.Critical},
			{Customer: "acme", Kind: "bug", Status: cre.OnCustomer},
			{Customer: "hooli", Kind: "bug", Status: cre.New, Title: "canary"},
			{Customer: "acme", Status: cre.Done, Ended: now.Add(-time.Hour), Minutes: 40, Class: cre.ToilWork, Title: "what was done"},
		} {
			r.Number, r.Created = uint64(i+1), now
			r.ID = fmt.Sprint("R-", r.Number)
			if err := store.Requests.Put(tx, &r); err != nil {
				return err
			}
		}
		return store.Customers.Put(tx, &cre.Customer{Key: "hooli", SeenBy: []string{"slack:U1"}})
	})
}

func TestQueue(t *testing.T) {
	s := serve(t)
	s.queue()
	for query, want := range map[string]string{
		"":                        "3/1/40 1/2/20 2/3/0 4/5/0 of 4",
		"?customer=ACME":          "1/2/20 2/3/0 4/5/0 of 3",
		"?kind=bug":               "3/1/40 1/2/20 4/5/0 of 3",
		"?customer=acme&kind=bug": "1/2/20 4/5/0 of 2",
		"?status=on_us":           "2/3/0 of 1",
		"?department=sales":       "2/3/0 of 1",
		"?component=export":       "3/1/40 of 1",
		"?customer=hooli":         "of 0",
		"?customer=nobody":        "of 0",
		"?limit=2":                "3/1/40 1/2/20 of 4 and more",
		"?limit=4":                "3/1/40 1/2/20 2/3/0 4/5/0 of 4",
	} {
		status, out := s.ask("GET", "/api/v1/queue"+query, "")
		if got := places(out); status != 200 || got != want {
			t.Errorf("%q: %d %s, want %s", query, status, got, want)
		}
	}
	_, out := s.ask("GET", "/api/v1/queue?limit=3", "")
	if _, rest := s.ask("GET", "/api/v1/queue?limit=3&cursor="+fmt.Sprint(out["next"]), ""); places(rest) != "4/5/0 of 4" {
		t.Errorf("the second page: %s", places(rest))
	}
	if got := fmt.Sprint(out["items"].([]any)[0].(map[string]any)["reasons"]); got != "[map[points:40 words:critical impact]]" {
		t.Errorf("reasons: %s", got)
	}
	if _, out := s.ask("GET", "/api/v1/queue", "", "Authorization", "Bearer eyes"); places(out) != "of 0" {
		t.Errorf("a viewer sees %s", places(out))
	}
	for _, query := range []string{"?limit=0", "?limit=101", "?limit=-1", "?limit=x", "?cursor=x", "?cursor=" + list{path: "requests"}.cursor([]byte("1")), "?cursor=" + list{path: "queue"}.cursor([]byte("-1"))} {
		if status, out := s.ask("GET", "/api/v1/queue"+query, ""); status != 400 || out["error"] == "" {
			t.Errorf("%s: %d %v", query, status, out)
		}
	}
}

// places are the items as number/place/points, and how many there are.
func places(out map[string]any) string {
	words := ""
	for _, item := range out["items"].([]any) {
		one := item.(map[string]any)
		words += fmt.Sprintf("%v/%v/%v ", one["request"].(map[string]any)["number"], one["place"], one["points"])
	}
	words += fmt.Sprintf("of %v", out["all"])
	if out["next"] != nil {
		words += " and more"
	}
	return words
}

func TestToil(t *testing.T) {
	s := serve(t)
	s.queue()
	s.api.Rules.ToilLimit = 0.5
	s.update(func(tx store.Tx) error {
		for i, w := range []cre.Spent{
			{At: now, Minutes: 60, Class: cre.EngineeringWork, Customer: "acme"},
			{At: now.AddDate(0, 0, -7), Minutes: 5},
			{At: now, Minutes: 20, Class: cre.ToilWork, Customer: "hooli", What: "canary", By: chat.Person{Platform: "slack", ID: "U1"}},
		} {
			if w.At.Equal(now) {
				w.At = now.Add(-time.Minute)
			}
			w.N = uint64(i + 1)
			if err := store.Spents.Put(tx, &w); err != nil {
				return err
			}
		}
		return nil
	})
	status, out := s.ask("GET", "/api/v1/toil", "")
	all, by := out["all"].(map[string]any), out["by"].(map[string]any)
	if status != 200 || all["minutes"] != 120.0 || all["toil"] != 0.5 || out["limit"] != 0.5 || out["done"] != 1.0 || out["timed"] != 1.0 ||
		fmt.Sprint(all["classes"]) != "map[engineering:60 toil:60]" || out["from"] != "2026-11-16T00:00:00Z" || out["to"] != "2026-11-23T00:00:00Z" {
		t.Errorf("%d %v", status, out)
	}
	if got := fmt.Sprint(by["customer"]); strings.Contains(fmt.Sprint(out), "canary") || !strings.Contains(got, "name:private") || strings.Contains(got, "hooli") {
		t.Errorf("by customer: %s", got)
	}
	if _, out := s.ask("GET", "/api/v1/toil?period=last-week", ""); out["all"].(map[string]any)["minutes"] != 5.0 {
		t.Errorf("last week: %v", out)
	}
	if status, out := s.ask("GET", "/api/v1/toil?period=year", ""); status != 400 || !strings.Contains(fmt.Sprint(out["error"]), "last week") {
		t.Errorf("a year: %d %v", status, out)
	}
	if status, out := s.ask("GET", "/api/v1/toil", "", "Authorization", "Bearer eyes"); status != 403 || len(out) != 1 {
		t.Errorf("a viewer: %d %v", status, out)
	}
	for _, path := range []string{"queue", "toil", "clocks"} {
		if status, _ := s.ask("GET", "/api/v1/"+path, "", "Authorization", "Bearer wrong"); status != 401 {
			t.Errorf("%s without a token: %d", path, status)
		}
	}
}

// What nobody may see counts, and has no number.
func TestClocks(t *testing.T) {
	s := serve(t)
	s.api.Rules.KeepShare = 0.95
	s.api.Rules.Promised = map[cre.Group]cre.Targets{{}: {FirstResponse: time.Hour}}
	at := func(hours float64) time.Time { return now.Add(time.Duration(hours * float64(time.Hour))) }
	s.update(func(tx store.Tx) error {
		for i, r := range []cre.Request{
			{Customer: "acme", Kind: "bug", Answered: at(-3)},
			{Customer: "acme", Kind: "bug", Answered: at(-1.5), Breaches: []cre.Breach{{Clock: cre.FirstResponse, Due: at(-2), Came: at(-1.5)}}},
			{Customer: "hooli", Kind: "bug", Breaches: []cre.Breach{{Clock: cre.FirstResponse, Due: at(-1)}}},
			{Customer: "acme", Kind: "bug", Answered: at(-240)}, // of another week
		} {
			r.Number = uint64(i + 1)
			r.ID, r.Status, r.Hands = fmt.Sprint("R-", r.Number), cre.New, []cre.Hand{{At: at(-250), Status: cre.New}}
			if err := store.Requests.Put(tx, &r); err != nil {
				return err
			}
		}
		return store.Customers.Put(tx, &cre.Customer{Key: "hooli", Tier: "gold", SeenBy: []string{"slack:U1"}})
	})
	status, out := s.ask("GET", "/api/v1/clocks?period=week", "")
	want := "[map[clock:first response kind:bug late:[map[due:2026-11-20T08:00:00Z minutes:30 request:R-2]] met:1] " +
		"map[clock:first response kind:bug late:[map[due:2026-11-20T09:00:00Z minutes:60 still:true]] met:0 tier:gold]]"
	if got := fmt.Sprint(out["kept"]); status != 200 || got != want || out["target"] != 0.95 {
		t.Errorf("%d %v\n%s\nwant\n%s", status, out["target"], got, want)
	}
	if _, out := s.ask("GET", "/api/v1/clocks?period=last-week", ""); !strings.Contains(fmt.Sprint(out["kept"]), "met:1") {
		t.Errorf("last week: %v", out["kept"])
	}
	if status, _ := s.ask("GET", "/api/v1/clocks", "", "Authorization", "Bearer eyes"); status != 403 {
		t.Errorf("a viewer: %d", status)
	}
	if status, _ := s.ask("GET", "/api/v1/clocks?period=day", ""); status != 400 {
		t.Errorf("a day: %d", status)
	}
}
