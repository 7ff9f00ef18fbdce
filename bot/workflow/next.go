package workflow

import (
	"slices"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// A Next is the piece of work that somebody is offered, and why they are.
type Next struct {
	store.Ranked
	Why chat.Text // a sentence; "" where it is simply the first
}

// lookedThrough is how many requests are looked at to find one that suits.
const lookedThrough = 200

// Next is what the asker does next: the first of the queue that nobody has, and that
// is not rather for others of the team. Where all are, it is the first of those. It is nil when
// there is none.
func (s *Step) Next() (*Next, error) {
	queue, err := s.Queue()
	if err != nil {
		return nil, err
	}
	accounts, err := s.mine()
	if err != nil {
		return nil, err
	}
	if limit, work := s.Rules.LimitOf(accounts), queue.InWork(accounts); limit > 0 && work >= limit {
		return nil, cre.Errorf(cre.Conflict, "You have %s in work, and your limit is %d. Finish one, or let one wait: `cre queue mine` shows them.", cre.Count(work, "request"), limit)
	}
	free := func(q *cre.Queued) bool {
		return q.Owner == cre.Mark{} && (q.Status == cre.New || q.Status == cre.Triaged)
	}
	var others *Next
	looked := 0
	for w, err := range queue.Waiting(free) {
		if err != nil {
			return nil, err
		}
		if looked++; looked > lookedThrough {
			break
		}
		r, err := queue.Read(w)
		if err != nil {
			return nil, err
		}
		if r.SkippedBy(accounts) {
			continue
		}
		suits, why, err := s.suits(queue, &r.Request, accounts)
		if err != nil {
			return nil, err
		}
		if suits {
			return &Next{*r, why}, nil
		}
		if others == nil {
			others = &Next{*r, why}
		}
	}
	return others, nil
}

// suits reports whether a request is for somebody, and says why or why not: who
// knows it goes first, then the customer's owner; else it is for anybody.
func (s *Step) suits(queue *store.Queue, r *cre.Request, accounts []chat.Person) (bool, chat.Text, error) {
	customer, err := s.customerOf(r)
	if err != nil {
		return false, "", err
	}
	var better []cre.Candidate
	for i := range s.Rules.Team {
		m := &s.Rules.Team[i]
		knows, owns := m.Knows(r.Component, r.Kind), m.Owns(customer)
		switch mine := m.Is(accounts); {
		case mine && knows != "":
			return true, chat.Textf("You know %s.", knows), nil
		case mine && owns && !s.known(r):
			return true, "The customer is yours.", nil
		case mine || knows == "" && !owns:
			continue
		}
		c, err := s.candidate(queue, m, r, customer)
		if err != nil {
			return false, "", err
		}
		if c != nil {
			better = append(better, *c)
		}
	}
	best, why := cre.Best(better)
	if best == nil {
		return true, "", nil
	}
	return false, chat.Textf("It suits %s better, who %s. Nothing else is waiting for you.", best.Member.Shown(), why), nil
}

// known reports whether somebody of the team has a skill for the request.
func (s *Step) known(r *cre.Request) bool {
	return slices.ContainsFunc(s.Rules.Team, func(m cre.Member) bool { return m.Knows(r.Component, r.Kind) != "" })
}

// Skip leaves the request to others: the asker is not offered it again.
func (s *Step) Skip(r *cre.Request, reason string) error {
	if err := r.Must(); err != nil {
		return err
	}
	r.Skips = append(r.Skips, cre.Skip{By: s.By, At: s.Now, Reason: reason})
	return s.keepRequest(r)
}
