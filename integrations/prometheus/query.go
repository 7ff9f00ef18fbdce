package prometheus

import (
	"fmt"
	"time"

	"cresset/bot/cre"
)

// counters are the two counters of an SLI.
type counters struct {
	total selector
	part  selector
	good  bool // part counts good events, else bad ones
	histo bool // part is a bucket of the histogram that total counts
}

// CheckSLI says what is wrong with the selectors of an SLI, without asking a
// server.
func CheckSLI(sli cre.SLI) error {
	_, err := countersOf(sli)
	return err
}

// countersOf reads what an SLI counts, or says what is wrong with it.
func countersOf(sli cre.SLI) (counters, error) {
	switch {
	case sli.Ratio != nil && (sli.Ratio.Good == "") == (sli.Ratio.Bad == ""):
		return counters{}, fmt.Errorf("the ratio wants exactly one of good and bad, beside total")
	case sli.Ratio != nil:
		return ratio(*sli.Ratio)
	case sli.Histo != nil:
		return latency(*sli.Histo)
	}
	return counters{}, fmt.Errorf("neither a ratio nor a latency: a Prometheus cannot measure it")
}

func ratio(r cre.Ratio) (c counters, err error) {
	c.good = r.Good != ""
	if c.total, err = parseSelector(r.Total); err != nil {
		return c, fmt.Errorf("total %w", err)
	}
	if c.good {
		if c.part, err = parseSelector(r.Good); err != nil {
			return c, fmt.Errorf("good %w", err)
		}
		return c, nil
	}
	if c.part, err = parseSelector(r.Bad); err != nil {
		return c, fmt.Errorf("bad %w", err)
	}
	return c, nil
}

func latency(l cre.Latency) (counters, error) {
	if l.Threshold <= 0 {
		return counters{}, fmt.Errorf("the threshold %s is not above 0", l.Threshold)
	}
	base, err := parseSelector(l.Histogram + "{" + l.Matchers + "}")
	if err != nil {
		return counters{}, fmt.Errorf("histogram %w", err)
	}
	c := counters{total: base, part: base, good: true, histo: true}
	c.total.metric += "_count"
	c.part.metric += "_bucket"
	c.part.matchers = append(c.part.matchers[:len(base.matchers):len(base.matchers)], bound(l.Threshold))
	return c, nil
}

// baseline is how far before a bucket the last value of a counter is looked for:
// gaps up to this long lose nothing.
const baseline = "1h"

// A count is how events are counted in buckets of one length.
type count struct {
	length time.Duration
	scrape time.Duration // a guess, rather too long than too short
	// step divides length; 0 estimates buckets with a restart as increase() does.
	step time.Duration
}

// countIn chooses how to count in buckets of this length. How often the server
// scrapes is not known: half a bucket is taken, and at least 15 s. Too long a
// guess costs nothing but work, because looking closely at a series that did not
// restart gives the same number.
func countIn(length time.Duration) count {
	c := count{length: length, scrape: max(length/2, 15*time.Second), step: time.Second}
	for s := c.step; s <= min(length/12, 5*time.Second); s += time.Second {
		if length%s == 0 {
			c.step = s
		}
	}
	return c
}

// estimate counts hours of the far past, where looking closely costs too much.
func estimate() count { return count{length: time.Hour, scrape: 15 * time.Minute} }

// total is the number of events in the bucket that ends at the time of the
// query. It is 0 while the family was there and nothing happened, and absent
// when nothing is known: the family has no sample in the bucket, or none before
// it, so that what its counters show may have happened at any time.
func (c count) total(of selector) string {
	d := duration(c.length)
	within := fmt.Sprintf("count(last_over_time(%s[%s])) or count(%s)", of, d, of.family())
	before := fmt.Sprintf("count(%s offset %s) or count(last_over_time(%s[%s] offset %s))", of.family(), d, of, baseline, d)
	return fmt.Sprintf("(%s or (%s) * 0) and on() (%s)", c.increments(of), within, before)
}

// increments is by how much the counters grew in the bucket, summed. Differences
// of raw values telescope over buckets, keep whole numbers whole, and see a
// series' first value, which rate and increase do not:
//
//   - a series that was there before and did not restart: its last value, less the last before;
//   - one that restarted: step by step, from zero where it fell;
//   - one that was not there before: all of it.
//
// It means something in the buckets that have a total.
func (c count) increments(of selector) string {
	d := duration(c.length)
	restarted := fmt.Sprintf("resets(%s[%s]) > 0", of, duration(c.length+c.scrape))
	return fmt.Sprintf("sum(((last_over_time(%[1]s[%[2]s]) - last_over_time(%[1]s[%[3]s] offset %[2]s)) >= 0 unless %[4]s)"+
		" or (%[5]s and %[4]s)"+
		" or last_over_time(%[1]s[%[2]s]))",
		of, d, baseline, restarted, c.steps(of))
}

// steps is what a series grew by that may have fallen to zero on the way.
func (c count) steps(of selector) string {
	if c.step == 0 {
		return fmt.Sprintf("increase(%s[%s])", of, duration(c.length))
	}
	// A millisecond less, so that the step at which the bucket begins, which
	// belongs to the one before, stays outside whether or not a server's ranges
	// include their beginning. And plus nothing, so that the first value of a
	// series loses its metric's name like the differences that follow it.
	return fmt.Sprintf("sum_over_time(((%[1]s - last_over_time(%[1]s[%[2]s] offset %[3]s)) >= 0 or %[1]s + 0)[%[4]s:%[3]s])",
		of, baseline, duration(c.step), duration(c.length-time.Millisecond))
}

// duration writes d as PromQL does.
func duration(d time.Duration) string { return fmt.Sprintf("%dms", d.Milliseconds()) }
