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

// WeekDigest writes what became of what a department asked for in the seven days
// before a slot, or before now without one; of all of them, if none is named. It
// names what a channel may read, and counts the rest.
func (s *Step) WeekDigest(department string, slot time.Time) (chat.Message, error) {
	d := weekDigest{Step: s.asBot(), department: department, to: slot}
	if slot.IsZero() {
		d.to = s.Now
	}
	d.from = d.to.In(s.Rules.Zone).AddDate(0, 0, -7)
	if err := d.gather(); err != nil {
		return chat.Message{}, err
	}
	return d.message()
}

// A weekDigest is the digest while it is written.
type weekDigest struct {
	*Step
	department   string // "": all
	from, to     time.Time
	filed, ended []*cre.Request
	worked       []cre.Spent
	kept         map[string]promises // by department
}

// promises are those that were due.
type promises struct{ kept, all int }

// gather finds what was filed and what ended: what was filed since is open, or ended
// since.
func (d *weekDigest) gather() error {
	queue, err := d.Queue()
	if err != nil {
		return err
	}
	var open []uint64
	err = queue.Each(func(q *cre.Queued, _ string, _ cre.Order, _ bool) {
		if !q.Created.Before(d.from.Truncate(time.Second)) && (d.department == "" || q.Department == d.department) {
			open = append(open, q.Number)
		}
	})
	if err != nil {
		return err
	}
	for _, number := range open {
		r, err := store.Requests.Get(d.Tx, store.Key(number))
		if err != nil {
			return err
		}
		if r != nil && d.counts(r) && within(r.Created, d.from, d.to) {
			d.filed = append(d.filed, r)
		}
	}
	for r, err := range store.Ended(d.Tx, d.from, d.Now) {
		switch {
		case err != nil:
			return err
		case !d.counts(r):
			continue
		}
		if within(r.Created, d.from, d.to) {
			d.filed = append(d.filed, r)
		}
		if r.Ended.Before(d.to) {
			d.ended = append(d.ended, r)
		}
	}
	slices.SortFunc(d.filed, func(a, b *cre.Request) int { return cmp.Compare(a.Number, b.Number) })
	if d.worked, err = d.spent(d.from, d.to, View{Department: d.department}); err != nil {
		return err
	}
	return d.promised()
}

// promised adds up what of what was promised was kept.
func (d *weekDigest) promised() error {
	judged, _, err := d.judged(d.from, d.to, func(r *cre.Request, _ bool) bool { return d.counts(r) })
	if err != nil {
		return err
	}
	tiers, err := d.tiers(judged)
	if err != nil {
		return err
	}
	of := map[string][]*cre.Request{}
	for _, r := range judged {
		of[r.Department] = append(of[r.Department], r)
	}
	d.kept = map[string]promises{}
	for department, requests := range of {
		var sum promises
		for _, k := range d.Rules.Kept(requests, func(key string) string { return tiers[key] }, d.from, d.to, d.Now) {
			sum.kept, sum.all = sum.kept+k.Met, sum.all+k.Met+len(k.Breaches)
		}
		d.kept[department] = sum
	}
	return nil
}

// counts reports whether the request is one of those that are looked at. What was
// imported happened elsewhere.
func (d *weekDigest) counts(r *cre.Request) bool {
	return r.Source == "" && (d.department == "" || r.Department == d.department)
}

func within(t, from, to time.Time) bool { return !t.Before(from) && t.Before(to) }

func (d *weekDigest) message() (chat.Message, error) {
	day := d.to.In(d.Rules.Zone).Format("Mon 2 Jan")
	m := chat.Message{Title: "The week until " + day, Footer: chat.Textf("From %s to %s. Times are medians, in business hours. The target for kept promises is %s.",
		d.clock(d.from), d.clock(d.to), cre.Percent(d.Rules.KeepShare))}
	if d.department != "" {
		m.Title += ": " + d.department
	}
	weeks := d.Rules.Weeks(d.filed, d.ended)
	if len(weeks) == 0 {
		m.Text = "Nothing was filed, and nothing was finished."
		return m, nil
	}
	ledger := cre.NewLedger(d.worked, d.from, d.to, d.Rules.Zone)
	labels := []string{"Filed", "Done", "First response", "Until done", "Promises kept", "Complete", "Satisfied", "Toil"}
	if d.department != "" {
		for i, value := range d.cells(&weeks[0], &ledger) {
			m.Fields = append(m.Fields, chat.Field{Label: labels[i], Value: value})
		}
	} else {
		m.Table = &chat.Table{Columns: append([]string{"Department"}, labels...)}
		for i := range weeks {
			name := chat.Plain(cmp.Or(weeks[i].Department, "no department"))
			m.Table.Rows = append(m.Table.Rows, append([]chat.Text{name}, d.cells(&weeks[i], &ledger)...))
		}
	}
	done := 0
	for _, w := range weeks {
		done += w.Done
	}
	m.Text = chat.Textf("%s filed, %d done.", cre.Count(len(d.filed), "request"), done) + d.repeats()
	if ledger.All.Times >= cre.Fewest { // a picture of shares is of enough to have them
		m.Chart = ledger.Chart("Toil until "+day, d.Rules.ToilLimit)
	}
	return m, nil
}

// cells are what is known of a department, in the order of the labels.
func (d *weekDigest) cells(w *cre.DepartmentWeek, l *cre.Ledger) []chat.Text {
	known := func(words string) chat.Text { return chat.Plain(cmp.Or(words, "–")) }
	toil := ""
	name := cmp.Or(w.Department, "no department")
	if i := slices.IndexFunc(l.By["department"], func(t cre.Tally) bool { return t.Name == name }); i >= 0 {
		toil = l.By["department"][i].Words()
	}
	promised := ""
	if p := d.kept[w.Department]; p.all > 0 {
		promised = cre.ShareWords(p.kept, p.all)
	}
	return []chat.Text{chat.Textf("%d", w.Filed), chat.Textf("%d", w.Done), known(w.Answered.Words()), known(w.Finished.Words()),
		known(promised), known(w.Complete.Words()), known(w.Satisfied.Words()), known(toil)}
}

// mostRepeats is how many groups of like requests are named.
const mostRepeats = 3

// repeats names what was asked for more than once.
func (d *weekDigest) repeats() chat.Text {
	seen := slices.DeleteFunc(slices.Clone(d.filed), func(r *cre.Request) bool { return !d.maySee(r) })
	groups := cre.Repeats(seen)
	if len(groups) == 0 {
		return ""
	}
	text := chat.Text("\n**Asked for again and again**")
	for i, g := range groups[:min(len(groups), mostRepeats)] {
		var ids []string
		for _, r := range g {
			ids = append(ids, r.ID)
		}
		text += chat.Textf("\n%d. %s: %d × (%s)", i+1, g[0].Title, len(g), chat.Cut(strings.Join(ids, ", "), 60))
	}
	return text
}
