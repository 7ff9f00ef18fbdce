package workflow

import (
	"fmt"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// The steps of the update clock.
const (
	clockWarning = "clock warning"
	clockDue     = "clock due"
)

// startClock promises the room its next update, and leaves the timers that
// watch over it.
func (s *Step) startClock(inc *cre.Incident, every time.Duration) error {
	if err := s.promise(inc, every); err != nil || !inc.Clock.Running() {
		return err
	}
	warn := inc.Clock.Due.Add(-inc.Clock.Warning())
	if err := s.Later(warn, clockWarning, inc.ID, tick(clockWarning, inc)); err != nil {
		return err
	}
	return s.Later(inc.Clock.Due, clockDue, inc.ID, tick(clockDue, inc))
}

// promise makes the next promise of an incident, 0 for none. What is still to be
// said about the one before is of no use any more: a platform may have been down.
func (s *Step) promise(inc *cre.Incident, every time.Duration) error {
	all, err := s.errandsOf(inc)
	if err != nil {
		return err
	}
	for _, e := range all {
		if e.Kind == store.Say && e.State == store.Todo && e.Once != "" {
			if err := s.giveUp(&e, "the promise is over"); err != nil {
				return err
			}
		}
	}
	inc.Clock = cre.NextPromise(inc.Clock, s.Now, every)
	return nil
}

// tick names one timer of one promise; a timer of an older promise does nothing.
func tick(kind string, inc *cre.Incident) string {
	return fmt.Sprintf("%s %s %d", kind, inc.ID, inc.Clock.N)
}

// Tell records an update, tells the room, and promises the next one. every 0
// keeps the rhythm of the severity.
func (s *Step) Tell(inc *cre.Incident, text string, every time.Duration) (chat.Message, error) {
	if !inc.Status.Open() {
		return chat.Message{}, cre.Errorf(cre.Conflict, "**%s** is %s. If it is not over, say `incident reopen`. To add to the record, say `incident note`.", inc.ID, string(inc.Status))
	}
	if err := s.Record(inc, cre.Entry{Kind: cre.Update, Text: text}); err != nil {
		return chat.Message{}, err
	}
	if err := s.tellUpdate(inc, text); err != nil {
		return chat.Message{}, err
	}
	inc.Stamp(cre.Acknowledged, s.Now)
	if every == 0 {
		every = s.Rules.Severities[inc.Severity].UpdateEvery
	}
	if err := s.startClock(inc, every); err != nil {
		return chat.Message{}, err
	}
	m := chat.Message{Text: chat.Textf("**Update** by %s:\n%s", s.By, chat.Quote(text))}
	if inc.Clock.Running() {
		m.Footer = chat.Textf("Next update by %s.", s.clock(inc.Clock.Due))
	}
	return m, s.save(inc)
}

// clock is a time as people of the house read it.
func (s *Step) clock(t time.Time) string { return cre.Clock(t, s.Now, s.Rules.Zone) }

func (s *Step) clockWarning(e *store.Errand, _ Outcome) error {
	inc, err := s.ticking(e, clockWarning)
	if inc == nil || err != nil {
		return err
	}
	return s.remind(inc, e.Once, inc.Clock.Due, chat.Message{Text: chat.Textf("%s, **%s** needs an update by %s.", lead(inc), inc.ID, s.clock(inc.Clock.Due))})
}

// remind says in the rooms what is of use until then, or until there is another
// promise.
func (s *Step) remind(inc *cre.Incident, tick string, until time.Time, m chat.Message) error {
	m.Buttons = []chat.Button{updateButton(inc)}
	return s.inRooms(inc, func(r *cre.WarRoom) (store.Errand, error) {
		return store.Errand{Message: &m, Subject: inc.ID, Once: tick + " on " + r.Platform, Until: until}, nil
	})
}

func (s *Step) clockDue(e *store.Errand, _ Outcome) error {
	inc, err := s.ticking(e, clockDue)
	if inc == nil || err != nil {
		return err
	}
	inc.Clock.Late = true
	if err := s.Record(inc, cre.Entry{Kind: cre.Happened, Text: "the update that was due at " + s.clock(inc.Clock.Due) + " did not come"}); err != nil {
		return err
	}
	late := chat.Message{Tone: chat.Warning, Text: chat.Textf("%s, the update on **%s** is late. It was due at %s.", lead(inc), inc.ID, s.clock(inc.Clock.Due))}
	if err := s.remind(inc, e.Once, s.Now.Add(time.Hour), late); err != nil {
		return err
	}
	return s.save(inc)
}

// ticking is the incident whose present promise the timer watches, nil if that
// is over or there is no room to tell.
func (s *Step) ticking(e *store.Errand, kind string) (*cre.Incident, error) {
	inc, err := s.find(e.Subject)
	if err != nil || inc == nil || !inc.Clock.Running() || e.Once != tick(kind, inc) || !inc.HasRoom() {
		return nil, err
	}
	if kind == clockWarning && !s.Now.Before(inc.Clock.Due) {
		return nil, nil // the bot was away: the late one speaks
	}
	return inc, nil
}

// lead calls who leads the incident.
func lead(inc *cre.Incident) chat.Text {
	who, ok := inc.Roles[cre.Lead]
	if !ok {
		return "Everybody"
	}
	return chat.Mention(who)
}

func updateButton(inc *cre.Incident) chat.Button {
	return chat.Button{Label: "Update…", Line: "incident update " + inc.ID, Style: chat.Good}
}
