package workflow

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
	"cresset/store"
)

// QueueDigest writes what of the queue is worth knowing today, as a channel may read
// it: what is private, or of a customer whom only some people see, is counted and not
// named. With a slot it also remembers that, since the next one says what is new.
func (s *Step) QueueDigest(name string, slot time.Time) (chat.Message, error) {
	d := queueDigest{Step: s.asBot()}
	last, err := store.Digests.Get(s.Tx, store.Key(name))
	if err != nil {
		return chat.Message{}, err
	}
	if d.since = s.Now.AddDate(0, 0, -1); last != nil {
		d.since = last.Slot
	}
	if d.queue, err = d.Queue(); err != nil {
		return chat.Message{}, err
	}
	m, err := d.message()
	if err == nil && !slot.IsZero() {
		err = store.Digests.Put(s.Tx, &store.Digest{Name: name, Slot: slot})
	}
	return m, err
}

// A queueDigest is the digest while it is written.
type queueDigest struct {
	*Step
	queue  *store.Queue
	since  time.Time // the last one
	report *cre.QueueReport
	old    []cre.Order         // what is old enough to be at risk
	work   map[cre.Mark]uint64 // one that is in work, by owner
}

func (d *queueDigest) message() (chat.Message, error) {
	if err := d.count(); err != nil {
		return chat.Message{}, err
	}
	m := chat.Message{Title: "Queue digest", Text: d.summary(), Chart: d.report.Chart(), Buttons: []chat.Button{{Label: "The queue", Line: "cre queue"}},
		Footer: chat.Textf("New and done: since %s.", d.clock(d.since))}
	parts := []chat.Text{m.Text}
	for _, part := range []func() (chat.Text, error){
		d.piled("Due today or overdue", &d.report.Due, d.due), d.atRisk, d.waiting, d.piled("Unassigned", &d.report.Nobody, d.line),
		d.overLimit, d.piled("New", &d.report.New, d.line), d.done,
	} {
		text, err := part()
		if err != nil {
			return chat.Message{}, err
		}
		if text != "" {
			parts = append(parts, text)
		}
	}
	m.Text = chat.Join(parts, "\n")
	return m, nil
}

// count goes through the queue once, and reads none of it.
func (d *queueDigest) count() error {
	d.report, d.work = cre.NewQueueReport(d.since, d.Now, d.Rules.Zone), map[cre.Mark]uint64{}
	calm := map[cre.Group]time.Duration{}
	return d.queue.Each(func(q *cre.Queued, tier string, o cre.Order, seen bool) {
		d.report.Count(q, o, seen)
		if q.Status == cre.OnUs {
			d.work[q.Owner] = q.Number
		}
		g := cre.Group{Tier: tier, Kind: q.Kind}
		if _, known := calm[g]; !known {
			calm[g] = d.Rules.Targets(tier, q.Kind).Calm()
		}
		if d.Now.Sub(q.Created) >= calm[g] {
			d.old = append(d.old, o)
		}
	})
}

func (d *queueDigest) summary() chat.Text {
	p := d.report
	if p.Open == 0 {
		return "Nothing is open."
	}
	text := chat.Textf("**%s**: %s.", cre.Count(p.Open, "open request"), p.Held[0].Words())
	if p.Unnamed > 0 {
		text += chat.Textf(" %d of them %s named here.", p.Unnamed, map[bool]string{true: "is not", false: "are not"}[p.Unnamed == 1])
	}
	return text
}

// piled says how many there are of a sort, and names the first.
func (d *queueDigest) piled(sort string, p *cre.Pile, line func(*cre.Request) chat.Text) func() (chat.Text, error) {
	return func() (chat.Text, error) {
		var lines []chat.Text
		for _, o := range p.First {
			r, err := d.read(o.Number())
			if err != nil {
				return "", err
			}
			lines = append(lines, line(r))
		}
		return section(sort, p.All, "", lines), nil
	}
}

func (d *queueDigest) read(number uint64) (*cre.Request, error) {
	r, err := store.Requests.Get(d.Tx, store.Key(number))
	if err == nil && r == nil {
		err = store.Corrupt("requests.queue", store.Key(number), fmt.Errorf("points to no record"))
	}
	return r, err
}

func (d *queueDigest) line(r *cre.Request) chat.Text {
	return chat.Textf("- **%s** %s%s", r.ID, r.Title, forCustomer(r.Customer))
}

func (d *queueDigest) due(r *cre.Request) chat.Text {
	return d.line(r) + chat.Textf(", due %s", r.Due.In(d.Rules.Zone).Format("Mon 2 Jan"))
}

// section is a heading with its count and the lines below it, "" for none.
func section(heading string, all int, more string, lines []chat.Text) chat.Text {
	if all == 0 {
		return ""
	}
	return chat.Join(append([]chat.Text{chat.Textf("**%s**: %d%s", heading, all, more)}, lines...), "\n")
}

const (
	// mostAtRisk is how many requests are read to see whether their clocks run out,
	// the first of the queue.
	mostAtRisk = 500
	// mostNamed is how many of them are named.
	mostNamed = 5
)

// atRisk names requests of which a clock is past its warning, what runs out first, or did, before the others.
func (d *queueDigest) atRisk() (chat.Text, error) {
	type risk struct {
		of    *cre.Request
		clock *cre.RequestClock
	}
	var named []risk
	all := 0
	slices.Sort(d.old)
	for _, o := range d.old[:min(len(d.old), mostAtRisk)] {
		r, err := d.read(o.Number())
		if err != nil {
			return "", err
		}
		customer, err := d.customerOf(r)
		if err != nil {
			return "", err
		}
		clock := d.Rules.Targets(tierOf(customer), r.Kind).AtRisk(d.Rules.Hours, r, d.Now)
		if clock == nil {
			continue
		}
		if all++; d.maySee(r) {
			named = append(named, risk{r, clock})
		}
	}
	slices.SortStableFunc(named, func(a, b risk) int { return a.clock.Due.Compare(b.clock.Due) })
	var lines []chat.Text
	for _, k := range named[:min(len(named), mostNamed)] {
		lines = append(lines, d.line(k.of)+", "+d.ClockWords(k.clock))
	}
	more := ""
	if len(d.old) > mostAtRisk {
		more = fmt.Sprintf(" among the first %d", mostAtRisk)
	}
	return section("At risk", all, more, lines), nil
}

// ClockWords say when a clock runs out, or did.
func (s *Step) ClockWords(c *cre.RequestClock) chat.Text {
	if c.State == cre.ClockBroken {
		return chat.Textf("%s late since %s", string(c.Kind), s.clock(c.Due))
	}
	return chat.Textf("%s by %s", string(c.Kind), s.clock(c.Due))
}

// waiting says what waits for whom, and what waits longest.
func (d *queueDigest) waiting() (chat.Text, error) {
	var lines []chat.Text
	all := 0
	for _, w := range []struct {
		on  cre.RequestStatus
		who string
	}{{cre.OnCustomer, "the customer"}, {cre.OnRequester, "the requester"}, {cre.OnEngineering, "engineering"}, {cre.CloseLoop, "somebody to tell the customer"}} {
		wait := d.report.Waits[w.on]
		if wait.All == 0 {
			continue
		}
		line := chat.Textf("- for %s: %d", w.who, wait.All)
		longest, err := wait.Longest(d.read)
		if err != nil {
			return "", err
		}
		if longest != nil {
			line += chat.Textf(", longest **%s** %s%s since %s", longest.ID, longest.Title, forCustomer(longest.Customer), d.clock(longest.Passed()))
		}
		all, lines = all+wait.All, append(lines, line)
	}
	return section("Waiting", all, "", lines), nil
}

// overLimit names who has more in work than they may.
func (d *queueDigest) overLimit() (chat.Text, error) {
	type person struct {
		name        string
		work, limit int
	}
	var over []person
	var seen []chat.Person
	for _, number := range slices.Sorted(maps.Values(d.work)) {
		r, err := d.read(number)
		if err != nil {
			return "", err
		}
		accounts, err := store.AccountsOf(d.Tx, r.Owner)
		if err != nil {
			return "", err
		}
		if slices.ContainsFunc(seen, is(r.Owner)) {
			continue
		}
		seen = append(seen, accounts...)
		if work, limit := d.queue.InWork(accounts), d.Rules.LimitOf(accounts); limit > 0 && work > limit {
			over = append(over, person{r.Owner.Shown(), work, limit})
		}
	}
	slices.SortFunc(over, func(a, b person) int {
		return cmp.Or(cmp.Compare(b.work-b.limit, a.work-a.limit), cmp.Compare(a.name, b.name))
	})
	var lines []chat.Text
	for _, p := range over {
		lines = append(lines, chat.Textf("- %s has %d in work, the limit is %d", p.name, p.work, p.limit))
	}
	return section("More in work than the limit", len(over), "", lines), nil
}

// done names what was done since, and counts what ended in another way.
func (d *queueDigest) done() (chat.Text, error) {
	ended := map[cre.RequestStatus]int{}
	var lines []chat.Text
	for r, err := range store.Ended(d.Tx, d.since, d.Now) {
		if err != nil {
			return "", err
		}
		if ended[r.Status]++; r.Status == cre.Done && len(lines) < mostNamed && d.maySee(r) {
			lines = append(lines, d.line(r))
		}
	}
	others := ""
	for _, status := range []cre.RequestStatus{cre.RefusedRequest, cre.Duplicate, cre.BecameIncident, cre.Withdrawn} {
		if ended[status] > 0 {
			others += fmt.Sprintf(", %d %s", ended[status], status.Words())
		}
	}
	if others == "" || ended[cre.Done] > 0 {
		return section("Done", ended[cre.Done], others, lines), nil
	}
	return chat.Textf("**Done**: none%s", others), nil
}
