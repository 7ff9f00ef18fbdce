package store

import (
	"encoding/binary"
	"slices"
	"time"

	"cresset/bot/cre"
)

// WaitingUpTo counts what is open and seen, at most so many. Unlike [OpenQueue] it
// looks at no more than it counts, where most is seen.
func WaitingUpTo(tx Tx, rules *cre.Settings, eyes cre.Eyes, now time.Time, most int) (n int, err error) {
	desk, err := OpenDesk(tx, rules, now)
	if err != nil {
		return 0, err
	}
	marks := cre.Marks(eyes.Accounts)
	var one cre.Queued
	for found, err := range Requests.Keys(tx, "queue", nil, Page{}) {
		if err == nil {
			err = unpack(found.Key, &one, desk.names)
		}
		if err != nil {
			return 0, err
		}
		seen, err := desk.sees(eyes, marks, &one)
		if err != nil {
			return 0, err
		}
		if seen {
			n++
		}
		if n == most {
			break
		}
	}
	return n, nil
}

// A Saying is the requests whose title or detail say something.
type Saying struct{ numbers []uint64 }

// RequestsSaying finds the requests, open or not, that say every word of a text, as
// [cre.Words] reads it. The last word may be one that is only begun. A text without a
// word that tells anything is said by none.
func RequestsSaying(tx Tx, text string) (*Saying, error) {
	s := &Saying{}
	terms := cre.Terms(text, "")
	for i, term := range terms {
		prefix := Key(term)
		if i == len(terms)-1 {
			prefix = prefix[:len(term)] // without its end, any word that begins so
		}
		var numbers []uint64
		for found, err := range Requests.Keys(tx, "words", prefix, Page{}) {
			if err != nil {
				return nil, err
			}
			numbers = append(numbers, binary.BigEndian.Uint64(found.Record))
		}
		slices.Sort(numbers)
		if i > 0 {
			numbers = slices.DeleteFunc(numbers, func(n uint64) bool { return !s.Has(n) })
		}
		s.numbers = slices.Compact(numbers)
	}
	return s, nil
}

// Has reports whether a request says it.
func (s *Saying) Has(number uint64) bool {
	_, found := slices.BinarySearch(s.numbers, number)
	return found
}
