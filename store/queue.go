package store

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"iter"
	"slices"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
)

// A Queue is all that is open, in the order in which it is worked on at a time, as
// somebody sees it. No record was read to make it, so it stays quick however many
// there are. It holds for as long as its transaction.
type Queue struct {
	desk  *Desk
	order []cre.Order // of all that is open
	lines []queueLine // the same, by number
	seen  int
	work  map[cre.Mark]int // how much is in work, by owner
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
	q := &Queue{desk: desk, work: map[cre.Mark]int{}}
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
		if one.Status == cre.OnUs {
			q.work[one.Owner]++
		}
		if len(q.lines) == cap(q.lines) { // append grows by a quarter, which copies a long queue many times
			q.lines = slices.Grow(q.lines, max(1000, len(q.lines)))
		}
		q.lines = append(q.lines, queueLine{cre.OrderOf(one.Status, points, one.Number), seen, found.Key})
	}
	q.order = make([]cre.Order, len(q.lines))
	for i, l := range q.lines {
		q.order[i] = l.order
	}
	slices.Sort(q.order)
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

// InWork is how many requests somebody works on, seen or not.
func (q *Queue) InWork(accounts []chat.Person) (n int) {
	for _, m := range cre.Marks(accounts) {
		n += q.work[m]
	}
	return n
}

// Place is where a request stands among all that is open, from 1; 0 when it is not
// open.
func (q *Queue) Place(number uint64) int {
	if l := q.line(number); l != nil {
		return q.place(l.order)
	}
	return 0
}

// line is that of a request, nil when it is not open.
func (q *Queue) line(number uint64) *queueLine {
	i, ok := slices.BinarySearchFunc(q.lines, number, func(l queueLine, n uint64) int { return cmp.Compare(l.order.Number(), n) })
	if !ok {
		return nil
	}
	return &q.lines[i]
}

func (q *Queue) place(o cre.Order) int {
	i, _ := slices.BinarySearch(q.order, o)
	return i + 1
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
		matching, err := q.matching(match)
		if err != nil {
			yield(Waiting{}, err)
			return
		}
		for _, o := range matching {
			if !yield(q.waiting(o)) {
				return
			}
		}
	}
}

// Each shows all that is open, seen or not, by number, with the tier of its customer.
// one holds until do returns.
func (q *Queue) Each(do func(one *cre.Queued, tier string, order cre.Order, seen bool)) error {
	var one cre.Queued
	for _, l := range q.lines {
		if err := unpack(l.key, &one, q.desk.names); err != nil {
			return err
		}
		at, err := q.desk.at(one.Customer)
		if err != nil {
			return err
		}
		do(&one, at.Tier, l.order, l.seen)
	}
	return nil
}

// matching are the orders of what is seen and matches.
func (q *Queue) matching(match func(*cre.Queued) bool) ([]cre.Order, error) {
	if match == nil && q.seen == len(q.order) {
		return q.order, nil
	}
	var all []cre.Order
	var one cre.Queued
	for _, l := range q.lines {
		if !l.seen {
			continue
		}
		if match != nil {
			if err := unpack(l.key, &one, q.desk.names); err != nil {
				return nil, err
			}
			if !match(&one) {
				continue
			}
		}
		all = append(all, l.order)
	}
	slices.Sort(all)
	return all, nil
}

func (q *Queue) waiting(o cre.Order) (Waiting, error) {
	w := Waiting{Place: q.place(o), Points: o.Points()}
	return w, unpack(q.line(o.Number()).key, &w.Queued, q.desk.names)
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
	matching, err := q.matching(match)
	if err != nil {
		return nil, 0, err
	}
	all = len(matching)
	matching = matching[min(offset, all):]
	if limit > 0 {
		matching = matching[:min(limit, len(matching))]
	}
	for _, o := range matching {
		w, err := q.waiting(o)
		if err != nil {
			return nil, 0, err
		}
		r, err := q.Read(w)
		if err != nil {
			return nil, 0, err
		}
		page = append(page, *r)
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
