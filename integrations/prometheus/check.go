package prometheus

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"cresset/bot/chat"
	"cresset/bot/cre"
)

// Check asks whether the server answers, and whether it knows what each of the
// SLOs counts that name this source.
func (s *Source) Check(ctx context.Context, slos []cre.SLO) []chat.Finding {
	what := "prometheus " + s.name
	if _, err := s.now(ctx, "vector(1)"); err != nil {
		return []chat.Finding{{What: what, Detail: words(err), Advice: "Look at url, token and tenant of this source, and whether the bot's machine reaches it."}}
	}
	all := []chat.Finding{{OK: true, What: what, Detail: "answers queries"}}
	for _, slo := range slos {
		if slo.SLI.Source == s.name && (slo.SLI.Ratio != nil || slo.SLI.Histo != nil) {
			all = append(all, s.checkSLO(ctx, slo)...)
		}
	}
	return all
}

func (s *Source) checkSLO(ctx context.Context, slo cre.SLO) []chat.Finding {
	c, err := countersOf(slo.SLI)
	if err != nil {
		return []chat.Finding{{What: "slo " + slo.Name, Detail: err.Error(), Advice: "Correct it in the configuration."}}
	}
	total := s.checkSeries(ctx, slo.Name+" total", c.total,
		"Look for a typing error, or for a target that is down. Until the metric appears this SLO has no data.")
	switch {
	case c.histo:
		return []chat.Finding{total, s.checkBound(ctx, slo, c)}
	case c.good:
		return []chat.Finding{total, s.checkSeries(ctx, slo.Name+" good", c.part,
			"Look for a typing error. Without good events every event counts as bad.")}
	}
	bad := s.checkSeries(ctx, slo.Name+" bad", c.part, "")
	if !bad.OK {
		// No error yet is good news as often as it is a typing error.
		bad.Advice = "If no such event ever happened, all is well; otherwise look for a typing error, because bad events are not seen."
	}
	return []chat.Finding{total, bad}
}

func (s *Source) checkSeries(ctx context.Context, what string, sel selector, advice string) chat.Finding {
	f := chat.Finding{What: what}
	found, err := s.now(ctx, fmt.Sprintf("count(last_over_time(%s[%s]))", sel, baseline))
	switch {
	case err != nil:
		f.Detail, f.Advice = words(err), "Correct the query in the configuration."
	case len(found) == 0:
		f.Detail, f.Advice = fmt.Sprintf("%s has no series in the last hour", sel), advice
	default:
		f.OK, f.Detail = true, fmt.Sprintf("%s has %s", sel, many(int(found[0].Value)))
	}
	return f
}

func many(n int) string {
	if n == 1 {
		return "1 series"
	}
	return fmt.Sprintf("%d series", n)
}

// checkBound looks for the bucket of the threshold, and lists those there are.
func (s *Source) checkBound(ctx context.Context, slo cre.SLO, c counters) chat.Finding {
	f := s.checkSeries(ctx, slo.Name+" threshold", c.part, "")
	if f.OK {
		return f
	}
	any := c.part
	any.matchers = slices.Clone(any.matchers[:len(any.matchers)-1])
	found, err := s.now(ctx, fmt.Sprintf("count by (le) (last_over_time(%s[%s]))", any, baseline))
	switch {
	case err != nil:
		f.Detail, f.Advice = words(err), "Correct histogram and matchers in the configuration."
	case len(found) == 0:
		f.Advice = "Look for a typing error in histogram and matchers. Native histograms have no buckets to count."
	default:
		f.Detail = fmt.Sprintf("no bucket ends at %s; there are %s seconds", slo.SLI.Histo.Threshold, bounds(found))
		f.Advice = "Take one of these as threshold, or give the histogram a bucket that ends there."
	}
	return f
}

func bounds(found model.Vector) string {
	slices.SortFunc(found, func(a, b *model.Sample) int {
		x, y := a.Metric["le"], b.Metric["le"]
		if len(x) != len(y) && !strings.Contains(string(x+y), ".") {
			return len(x) - len(y)
		}
		return strings.Compare(string(x), string(y))
	})
	all := make([]string, len(found))
	for i, sample := range found {
		all[i] = string(sample.Metric["le"])
	}
	return strings.Join(all, ", ")
}

// now runs one query at the server's own time.
func (s *Source) now(ctx context.Context, query string) (model.Vector, error) {
	value, _, _, err := s.api.Query(ctx, query, time.Time{})
	if err != nil {
		return nil, fmt.Errorf("query %q: %w", query, err)
	}
	vector, ok := value.(model.Vector)
	if !ok {
		return nil, fmt.Errorf("query %q: the answer is a %s", query, value.Type())
	}
	return vector, nil
}
