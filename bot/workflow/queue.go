package workflow

import (
	"slices"
	"strings"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// Queue is all that is open, in the order in which it is worked on, as the asker
// sees it.
func (s *Step) Queue() (*store.Queue, error) {
	eyes, err := s.Eyes()
	if err != nil {
		return nil, err
	}
	return store.OpenQueue(s.Tx, s.Rules, eyes, s.Now)
}

// Position is the place of the request in the whole queue, from 1, also among those
// that the asker does not see; 0 when it is not in it.
func (s *Step) Position(r *cre.Request) (int, error) {
	queue, err := s.Queue()
	if err != nil {
		return 0, err
	}
	return queue.Place(r.Number), nil
}

// Score is the score of the request now, with its reasons.
func (s *Step) Score(r *cre.Request) (int, []cre.Reason, error) {
	desk, err := store.OpenDesk(s.Tx, s.Rules, s.Now)
	if err != nil {
		return 0, nil, err
	}
	return desk.Score(r)
}

// Wanted is which part of the queue is looked at. What is empty is not looked for.
type Wanted struct {
	Customer   string // key
	Kind       string
	Department string
	Component  string
	Mine       bool // asked by the asker, or with them
}

// QueuePage is a part of the queue, and how much there is of it.
func (s *Step) QueuePage(w Wanted, offset, limit int) (page []store.Ranked, all int, err error) {
	queue, err := s.Queue()
	if err != nil {
		return nil, 0, err
	}
	accounts, err := s.mine()
	if err != nil {
		return nil, 0, err
	}
	marks := cre.Marks(accounts)
	is := func(wanted, is string) bool { return wanted == "" || strings.EqualFold(wanted, is) }
	return queue.Page(func(q *cre.Queued) bool {
		return is(w.Customer, q.Customer) && is(w.Kind, q.Kind) && is(w.Department, q.Department) && is(w.Component, q.Component) &&
			(!w.Mine || q.Of(marks))
	}, offset, limit)
}

// Proposed lists the first of the queue to choose among, and before them the request
// that is named by its number.
func (s *Step) Proposed(typed string, limit int) ([]cre.Request, error) {
	queue, err := s.Queue()
	if err != nil {
		return nil, err
	}
	page, _, err := queue.Page(nil, 0, limit)
	if err != nil {
		return nil, err
	}
	var all []cre.Request
	for _, r := range page {
		all = append(all, r.Request)
	}
	named, err := s.findRequest(typed)
	if err == nil && named != nil && s.maySee(named) && !slices.ContainsFunc(all, func(r cre.Request) bool { return r.ID == named.ID }) {
		all = slices.Insert(all, 0, *named)
	}
	return all, err
}

// ReasonWords are the reasons of a score, at most so many of them.
func ReasonWords(reasons []cre.Reason, most int) chat.Text {
	var words []string
	for _, r := range reasons[:min(len(reasons), most)] {
		words = append(words, r.Words)
	}
	return chat.Plain(strings.Join(words, ", "))
}
