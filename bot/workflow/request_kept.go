package workflow

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// Promises shows how the promises about requests were kept in a period, by tier and
// kind, and which were not. It names nobody. A department or a customer shows only
// theirs; what the asker may not see then does not count, and else counts without its
// number.
func (s *Step) Promises(v View) (chat.Message, error) {
	from, to := v.Period.Span(s.Now, s.Rules.Zone)
	of := strings.TrimSpace(v.Department + " " + v.Customer)
	judged, hidden, err := s.judged(from, to, func(r *cre.Request, seen bool) bool {
		return of == "" || seen && (v.Department == "" || r.Department == v.Department) && (v.Customer == "" || r.Customer == v.Customer)
	})
	if err != nil {
		return chat.Message{}, err
	}
	tiers, err := s.tiers(judged)
	if err != nil {
		return chat.Message{}, err
	}
	kept := s.Rules.Kept(judged, func(key string) string { return tiers[key] }, from, to, s.Now)
	m := chat.Message{Title: "Promises in " + v.Period.Words(from)}
	if of != "" {
		m.Title += ": " + of
	}
	met, all := 0, 0
	for _, k := range kept {
		met, all = met+k.Met, all+k.Met+len(k.Breaches)
	}
	if all == 0 {
		m.Text = "No promise on a request was due."
		return m, nil
	}
	share := float64(met) / float64(all)
	if share < s.Rules.KeepShare {
		m.Tone = chat.Warning
	}
	m.Text = chat.Textf("**%s of the promises were kept**: %d of %d. The target is %s.", cre.Percent(share), met, all, cre.Percent(s.Rules.KeepShare))
	if late := s.lateLines(kept, hidden); len(late) > 0 {
		m.Text += "\n" + chat.Join(late, "\n")
	}
	m.Table = keptTable(kept)
	return m, nil
}

// judged are the requests about which a promise was kept or broken between two times,
// and which of them the asker may not see, by their identifier.
func (s *Step) judged(from, to time.Time, counts func(r *cre.Request, seen bool) bool) (all []*cre.Request, hidden map[string]bool, err error) {
	hidden = map[string]bool{}
	for r, err := range store.Judged(s.Tx, from, to) {
		if err != nil {
			return nil, nil, err
		}
		seen := s.maySee(r)
		if !counts(r, seen) {
			continue
		}
		all, hidden[r.ID] = append(all, r), !seen
	}
	return all, hidden, nil
}

// tiers are those of the requests' customers, by key.
func (s *Step) tiers(requests []*cre.Request) (map[string]string, error) {
	tiers := map[string]string{}
	for _, r := range requests {
		if _, known := tiers[r.Customer]; known {
			continue
		}
		c, err := s.customerOf(r)
		if err != nil {
			return nil, err
		}
		tiers[r.Customer] = tierOf(c)
	}
	return tiers, nil
}

// mostLate is how many promises that were broken are listed.
const mostLate = 20

// lateLines list what was late, and by how much, those that were due first at the top.
func (s *Step) lateLines(kept []cre.Kept, hidden map[string]bool) []chat.Text {
	type line struct {
		cre.Overdue
		clock cre.ClockKind
	}
	var all []line
	unseen := 0
	for _, k := range kept {
		for _, b := range k.Breaches {
			if hidden[b.Request] {
				unseen++
				continue
			}
			all = append(all, line{b, k.Clock})
		}
	}
	slices.SortStableFunc(all, func(a, b line) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Request, b.Request)) })
	var lines []chat.Text
	for _, l := range all[:min(len(all), mostLate)] {
		still := ""
		if l.Still {
			still = ", and still is"
		}
		lines = append(lines, chat.Textf("- **%s** %s: late by %s%s. It was due at %s.", l.Request, string(l.clock), business(l.Late), still, s.clock(l.Due)))
	}
	if more := len(all) - len(lines); more > 0 {
		lines = append(lines, chat.Textf("And %d more.", more))
	}
	if unseen > 0 {
		lines = append(lines, chat.Textf("%s of requests that you may not see.", cre.Count(unseen, "late promise")))
	}
	return lines
}

// keptTable is how each kind of promise was kept.
func keptTable(kept []cre.Kept) *chat.Table {
	t := &chat.Table{Columns: []string{"Promise", "Tier", "Kind", "Kept", "Share"}}
	for _, k := range kept {
		t.Rows = append(t.Rows, []chat.Text{chat.Plain(string(k.Clock)), chat.Plain(cmp.Or(k.Tier, "any")), chat.Plain(cmp.Or(k.Kind, "any")),
			chat.Textf("%d of %d", k.Met, k.Met+len(k.Breaches)), chat.Plain(cre.Percent(k.Share()))})
	}
	return t
}
