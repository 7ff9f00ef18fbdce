package app

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"cresset/bot/cre"
	"cresset/store"
)

// onQueue works on the requests that others file.
func (w *worker) onQueue() {
	r, other := w.request(), w.request()
	switch n := w.dice.IntN(20); {
	case n < 4:
		w.say("/cre request customer:"+w.pick("acme", "globex")+" kind:bug component:"+w.pick("checkout", "search")+" the export times out", true)
	case n < 6:
		w.tickets()
	case n < 10:
		w.presses()
	default:
		w.say("/cre "+w.pick(
			"answer "+r+" we look at it"+w.word(),
			"answer "+r+" --wait since when is it so"+w.word(),
			"wait "+r+" "+w.pick("customer", "requester", "engineering")+" for the logs"+w.word(),
			"detail "+r+" since yesterday"+w.word(),
			"take "+r, "assign "+r+" "+w.other(), "follow "+r, "unfollow "+r, "estimate "+r+" 3h", "bump "+r+" deadline the launch is today",
			"done "+r+" it was the index", "done "+r+" minutes:5 class:toil", "told "+r, "rate "+r+" good", "spent "+r+" 15 toil",
			"decline "+r+" it is as it must be", "withdraw "+r, "dup "+r+" "+other,
			"join "+r+" "+w.incident(), "escalate "+r, "converge "+r+","+other+" sev3", "apart "+r), true)
	}
}

// wordsAreHeardOnce: what was said about a request stands in its thread as often as it
// was said.
func (p *past) wordsAreHeardOnce() {
	if p.restored {
		return
	}
	for _, a := range p.audit {
		word := wordSaid.FindString(a.Line)
		if a.Outcome != "done" || word == "" || !slices.Contains([]string{"cre answer", "cre wait", "cre detail"}, a.Command) {
			continue
		}
		i := slices.IndexFunc(p.requests, func(r cre.Request) bool { return slices.Contains(a.Changed, r.ID) })
		if i < 0 {
			p.t.Errorf("%q changed no request: %v", a.Line, a.Changed)
			continue
		}
		r, said := &p.requests[i], 0
		for _, b := range p.audit {
			if b.Outcome == "done" && strings.Contains(b.Line, word) {
				said++
			}
		}
		if heard := p.heardOf(r, word); heard != said {
			p.t.Errorf("%q was said %d times, and heard %d times in the thread of %s", a.Line, said, heard, r.ID)
		}
	}
}

// heardOf counts the messages of the bot with a word where a request was asked.
func (p *past) heardOf(r *cre.Request, word string) (n int) {
	messages := p.channels[r.Asked.Key()].messages
	if r.Asked.Direct != "" {
		messages = p.directs[r.Asked.Platform+":"+r.Asked.Direct]
	}
	for _, m := range messages {
		if m.bot && m.thread == r.Asked.Thread && strings.Contains(m.text, word) {
			n++
		}
	}
	return n
}

// requestsHaveTheirCard: each request has one card in the requests channel where it was
// asked, which says in the end how it stands.
func (p *past) requestsHaveTheirCard() {
	if p.restored { // cards of before stay as they were
		return
	}
	for i := range p.requests {
		r := &p.requests[i]
		var cards []string
		for _, m := range p.triage(r) {
			if m.bot && m.thread == "" && strings.HasPrefix(unmarked(m.text), r.ID+" "+r.Title+"\n") && strings.Contains(m.text, "Status: ") {
				cards = append(cards, m.text)
			}
		}
		switch {
		case r.Private && len(cards) > 0:
			p.t.Errorf("%s is private, and its card says %q", r.ID, cards)
		case !r.Private && (len(cards) != 1 || !strings.Contains(unmarked(cards[0]), "Status: "+r.Status.Words())):
			p.t.Errorf("%s is %s, and its card says %q", r.ID, r.Status.Words(), cards)
		}
	}
}

// triage are the messages of the requests channel where a request was asked.
func (p *past) triage(r *cre.Request) []seenMessage {
	for key, c := range p.channels {
		if c.name == "cre" && strings.HasPrefix(key, r.Asked.Platform+":") {
			return c.messages
		}
	}
	return nil
}

// ranOut is what is said of a clock, as far as it is the same each time.
var ranOut = regexp.MustCompile(`R-\d+ (expects its [a-z ]+ by [^,]+|has had no [a-z ]+ yet\. It was due at .+\.|is not resolved yet\. It was due at .+\.)`)

// clocksSpeakOnce: of each moment of a request's clocks people hear once, and of what
// is late they do hear.
func (p *past) clocksSpeakOnce() {
	if p.restored || p.temper.skewed { // a moment may come again
		return
	}
	heard := map[string]int{}
	for key, c := range p.channels {
		service, _, _ := strings.Cut(key, ":")
		for _, m := range c.messages {
			for line := range strings.SplitSeq(unmarked(m.text), "\n") {
				if m.bot && ranOut.MatchString(line) {
					heard[service+" "+ranOut.FindString(line)]++
				}
			}
		}
	}
	for what, n := range heard {
		if n > 1 {
			p.t.Errorf("said %d times: %s", n, what)
		}
	}
	for i := range p.requests {
		r := &p.requests[i]
		for _, b := range r.Breaches {
			if b.Came.IsZero() && r.Status.Open() && !r.Private && p.drained.Sub(b.Due) > 10*time.Minute && !p.toldLate(r, b, heard) {
				p.t.Errorf("nobody heard that the %s of %s is late since %v: %v", b.Clock, r.ID, b.Due, heard)
			}
		}
	}
}

// toldLate reports whether people heard that a clock ran out.
func (p *past) toldLate(r *cre.Request, b cre.Breach, heard map[string]int) bool {
	due := cre.Clock(b.Due, b.Due, time.UTC)
	for what := range heard {
		if strings.HasPrefix(what, r.Asked.Platform+" "+r.ID+" ") && strings.Contains(what, "It was due at") && strings.Contains(what, due) {
			return true
		}
	}
	return false
}

// timersAreOne: each request has at most one timer, and none when it is over.
func (p *past) timersAreOne() {
	for i := range p.requests {
		r, n := &p.requests[i], 0
		for _, e := range p.errands {
			if e.Kind == store.Timer && e.Then == "clock moment" && e.Subject == r.ID && e.Open() {
				n++
			}
		}
		if n > 1 || n > 0 && !r.Status.Open() {
			p.t.Errorf("%s is %s, and has %d timers", r.ID, r.Status, n)
		}
	}
}
