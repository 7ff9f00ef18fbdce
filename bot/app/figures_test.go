package app

import (
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

var figures = flag.Bool("figures", false, "measure at full size and print the table, as make bench does")

// TestFigures measures what the README says of speed and size, each beside what
// is wanted. What depends on the machine is a ratio within this run. Without
// -figures it measures a little, which says only that it can be measured; what
// does not depend on time is checked either way.
func TestFigures(t *testing.T) {
	s := small
	if *figures {
		s = full
	}
	f := &figureTable{}
	defer debug.SetGCPercent(debug.SetGCPercent(GCPercent)) // as the bot that people start
	acknowledging(t, f, s)
	underLoad(t, f, s)
	toRoom(t, f)
	errandsDone(t, f, s)
	amongMany(t, f, s)
	findingLike(t, f, s)
	inTheQueue(t, f, s)
	atRest(t, f, s)
	if *figures {
		f.print()
	}
}

// A size is how much is measured.
type size struct {
	rounds  int           // each thing is measured so often, in turns, and the median counts
	load    time.Duration // how long each
	records int           // incidents, and as many requests
	errands int
	alike   int // requests in the queue, and among which like ones are looked for
	asked   int // how often each question is asked
}

var (
	small = size{rounds: 1, load: 50 * time.Millisecond, records: 2_000, alike: 300, errands: 40, asked: 3}
	full  = size{rounds: 5, load: 2 * time.Second, records: 500_000, alike: 100_000, errands: 4_000, asked: 200}
)

// A figureTable is what was measured.
type figureTable struct{ rows []figureRow }

type figureRow struct {
	what, got, wanted string
	met               bool
}

// note adds what nothing is wanted of.
func (f *figureTable) note(what, got string, values ...any) {
	f.rows = append(f.rows, figureRow{what: what, got: fmt.Sprintf(got, values...), met: true})
}

// want adds what has a target.
func (f *figureTable) want(wanted string, met bool, what, got string, values ...any) {
	f.rows = append(f.rows, figureRow{what, fmt.Sprintf(got, values...), wanted, met})
}

func (f *figureTable) print() {
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "WHAT\tMEASURED\tWANTED\t")
	missed := 0
	for _, r := range f.rows {
		mark := ""
		if !r.met {
			mark, missed = "missed", missed+1
		}
		fmt.Fprintln(out, strings.Join([]string{r.what, r.got, r.wanted, mark}, "\t"))
	}
	_ = out.Flush() // to the screen
	fmt.Printf("%d of %d targets are missed. Ratios are of this run; rates and times are of this machine.\n", missed, f.targets())
}

func (f *figureTable) targets() int {
	n := 0
	for _, r := range f.rows {
		if r.wanted != "" {
			n++
		}
	}
	return n
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
