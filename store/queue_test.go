package store_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

var queueRules = &cre.Settings{Zone: time.UTC, TierWeight: map[string]int{"enterprise": 3, "basic": 1},
	Weights: cre.Weights{Tier: 20, Impact: 20, Deadline: 20, Calendar: 10, Budget: 5, Age: 10, Bumps: 10, Alike: 5},
	SLOs:    []cre.SLO{{Name: "checkout", Customers: []string{"acme"}}}}

var queueNow = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC) // a Monday

func person(id string) chat.Person { return chat.Person{Platform: "chat", ID: id, Name: id} }

// inQueue keeps records and looks at the queue as somebody.
func inQueue(t *testing.T, eyes cre.Eyes, keep func(store.Tx) error, look func(store.Tx, *store.Queue)) {
	t.Helper()
	db := openBolt(t)
	if err := db.Update(t.Context(), keep); err != nil {
		t.Fatal(err)
	}
	err := db.View(t.Context(), func(tx store.Tx) error {
		q, err := store.OpenQueue(tx, queueRules, eyes, queueNow)
		if err == nil {
			look(tx, q)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A customer's tier, its day and its budget, the request's due day, impact, age and
// bumps are all in the queue, each worked by hand.
func TestQueueScores(t *testing.T) {
	keep := func(tx store.Tx) error {
		for _, c := range []cre.Customer{{Key: "acme", Tier: "enterprise"}, {Key: "globex", Tier: "basic"}} {
			if err := store.Customers.Put(tx, &c); err != nil {
				return err
			}
		}
		if err := store.Events.Put(tx, &cre.CustomerDay{Customer: "acme", Day: "2026-03-07", N: 1, Text: "match"}); err != nil {
			return err
		}
		if err := store.Budgets.Put(tx, &store.Budget{SLO: "checkout", Spent: 80}); err != nil {
			return err
		}
		for _, r := range []cre.Request{
			{Number: 1, Status: cre.New, Customer: "globex", Created: queueNow},
			{Number: 2, Status: cre.New, Customer: "acme", Component: strings.Repeat("long ", 50), Impact: cre.High, Due: queueNow.AddDate(0, 0, 2),
				Created: queueNow.AddDate(0, 0, -2), Bumps: []cre.Bump{{Urgency: cre.Blocked}}, Alike: 2},
			{Number: 3, Status: cre.OnCustomer, Customer: "acme", Created: queueNow},
			{Number: 4, Status: cre.Done, Customer: "acme", Created: queueNow},
			{Number: 5, Status: cre.Triaged, Customer: "nobody", Created: queueNow},
		} {
			r.ID = fmt.Sprint("R-", r.Number)
			if err := store.Requests.Put(tx, &r); err != nil {
				return err
			}
		}
		return nil
	}
	inQueue(t, cre.Eyes{CRE: true}, keep, func(_ store.Tx, q *store.Queue) {
		var got []string
		page, all, err := q.Page(nil, 0, 0)
		if err != nil || all != 4 || q.Len() != 4 || q.Seen() != 4 {
			t.Fatalf("%d of %d, %v", all, q.Len(), err)
		}
		for _, r := range page {
			var words []string
			for _, reason := range r.Reasons {
				words = append(words, reason.Words)
			}
			got = append(got, fmt.Sprintf("%d %s %d %s", r.Place, r.ID, r.Points, strings.Join(words, ", ")))
		}
		want := []string{
			"1 R-2 66 enterprise, due in 2 days, high impact, match on Saturday, 80 % of the error budget spent, bumped once, 3rd similar this week, open for 2 days",
			"2 R-1 7 basic", // 20·1/3
			"3 R-5 0 ",
			"4 R-3 28 enterprise, match on Saturday, 80 % of the error budget spent", // 20 + 10·3/8 + 5·80/100, and not ours
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if a, b, c := q.Place(2), q.Place(3), q.Place(4); a != 1 || b != 4 || c != 0 {
			t.Errorf("R-2 is %d, R-3 is %d, R-4 is %d", a, b, c)
		}
		some, all, err := q.Page(func(q *cre.Queued) bool { return q.Customer == "acme" }, 1, 1)
		if err != nil || all != 2 || len(some) != 1 || some[0].ID != "R-3" || some[0].Place != 4 {
			t.Errorf("the second of acme: %+v of %d, %v", some, all, err)
		}
	})
}

// The queue shows what Sees allows, without reading what it shows.
func TestQueueIsSeenAsItsRequests(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	keep := func(tx store.Tx) error {
		for _, c := range []cre.Customer{{Key: "acme"}, {Key: "secret", SeenBy: []string{"chat:U1", "chat:U2"}}} {
			if err := store.Customers.Put(tx, &c); err != nil {
				return err
			}
		}
		inc := &cre.Incident{ID: "INC-1", Number: 1, Private: true, Declarer: person("U3")}
		if err := store.Incidents.Put(tx, inc); err != nil {
			return err
		}
		for n := range uint64(300) {
			one := &cre.Request{ID: fmt.Sprint("R-", n+1), Number: n + 1, Status: cre.New, Customer: pick("", "acme", "secret", "gone"),
				Department: pick("", "sales", "consulting"), Requester: person(pick("U1", "U2", "U3", "U4")), Private: r.IntN(3) == 0}
			if r.IntN(2) == 0 {
				one.Owner = person(pick("U1", "U2", "U3"))
			}
			if one.Private {
				one.Incident = pick("INC-1", "INC-9")
			}
			if err := store.Requests.Put(tx, one); err != nil {
				return err
			}
		}
		return nil
	}
	for _, id := range []string{"U1", "U3", "U4", "U5"} {
		for _, eyes := range []cre.Eyes{{CRE: true}, {Department: "sales"}, {}} {
			eyes.Accounts = []chat.Person{person(id)}
			inQueue(t, eyes, keep, func(tx store.Tx, q *store.Queue) {
				shown := map[uint64]bool{}
				for w, err := range q.Waiting(nil) {
					if err != nil {
						t.Fatal(err)
					}
					shown[w.Number] = true
				}
				if len(shown) != q.Seen() || q.Len() != 300 {
					t.Errorf("%d are shown, %d seen, %d in all", len(shown), q.Seen(), q.Len())
				}
				for one, err := range store.Requests.All(tx, store.Page{}) {
					if err != nil {
						t.Fatal(err)
					}
					if may, err := store.Sees(tx, eyes, one); err != nil || may != shown[one.Number] {
						t.Errorf("%s sees %+v: %v, and the queue says %v (%v)", id, one, may, shown[one.Number], err)
					}
				}
			})
		}
	}
}

// A line that is damaged is an error, and no request that never was.
func TestQueueOfADamagedLine(t *testing.T) {
	db := openBolt(t)
	for _, key := range [][]byte{{1}, make([]byte, 61), append(make([]byte, 61), 200)} {
		err := db.Update(t.Context(), func(tx store.Tx) error {
			if err := tx.Put("requests.queue", key, []byte("x")); err != nil {
				return err
			}
			if _, err := store.OpenQueue(tx, queueRules, cre.Eyes{}, queueNow); err == nil {
				t.Errorf("%q is read", key)
			}
			return tx.Delete("requests.queue", key)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
