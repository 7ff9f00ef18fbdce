package app

import (
	"fmt"
	"io"
	"os"
	"time"
)

// A progress says how far a long command is: on one line that is written over
// at a terminal, elsewhere by a line now and then.
type progress struct {
	out      io.Writer
	terminal bool
	now      func() time.Time
	what     string
	total    int // 0 is unknown
	began    time.Time
	said     time.Time
	width    int
}

func (e Environment) newProgress(what string, total int) *progress {
	now := time.Now
	return &progress{out: e.Err, terminal: isTerminal(e.Err), now: now, what: what, total: total, began: now(), said: now()}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// show says where the work is, if it is time to.
func (p *progress) show(coll string, records int) {
	every := 5 * time.Second
	if p.terminal {
		every = 200 * time.Millisecond
	}
	now := p.now()
	if now.Sub(p.said) < every {
		return
	}
	p.said = now
	p.line(fmt.Sprintf("%s, now in %s", p.far(records), coll))
}

// end says that all is done.
func (p *progress) end(records int) {
	p.line(p.far(records))
	if p.terminal {
		fmt.Fprintln(p.out)
	}
}

func (p *progress) far(records int) string {
	text := fmt.Sprintf("%s: %d records", p.what, records)
	if p.total > 0 {
		text = fmt.Sprintf("%s: %d of %d records", p.what, records, p.total)
	}
	if took := p.now().Sub(p.began).Seconds(); took > 0 {
		text += fmt.Sprintf(", %.0f a second", float64(records)/took)
	}
	return text
}

func (p *progress) line(text string) {
	if !p.terminal {
		fmt.Fprintln(p.out, text)
		return
	}
	fmt.Fprintf(p.out, "\r%-*s", p.width, text) // covers what stood there
	p.width = len(text)
}
