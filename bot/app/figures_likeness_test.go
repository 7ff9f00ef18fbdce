package app

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/bot/workflow"
	"cresset/store"
	"cresset/store/bolt"
)

// filingWithin is how long filing may take, with what it is like and its place.
const filingWithin = 50 * time.Millisecond

// findingLike measures how long it takes to find what is like a request, and to file
// one, among a thousand and among many, and what the index of their words costs.
func findingLike(t *testing.T, f *figureTable, s size) {
	few, many := wordy(t, min(1000, s.alike), min(1000, s.alike)), wordy(t, s.alike, s.alike/20)
	one, other := few.like(t, s.asked), many.like(t, s.asked)
	f.want("below 30 ms", other < 30*time.Millisecond, fmt.Sprintf("what is like a request, among %d; among a thousand", s.alike), "%s (%s)", ms(other), ms(one))
	f.note("writing each of them, with its words", "%.2f ms", float64(many.filled.Microseconds())/1000/float64(s.alike))
	began := time.Now()
	many.open(t, func(db store.DB) {
		if err := store.Build(t.Context(), db, []store.Checker{store.Requests}, func(string) {}); err != nil {
			t.Fatal(err)
		}
	})
	f.note("indexing all of them anew, once after an upgrade that says so", "%.1f s", time.Since(began).Seconds())
	one, other = few.file(t, min(s.asked, 50)), many.file(t, min(s.asked, 50))
	f.want("below 50 ms", other < filingWithin, fmt.Sprintf("filing a request, with what it is like and its place, among %d, of which %d are open; among a thousand", s.alike, s.alike/20), "%s (%s)", ms(other), ms(one))
	other = wordy(t, s.alike, s.alike).file(t, min(s.asked, 50))
	f.want("below 50 ms", other < filingWithin, fmt.Sprintf("filing a request, among %d that are all open", s.alike), "%s", ms(other))
}

// A heap is a store with requests that say what people may.
type heap struct {
	path   string
	filled time.Duration
}

// wordy makes a heap of n requests, the last of them open.
func wordy(t *testing.T, n, open int) *heap {
	h := &heap{path: filepath.Join(t.TempDir(), "cresset.db")}
	m := newMouth(uint64(n))
	began := time.Now()
	const batch = 5_000
	h.open(t, func(db store.DB) {
		for from := 1; from <= n; from += batch {
			err := db.Update(t.Context(), func(tx store.Tx) error {
				for i := from; i < min(from+batch, n+1); i++ {
					number, err := store.Sequence(tx, "request")
					if err != nil {
						return err
					}
					r := m.request()
					r.ID, r.Number = fmt.Sprint("R-", number), number
					if i <= n-open {
						r.Status, r.Ended = cre.Done, time.Now()
					}
					if err := store.Requests.Put(tx, r); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	h.filled = time.Since(began)
	return h
}

func (h *heap) open(t *testing.T, do func(store.DB)) {
	db, err := bolt.Open(h.path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	do(db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// file is the median time of filing a request, until its answer is durable.
func (h *heap) file(t *testing.T, times int) time.Duration {
	a := quietApp(t, fmt.Sprintf("store: bolt:%s\ncustomers: [{key: c7, name: Seventh}]\nintegrations: {console: {}}\n", h.path))
	defer a.Close()
	m := newMouth(11)
	var took []time.Duration
	for range times {
		ev := chat.Event{Key: fmt.Sprint("filed:", serial.Add(1)), Line: "cre request customer:c7 " + m.say(8), By: chat.Person{Platform: "console", ID: "ada", Name: "ada"},
			Place: chat.Place{Platform: "console", Channel: "general"}}
		began := time.Now()
		reply, err := a.Handle(t.Context(), ev)
		if err != nil || reply.Failed || reply.Request == "" {
			t.Fatalf("%s: %q %v", ev.Line, reply.Message.Text, err)
		}
		took = append(took, time.Since(began))
	}
	return median(took)
}

// like is the median time of one look for what is like a request.
func (h *heap) like(t *testing.T, times int) time.Duration {
	m := newMouth(7)
	var took []time.Duration
	h.open(t, func(db store.DB) {
		for range times {
			err := db.View(t.Context(), func(tx store.Tx) error {
				s := &workflow.Step{Tx: tx, Rules: &cre.Settings{}, By: chat.Person{Platform: "console", ID: "ada"}}
				began := time.Now()
				_, err := s.Like(m.request(), 5)
				took = append(took, time.Since(began))
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	return median(took)
}

// A mouth says words as people do: few very often, most of them seldom.
type mouth struct {
	rand  *rand.Rand
	words *rand.Zipf
}

func newMouth(seed uint64) *mouth {
	r := rand.New(rand.NewPCG(seed, 1))
	return &mouth{r, rand.NewZipf(r, 1.1, 3, 30_000)}
}

func (m *mouth) request() *cre.Request {
	return &cre.Request{Title: m.say(6), Detail: m.say(14), Customer: fmt.Sprint("c", m.rand.IntN(100)), Status: cre.New,
		Requester: chat.Person{Platform: "console", ID: "bob", Name: "bob"}}
}

func (m *mouth) say(n int) string {
	var said []string
	for range n {
		said = append(said, wordOf(m.words.Uint64()))
	}
	return strings.Join(said, " ")
}

// wordOf makes a word of a number that no stemmer takes for another.
func wordOf(n uint64) string {
	var b strings.Builder
	for n += 20; n > 0; n /= 20 {
		b.WriteByte("bcdfghjklmnpqrstvwxz"[n%20])
		b.WriteByte("oau"[n%3])
	}
	return b.String() + "k"
}
