package prometheus

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"cresset/bot/cre"
	"cresset/config"
)

func TestOpenSaysWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"[{name: main}]":                                        "integrations.prometheus[0].url is missing",
		"{url: localhost:9090}":                                 "url is not a web address",
		"{url: 'http://u:p@x:9090'}":                            "url holds a password; write username and password on their own lines",
		"{url: 'http://x/?a=b'}":                                "url has something after the path",
		"{url: 'http://x', urls: y}":                            "urls is not a setting; write url",
		"{url: 'http://x', name: Haupt!}":                       `name is "Haupt!"; write`,
		"{url: 'http://x', token: a, username: b, password: c}": "token stands beside username",
		"{url: 'http://x', password: c}":                        "password has no username",
		"{url: 'http://x', every: 7m}":                          "every is 7m; write whole seconds that divide an hour",
		"{url: 'http://x', every: 1s}":                          "every is 1s",
		"{url: 'http://x', delay: 2h}":                          "delay is 2h; write 1h or less",
		"[{url: 'http://x'}, {url: 'http://y'}]":                `integrations.prometheus[1].name is "main", which another one has`,
	} {
		section, _ := config.NewSection("cresset.yaml", "integrations.prometheus", []byte(text), os.LookupEnv)
		sources, problems := Open(section, Options{})
		if len(problems) != 1 || !strings.Contains(problems.Error(), want) {
			t.Errorf("%s: got %v and %d sources, want %q", text, problems, len(sources), want)
		}
	}
}

func TestOpenFillsIn(t *testing.T) {
	sources := open(t, "[{url: http://x}, {name: fast, url: http://y/prefix/, every: 15s}, {name: slow, url: http://z, delay: 0, every: 5m}]")
	var got []string
	for _, s := range sources {
		got = append(got, fmt.Sprint(s.Name(), " ", s.Every(), " ", s.delay))
	}
	if want := []string{"main 1m0s 1m0s", "fast 15s 15s", "slow 5m0s 0s"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestParts plans: hours for what is old, buckets for the last two days, nothing
// twice, nothing left out, nothing after the delay.
func TestParts(t *testing.T) {
	s := &Source{every: time.Minute, delay: time.Minute}
	to := time.Date(2026, 3, 31, 12, 34, 56, 0, time.UTC)
	month := cre.Window{Calendar: "month", Zone: time.UTC}
	for _, test := range []struct {
		name         string
		window       cre.Window
		from         time.Time
		first, split time.Time
	}{
		{"from nothing", cre.Window{Length: 10 * 24 * time.Hour}, time.Time{}, time.Date(2026, 3, 21, 13, 0, 0, 0, time.UTC), time.Date(2026, 3, 29, 13, 0, 0, 0, time.UTC)},
		{"from nothing, in a month", month, time.Time{}, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 3, 29, 13, 0, 0, 0, time.UTC)},
		{"after three days", month, to.Add(-72 * time.Hour), time.Date(2026, 3, 28, 13, 0, 0, 0, time.UTC), time.Date(2026, 3, 29, 13, 0, 0, 0, time.UTC)},
		{"after an hour", month, time.Date(2026, 3, 31, 11, 33, 0, 0, time.UTC), time.Date(2026, 3, 31, 11, 33, 0, 0, time.UTC), time.Time{}},
		{"between the buckets", month, time.Date(2026, 3, 31, 11, 33, 1, 0, time.UTC), time.Date(2026, 3, 31, 11, 34, 0, 0, time.UTC), time.Time{}},
	} {
		parts := s.parts(test.window, test.from, to)
		at, split := test.first, time.Time{}
		for _, p := range parts {
			if !p.from.Equal(at) || !p.to.After(p.from) || p.to.Sub(p.from)%p.count.length != 0 {
				t.Errorf("%s: part %v to %v does not follow %v", test.name, p.from, p.to, at)
			}
			if p.count.length == time.Minute && split.IsZero() && p.from != test.first {
				split = p.from
			}
			at = p.to
		}
		if last := time.Date(2026, 3, 31, 12, 33, 0, 0, time.UTC); !at.Equal(last) {
			t.Errorf("%s: ends at %v, want %v", test.name, at, last)
		}
		if !test.split.IsZero() && !split.Equal(test.split) {
			t.Errorf("%s: turns to minutes at %v, want %v", test.name, split, test.split)
		}
	}
	if parts := s.parts(month, to.Add(-90*time.Second), to); len(parts) != 0 {
		t.Errorf("a bucket that is not over is asked for: %v", parts)
	}
}

// TestStepsDivideBuckets: a step that did not would count some events twice.
func TestStepsDivideBuckets(t *testing.T) {
	for length := 5 * time.Second; length <= time.Hour; length += time.Second {
		if time.Hour%length != 0 {
			continue
		}
		c := countIn(length)
		if length%c.step != 0 || c.step < time.Second || c.step > 5*time.Second || c.scrape < 15*time.Second {
			t.Errorf("%s is counted in steps of %s, scraped every %s", length, c.step, c.scrape)
		}
	}
}

func TestBuckets(t *testing.T) {
	for _, test := range []struct {
		good      bool
		total, n  float64
		wantGood  float64
		wantBad   float64
		isSuspect bool
	}{
		{true, 10, 7, 7, 3, false},
		{false, 10, 3, 7, 3, false},
		{true, 0, 0, 0, 0, false},
		{true, 10, 11, 10, 0, false}, // one in flight
		{true, 10, 12, 10, 0, true},
		{false, 10, 12, 0, 10, true},
		{true, 1000, 1010, 1000, 0, false},
		{true, 0, 5, 0, 0, true},
	} {
		c := counters{good: test.good, part: selector{metric: "part"}, total: selector{metric: "whole"}}
		b := c.bucket(time.Unix(0, 0), time.Unix(60, 0), test.total, test.n)
		if b.Good != test.wantGood || b.Bad != test.wantBad || (b.Suspect != "") != test.isSuspect {
			t.Errorf("%+v gives %+v", test, b)
		}
	}
}

// answering opens a source that leads to a server of the test.
func answering(t *testing.T, more string, answer http.HandlerFunc) *Source {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return open(t, fmt.Sprintf("{url: '%s/prom', %s}", server.URL, more))[0]
}

func TestCredentials(t *testing.T) {
	var seen http.Header
	var path string
	answer := func(w http.ResponseWriter, r *http.Request) {
		seen, path = r.Header.Clone(), r.URL.Path
		fmt.Fprint(w, `{"status":"success","data":{"resultType":"vector","result":[]}}`)
	}
	for more, want := range map[string]string{
		"token: abc, tenant: shop":       "Bearer abc",
		"username: ada, password: 'x y'": "Basic YWRhOnggeQ==",
	} {
		if _, err := answering(t, more, answer).now(t.Context(), "up"); err != nil {
			t.Fatal(err)
		}
		if got := seen.Get("Authorization"); got != want {
			t.Errorf("%s: Authorization is %q", more, got)
		}
		if strings.Contains(more, "tenant") && seen.Get("X-Scope-OrgID") != "shop" || path != "/prom/api/v1/query" {
			t.Errorf("%s: asked %s with %v", more, path, seen)
		}
	}
}

func TestServersThatMisbehave(t *testing.T) {
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/", http.StatusFound)
		}, "302"},
		"no JSON": {func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<html>") }, "bad_response"},
		"endless": {func(w http.ResponseWriter, r *http.Request) { w.Write(make([]byte, mostAnswer+1)) }, "too large"},
		"refused": {func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no", http.StatusUnauthorized) }, "client error: 401"},
		"a scalar": {func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, `{"status":"success","data":{"resultType":"scalar","result":[1,"1"]}}`)
		}, "not one series"},
		"several series": {func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[[1,"1"]]},{"metric":{},"values":[[1,"1"]]}]}}`)
		}, "not one series"},
		"half an answer": {func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, `{"status":"success","warnings":["PromQL info: x","store 2 is down"],"data":{"resultType":"matrix","result":[]}}`)
		}, "not whole: store 2 is down"},
		"bad query": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusUnprocessableEntity)
			fmt.Fprint(w, `{"status":"error","errorType":"execution","error":"too many samples"}`)
		}, "too many samples"},
	} {
		s := answering(t, "every: 1m", test.answer)
		now := time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)
		got, err := s.Counts(t.Context(), ratioOf("a", "", "b"), now.Add(-10*time.Minute), now)
		if len(got) != 0 || err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
		found := s.Check(t.Context(), nil)
		if name != "half an answer" && name != "several series" && name != "a scalar" && (len(found) != 1 || found[0].OK || found[0].Advice == "") {
			t.Errorf("%s: check says %+v", name, found)
		}
	}
}

// TestNumbersThatAreNone: such a bucket is missing, which is never 100 %.
func TestNumbersThatAreNone(t *testing.T) {
	now := time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)
	s := answering(t, "delay: 0", func(w http.ResponseWriter, r *http.Request) {
		first := now.Add(-3 * time.Minute).Unix()
		fmt.Fprintf(w, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[%d,"NaN"],[%d,"+Inf"],[%d,"7"],[%d,"-1"]]}]}}`,
			first, first+60, first+120, first+180)
	})
	got, err := s.Counts(t.Context(), ratioOf("a", "", "b"), now.Add(-4*time.Minute), now)
	if err != nil || len(got) != 1 || got[0].Good != 7 || got[0].Bad != 0 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestCountsWantsWhatItCanCount(t *testing.T) {
	s := &Source{every: time.Minute}
	for want, sli := range map[string]cre.SLI{
		"neither a ratio nor a latency": {Probe: &cre.Probe{}},
		"exactly one of good and bad":   {Ratio: &cre.Ratio{Good: "a", Bad: "b", Total: "c"}},
		"one of good and bad, beside":   {Ratio: &cre.Ratio{Total: "c"}},
		"more than a counter":           {Ratio: &cre.Ratio{Good: "rate(a[5m])", Total: "c"}},
		"names no metric":               {Ratio: &cre.Ratio{Good: "a"}},
		"is not above 0":                {Histo: &cre.Latency{Histogram: "a"}},
		"cannot be read":                {Histo: &cre.Latency{Histogram: "a", Matchers: "job=x", Threshold: time.Second}},
	} {
		if err := CheckSLI(sli); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
		_, err := s.Counts(context.Background(), cre.SLO{Name: "shop", SLI: sli}, time.Time{}, time.Now())
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "shop") {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// TestQueriesAreBuilt shows the questions once, so that a change of them is seen.
func TestQueriesAreBuilt(t *testing.T) {
	c, err := countersOf(cre.SLI{Ratio: &cre.Ratio{Bad: `n{job="j",code="5"}`, Total: `n{job="j"}`}})
	if err != nil {
		t.Fatal(err)
	}
	const m = `n{job="j",code="5"}`
	want := `sum(((last_over_time(` + m + `[60000ms]) - last_over_time(` + m + `[1h] offset 60000ms)) >= 0 unless resets(` + m + `[90000ms]) > 0)` +
		` or (sum_over_time(((` + m + ` - last_over_time(` + m + `[1h] offset 5000ms)) >= 0 or ` + m + ` + 0)[59999ms:5000ms]) and resets(` + m + `[90000ms]) > 0)` +
		` or last_over_time(` + m + `[60000ms]))`
	if got := countIn(time.Minute).increments(c.part); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	const all = `n{job="j"}`
	want = `(` + countIn(time.Minute).increments(c.total) +
		` or (count(last_over_time(` + all + `[60000ms])) or count(` + all + `)) * 0)` +
		` and on() (count(` + all + ` offset 60000ms) or count(last_over_time(` + all + `[1h] offset 60000ms)))`
	if got := countIn(time.Minute).total(c.total); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if hours := estimate().increments(c.part); !strings.Contains(hours, "(increase("+m+"[3600000ms]) and resets("+m+"[4500000ms]) > 0)") {
		t.Errorf("hours are %s", hours)
	}
}
