package store

import (
	"time"

	"cresset/bot/cre"
)

// A Desk scores requests at a time. What it reads of customers it reads once. It
// holds for as long as its transaction.
type Desk struct {
	tx       Tx
	rules    *cre.Settings
	now      time.Time
	heaviest int
	spent    map[string]int             // percent of an error budget, by SLO
	next     map[string]cre.CustomerDay // within a week, by customer
	known    map[string]*customerAt
	days     map[int64]int // until a time
	names    names
}

// customerAt is what is known of a customer at the time of the desk.
type customerAt struct {
	customer *cre.Customer // nil for none
	cre.Situation
}

// OpenDesk makes a desk.
func OpenDesk(tx Tx, rules *cre.Settings, now time.Time) (*Desk, error) {
	d := &Desk{tx: tx, rules: rules, now: now, spent: map[string]int{}, known: map[string]*customerAt{}, days: map[int64]int{}, names: names{}}
	for _, w := range rules.TierWeight {
		d.heaviest = max(d.heaviest, w)
	}
	for b, err := range Budgets.All(tx, Page{}) {
		if err != nil {
			return nil, err
		}
		d.spent[b.SLO] = b.Spent
	}
	next, err := NextDays(tx, rules.Zone, now)
	d.next = next
	return d, err
}

// Score is the score of a request with its reasons.
func (d *Desk) Score(r *cre.Request) (int, []cre.Reason, error) {
	var q cre.Queued
	if err := unpack(pack(r), &q, d.names); err != nil {
		return 0, nil, err
	}
	at, err := d.at(q.Customer)
	if err != nil {
		return 0, nil, err
	}
	c := q.Case(at.Situation, d.heaviest, d.now, d.until)
	points, reasons := d.rules.Weights.Score(&c)
	return points, reasons, nil
}

func (d *Desk) points(q *cre.Queued) (int, error) {
	at, err := d.at(q.Customer)
	if err != nil {
		return 0, err
	}
	c := q.Case(at.Situation, d.heaviest, d.now, d.until)
	return d.rules.Weights.Points(&c), nil
}

func (d *Desk) until(t time.Time) int {
	n, ok := d.days[t.Unix()]
	if !ok {
		n = cre.DaysUntil(t, d.now, d.rules.Zone)
		d.days[t.Unix()] = n
	}
	return n
}

func (d *Desk) at(customer string) (*customerAt, error) {
	if at, ok := d.known[customer]; ok {
		return at, nil
	}
	at := &customerAt{}
	if customer != "" {
		c, err := Customers.Get(d.tx, Key(customer))
		if err != nil {
			return nil, err
		}
		if at.customer = c; c != nil {
			at.Situation = d.situation(c)
		}
	}
	d.known[customer] = at
	return at, nil
}

func (d *Desk) situation(c *cre.Customer) cre.Situation {
	s := cre.Situation{Tier: c.Tier, Weight: d.rules.TierWeight[c.Tier]}
	if day, ok := d.next[c.Key]; ok {
		on := day.Date(d.rules.Zone)
		s.Event, s.In, s.On = day.Text, cre.DaysUntil(on, d.now, d.rules.Zone), on.Weekday()
	}
	for _, slo := range d.rules.SLOs {
		if slo.For(c.Key) {
			s.Spent = max(s.Spent, d.spent[slo.Name])
		}
	}
	return s
}

// Events are the days that matter to customers.
var Events = &Collection[cre.CustomerDay]{
	Name: "events",
	Key:  func(d *cre.CustomerDay) []byte { return Key(d.Customer, d.Day, d.N) },
	Indexes: []Index[cre.CustomerDay]{
		{Name: "day", Keys: func(d *cre.CustomerDay) [][]byte { return [][]byte{Key(d.Day, d.N)} }},
	},
}

// NextDays is the next day of each customer's that comes within a week.
func NextDays(tx Tx, zone *time.Location, now time.Time) (map[string]cre.CustomerDay, error) {
	next := map[string]cre.CustomerDay{}
	for in := range cre.EventDays + 1 {
		day := now.In(zone).AddDate(0, 0, in).Format(time.DateOnly)
		for d, err := range Events.By(tx, "day", Key(day), Page{}) {
			if err != nil {
				return nil, err
			}
			if _, ok := next[d.Customer]; !ok {
				next[d.Customer] = *d
			}
		}
	}
	return next, nil
}

// A Budget is how much of an SLO's error budget was spent when it was last looked
// at.
type Budget struct {
	SLO   string    `json:"slo"`
	At    time.Time `json:"at"`
	Spent int       `json:"spent"` // percent; 0 where nothing is known
}

// Budgets are those of the SLOs, since to compute one takes longer than a queue may.
var Budgets = &Collection[Budget]{
	Name: "budgets",
	Key:  func(b *Budget) []byte { return Key(b.SLO) },
}

// A Share is what somebody had of the queue lately.
type Share struct {
	Person string      `json:"person"` // key of an account
	Taken  time.Time   `json:"taken,omitzero"`
	Bumped []time.Time `json:"bumped,omitempty"` // this week
}

// Shares are those of everybody who took or bumped something.
var Shares = &Collection[Share]{
	Name: "shares",
	Key:  func(s *Share) []byte { return Key(s.Person) },
}

// DaysOf are the days of a customer that are still to come, in order.
func DaysOf(tx Tx, customer string, zone *time.Location, now time.Time) (all []cre.CustomerDay, err error) {
	today := Key(customer, now.In(zone).Format(time.DateOnly))
	for d, err := range Events.Under(tx, Key(customer), Page{After: today}) {
		if err != nil {
			return nil, err
		}
		all = append(all, *d)
	}
	return all, nil
}
