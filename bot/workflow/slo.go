package workflow

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// The steps of SLOs.
const (
	sliMeasured = "sli measured"
	digestDue   = "digest due"
)

// keepCells is how long single buckets are kept; older hours keep their sums.
const keepCells = 72 * time.Hour

// Schedule leaves what the house does by the clock: measuring each SLO and
// posting each digest. What is scheduled already stays as it is.
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
	return nil
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
	return s.measure(slo, s.Now.Truncate(slo.SLI.Every).Add(slo.SLI.Every))
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
	slo := s.slo(name)
	if slo == nil {
		var names []string
		for _, o := range s.Rules.SLOs {
			names = append(names, o.Name)
		}
		if len(names) == 0 {
			return nil, cre.Errorf(cre.NotFound, "No SLO is defined yet. They are written under `slos` in the configuration.")
		}
		return nil, cre.Errorf(cre.NotFound, "There is no SLO %s. There are %s.", name, strings.Join(names, ", ")).About("name")
	}
	st, err := Stand(s.Tx, *slo, s.Now)
	return &st, err
}

// Stand reads what was measured and evaluates the SLO.
func Stand(tx store.Tx, slo cre.SLO, now time.Time) (cre.Standing, error) {
	from, _ := slo.Window.Span(now)
	var hours []cre.SLIHour
	after := store.Page{After: store.Key(slo.Name, from.UTC().Truncate(time.Hour).Add(-time.Nanosecond))}
	for h, err := range store.SLIHours.Under(tx, store.Key(slo.Name), after) {
		if err != nil {
			return cre.Standing{}, err
		}
		hours = append(hours, *h)
	}
	return cre.Evaluate(slo, hours, now), nil
}

// Standings are the SLOs of a customer ("": all), the most worrying first.
func (s *Step) Standings(customer string) ([]cre.Standing, error) {
	var all []cre.Standing
	for _, slo := range s.Rules.SLOs {
		if !slo.For(customer) {
			continue
		}
		st, err := Stand(s.Tx, slo, s.Now)
		if err != nil {
			return nil, err
		}
		all = append(all, st)
	}
	cre.SortByConcern(all)
	return all, nil
}

// scheduleDigest leaves the timer of the next slot, if there is one. The name of
// the slot makes it fire once.
func (s *Step) scheduleDigest(d *cre.Digest) error {
	waiting, err := store.Errands.First(s.Tx, "lane", store.Key(digestLane(d.Name)))
	if err != nil {
		return err
	}
	slot := d.Next(s.Now)
	if waiting != nil {
		if waiting.Due.Equal(slot) || waiting.Due.Before(s.Now) {
			return nil
		}
		// The schedule was changed in the configuration.
		if err := store.Errands.Delete(s.Tx, store.Errands.Key(waiting)); err != nil {
			return err
		}
	}
	for !slot.IsZero() { // a clock that was set back meets slots that are over
		once := "digest " + d.Name + " " + slot.UTC().Format(time.RFC3339)
		over, err := store.Errands.First(s.Tx, "once", store.Key(once))
		if err != nil {
			return err
		}
		if over == nil {
			_, err = s.Leave(store.Errand{Kind: store.Timer, Lane: digestLane(d.Name), Due: slot, Then: digestDue, Subject: d.Name, Once: once})
			return err
		}
		slot = d.Next(slot)
	}
	return nil
}

func digestLane(name string) string { return store.TimedLane + "digest " + name }

// digestDue posts the digest and leaves the next slot. When slots were missed,
// only the latest is posted.
func (s *Step) digestDue(e *store.Errand, _ Outcome) error {
	i := slices.IndexFunc(s.Rules.Digests, func(d cre.Digest) bool { return d.Name == e.Subject })
	if i < 0 {
		return nil // no longer in the configuration
	}
	d := &s.Rules.Digests[i]
	slot := e.Due
	for next := d.Next(slot); !next.IsZero() && !next.After(s.Now); next = d.Next(next) {
		slot = next
	}
	m, err := s.Digest(d.Name, d.Customer, slot)
	if err != nil {
		return err
	}
	place := chat.Place{Platform: s.Rules.Home, Channel: "#" + d.To}
	if _, err := s.Say(place, m, store.ForDigest); err != nil {
		return err
	}
	return s.scheduleDigest(d)
}

// Digest writes the digest. With a slot it also remembers what it said, so that
// the next one says what changed.
func (s *Step) Digest(name, customer string, slot time.Time) (chat.Message, error) {
	all, err := s.Standings(customer)
	if err != nil {
		return chat.Message{}, err
	}
	last, err := store.Digests.Get(s.Tx, store.Key(name))
	if err != nil {
		return chat.Message{}, err
	}
	m := s.digest(all, customer, last)
	if slot.IsZero() {
		return m, nil
	}
	said := &store.Digest{Name: name, Slot: slot, Left: map[string]float64{}, State: map[string]string{}}
	for _, st := range all {
		said.State[st.SLO.Name] = string(st.State)
		if st.Counted {
			said.Left[st.SLO.Name] = st.Left
		}
	}
	return m, store.Digests.Put(s.Tx, said)
}

func (s *Step) digest(all []cre.Standing, customer string, last *store.Digest) chat.Message {
	m := chat.Message{Title: "Reliability digest", Text: s.digestSummary(all)}
	if customer != "" {
		m.Title += ": " + customer
	}
	if len(all) == 0 {
		return m
	}
	m.Table = &chat.Table{Columns: []string{"SLO", "Customers", "Good of all", "Budget left", "Changed", "Burn, last hour"}}
	for _, st := range all {
		m.Table.Rows = append(m.Table.Rows, []chat.Text{
			chat.Plain(st.SLO.Name), chat.Plain(customersOf(&st.SLO)), counts(&st), leftWords(&st), changeWords(&st, last), BurnWords(&st),
		})
	}
	m.Chart = BudgetChart(all, s.Now, s.Rules.Zone)
	if last != nil {
		m.Footer = chat.Textf("Changed: since %s.", s.clock(last.Slot))
	}
	return m
}

func (s *Step) digestSummary(all []cre.Standing) chat.Text {
	if len(all) == 0 {
		return "No SLO is defined yet. They are written under `slos` in the configuration."
	}
	var alarming, silent []string
	for _, st := range all {
		switch {
		case st.State == cre.StateNoData:
			silent = append(silent, st.SLO.Name)
		case st.State.Alarming():
			alarming = append(alarming, fmt.Sprintf("%s (%s)", st.SLO.Name, st.State))
		}
	}
	text := chat.Textf("%s: nothing needs a person.", cre.Count(len(all), "SLO"))
	if len(alarming) > 0 {
		text = chat.Textf("%s need a look: %s.", cre.Count(len(alarming), "SLO"), strings.Join(alarming, ", "))
	} else if len(silent) == len(all) {
		text = ""
	}
	if len(silent) > 0 {
		text += chat.Textf("\nNo data: %s. That says nothing about customers; look at the source.", strings.Join(silent, ", "))
	}
	return chat.Text(strings.TrimPrefix(string(text), "\n"))
}

func customersOf(slo *cre.SLO) string {
	if len(slo.Customers) == 0 {
		return "all"
	}
	return strings.Join(slo.Customers, ", ")
}

func counts(st *cre.Standing) chat.Text {
	if !st.Counted {
		return chat.Plain(string(st.State))
	}
	return chat.Textf("%s of %s", cre.Number(st.Good), cre.Number(st.Good+st.Bad))
}

func leftWords(st *cre.Standing) chat.Text {
	if !st.Counted || st.State == cre.StateNoData {
		return chat.Plain(string(st.State))
	}
	if st.State == cre.StateOK {
		return chat.Plain(cre.Percent(st.Left))
	}
	return chat.Textf("%s, %s", cre.Percent(st.Left), string(st.State))
}

func changeWords(st *cre.Standing, last *store.Digest) chat.Text {
	if last == nil {
		return "first digest"
	}
	if was := last.State[st.SLO.Name]; was != "" && was != string(st.State) && (st.State.Alarming() || cre.State(was).Alarming()) {
		return chat.Textf("%s → %s", was, string(st.State))
	}
	before, ok := last.Left[st.SLO.Name]
	if !ok || !st.Counted {
		return "new"
	}
	points := math.Round((st.Left-before)*1000) / 10
	if points == 0 {
		return "same"
	}
	return chat.Plain(strings.Replace(fmt.Sprintf("%+.1f points", points), "-", "−", 1))
}

// BurnWords is the burn rate of the last hour, with what it means.
func BurnWords(st *cre.Standing) chat.Text {
	if !st.Hour.Known || st.State == cre.StateNoData {
		return "unknown"
	}
	rate := chat.Textf("%sx", strings.TrimSuffix(fmt.Sprintf("%.1f", st.Hour.Rate), ".0"))
	switch {
	case st.Left <= 0:
		return rate + ", budget gone"
	case st.GoneIn > 0:
		return rate + chat.Textf(", budget gone in %s", cre.Long(st.GoneIn))
	}
	return rate + ", budget lasts"
}

// BudgetChart draws the budgets of the standings: one large, or a grid.
func BudgetChart(all []cre.Standing, now time.Time, zone *time.Location) *chat.Chart {
	c := &chat.Chart{Title: "Error budget left"}
	var alt []string
	for _, st := range all {
		p := chat.Panel{Name: st.SLO.Name, Value: string(st.State), From: st.From.In(zone), To: st.To.In(zone), Tone: chat.Neutral}
		if st.Counted && st.State != cre.StateNoData {
			p.Value, p.Points = cre.Percent(st.Left)+" left", st.Line
			p.Tone = budgetTone(&st)
			p.Note = BurnWords(&st).String()
			if st.SLO.Window.Length == 0 {
				p.Ahead = ahead(&st)
			} else if st.State == cre.StateWarming {
				p.From = now.Add(-st.History).In(zone)
			}
		}
		if len(all) > 1 {
			p.Value = strings.TrimSuffix(p.Value, " left")
		}
		c.Panels = append(c.Panels, p)
		alt = append(alt, fmt.Sprintf("%s: %s", st.SLO.Name, leftWords(&st).String()))
	}
	if len(all) == 1 {
		slo := all[0].SLO
		c.Title, c.Subtitle = slo.Heading(), fmt.Sprintf("Error budget left, %s, target %s", slo.Window, slo.Objective)
	}
	c.Alt = chat.Cut("Error budget left. "+strings.Join(alt, "; "), 1900)
	return c
}

func budgetTone(st *cre.Standing) chat.Tone {
	switch {
	case st.Left <= 0:
		return chat.Danger
	case st.State == cre.StateBurning || st.Left < 0.1:
		return chat.Warning
	}
	return chat.Good
}

// ahead goes on with the burn of the last hour to the end of the window.
func ahead(st *cre.Standing) []chat.Point {
	if !st.Hour.Known || !st.To.After(st.At) {
		return nil
	}
	lost := st.Hour.Bad / st.Allowed * st.To.Sub(st.At).Hours()
	return []chat.Point{{At: st.At, Value: st.Left}, {At: st.To, Value: st.Left - lost}}
}
