package cre

import (
	"crypto/sha256"
	"slices"
	"time"

	"cresset/bot/chat"
)

// QueueEdition is counted up when [Queued] carries something else.
const QueueEdition = 1

// A Queued is an open request as the queue knows it without reading it: what counts
// for its place, what it may be looked for by, and who sees it.
type Queued struct {
	Number     uint64
	Status     RequestStatus
	Impact     Impact
	Bumps      int
	Alike      int
	Private    bool
	Due        time.Time // zero for none
	Created    time.Time
	Requester  Mark
	Owner      Mark
	Customer   string
	Kind       string
	Component  string
	Department string
}

// A Mark stands for a person, so that two can be compared. The zero Mark is nobody.
type Mark [16]byte

// MarkOf is the mark of an account.
func MarkOf(p chat.Person) (m Mark) {
	if !p.IsZero() {
		sum := sha256.Sum256([]byte(p.Key()))
		copy(m[:], sum[:])
	}
	return m
}

// Marks are those of the accounts.
func Marks(accounts []chat.Person) (all []Mark) {
	for _, p := range accounts {
		if !p.IsZero() {
			all = append(all, MarkOf(p))
		}
	}
	return all
}

// Of reports whether one of the marks is that of who asked or who works on it.
func (q *Queued) Of(marks []Mark) bool {
	return slices.Contains(marks, q.Requester) || slices.Contains(marks, q.Owner)
}

// Ours reports whether the ball is with us.
func (s RequestStatus) Ours() bool { return s == New || s == Triaged || s == OnUs }

// An Order is a place in the queue: of two requests, the one with the lower is
// worked on first.
type Order uint64

// MostPoints is the highest score that an [Order] can hold.
const MostPoints = 1<<15 - 1

// OrderOf puts what is ours first, then what has more points, then what was filed
// earlier.
func OrderOf(s RequestStatus, points int, number uint64) Order {
	o := Order(MostPoints-points)<<48 | Order(number)
	if !s.Ours() {
		o |= 1 << 63
	}
	return o
}

// Number is the request's.
func (o Order) Number() uint64 { return uint64(o) & (1<<48 - 1) }

// Points are the request's.
func (o Order) Points() int { return MostPoints - int(o>>48&MostPoints) }

// Case is what counts of the request at a time. days counts the days until another,
// see [DaysUntil].
func (q *Queued) Case(of Situation, heaviest int, now time.Time, days func(time.Time) int) Case {
	c := Case{Situation: of, Heaviest: heaviest, Impact: q.Impact, Bumps: q.Bumps, Alike: q.Alike, Age: int(now.Sub(q.Created) / (24 * time.Hour))}
	if !q.Due.IsZero() {
		c.Due, c.DaysLeft = true, days(q.Due)
	}
	return c
}
