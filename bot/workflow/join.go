package workflow

import (
	"slices"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// Candidates lists the open incidents of a request's customer: the request may be
// about one of them. Drills are none, and private ones neither: who asked could hear
// nothing of them.
func (s *Step) Candidates(r *cre.Request) (all []cre.Incident, err error) {
	if r.Customer == "" || r.Private {
		return nil, nil
	}
	for inc, err := range store.Incidents.By(s.Tx, "open", nil, store.Page{}) {
		if err != nil {
			return nil, err
		}
		if slices.Contains(inc.Customers, r.Customer) && !inc.Private && !inc.Drill {
			all = append(all, *inc)
		}
	}
	return all, nil
}

// joinSame joins a request that nobody works on yet to the first open incident of its
// customer that is about the same.
func (s *Step) joinSame(r *cre.Request) error {
	if r.Incident != "" || r.Status != cre.New && r.Status != cre.Triaged {
		return nil
	}
	all, err := s.Candidates(r)
	if err != nil {
		return err
	}
	for i := range all {
		same, err := s.Same(r, &all[i])
		if err != nil {
			return err
		}
		if same == "" {
			continue
		}
		text, err := s.joinIncident(r, &all[i])
		if err != nil {
			return err
		}
		return s.changeRequest(r, text)
	}
	return nil
}

// Same says by what the incident is about the same as a request of its customer, in
// words that follow its name; "" where that is not certain.
func (s *Step) Same(r *cre.Request, inc *cre.Incident) (chat.Text, error) {
	if inc.Affects(r.Component) {
		return chat.Textf("is about **%s**", r.Component), nil
	}
	c, err := s.customerOf(r)
	if err != nil || c == nil {
		return "", err
	}
	if echoes := inc.Echoes(r, c); len(echoes) > 0 {
		var words []chat.Text
		for _, word := range echoes {
			words = append(words, chat.Textf("**%s**", word))
		}
		return chat.Textf("mentions %s, too", chat.Join(words, ", ")), nil
	}
	return "", nil
}

// Join makes the request part of an open incident, for who asked or the team.
func (s *Step) Join(r *cre.Request, inc *cre.Incident) error {
	if err := r.Must(); err != nil {
		return err
	}
	if err := s.mustOwn(r, "join"); err != nil {
		return err
	}
	switch {
	case inc.Private:
		return cre.Errorf(cre.Conflict, "**%s** is private, so whoever asked for **%s** could not follow it. `cre escalate %s --private` keeps both together.", inc.ID, r.ID, r.ID)
	case !inc.Status.Open():
		return cre.Errorf(cre.Conflict, "**%s** is %s. Join an open incident, or say `incident reopen %s`.", inc.ID, string(inc.Status), inc.ID)
	case r.Incident == inc.ID:
		return cre.Errorf(cre.Conflict, "**%s** is already part of **%s**.", r.ID, inc.ID)
	}
	text, err := s.joinIncident(r, inc)
	if err != nil {
		return err
	}
	return s.respond(r, text)
}

// joinIncident gives the ball to those who work on the incident, and says so. From then
// on who asked is promised what the incident promises.
func (s *Step) joinIncident(r *cre.Request, inc *cre.Incident) (chat.Text, error) {
	if err := s.leave(r); err != nil {
		return "", err
	}
	r.Pass(cre.OnEngineering, s.Now)
	if err := s.answered(r); err != nil {
		return "", err
	}
	r.Incident, r.Reason = inc.ID, inc.ID+" "+inc.Title
	inc.Requests = append(inc.Requests, r.ID)
	if err := s.Record(inc, cre.Entry{Kind: cre.Linked, Text: r.ID + " is about this too"}); err != nil {
		return "", err
	}
	return chat.Textf("**%s** is now part of **%s** %s. Updates on the incident come to this thread.", r.ID, inc.ID, inc.Title), s.save(inc)
}

// leave takes the request out of the incident that it joined before.
func (s *Step) leave(r *cre.Request) error {
	before, err := s.find(r.Incident)
	if err != nil || before == nil {
		return err
	}
	before.Requests = slices.DeleteFunc(before.Requests, func(id string) bool { return id == r.ID })
	return s.save(before)
}

// tellUpdate says an update of the incident where its requests were asked.
func (s *Step) tellUpdate(inc *cre.Incident, update string) error {
	return s.eachRequest(inc, func(r *cre.Request) error {
		return s.tellAsker(r, chat.Textf("**%s** (%s), update by %s:\n%s", inc.ID, whose(r), s.By, chat.Quote(update)))
	})
}

// tellRequesters says where the requests of the incident were asked how it stands now,
// and passes on those that joined it.
func (s *Step) tellRequesters(inc *cre.Incident) error {
	if inc.Status == cre.Closed { // it is resolved since before
		return nil
	}
	return s.eachRequest(inc, func(r *cre.Request) error {
		after := chat.Text(".")
		if inc.Status == cre.Mitigated || inc.Status == cre.Resolved {
			after = chat.Textf(", %s after it was declared.", cre.Short(s.Now.Sub(inc.Times[cre.DeclaredAt])))
		}
		text := chat.Textf("%s, **%s** (%s) is %s", r.Requester, inc.ID, whose(r), string(inc.Status)) + after
		if !r.Status.Open() {
			return s.tellAsker(r, text)
		}
		if inc.Status == cre.Resolved && r.Status == cre.OnEngineering {
			return s.closeLoop(r, text, r.Reason)
		}
		next, err := s.passOn(r, inc)
		if err != nil {
			return err
		}
		return s.changeRequest(r, text+next)
	})
}

// whose says what the request has to do with its incident.
func whose(r *cre.Request) chat.Text {
	if r.Status.Open() {
		return chat.Textf("which your **%s** joined", r.ID)
	}
	return chat.Textf("from your **%s**", r.ID)
}

// passOn gives a request that joined the incident to whom it is now, and says what
// happens next.
func (s *Step) passOn(r *cre.Request, inc *cre.Incident) (chat.Text, error) {
	into, err := s.find(inc.MergedInto)
	if err != nil {
		return "", err
	}
	switch {
	case inc.Status.Open() && r.Status == cre.CloseLoop: // it was reopened
		r.Pass(cre.OnEngineering, s.Now)
	case into != nil && !into.Private:
		r.Incident, r.Reason = into.ID, into.ID+" "+into.Title
		return chat.Textf(" It goes on as **%s** %s.", into.ID, into.Title), nil
	case !inc.Status.Open() && inc.Status != cre.Resolved: // it is over without an end to the request
		if r.Status == cre.OnEngineering {
			r.Pass(ours(r), s.Now)
		}
		r.Ask(s.Now)
		r.Incident, r.Reason = "", ""
		return chat.Textf(" **%s** is back in the queue.", r.ID), nil
	}
	return "", nil
}

// ours is the status of a request that the team has to go on with.
func ours(r *cre.Request) cre.RequestStatus {
	if r.Owner.IsZero() {
		return cre.Triaged
	}
	return cre.OnUs
}

// eachRequest does something for the requests that became the incident or are part of
// it. Of a private one nobody is told anything.
func (s *Step) eachRequest(inc *cre.Incident, do func(*cre.Request) error) error {
	if inc.Private {
		return nil
	}
	for _, id := range inc.Requests {
		r, err := s.findRequest(id)
		if err != nil {
			return err
		}
		if r == nil || r.Incident != inc.ID || !r.Status.Open() && r.Status != cre.BecameIncident {
			continue
		}
		if err := do(r); err != nil {
			return err
		}
	}
	return nil
}
