package prometheus

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cresset/bot/cre"
)

// written writes a history of counters with a value each minute of [from, to)
// into a new database, and returns its folder.
func written(t *testing.T, from, to time.Time, counters map[string]func(minute int) (value float64, there bool)) string {
	t.Helper()
	var text strings.Builder
	for name, value := range counters {
		family, _, _ := strings.Cut(name, "_total")
		fmt.Fprintf(&text, "# TYPE %s counter\n", family)
		for i := 0; from.Add(time.Duration(i) * time.Minute).Before(to); i++ {
			if v, there := value(i); there {
				fmt.Fprintf(&text, "%s %g %d\n", name, v, from.Unix()+int64(60*i))
			}
		}
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "history.txt")
	if err := os.WriteFile(file, []byte(text.String()+"# EOF\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tool(t, "promtool"), "tsdb", "create-blocks-from", "openmetrics", file, filepath.Join(dir, "data"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("promtool: %v\n%s", err, out)
	}
	return dir
}

// TestCountsHistory measures four days at once: hours, then minutes, every event
// once, nothing from outside the window.
func TestCountsHistory(t *testing.T) {
	to := time.Now().UTC().Truncate(time.Hour).Add(-7 * time.Minute)
	from := to.Truncate(time.Hour).Add(-96*time.Hour + 30*time.Minute)
	const silent, restart = 80 * 60, 10*60 + 15
	url := startPrometheus(t, written(t, from, to, map[string]func(int) (float64, bool){
		`calls_total`:  func(i int) (float64, bool) { return float64(1_000_000 + 10*i), true },
		`errors_total`: func(i int) (float64, bool) { return float64(i/100 + 1), i >= 200 }, // born with its third error
		`gap_total`:    func(i int) (float64, bool) { return float64(i), i < silent || i >= silent+40 },
		`restart_total`: func(i int) (float64, bool) {
			if i >= restart {
				return float64(5 * (i - restart)), true
			}
			return float64(5 * i), true
		},
	}), "global: {}\n")
	source := open(t, fmt.Sprintf("{url: %q, delay: 0}", url))[0]
	asked := to.Add(-time.Minute) // the last value
	minutes := int(asked.Sub(from).Minutes())

	count := func(slo cre.SLO, since time.Time) (good, bad float64, buckets []cre.Bucket) {
		t.Helper()
		buckets, err := source.Counts(t.Context(), slo, since, asked)
		if err != nil {
			t.Fatal(err)
		}
		for i, b := range buckets {
			good, bad = good+b.Good, bad+b.Bad
			if i > 0 && b.From.Before(buckets[i-1].To) {
				t.Fatalf("%v and %v overlap", buckets[i-1], b)
			}
		}
		return good, bad, buckets
	}
	expect := func(name string, got, want, within float64) {
		t.Helper()
		if math.Abs(got-want) > within {
			t.Errorf("%s: counted %v, want %v", name, got, want)
		}
	}

	// The first hour is half measured: what its counters show may have happened before.
	good, bad, buckets := count(ratioOf("", "errors_total", "calls_total"), time.Time{})
	errors := float64(minutes/100 + 1)
	expect("bad events", bad, errors, 0)
	expect("events", good+bad, float64(10*(minutes-30)), 0)
	first, last := buckets[0], buckets[len(buckets)-1]
	if !first.From.Equal(from.Add(30*time.Minute)) || first.To.Sub(first.From) != time.Hour || !last.To.Equal(asked) || last.To.Sub(last.From) != time.Minute {
		t.Errorf("%d buckets from %v to %v", len(buckets), first, last)
	}

	short := ratioOf("", "errors_total", "calls_total")
	short.Window = cre.Window{Length: 24 * time.Hour}
	good, bad, buckets = count(short, time.Time{})
	expect("events of a day", good+bad, 10*24*60, 0)
	if len(buckets) != 24*60 {
		t.Errorf("a day has %d buckets", len(buckets))
	}

	// 40 silent minutes lie in the last two days, and their events in the bucket after them.
	good, _, buckets = count(ratioOf("gap_total", "", "gap_total"), asked.Add(-24*time.Hour))
	expect("events over a gap", good, 24*60, 0)
	if missing := 24*60 - len(buckets); missing < 30 || missing > 40 {
		t.Errorf("%d buckets are missing, of 40 minutes in which nothing is known", missing)
	}

	// Hours with a restart are estimated: five events are known to nobody, and the server extrapolates.
	good, _, _ = count(ratioOf("restart_total", "", "restart_total"), time.Time{})
	expect("events over a restart", good, float64(5*(minutes-30)), 15)
}
