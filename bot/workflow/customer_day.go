package workflow

import (
	"strings"
	"time"

	"cresset/bot/cre"
	"cresset/store"
)

// AddDay notes a day that matters to a customer.
func (s *Step) AddDay(customer string, day time.Time, text string) (*cre.CustomerDay, error) {
	c, date, err := s.dayOf(customer, day)
	if err != nil {
		return nil, err
	}
	if text, err = cre.CheckTitle(text); err != nil {
		return nil, cre.Errorf(cre.Invalid, "Say in a few words what is on that day: a match, a launch, an audit.").About("what")
	}
	for d, err := range store.Events.Under(s.Tx, store.Key(c.Key, date), store.Page{}) {
		if err != nil {
			return nil, err
		}
		if strings.EqualFold(d.Text, text) {
			return nil, cre.Errorf(cre.Conflict, "That is already in the calendar of **%s**.", c.Key)
		}
	}
	n, err := store.Sequence(s.Tx, "event")
	if err != nil {
		return nil, err
	}
	s.Changed("customer " + c.Key)
	d := &cre.CustomerDay{Customer: c.Key, Day: date, N: n, Text: text, By: s.By}
	return d, store.Events.Put(s.Tx, d)
}

// DropDay takes what is on a day out of the calendar of a customer.
func (s *Step) DropDay(customer string, day time.Time) (dropped []cre.CustomerDay, err error) {
	c, date, err := s.dayOf(customer, day)
	if err != nil {
		return nil, err
	}
	for d, err := range store.Events.Under(s.Tx, store.Key(c.Key, date), store.Page{}) {
		if err != nil {
			return nil, err
		}
		if err := store.Events.Delete(s.Tx, store.Events.Key(d)); err != nil {
			return nil, err
		}
		dropped = append(dropped, *d)
	}
	if len(dropped) == 0 {
		return nil, cre.Errorf(cre.NotFound, "Nothing is in the calendar of **%s** on %s. `cre customer %s` shows what is.", c.Key, day.In(s.Rules.Zone).Format("Mon 2 Jan"), c.Key).About("day")
	}
	s.Changed("customer " + c.Key)
	return dropped, nil
}

// dayOf is the customer and the date that are meant.
func (s *Step) dayOf(customer string, day time.Time) (*cre.Customer, string, error) {
	c, err := s.Customer(customer)
	if err != nil {
		return nil, "", err
	}
	if cre.DaysUntil(day, s.Now, s.Rules.Zone) < 0 {
		return nil, "", cre.Errorf(cre.Invalid, "That day is over. Give a day that is still to come.").About("day")
	}
	return c, day.In(s.Rules.Zone).Format(time.DateOnly), nil
}
