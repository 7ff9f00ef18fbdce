package prometheus

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A selector names the series of one counter: shop_requests_total{job="shop"}.
type selector struct {
	metric   string
	matchers []matcher
}

type matcher struct {
	label, op string
	value     string // as written, quotes included
}

var (
	metricShape  = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*`)
	matcherShape = regexp.MustCompile("^\\s*([a-zA-Z_][a-zA-Z0-9_]*)\\s*(=~|!~|!=|=)\\s*(\"(?:[^\"\\\\\n]|\\\\.)*\"|'(?:[^'\\\\\n]|\\\\.)*'|`[^`]*`)\\s*")
)

const selectorHint = `write the counter alone, such as http_requests_total{job="shop"}; cresset works out the increase itself`

// parseSelector reads a selector of one metric, and nothing else: what is put
// into a query is what was understood here.
func parseSelector(text string) (selector, error) {
	rest := strings.TrimSpace(text)
	s := selector{metric: metricShape.FindString(rest)}
	rest = strings.TrimSpace(rest[len(s.metric):])
	if body, ok := strings.CutPrefix(rest, "{"); ok {
		var err error
		if s.matchers, rest, err = parseMatchers(body); err != nil {
			return selector{}, fmt.Errorf("%q: %w", text, err)
		}
	}
	if rest != "" {
		return selector{}, fmt.Errorf("%q is more than a counter; %s", text, selectorHint)
	}
	s.takeName()
	if s.metric == "" {
		return selector{}, fmt.Errorf("%q names no metric; %s", text, selectorHint)
	}
	return s, nil
}

// parseMatchers reads up to the closing brace and returns what follows it.
func parseMatchers(body string) (all []matcher, rest string, err error) {
	for {
		body = strings.TrimSpace(body)
		if rest, ok := strings.CutPrefix(body, "}"); ok {
			return all, strings.TrimSpace(rest), nil
		}
		m := matcherShape.FindStringSubmatch(body)
		if m == nil {
			return nil, "", fmt.Errorf(`the labels cannot be read at %q; write them like {job="shop",code=~"5.."}`, body)
		}
		all = append(all, matcher{m[1], m[2], m[3]})
		body = body[len(m[0]):]
		if after, ok := strings.CutPrefix(body, ","); ok {
			body = after
		} else if !strings.HasPrefix(body, "}") {
			return nil, "", fmt.Errorf("the labels are not closed; end them with }")
		}
	}
}

// takeName reads the metric from {__name__="…"}.
func (s *selector) takeName() {
	i := slices.IndexFunc(s.matchers, func(m matcher) bool { return m.label == "__name__" && m.op == "=" })
	if s.metric != "" || i < 0 {
		return
	}
	value := s.matchers[i].value
	name := value[1 : len(value)-1]
	if metricShape.FindString(name) == name {
		s.metric, s.matchers = name, slices.Delete(s.matchers, i, i+1)
	}
}

// String is the selector as PromQL.
func (s selector) String() string {
	if len(s.matchers) == 0 {
		return s.metric
	}
	parts := make([]string, len(s.matchers))
	for i, m := range s.matchers {
		parts[i] = m.label + m.op + m.value
	}
	return s.metric + "{" + strings.Join(parts, ",") + "}"
}

// where are the labels that say where a metric is scraped, not what it counts.
var where = []string{"job", "instance", "namespace", "cluster"}

// family is the selector without what it counts: the metric, wherever the
// selector looks for it. While a family has samples, a series that is not there
// counts nothing, and one that appears counts from zero.
func (s selector) family() selector {
	f := selector{metric: s.metric}
	for _, m := range s.matchers {
		if slices.Contains(where, m.label) {
			f.matchers = append(f.matchers, m)
		}
	}
	return f
}

// bound is the matcher of a histogram's bucket that ends at a threshold. The
// same bound is written 1 or 1.0, 0.3 or 0.30 by different servers.
func bound(threshold time.Duration) matcher {
	plain := strconv.FormatFloat(threshold.Seconds(), 'f', -1, 64)
	pattern := strings.ReplaceAll(plain, ".", `\\.`)
	if strings.Contains(plain, ".") {
		pattern += "0*"
	} else {
		pattern += `(\\.0+)?`
	}
	if short := strconv.FormatFloat(threshold.Seconds(), 'g', -1, 64); short != plain {
		pattern += "|" + strings.NewReplacer(".", `\\.`, "+", `\\+`).Replace(short)
	}
	return matcher{"le", "=~", `"` + pattern + `"`}
}
