package workflow

import (
	"slices"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// Give gives the request to a person, unless they have as much in work as they may;
// anyway gives it all the same.
func (s *Step) Give(r *cre.Request, who chat.Person, anyway bool) error {
	if err := s.mayGive(r, who); err != nil {
		return err
	}
	if !anyway && r.Status.Open() {
		if err := s.room(r, who); err != nil {
			return err
		}
	}
	if err := s.Take(r, who); err != nil {
		return err
	}
	share, err := s.share(who)
	if err != nil {
		return err
	}
	share.Taken = s.Now
	return store.Shares.Put(s.Tx, share)
}

// mayGive refuses to give a request for named people to somebody else: whoever owns it
// sees it.
func (s *Step) mayGive(r *cre.Request, who chat.Person) error {
	if !r.Status.Open() || s.openly(r) {
		return nil
	}
	eyes, err := store.EyesOf(s.Tx, s.Rules, who, "")
	if err != nil {
		return err
	}
	if sees, err := store.Sees(s.Tx, eyes, r); err != nil || sees {
		return err
	}
	return cre.Errorf(cre.Conflict, "Only named people see **%s**, and %s is not one of them. Name one who is.", r.ID, who).About("who")
}

// room says that a person may take one more, or why not.
func (s *Step) room(r *cre.Request, who chat.Person) error {
	accounts, err := store.AccountsOf(s.Tx, who)
	if err != nil {
		return err
	}
	limit := s.Rules.LimitOf(accounts)
	if limit == 0 || r.Status == cre.OnUs && slices.ContainsFunc(accounts, is(r.Owner)) {
		return nil
	}
	queue, err := s.Queue()
	if err != nil {
		return err
	}
	work := queue.InWork(accounts)
	switch {
	case work < limit:
		return nil
	case slices.ContainsFunc(accounts, is(s.By)):
		return cre.Errorf(cre.Conflict, "You have %s in work, and your limit is %d. Finish one, or let one wait. To take **%s** all the same, add `--anyway`.", cre.Count(work, "request"), limit, r.ID)
	}
	return cre.Errorf(cre.Conflict, "%s has %s in work, and the limit is %d. Name somebody else. To assign **%s** all the same, add `--anyway`.", who, cre.Count(work, "request"), limit, r.ID)
}

// share is what a person had of the queue lately, under the account that is asked for.
func (s *Step) share(who chat.Person) (*store.Share, error) {
	share, err := store.Shares.Get(s.Tx, store.Key(who.Key()))
	if err == nil && share == nil {
		share = &store.Share{Person: who.Key()}
	}
	return share, err
}

// Choose finds who of the team takes a request, and says why.
func (s *Step) Choose(r *cre.Request) (who chat.Person, why string, err error) {
	if len(s.Rules.Team) == 0 {
		return who, "", cre.Errorf(cre.Invalid, "Say who works on **%s**: `cre assign %s @name`. I can choose once `requests.members` is in the configuration.", r.ID, r.ID).About("who")
	}
	queue, err := s.Queue()
	if err != nil {
		return who, "", err
	}
	customer, err := s.customerOf(r)
	if err != nil {
		return who, "", err
	}
	var candidates []cre.Candidate
	for i := range s.Rules.Team {
		c, err := s.candidate(queue, &s.Rules.Team[i], r, customer)
		if err != nil {
			return who, "", err
		}
		if c != nil {
			candidates = append(candidates, *c)
		}
	}
	best, why := cre.Best(candidates)
	if best == nil {
		return who, "", cre.Errorf(cre.Conflict, "Nobody of the team has room for **%s**. Name somebody: `cre assign %s @name --anyway`.", r.ID, r.ID).About("who")
	}
	who, err = s.dutyOn(s.At.Platform, best.Member.Duty)
	if err == nil && who.IsZero() {
		who = best.Member.Accounts[0]
	}
	return who, why, err
}

// candidate is a member who could take the request: with room, who may see it, and
// who did not leave it to others. Else it is nil.
func (s *Step) candidate(queue *store.Queue, m *cre.Member, r *cre.Request, customer *cre.Customer) (*cre.Candidate, error) {
	accounts, err := s.accountsOf(m)
	if err != nil {
		return nil, err
	}
	c := &cre.Candidate{Member: m, Knows: m.Knows(r.Component, r.Kind), Owns: m.Owns(customer), Work: queue.InWork(accounts)}
	if limit := s.Rules.LimitOf(accounts); limit > 0 && c.Work >= limit || r.SkippedBy(accounts) {
		return nil, nil
	}
	if sees, err := store.Sees(s.Tx, cre.Eyes{Accounts: accounts, CRE: true}, r); err != nil || !sees {
		return nil, err
	}
	for _, a := range accounts {
		share, err := s.share(a)
		if err != nil {
			return nil, err
		}
		c.Since = latest(c.Since, share.Taken)
	}
	return c, nil
}

// accountsOf are the accounts that the configuration names, and those linked with
// them.
func (s *Step) accountsOf(m *cre.Member) (all []chat.Person, err error) {
	for _, a := range m.Accounts {
		linked, err := store.AccountsOf(s.Tx, a)
		if err != nil {
			return nil, err
		}
		for _, p := range linked {
			if !slices.ContainsFunc(all, is(p)) {
				all = append(all, p)
			}
		}
	}
	return all, nil
}

// customerOf is the record of the request's customer, nil for none.
func (s *Step) customerOf(r *cre.Request) (*cre.Customer, error) {
	if r.Customer == "" {
		return nil, nil
	}
	return store.Customers.Get(s.Tx, store.Key(r.Customer))
}
