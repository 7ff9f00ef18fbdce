package workflow

import (
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

const (
	// clockMoment is the step of the next moment that matters to the clocks of a request.
	clockMoment = "clock moment"
	// clockWarned is the step after somebody was warned under the card of a request.
	clockWarned = "clock warned"
)

// requestClocks are the clocks of a request as they stand now, and what they go by.
func (s *Step) requestClocks(r *cre.Request) ([]cre.RequestClock, cre.Targets, error) {
	c, err := s.customerOf(r)
	if err != nil {
		return nil, cre.Targets{}, err
	}
	t := s.Rules.Targets(tierOf(c), r.Kind)
	return t.Clocks(s.Rules.Hours, r, s.Now), t, nil
}

func tierOf(c *cre.Customer) string {
	if c == nil {
		return ""
	}
	return c.Tier
}

// runClocks brings the clocks of a request that changed up to now: it says what they
// warn of and what ran out, and leaves one timer for the next moment at which that is
// to be done again. What a request was promised when its timer was left is looked at
// anew then, so a promise that the configuration shortened is seen late once.
func (s *Step) runClocks(r *cre.Request) error {
	clocks, targets, err := s.requestClocks(r)
	if err != nil {
		return err
	}
	if r.Answered.IsZero() && len(r.Hands) > 0 {
		r.NextLook = s.Rules.Hours.Add(r.Hands[0].At, targets.FirstResponse)
	}
	broken := r.Settle(clocks)
	warned := r.Warn(clocks, s.Now)
	if !untouched(r) && !r.Private {
		for _, c := range warned {
			if err := s.warnOf(r, c); err != nil {
				return err
			}
		}
		for _, c := range broken {
			if err := s.tellBroken(r, c); err != nil {
				return err
			}
		}
	}
	return s.windClock(r, r.Moment(clocks))
}

// answered notes that who asked got a word now, in time or not.
func (s *Step) answered(r *cre.Request) error {
	clocks, _, err := s.requestClocks(r)
	if err != nil {
		return err
	}
	r.Settle(clocks)
	r.Answer(s.Now)
	return nil
}

// untouched reports whether nobody has done anything about a request since it was
// imported: of those nobody is told anything.
func untouched(r *cre.Request) bool {
	return r.Source != "" && (len(r.Hands) == 0 || len(r.Hands) == 1 && !r.Answered.After(r.Hands[0].At))
}

// windClock leaves the only timer of a request, or moves it; at zero there is none.
func (s *Step) windClock(r *cre.Request, at time.Time) error {
	lane := store.TimedLane + "clock " + r.ID
	timer, err := store.Errands.First(s.Tx, "lane", store.Key(lane))
	switch {
	case err != nil:
		return err
	case timer == nil && at.IsZero():
		return nil
	case timer == nil:
		_, err = s.Leave(store.Errand{Kind: store.Timer, Lane: lane, Due: at, Then: clockMoment, Subject: r.ID})
		return err
	case at.IsZero():
		return store.Errands.Delete(s.Tx, store.Errands.Key(timer))
	case timer.Due.Equal(at):
		return nil
	}
	timer.Due = at
	return store.Errands.Put(s.Tx, timer)
}

// clockMoment runs the clocks of the request. One that was moved meanwhile says nothing.
func (s *Step) clockMoment(e *store.Errand, _ Outcome) error {
	r, err := s.findRequest(e.Subject)
	if err != nil || r == nil {
		return err
	}
	return s.keepRequest(r)
}

// warnOf says that something is due soon: to the owner under the card, or to all where
// nobody has the request. It is of no use when it is due.
func (s *Step) warnOf(r *cre.Request, c cre.RequestClock) error {
	text := chat.Textf("**%s** needs its %s by %s, with %s left: %s", r.ID, string(c.Kind), s.clock(c.Due), business(c.Left), r.Title)
	e := store.Errand{Kind: store.Say, Place: s.requestsChannel(r), Subject: r.ID, Priority: store.ForAnnouncement, Until: c.Due}
	if !s.openly(r) {
		e.Message = &chat.Message{Text: text, Buttons: clockButtons(r, c)}
		_, err := s.tellNamed(r, e)
		return err
	}
	if !r.Owner.IsZero() {
		card, err := store.SaidMessages.Get(s.Tx, store.MessageKey(&store.Errand{Place: e.Place, Message: &chat.Message{Key: requestKey(r)}}))
		if err != nil {
			return err
		}
		if card != nil {
			e.Place, e.Then = under(card.Ref), clockWarned
		}
		text = chat.Mention(r.Owner) + ", " + text
	}
	e.Message = &chat.Message{Text: text, Buttons: clockButtons(r, c)}
	_, err := s.say(e)
	return err
}

// clockWarned says in the channel what could not be said under a card that somebody
// deleted.
func (s *Step) clockWarned(e *store.Errand, o Outcome) error {
	r, err := s.findRequest(e.Subject)
	if err != nil || r == nil || !o.Gone || e.Message == nil {
		return err
	}
	if err := s.giveUp(e, "it is said in the channel"); err != nil {
		return err
	}
	_, err = s.say(store.Errand{Kind: store.Say, Place: s.requestsChannel(r), Message: e.Message, Subject: r.ID, Priority: e.Priority, Until: e.Until})
	return err
}

// brokenUntil is for how long it is news that a clock ran out.
const brokenUntil = 24 * time.Hour

// tellBroken says that a clock ran out, to who manages the queue now, unless what was
// due came meanwhile. It names nobody else.
func (s *Step) tellBroken(r *cre.Request, c cre.RequestClock) error {
	if r.Stopped(c.Kind) {
		return nil
	}
	manager, err := s.manager(r)
	if err != nil {
		return err
	}
	text := chat.Textf("**%s** has had no %s yet. It was due at %s.", r.ID, string(c.Kind), s.clock(c.Due))
	if c.Kind == cre.Resolution {
		text = chat.Textf("**%s** is not resolved yet. It was due at %s.", r.ID, s.clock(c.Due))
	}
	if !manager.IsZero() {
		text = chat.Mention(manager) + ", " + text
	}
	m := chat.Message{Title: r.ID + " " + r.Title, Tone: chat.Warning, Text: text + "\n" + afterBroken(r, c), Buttons: clockButtons(r, c)}
	e := store.Errand{Kind: store.Say, Place: s.requestsChannel(r), Message: &m, Subject: r.ID, Priority: store.ForAnnouncement, Until: s.Now.Add(brokenUntil)}
	if s.openly(r) {
		_, err = s.say(e)
	} else {
		_, err = s.tellNamed(r, e)
	}
	if err != nil {
		return err
	}
	return s.showRequest(r)
}

// afterBroken says what to do next.
func afterBroken(r *cre.Request, c cre.RequestClock) chat.Text {
	switch {
	case r.Owner.IsZero():
		return chat.Textf("Take it or assign it, and tell %s what happens next.", r.Requester.Shown())
	case c.Kind == cre.Resolution:
		return chat.Textf("Tell %s when it will be done, or give part of the work to somebody else.", r.Requester.Shown())
	}
	return chat.Textf("Tell %s how it stands, or give it to somebody who has time now.", r.Requester.Shown())
}

// clockButtons do what a clock waits for.
func clockButtons(r *cre.Request, c cre.RequestClock) (buttons []chat.Button) {
	if r.Owner.IsZero() {
		buttons = append(buttons, chat.Button{Label: "Take", Line: "cre take " + r.ID, Style: chat.Good})
	}
	return append(buttons, chat.Button{Label: "Answer…", Line: "cre answer " + r.ID})
}

// business is a length of business time.
func business(d time.Duration) string { return cre.WorkTime(int(d.Round(time.Minute) / time.Minute)) }

// clockFields say on the card of an open request what it was promised and when that is
// due: first that somebody looks at it, then the rest. None of it gets older by waiting.
func (s *Step) clockFields(r *cre.Request) (fields []chat.Field, err error) {
	clocks, _, err := s.requestClocks(r)
	if err != nil || !r.Status.Open() {
		return nil, err
	}
	add := func(what string, value chat.Text) {
		fields = append(fields, chat.Field{Label: label(what), Value: value})
	}
	if r.Answered.IsZero() && (r.Status == cre.New || len(clocks) > 0) {
		if r.NextLook.After(s.Now) {
			add(string(cre.FirstResponse), chat.Textf("by %s", s.clock(r.NextLook)))
		} else {
			add(string(cre.FirstResponse), chat.Textf("was due %s", s.clock(r.NextLook)))
		}
		return fields, nil
	}
	for _, c := range clocks {
		switch c.State {
		case cre.ClockRunning:
			add(string(c.Kind), chat.Textf("by %s", s.clock(c.Due)))
		case cre.ClockPaused:
			add(string(c.Kind), chat.Textf("%s of %s left, paused", business(c.Left), business(c.Target)))
		case cre.ClockBroken:
			if c.Kind != cre.FirstResponse {
				add(string(c.Kind), chat.Textf("was due %s", s.clock(c.Due)))
			}
		}
	}
	return fields, nil
}

// WhyClocks tells the arithmetic of a request's clocks, a line for each.
func (s *Step) WhyClocks(r *cre.Request) (lines []chat.Text, err error) {
	c, err := s.customerOf(r)
	if err != nil {
		return nil, err
	}
	clocks, _, err := s.requestClocks(r)
	if err != nil {
		return nil, err
	}
	of := ""
	for _, word := range []string{tierOf(c), r.Kind} {
		switch {
		case word != "" && of != "":
			of += ", " + word
		case word != "":
			of = word
		}
	}
	if of != "" {
		of = " (" + of + ")"
	}
	for _, c := range clocks {
		line := chat.Textf("**%s:** %s promised%s, %s used since %s", label(string(c.Kind)), business(c.Target), of, business(c.Running), s.clock(r.Since(c.Kind)))
		if c.Paused > 0 {
			line += chat.Textf(", paused %s", business(c.Paused))
		}
		lines = append(lines, line+s.clockState(c))
	}
	if len(lines) > 0 {
		lines = append(lines, "Only business hours count.")
	}
	return lines, nil
}

func (s *Step) clockState(c cre.RequestClock) chat.Text {
	switch c.State {
	case cre.ClockRunning:
		return chat.Textf(": due by %s.", s.clock(c.Due))
	case cre.ClockPaused:
		return chat.Textf(": paused now, with %s left.", business(c.Left))
	case cre.ClockMet:
		return ": in time."
	}
	return chat.Textf(": it was due at %s.", s.clock(c.Due))
}
