package app

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
	"cresset/store/bolt"
)

// queueWithin is how long an answer about the queue may take, however long that is.
const queueWithin = 100 * time.Millisecond

// digestWithin is how long a digest of it may take.
const digestWithin = time.Second

// inTheQueue measures answers about queues of several lengths.
func inTheQueue(t *testing.T, f *figureTable, s size) {
	for _, q := range []struct{ all, open int }{{min(1000, s.alike), min(1000, s.alike)}, {s.alike, s.alike / 20}, {s.alike, s.alike}} {
		path := queueOf(t, q.all, q.open)
		for _, line := range []string{"cre queue", "cre queue mine department:sales", "cre why R-77", "cre next"} {
			took := asked(t, path, line, min(s.asked, 20))
			f.want("below 100 ms", took < queueWithin, fmt.Sprintf("`%s`, %d of %d requests open", line, q.open, q.all), "%s", ms(took))
		}
		for _, page := range []string{"/queue", "/queue?customer=c7&kind=bug&q=export", "/incidents"} {
			took := paged(t, path, page, min(s.asked, 20))
			f.want("below 100 ms", took < queueWithin, fmt.Sprintf("the page %s, %d of %d requests open", page, q.open, q.all), "%s", ms(took))
		}
		for _, line := range []string{"cre digest", "cre digest week"} {
			took := asked(t, path, line, min(s.asked, 5))
			f.want("below 1 s", took < digestWithin, fmt.Sprintf("`%s`, %d of %d requests open", line, q.open, q.all), "%s", ms(took))
		}
	}
}

// paged is the median time in which the console shows a page.
func paged(t *testing.T, path, page string, times int) time.Duration {
	a := quietApp(t, fmt.Sprintf("store: bolt:%s\nintegrations: {console: {}}\n", path))
	defer a.Close()
	server := listening(t, a.routes())
	var took []time.Duration
	for range times {
		began := time.Now()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server+page, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(io.Discard, resp.Body)
		if resp.Body.Close(); err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s, %v", page, resp.Status, err)
		}
		took = append(took, time.Since(began))
	}
	return median(took)
}

// queueOf is a store with so many requests, the last of them open.
func queueOf(t *testing.T, all, open int) (path string) {
	path = filepath.Join(t.TempDir(), "cresset.db")
	db, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const batch = 10_000
	for from := 1; from <= all; from += batch {
		err := db.Update(t.Context(), func(tx store.Tx) error {
			for i := from; i < min(from+batch, all+1); i++ {
				if err := oneOfQueue(tx, i, i > all-open || i == 77); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func oneOfQueue(tx store.Tx, i int, open bool) error {
	at := time.Now().Add(-time.Duration(i%40) * 24 * time.Hour)
	number, err := store.Sequence(tx, "request")
	if err != nil {
		return err
	}
	pick := func(words ...string) string { return words[i%len(words)] }
	r := &cre.Request{ID: fmt.Sprint("R-", number), Number: number, Title: "The export is slow", Customer: fmt.Sprint("c", i%100), Status: cre.Done,
		Kind: pick("bug", "question", "access"), Component: pick("export", "checkout", "login", "invoices"), Department: pick("sales", "consulting"),
		Impact:    cre.Impact(pick("low", "medium", "high", "critical", "low")),
		Requester: chat.Person{Platform: "console", ID: fmt.Sprint("u", i%50)}, Created: at, NextLook: at.Add(4 * time.Hour)}
	if i%3 == 0 {
		r.Due = at.AddDate(0, 0, 45)
	}
	if open {
		r.Status = cre.RequestStatus(pick("new", "triaged", "on_us", "on_customer", "on_engineering", "new", "new"))
	}
	r.Hands = []cre.Hand{{At: at, Status: cre.New}, {At: at.Add(time.Hour), Status: r.Status}}
	if !open {
		r.Ended = at.Add(time.Hour)
	}
	if r.Status == cre.OnUs {
		r.Owner = chat.Person{Platform: "console", ID: fmt.Sprint("o", i%20)}
	}
	return store.Requests.Put(tx, r)
}
