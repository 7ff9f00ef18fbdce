package prometheus

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cresset/bot/chat"
	"cresset/bot/cre"
)

const tick = 5 * time.Second // a bucket

var window = cre.Window{Length: 30 * 24 * time.Hour}

func ratioOf(good, bad, total string) cre.SLO {
	return cre.SLO{Name: "shop", Window: window, SLI: cre.SLI{Source: "main", Every: tick, Ratio: &cre.Ratio{Good: good, Bad: bad, Total: total}}}
}

func latencyOf(histogram, matchers string, threshold time.Duration) cre.SLO {
	return cre.SLO{Name: "fast", Window: window, SLI: cre.SLI{Source: "main", Every: tick, Histo: &cre.Latency{Histogram: histogram, Matchers: matchers, Threshold: threshold}}}
}

// wait sleeps until the wall clock shows t.
func wait(t time.Time) { time.Sleep(time.Until(t)) }

// story is what happens in the shop, and when counting it began and ended. Every
// set waits for its scrape, so that no value is overwritten unseen.
func story(t *testing.T, shop, flaky *target) (from, to time.Time) {
	shop.scraped(t, 2)
	from = time.Now().Truncate(tick).Add(2 * tick) // what was there before is known by then
	wait(from.Add(500 * time.Millisecond))

	// The first error of all, the first event of a customer, and a family that
	// nobody has seen before.
	shop.set(t, map[string]float64{
		`shop_requests_total{customer="acme",code="200"}`:    1100,
		`shop_requests_total{customer="acme",code="500"}`:    1,
		`shop_requests_total{customer="initech",code="500"}`: 2,
		`late_requests_total`:                                1000,
		`lying_good_total`:                                   60,
		`lying_requests_total`:                               10,
		`wait_seconds_bucket{le="0.3"}`:                      90,
		`wait_seconds_bucket{le="1.0"}`:                      98,
		`wait_seconds_bucket{le="+Inf"}`:                     100,
		`wait_seconds_count`:                                 100,
		`restarts_total{pod="a"}`:                            57,
		`restarts_total{pod="b"}`:                            7,
	})
	flaky.set(t, map[string]float64{`flaky_requests_total`: 12})
	// Pod a restarts and stays low; pod b restarts and overtakes itself.
	shop.set(t, map[string]float64{`restarts_total{pod="a"}`: 4, `restarts_total{pod="b"}`: 3})
	shop.set(t, map[string]float64{`restarts_total{pod="b"}`: 20, `restarts_total{pod="c"}`: 6})

	// A whole bucket goes by in which the flaky one cannot be asked.
	flaky.fall(true)
	wait(time.Now().Truncate(tick).Add(2 * tick))
	flaky.fall(false)
	flaky.set(t, map[string]float64{`flaky_requests_total`: 19})
	shop.set(t, map[string]float64{
		`shop_requests_total{customer="acme",code="500"}`: 4,
		`late_requests_total`:                             1005,
		`restarts_total{pod="a"}`:                         5,
	})
	to = time.Now().Truncate(tick).Add(2 * tick)
	wait(to.Add(2 * time.Second)) // the delay that is configured
	return from, to
}

func before() (shop, flaky map[string]float64) {
	return map[string]float64{
		`shop_requests_total{customer="acme",code="200"}`: 1000,
		`idle_requests_total`:                             5,
		`lying_good_total`:                                0,
		`lying_requests_total`:                            0,
		`wait_seconds_bucket{le="0.3"}`:                   0,
		`wait_seconds_bucket{le="1.0"}`:                   0,
		`wait_seconds_bucket{le="+Inf"}`:                  0,
		`wait_seconds_count`:                              0,
		`restarts_total{pod="a"}`:                         50,
		`restarts_total{pod="b"}`:                         5,
	}, map[string]float64{`flaky_requests_total`: 10}
}

// TestCountsWhatTheCountersSay compares what is counted with a real Prometheus
// in between with what the test did to the counters, to the event.
func TestCountsWhatTheCountersSay(t *testing.T) {
	shop, flaky := newTarget(t), newTarget(t)
	shop.values, flaky.values = before()
	url := startPrometheus(t, t.TempDir(), fmt.Sprintf(scrapeConfig, shop.Listener.Addr(), flaky.Listener.Addr()))
	source := open(t, fmt.Sprintf("[{name: main, url: %q, every: 5s, delay: 2s}]", url))[0]
	from, to := story(t, shop, flaky)
	n := int(to.Sub(from) / tick)

	for _, test := range []struct {
		name      string
		slo       cre.SLO
		good, bad float64
		buckets   int
	}{
		{"good of all, with the first errors", ratioOf(`shop_requests_total{code!~"5.."}`, "", `shop_requests_total`), 100, 6, n},
		{"bad of all, with the first errors", ratioOf("", `shop_requests_total{code=~"5..",job="shop"}`, `shop_requests_total{job="shop"}`), 100, 6, n},
		{"a customer's first event is an error", ratioOf("", `shop_requests_total{customer="initech",code="500"}`, `shop_requests_total{customer="initech"}`), 0, 2, n},
		{"a customer who never called", ratioOf("", `shop_requests_total{customer="globex",code="500"}`, `shop_requests_total{customer="globex"}`), 0, 0, n},
		{"bad events that never happened", ratioOf("", `shop_requests_total{code="503"}`, `shop_requests_total`), 106, 0, n},
		{"latency", latencyOf("wait_seconds", `job="shop"`, 300*time.Millisecond), 90, 10, n},
		{"latency with a bound that is written 1.0", latencyOf("wait_seconds", "", time.Second), 98, 2, n},
		{"restarts", ratioOf("", `shop_requests_total{code="503"}`, `restarts_total`), (7 + 4 + 1) + (2 + 3 + 17) + 6, 0, n},
		{"nobody calls", ratioOf("idle_requests_total", "", "idle_requests_total"), 0, 0, n},
		{"no such metric", ratioOf("nothing_total", "", "nothing_total"), 0, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			buckets := counts(t, source, test.slo, from, to)
			if len(buckets) != test.buckets {
				t.Errorf("%d buckets, want %d: %v", len(buckets), test.buckets, buckets)
			}
			expect(t, buckets, test.good, test.bad)
			again := append(counts(t, source, test.slo, from, from.Add(tick+source.delay)),
				counts(t, source, test.slo, from.Add(tick), to)...)
			if fmt.Sprint(again) != fmt.Sprint(buckets) {
				t.Errorf("counted in two goes:\n%v, at once:\n%v", again, buckets)
			}
		})
	}

	t.Run("a family seen for the first time", func(t *testing.T) {
		buckets := counts(t, source, ratioOf("late_requests_total", "", "late_requests_total"), from, to)
		expect(t, buckets, 5, 0)
		if len(buckets) == 0 || len(buckets) >= n || !buckets[0].From.After(from) {
			t.Errorf("what happened before the first sample is not known, but there are %d of %d buckets: %v", len(buckets), n, buckets)
		}
	})
	t.Run("a gap", func(t *testing.T) {
		buckets := counts(t, source, ratioOf("flaky_requests_total", "", "flaky_requests_total"), from, to)
		expect(t, buckets, 9, 0)
		if len(buckets) == 0 || len(buckets) >= n {
			t.Errorf("nothing is known of the time in which the target was down, but there are %d of %d buckets: %v", len(buckets), n, buckets)
		}
	})
	t.Run("more good events than events", func(t *testing.T) {
		var suspect string
		for _, b := range counts(t, source, ratioOf("lying_good_total", "", "lying_requests_total"), from, to) {
			suspect += b.Suspect
		}
		if !strings.Contains(suspect, "60 good events of 10 in all") {
			t.Errorf("suspect is %q", suspect)
		}
	})
	t.Run("a threshold that is no bound", func(t *testing.T) {
		_, err := source.Counts(t.Context(), latencyOf("wait_seconds", "", 400*time.Millisecond), from, to)
		if err == nil || !strings.Contains(err.Error(), "no bucket ends at the threshold") {
			t.Errorf("error is %v", err)
		}
	})
	t.Run("from the beginning of the window", func(t *testing.T) {
		slo := ratioOf("", `shop_requests_total{code=~"5.."}`, `shop_requests_total`)
		buckets := counts(t, source, slo, time.Time{}, to)
		expect(t, buckets, 100, 6)
	})
	t.Run("check", func(t *testing.T) { checkFindings(t, source) })
}

func counts(t *testing.T, s *Source, slo cre.SLO, from, to time.Time) []cre.Bucket {
	t.Helper()
	buckets, err := s.Counts(t.Context(), slo, from, to.Add(s.delay))
	if err != nil {
		t.Fatal(err)
	}
	if to.Sub(from) < s.delay {
		t.Fatalf("the test asks for nothing: %s to %s", from, to)
	}
	last := from
	for _, b := range buckets {
		if b.From.Before(last) || b.To.Sub(b.From) != tick || b.To.After(to) || b.From != b.From.Truncate(tick) {
			t.Fatalf("bucket %v is not on the grid after %v", b, last)
		}
		last = b.To
	}
	return buckets
}

func expect(t *testing.T, buckets []cre.Bucket, good, bad float64) {
	t.Helper()
	var sum cre.Bucket
	for _, b := range buckets {
		sum.Good, sum.Bad = sum.Good+b.Good, sum.Bad+b.Bad
		if b.Suspect != "" {
			t.Errorf("suspect: %s", b.Suspect)
		}
	}
	if sum.Good != good || sum.Bad != bad {
		t.Errorf("good %v, bad %v; want %v, %v in %v", sum.Good, sum.Bad, good, bad, buckets)
	}
}

func checkFindings(t *testing.T, s *Source) {
	find := func(slo cre.SLO) string {
		var lines []string
		for _, f := range s.Check(t.Context(), []cre.SLO{slo}) {
			lines = append(lines, line(f))
			if f.OK == (f.Advice != "") {
				t.Errorf("%q has advice %q", f.What, f.Advice)
			}
		}
		return strings.Join(lines, "\n")
	}
	for _, test := range []struct {
		slo  cre.SLO
		want []string
	}{
		{ratioOf(`shop_requests_total{code="200"}`, "", "shop_requests_total"), []string{"ok prometheus main", "ok shop total: shop_requests_total has 3 series", "ok shop good"}},
		{ratioOf("", `shop_requests_total{code="503"}`, "shop_requests_total"), []string{"ok shop total", "!! shop bad", "If no such event ever happened"}},
		{ratioOf("shop_request_total", "", "shop_requests_total"), []string{"!! shop good", "Without good events every event counts as bad"}},
		{ratioOf("nothing_total", "", "nothing_total"), []string{"!! shop total: nothing_total has no series", "this SLO has no data"}},
		{ratioOf("rate(a_total[5m])", "", "a_total"), []string{"!! slo shop", "is more than a counter"}},
		{ratioOf(`a_total{code=~"("}`, "", "a_total"), []string{"!! shop good", "error parsing regexp"}},
		{latencyOf("wait_seconds", "", 300*time.Millisecond), []string{"ok fast total", "ok fast threshold"}},
		{latencyOf("wait_seconds", "", 400*time.Millisecond), []string{"!! fast threshold", "there are +Inf, 0.3, 1.0 seconds"}},
		{latencyOf("nothing_seconds", "", time.Second), []string{"!! fast total", "!! fast threshold", "Native histograms"}},
	} {
		got := find(test.slo)
		for _, want := range test.want {
			if !strings.Contains(got, want) {
				t.Errorf("check says\n%s\nwithout %q", got, want)
			}
		}
	}
}

func line(f chat.Finding) string {
	mark := "!!"
	if f.OK {
		mark = "ok"
	}
	return fmt.Sprintf("%s %s: %s %s", mark, f.What, f.Detail, f.Advice)
}
