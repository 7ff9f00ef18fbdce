package store

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"iter"
	"slices"
	"time"

	"cresset/bot/cre"
)

// A Queue is all that is open, in the order in which it is worked on at a time, as
// somebody sees it. No record was read to make it, so it stays quick however many
// there are. It holds for as long as its transaction.
type Queue struct {
	desk  *Desk
	lines []queueLine // in order, also those that are not seen
	seen  int
}

type queueLine struct {
	order cre.Order
	seen  bool
	key   []byte // packed
}

// OpenQueue makes the queue.
func OpenQueue(tx Tx, rules *cre.Settings, eyes cre.Eyes, now time.Time) (*Queue, error) {
	desk, err := OpenDesk(tx, rules, now)
	if err != nil {
		return nil, err
	}
	q := &Queue{desk: desk}
	marks := cre.Marks(eyes.Accounts)
	var one cre.Queued
	for found, err := range Requests.Keys(tx, "queue", nil, Page{}) {
		if err == nil {
			err = unpack(found.Key, &one, desk.names)
		}
		if err != nil {
			return nil, err
		}
		points, err := desk.points(&one)
		if err != nil {
			return nil, err
		}
		seen, err := desk.sees(eyes, marks, &one)
		if err != nil {
			return nil, err
		}
		if seen {
			q.seen++
		}
		q.lines = append(q.lines, queueLine{cre.OrderOf(one.Status, points, one.Number), seen, found.Key})
	}
	slices.SortFunc(q.lines, func(a, b queueLine) int { return cmp.Compare(a.order, b.order) })
	return q, nil
}

// sees is [Sees] without reading the request, unless it is private.
func (d *Desk) sees(eyes cre.Eyes, marks []cre.Mark, q *cre.Queued) (bool, error) {
	if q.Private && !q.Of(marks) {
		r, err := Requests.Get(d.tx, Key(q.Number))
		if err != nil || r == nil {
			return false, err
		}
		return Sees(d.tx, eyes, r)
	}
	at, err := d.at(q.Customer)
	if err != nil {
		return false, err
	}
	return eyes.SeeQueued(q, marks, at.customer), nil
}

// Len is how many are open, seen or not.
func (q *Queue) Len() int { return len(q.lines) }

// Seen is how many of them are seen.
func (q *Queue) Seen() int { return q.seen }

// Place is where a request stands among all that is open, from 1; 0 when it is not
// open.
func (q *Queue) Place(number uint64) int {
	return 1 + slices.IndexFunc(q.lines, func(l queueLine) bool { return l.order.Number() == number })
}

// A Waiting is a request in the queue.
type Waiting struct {
	cre.Queued
	Place  int // among all that is open, from 1
	Points int
}

// Waiting lists, in order, what is seen and matches; match may be nil.
func (q *Queue) Waiting(match func(*cre.Queued) bool) iter.Seq2[Waiting, error] {
	return func(yield func(Waiting, error) bool) {
		for i, l := range q.lines {
			if !l.seen {
				continue
			}
			w := Waiting{Place: i + 1, Points: l.order.Points()}
			err := unpack(l.key, &w.Queued, q.desk.names)
			if err == nil && match != nil && !match(&w.Queued) {
				continue
			}
			if !yield(w, err) {
				return
			}
		}
	}
}

// A Ranked is a request with where it stands in the queue, and why.
type Ranked struct {
	cre.Request
	Place   int
	Points  int
	Reasons []cre.Reason
}

// Read reads the request of w.
func (q *Queue) Read(w Waiting) (*Ranked, error) {
	r, err := Requests.Get(q.desk.tx, Key(w.Number))
	if err == nil && r == nil {
		err = Corrupt("requests.queue", Key(w.Number), fmt.Errorf("points to no record"))
	}
	if err != nil {
		return nil, err
	}
	ranked := &Ranked{Request: *r, Place: w.Place}
	ranked.Points, ranked.Reasons, err = q.desk.Score(r)
	return ranked, err
}

// Page reads a part of what matches, in order, and counts all of it. Without a limit
// it is read to the end.
func (q *Queue) Page(match func(*cre.Queued) bool, offset, limit int) (page []Ranked, all int, err error) {
	for w, err := range q.Waiting(match) {
		if err != nil {
			return nil, 0, err
		}
		if all++; all > offset && (limit == 0 || len(page) < limit) {
			r, err := q.Read(w)
			if err != nil {
				return nil, 0, err
			}
			page = append(page, *r)
		}
	}
	return page, all, nil
}

// queuedAs are the statuses of what is open, by their number on disk. It is only
// ever added to; 0 is any other.
var queuedAs = []cre.RequestStatus{"", cre.New, cre.Triaged, cre.OnUs, cre.OnCustomer, cre.OnRequester, cre.OnEngineering, cre.CloseLoop}

// impacts are by their number on disk.
var impacts = []cre.Impact{"", cre.Low, cre.Medium, cre.High, cre.Critical}

// packedFixed is how long a packed request is without its texts: number, status,
// impact, bumps, alike and private; due and created; requester and owner.
const packedFixed = 8 + 5 + 2*8 + 2*16

// longestPacked is how much of a text is packed; keys and names are shorter.
const longestPacked = 100

// pack makes the key under which the queue finds a request: all of a [cre.Queued].
func pack(r *cre.Request) []byte {
	private := 0
	if r.Private {
		private = 1
	}
	key := make([]byte, 0, packedFixed+100)
	key = binary.BigEndian.AppendUint64(key, r.Number)
	key = append(key, byte(max(0, slices.Index(queuedAs, r.Status))), byte(r.Impact.Level()), byte(min(len(r.Bumps), 255)), byte(min(r.Alike, 255)), byte(private))
	key = binary.BigEndian.AppendUint64(key, packTime(r.Due))
	key = binary.BigEndian.AppendUint64(key, packTime(r.Created))
	requester, owner := cre.MarkOf(r.Requester), cre.MarkOf(r.Owner)
	key = append(append(key, requester[:]...), owner[:]...)
	for _, text := range []string{r.Customer, r.Kind, r.Component, r.Department} {
		text = text[:min(len(text), longestPacked)]
		key = append(append(key, byte(len(text))), text...)
	}
	return key
}

func packTime(t time.Time) uint64 {
	if t.IsZero() {
		return 0
	}
	return uint64(t.Unix())
}

func unpackTime(b []byte) time.Time {
	n := binary.BigEndian.Uint64(b)
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(int64(n), 0)
}

// unpack reads what pack made. What follows in the key is left.
func unpack(key []byte, q *cre.Queued, names names) error {
	if len(key) < packedFixed || int(key[8]) >= len(queuedAs) || int(key[9]) >= len(impacts) {
		return Corrupt("requests.queue", key, fmt.Errorf("no request is packed in it"))
	}
	q.Number = binary.BigEndian.Uint64(key)
	q.Status, q.Impact = queuedAs[key[8]], impacts[key[9]]
	q.Bumps, q.Alike, q.Private = int(key[10]), int(key[11]), key[12] == 1
	q.Due, q.Created = unpackTime(key[13:]), unpackTime(key[21:])
	q.Requester, q.Owner = cre.Mark(key[29:45]), cre.Mark(key[45:61])
	rest := key[packedFixed:]
	for _, text := range []*string{&q.Customer, &q.Kind, &q.Component, &q.Department} {
		if len(rest) == 0 || len(rest) <= int(rest[0]) {
			return Corrupt("requests.queue", key, fmt.Errorf("a text is cut off"))
		}
		end := 1 + int(rest[0])
		*text = names.of(rest[1:end])
		rest = rest[end:]
	}
	return nil
}

// names holds each text once, so that a hundred thousand lines need no more than there
// are.
type names map[string]string

func (n names) of(text []byte) string {
	if s, ok := n[string(text)]; ok {
		return s
	}
	s := string(text)
	n[s] = s
	return s
}
