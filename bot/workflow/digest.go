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

// digestDue is the step of a slot of a digest.
const digestDue = "digest due"

// scheduleDigest leaves the timer of the next slot, if there is one.
func (s *Step) scheduleDigest(d *cre.Digest) error {
	return s.schedule(regular{name: "digest " + d.Name, then: digestDue, subject: d.Name, next: d.Next})
}

// digestDue posts the digest and leaves the next slot. When slots were missed,
// only the latest is posted; one that cannot be posted gives way to the next.
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
	m, err := s.digestOf(d, slot)
	if err != nil {
		return err
	}
	place := chat.Place{Platform: s.Rules.Home, Channel: "#" + d.To}
	if _, err := s.say(store.Errand{Kind: store.Say, Place: place, Message: &m, Priority: store.ForDigest, Until: d.Next(latest(slot, s.Now))}); err != nil {
		return err
	}
	return s.scheduleDigest(d)
}

func (s *Step) digestOf(d *cre.Digest, slot time.Time) (chat.Message, error) {
	switch d.About {
	case cre.AboutQueue:
		return s.QueueDigest(d.Name, slot)
	case cre.AboutWeek:
		return s.WeekDigest(d.Department, slot)
	}
	return s.Digest(d.Name, d.Customer, slot)
}

// Report shows what a digest of the queue or of the week says now. Who works on requests
// sees all of it, others the week of their department.
func (s *Step) Report(about cre.DigestAbout, department string) (chat.Message, error) {
	eyes, err := s.Eyes()
	if err != nil {
		return chat.Message{}, err
	}
	switch own := eyes.Department; {
	case eyes.CRE && department != "" && about == cre.AboutQueue:
		return chat.Message{}, cre.Errorf(cre.Invalid, "The queue digest covers all departments. `cre queue department:%s` lists the requests of one.", department).About("department")
	case eyes.CRE:
	case own == "" || about == cre.AboutQueue || department != "" && department != own:
		refusal := cre.Errorf(cre.Forbidden, "This digest is for the people who work on requests. `cre queue mine` lists yours.")
		if own != "" {
			refusal.Text += " `cre digest week` shows the week of your department."
		}
		return chat.Message{}, refusal
	default:
		department = own
	}
	if about == cre.AboutWeek {
		return s.WeekDigest(department, time.Time{})
	}
	return s.QueueDigest(s.DigestNamed(cre.AboutQueue), time.Time{})
}

// DigestNamed is the name of the first digest about something, "" for none: what is
// shown between its slots goes by the last of them.
func (s *Step) DigestNamed(about cre.DigestAbout) string {
	for _, d := range s.Rules.Digests {
		if d.About == about {
			return d.Name
		}
	}
	return ""
}

// Digest writes the digest of SLOs, for whoever reads the channel: of customers that
// named people alone see there is nothing in it, unless it is about one. With a slot it also remembers what it said, so that
// the next one says what changed.
func (s *Step) Digest(name, customer string, slot time.Time) (chat.Message, error) {
	all, err := s.Standings(customer, cre.Eyes{})
	if err != nil {
		return chat.Message{}, err
	}
	last, err := store.Digests.Get(s.Tx, store.Key(name))
	if err != nil {
		return chat.Message{}, err
	}
	m := s.digest(all, customer, last)
	if customer != "" {
		sum, err := s.Satisfaction(customer)
		if err != nil {
			return chat.Message{}, err
		}
		if sum.All > 0 {
			m.Fields = append(m.Fields, chat.Field{Label: "Satisfaction", Value: chat.Textf("%s in 90 days", sum.Words())})
		}
	}
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
	m.Table = &chat.Table{Columns: []string{"SLO", "Budget left", "Changed", "Burn, last hour", "Good", "Customers"}}
	for _, st := range all {
		m.Table.Rows = append(m.Table.Rows, []chat.Text{
			chat.Plain(st.SLO.Name), chat.Plain(st.LeftWords()), changeWords(&st, last), chat.Plain(st.BurnWords()), counts(&st), chat.Plain(customersOf(&st.SLO)),
		})
	}
	m.Chart = cre.BudgetChart(all, s.Now, s.Rules.Zone)
	if last != nil {
		m.Footer = chat.Textf("Changed: since %s.", s.clock(last.Slot))
	}
	return m
}

func (s *Step) digestSummary(all []cre.Standing) chat.Text {
	if len(all) == 0 {
		return "No SLO is defined yet. Define them under `slos` in the configuration."
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
	text := chat.Textf("%s: none needs attention.", cre.Count(len(all), "SLO"))
	if len(alarming) > 0 {
		text = chat.Textf("Needs attention: %s.", strings.Join(alarming, ", "))
	} else if len(silent) == len(all) {
		text = ""
	}
	if len(silent) > 0 {
		text += chat.Textf("\nNo data: %s. This says nothing about customers. Check the data source.", strings.Join(silent, ", "))
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
