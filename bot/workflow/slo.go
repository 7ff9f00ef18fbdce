package workflow

import (
	"slices"
	"strings"
	"time"

	"cresset/bot/cre"
	"cresset/store"
)

// sliMeasured is the step after a measurement.
const sliMeasured = "sli measured"

// keepCells is how long single buckets are kept; older hours keep their sums.
const keepCells = 72 * time.Hour

// Schedule leaves what the house does by the clock: measuring each SLO, posting
// each digest, and looking at the toil of each week. What is scheduled already
// stays as it is.
func (s *Step) Schedule() error {
	for i := range s.Rules.SLOs {
		if err := s.measure(&s.Rules.SLOs[i], s.Now); err != nil {
			return err
		}
	}
	for i := range s.Rules.Digests {
		if err := s.scheduleDigest(&s.Rules.Digests[i]); err != nil {
			return err
		}
	}
	return s.scheduleToil()
}

// measure leaves the next measurement, unless one waits.
func (s *Step) measure(slo *cre.SLO, due time.Time) error {
	lane := store.TimedLane + "measure " + slo.Name
	waiting, err := store.Errands.First(s.Tx, "lane", store.Key(lane))
	if err != nil || waiting != nil {
		return err
	}
	from, err := s.measuredTo(slo)
	if err != nil {
		return err
	}
	_, err = s.Leave(store.Errand{Kind: store.Measure, Lane: lane, Subject: slo.Name, Due: due, From: from, Then: sliMeasured, Priority: store.ForDigest})
	return err
}

// measuredTo is the end of the last bucket that is kept, zero for none.
func (s *Step) measuredTo(slo *cre.SLO) (time.Time, error) {
	for h, err := range store.SLIHours.Under(s.Tx, store.Key(slo.Name), store.Page{Desc: true, Limit: 1}) {
		if err != nil {
			return time.Time{}, err
		}
		if n := len(h.Cells); n > 0 {
			last := h.Cells[n-1]
			return h.Hour.Add(time.Duration((last.At + last.Len) * float64(time.Second))), nil
		}
		return h.Hour.Add(time.Hour), nil
	}
	return time.Time{}, nil
}

// sliMeasured keeps what was counted and leaves the next measurement.
func (s *Step) sliMeasured(e *store.Errand, o Outcome) error {
	slo := s.slo(e.Subject)
	if slo == nil {
		return nil // no longer in the configuration
	}
	touched := map[time.Time]*cre.SLIHour{}
	for _, b := range o.Buckets {
		hour := b.From.UTC().Truncate(time.Hour)
		h := touched[hour]
		if h == nil {
			var err error
			if h, err = store.SLIHours.Get(s.Tx, store.Key(slo.Name, hour)); err != nil {
				return err
			}
			if h == nil {
				h = &cre.SLIHour{SLO: slo.Name, Hour: hour}
			}
			touched[hour] = h
		}
		h.Add(b)
	}
	for _, h := range touched {
		if err := store.SLIHours.Put(s.Tx, h); err != nil {
			return err
		}
	}
	if err := s.foldHours(slo); err != nil {
		return err
	}
	if err := s.keepBudget(slo); err != nil {
		return err
	}
	return s.measure(slo, s.Now.Truncate(slo.SLI.Every).Add(slo.SLI.Every))
}

// budgetAge is how old the budget that counts in the queue may become: to compute one
// reads the whole window.
const budgetAge = 15 * time.Minute

// keepBudget notes for the queue how much of the budget is spent.
func (s *Step) keepBudget(slo *cre.SLO) error {
	kept, err := store.Budgets.Get(s.Tx, store.Key(slo.Name))
	if err != nil || kept != nil && s.Now.Sub(kept.At) < budgetAge && !kept.At.After(s.Now) {
		return err
	}
	st, err := store.Standing(s.Tx, *slo, s.Now)
	if err != nil {
		return err
	}
	return store.Budgets.Put(s.Tx, &store.Budget{SLO: slo.Name, At: s.Now, Spent: st.Spent()})
}

// foldHours drops the single buckets of the hour that has just become old, and
// the hours that no window reaches any more.
func (s *Step) foldHours(slo *cre.SLO) error {
	old := s.Now.UTC().Truncate(time.Hour).Add(-keepCells)
	h, err := store.SLIHours.Get(s.Tx, store.Key(slo.Name, old))
	if err != nil {
		return err
	}
	if h != nil && len(h.Cells) > 0 {
		h.Cells = nil
		if err := store.SLIHours.Put(s.Tx, h); err != nil {
			return err
		}
	}
	from, _ := slo.Window.Span(s.Now)
	for h, err := range store.SLIHours.Under(s.Tx, store.Key(slo.Name), store.Page{Limit: 2}) {
		if err != nil {
			return err
		}
		if h.Hour.Before(from.Add(-32 * 24 * time.Hour)) {
			if err := store.SLIHours.Delete(s.Tx, store.SLIHours.Key(h)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Step) slo(name string) *cre.SLO {
	i := slices.IndexFunc(s.Rules.SLOs, func(o cre.SLO) bool { return strings.EqualFold(o.Name, name) })
	if i < 0 {
		return nil
	}
	return &s.Rules.SLOs[i]
}

// Standing is how one SLO stands now.
func (s *Step) Standing(name string) (*cre.Standing, error) {
	eyes, err := s.Eyes()
	if err != nil {
		return nil, err
	}
	seen := s.Rules.SLOsFor(eyes)
	i := slices.IndexFunc(seen, func(o cre.SLO) bool { return strings.EqualFold(o.Name, name) })
	if i < 0 {
		var names []string
		for _, o := range seen {
			names = append(names, o.Name)
		}
		if len(names) == 0 {
			return nil, cre.Errorf(cre.NotFound, "No SLO is defined yet. Define them under `slos` in the configuration.")
		}
		return nil, cre.Errorf(cre.NotFound, "There is no SLO %s. Choose one of %s.", name, strings.Join(names, ", ")).About("name")
	}
	st, err := store.Standing(s.Tx, seen[i], s.Now)
	return &st, err
}

// Standings are the SLOs of a customer, or all that the eyes see for "", the most
// worrying first.
func (s *Step) Standings(customer string, eyes cre.Eyes) ([]cre.Standing, error) {
	slos := s.Rules.SLOs
	if customer == "" {
		slos = s.Rules.SLOsFor(eyes)
	}
	var all []cre.Standing
	for _, slo := range slos {
		if !slo.For(customer) {
			continue
		}
		st, err := store.Standing(s.Tx, slo, s.Now)
		if err != nil {
			return nil, err
		}
		all = append(all, st)
	}
	cre.SortByConcern(all)
	return all, nil
}
