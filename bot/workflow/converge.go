package workflow

import (
	"slices"
	"strings"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// mostConverging is how many of the newest requests are looked at.
const mostConverging = 300

// watchConvergence proposes an incident when a new request is one of several about the
// same. It looks as the bot, since who filed it may not see the others.
func (s *Step) watchConvergence(r *cre.Request, like *Likeness) error {
	rule := s.Rules.Converge
	if rule.Requests == 0 || !s.Rules.Symptom(r) || !s.openly(r) {
		return nil
	}
	bot := s.asBot()
	all, err := bot.recentSymptoms(r, rule)
	if err != nil || len(all) < rule.Requests {
		return err
	}
	found := rule.Converging(r, all, func(q *cre.Request) []string {
		if i := slices.IndexFunc(like.Hits, func(h Hit) bool { return h.Request.ID == q.ID }); i >= 0 {
			return like.Hits[i].Words
		}
		return nil
	})
	if found == nil || !found.Requests[0].Apart.IsZero() {
		return nil
	}
	_, err = bot.Say(s.requestsChannel(found.Requests[0]), bot.proposal(found), store.ForAnnouncement)
	return err
}

// asBot is the same transaction as the bot's own.
func (s *Step) asBot() *Step { return &Step{Tx: s.Tx, Now: s.Now, Rules: s.Rules, Chance: s.Chance} }

// recentSymptoms are the open requests of the window that may be signs of one thing
// and that everybody in the requests channel may know of, r among them.
func (s *Step) recentSymptoms(r *cre.Request, rule cre.Converge) (all []*cre.Request, err error) {
	for q, err := range store.Requests.All(s.Tx, store.Page{Desc: true, Limit: mostConverging}) {
		if err != nil {
			return nil, err
		}
		switch {
		case q.ID == r.ID:
			all = append(all, r)
		case q.Created.Before(s.Now.Add(-rule.Within)):
			return all, nil
		case q.Status.Open() && q.Incident == "" && q.Source == "" && s.Rules.Symptom(q) && s.maySee(q):
			all = append(all, q)
		}
	}
	return all, nil
}

// proposal is the card that proposes an incident. It is one card for all that is about
// the same as the oldest, where the card of that one is.
func (s *Step) proposal(c *cre.Convergence) chat.Message {
	var lines []chat.Text
	var ids []string
	for _, r := range c.Requests {
		ids = append(ids, r.ID)
		lines = append(lines, chat.Textf("- **%s** %s%s", r.ID, r.Title, forCustomer(r.Customer)))
	}
	first := c.Requests[0]
	m := chat.Message{Key: "converge " + first.ID, Tone: chat.Warning, Title: "Is this one incident?",
		Text: chat.Textf("%s from %s since %s are about **%s**. %s reported it first.\n", cre.Count(len(c.Requests), "request"), cre.Count(len(c.Customers()), "customer"),
			s.clock(first.Created), strings.Join(c.About, ", "), c.First()) + chat.Join(lines, "\n")}
	m.Buttons = []chat.Button{
		{Label: "Declare an incident", Line: "cre converge " + strings.Join(ids, ","), Style: chat.Danger, Confirm: "Declare one incident from " + strings.Join(ids, ", ") + "?"},
		{Label: "They are not the same", Line: "cre apart " + first.ID},
	}
	return m
}

// Converge declares one incident from several requests. All become it, with all their
// customers; who asked for them hears what becomes of it. Who saw it first is on the
// timeline.
func (s *Step) Converge(all []*cre.Request, severity cre.Severity) (*cre.Incident, error) {
	for _, r := range all {
		if err := r.Must(); err != nil {
			return nil, err
		}
		if err := s.mayPublish(r); err != nil {
			return nil, err
		}
	}
	inc, err := s.becomeIncident(all, severity, false)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		if err := s.respond(r, chat.Textf("**%s** became **%s** (%s), together with %s. %s leads it. Updates on it come here.", r.ID, inc.ID, inc.Severity.Words(),
			cre.Count(len(all)-1, "other request"), s.By)); err != nil {
			return nil, err
		}
	}
	for _, r := range all { // each may be the oldest of what was proposed
		if err := s.settleProposal(r, chat.Textf("%s became **%s**. %s leads it.", cre.Count(len(all), "request"), inc.ID, s.By)); err != nil {
			return nil, err
		}
	}
	return inc, nil
}

// Apart keeps the bot from proposing an incident from this request and those after it
// again.
func (s *Step) Apart(r *cre.Request) error {
	r.Apart = s.Now
	if err := s.keepRequest(r); err != nil {
		return err
	}
	return s.settleProposal(r, chat.Textf("%s says these are not the same incident.", s.By))
}

// settleProposal takes the question off the card that proposed an incident, if there
// is one.
func (s *Step) settleProposal(first *cre.Request, what chat.Text) error {
	place, key := s.requestsChannel(first), "converge "+first.ID
	if asked, err := s.stands(place, key); err != nil || !asked {
		return err
	}
	_, err := s.Say(place, chat.Message{Key: key, Text: what}, store.ForAnnouncement)
	return err
}
