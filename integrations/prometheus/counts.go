package prometheus

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"cresset/bot/chat"
	"cresset/bot/cre"
)

// recent is how far back buckets are as long as the source asks often; before
// that they are hours.
const recent = 48 * time.Hour

// Counts gives the buckets of [from, to), oldest first. They lie on a grid of
// [Source.Every] and end at least the source's delay before to, so that asking
// next from where the last one ended counts everything once. What is older than
// two days comes in hours, and nothing comes from before the SLO's window: from
// may be zero.
//
// What was counted before an error is returned with it.
func (s *Source) Counts(ctx context.Context, slo cre.SLO, from, to time.Time) ([]cre.Bucket, error) {
	c, err := countersOf(slo.SLI)
	if err != nil {
		return nil, fmt.Errorf("slo %q: %w", slo.Name, err)
	}
	var all []cre.Bucket
	for _, p := range s.parts(slo.Window, from, to) {
		buckets, err := s.measure(ctx, c, p)
		all = append(all, buckets...)
		if err != nil {
			return all, fmt.Errorf("count slo %q in source %q: %w", slo.Name, s.name, err)
		}
	}
	return all, nil
}

// A part is as much as is asked at once.
type part struct {
	from, to time.Time
	count    count
}

const (
	mostFine = 6 * time.Hour  // a restarted series is looked at in steps, which costs memory there
	mostFar  = 48 * time.Hour // each hour reads every sample of it
)

// parts plans what to ask for.
func (s *Source) parts(w cre.Window, from, to time.Time) []part {
	if begin, _ := w.Span(to); from.Before(begin) {
		from = begin
	}
	end := to.Add(-s.delay).Truncate(s.every)
	var all []part
	if since := up(to.Add(-recent), time.Hour); from.Before(to.Add(-recent)) {
		all = split(all, up(from, time.Hour), since, mostFar, estimate())
		from = since
	}
	return split(all, up(from, s.every), end, mostFine, countIn(s.every))
}

// split appends [from, to) in pieces.
func split(all []part, from, to time.Time, most time.Duration, c count) []part {
	for from.Before(to) {
		end := from.Add(most)
		if end.After(to) {
			end = to
		}
		all = append(all, part{from, end, c})
		from = end
	}
	return all
}

// up is the next time on the grid at or after t.
func up(t time.Time, grid time.Duration) time.Time {
	if on := t.Truncate(grid); on.Before(t) {
		return on.Add(grid)
	}
	return t
}

func (s *Source) measure(ctx context.Context, c counters, p part) ([]cre.Bucket, error) {
	totals, err := s.ask(ctx, p.count.total(c.total), p)
	if err != nil {
		return nil, err
	}
	parts := map[int64]float64{}
	if len(totals) > 0 {
		if parts, err = s.ask(ctx, p.count.increments(c.part), p); err != nil {
			return nil, err
		}
	}
	var all []cre.Bucket
	for end := p.from.Add(p.count.length); !end.After(p.to); end = end.Add(p.count.length) {
		total, ok := totals[end.UnixMilli()]
		if !ok {
			continue
		}
		n, born := parts[end.UnixMilli()]
		if c.histo && !born && total > 0 {
			return all, fmt.Errorf("the histogram counts events, but %s has no series: no bucket ends at the threshold. The check of this SLO lists the bounds there are", c.part)
		}
		all = append(all, c.bucket(end.Add(-p.count.length), end, total, n))
	}
	return all, nil
}

// bucket splits a total into good and bad. Two counters of one process are read
// one after the other, so a part may be ahead by one event in flight; more than
// that cannot be.
func (c counters) bucket(from, to time.Time, total, n float64) cre.Bucket {
	b := cre.Bucket{From: from.UTC(), To: to.UTC(), Good: n, Bad: total - n}
	kind := "good"
	if !c.good {
		b.Good, b.Bad = b.Bad, b.Good
		kind = "bad"
	}
	if n > total {
		if n > total+max(1, total/100) {
			b.Suspect = fmt.Sprintf("%s %s events of %s in all: %s and %s do not count the same thing",
				cre.Number(n), kind, cre.Number(total), c.part, c.total)
		}
		b.Good, b.Bad = 0, total
		if c.good {
			b.Good, b.Bad = total, 0
		}
	}
	return b
}

// ask runs one query over a part and returns its values by the end of their
// bucket, in Unix milliseconds.
func (s *Source) ask(ctx context.Context, query string, p part) (map[int64]float64, error) {
	length := p.count.length
	value, warnings, _, err := s.api.QueryRange(ctx, query, v1.Range{Start: p.from.Add(length), End: p.to, Step: length})
	if err != nil {
		return nil, fmt.Errorf("query %q: %w", chat.Cut(query, 200), err)
	}
	if i := slices.IndexFunc(warnings, partial); i >= 0 {
		return nil, fmt.Errorf("query %q: the answer is not whole: %s", chat.Cut(query, 200), warnings[i])
	}
	matrix, ok := value.(model.Matrix)
	if !ok || len(matrix) > 1 {
		return nil, fmt.Errorf("query %q: the answer is not one series", chat.Cut(query, 200))
	}
	all := map[int64]float64{}
	for _, series := range matrix {
		for _, sample := range series.Values {
			if v := float64(sample.Value); !math.IsNaN(v) && !math.IsInf(v, 0) && v >= 0 {
				all[int64(sample.Timestamp)] = v
			}
		}
	}
	return all, nil
}

// partial tells a warning that data is missing, as Thanos gives, from a remark
// about the query.
func partial(warning string) bool { return !strings.HasPrefix(warning, "PromQL ") }
