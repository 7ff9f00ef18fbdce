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

// findingLike measures how long it takes to find what is like a request, among a
// thousand and among many, and what the index of their words costs.
func findingLike(t *testing.T, f *figureTable, s size) {
	few, _ := wordy(t, 1000)
	many, filled := wordy(t, s.alike)
	one, other := likeAmong(t, few, s.asked), likeAmong(t, many, s.asked)
	f.want("below 30 ms", other < 30*time.Millisecond, fmt.Sprintf("what is like a request, among %d; among a thousand", s.alike), "%s (%s)", ms(other), ms(one))
	f.note("writing each of them, with its words", "%.2f ms", float64(filled.Microseconds())/1000/float64(s.alike))
	began := time.Now()
	if err := store.Build(t.Context(), many, []store.Checker{store.Requests}, func(string) {}); err != nil {
		t.Fatal(err)
	}
	f.note("indexing all of them anew, once after an upgrade that says so", "%.1f s", time.Since(began).Seconds())
}

// wordy is a store with n requests that say what people may, and how long it took.
func wordy(t *testing.T, n int) (db store.DB, took time.Duration) {
	db, err := bolt.Open(filepath.Join(t.TempDir(), "cresset.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // it was measured
	m := newMouth(uint64(n))
	began := time.Now()
	const batch = 5_000
	for from := 1; from <= n; from += batch {
		err := db.Update(t.Context(), func(tx store.Tx) error {
			for i := from; i < min(from+batch, n+1); i++ {
				r := m.request()
				r.ID, r.Number = fmt.Sprint("R-", i), uint64(i)
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
	return db, time.Since(began)
}

// likeAmong is the median time of one look for what is like a request.
func likeAmong(t *testing.T, db store.DB, times int) time.Duration {
	m := newMouth(7)
	var took []time.Duration
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
